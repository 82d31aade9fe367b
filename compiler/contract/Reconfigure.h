// Improves a tree by solving windows of it exactly: below each node a few subtrees are taken as tensors and
// put together anew in the best way. Never makes a tree dearer.
#pragma once
#include "compiler/contract/Budget.h"
#include "compiler/contract/Plan.h"
#include "compiler/contract/Random.h"

namespace tgc::contract {

struct ReconfigureOptions {
  std::uint32_t window = 8;  ///< tensors in a window, at most WindowSolver::maxLeaves
  std::uint32_t sweeps = 50; ///< over all nodes; stops earlier when a sweep changes nothing
  Budget budget;
};

/// Sweeps windows over the plan until nothing changes. Returns the new total price.
double reconfigure(Plan &plan, WindowSolver &solver, Random &random, const ReconfigureOptions &options);

} // namespace tgc::contract
