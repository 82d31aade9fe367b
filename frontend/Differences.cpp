// Both sides of the point are tried, with steps of 1/4, 1/8, ... The remainder of the linear model is
// measured as a whole for its order, and element by element outside the slopes of the two sides for the
// error.
#include "frontend/Differences.h"
#include <cmath>
#include <cstdio>
#include <limits>

namespace tgc::detail {
namespace {

constexpr int firstHalving = 2, lastHalving = 45;
constexpr double roundings = 64;       ///< units of rounding that a value of f may be off
constexpr double leastOrder = 1.5;     ///< 2 is right, 1 is wrong
constexpr double smallestScale = 1e-3; ///< tangents below it are compared absolutely

double epsilonOf(DType dtype) {
  return dtype == DType::f64   ? 0x1p-52
         : dtype == DType::f32 ? 0x1p-23
         : dtype == DType::f16 ? 0x1p-10
                               : 0x1p-7;
}

/// What one step says of one result.
struct Measured {
  double remainder = 0; ///< of the linear model: the Euclidean norm over both sides
  double floor = 0;     ///< what of it may be rounding
  double excess = 0;    ///< the largest distance of a tangent to the interval of the slopes, relative
  double doubt = 0;     ///< what of that may be rounding
  std::string where = {};
};

class Steps {
public:
  Steps(const Tangent &tangent, double allowed) : tangent(tangent), allowed(allowed) {
    for (std::size_t k = 0; k < tangent.f.results().size(); ++k)
      if (isFloat(tangent.f.results()[k].dtype)) real.push_back(k);
  }

  Result<CheckedClaim> run() {
    CheckedClaim claim;
    claim.allowed = allowed;
    std::vector<Measured> before(real.size()), best(real.size());
    std::vector<double> order(real.size(), std::numeric_limits<double>::infinity());
    std::vector<bool> settled(real.size(), false);
    for (Measured &one : best)
      one.excess = std::numeric_limits<double>::infinity();
    for (int halving = firstHalving; halving <= lastHalving; ++halving) {
      auto now = measure(std::ldexp(1.0, -halving));
      if (!now) return now.error();
      bool open = false;
      for (std::size_t k = 0; k < real.size(); ++k) {
        Measured &one = (*now)[k];
        if (std::isnan(one.remainder)) one.remainder = std::numeric_limits<double>::infinity();
        if (!settled[k] && halving > firstHalving) {
          // Rounding hides what is below the floor; a drop to it at once is the order of a kink passed.
          const double smallest = std::max(one.remainder, one.floor / roundings);
          order[k] =
              before[k].remainder <= before[k].floor ? order[k] : std::log2(before[k].remainder / smallest);
        }
        settled[k] = settled[k] || one.remainder <= one.floor;
        open |= !settled[k];
        if (one.excess + one.doubt < best[k].excess + best[k].doubt) best[k] = one;
        before[k] = one;
      }
      if (!open) break;
    }
    conclude(claim, order, best);
    return claim;
  }

private:
  void conclude(CheckedClaim &claim, const std::vector<double> &order,
                const std::vector<Measured> &best) const {
    claim.order = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < real.size(); ++k) {
      const bool good =
          best[k].excess <= allowed || (order[k] >= leastOrder && std::isfinite(best[k].excess));
      claim.order = std::min(claim.order, order[k]);
      if (good && claim.holds) claim.error = std::max(claim.error, std::min(best[k].excess, allowed));
      if (good || (!claim.holds && !(best[k].excess > claim.error))) continue;
      claim.holds = false;
      claim.error = best[k].excess;
      claim.where = best[k].where;
    }
  }

  /// f at x + h t, or nothing where it cannot be told.
  Result<Buffers> moved(double h) const {
    auto point = cloned(tangent.at);
    if (!point) return point.error();
    for (std::size_t k = 0; k < tangent.by.size(); ++k) {
      Buffer &buffer = (*point)[tangent.by[k]];
      for (std::int64_t at = 0; at < buffer.elements(); ++at)
        setReal(buffer, at, realAt(buffer, at) + h * realAt(tangent.direction[k], at));
    }
    return tangent.value(*point);
  }

  Result<std::vector<Measured>> measure(double h) const {
    auto ahead = moved(h), behind = moved(-h);
    if (!ahead) return ahead.error();
    if (!behind) return behind.error();
    std::vector<Measured> out;
    for (std::size_t k : real)
      out.push_back(compare(k, (*ahead)[k], (*behind)[k], h));
    return out;
  }

  Measured compare(std::size_t k, const Buffer &ahead, const Buffer &behind, double h) const {
    const Buffer &here = tangent.pushed[k], &slope = tangent.pushed[slopeOf(k)];
    Measured out;
    double size = 0, largest = smallestScale, norm = 0;
    for (std::int64_t at = 0; at < here.elements(); ++at) {
      const double f = realAt(here, at), j = realAt(slope, at);
      const double up = realAt(ahead, at) - f, down = f - realAt(behind, at);
      largest = std::max(largest, std::abs(up + down) / 2 / h);
      size += f * f;
      norm += j * j;
      out.remainder += (up - h * j) * (up - h * j) + (down - h * j) * (down - h * j);
    }
    const double epsilon = epsilonOf(here.dtype());
    out.remainder = std::sqrt(out.remainder);
    out.floor = roundings * epsilon * (std::sqrt(size) + std::sqrt(norm) * reach());
    out.doubt = out.floor / h / largest;
    for (std::int64_t at = 0; at < here.elements(); ++at) {
      const double f = realAt(here, at), j = realAt(slope, at);
      const double up = (realAt(ahead, at) - f) / h, down = (f - realAt(behind, at)) / h;
      double distance = std::abs(j - (up + down) / 2) - std::abs(up - down) / 2;
      if (std::isnan(distance)) distance = std::numeric_limits<double>::infinity();
      if (distance / largest <= out.excess) continue;
      out.excess = distance / largest;
      char numbers[96];
      std::snprintf(numbers, sizeof numbers, ": tangent %.9g, slopes %.9g and %.9g", j, down, up);
      out.where = tangent.f.results()[k].name + " element " + std::to_string(at) + numbers;
    }
    return out;
  }

  /// The largest number that moves: arguments are rounded too.
  double reach() const {
    double most = 0;
    for (std::size_t k : tangent.by)
      for (std::int64_t at = 0; at < tangent.at[k].elements(); ++at)
        most = std::max(most, std::abs(realAt(tangent.at[k], at)));
    return most;
  }

  std::size_t slopeOf(std::size_t result) const {
    std::size_t at = tangent.f.results().size();
    for (std::size_t k : real) {
      if (k == result) break;
      ++at;
    }
    return at;
  }

  const Tangent &tangent;
  double allowed;
  std::vector<std::size_t> real;
};

} // namespace

Result<CheckedClaim> againstDifferences(const Tangent &tangent, double allowed) {
  return Steps(tangent, allowed).run();
}

} // namespace tgc::detail
