// Simulated annealing on contraction trees by rotations, after Liu, Kalachev et al. (2021). The price of a
// move is local: the log of the two steps it changes, so cheap corners stay in motion while dear ones settle.
#pragma once
#include "compiler/contract/Budget.h"
#include "compiler/contract/Plan.h"
#include "compiler/contract/Random.h"

namespace tgc::contract {

struct AnnealOptions {
  double hot = 0.3, cold = 0.01; ///< temperatures, in log2 of the price
  std::uint32_t temperatures = 20;
  std::uint32_t sweeps = 2; ///< proposals for each node and temperature
  Budget budget;
};

/// Leaves the last state in `plan`; the caller keeps the best.
void anneal(Plan &plan, Random &random, const AnnealOptions &options);

} // namespace tgc::contract
