// Block of the linear reduction. Blocks are in the order infer, adjoint, batch, lower, evaluate.
#include "dialects/graph/Reduce.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::graph {

// ---- what reductions share ----
LogicalResult checkAxes(std::optional<Location> loc, llvm::StringRef name, Type type,
                        ArrayRef<int64_t> axes) {
  int64_t rank = tensorOf(type).getRank(), last = -1;
  for (int64_t axis : axes) {
    if (axis < 0 || axis >= rank)
      return emitOptionalError(loc, name, ": axis ", axis, " is out of range for ", textOf(type));
    if (axis <= last) return emitOptionalError(loc, name, ": axes must ascend and differ");
    last = axis;
  }
  return success();
}

SmallVector<int64_t> shifted(ArrayRef<int64_t> axes, int64_t by) {
  return llvm::map_to_vector(axes, [&](int64_t axis) { return axis + by; });
}

ReduceLoops reduceLoops(MLIRContext *context, int64_t rank, ArrayRef<int64_t> axes, bool keepdims) {
  ReduceLoops loops;
  SmallVector<AffineExpr> out;
  for (int64_t axis = 0; axis < rank; ++axis) {
    bool reduced = llvm::is_contained(axes, axis);
    loops.iterators.push_back(reduced ? utils::IteratorType::reduction : utils::IteratorType::parallel);
    if (!reduced)
      out.push_back(getAffineDimExpr(axis, context));
    else if (keepdims)
      out.push_back(getAffineConstantExpr(0, context));
  }
  loops.input = AffineMap::getMultiDimIdentityMap(rank, context);
  loops.output = AffineMap::get(rank, 0, out, context);
  return loops;
}

int64_t reducedPosition(ArrayRef<int64_t> index, ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  int64_t position = 0;
  for (auto [axis, i] : llvm::enumerate(index))
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis))) position = position * shape[axis] + i;
  return position;
}

// ---- sum ----
FailureOr<RankedTensorType> SumOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Value x = adaptor.getX();
  if (failed(checkAxes(loc, "sum", x.getType(), adaptor.getAxes()))) return failure();
  Type element = elementOf(x);
  char kind = kindOf(element);
  if (kind == 'b' || kind == 'i') element = IntegerType::get(x.getContext(), 64);
  if (kind == 'u') element = IntegerType::get(x.getContext(), 64, IntegerType::Unsigned);
  return RankedTensorType::get(reducedShape(shapeOf(x), adaptor.getAxes(), adaptor.getKeepdims()), element);
}

Sym SumOp::adjoint(unsigned, Ink &ink, Sym ct) {
  auto kept = reducedShape(shapeOf(getX()), getAxes(), true);
  if (!getKeepdims() && kept.size() != ct.shape().size()) ct = reshape(ct, kept);
  return ct.shape() == shapeOf(getX()) ? ct : broadcast_to(ct, shapeOf(getX()));
}

FailureOr<Syms> SumOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool>, int64_t) {
  auto axes = shifted(getAxes(), 1);
  return Syms{sum(operands[0], ArrayRef<int64_t>(axes), getKeepdims())};
}

FailureOr<SmallVector<Value>> SumOp::lower(Lowering &lowering, ValueRange operands) {
  Type element = elementOf(getType());
  // A kept axis of extent 1 is a dimension of the output that no loop runs over: reduce without it, then
  // view.
  auto flat = RankedTensorType::get(reducedShape(shapeOf(getX()), getAxes(), false), element);
  auto loops = reduceLoops(getContext(), tensorOf(getX()).getRank(), getAxes(), false);
  Type wide = Lowering::computing(element);
  TypedAttr zero = lowering.builder.getZeroAttr(wide);
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) { return convert(in[0], element, kindOf(element)); };
  Value sum = lowering.reduce(flat, operands, getX().getType(), loops.input, loops.output, loops.iterators,
                              zero, rule, [](Scalar held, Scalar next) { return held + next; });
  return SmallVector<Value>{keepAxes(lowering, sum, flat, getType(), getAxes())};
}

Value keepAxes(Lowering &lowering, Value reduced, Type flat, Type kept, ArrayRef<int64_t> axes) {
  if (flat == kept) return reduced;
  SmallVector<AffineExpr> map;
  for (int64_t axis = 0; axis < tensorOf(kept).getRank(); ++axis)
    if (!llvm::is_contained(axes, axis)) map.push_back(lowering.builder.getAffineDimExpr(axis));
  return lowering.view(kept, reduced, flat,
                       AffineMap::get(tensorOf(kept).getRank(), 0, map, lowering.builder.getContext()));
}

HostTensors SumOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  SmallVector<double> reals(out.count(), 0);
  SmallVector<int64_t> integers(out.count(), 0);
  int64_t at = 0;
  forEachIndex(in[0].shape(), [&](ArrayRef<int64_t> index) {
    int64_t to = reducedPosition(index, in[0].shape(), getAxes());
    if (out.isFloat())
      reals[to] += in[0].get<double>(at);
    else
      integers[to] += in[0].get<int64_t>(at);
    ++at;
  });
  for (int64_t k = 0; k < out.count(); ++k) {
    if (out.isFloat())
      out.set(k, reals[k]);
    else
      out.set(k, integers[k]);
  }
  return {out};
}

} // namespace tgc::graph
