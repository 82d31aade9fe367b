// Functions of a complex number over its parts. The inverse functions are Kahan's (Branch Cuts for Complex
// Elementary Functions, 1987): right on both sides of each cut, where the sign of a zero tells the sides
// apart.
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"

using namespace mlir;

namespace tgc::graph {

Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
Complex operator-(Complex a) { return {-a.re, -a.im}; }
Complex operator*(Complex a, Complex b) {
  if (a.im.isZero()) return {a.re * b.re, a.re * b.im};
  if (b.im.isZero()) return {a.re * b.re, a.im * b.re};
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}
Complex operator/(Complex a, Complex b) {
  if (b.im.isZero()) return {a.re / b.re, a.im / b.re};
  Sym wide = abs(b.re) >= abs(b.im);
  Sym large = where(wide, b.re, b.im), small = where(wide, b.im, b.re);
  Sym ratio = small / large, below = large + small * ratio;
  return {where(wide, a.re + a.im * ratio, a.re * ratio + a.im) / below,
          where(wide, a.im - a.re * ratio, a.im * ratio - a.re) / below};
}

namespace complexes {

static Complex times(Complex z, double factor) { return {z.re * factor, z.im * factor}; }
static Complex turned(Complex z) { return {-z.im, z.re}; }     // i z
static Complex turnedBack(Complex z) { return {z.im, -z.re}; } // -i z
static Sym held(Sym x) { return x.isZero() && !x.isLiteral() ? x.ink()->sym(x.value()) : x; }
/// A zero part as a tensor: functions of one real number take no symbols.
static Complex held(Complex z) { return {held(z.re), held(z.im)}; }

Sym size(Complex z) { return z.im.isZero() ? abs(z.re) : hypot(z.re, z.im); }
Sym phase(Complex z) { return atan2(held(z.im), held(z.re)); }
Complex conjugate(Complex z) { return {z.re, -z.im}; }

Complex direction(Complex z) {
  Sym r = size(z), none = r == 0, whole = where(none, 1, r);
  return {z.re / whole, z.im / whole};
}

Complex square(Complex z) {
  if (z.im.isZero()) return {graph::square(z.re), z.im};
  return {(z.re - z.im) * (z.re + z.im), z.re * z.im * 2.0};
}

Complex sqrt(Complex z) {
  z = held(z);
  Sym root = graph::sqrt((abs(z.re) + hypot(z.re, z.im)) * 0.5);
  Sym none = root == 0, other = where(none, z.im, abs(z.im) / (where(none, 1, root) * 2.0));
  Sym right = z.re >= 0;
  return {where(right, root, other), copysign(where(right, other, root), z.im)};
}

Complex exp(Complex z) {
  Sym length = graph::exp(z.re);
  if (z.im.isZero()) return {length, z.im};
  return {length * graph::cos(z.im), length * graph::sin(z.im)};
}

Complex expm1(Complex z) {
  z = held(z);
  Sym half = graph::sin(z.im * 0.5);
  return {graph::expm1(z.re) * graph::cos(z.im) - graph::square(half) * 2.0,
          graph::exp(z.re) * graph::sin(z.im)};
}

// Near |z| = 1 the logarithm of the size cancels: there it is that of 1 + (|z|^2 - 1).
static Sym logOfSize(Complex z) {
  Sym a = abs(z.re), b = abs(z.im), large = maximum(a, b), small = minimum(a, b), r = hypot(z.re, z.im);
  Sym near = (r > 0.5) & (r < 2.0);
  Sym excess = where(near, (large - 1.0) * (large + 1.0) + graph::square(small), 0.0);
  return where(near, graph::log1p(excess) * 0.5, graph::log(where(near, 1.0, r)));
}

Complex log(Complex z) {
  z = held(z);
  return {logOfSize(z), phase(z)};
}

Complex log1p(Complex z) {
  z = held(z);
  Sym above = z.re + 1.0, near = (abs(z.re) < 0.5) & (abs(z.im) < 0.5);
  Sym excess = where(near, z.re * (z.re + 2.0) + graph::square(z.im), 0.0);
  Sym far = logOfSize({where(near, 1.0, above), z.im});
  return {where(near, graph::log1p(excess) * 0.5, far), atan2(z.im, above)};
}

Complex scaledLog(Complex z, double base) { return times(log(z), 1.0 / std::log(base)); }

// The whole number a real exponent is everywhere; nothing where it is none or large.
static std::optional<int64_t> wholeNumber(Complex w) {
  if (!w.im.isZero() || !w.re.isValue()) return std::nullopt;
  Value value = w.re.value();
  while (Operation *op = value.getDefiningOp()) { // a literal was broadcast
    if (auto dense = DenseElementsAttr(); matchPattern(value, m_Constant(&dense)) && dense.isSplat()) {
      double number = dense.getSplatValue<llvm::APFloat>().convertToDouble();
      if (std::abs(number) > 64 || number != std::trunc(number)) return std::nullopt;
      return static_cast<int64_t>(number);
    }
    if (op->getName().getStringRef() != "graph.broadcast_to") break;
    value = op->getOperand(0);
  }
  return std::nullopt;
}

static Complex wholePower(Complex z, int64_t n) {
  Complex result, factor = z;
  for (int64_t left = std::abs(n); left > 0; left /= 2) {
    if (left % 2) result = result.re ? result * factor : factor;
    if (left > 1) factor = square(factor);
  }
  Ink &ink = *z.re.ink();
  Sym one = ink.full(z.re.shape(), z.re.element(), 1);
  if (n == 0) return {one, ink.zero(z.re.type())};
  return n < 0 ? Complex{one, ink.zero(one.type())} / result : result;
}

Complex power(Complex z, Complex w) {
  if (auto n = wholeNumber(w)) return wholePower(z, *n);
  z = held(z);
  Sym none = size(z) == 0;
  Complex result = exp(w * log({where(none, 1.0, z.re), z.im}));
  Sym atZero = where(w.re == 0, 1.0, 0.0);
  return {where(none, astype(atZero, z.re.element()), result.re), where(none, 0.0, result.im)};
}

Complex sin(Complex z) {
  z = held(z);
  return {graph::sin(z.re) * graph::cosh(z.im), graph::cos(z.re) * graph::sinh(z.im)};
}
Complex cos(Complex z) {
  z = held(z);
  return {graph::cos(z.re) * graph::cosh(z.im), -(graph::sin(z.re) * graph::sinh(z.im))};
}
Complex sinh(Complex z) {
  z = held(z);
  return {graph::sinh(z.re) * graph::cos(z.im), graph::cosh(z.re) * graph::sin(z.im)};
}
Complex cosh(Complex z) {
  z = held(z);
  return {graph::cosh(z.re) * graph::cos(z.im), graph::sinh(z.re) * graph::sin(z.im)};
}

Complex tanh(Complex z) {
  z = held(z);
  // Beyond 20 the real part is 1 to the last place, and squares might overflow.
  Sym far = abs(z.re) > 20.0, x = where(far, 0.0, z.re);
  Sym t = graph::tan(z.im), beta = graph::square(t) + 1.0, s = graph::sinh(x), rho = graph::cosh(x);
  Sym below = beta * graph::square(s) + 1.0;
  Sym tail = graph::sin(z.im) * graph::cos(z.im) * graph::exp(where(far, abs(z.re), 20.0) * -2.0) * 4.0;
  // At a pole of the tangent beta is infinite.
  return {where(far, copysign(1.0, z.re), beta * rho * s / below), where(far, tail, t / below)};
}
Complex tan(Complex z) { return turnedBack(tanh(turned(held(z)))); }

Complex asin(Complex z) {
  z = held(z);
  Complex minus = sqrt({1.0 - z.re, -z.im}), plus = sqrt({z.re + 1.0, z.im});
  return {atan2(z.re, minus.re * plus.re - minus.im * plus.im),
          graph::asinh(minus.re * plus.im - minus.im * plus.re)};
}
Complex acos(Complex z) {
  z = held(z);
  Complex minus = sqrt({1.0 - z.re, -z.im}), plus = sqrt({z.re + 1.0, z.im});
  return {atan2(minus.re, plus.re) * 2.0, graph::asinh(plus.re * minus.im - plus.im * minus.re)};
}
Complex acosh(Complex z) {
  z = held(z);
  Complex minus = sqrt({z.re - 1.0, z.im}), plus = sqrt({z.re + 1.0, z.im});
  return {graph::asinh(minus.re * plus.re + minus.im * plus.im), atan2(minus.im, plus.re) * 2.0};
}
Complex asinh(Complex z) { return turnedBack(asin(turned(held(z)))); }
Complex atanh(Complex z) {
  z = held(z);
  return times(log1p(z) - log1p(-z), 0.5);
}
Complex atan(Complex z) { return turnedBack(atanh(turned(held(z)))); }

Sym equal(Complex a, Complex b) { return (a.re == b.re) & (a.im == b.im); }
Sym isNonzero(Complex z) { return callOne(*z.re.ink(), "logical_or", {z.re != 0, z.im != 0}); }

} // namespace complexes
} // namespace tgc::graph
