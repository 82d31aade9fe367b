// See Plan.h.
#include "compiler/contract/Plan.h"
#include <algorithm>

namespace tgc::contract {

Plan::Plan(const Problem &problem, const Tree &tree, const Pricing &pricing)
    : problem(problem), pricing(pricing), left(tree.nodeCount(), none), right(left), parent(left),
      size(tree.nodeCount(), 0.0), price(tree.nodeCount(), 0.0), rootNode(tree.nodeCount() - 1),
      inner(tree.steps.size()) {
  for (std::uint32_t leaf = 0; leaf < tree.leafCount; ++leaf)
    size[leaf] = sizeLog2(problem, problem.leaf(leaf));
  for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
    setChildren(tree.leafCount + i, tree.steps[i].left, tree.steps[i].right);
    refresh(tree.leafCount + i);
  }
}

double Plan::total() const {
  double sum = 0;
  for (std::uint32_t node = leafCount(); node < nodeCount(); ++node)
    sum = pricing.join(sum, price[node]);
  return sum;
}

void Plan::refresh(std::uint32_t node) {
  auto a = legs(left[node]), b = legs(right[node]);
  Merge merge = mergeFigures(problem, a, b);
  size[node] = merge.result;
  price[node] = pricing.step(merge, size[left[node]], size[right[node]]);
  scratch.resize(a.size() + b.size());
  std::size_t count = mergeLegs(problem, a, b, scratch.data());
  inner[node - leafCount()].assign(scratch.begin(), scratch.begin() + std::ptrdiff_t(count));
}

void Plan::refreshAll() {
  for (std::uint32_t leaf = 0; leaf < leafCount(); ++leaf)
    size[leaf] = sizeLog2(problem, problem.leaf(leaf));
  for (std::uint32_t node : bottomUp())
    refresh(node);
}

std::vector<std::uint32_t> Plan::bottomUp() const {
  std::vector<std::uint32_t> order;
  if (nodeCount() == 1) return order;
  order.reserve(nodeCount() - leafCount());
  order.push_back(rootNode);
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::uint32_t child : {left[order[i]], right[order[i]]})
      if (!isLeaf(child)) order.push_back(child);
  std::reverse(order.begin(), order.end());
  return order;
}

Tree Plan::tree() const {
  Tree tree{leafCount(), {}};
  tree.steps.reserve(nodeCount() - leafCount());
  std::vector<std::uint32_t> renamed(nodeCount());
  for (std::uint32_t i = 0; i < leafCount(); ++i)
    renamed[i] = i;
  for (std::uint32_t node : bottomUp()) {
    renamed[node] = tree.nodeCount();
    tree.steps.push_back({renamed[left[node]], renamed[right[node]]});
  }
  return tree;
}

} // namespace tgc::contract
