// Scalar: one element inside a kernel body. Rows say their element code in it; operators pick the arith or
// math op by the kind of the element ('f', 'i', 'u', 'b'). Halves are f32 here: the caller extends and
// truncates.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace tgc::graph {

class ScalarInk;

class Scalar {
public:
  Scalar() = default;
  Scalar(ScalarInk &ink, mlir::Value value, char kind) : ink_(&ink), value_(value), kind_(kind) {}
  mlir::Value value() const { return value_; }
  mlir::Type type() const { return value_.getType(); }
  char kind() const { return kind_; }
  ScalarInk &ink() const { return *ink_; }
  bool isFloat() const { return kind_ == 'f'; }
  unsigned bits() const { return value_.getType().getIntOrFloatBitWidth(); }

private:
  ScalarInk *ink_ = nullptr;
  mlir::Value value_;
  char kind_ = 0;
};

class ScalarInk {
public:
  ScalarInk(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}
  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// A number of the type of `like`.
  Scalar number(double value, Scalar like);
  Scalar make(mlir::Value value, char kind) { return Scalar(*this, value, kind); }
  template <typename Op, typename... Args> Scalar op(char kind, Args... args) {
    return make(Op::create(builder, loc, args...)->getResult(0), kind);
  }
};

Scalar operator+(Scalar a, Scalar b);
Scalar operator-(Scalar a, Scalar b);
Scalar operator*(Scalar a, Scalar b);
Scalar operator/(Scalar a, Scalar b);
Scalar operator-(Scalar a);
Scalar operator+(Scalar a, double b);
Scalar operator+(double a, Scalar b);
Scalar operator-(Scalar a, double b);
Scalar operator-(double a, Scalar b);
Scalar operator*(Scalar a, double b);
Scalar operator*(double a, Scalar b);
Scalar operator/(Scalar a, double b);
Scalar operator/(double a, Scalar b);
Scalar operator<(Scalar a, Scalar b);
Scalar operator<=(Scalar a, Scalar b);
Scalar operator>(Scalar a, Scalar b);
Scalar operator>=(Scalar a, Scalar b);
Scalar operator==(Scalar a, Scalar b);
Scalar operator!=(Scalar a, Scalar b);
Scalar operator<(Scalar a, double b);
Scalar operator<=(Scalar a, double b);
Scalar operator>(Scalar a, double b);
Scalar operator>=(Scalar a, double b);
Scalar operator==(Scalar a, double b);
Scalar operator!=(Scalar a, double b);
Scalar operator&(Scalar a, Scalar b);
Scalar operator|(Scalar a, Scalar b);
Scalar operator^(Scalar a, Scalar b);
Scalar operator!(Scalar a); ///< of a bool

Scalar select(Scalar condition, Scalar a, Scalar b);
Scalar select(Scalar condition, Scalar a, double b);
Scalar select(Scalar condition, double a, Scalar b);
/// max/min: NaN passes on; signedness from the kind.
Scalar maximum(Scalar a, Scalar b);
Scalar minimum(Scalar a, Scalar b);
/// NumPy's floor division and remainder; integer division by zero gives 0 and the smallest // -1 wraps.
Scalar floorDivide(Scalar a, Scalar b);
Scalar remainder(Scalar a, Scalar b);
/// Integer power by squaring (a negative exponent gives 0 unless the base is 1 or -1); math.powf for floats.
Scalar power(Scalar a, Scalar b);
/// Shifts by the width or more give 0, or the sign.
Scalar shiftLeft(Scalar a, Scalar b);
Scalar shiftRight(Scalar a, Scalar b);
Scalar absolute(Scalar a);
Scalar sign(Scalar a);
/// Converts to an element type of `kind`: float to integer truncates and saturates, NaN gives 0; bool means
/// != 0.
Scalar convert(Scalar a, mlir::Type element, char kind);
/// math ops on floats.
template <typename Op> Scalar math(Scalar a) { return a.ink().template op<Op>('f', a.value()); }
template <typename Op> Scalar math(Scalar a, Scalar b) {
  return a.ink().template op<Op>('f', a.value(), b.value());
}
template <typename Op> Scalar math(Scalar a, Scalar b, Scalar c) {
  return a.ink().template op<Op>('f', a.value(), b.value(), c.value());
}
/// math's rounding op on a float; an integer as it is.
template <typename Op> Scalar rounded(Scalar a) { return a.isFloat() ? math<Op>(a) : a; }
/// Of an integer: known answers.
Scalar isNan(Scalar a);
Scalar isInf(Scalar a);
Scalar isFinite(Scalar a);
Scalar signBit(Scalar a);
/// The next number of the stored dtype, which is a half where `a` is f32.
Scalar nextAfter(Scalar a, Scalar b, mlir::Type element);
/// The angle of (b, a).
Scalar arctangent(Scalar a, Scalar b);
/// sqrt(a*a + b*b) scaled by the larger of the two.
Scalar hypotenuse(Scalar a, Scalar b);
/// log(exp(a) + exp(b)), log(1 + exp(a)) and 1 / (1 + exp(-a)) from exp of a number that is not positive.
Scalar logAddExp(Scalar a, Scalar b);
Scalar softPlus(Scalar a);
Scalar logistic(Scalar a);
/// The number whose error function is `a`.
Scalar inverseErf(Scalar a);
/// A word (0 or 1) of Threefry-2x32 of the low 32 bits of its operands, as their type.
Scalar threefryWord(Scalar k0, Scalar k1, Scalar c0, Scalar c1, int64_t word);

} // namespace tgc::graph
