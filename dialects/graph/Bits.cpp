// The block of bitcast.
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;

namespace tgc::graph {

FailureOr<RankedTensorType> BitcastOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Type from = elementOf(adaptor.getX()), to = adaptor.getDtype();
  if (kindOf(from) == 'b' || kindOf(to) == 'b')
    return emitOptionalError(loc, "bitcast: bool has no bits to read, got ", textOf(adaptor.getX()), " as ",
                             nameOf(to));
  if (bitsOf(from) != bitsOf(to))
    return emitOptionalError(loc, "bitcast: ", textOf(adaptor.getX()), " has ", bitsOf(from),
                             " bits in an element, but ", nameOf(to), " has ", bitsOf(to));
  return RankedTensorType::get(shapeOf(adaptor.getX()), to);
}

FailureOr<Syms> BitcastOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> BitcastOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> BitcastOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{bitcast(operands[0], getDtype())};
}

static llvm::APInt nanBits(Type element) {
  return llvm::APFloat::getQNaN(cast<FloatType>(element).getFloatSemantics()).bitcastToAPInt();
}

FailureOr<SmallVector<Value>> BitcastOp::lower(Lowering &lowering, ValueRange operands) {
  Type from = elementOf(getX()), to = getDtype();
  bool reads = kindOf(from) == 'f', writes = kindOf(to) == 'f';
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) {
    Type bits = IntegerType::get(getContext(), bitsOf(from));
    Value value = in[0].value();
    if (reads) {
      Value nan =
          arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getIntegerAttr(bits, nanBits(from)));
      value = lowering.leave(in[0], from); // halves are f32 here
      value = arith::BitcastOp::create(ink.builder, ink.loc, bits, value);
      value = arith::SelectOp::create(ink.builder, ink.loc, isNan(in[0]).value(), nan, value);
    }
    if (!writes) return ink.make(value, kindOf(to));
    return lowering.enter(ink, arith::BitcastOp::create(ink.builder, ink.loc, to, value), to);
  };
  AffineMap map = lowering.builder.getMultiDimIdentityMap(tensorOf(getType()).getRank());
  return SmallVector<Value>{lowering.map(getType(), operands, getX().getType(), map, rule)};
}

HostTensors BitcastOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Type from = elementOf(getX()), to = getDtype();
  for (int64_t at = 0; at < out.count(); ++at) {
    llvm::APInt bits(64, in[0].isFloat() ? 0 : in[0].get<uint64_t>(at));
    bits = bits.trunc(bitsOf(from));
    bool lost = false;
    if (in[0].isFloat()) {
      llvm::APFloat real(in[0].get<double>(at));
      real.convert(cast<FloatType>(from).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
      bits = real.isNaN() ? nanBits(from) : real.bitcastToAPInt();
    }
    if (!out.isFloat()) {
      out.set(at, static_cast<int64_t>(bits.getZExtValue()));
      continue;
    }
    llvm::APFloat real(cast<FloatType>(to).getFloatSemantics(), bits);
    real.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
    out.set(at, real.convertToDouble());
  }
  return {out};
}

} // namespace tgc::graph
