// The index order of every intermediate of a tree, chosen so that its consumer reads it as a (batched) matrix
// product: a left operand as [batch][m][k], a right one as [batch][k][n], with m, n and batch in the order of
// the result and k in the order of a partner that is an operand. So nothing is transposed in memory.
#pragma once
#include "compiler/contract/Tree.h"

namespace tgc::contract {

/// One pairwise contraction: `left` holds the rows of the result, `right` its fastest axis.
struct PairStep {
  std::uint32_t left, right; ///< nodes of the tree; step i makes node leafCount + i
  std::vector<std::uint32_t> leftIndices, rightIndices, result;
};

/// The steps of the tree in its order. Leaves keep the index order the network gives them, the last result is
/// in the order of the output.
std::vector<PairStep> orderIndices(const Network &network, const Tree &tree);

} // namespace tgc::contract
