// Branches and loops: steps that run other lists of steps. Kernels stay plain; what goes round is C++.
#pragma once
#include "runtime/Step.h"
#include <span>
#include <vector>

namespace tgc {

/// A list of steps that branches and loops run: a function of its own, with arguments, results and an arena.
struct Body {
  std::string name;
  std::vector<Step> steps;
  std::vector<std::int64_t> argumentBytes, resultBytes;
  /// For each result: whether it is written over the argument that it will be at the next step.
  std::vector<bool> inPlace;
  std::int64_t arenaBytes = 0;
};

/// What a control step does. Its buffers are, in this order: head (the predicate of a branch, the count of an
/// unwinding; else none), carried, sliced, shared, adjoints, streamed; then the results; then the scratch.
///   Branch: first or second (shared...) -> results.
///   While:  while first(carried..., shared...) gives true: carried = second(carried..., shared...).
///   Scan:   for `length` steps, `reversed` from the last to the first:
///           carried, part of stacked = first(step, carried..., part of sliced..., shared...).
///   Unwind: `count` steps forward with first as in a scan that stacks nothing, then backward, the last
///   first:
///           adjoints, part of stacked = second(step, carried..., part of sliced..., shared..., adjoints...,
///           part of streamed...), where `carried` are those before that step: `slots` of them are kept, the
///           others are made again (binomial checkpointing: Griewank and Walther, Algorithm 799, 2000).
/// A part is the piece of a tensor at the step's place along the leading axis, read and written where it
/// lies.
struct Control {
  enum class Kind : std::uint8_t { Branch, While, Scan, Unwind };
  Kind kind = Kind::Scan;
  std::uint32_t first = 0, second = 0; ///< bodies
  std::uint32_t carried = 0, sliced = 0, shared = 0, adjoints = 0, streamed = 0;
  std::uint32_t stacked = 0; ///< results that are written in parts
  std::int64_t length = 0;
  std::int64_t slots = 0;
  bool reversed = false;

  bool hasHead() const { return kind == Kind::Branch || kind == Kind::Unwind; }
  std::uint32_t inputs() const {
    return (hasHead() ? 1 : 0) + carried + sliced + shared + adjoints + streamed;
  }
  /// What goes round: carried, or the adjoints of an unwinding.
  std::uint32_t loops() const { return kind == Kind::Unwind ? adjoints : carried; }
};

/// How a control step divides its scratch, offsets in bytes; every part is at a multiple of 64.
struct ControlScratch {
  std::int64_t counter = 0; ///< the step's number, i64
  std::int64_t flag = 0;    ///< what a condition gives, bool
  std::int64_t others = 0;  ///< the second places of what goes round and is not written in place
  std::int64_t walks = 0;   ///< two places for each carried value of an unwinding
  std::int64_t kept = 0;    ///< `slots` times the carried values of an unwinding
  std::int64_t marks = 0;   ///< the step's number of each slot, i64
  std::int64_t arena = 0;   ///< of the bodies
  std::int64_t total = 0;
};

/// The scratch of a control step. Only sizes of the bodies are read.
ControlScratch scratchOf(const Control &control, std::span<const Body> bodies);

/// `bytes` at the next multiple of 64.
constexpr std::int64_t lined(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

/// The step at which binomial checkpointing keeps the next value: so many steps behind the last one kept,
/// where `steps` lie between that one and the step that is needed, and `free` slots are left (at least one).
std::int64_t checkpointDistance(std::int64_t steps, std::int64_t free);

} // namespace tgc
