// Figures of finished trees. See Cost.h.
#include "compiler/contract/Cost.h"
#include <algorithm>

namespace tgc::contract {

std::vector<double> nodeSizes(const Problem &problem, const Tree &tree) {
  std::vector<double> sizes(tree.nodeCount());
  for (std::uint32_t i = 0; i < tree.leafCount; ++i)
    sizes[i] = sizeLog2(problem, problem.leaf(i));
  walkTree(problem, tree, [&](std::uint32_t step, auto, auto, std::span<const Leg> result) {
    sizes[tree.leafCount + step] = sizeLog2(problem, result);
  });
  return sizes;
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

} // namespace

Figures figuresOf(const Network &network, const Tree &tree, const Roofline &roofline) {
  Problem problem(network);
  Figures figures;
  std::vector<double> sizes(tree.nodeCount(), 0.0); // alive intermediates, relative to `top`
  std::vector<double> logs = nodeSizes(problem, tree);
  double top = 0, alive = 0, peak = 0;
  for (std::uint32_t node = tree.leafCount; node < tree.nodeCount(); ++node)
    top = std::max(top, logs[node]);
  walkTree(problem, tree, [&](std::uint32_t step, auto left, auto right, auto result) {
    auto [joint, inner] = jointProduct(network, problem, left, right);
    Wide flops = joint * Wide(inner ? 2 : 1), size = product(network, result);
    figures.flops += flops;
    figures.written += size;
    if (figures.largest < size) figures.largest = size;
    Wide bytes = (product(network, left) + product(network, right) + size) * Wide(roofline.bytesPerElement);
    figures.seconds +=
        std::max(flops.value() / roofline.flopsPerSecond, bytes.value() / roofline.bytesPerSecond) +
        roofline.stepSeconds;
    auto [a, b] = tree.steps[step];
    sizes[tree.leafCount + step] = std::exp2(logs[tree.leafCount + step] - top);
    alive += sizes[tree.leafCount + step];
    peak = std::max(peak, alive);
    alive -= sizes[a] + sizes[b];
  });
  figures.peak = Wide(peak) * Wide::exp2(top);
  return figures;
}

} // namespace tgc::contract
