// A flow within a budget of arena bytes: in an order that needs less, and with steps that run again instead
// of keeping what they made. Plain algorithms on plain data.
#pragma once
#include "compiler/schedule/Flow.h"

namespace tgc::schedule {

struct Fitted {
  Flow flow;
  std::int64_t arenaBytes = 0;       ///< as the plan lays it out
  std::int64_t addedNanoseconds = 0; ///< of the steps that run again
  std::int64_t again = 0;            ///< how many those are
  bool fits = false;
};

/// The first program within the budget on a ladder that does not depend on it: the order given, the best
/// order, then one more value computed again each rung, at the step that needs most memory the one that frees
/// most bytes for its time. Each rung takes longer and no more memory than the one before, so a larger budget
/// never gives a slower program. Without success the last rung. Cost: rungs times steps; beyond 512 steps a
/// rung frees a twentieth of the peak. After "Training Deep Nets with Sublinear Memory Cost" (Chen et al.,
/// 2016) and Dynamic Tensor Rematerialization (Kirisame et al., 2021), whose choice by bytes and cost it
/// makes ahead of time.
Fitted fitInto(const Flow &flow, std::int64_t budgetBytes);

/// The step that needs most by itself, whatever is kept: its operands and results in the arena.
struct Bottleneck {
  std::uint32_t step = 0; ///< of the flow
  std::int64_t readBytes = 0, madeBytes = 0;
};
Bottleneck bottleneckOf(const Flow &flow);

} // namespace tgc::schedule
