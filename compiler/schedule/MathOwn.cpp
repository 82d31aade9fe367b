// exp, log, tanh, sin and cos written out. Rounding to an integer is done by adding 1.5 * 2^(digits - 1): the
// integer is then in the low bits, and no conversion sees a NaN. Polynomials: f32 after Cephes (S. Moshier)
// but for exp, f64 Taylor (exp) and fdlibm (sin, cos); docs/accuracy.md has the errors.
#include "compiler/schedule/MathInk.h"

using namespace mlir;

namespace tgc::schedule {

static double magicOf(const MathInk &ink) { return ink.wide ? 0x1.8p52 : 0x1.8p23; }

// 2^n * (1 + y) for the low bits of `shifted`, which are n plus twice the exponent's bias: in two steps, so
// that neither factor over- or underflows where the product does not. What is above those bits is shifted
// out.
static Value scaleOnePlus(MathInk &ink, Value y, Value shifted) {
  int64_t digits = ink.wide ? 52 : 23;
  Value half = ink.rightUnsigned(shifted, 1), rest = ink.subBits(shifted, half);
  Value first = ink.fromBits(ink.left(half, digits)), second = ink.fromBits(ink.left(rest, digits));
  return ink.mul(ink.fma(y, first, first), second);
}

Value expVector(MathInk &ink, Value x) {
  // Beyond these the result is 0 or infinite whatever x is.
  double low = ink.wide ? -746 : -104, high = ink.wide ? 710 : 89;
  x = ink.select(ink.less(x, ink.number(low)), ink.number(low), x);
  x = ink.select(ink.less(ink.number(high), x), ink.number(high), x);
  Value magic = ink.number(magicOf(ink) + (ink.wide ? 2046 : 254));
  Value shifted = ink.fma(x, ink.number(1.4426950408889634), magic);
  Value n = ink.sub(shifted, magic);
  // ln 2 in two parts; the product with the first is exact inside the fused operation.
  double first = ink.wide ? 0x1.62e42fefa39efp-1 : 0x1.62e430p-1;
  double second = ink.wide ? 0x1.abc9e3b39803fp-56 : -0x1.05c610p-29;
  Value r = ink.fma(n, ink.number(-first), x);
  r = ink.fma(n, ink.number(-second), r);
  // (e^r - 1 - r) / r^2: f32 the polynomial of degree 4 with the least largest error, 3e-9 of e^r.
  SmallVector<double> series = {0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558f2p-5, 0x1.1239e2p-7, 0x1.6a2434p-10};
  if (ink.wide) {
    series.clear();
    double factorial = 1;
    for (int k = 2; k <= 13; ++k)
      series.push_back(1 / (factorial *= k));
  }
  Value y = ink.fma(ink.polynomial(r, series), ink.mul(r, r), r);
  return scaleOnePlus(ink, y, ink.toBits(shifted));
}

// f64 only. Near 0 an odd polynomial whose largest relative error is 1e-18; elsewhere 1 - 2 / (e^2x + 1), of
// which the small second part carries the errors.
Value tanhVector(MathInk &ink, Value x) {
  Value size = ink.abs(x), square = ink.mul(x, x);
  Value p = ink.polynomial(square, {-0x1.5555555555555p-2, 0x1.1111111111075p-3, -0x1.ba1ba1ba10898p-5,
                                    0x1.664f487f7f50fp-6, -0x1.226e34cda877fp-7, 0x1.d6d3b0b9ce1c8p-9,
                                    -0x1.7da10012ade24p-10, 0x1.3538e352962f7p-11, -0x1.f3489b957d121p-13,
                                    0x1.88d4c1ced551fp-14, -0x1.11310b6809545p-15, 0x1.e4ca7d9c3dd7cp-18});
  Value near = ink.fma(size, ink.mul(square, p), size), one = ink.number(1);
  Value power = ink.add(expVector(ink, ink.add(size, size)), one);
  Value far = ink.sub(one, ink.div(ink.number(2), power));
  Value y = ink.select(ink.less(size, ink.number(0.56)), near, far);
  return math::CopySignOp::create(ink.builder, y, x);
}

// f32 only.
Value logVector(MathInk &ink, Value x) {
  Value small = ink.less(x, ink.number(0x1p-126));
  Value normal = ink.select(small, ink.mul(x, ink.number(0x1p23)), x);
  // Mantissa in [sqrt(1/2), sqrt(2)): the bits of sqrt(1/2) are the lower end.
  Value shifted = ink.addBits(ink.toBits(normal), ink.integer(0x3f800000 - 0x3f3504f3));
  Value exponent = ink.toFloat(ink.subBits(ink.right(shifted, 23), ink.integer(127)));
  exponent = ink.select(small, ink.sub(exponent, ink.number(23)), exponent);
  Value mantissa =
      ink.fromBits(ink.addBits(ink.andBits(shifted, ink.integer(0x7fffff)), ink.integer(0x3f3504f3)));
  Value f = ink.sub(mantissa, ink.number(1)), square = ink.mul(f, f);
  Value p = ink.polynomial(f, {3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1,
                               1.4249322787e-1, -1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1,
                               7.0376836292e-2});
  Value y = ink.mul(ink.mul(p, f), square);
  y = ink.fma(exponent, ink.number(-2.12194440e-4), y);
  y = ink.fma(square, ink.number(-0.5), y);
  Value result = ink.fma(exponent, ink.number(0.693359375), ink.add(f, y));
  double infinity = std::numeric_limits<double>::infinity();
  result = ink.select(ink.equal(x, ink.number(infinity)), x, result);
  result = ink.select(ink.equal(x, ink.number(0)), ink.number(-infinity), result);
  result =
      ink.select(ink.less(x, ink.number(0)), ink.number(std::numeric_limits<double>::quiet_NaN()), result);
  auto unordered = arith::CmpFOp::create(ink.builder, arith::CmpFPredicate::UNO, x, x);
  return ink.select(unordered, x, result);
}

double trigLimit(bool wide) { return wide ? 1e6 : 1e5; }

// pi/2 in three parts of full width: with fused operations every difference but the last is exact.
Reduced reduceAngle(MathInk &ink, Value x) {
  Value magic = ink.number(magicOf(ink));
  Value shifted = ink.fma(x, ink.number(0.6366197723675814), magic);
  Value n = ink.sub(shifted, magic);
  static const double narrow[] = {0x1.921fb6p0, -0x1.777a5cp-25, -0x1.ee59dap-50};
  static const double full[] = {0x1.921fb54442d18p0, 0x1.1a62633145c07p-54, -0x1.f1976b7ed8fbcp-110};
  Value r = x;
  for (double part : ink.wide ? full : narrow)
    r = ink.fma(n, ink.number(-part), r);
  return {ink.toBits(shifted), r}; // the low bits of `magic` are zero, and nobody asks for others
}

// Angles beyond trigLimit, f32 (Payne and Hanek): x = m * 2^e with an integer m; of 2/pi only the 96 bits
// matter whose product with m is neither a multiple of 4 nor too small.
Reduced reduceHuge(MathInk &ink, Value x) {
  static const uint32_t words[] = {0,          0xa2f9836e, 0x4e441529, 0xfc2757d1,
                                   0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
  ImplicitLocOpBuilder &b = ink.builder;
  auto wideBits = VectorType::get(ink.type.getShape(), b.getI64Type());
  auto wideType = VectorType::get(ink.type.getShape(), b.getF64Type());
  auto whole = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, DenseElementsAttr::get(wideBits, b.getI64IntegerAttr(value)));
  };
  auto logical = [&](Value a, Value by) -> Value { return arith::ShRUIOp::create(b, a, by); };
  Value bits = ink.toBits(ink.abs(x));
  Value start = ink.subBits(logical(bits, ink.integer(23)), ink.integer(120)); // first bit of the window
  Value word = logical(start, ink.integer(5)), shift = ink.andBits(start, ink.integer(31));
  SmallVector<Value> held;
  for (int j = 0; j < 4; ++j) {
    Value chosen = ink.integer(int32_t(words[j]));
    for (int first = 1; first <= 4; ++first) {
      Value is = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, word, ink.integer(first));
      chosen = ink.select(is, ink.integer(int32_t(words[first + j])), chosen);
    }
    held.push_back(chosen);
  }
  Value mantissa = arith::ExtUIOp::create(
      b, wideBits, arith::OrIOp::create(b, ink.andBits(bits, ink.integer(0x7fffff)), ink.integer(0x800000)));
  Value rest = ink.subBits(ink.integer(31), shift);
  auto product = [&](int j) -> Value {
    Value high = arith::ShLIOp::create(b, held[j], shift);
    Value low = logical(logical(held[j + 1], ink.integer(1)), rest);
    Value window = arith::ExtUIOp::create(b, wideBits, arith::OrIOp::create(b, high, low));
    return arith::MulIOp::create(b, mantissa, window);
  };
  Value top = arith::ShLIOp::create(b, product(0), whole(32));
  Value sum = ink.addBits(ink.addBits(top, product(1)), logical(product(2), whole(32)));
  Value count = logical(ink.addBits(sum, whole(int64_t(1) << 61)), whole(62));
  Value part = ink.subBits(sum, arith::ShLIOp::create(b, count, whole(62)));
  Value real = arith::SIToFPOp::create(b, wideType, part);
  Value unit = arith::ConstantOp::create(
      b, DenseElementsAttr::get(wideType, b.getF64FloatAttr(1.5707963267948966 * 0x1p-62)));
  Value r = arith::TruncFOp::create(b, ink.type, ink.mul(real, unit));
  r = ink.add(r, ink.sub(x, x)); // infinite angles give NaN
  Value quarter = arith::TruncIOp::create(b, ink.bits, count);
  Value negative = ink.less(x, ink.number(0));
  return {ink.select(negative, ink.subBits(ink.integer(0), quarter), quarter),
          ink.select(negative, ink.sub(ink.number(-0.0), r), r)};
}

// sin and cos of |r| <= pi/4.
static std::pair<Value, Value> onQuarter(MathInk &ink, Value r) {
  Value z = ink.mul(r, r), sine, cosine;
  if (ink.wide) {
    Value s = ink.polynomial(z, {-1.66666666666666324348e-01, 8.33333333332248946124e-03,
                                 -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                                 -2.50507602534068634195e-08, 1.58969099521155010221e-10});
    Value c = ink.polynomial(z, {4.16666666666666019037e-02, -1.38888888888741095749e-03,
                                 2.48015872894767294178e-05, -2.75573143513906633035e-07,
                                 2.08757232129817482790e-09, -1.13596475577881948265e-11});
    sine = ink.fma(ink.mul(r, z), s, r);
    // 1 - z/2 rounds; what it lost is added back.
    Value half = ink.mul(z, ink.number(0.5)), one = ink.number(1), w = ink.sub(one, half);
    Value lost = ink.sub(ink.sub(one, w), half);
    cosine = ink.add(w, ink.fma(ink.mul(z, z), c, lost));
  } else {
    Value s = ink.polynomial(z, {-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4});
    sine = ink.mul(r, ink.fma(z, s, ink.number(1))); // keeps the sign of zero
    cosine = ink.polynomial(z, {1, -0.5, 4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5});
  }
  return {sine, cosine};
}

static Value signedBy(MathInk &ink, Value value, Value quarter) {
  Value sign = ink.left(ink.andBits(quarter, ink.integer(2)), ink.wide ? 62 : 30);
  return ink.fromBits(ink.xorBits(ink.toBits(value), sign));
}

static Value isEven(MathInk &ink, Value quarter) { return ink.isZero(ink.andBits(quarter, ink.integer(1))); }

Value sinOf(MathInk &ink, Value x, Reduced angle) {
  auto [sine, cosine] = onQuarter(ink, angle.rest);
  Value y = signedBy(ink, ink.select(isEven(ink, angle.count), sine, cosine), angle.count);
  return ink.wide ? ink.select(ink.equal(x, ink.number(0)), x, y) : y;
}

Value cosOf(MathInk &ink, Reduced angle) {
  auto [sine, cosine] = onQuarter(ink, angle.rest);
  return signedBy(ink, ink.select(isEven(ink, angle.count), cosine, sine),
                  ink.addBits(angle.count, ink.integer(1)));
}

} // namespace tgc::schedule
