// Element arithmetic: which arith or math op each operator becomes.
#include "dialects/graph/Scalar.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace tgc::graph {

static arith::FastMathFlagsAttr fused(OpBuilder &b) {
  return arith::FastMathFlagsAttr::get(b.getContext(), arith::FastMathFlags::contract);
}
template <typename FloatOp, typename IntOp> static Scalar arithmetic(Scalar a, Scalar b) {
  ScalarInk &ink = a.ink();
  if (a.isFloat())
    return ink.make(FloatOp::create(ink.builder, ink.loc, a.value(), b.value(), fused(ink.builder)), 'f');
  return ink.make(IntOp::create(ink.builder, ink.loc, a.value(), b.value()), a.kind());
}

Scalar ScalarInk::number(double value, Scalar like) {
  TypedAttr attr;
  if (like.isFloat())
    attr = builder.getFloatAttr(like.type(), value);
  else
    attr = builder.getIntegerAttr(like.type(), static_cast<int64_t>(value));
  return make(arith::ConstantOp::create(builder, loc, attr), like.kind());
}

// On bool, + is or and * is and, as NumPy has it.
Scalar operator+(Scalar a, Scalar b) {
  return a.kind() == 'b' ? a | b : arithmetic<arith::AddFOp, arith::AddIOp>(a, b);
}
Scalar operator-(Scalar a, Scalar b) { return arithmetic<arith::SubFOp, arith::SubIOp>(a, b); }
Scalar operator*(Scalar a, Scalar b) {
  return a.kind() == 'b' ? a & b : arithmetic<arith::MulFOp, arith::MulIOp>(a, b);
}
Scalar operator/(Scalar a, Scalar b) {
  return a.isFloat() ? a.ink().op<arith::DivFOp>('f', a.value(), b.value()) : floorDivide(a, b);
}
Scalar operator-(Scalar a) {
  if (a.isFloat()) return a.ink().op<arith::NegFOp>('f', a.value());
  return a.ink().number(0, a) - a;
}

#define WITH_NUMBER(op)                                                                                      \
  Scalar operator op(Scalar a, double b) { return a op a.ink().number(b, a); }                               \
  Scalar operator op(double a, Scalar b) { return b.ink().number(a, b) op b; }
WITH_NUMBER(+)
WITH_NUMBER(-)
WITH_NUMBER(*)
WITH_NUMBER(/)
#undef WITH_NUMBER

static Scalar compare(Scalar a, Scalar b, arith::CmpFPredicate real, arith::CmpIPredicate isSigned,
                      arith::CmpIPredicate isUnsigned) {
  ScalarInk &ink = a.ink();
  if (a.isFloat())
    return ink.make(arith::CmpFOp::create(ink.builder, ink.loc, real, a.value(), b.value()), 'b');
  auto predicate = a.kind() == 'i' ? isSigned : isUnsigned;
  return ink.make(arith::CmpIOp::create(ink.builder, ink.loc, predicate, a.value(), b.value()), 'b');
}
using F = arith::CmpFPredicate;
using I = arith::CmpIPredicate;
Scalar operator<(Scalar a, Scalar b) { return compare(a, b, F::OLT, I::slt, I::ult); }
Scalar operator<=(Scalar a, Scalar b) { return compare(a, b, F::OLE, I::sle, I::ule); }
Scalar operator>(Scalar a, Scalar b) { return compare(a, b, F::OGT, I::sgt, I::ugt); }
Scalar operator>=(Scalar a, Scalar b) { return compare(a, b, F::OGE, I::sge, I::uge); }
Scalar operator==(Scalar a, Scalar b) { return compare(a, b, F::OEQ, I::eq, I::eq); }
Scalar operator!=(Scalar a, Scalar b) { return compare(a, b, F::UNE, I::ne, I::ne); }
Scalar operator<(Scalar a, double b) { return a < a.ink().number(b, a); }
Scalar operator<=(Scalar a, double b) { return a <= a.ink().number(b, a); }
Scalar operator>(Scalar a, double b) { return a > a.ink().number(b, a); }
Scalar operator>=(Scalar a, double b) { return a >= a.ink().number(b, a); }
Scalar operator==(Scalar a, double b) { return a == a.ink().number(b, a); }
Scalar operator!=(Scalar a, double b) { return a != a.ink().number(b, a); }
Scalar operator&(Scalar a, Scalar b) { return a.ink().op<arith::AndIOp>(a.kind(), a.value(), b.value()); }
Scalar operator|(Scalar a, Scalar b) { return a.ink().op<arith::OrIOp>(a.kind(), a.value(), b.value()); }
Scalar operator^(Scalar a, Scalar b) { return a.ink().op<arith::XOrIOp>(a.kind(), a.value(), b.value()); }
Scalar operator!(Scalar a) { return a ^ a.ink().number(a.kind() == 'b' ? 1 : -1, a); }

Scalar select(Scalar condition, Scalar a, Scalar b) {
  return a.ink().op<arith::SelectOp>(a.kind(), condition.value(), a.value(), b.value());
}
Scalar select(Scalar condition, Scalar a, double b) { return select(condition, a, a.ink().number(b, a)); }
Scalar select(Scalar condition, double a, Scalar b) { return select(condition, b.ink().number(a, b), b); }

Scalar maximum(Scalar a, Scalar b) {
  if (a.isFloat()) return math<arith::MaximumFOp>(a, b);
  return a.kind() == 'i' ? a.ink().op<arith::MaxSIOp>('i', a.value(), b.value())
                         : a.ink().op<arith::MaxUIOp>(a.kind(), a.value(), b.value());
}
Scalar minimum(Scalar a, Scalar b) {
  if (a.isFloat()) return math<arith::MinimumFOp>(a, b);
  return a.kind() == 'i' ? a.ink().op<arith::MinSIOp>('i', a.value(), b.value())
                         : a.ink().op<arith::MinUIOp>(a.kind(), a.value(), b.value());
}

// A divisor that never traps: 1 where b is 0, and for signed numbers also where the quotient would overflow.
static Scalar safeDivisor(Scalar a, Scalar b, Scalar &overflow) {
  ScalarInk &ink = a.ink();
  Scalar zero = b == 0.0;
  if (a.kind() == 'u') {
    overflow = {};
    return select(zero, 1.0, b);
  }
  auto least = ink.builder.getIntegerAttr(a.type(), llvm::APInt::getSignedMinValue(a.bits()));
  Scalar smallest = ink.make(arith::ConstantOp::create(ink.builder, ink.loc, least), 'i');
  overflow = (a == smallest) & (b == -1.0);
  return select(zero | overflow, 1.0, b);
}

static Scalar truncatedRemainder(Scalar a, Scalar b) {
  return a.kind() == 'i' ? a.ink().op<arith::RemSIOp>('i', a.value(), b.value())
                         : a.ink().op<arith::RemUIOp>('u', a.value(), b.value());
}

Scalar floorDivide(Scalar a, Scalar b) {
  if (a.isFloat()) {
    // NumPy's way: exact multiple over b, one less where the signs differ, then rounded to the nearest
    // integer.
    Scalar rest = a.ink().op<arith::RemFOp>('f', a.value(), b.value());
    Scalar down = (rest != 0.0) & ((rest < 0.0) ^ (b < 0.0));
    Scalar multiple = (a - rest) / b;
    Scalar quotient = select(down, multiple - 1.0, multiple);
    Scalar nearest = math<math::FloorOp>(quotient);
    Scalar rounded = select(quotient - nearest > 0.5, nearest + 1.0, nearest);
    Scalar exact = select(quotient == 0.0, math<math::CopySignOp>(quotient, a / b), rounded);
    return select(b == 0.0, a / b, exact);
  }
  Scalar overflow;
  Scalar divisor = safeDivisor(a, b, overflow);
  Scalar quotient = a.kind() == 'i' ? a.ink().op<arith::DivSIOp>('i', a.value(), divisor.value())
                                    : a.ink().op<arith::DivUIOp>('u', a.value(), divisor.value());
  if (a.kind() == 'i') {
    Scalar rest = truncatedRemainder(a, divisor);
    Scalar down = (rest != 0.0) & ((rest ^ divisor) < 0.0);
    quotient = select(down, quotient - 1.0, quotient);
  }
  return select(b == 0.0, 0.0, quotient);
}

Scalar remainder(Scalar a, Scalar b) {
  if (a.isFloat()) {
    Scalar rest = a.ink().op<arith::RemFOp>('f', a.value(), b.value());
    Scalar adjusted = select((rest != 0.0) & ((rest < 0.0) ^ (b < 0.0)), rest + b, rest);
    return select(rest == 0.0, math<math::CopySignOp>(rest, b), adjusted);
  }
  Scalar overflow;
  Scalar divisor = safeDivisor(a, b, overflow);
  Scalar rest = truncatedRemainder(a, divisor);
  if (a.kind() == 'i') rest = select((rest != 0.0) & ((rest ^ divisor) < 0.0), rest + divisor, rest);
  return select(b == 0.0, 0.0, rest);
}

Scalar power(Scalar a, Scalar b) {
  if (a.isFloat()) return math<math::PowFOp>(a, b);
  ScalarInk &ink = a.ink();
  // Square and multiply over all bits of the exponent: a fixed trip count keeps the body free of loops.
  Scalar result = ink.number(1, a), base = a, exponent = b;
  for (unsigned bit = 0; bit < b.bits(); ++bit) {
    Scalar odd = (exponent & ink.number(1, b)) != 0.0;
    result = select(odd, result * base, result);
    if (bit + 1 == b.bits()) break;
    base = base * base;
    exponent = ink.op<arith::ShRUIOp>(b.kind(), exponent.value(), ink.number(1, b).value());
  }
  if (a.kind() != 'i') return result;
  Scalar odd = (b & ink.number(1, b)) != 0.0;
  Scalar inverse = select(a == 1.0, 1.0, select(a == -1.0, select(odd, -1.0, ink.number(1, a)), 0.0));
  return select(b < 0.0, inverse, result);
}

Scalar shiftLeft(Scalar a, Scalar b) {
  ScalarInk &ink = a.ink();
  Scalar width = ink.make(ink.number(a.bits(), b).value(), 'u');
  Scalar outside = ink.make(b.value(), 'u') >= width;
  Scalar amount = select(outside, 0.0, b);
  return select(outside, 0.0, ink.op<arith::ShLIOp>(a.kind(), a.value(), amount.value()));
}
Scalar shiftRight(Scalar a, Scalar b) {
  ScalarInk &ink = a.ink();
  Scalar outside = ink.make(b.value(), 'u') >= ink.make(ink.number(a.bits(), b).value(), 'u');
  if (a.kind() == 'u')
    return select(outside, 0.0, ink.op<arith::ShRUIOp>('u', a.value(), select(outside, 0.0, b).value()));
  Scalar amount = select(outside, a.bits() - 1.0, b);
  return ink.op<arith::ShRSIOp>('i', a.value(), amount.value());
}

Scalar absolute(Scalar a) {
  if (a.isFloat()) return math<math::AbsFOp>(a);
  return a.kind() == 'i' ? maximum(a, -a) : a;
}
Scalar sign(Scalar a) {
  ScalarInk &ink = a.ink();
  Scalar one = ink.number(1, a);
  if (a.kind() == 'u') return select(a == 0.0, a, one);
  Scalar side = select(a > 0.0, one, -one);
  if (!a.isFloat()) return select(a == 0.0, a, side);
  return select(isNan(a) | (a == 0.0), a, side);
}

static Scalar floatToInteger(Scalar a, Type element, char kind) {
  ScalarInk &ink = a.ink();
  unsigned width = element.getIntOrFloatBitWidth();
  double top = std::ldexp(1.0, kind == 'i' ? width - 1 : width);
  double bottom = kind == 'i' ? -top : 0;
  auto signless = IntegerType::get(element.getContext(), width);
  Scalar inside = kind == 'i' ? (a >= bottom) & (a < top) : (a > -1.0) & (a < top);
  Scalar safe = select(inside, a, 0.0);
  Scalar value = kind == 'i' ? ink.op<arith::FPToSIOp>('i', signless, safe.value())
                             : ink.op<arith::FPToUIOp>('u', signless, safe.value());
  auto extreme = [&](const llvm::APInt &bits) {
    return ink.make(
        arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getIntegerAttr(signless, bits)), kind);
  };
  Scalar most =
      extreme(kind == 'i' ? llvm::APInt::getSignedMaxValue(width) : llvm::APInt::getMaxValue(width));
  Scalar least = extreme(kind == 'i' ? llvm::APInt::getSignedMinValue(width) : llvm::APInt(width, 0));
  return select(inside, value, select(a >= top, most, select(a < bottom, least, ink.number(0, value))));
}

Scalar convert(Scalar a, Type element, char kind) {
  ScalarInk &ink = a.ink();
  if (kind == 'b') return a.kind() == 'b' ? a : a != 0.0;
  if (kind == 'f') {
    Type wide = element.getIntOrFloatBitWidth() == 16 ? Float32Type::get(element.getContext()) : element;
    if (a.kind() == 'i') return ink.op<arith::SIToFPOp>('f', wide, a.value());
    if (!a.isFloat()) return ink.op<arith::UIToFPOp>('f', wide, a.value());
    if (a.type() == wide) return a;
    return wide.getIntOrFloatBitWidth() > a.bits() ? ink.op<arith::ExtFOp>('f', wide, a.value())
                                                   : ink.op<arith::TruncFOp>('f', wide, a.value());
  }
  if (a.isFloat()) return floatToInteger(a, element, kind);
  unsigned width = element.getIntOrFloatBitWidth();
  auto signless = IntegerType::get(element.getContext(), width);
  if (width == a.bits()) return ink.make(a.value(), kind);
  if (width < a.bits()) return ink.op<arith::TruncIOp>(kind, signless, a.value());
  return a.kind() == 'i' ? ink.op<arith::ExtSIOp>(kind, signless, a.value())
                         : ink.op<arith::ExtUIOp>(kind, signless, a.value());
}

static constexpr double infinity = std::numeric_limits<double>::infinity();
static Scalar answer(Scalar like, bool value) {
  ScalarInk &ink = like.ink();
  return ink.make(arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getBoolAttr(value)), 'b');
}
Scalar isNan(Scalar a) { return a.isFloat() ? a != a : answer(a, false); }
Scalar isInf(Scalar a) { return a.isFloat() ? absolute(a) == infinity : answer(a, false); }
Scalar isFinite(Scalar a) { return a.isFloat() ? absolute(a) < infinity : answer(a, true); }

static Scalar bitsOfFloat(Scalar a) {
  auto integer = IntegerType::get(a.type().getContext(), a.bits());
  return a.ink().op<arith::BitcastOp>('i', integer, a.value());
}
Scalar signBit(Scalar a) { return bitsOfFloat(a) < 0.0; }

Scalar nextAfter(Scalar a, Scalar b, Type element) {
  ScalarInk &ink = a.ink();
  bool half = element.getIntOrFloatBitWidth() < a.bits();
  auto narrow = [&](Scalar x) { return half ? ink.op<arith::TruncFOp>('f', element, x.value()) : x; };
  auto fromBits = [&](Scalar bits) {
    Scalar x = ink.op<arith::BitcastOp>('f', element, bits.value());
    return half ? ink.op<arith::ExtFOp>('f', a.type(), x.value()) : x;
  };
  Scalar bits = bitsOfFloat(narrow(a));
  Scalar away = select((b > a) ^ (a < 0.0), 1.0, ink.number(-1, bits));
  Scalar tiny = math<math::CopySignOp>(fromBits(ink.number(1, bits)), b);
  Scalar stepped = select(a == 0.0, tiny, fromBits(bits + away));
  return select(isNan(a) | isNan(b), a + b, select(a == b, b, stepped));
}

// MLIR folds the angle of two zeros to NaN. That of (b, 0) does not depend on the size of b.
Scalar arctangent(Scalar a, Scalar b) {
  Scalar side = math<mlir::math::CopySignOp>(a.ink().number(1, b), b);
  return math<mlir::math::Atan2Op>(a, select((a == 0.0) & (b == 0.0), side, b));
}

Scalar hypotenuse(Scalar a, Scalar b) {
  Scalar p = absolute(a), q = absolute(b);
  Scalar large = maximum(p, q), small = minimum(p, q);
  Scalar ratio = small / select(large == 0.0, 1.0, large);
  Scalar scaled = large * math<math::SqrtOp>(1.0 + ratio * ratio);
  return select(isInf(a) | isInf(b), infinity, scaled);
}

Scalar logAddExp(Scalar a, Scalar b) {
  Scalar difference = a - b;
  Scalar sum = maximum(a, b) + math<math::Log1pOp>(math<math::ExpOp>(-absolute(difference)));
  // Equal infinities have no difference.
  return select(isNan(difference), a + b, sum);
}

Scalar softPlus(Scalar a) {
  return maximum(a, a.ink().number(0, a)) + math<math::Log1pOp>(math<math::ExpOp>(-absolute(a)));
}

Scalar logistic(Scalar a) {
  Scalar small = math<math::ExpOp>(-absolute(a));
  return select(a >= 0.0, 1.0, small) / (1.0 + small);
}

// M. Giles, Approximating the erfinv function, GPU Computing Gems (2011): two polynomials in w = -log(1 -
// a^2), good to single precision; a third one, fitted to the same measure, where only f64 comes, beyond 16.
// In f64 one step of Halley's method then cubes the error; near 1 it measures with erfc, whose argument 1 -
// |a| is exact.
static Scalar polynomial(Scalar x, ArrayRef<double> coefficients) {
  Scalar sum = x.ink().number(coefficients.front(), x);
  for (double next : coefficients.drop_front())
    sum = sum * x + next;
  return sum;
}

Scalar inverseErf(Scalar a) {
  Scalar size = absolute(a), w = -math<math::LogOp>((1.0 - size) * (1.0 + size));
  Scalar middle =
      polynomial(w - 2.5, {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                           -0.00125372503, -0.00417768164, 0.246640727, 1.50140941});
  Scalar root = math<math::SqrtOp>(maximum(w, w.ink().number(5, w)));
  Scalar tail = polynomial(root - 3.0, {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844,
                                        0.00573950773, -0.0076224613, 0.00943887047, 1.00167406, 2.83297682});
  Scalar x = select(w < 5.0, middle, tail) * size;
  if (a.bits() == 64) {
    Scalar end = polynomial(root - 5.0, {4.6766535e-06, -2.19509922e-05, 7.61223084e-05, -0.000213519026,
                                         -0.000138833012, 1.01030022, 4.84990641});
    x = select(w < 16.0, x, end);
    // erf(x) - a, over its slope; the second derivative of erf is -2x times the first.
    Scalar excess = select(size > 0.5, (1.0 - size) - math<math::ErfcOp>(x), math<math::ErfOp>(x) - size);
    Scalar step = excess * math<math::ExpOp>(x * x) * 0.88622692545275801365;
    x = select(size < 1.0, x - step / (1.0 + x * step), x);
  }
  x = select(size == 1.0, infinity, x);
  return math<math::CopySignOp>(x, a);
}

Scalar threefryWord(Scalar k0, Scalar k1, Scalar c0, Scalar c1, int64_t word) {
  ScalarInk &ink = k0.ink();
  Type u32 = ink.builder.getI32Type();
  auto low = [&](Scalar x) { return convert(x, u32, 'u'); };
  auto number = [&](uint32_t value) {
    return ink.make(arith::ConstantOp::create(ink.builder, ink.loc,
                                              ink.builder.getI32IntegerAttr(static_cast<int32_t>(value))),
                    'u');
  };
  auto rotated = [&](Scalar x, uint32_t by) {
    return ink.op<arith::ShLIOp>('u', x.value(), number(by).value()) |
           ink.op<arith::ShRUIOp>('u', x.value(), number(32 - by).value());
  };
  Scalar key[3] = {low(k0), low(k1), {}};
  key[2] = key[0] ^ key[1] ^ number(0x1bd11bda);
  Scalar x = low(c0) + key[0], y = low(c1) + key[1];
  constexpr uint32_t rotations[] = {13, 15, 26, 6, 17, 29, 16, 24};
  for (uint32_t round = 0; round < 20; ++round) {
    x = x + y;
    y = rotated(y, rotations[round % 8]) ^ x;
    if (round % 4 != 3) continue;
    uint32_t group = round / 4 + 1;
    x = x + key[group % 3];
    y = y + key[(group + 1) % 3] + number(group);
  }
  return convert(word == 0 ? x : y, k0.type(), k0.kind());
}

} // namespace tgc::graph
