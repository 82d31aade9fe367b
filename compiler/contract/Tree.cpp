// Forms and orders of contraction trees. Nothing recurses: trees are as deep as a million nodes. See Tree.h.
#include "compiler/contract/Tree.h"
#include "compiler/contract/Cost.h"
#include <algorithm>

namespace tgc::contract {
namespace {

/// Counts of present slots with prefix sums and selection in logarithmic time.
class Fenwick {
public:
  explicit Fenwick(std::size_t size, std::size_t present) : sums(size + 1, 0) {
    while (top * 2 <= size)
      top *= 2;
    for (std::size_t i = 1; i <= present; ++i)
      sums[i] = 1;
    for (std::size_t i = 1; i <= size; ++i)
      if (std::size_t up = i + (i & (~i + 1)); up <= size) sums[up] += sums[i];
  }
  void add(std::size_t slot, std::int32_t amount) {
    for (std::size_t i = slot + 1; i < sums.size(); i += i & (~i + 1))
      sums[i] += amount;
  }
  std::uint32_t before(std::size_t slot) const {
    std::int32_t sum = 0;
    for (std::size_t i = slot; i; i -= i & (~i + 1))
      sum += sums[i];
    return std::uint32_t(sum);
  }
  /// The slot holding the present item number `rank`.
  std::size_t select(std::uint32_t rank) const {
    std::size_t slot = 0;
    auto left = std::int32_t(rank);
    for (std::size_t bit = top; bit; bit /= 2)
      if (slot + bit < sums.size() && sums[slot + bit] <= left) {
        slot += bit;
        left -= sums[slot];
      }
    return slot;
  }

private:
  std::vector<std::int32_t> sums;
  std::size_t top = 1;
};

} // namespace

bool Tree::valid() const {
  if (leafCount == 0 || steps.size() + 1 != leafCount) return false;
  std::vector<char> used(nodeCount(), 0);
  for (std::uint32_t i = 0; i < steps.size(); ++i)
    for (std::uint32_t child : {steps[i].left, steps[i].right}) {
      if (child >= leafCount + i || used[child]) return false;
      used[child] = 1;
    }
  return true;
}

LinearPath toLinear(const Tree &tree) {
  LinearPath path;
  path.reserve(tree.steps.size());
  Fenwick alive(tree.nodeCount(), tree.leafCount);
  for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
    auto [a, b] = tree.steps[i];
    std::uint32_t p = alive.before(a), q = alive.before(b);
    path.emplace_back(std::min(p, q), std::max(p, q));
    alive.add(a, -1);
    alive.add(b, -1);
    alive.add(tree.leafCount + i, 1);
  }
  return path;
}

std::optional<Tree> fromLinear(std::uint32_t leafCount, const LinearPath &path) {
  if (leafCount == 0 || path.size() + 1 != leafCount) return std::nullopt;
  Tree tree{leafCount, {}};
  Fenwick alive(leafCount + path.size(), leafCount);
  std::uint32_t present = leafCount;
  for (auto [p, q] : path) {
    if (p == q || p >= present || q >= present) return std::nullopt;
    auto a = std::uint32_t(alive.select(p)), b = std::uint32_t(alive.select(q));
    alive.add(a, -1);
    alive.add(b, -1);
    alive.add(tree.nodeCount(), 1);
    tree.steps.push_back({a, b});
    --present;
  }
  return tree;
}

Tree inMemoryOrder(const Problem &problem, const Tree &tree) {
  if (tree.steps.empty()) return tree;
  // Elements relative to the largest node: what underflows cannot matter.
  std::vector<double> sizes = nodeSizes(problem, tree);
  double top = *std::max_element(sizes.begin() + tree.leafCount, sizes.end());
  std::vector<double> own(tree.nodeCount(), 0.0), peak(tree.nodeCount(), 0.0);
  std::vector<Tree::Step> children = tree.steps;
  for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
    std::uint32_t node = tree.leafCount + i;
    auto &[a, b] = children[i];
    if (peak[b] - own[b] > peak[a] - own[a]) std::swap(a, b);
    own[node] = std::exp2(sizes[node] - top);
    peak[node] = std::max({peak[a], own[a] + peak[b], own[a] + own[b] + own[node]});
  }
  // Post-order with an explicit stack; new numbers in the order of completion.
  Tree ordered{tree.leafCount, {}};
  ordered.steps.reserve(tree.steps.size());
  std::vector<std::uint32_t> renamed(tree.nodeCount());
  for (std::uint32_t i = 0; i < tree.leafCount; ++i)
    renamed[i] = i;
  std::vector<std::pair<std::uint32_t, char>> stack{{tree.nodeCount() - 1, 0}};
  while (!stack.empty()) {
    auto &[node, state] = stack.back();
    if (node < tree.leafCount) {
      stack.pop_back();
      continue;
    }
    auto [a, b] = children[node - tree.leafCount];
    if (state < 2) {
      std::uint32_t child = state == 0 ? a : b;
      ++state;
      stack.emplace_back(child, 0);
      continue;
    }
    renamed[node] = ordered.nodeCount();
    ordered.steps.push_back({renamed[a], renamed[b]});
    stack.pop_back();
  }
  return ordered;
}

} // namespace tgc::contract
