// Slicing: indices fixed one value at a time, so that the rest fits in memory. The contraction then runs once
// for each combination of their values; what those runs repeat is the price.
#pragma once
#include "compiler/contract/Reconfigure.h"

namespace tgc::contract {

struct SliceOptions {
  double limitLog2 = 0; ///< most elements of intermediates alive at once, log2
  double noise = 0;     ///< strength of randomness in the choice of an index
  Budget budget;
};

/// Chooses indices one by one, reconfiguring in between, until the plan's peak is within the limit; `sliced`
/// is the plan's own problem, whose weights of sliced indices become 0. Returns the indices, ascending. May
/// stop short of the limit if nothing is left to slice.
std::vector<std::uint32_t> slicePlan(Plan &plan, Problem &sliced, WindowSolver &solver, Random &random,
                                     const SliceOptions &options);

/// log2 of the most elements of intermediates alive at once when the steps run in the order of inMemoryOrder.
double peakLog2(const Plan &plan);

} // namespace tgc::contract
