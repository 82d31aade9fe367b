// Blocks of any and all, one text for both: infer, tangent, cotangent, batch, lower, evaluate.
#include "dialects/graph/Ops.h"
#include "dialects/graph/Reduce.h"

using namespace mlir;

namespace tgc::graph {

template <typename Adaptor>
static FailureOr<RankedTensorType> inferLogic(std::optional<Location> loc, llvm::StringRef name,
                                              Adaptor adaptor) {
  Value x = adaptor.getX();
  if (failed(checkAxes(loc, name, x.getType(), adaptor.getAxes()))) return failure();
  return RankedTensorType::get(reducedShape(shapeOf(x), adaptor.getAxes(), adaptor.getKeepdims()),
                               IntegerType::get(x.getContext(), 1));
}

template <typename Op>
static FailureOr<SmallVector<Value>> lowerLogic(Op op, Lowering &lowering, ValueRange operands, bool start) {
  auto flat =
      RankedTensorType::get(reducedShape(shapeOf(op.getX()), op.getAxes(), false), elementOf(op.getType()));
  auto loops = reduceLoops(op.getContext(), tensorOf(op.getX()).getRank(), op.getAxes(), false);
  Value found = lowering.reduce(
      flat, operands, op.getX().getType(), loops.input, loops.output, loops.iterators,
      lowering.builder.getI8IntegerAttr(start),
      [&](ScalarInk &, ArrayRef<Scalar> in) { return convert(in[0], elementOf(op.getType()), 'b'); },
      [&](Scalar held, Scalar next) { return start ? held & next : held | next; });
  return SmallVector<Value>{keepAxes(lowering, found, flat, op.getType(), op.getAxes())};
}

template <typename Op> static HostTensors evaluateLogic(Op op, const HostTensor &x, bool start) {
  HostTensor out(tensorOf(op.getType()));
  for (int64_t k = 0; k < out.count(); ++k)
    out.set(k, start);
  int64_t at = 0;
  forEachIndex(x.shape(), [&](ArrayRef<int64_t> index) {
    if (x.get<bool>(at++) != start) out.set(reducedPosition(index, x.shape(), op.getAxes()), !start);
  });
  return {out};
}

// ---- any ----
FailureOr<RankedTensorType> AnyOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferLogic(loc, "any", adaptor);
}
FailureOr<Syms> AnyOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> AnyOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> AnyOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  auto axes = shifted(getAxes(), 1);
  return Syms{any(operands[0], ArrayRef<int64_t>(axes), getKeepdims())};
}
FailureOr<SmallVector<Value>> AnyOp::lower(Lowering &lowering, ValueRange operands) {
  return lowerLogic(*this, lowering, operands, false);
}
HostTensors AnyOp::evaluate(HostTensorsRef in) { return evaluateLogic(*this, in[0], false); }

// ---- all ----
FailureOr<RankedTensorType> AllOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferLogic(loc, "all", adaptor);
}
FailureOr<Syms> AllOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> AllOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> AllOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  auto axes = shifted(getAxes(), 1);
  return Syms{all(operands[0], ArrayRef<int64_t>(axes), getKeepdims())};
}
FailureOr<SmallVector<Value>> AllOp::lower(Lowering &lowering, ValueRange operands) {
  return lowerLogic(*this, lowering, operands, true);
}
HostTensors AllOp::evaluate(HostTensorsRef in) { return evaluateLogic(*this, in[0], true); }

} // namespace tgc::graph
