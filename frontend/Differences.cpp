// Both sides of the point are tried, with steps of 1/4, 1/8, ... The remainder of the linear model is
// measured as a whole for its order, and element by element outside the slopes of the two sides for the
// error.
#include "frontend/Differences.h"
#include <algorithm>
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

/// What one step says of one result as a whole.
struct Measured {
  double remainder = 0; ///< of the linear model: the Euclidean norm over both sides
  double floor = 0;     ///< what of it may be rounding
};

/// What the step that sees an element best says of it: where the slopes of the two sides, and rounding, leave
/// the narrowest interval for its tangent.
struct Sight {
  double width = std::numeric_limits<double>::infinity();
  double excess = std::numeric_limits<double>::infinity(); ///< of the tangent beyond the slopes, relative
  double ahead = 0, behind = 0;                            ///< the slopes
};

class Steps {
public:
  Steps(const Tangent &tangent, double allowed) : tangent(tangent), allowed(allowed) {
    for (std::size_t k = 0; k < tangent.f.results().size(); ++k)
      if (isFloat(tangent.f.results()[k].dtype)) real.push_back(k);
    for (std::size_t k : real)
      best.emplace_back(static_cast<std::size_t>(tangent.pushed[k].elements()));
  }

  Result<CheckedClaim> run() {
    std::vector<Measured> before(real.size());
    std::vector<double> order(real.size(), std::numeric_limits<double>::infinity());
    std::vector<bool> settled(real.size(), false);
    for (int halving = firstHalving; halving <= lastHalving; ++halving) {
      auto now = measure(std::ldexp(1.0, -halving));
      if (!now) return now.error();
      bool open = false;
      for (std::size_t k = 0; k < real.size(); ++k) {
        Measured &one = (*now)[k];
        if (std::isnan(one.remainder)) one.remainder = std::numeric_limits<double>::infinity();
        // Rounding hides what is below the floor; a drop to it at once is the order of a kink passed.
        if (!settled[k] && halving > firstHalving && before[k].remainder > before[k].floor)
          order[k] = std::log2(before[k].remainder / std::max(one.remainder, one.floor / roundings));
        settled[k] = settled[k] || one.remainder <= one.floor;
        open |= !settled[k];
        before[k] = one;
      }
      if (!open) break;
    }
    return conclude(order);
  }

private:
  CheckedClaim conclude(const std::vector<double> &order) const {
    CheckedClaim claim;
    claim.allowed = allowed;
    claim.order = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < real.size(); ++k) {
      const auto worst = std::max_element(best[k].begin(), best[k].end(),
                                          [](const Sight &a, const Sight &b) { return a.excess < b.excess; });
      claim.order = std::min(claim.order, order[k]);
      if (worst == best[k].end()) continue;
      const bool good = worst->excess <= allowed || (order[k] >= leastOrder && std::isfinite(worst->excess));
      if (good && claim.holds) claim.error = std::max(claim.error, std::min(worst->excess, allowed));
      if (good || (!claim.holds && worst->excess <= claim.error)) continue;
      claim.holds = false;
      claim.error = worst->excess;
      claim.where = whereText(k, worst - best[k].begin());
    }
    return claim;
  }

  std::string whereText(std::size_t k, std::int64_t at) const {
    const Sight &sight = best[k][static_cast<std::size_t>(at)];
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, ": tangent %.9g, slopes %.9g and %.9g",
                  realAt(tangent.pushed[tangent.f.results().size() + k], at), sight.behind, sight.ahead);
    return tangent.f.results()[real[k]].name + " element " + std::to_string(at) + numbers;
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

  Result<std::vector<Measured>> measure(double h) {
    auto ahead = moved(h), behind = moved(-h);
    if (!ahead) return ahead.error();
    if (!behind) return behind.error();
    std::vector<Measured> out;
    for (std::size_t k = 0; k < real.size(); ++k)
      out.push_back(compare(k, (*ahead)[real[k]], (*behind)[real[k]], h));
    return out;
  }

  /// The remainder at this step; elements that it sees better than those before are judged by it.
  Measured compare(std::size_t k, const Buffer &ahead, const Buffer &behind, double h) {
    const Buffer &here = tangent.pushed[real[k]], &slope = tangent.pushed[tangent.f.results().size() + k];
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
    out.remainder = std::sqrt(out.remainder);
    out.floor = roundings * epsilonOf(here.dtype()) * (std::sqrt(size) + std::sqrt(norm) * reach());
    for (std::int64_t at = 0; at < here.elements(); ++at) {
      const double f = realAt(here, at), j = realAt(slope, at);
      const double up = (realAt(ahead, at) - f) / h, down = (f - realAt(behind, at)) / h;
      const double half = std::abs(up - down) / 2, width = (half + out.floor / h) / largest;
      Sight &sight = best[k][static_cast<std::size_t>(at)];
      if (!(width < sight.width) || std::isnan(j)) continue;
      sight = {width, std::max(0.0, (std::abs(j - (up + down) / 2) - half) / largest), up, down};
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

  const Tangent &tangent;
  double allowed;
  std::vector<std::size_t> real;        ///< floating-point results
  std::vector<std::vector<Sight>> best; ///< of each of those, element by element
};

} // namespace

Result<CheckedClaim> againstDifferences(const Tangent &tangent, double allowed) {
  return Steps(tangent, allowed).run();
}

} // namespace tgc::detail
