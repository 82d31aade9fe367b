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
// Moved to z = x + 8, the product x (x + 1) ... (x + 7) is divided by (z / e)^8 before its logarithm, so
// that no large terms cancel, and the digits of x that z has no room for are added: the slope there is 1.
static Sym lgammaRight(Sym x) {
  constexpr int by = 8;
  Moved at = movedUp(x, by);
  Sym low = where(at.isMoved, x, 1), z = at.at, lost = x - (z - by);
  Sym ends = low * (low + 7); // (x + k) (x + 7 - k) = ends + k (7 - k)
  Sym product = (ends * (ends + 12)) * ((ends + 6) * (ends + 10));
  Sym square = where(at.isMoved, z * z, 1), fourth = square * square;
  product = product / (fourth * fourth) * std::exp(8.0);
  Sym tail = series(z, 1, [](double n) { return 1 / (n * (n - 1)); });
  Sym whole = (x - 0.5) * (log(z) - 1);
  double constant = 0.5 * std::log(2 * std::numbers::pi) - 0.5;
  return whole + (where(at.isMoved, lost + constant - log(where(at.isMoved, product, 1)), constant) + tail);
}

/// The distance from the nearest whole number, which is exact: near the poles nothing else is.
static Sym offsetOf(Ink &ink, Sym x) { return x - callOne(ink, "round", {x}); }

// lgamma(x) = log(pi / |sin(pi x)|) - lgamma(1 - x) left of 1/2. Next to a pole sin(pi d) is pi d, and pi
// times a subnormal number would lose its last digits.
Sym lgamma(Ink &ink, Sym x) {
  Sym wide = widened(x), left = wide < 0.5;
  Sym right = lgammaRight(where(left, 1 - wide, wide));
  Sym offset = callOne(ink, "abs", {offsetOf(ink, where(left, wide, 0.5))}), near = offset < 1e-9;
  Sym sine = callOne(ink, "sin", {std::numbers::pi * where(near, 0.5, offset)});
  constexpr double infinity = std::numeric_limits<double>::infinity();
  // At a pole, far from which `right` may be infinite, too; and at -infinity, which has no angle.
  Sym pole = (left & (offset == 0)) | (wide == -infinity);
  Sym reflected = where(left, -log(where(near, offset, sine / std::numbers::pi)) - right, right);
  return like(x, where(pole, infinity, reflected));
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

// digamma(x) = digamma(1 - x) - pi / tan(pi x) left of 1/2. At 0 it is infinite on the side the zero's sign
// says, as -1 / x is; at the other poles it has no value.
Sym digamma(Ink &ink, Sym x) {
  Sym wide = widened(x), left = wide < 0.5;
  Sym right = digammaRight(where(left, 1 - wide, wide));
  Sym angle = std::numbers::pi * offsetOf(ink, where(left, wide, 0.5));
  Sym sine = callOne(ink, "sin", {angle});
  Sym cotangent = callOne(ink, "cos", {angle}) / sine;
  Sym zero = wide == 0, nothing = std::numeric_limits<double>::quiet_NaN();
  Sym pole = left & (sine == 0), there = where(zero, -1 / where(zero, wide, 1), nothing);
  return like(x, where(pole, there, where(left, right - std::numbers::pi * cotangent, right)));
}

/// sum c[k] T_k(t) with half of c[0], by Clenshaw's recurrence; t in [-1, 1].
static Sym chebyshev(Sym t, llvm::ArrayRef<double> c) {
  Sym twice = 2 * t, last = c.back(), before = 0;
  for (double next : llvm::reverse(c.drop_front().drop_back())) {
    Sym now = twice * last - before + next;
    before = last;
    last = now;
  }
  return t * last - before + 0.5 * c.front();
}

// The coefficients are those of exp(-x) I0(x) = 1/pi int_0^pi exp(x (cos u - 1)) du (DLMF 10.32.1) at the
// nodes of the polynomials: on [0, 8], and from there on of its product with sqrt(x) in 1/x.
Sym i0e(Ink &ink, Sym x) {
  static const double nearZero[] = {
      0.6767952744094761,    -0.30468267234319835,    0.17162090152220869,    -0.09490109704804754,
      0.04930528423967062,   -0.023737414805899394,   0.01054646039459493,    -0.004324309995050505,
      0.00163947561694126,   -0.0005763755745384966,  0.00018850288509574746, -5.7541950100513214e-05,
      1.644844807063725e-05, -4.416738358546668e-06,  1.1173875390326579e-06, -2.670793851572559e-07,
      6.04699501509506e-08,  -1.3000250169505653e-08, 2.6598236587240323e-09, -5.189793696945252e-10,
      9.675801384233501e-11, -1.7268290882779206e-11, 2.9547605047376343e-12, -4.854613957464178e-13,
      7.667620499033495e-14, -1.1693981964407477e-14, 1.813120237715432e-15};
  static const double far[] = {
      0.8044904110141089,     0.003369116478255722,   6.889758346914744e-05,   2.891370520869815e-06,
      2.048918589181274e-07,  2.2666689943173087e-08, 3.3962319955925697e-09,  4.940602735151005e-10,
      1.188911506028699e-11,  -3.149913540938243e-11, -1.3215841624183988e-11, -1.794061936771091e-12,
      7.17983456976351e-13,   3.852507516558662e-13,  1.5369751912158725e-14,  -4.1415102684100316e-14,
      -9.586862553812025e-15, 3.7838558241548585e-15, 1.74217953431699e-15};
  Sym size = callOne(ink, "abs", {widened(x)}), isNear = size <= 8;
  Sym inner = chebyshev(0.25 * where(isNear, size, 8) - 1, nearZero), z = where(isNear, 8, size);
  return like(x, where(isNear, inner, chebyshev(16 / z - 1, far) / callOne(ink, "sqrt", {z})));
}

} // namespace tgc::graph::formulas
