// See Window.h.
#include "compiler/contract/Window.h"
#include <algorithm>
#include <bit>

namespace tgc::contract {

WindowSolver::WindowSolver(const Problem &problem) : problem(problem), slot(problem.weight.size(), 0) {}

/// Numbers the window's indices and notes which tensors hold each. False if their product is beyond doubles.
bool WindowSolver::collect(std::span<const Tensor> tensors, double scale) {
  touched.clear();
  seen.clear();
  total = 0;
  for (std::uint32_t i = 0; i < tensors.size(); ++i)
    for (Leg leg : tensors[i]) {
      std::uint32_t &at = slot[leg.index];
      if (at >= touched.size() || touched[at] != leg.index) {
        at = std::uint32_t(touched.size());
        touched.push_back(leg.index);
        seen.push_back({0, 0});
        total += problem.weight[leg.index];
      }
      seen[at].mask |= std::uint32_t(1) << i;
      seen[at].count += leg.count;
    }
  return total - scale <= 1000;
}

/// Turns sums by mask into sums over all masks within each subset.
void WindowSolver::sumSubsets(std::uint32_t subsets) {
  for (std::uint32_t bit = 1; bit < subsets; bit <<= 1)
    for (std::uint32_t s = 0; s < subsets; ++s)
      if (s & bit) {
        touch[s] += touch[s ^ bit];
        inside[s] += inside[s ^ bit];
        insideCount[s] += insideCount[s ^ bit];
        touchCount[s] += touchCount[s ^ bit];
      }
}

bool WindowSolver::fill(std::span<const Tensor> tensors, const Pricing &pricing) {
  std::uint32_t subsets = std::uint32_t(1) << tensors.size(), all = subsets - 1;
  if (!collect(tensors, pricing.scale)) return false;
  touch.assign(subsets, 0);
  inside.assign(subsets, 0);
  insideCount.assign(subsets, 0);
  touchCount.assign(subsets, 0);
  for (std::size_t i = 0; i < touched.size(); ++i) {
    double weight = problem.weight[touched[i]];
    touch[seen[i].mask] += weight;
    ++touchCount[seen[i].mask];
    if (seen[i].count != problem.appearances[touched[i]]) continue;
    inside[seen[i].mask] += weight;
    ++insideCount[seen[i].mask];
  }
  sumSubsets(subsets);
  fixed.assign(subsets, 0);
  if (pricing.maxRank)
    for (std::uint32_t s = 1; s < all; ++s)
      fixed[s] = touched.size() - touchCount[all ^ s] - insideCount[s] > pricing.maxRank ? 2 : 0;
  // `touch` now sums the indices within each subset; what touches S is the total less what lies in its
  // complement.
  for (std::uint32_t s = 0; s <= all / 2; ++s) {
    double low = total - touch[all ^ s], high = total - touch[s];
    touch[s] = low;
    touch[all ^ s] = high;
  }
  for (std::uint32_t i = 0; i < tensors.size(); ++i) {
    std::uint32_t s = std::uint32_t(1) << i;
    inside[s] = 0; // an operand's lone indices are summed by its first step, not before
    insideCount[s] = 0;
  }
  touchLinear.resize(subsets);
  divisor.resize(subsets);
  volume.resize(subsets);
  for (std::uint32_t s = 0; s < subsets; ++s) {
    touchLinear[s] = std::exp2(touch[s] - pricing.scale);
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
    if (!rest || fixed[s] == 1) continue;
    double cheapest = std::numeric_limits<double>::infinity(), tie = cheapest;
    if (fixed[s] == 2) {
      best[s] = cheapest;
      continue;
    }
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

void WindowSolver::searchBy(const Pricing &pricing, std::uint32_t count, std::span<const double> discount) {
  auto products = [&](std::uint32_t s, std::uint32_t l, std::uint32_t r) {
    double flops = touchLinear[s] * divisor[l] * divisor[r];
    return insideCount[s] > insideCount[l] + insideCount[r] ? flops + flops : flops;
  };
  switch (pricing.objective) {
  case Objective::Flops:
    return search(count, products, false);
  case Objective::Largest:
    return search(count, products, true);
  case Objective::Written:
    return search(count, [&](std::uint32_t s, std::uint32_t, std::uint32_t) { return volume[s]; }, false);
  case Objective::Seconds:
    break;
  }
  const Roofline &line = pricing.roofline;
  double start = std::exp2(-pricing.scale) * line.stepSeconds, perFlop = 1 / line.flopsPerSecond,
         perElement = line.bytesPerElement / line.bytesPerSecond;
  auto seconds = [&](std::uint32_t s, std::uint32_t l, std::uint32_t r) {
    return std::max(products(s, l, r) * perFlop, (volume[s] + volume[l] + volume[r]) * perElement) + start;
  };
  if (discount.empty()) return search(count, seconds, false);
  search(
      count,
      [&](std::uint32_t s, std::uint32_t l, std::uint32_t r) { return seconds(s, l, r) * discount[s]; },
      false);
}

Tree WindowSolver::build(std::uint32_t all) {
  // Subsets in ascending order are made before their supersets, so collecting top down and sorting gives the
  // steps.
  std::vector<std::uint32_t> inner;
  leafMasks.clear();
  auto add = [&](std::uint32_t s) {
    bool leaf = std::has_single_bit(s) || fixed[s] == 1;
    (leaf ? leafMasks : inner).push_back(s);
  };
  add(all);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    std::uint32_t part = split[inner[i]], other = inner[i] ^ part;
    add(other);
    add(part);
  }
  std::sort(inner.begin(), inner.end());
  std::sort(leafMasks.begin(), leafMasks.end());
  auto count = std::uint32_t(leafMasks.size());
  auto nodeOf = [&](std::uint32_t s) -> std::uint32_t {
    auto leaf = std::lower_bound(leafMasks.begin(), leafMasks.end(), s);
    if (leaf != leafMasks.end() && *leaf == s) return std::uint32_t(leaf - leafMasks.begin());
    return count + std::uint32_t(std::lower_bound(inner.begin(), inner.end(), s) - inner.begin());
  };
  Tree tree{count, {}};
  for (std::uint32_t s : inner)
    tree.steps.push_back({nodeOf(s ^ split[s]), nodeOf(split[s])});
  return tree;
}

std::optional<Tree> WindowSolver::solve(std::span<const Tensor> tensors, const Pricing &pricing,
                                        double &price, std::span<const std::uint32_t> given,
                                        std::span<const double> discount) {
  if (tensors.empty() || tensors.size() > maxLeaves || !fill(tensors, pricing)) return std::nullopt;
  for (std::uint32_t mask : given)
    fixed[mask] = 1;
  searchBy(pricing, std::uint32_t(tensors.size()), discount);
  std::uint32_t all = (std::uint32_t(1) << tensors.size()) - 1;
  price = best[all];
  if (!(price < std::numeric_limits<double>::infinity())) return std::nullopt;
  return build(all);
}

} // namespace tgc::contract
