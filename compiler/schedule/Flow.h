// The outer program in plain numbers: steps in order, what each reads and makes, how many bytes that takes,
// and where every value then lies. What plans memory works on this; the IR is the business of OuterFlow.h.
#pragma once
#include "compiler/schedule/Offsets.h"
#include <optional>
#include <string>
#include <utility>

namespace tgc::schedule {

/// A tensor, together with all its reshapes.
struct FlowValue {
  std::int64_t bytes = 0;
  bool given = false; ///< an argument or a constant: there before the first step, never in the arena
};

struct FlowStep {
  std::vector<std::uint32_t> inputs, outputs; ///< numbers of values; each is the output of one step at most
  /// Positions of an input and an output: the output may be written over the input where that dies.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> inplace;
  std::int64_t nanoseconds = 0;
  bool once = false;        ///< never run again: who knows what else it does
  std::uint32_t origin = 0; ///< the step of the program as it was first: a step may run more than once
};

/// The caller's promise that a result may be given back in an argument's memory.
struct FlowDonation {
  std::uint32_t argument = 0; ///< a value that is given
  std::uint32_t result = 0;   ///< a position in `Flow::returned`
};

struct Flow {
  std::vector<FlowValue> values; ///< scratch of a step is an output that nothing reads
  std::vector<FlowStep> steps;
  std::vector<std::uint32_t> returned; ///< the value of each result
  std::vector<FlowDonation> donated;
  /// In the body of a loop: the result is the argument of the next round, one place for both where that can
  /// be.
  std::vector<FlowDonation> carried;
};

/// Where a value lies.
struct Home {
  enum class Kind { Given, Result, Arena } kind = Kind::Arena;
  std::uint32_t result = 0;     ///< of kind Result: which
  std::uint32_t root = 0;       ///< of kind Arena: the value whose bytes these are
  std::int64_t offsetBytes = 0; ///< of kind Arena
};

/// A result that is not computed where the caller wants it, and why.
struct CopiedResult {
  std::uint32_t result = 0;
  std::string why;
};

struct Placement {
  std::vector<Home> homes;           ///< of each value
  std::vector<CopiedResult> copied;  ///< in an order that reads donated arguments before they are written
  std::vector<std::uint32_t> merged; ///< results that lie in the memory of the argument they are carried to
  std::int64_t arenaBytes = 0;
  /// Set where two results exchange the memory of their donated arguments: the positions of both.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> exchanged;
};

/// The life of each value's bytes in steps: of roots only, other values have size 0. A value that is bound to
/// a result or given has size 0 too.
std::vector<Lifetime> livesOf(const Flow &flow, const Placement &placement);

/// The bytes alive at each step, and one entry more for what copies at the end read. Sizes are rounded up as
/// slots are.
std::vector<std::int64_t> aliveBytes(const Flow &flow, const Placement &placement);

/// Gives every value its home: a returned value is computed in the caller's result, a value may be written
/// over an input that dies (`inplace`), all others share one arena. Cost: that of `assignOffsets`.
Placement placeValues(const Flow &flow);
/// The same without offsets and `arenaBytes`. Linear.
Placement placeWithoutOffsets(const Flow &flow);

} // namespace tgc::schedule
