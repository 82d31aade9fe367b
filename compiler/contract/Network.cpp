// Preparation of networks, and the one rule of contracting two nodes. See Network.h.
#include "compiler/contract/Network.h"
#include <algorithm>
#include <cmath>

namespace tgc::contract {

std::optional<std::string> Network::check() const {
  if (inputs.empty()) return "a network needs at least one input";
  if (inputs.size() > 0x7fffffff) return "a network has at most 2^31 - 1 inputs";
  std::vector<char> seen(extents.size(), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::uint32_t index : inputs[i]) {
      if (index >= extents.size()) return "input " + std::to_string(i) + " has an index without an extent";
      seen[index] = 1;
    }
  for (std::int64_t extent : extents)
    if (extent < 0) return "extents are not negative";
  for (std::uint32_t index : output) {
    if (index >= extents.size() || !seen[index]) return "an output index is in no input";
    if (seen[index] == 2) return "an output index appears twice";
    seen[index] = 2;
  }
  return std::nullopt;
}

Problem::Problem(const Network &network)
    : leafCount(std::uint32_t(network.inputs.size())), appearances(network.extents.size(), 0) {
  weight.reserve(network.extents.size());
  for (std::int64_t extent : network.extents)
    weight.push_back(extent > 1 ? std::log2(double(extent)) : 0.0);
  legOffsets.reserve(leafCount + 1);
  legOffsets.push_back(0);
  for (const auto &input : network.inputs) {
    auto begin = std::ptrdiff_t(legs.size());
    for (std::uint32_t index : input)
      legs.push_back({index, 1});
    std::sort(legs.begin() + begin, legs.end(), [](Leg a, Leg b) { return a.index < b.index; });
    legs.erase(std::unique(legs.begin() + begin, legs.end()), legs.end());
    for (auto leg = legs.begin() + begin; leg != legs.end(); ++leg)
      ++appearances[leg->index];
    legOffsets.push_back(legs.size());
  }
  for (std::uint32_t index : network.output)
    ++appearances[index];
}

Problem Problem::part(std::span<const std::uint32_t> leaves) const {
  Problem result;
  result.leafCount = std::uint32_t(leaves.size());
  result.legOffsets.push_back(0);
  std::vector<std::uint32_t> indices;
  for (std::uint32_t i : leaves)
    for (Leg leg : leaf(i))
      indices.push_back(leg.index);
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  for (std::uint32_t index : indices) {
    result.weight.push_back(weight[index]);
    result.appearances.push_back(appearances[index]);
  }
  for (std::uint32_t i : leaves) {
    for (Leg leg : leaf(i)) {
      auto place = std::lower_bound(indices.begin(), indices.end(), leg.index);
      result.legs.push_back({std::uint32_t(place - indices.begin()), leg.count});
    }
    result.legOffsets.push_back(result.legs.size());
  }
  return result;
}

namespace {

/// Walks two sorted lists together: `visit(index, countBelow, shared)`.
template <typename Visit> inline void walk(std::span<const Leg> a, std::span<const Leg> b, Visit visit) {
  const Leg *p = a.data(), *pEnd = p + a.size(), *q = b.data(), *qEnd = q + b.size();
  while (p != pEnd && q != qEnd) {
    if (p->index < q->index) {
      visit(p->index, p->count);
      ++p;
    } else if (q->index < p->index) {
      visit(q->index, q->count);
      ++q;
    } else {
      visit(p->index, p->count + q->count);
      ++p;
      ++q;
    }
  }
  for (; p != pEnd; ++p)
    visit(p->index, p->count);
  for (; q != qEnd; ++q)
    visit(q->index, q->count);
}

} // namespace

Merge mergeFigures(const Problem &problem, std::span<const Leg> a, std::span<const Leg> b) {
  Merge merge;
  walk(a, b, [&](std::uint32_t index, std::uint32_t count) {
    double weight = problem.weight[index];
    merge.joint += weight;
    if (count == problem.appearances[index])
      merge.inner = true;
    else
      merge.result += weight;
  });
  return merge;
}

std::size_t mergeLegs(const Problem &problem, std::span<const Leg> a, std::span<const Leg> b, Leg *out) {
  Leg *next = out;
  walk(a, b, [&](std::uint32_t index, std::uint32_t count) {
    if (count != problem.appearances[index]) *next++ = {index, count};
  });
  return std::size_t(next - out);
}

double sizeLog2(const Problem &problem, std::span<const Leg> legs) {
  double size = 0;
  for (Leg leg : legs)
    size += problem.weight[leg.index];
  return size;
}

} // namespace tgc::contract
