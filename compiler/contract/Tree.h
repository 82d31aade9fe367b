// A contraction tree and its two written forms: steps on node numbers, and opt_einsum's linear positions.
#pragma once
#include "compiler/contract/Network.h"
#include <utility>

namespace tgc::contract {

/// Nodes 0..leafCount-1 are the operands; step i contracts two earlier nodes into node leafCount + i.
struct Tree {
  struct Step {
    std::uint32_t left, right;
    bool operator==(const Step &) const = default;
  };
  std::uint32_t leafCount = 0;
  std::vector<Step> steps;

  std::uint32_t nodeCount() const { return leafCount + std::uint32_t(steps.size()); }
  /// Every node but the last is used exactly once, and only after it is made.
  bool valid() const;
};

using LinearPath = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Positions in the list of remaining operands: remove two, append the result. Cost: n log n.
LinearPath toLinear(const Tree &tree);

/// The tree of a linear path, or nothing if the path is not one of `leafCount` operands.
std::optional<Tree> fromLinear(std::uint32_t leafCount, const LinearPath &path);

/// The same tree with its steps in the depth-first order that keeps the fewest elements alive: at each node
/// the child whose own peak exceeds what it leaves behind by more comes first.
Tree inMemoryOrder(const Problem &problem, const Tree &tree);

} // namespace tgc::contract
