// A contraction tree under change: parents, legs, sizes and prices of all nodes kept up to date while pieces
// of it are rebuilt. The work surface of Reconfigure, Anneal and Slice.
#pragma once
#include "compiler/contract/Window.h"

namespace tgc::contract {

class Plan {
public:
  static constexpr std::uint32_t none = ~std::uint32_t(0);
  Plan(const Problem &problem, const Tree &tree, const Pricing &pricing);

  const Problem &problem;
  Pricing pricing;
  std::vector<std::uint32_t> left, right, parent; ///< by node; leaves have no children
  std::vector<double> size;                       ///< log2 of elements
  std::vector<double> price;                      ///< of the step that makes the node, in units of 2^scale

  std::uint32_t leafCount() const { return problem.leafCount; }
  std::uint32_t nodeCount() const { return std::uint32_t(left.size()); }
  std::uint32_t root() const { return rootNode; }
  bool isLeaf(std::uint32_t node) const { return node < problem.leafCount; }
  std::span<const Leg> legs(std::uint32_t node) const {
    return isLeaf(node) ? problem.leaf(node) : std::span<const Leg>(inner[node - problem.leafCount]);
  }

  /// Price of the whole tree.
  double total() const;
  /// Recomputes a node from its children.
  void refresh(std::uint32_t node);
  /// Recomputes everything, for changed weights or another scale.
  void refreshAll();
  /// Makes `node` the product of two nodes; the caller refreshes in order.
  void setChildren(std::uint32_t node, std::uint32_t a, std::uint32_t b) {
    left[node] = a;
    right[node] = b;
    parent[a] = parent[b] = node;
  }
  /// Nodes in an order in which children come before parents.
  std::vector<std::uint32_t> bottomUp() const;
  Tree tree() const;

private:
  std::uint32_t rootNode = 0;
  std::vector<std::vector<Leg>> inner;
  std::vector<Leg> scratch;
};

} // namespace tgc::contract
