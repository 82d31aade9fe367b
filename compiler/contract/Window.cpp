// See Window.h.
#include "compiler/contract/Window.h"
#include <algorithm>
#include <bit>

namespace tgc::contract {

WindowSolver::WindowSolver(const Problem &problem) : problem(problem), slot(problem.weight.size(), 0) {}

bool WindowSolver::fill(std::span<const Tensor> tensors, double scale) {
  std::uint32_t subsets = std::uint32_t(1) << tensors.size(), all = subsets - 1;
  touched.clear();
  seen.clear();
  for (std::uint32_t i = 0; i < tensors.size(); ++i)
    for (Leg leg : tensors[i]) {
      std::uint32_t &at = slot[leg.index];
      if (at >= touched.size() || touched[at] != leg.index) {
        at = std::uint32_t(touched.size());
        touched.push_back(leg.index);
        seen.push_back({0, 0});
      }
      seen[at].mask |= std::uint32_t(1) << i;
      seen[at].count += leg.count;
    }
  touch.assign(subsets, 0);
  inside.assign(subsets, 0);
  insideCount.assign(subsets, 0);
  double total = 0;
  for (std::size_t i = 0; i < touched.size(); ++i) {
    double weight = problem.weight[touched[i]];
    total += weight;
    touch[seen[i].mask] += weight;
    if (seen[i].count != problem.appearances[touched[i]]) continue;
    inside[seen[i].mask] += weight;
    ++insideCount[seen[i].mask];
  }
  if (total - scale > 1000) return false;
  for (std::uint32_t bit = 1; bit < subsets; bit <<= 1)
    for (std::uint32_t s = 0; s < subsets; ++s)
      if (s & bit) {
        touch[s] += touch[s ^ bit];
        inside[s] += inside[s ^ bit];
        insideCount[s] += insideCount[s ^ bit];
      }
  // `touch` now sums the indices within each subset; what touches S is the total less what lies in its
  // complement.
  for (std::uint32_t s = 0; s <= all / 2; ++s) {
    double low = total - touch[all ^ s], high = total - touch[s];
    touch[s] = low;
    touch[all ^ s] = high;
  }
  touchLinear.resize(subsets);
  divisor.resize(subsets);
  volume.resize(subsets);
  for (std::uint32_t i = 0; i < tensors.size(); ++i) {
    std::uint32_t s = std::uint32_t(1) << i;
    inside[s] = 0; // an operand's lone indices are summed by its first step, not before
    insideCount[s] = 0;
  }
  for (std::uint32_t s = 0; s < subsets; ++s) {
    touchLinear[s] = std::exp2(touch[s] - scale);
    divisor[s] = inside[s] == 0 ? 1.0 : std::exp2(-inside[s]);
    volume[s] = touchLinear[s] * divisor[s];
  }
  return true;
}

template <typename Price> void WindowSolver::search(std::uint32_t count, Price price, bool largest) {
  std::uint32_t subsets = std::uint32_t(1) << count;
  best.assign(subsets, 0);
  second.assign(largest ? subsets : 0, 0);
  split.assign(subsets, 0);
  for (std::uint32_t s = 3; s < subsets; ++s) {
    std::uint32_t low = s & (~s + 1), rest = s ^ low;
    if (!rest) continue;
    double cheapest = std::numeric_limits<double>::infinity(), tie = cheapest;
    std::uint32_t chosen = rest;
    for (std::uint32_t r = rest; r; r = (r - 1) & rest) {
      std::uint32_t l = s ^ r;
      double cost;
      if (largest) {
        cost = std::max({best[l], best[r], volume[s]});
        if (cost > cheapest) continue;
        double flops = second[l] + second[r] + touchLinear[s] * divisor[l] * divisor[r];
        if (cost == cheapest && flops >= tie) continue;
        tie = flops;
      } else {
        cost = best[l] + best[r] + price(s, l, r);
        if (cost >= cheapest) continue;
      }
      cheapest = cost;
      chosen = r;
    }
    best[s] = cheapest;
    if (largest) second[s] = tie;
    split[s] = chosen;
  }
}

std::optional<Tree> WindowSolver::solve(std::span<const Tensor> tensors, const Pricing &pricing,
                                        double &price) {
  if (tensors.empty() || tensors.size() > maxLeaves || !fill(tensors, pricing.scale)) return std::nullopt;
  auto count = std::uint32_t(tensors.size());
  auto products = [&](std::uint32_t s, std::uint32_t l, std::uint32_t r) {
    double flops = touchLinear[s] * divisor[l] * divisor[r];
    return insideCount[s] > insideCount[l] + insideCount[r] ? flops + flops : flops;
  };
  switch (pricing.objective) {
  case Objective::Flops:
    search(count, products, false);
    break;
  case Objective::Largest:
    search(count, products, true);
    break;
  case Objective::Written:
    search(count, [&](std::uint32_t s, std::uint32_t, std::uint32_t) { return volume[s]; }, false);
    break;
  case Objective::Seconds: {
    const Roofline &line = pricing.roofline;
    double start = std::exp2(-pricing.scale) * line.stepSeconds, perFlop = 1 / line.flopsPerSecond,
           perElement = line.bytesPerElement / line.bytesPerSecond;
    search(
        count,
        [&](std::uint32_t s, std::uint32_t l, std::uint32_t r) {
          return std::max(products(s, l, r) * perFlop, (volume[s] + volume[l] + volume[r]) * perElement) +
                 start;
        },
        false);
  }
  }
  std::uint32_t all = (std::uint32_t(1) << count) - 1;
  price = best[all];
  if (!(price < std::numeric_limits<double>::infinity())) return std::nullopt;
  // Subsets in ascending order are made before their supersets, so collecting top down and sorting gives the
  // steps.
  std::vector<std::uint32_t> inner;
  if (count > 1) inner.push_back(all);
  for (std::size_t i = 0; i < inner.size(); ++i)
    for (std::uint32_t part : {split[inner[i]], inner[i] ^ split[inner[i]]})
      if (std::popcount(part) > 1) inner.push_back(part);
  std::sort(inner.begin(), inner.end());
  auto nodeOf = [&](std::uint32_t s) -> std::uint32_t {
    if (std::has_single_bit(s)) return std::uint32_t(std::countr_zero(s));
    return count + std::uint32_t(std::lower_bound(inner.begin(), inner.end(), s) - inner.begin());
  };
  Tree tree{count, {}};
  for (std::uint32_t s : inner)
    tree.steps.push_back({nodeOf(s ^ split[s]), nodeOf(split[s])});
  return tree;
}

} // namespace tgc::contract
