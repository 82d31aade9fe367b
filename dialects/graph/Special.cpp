// Formulas of special functions: arguments are moved to where asymptotic series hold.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"
#include <numbers>

using namespace mlir;

namespace tgc::graph::formulas {

namespace {
// From 8 and 10 on the series below reach the precision of f64.
/// Bernoulli's numbers B2, B4, ...
constexpr double bernoulliNumbers[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                                       5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};

/// The argument where it is large enough, from where a recurrence leads back.
struct Moved {
  Sym isMoved, at;
};
} // namespace

static Moved movedUp(Sym x, int by) {
  Sym low = x < by;
  return {low, where(low, x + by, x)};
}

/// sum of B[2k] weight(2k) / z^(2k - offset), from the smallest term on.
template <typename Weight> static Sym series(Sym z, int offset, Weight weight) {
  Sym square = 1 / (z * z), sum = 0;
  for (int k = std::size(bernoulliNumbers); k > 0; --k)
    sum = (sum + bernoulliNumbers[k - 1] * weight(2.0 * k)) * (k > 1 ? square : Sym(1));
  return sum * (offset == 0 ? square : 1 / z);
}

// Of x >= 1/2. Stirling's series: (z - 1/2) log z - z + log(2 pi) / 2 + sum B2k / (2k (2k - 1) z^(2k - 1)).
// Moved by m, the product x (x + 1) ... is divided by z^m before its logarithm, so that no large terms
// cancel.
static Sym lgammaRight(Sym x) {
  constexpr int by = 8;
  Moved at = movedUp(x, by);
  Sym low = where(at.isMoved, x, 1), inverse = 1 / where(at.isMoved, at.at, 1), product = 1;
  for (int k = 0; k < by; ++k)
    product = product * ((low + k) * inverse);
  Sym z = at.at, tail = series(z, 1, [](double n) { return 1 / (n * (n - 1)); });
  Sym whole = (x - 0.5) * (log(z) - 1);
  double constant = 0.5 * std::log(2 * std::numbers::pi) - 0.5;
  return whole + (where(at.isMoved, (constant - by) - log(where(at.isMoved, product, 1)), constant) + tail);
}

/// pi times the distance from the nearest whole number, which is exact: near the poles nothing else is.
static Sym angleOf(Ink &ink, Sym x) { return std::numbers::pi * (x - callOne(ink, "round", {x})); }

// lgamma(x) = log(pi / |sin(pi x)|) - lgamma(1 - x) left of 1/2.
Sym lgamma(Ink &ink, Sym x) {
  Sym wide = widened(x), left = wide < 0.5;
  Sym right = lgammaRight(where(left, 1 - wide, wide));
  Sym sine = callOne(ink, "abs", {callOne(ink, "sin", {angleOf(ink, where(left, wide, 0.5))})});
  return like(x, where(left, std::log(std::numbers::pi) - log(sine) - right, right));
}

// log z - 1 / (2 z) - sum B2k / (2k z^2k), of x >= 1/2.
static Sym digammaRight(Sym x) {
  constexpr int by = 10;
  Moved at = movedUp(x, by);
  Sym sum = 1 / where(at.isMoved, x, 1);
  for (int k = 1; k < by; ++k)
    sum = sum + 1 / where(at.isMoved, x + k, 1);
  Sym z = at.at, tail = series(z, 0, [](double n) { return 1 / n; });
  Sym whole = log(z) - 0.5 / z - tail;
  return where(at.isMoved, whole - sum, whole);
}

// digamma(x) = digamma(1 - x) - pi / tan(pi x) left of 1/2.
Sym digamma(Ink &ink, Sym x) {
  Sym wide = widened(x), left = wide < 0.5;
  Sym right = digammaRight(where(left, 1 - wide, wide));
  Sym angle = angleOf(ink, where(left, wide, 0.5));
  Sym cotangent = callOne(ink, "cos", {angle}) / callOne(ink, "sin", {angle});
  return like(x, where(left, right - std::numbers::pi * cotangent, right));
}

} // namespace tgc::graph::formulas
