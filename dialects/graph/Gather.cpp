// The block of gather: reads at computed places.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/Places.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

FailureOr<RankedTensorType> GatherOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto layout = layoutOf(loc, "gather", adaptor.getX(), adaptor.getIndices(), adaptor.getAxes(),
                         static_cast<int64_t>(adaptor.getBatchAxes()),
                         static_cast<int64_t>(adaptor.getPlace()), adaptor.getMode());
  if (failed(layout)) return failure();
  return checkedTensor(loc, layout->window(), elementOf(adaptor.getX()));
}

Sym GatherOp::adjoint(unsigned, Ink &ink, Sym ct) {
  Sym zeros = ink.full(shapeOf(getX()), elementOf(getX()), 0);
  return scatter(zeros, ink.syms(getIndices()), ct, getAxes(), getBatchAxes(), getPlace(), "add", getMode());
}

FailureOr<Syms> GatherOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Sym x = operands[0];
  auto batch = static_cast<int64_t>(getBatchAxes()), place = static_cast<int64_t>(getPlace());
  SmallVector<int64_t> axes = llvm::to_vector(getAxes()), later;
  for (int64_t axis : axes)
    later.push_back(axis + 1);
  Syms indices(operands.drop_front().begin(), operands.end());
  if (!llvm::is_contained(mapped.drop_front(), true)) { // one more axis of the rest, in front
    Sym out = gather(formulas::movedAxis(x, 0, batch), indices, later, batch, place + 1, getMode());
    return Syms{formulas::movedAxis(out, batch, 0)};
  }
  for (auto [k, index] : llvm::enumerate(indices))
    index = withLeadingAxis(ink, index, mapped[k + 1], extent);
  if (!mapped[0] && batch == 0) {
    Sym out = gather(x, indices, axes, 0, place, getMode());
    return Syms{formulas::movedAxis(out, place, 0)};
  }
  return Syms{
      gather(withLeadingAxis(ink, x, mapped[0], extent), indices, later, batch + 1, place, getMode())};
}

FailureOr<SmallVector<Value>> GatherOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0 || tensorOf(getX()).getNumElements() == 0)
    return SmallVector<Value>{lowering.zeros(type)};
  Layout layout = layoutOf(*this);
  SmallVector<AffineExpr> map;
  for (size_t k = 0; k < layout.index.size(); ++k)
    map.push_back(lowering.builder.getAffineDimExpr(layout.indexAxis(k)));
  SmallVector<AffineMap> maps(getIndices().size(), AffineMap::get(type.getRank(), 0, map, getContext()));
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) {
    SmallVector<Scalar> at(layout.x.size());
    Scalar inside;
    for (int64_t axis = 0; axis < layout.batch; ++axis)
      at[axis] = Lowering::position(ink, axis);
    for (auto [k, axis] : llvm::enumerate(layout.rest))
      at[axis] = Lowering::position(ink, layout.restAxis(k));
    for (auto [index, axis] : llvm::zip(in, layout.axes)) {
      ScalarPlace place = placeOf(index, layout.x[axis], layout.outside);
      at[axis] = place.at;
      if (place.inside.value()) inside = inside.value() ? inside & place.inside : place.inside;
    }
    Scalar value = lowering.read(ink, operands[0], getX().getType(), at);
    return inside.value() ? select(inside, value, ink.number(0, value)) : value;
  };
  return SmallVector<Value>{lowering.map(type, operands.drop_front(), getIndices().getTypes(), maps, rule)};
}

HostTensors GatherOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Layout layout = layoutOf(*this);
  if (in[0].count() == 0) return {out};
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> places;
    bool inside = true;
    for (auto [k, axis] : llvm::enumerate(layout.axes)) {
      HostPlace place = placeOf(in[1 + k], layout.indexPosition(index), layout.x[axis], layout.outside);
      places.push_back(place.at);
      inside &= place.inside;
    }
    if (inside) out.copy(at, in[0], layout.position(index, places));
    ++at;
  });
  return {out};
}

} // namespace tgc::graph
