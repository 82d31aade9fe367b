// Trees from the top down: a network is cut in two where that crosses the least, then each half again. Greedy
// builds trees from the leaves up and knows nothing of the whole; on lattices and expanders cuts are better.
// After Fiduccia and Mattheyses (1982) for moves and Karypis et al. (1999) for levels.
#pragma once
#include "compiler/contract/Budget.h"
#include "compiler/contract/Random.h"
#include "compiler/contract/Tree.h"

namespace tgc::contract {

struct BisectOptions {
  double imbalance = 0.1;   ///< each half holds at most (0.5 + imbalance) of the tensors
  std::uint32_t small = 12; ///< parts up to this size are left to greedy
  Budget budget;            ///< when it is over, what is left is left to greedy
};

/// Always gives a complete tree. Cost: n log n for networks of bounded degree.
Tree bisectionTree(const Problem &problem, Random &random, const BisectOptions &options = {});

} // namespace tgc::contract
