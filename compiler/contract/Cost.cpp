// Figures of finished trees. See Cost.h.
#include "compiler/contract/Cost.h"
#include <algorithm>

namespace tgc::contract {

std::vector<double> nodeSizes(const Problem &problem, const Tree &tree) {
  return sumSteps(problem, tree).sizes;
}

namespace {

Wide product(const Network &network, std::span<const Leg> legs) {
  Wide size(1);
  for (Leg leg : legs)
    size = size * Wide(double(network.extents[leg.index]));
  return size;
}

/// All extents of both operands, and whether an index of them is summed here.
std::pair<Wide, bool> jointProduct(const Network &network, const Problem &problem, std::span<const Leg> a,
                                   std::span<const Leg> b) {
  Wide size = product(network, a);
  bool inner = false;
  std::size_t at = 0;
  for (Leg leg : b) {
    while (at < a.size() && a[at].index < leg.index)
      inner |= a[at].count == problem.appearances[a[at].index], ++at;
    std::uint32_t count = leg.count;
    if (at < a.size() && a[at].index == leg.index)
      count += a[at++].count;
    else
      size = size * Wide(double(network.extents[leg.index]));
    inner |= count == problem.appearances[leg.index];
  }
  for (; at < a.size(); ++at)
    inner |= a[at].count == problem.appearances[a[at].index];
  return {size, inner};
}

/// Sums what the steps of a tree cost and how much is alive between them.
class Accounts {
public:
  Accounts(const Tree &tree, const Roofline &roofline, const std::vector<double> &logs)
      : tree(tree), roofline(roofline), logs(logs), sizes(tree.nodeCount(), 0.0) {
    for (std::uint32_t node = tree.leafCount; node < tree.nodeCount(); ++node)
      top = std::max(top, logs[node]);
  }

  void add(std::uint32_t step, const Wide &flops, const Wide &left, const Wide &right, const Wide &size) {
    figures.flops += flops;
    figures.written += size;
    if (figures.largest < size) figures.largest = size;
    Wide bytes = (left + right + size) * Wide(roofline.bytesPerElement);
    figures.seconds +=
        std::max(flops.value() / roofline.flopsPerSecond, bytes.value() / roofline.bytesPerSecond) +
        roofline.stepSeconds;
    auto [a, b] = tree.steps[step];
    sizes[tree.leafCount + step] = std::exp2(logs[tree.leafCount + step] - top);
    alive += sizes[tree.leafCount + step];
    peak = std::max(peak, alive);
    alive -= sizes[a] + sizes[b];
  }

  Figures finish() {
    figures.peak = Wide(peak) * Wide::exp2(top);
    return figures;
  }

private:
  const Tree &tree;
  const Roofline &roofline;
  const std::vector<double> &logs;
  std::vector<double> sizes; ///< alive intermediates, relative to `top`
  double top = 0, alive = 0, peak = 0;
  Figures figures;
};

/// Beyond so many operands figures come from logarithms and not from exact products.
constexpr std::uint32_t exactLeaves = 4096;

} // namespace

Figures figuresOf(const Network &network, const Tree &tree, const Roofline &roofline) {
  Problem problem(network);
  StepSums sums = sumSteps(problem, tree);
  Accounts accounts(tree, roofline, sums.sizes);
  bool empty = std::find(network.extents.begin(), network.extents.end(), 0) != network.extents.end();
  if (tree.leafCount > exactLeaves && !empty) {
    for (std::uint32_t step = 0; step < tree.steps.size(); ++step) {
      const Merge &merge = sums.steps[step];
      auto size = [&](std::uint32_t node) { return Wide::exp2(sums.sizes[node]); };
      accounts.add(step, Wide::exp2(merge.joint + (merge.inner ? 1 : 0)), size(tree.steps[step].left),
                   size(tree.steps[step].right), Wide::exp2(merge.result));
    }
    return accounts.finish();
  }
  walkTree(problem, tree, [&](std::uint32_t step, auto left, auto right, auto result) {
    auto [joint, inner] = jointProduct(network, problem, left, right);
    accounts.add(step, joint * Wide(inner ? 2 : 1), product(network, left), product(network, right),
                 product(network, result));
  });
  return accounts.finish();
}

} // namespace tgc::contract
