// The figures of all steps of a tree from the places where indices meet. See Cost.h.
#include "compiler/contract/Cost.h"

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);

/// Lowest common ancestors by heavy paths. Children have smaller numbers than their parents.
class Ancestors {
public:
  explicit Ancestors(const Tree &tree)
      : parent(tree.nodeCount(), none), head(tree.nodeCount(), none), position(tree.nodeCount(), 0) {
    std::vector<std::uint32_t> below(tree.nodeCount(), 1);
    for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
      auto [a, b] = tree.steps[i];
      parent[a] = parent[b] = tree.leafCount + i;
      below[tree.leafCount + i] = below[a] + below[b];
    }
    head.back() = tree.nodeCount() - 1;
    for (std::size_t i = tree.steps.size(); i-- > 0;) {
      auto [a, b] = tree.steps[i];
      auto node = std::uint32_t(tree.leafCount + i);
      bool heavyA = below[a] >= below[b];
      head[a] = heavyA ? head[node] : a;
      head[b] = heavyA ? b : head[node];
      position[a] = position[node];
      position[b] = position[node] + below[a];
    }
  }
  /// A head with a smaller number never lies above the other node's path.
  std::uint32_t common(std::uint32_t a, std::uint32_t b) const {
    while (head[a] != head[b])
      if (head[a] < head[b])
        a = parent[head[a]];
      else
        b = parent[head[b]];
    return std::max(a, b);
  }

  std::vector<std::uint32_t> parent, head;
  std::vector<std::uint32_t> position; ///< of a leaf in depth-first order
};

class Summer {
public:
  Summer(const Problem &problem, const Tree &tree)
      : problem(problem), tree(tree), ancestors(tree), sharedCount(tree.steps.size(), 0),
        vanishedCount(tree.steps.size(), 0), shared(tree.steps.size(), 0), vanished(tree.steps.size(), 0) {}

  StepSums run() {
    listHolders();
    for (std::uint32_t index = 0; index < problem.weight.size(); ++index)
      addIndex(index);
    StepSums sums;
    sums.sizes.resize(tree.nodeCount());
    sums.legCount.resize(tree.nodeCount());
    sums.steps.resize(tree.steps.size());
    for (std::uint32_t leaf = 0; leaf < tree.leafCount; ++leaf) {
      sums.sizes[leaf] = sizeLog2(problem, problem.leaf(leaf));
      sums.legCount[leaf] = double(problem.leaf(leaf).size());
    }
    for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
      auto [a, b] = tree.steps[i];
      Merge &merge = sums.steps[i];
      merge.joint = clean(sums.sizes[a] + sums.sizes[b] - shared[i]);
      merge.result = clean(merge.joint - vanished[i]);
      merge.inner = vanishedCount[i] > 0;
      sums.sizes[tree.leafCount + i] = merge.result;
      sums.legCount[tree.leafCount + i] =
          sums.legCount[a] + sums.legCount[b] - sharedCount[i] - vanishedCount[i];
    }
    return sums;
  }

private:
  /// What is left of a sum of equal terms with both signs.
  static double clean(double log2) { return log2 < 1e-9 ? 0 : log2; }

  void listHolders() {
    begin.assign(problem.weight.size() + 1, 0);
    for (Leg leg : problem.legs)
      ++begin[leg.index + 1];
    for (std::size_t i = 0; i + 1 < begin.size(); ++i)
      begin[i + 1] += begin[i];
    holders.resize(problem.legs.size());
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    for (std::uint32_t leaf = 0; leaf < tree.leafCount; ++leaf)
      for (Leg leg : problem.leaf(leaf))
        holders[next[leg.index]++] = leaf;
  }

  void addIndex(std::uint32_t index) {
    auto first = holders.begin() + std::ptrdiff_t(begin[index]),
         last = holders.begin() + std::ptrdiff_t(begin[index + 1]);
    if (first == last) return;
    if (last - first > 2)
      std::sort(first, last, [&](std::uint32_t a, std::uint32_t b) {
        return ancestors.position[a] < ancestors.position[b];
      });
    double weight = problem.weight[index];
    std::uint32_t top = last - first == 1 ? ancestors.parent[*first] : 0;
    for (auto next = first + 1; next < last; ++next) {
      std::uint32_t node = ancestors.common(next[-1], *next);
      shared[node - tree.leafCount] += weight;
      ++sharedCount[node - tree.leafCount];
      top = std::max(top, node);
    }
    bool kept = problem.appearances[index] > std::size_t(last - first);
    if (kept || top == none) return;
    vanished[top - tree.leafCount] += weight;
    ++vanishedCount[top - tree.leafCount];
  }

  const Problem &problem;
  const Tree &tree;
  Ancestors ancestors;
  std::vector<std::size_t> begin;
  std::vector<std::uint32_t> holders, sharedCount, vanishedCount;
  std::vector<double> shared, vanished;
};

} // namespace

StepSums sumSteps(const Problem &problem, const Tree &tree) { return Summer(problem, tree).run(); }

} // namespace tgc::contract
