// What a contraction costs. Search works on logarithms and on doubles relative to a known scale; reports work
// on numbers with a 64-bit exponent. Neither overflows.
#pragma once
#include "compiler/contract/Tree.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace tgc::contract {

/// A non-negative number with a wide exponent: mantissa in [1, 2) or 0. Exact for sums and products below
/// 2^53.
class Wide {
public:
  Wide() = default;
  Wide(double value) { set(value, 0); }
  static Wide exp2(double log2) {
    double whole = std::floor(log2);
    Wide result(std::exp2(log2 - whole));
    result.exponent += std::int64_t(whole);
    return result;
  }
  bool isZero() const { return mantissa == 0; }
  double log2() const {
    return isZero() ? -std::numeric_limits<double>::infinity() : double(exponent) + std::log2(mantissa);
  }
  double log10() const { return log2() * 0.30102999566398119521; }
  /// Infinity or zero where a double has no room.
  double value() const { return std::ldexp(mantissa, int(std::clamp<std::int64_t>(exponent, -5000, 5000))); }
  Wide operator*(const Wide &other) const {
    Wide result;
    result.set(mantissa * other.mantissa, exponent + other.exponent);
    return result;
  }
  Wide operator+(const Wide &other) const {
    if (isZero()) return other;
    if (other.isZero()) return *this;
    if (exponent < other.exponent) return other + *this;
    Wide result;
    int shift = int(std::min<std::int64_t>(exponent - other.exponent, 2000));
    result.set(mantissa + std::ldexp(other.mantissa, -shift), exponent);
    return result;
  }
  Wide &operator+=(const Wide &other) { return *this = *this + other; }
  bool operator<(const Wide &other) const {
    if (isZero() || other.isZero()) return isZero() && !other.isZero();
    return exponent != other.exponent ? exponent < other.exponent : mantissa < other.mantissa;
  }

private:
  void set(double value, std::int64_t scale) {
    if (value <= 0) return;
    int shift = 0;
    mantissa = std::frexp(value, &shift) * 2;
    exponent = scale + shift - 1;
  }
  double mantissa = 0;
  std::int64_t exponent = 0;
};

/// What a search minimises.
enum class Objective : std::uint8_t {
  Flops,   ///< multiply-adds as two, bare multiplications as one
  Largest, ///< elements of the largest intermediate (flops decide ties)
  Written, ///< elements of all intermediates and the result
  Seconds, ///< predicted time by the roofline
};

/// The machine as the prediction sees it. The defaults are one core of a server of 2023 in f64.
struct Roofline {
  double flopsPerSecond = 5e10;
  double bytesPerSecond = 1.5e10;
  double stepSeconds = 5e-7; ///< calling one kernel
  double bytesPerElement = 8;
};

/// The figures of a tree, in the convention of the language and of opt_einsum: flops of a
/// step are the product of all extents of both operands, twice that if an index is summed.
struct Figures {
  Wide flops;
  Wide largest; ///< elements of the largest intermediate or result
  Wide written; ///< elements of all intermediates and the result
  Wide peak;    ///< most elements of intermediates alive at once, in the order of the steps
  double seconds = 0;
};
Figures figuresOf(const Network &network, const Tree &tree, const Roofline &roofline = {});

/// What contracting costs at every step, without ever holding a node's legs: near-linear however large the
/// intermediates are. An index of d operands meets itself where its operands do, so each step's figures are
/// sums over the lowest common ancestors of neighbouring operands.
struct StepSums {
  std::vector<Merge> steps;     ///< by step
  std::vector<double> sizes;    ///< by node, log2 of elements
  std::vector<double> legCount; ///< by node
};
StepSums sumSteps(const Problem &problem, const Tree &tree);

/// log2 of the elements of every node.
std::vector<double> nodeSizes(const Problem &problem, const Tree &tree);

/// Calls `visit(step, legsOfLeft, legsOfRight, legsOfResult)` in the order of the steps, freeing legs as they
/// are used.
template <typename Visit> void walkTree(const Problem &problem, const Tree &tree, Visit visit) {
  std::vector<std::vector<Leg>> legs(tree.steps.size());
  auto of = [&](std::uint32_t node) -> std::span<const Leg> {
    return node < tree.leafCount ? problem.leaf(node) : std::span<const Leg>(legs[node - tree.leafCount]);
  };
  for (std::uint32_t i = 0; i < tree.steps.size(); ++i) {
    auto [a, b] = tree.steps[i];
    std::span<const Leg> left = of(a), right = of(b);
    legs[i].resize(left.size() + right.size());
    legs[i].resize(mergeLegs(problem, left, right, legs[i].data()));
    visit(i, left, right, std::span<const Leg>(legs[i]));
    for (std::uint32_t child : {a, b})
      if (child >= tree.leafCount) std::vector<Leg>().swap(legs[child - tree.leafCount]);
  }
}

} // namespace tgc::contract
