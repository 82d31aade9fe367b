// Compiling a Function and calling it on the caller's buffers.
#pragma once
#include "tgc/Executor.h"
#include "tgc/Function.h"
#include "tgc/View.h"
#include "tgc/Workspace.h"
#include <initializer_list>

namespace tgc {

/// A promise about calls: this result may be given the memory of that argument, which it writes over. Both
/// have one type. The compiled function then reads the argument before it writes there, in place where it
/// can.
struct Donated {
  std::string argument, result;
};

/// How a parameter or result lies in the caller's memory: its axes from the outermost to the innermost, such
/// as {0, 2, 3, 1} for channels last or {1, 0} for a transposed matrix. A parameter's axis that is left out
/// has stride 0: one element for all its indices.
struct Layout {
  std::string name;
  Ints order;
};

struct CompileOptions {
  /// Threads of a call; 0 takes all cores, 1 creates none. Errors: Invalid below 0, as for the numbers below.
  int threads = 0;
  /// The host's own parallel-for; tgc then creates no thread.
  Executor executor = {};
  /// 0: no fusion, plain loops (the reference); 1: fusion, plain loops; 2: everything.
  int level = 2;
  /// Most bytes of one contraction network's intermediates alive at once; 0 is unlimited. Beyond it indices
  /// are sliced and the network runs one value of them after another.
  std::int64_t contractionBytes = 0;
  /// Most bytes of scratch a call may touch (`Summary::arenaBytes`); 0 is unlimited. The compiler orders
  /// work, computes values again, lets loops keep less for reverse mode, slices contractions and runs maps in
  /// pieces to keep to it; more budget never gives a slower
  /// program by its own estimate. Error: Limit, naming the op that needs most, where nothing fits.
  std::int64_t memoryBudget = 0;
  /// Arguments whose memory a call may have results written over, such as the state of a training step.
  std::vector<Donated> donated = {};
  /// Ports that are not row-major. Kernels read and write them where they lie; views of calls have those
  /// strides, others are packed.
  std::vector<Layout> layouts = {};
};

/// A result that is copied at the end instead of being computed in place.
struct CopyNote {
  std::string result;
  std::int64_t bytes = 0;
  std::string why;
};

/// What was compiled, for people and tools.
struct Summary {
  std::int64_t arenaBytes = 0; ///< what a call touches of its workspace, exactly
  std::int64_t constantBytes = 0, launches = 0;
  std::int64_t kernels = 0;
  double compileSeconds = 0;
  /// Kernel runs that compute a value again to keep to the budget, and their estimated time on one core.
  std::int64_t again = 0;
  double againSeconds = 0;
  std::vector<CopyNote> copies = {};
};

/// A compiled function: immutable, re-entrant, cheap to copy.
class Executable {
public:
  // Copies only: an Executable that was moved from is still what it was.
  Executable(const Executable &) = default;
  Executable &operator=(const Executable &) = default;

  const std::vector<Param> &params() const;
  const std::vector<Param> &results() const;
  /// Bytes of scratch one call needs; see Workspace.
  std::int64_t workspaceBytes() const;
  const Summary &summary() const;

  /// Runs on the caller's buffers: no allocation, no lock but that of a foreign function whose calls must not
  /// overlap. Arguments and results may have any alignment and any strides; those that lie neither row-major
  /// nor as `layouts` says are packed.
  /// Errors: Invalid where count, dtype or extents differ, a result shares an element with another or with an
  /// argument (columns of one matrix, side by side, do not), or the
  /// workspace is in use or too small; Unavailable with the words of a foreign function that failed.
  Result<void> run(std::span<const View> arguments, std::span<const MutableView> results,
                   Workspace &workspace) const;
  Result<void> run(std::initializer_list<View> arguments, std::initializer_list<MutableView> results,
                   Workspace &workspace) const {
    return run(std::span(arguments.begin(), arguments.size()), std::span(results.begin(), results.size()),
               workspace);
  }

  struct State;
  explicit Executable(std::shared_ptr<const State> state) : state(std::move(state)) {}

private:
  std::shared_ptr<const State> state;
};

/// Compiles for the machine it runs on.
/// Errors: the first error of building, at its line; Invalid, at the line of this call, for a number that is
/// no choice of an option, and for a donation or layout that names no argument or result or does not fit its
/// type; Unsupported, Limit, Internal as the compiler says.
Result<Executable> compile(const Function &function, const CompileOptions &options = {},
                           Arg::Here here = Arg::Here::current());

} // namespace tgc
