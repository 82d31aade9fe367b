// Exact search over all contraction trees of a few tensors, outer products included, by dynamic programming
// on subsets. Used for small networks and, many thousand times a second, for windows of larger trees.
//
// Every quantity of a subset S follows from two sums over indices: those that touch S (T) and those that lie
// wholly inside (I). The result of S has T - I elements (in log2), joining L and R computes T - I(L) - I(R)
// products; so the inner loop multiplies three doubles and compares.
#pragma once
#include "compiler/contract/Cost.h"

namespace tgc::contract {

/// How a step is priced while searching: linear in 2^-scale, so that doubles neither overflow nor lose the
/// leaders.
struct Pricing {
  Objective objective = Objective::Flops;
  Roofline roofline;
  double scale = 0;          ///< log2 of what counts as 1
  std::uint32_t maxRank = 0; ///< windows make no intermediate with more indices; 0 is no limit

  /// The price of one step from log2 figures.
  double step(const Merge &merge, double sizeA, double sizeB) const {
    switch (objective) {
    case Objective::Flops:
      return std::exp2(merge.joint + (merge.inner ? 1.0 : 0.0) - scale);
    case Objective::Largest:
    case Objective::Written:
      return std::exp2(merge.result - scale);
    case Objective::Seconds:
      break;
    }
    double flops = std::exp2(merge.joint + (merge.inner ? 1.0 : 0.0) - scale) / roofline.flopsPerSecond;
    double elements = std::exp2(sizeA - scale) + std::exp2(sizeB - scale) + std::exp2(merge.result - scale);
    double bytes = elements * roofline.bytesPerElement / roofline.bytesPerSecond;
    return std::max(flops, bytes) + std::exp2(-scale) * roofline.stepSeconds;
  }
  /// Two prices in one tree.
  double join(double a, double b) const { return objective == Objective::Largest ? std::max(a, b) : a + b; }
};

/// Solves windows of at most `maxLeaves` tensors; keeps its memory between calls.
class WindowSolver {
public:
  static constexpr std::uint32_t maxLeaves = 14;
  explicit WindowSolver(const Problem &problem);

  using Tensor = std::span<const Leg>;
  /// The cheapest tree, its price in `price`; nothing if the figures leave the range of doubles at this scale
  /// or no tree keeps to the rank limit. Subsets in `given` (bit masks of tensors) are there already and cost
  /// nothing: then leaf i of the tree is the subset leaves()[i].
  /// `discount` (by subset, or empty) scales the price of making a subset that others want
  /// too; it works for Objective::Seconds only.
  std::optional<Tree> solve(std::span<const Tensor> tensors, const Pricing &pricing, double &price,
                            std::span<const std::uint32_t> given = {}, std::span<const double> discount = {});
  const std::vector<std::uint32_t> &leaves() const { return leafMasks; }

private:
  bool collect(std::span<const Tensor> tensors, double scale);
  void sumSubsets(std::uint32_t subsets);
  bool fill(std::span<const Tensor> tensors, const Pricing &pricing);
  void searchBy(const Pricing &pricing, std::uint32_t count, std::span<const double> discount);
  Tree build(std::uint32_t all);
  template <typename Price> void search(std::uint32_t count, Price price, bool largest);

  struct Seen {
    std::uint32_t mask, count;
  };
  const Problem &problem;
  std::vector<std::uint32_t> slot, touched;
  std::vector<Seen> seen;
  std::vector<double> touch, inside;      // log2 sums, by subset
  std::vector<std::uint32_t> insideCount; // number of indices inside
  std::vector<std::uint32_t> touchCount;  // number of indices that touch, under a rank limit
  std::vector<char> fixed;                // 1: given, 2: beyond the rank limit
  std::vector<std::uint32_t> leafMasks;
  double total = 0;
  std::vector<double> touchLinear, divisor, volume;
  std::vector<double> best, second;
  std::vector<std::uint32_t> split;
};

} // namespace tgc::contract
