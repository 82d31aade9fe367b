// A few letters for writing formulas over vectors of f32 or f64 in plain operators.
#pragma once
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tgc::schedule {

class MathInk {
public:
  MathInk(mlir::ImplicitLocOpBuilder &builder, mlir::VectorType type)
      : builder(builder), type(type), wide(type.getElementType().isF64()),
        bits(mlir::VectorType::get(type.getShape(), builder.getIntegerType(wide ? 64 : 32))) {}

  using Value = mlir::Value;
  Value number(double value) { return splat(type, builder.getFloatAttr(type.getElementType(), value)); }
  Value integer(int64_t value) { return splat(bits, builder.getIntegerAttr(bits.getElementType(), value)); }
  Value add(Value a, Value b) { return mlir::arith::AddFOp::create(builder, a, b); }
  Value sub(Value a, Value b) { return mlir::arith::SubFOp::create(builder, a, b); }
  Value mul(Value a, Value b) { return mlir::arith::MulFOp::create(builder, a, b); }
  Value div(Value a, Value b) { return mlir::arith::DivFOp::create(builder, a, b); }
  Value fma(Value a, Value b, Value c) { return mlir::math::FmaOp::create(builder, a, b, c); }
  Value abs(Value a) { return mlir::math::AbsFOp::create(builder, a); }
  Value select(Value c, Value a, Value b) { return mlir::arith::SelectOp::create(builder, c, a, b); }
  // Ordered comparisons: false for NaN.
  Value less(Value a, Value b) {
    return mlir::arith::CmpFOp::create(builder, mlir::arith::CmpFPredicate::OLT, a, b);
  }
  Value equal(Value a, Value b) {
    return mlir::arith::CmpFOp::create(builder, mlir::arith::CmpFPredicate::OEQ, a, b);
  }
  Value toBits(Value a) { return mlir::arith::BitcastOp::create(builder, bits, a); }
  Value fromBits(Value a) { return mlir::arith::BitcastOp::create(builder, type, a); }
  Value addBits(Value a, Value b) { return mlir::arith::AddIOp::create(builder, a, b); }
  Value subBits(Value a, Value b) { return mlir::arith::SubIOp::create(builder, a, b); }
  Value andBits(Value a, Value b) { return mlir::arith::AndIOp::create(builder, a, b); }
  Value xorBits(Value a, Value b) { return mlir::arith::XOrIOp::create(builder, a, b); }
  Value left(Value a, int64_t by) { return mlir::arith::ShLIOp::create(builder, a, integer(by)); }
  Value right(Value a, int64_t by) { return mlir::arith::ShRSIOp::create(builder, a, integer(by)); }
  Value rightUnsigned(Value a, int64_t by) { return mlir::arith::ShRUIOp::create(builder, a, integer(by)); }
  Value isZero(Value a) {
    return mlir::arith::CmpIOp::create(builder, mlir::arith::CmpIPredicate::eq, a, integer(0));
  }
  Value toFloat(Value a) { return mlir::arith::SIToFPOp::create(builder, type, a); }
  // c[0] + x*(c[1] + x*(...))
  Value polynomial(Value x, llvm::ArrayRef<double> c) {
    Value sum = number(c.back());
    for (double next : llvm::reverse(c.drop_back()))
      sum = fma(sum, x, number(next));
    return sum;
  }

  mlir::ImplicitLocOpBuilder &builder;
  mlir::VectorType type;
  bool wide; // f64
  mlir::VectorType bits;

private:
  Value splat(mlir::VectorType of, mlir::Attribute value) {
    return mlir::arith::ConstantOp::create(builder, mlir::DenseElementsAttr::get(of, value));
  }
};

// x rounded to a multiple of a quarter turn: the multiple, of which only the lowest two bits count, and the
// rest.
struct Reduced {
  mlir::Value count, rest;
};

mlir::Value expVector(MathInk &ink, mlir::Value x);
mlir::Value logVector(MathInk &ink, mlir::Value x);
mlir::Value tanhVector(MathInk &ink, mlir::Value x);
// x = quarter * pi/2 + rest, for |x| up to trigLimit; beyond it the result is meaningless.
Reduced reduceAngle(MathInk &ink, mlir::Value x);
double trigLimit(bool wide);
// The same for f32 beyond trigLimit, slowly.
Reduced reduceHuge(MathInk &ink, mlir::Value x);
mlir::Value sinOf(MathInk &ink, mlir::Value x, Reduced angle);
mlir::Value cosOf(MathInk &ink, Reduced angle);

} // namespace tgc::schedule
