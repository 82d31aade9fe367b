// Greedy contraction order: always the pair with the best score. Near-linear in the number of operands.
// After Gray and Kourtis (2021), "Hyper-optimized tensor network contraction"; the queue holds one entry for
// each tensor instead of one for each pair, which is exact because the score of a pair never changes.
#pragma once
#include "compiler/contract/Tree.h"

namespace tgc::contract {

struct GreedyOptions {
  enum class Score : std::uint8_t {
    Difference, ///< size of the result minus `weight` times the operands' sizes
    Ratio,      ///< log of the result minus `weight` times the log of the operands' product
    Flops,      ///< products computed, minus `weight` times the operands' sizes
  };
  Score score = Score::Difference;
  double weight = 1;
  double temperature = 0; ///< strength of the noise on the log of the score; 0 is deterministic
  std::uint64_t seed = 0;
};

/// Always gives a complete tree; components that share no index are joined smallest first at the end.
Tree greedyTree(const Problem &problem, const GreedyOptions &options = {});

} // namespace tgc::contract
