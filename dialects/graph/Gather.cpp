// Blocks of the reads and sums at computed places along an axis: take and its adjoint scatter_add.
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

// ---- the rule for indices: negative ones count from the end, then the nearest place ----
static int64_t placeOf(const HostTensor &indices, int64_t at, int64_t extent) {
  if (indices.kind() == 'u')
    return static_cast<int64_t>(std::min(indices.get<uint64_t>(at), static_cast<uint64_t>(extent - 1)));
  auto index = indices.get<int64_t>(at);
  return std::clamp<int64_t>(index < 0 ? index + extent : index, 0, extent - 1);
}

static Scalar placeOf(Scalar index, int64_t extent) {
  ScalarInk &ink = index.ink();
  Type wide = ink.builder.getI64Type();
  Scalar at = convert(index, wide, index.kind());
  Scalar last = ink.make(ink.number(static_cast<double>(extent - 1), at).value(), at.kind());
  if (at.kind() == 'u')
    at = minimum(at, last);
  else {
    at = select(at < 0.0, at + static_cast<double>(extent), at);
    at = minimum(maximum(at, ink.number(0, at)), last);
  }
  return ink.op<arith::IndexCastOp>('i', ink.builder.getIndexType(), at.value());
}

static Sym placeOf(Ink &ink, Sym indices, int64_t extent) {
  Type i64 = ink.builder.getI64Type();
  Sym last = ink.full({}, i64, static_cast<double>(extent - 1)), zero = ink.full({}, i64, 0);
  if (kindOf(indices.element()) == 'u') {
    // The last place, or the largest index the dtype can hold.
    double largest = std::ldexp(1.0, static_cast<int>(std::min(bitsOf(indices.element()), 53u))) - 1;
    Sym end = ink.full({}, indices.element(), std::min(static_cast<double>(extent - 1), largest));
    return astype(callOne(ink, "minimum", {indices, end}), i64);
  }
  Sym at = astype(indices, i64);
  Sym wrapped = where(at < zero, at + ink.full({}, i64, static_cast<double>(extent)), at);
  return callOne(ink, "minimum", {callOne(ink, "maximum", {wrapped, zero}), last});
}

static SmallVector<int64_t> replaced(ArrayRef<int64_t> shape, int64_t axis, int64_t count,
                                     ArrayRef<int64_t> by) {
  SmallVector<int64_t> out(shape.take_front(axis));
  llvm::append_range(out, by);
  llvm::append_range(out, shape.drop_front(axis + count));
  return out;
}

// Indices of a batch of `extent` tables of `rows` rows laid one under the other.
static Sym stacked(Ink &ink, Sym indices, int64_t batches, int64_t rows) {
  Sym place = placeOf(ink, indices, rows);
  Sym table = iota(ink, indices.shape(), 0, ink.builder.getI64Type());
  return place + table * ink.full({}, ink.builder.getI64Type(), static_cast<double>(rows));
}

static Sym moved(Sym x, int64_t from, int64_t to) {
  SmallVector<int64_t> axes = allAxes(x.rank());
  axes.erase(axes.begin() + from);
  axes.insert(axes.begin() + to, from);
  return permute_dims(x, ArrayRef<int64_t>(axes));
}

// ---- take ----
FailureOr<RankedTensorType> TakeOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= type.getRank())
    return emitOptionalError(loc, "take: axis ", axis, " is out of range for ", textOf(adaptor.getX()));
  auto out = checkedTensor(loc, replaced(type.getShape(), axis, 1, shapeOf(adaptor.getIndices())),
                           type.getElementType());
  if (succeeded(out) && out->getNumElements() > 0 && type.getDimSize(axis) == 0)
    return emitOptionalError(
        loc, "take: axis ", axis, " of ", textOf(adaptor.getX()),
        " has no element to take, but there are indices: ", textOf(adaptor.getIndices()));
  return out;
}

Sym TakeOp::adjoint(unsigned, Ink &ink, Sym ct) {
  return scatter_add(ct, ink.sym(getIndices()), getAxis(), shapeOf(getX())[getAxis()]);
}

FailureOr<Syms> TakeOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Sym x = operands[0], indices = operands[1];
  auto axis = static_cast<int64_t>(getAxis());
  if (!mapped[1]) return Syms{take(x, indices, axis + 1)};
  if (!mapped[0]) return Syms{moved(take(x, indices, axis), axis, 0)};
  if (countOf(indices.shape()) == 0 || countOf(x.shape()) == 0) {
    SmallVector<int64_t> shape = {extent};
    llvm::append_range(shape, tensorOf(getType()).getShape());
    return Syms{ink.full(shape, x.element(), 0)};
  }
  int64_t rows = x.extent(axis + 1), rank = indices.rank() - 1;
  Sym flat = moved(x, axis + 1, 1);
  SmallVector<int64_t> shape = {extent * rows};
  llvm::append_range(shape, flat.shape().drop_front(2));
  Sym taken = take(reshape(flat, shape), stacked(ink, indices, extent, rows), 0); // [batch, indices, rest]
  SmallVector<int64_t> order = {0};
  for (int64_t k = 0; k < axis; ++k)
    order.push_back(1 + rank + k);
  for (int64_t k = 0; k < rank; ++k)
    order.push_back(1 + k);
  for (int64_t k = 1 + rank + axis; k < taken.rank(); ++k)
    order.push_back(k);
  return Syms{permute_dims(taken, ArrayRef<int64_t>(order))};
}

FailureOr<SmallVector<Value>> TakeOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  int64_t axis = getAxis(), rank = tensorOf(getIndices()).getRank();
  SmallVector<AffineExpr> map;
  for (int64_t k = 0; k < rank; ++k)
    map.push_back(lowering.builder.getAffineDimExpr(axis + k));
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> index) {
    SmallVector<Scalar> at;
    for (int64_t k = 0; k < axis; ++k)
      at.push_back(Lowering::position(ink, k));
    at.push_back(placeOf(index[0], shapeOf(getX())[axis]));
    for (int64_t k = axis + rank; k < type.getRank(); ++k)
      at.push_back(Lowering::position(ink, k));
    return lowering.read(ink, operands[0], getX().getType(), at);
  };
  return SmallVector<Value>{lowering.map(type, operands[1], getIndices().getType(),
                                         AffineMap::get(type.getRank(), 0, map, getContext()), rule)};
}

HostTensors TakeOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t axis = getAxis(), rank = in[1].rank(), at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    int64_t which = positionOf(in[1].shape(), index.slice(axis, rank));
    auto source = replaced(index, axis, rank, placeOf(in[1], which, in[0].shape()[axis]));
    out.copy(at++, in[0], positionOf(in[0].shape(), source));
  });
  return {out};
}

// ---- scatter_add ----
FailureOr<RankedTensorType> ScatterAddOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getUpdates());
  auto indices = shapeOf(adaptor.getIndices());
  int64_t axis = adaptor.getAxis(), rank = indices.size();
  if (axis < 0 || axis + rank > type.getRank() || type.getShape().slice(axis, rank) != indices)
    return emitOptionalError(loc, "scatter_add: the extents of ", textOf(adaptor.getIndices()),
                             " are not those of ", textOf(adaptor.getUpdates()), " from axis ", axis, " on");
  if (adaptor.getExtent() < 0 || (adaptor.getExtent() == 0 && type.getNumElements() > 0))
    return emitOptionalError(loc, "scatter_add: ", adaptor.getExtent(), " places for ",
                             textOf(adaptor.getUpdates()));
  return checkedTensor(loc, replaced(type.getShape(), axis, rank, static_cast<int64_t>(adaptor.getExtent())),
                       type.getElementType());
}

Sym ScatterAddOp::adjoint(unsigned, Ink &ink, Sym ct) { return take(ct, ink.sym(getIndices()), getAxis()); }

FailureOr<Syms> ScatterAddOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Sym updates = withLeadingAxis(ink, operands[0], mapped[0], extent), indices = operands[1];
  auto axis = static_cast<int64_t>(getAxis()), places = static_cast<int64_t>(getExtent());
  if (!mapped[1]) return Syms{scatter_add(updates, indices, axis + 1, places)};
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, tensorOf(getType()).getShape());
  if (countOf(updates.shape()) == 0 || places == 0) return Syms{ink.full(shape, updates.element(), 0)};
  int64_t rank = indices.rank() - 1;
  SmallVector<int64_t> order = {0}; // [batch, indices, rest]
  for (int64_t k = 0; k < rank; ++k)
    order.push_back(1 + axis + k);
  for (int64_t k = 0; k < axis; ++k)
    order.push_back(1 + k);
  for (int64_t k = 1 + axis + rank; k < updates.rank(); ++k)
    order.push_back(k);
  Sym sums = scatter_add(permute_dims(updates, ArrayRef<int64_t>(order)),
                         stacked(ink, indices, extent, places), 0, extent * places);
  SmallVector<int64_t> apart = {extent, places};
  llvm::append_range(apart, sums.shape().drop_front());
  return Syms{moved(reshape(sums, apart), 1, axis + 1)};
}

FailureOr<SmallVector<Value>> ScatterAddOp::lower(Lowering &lowering, ValueRange operands) {
  // Loops: the result's axes, then the indices' axes as reductions.
  auto type = tensorOf(getType());
  if (tensorOf(getUpdates()).getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  int64_t axis = getAxis(), rank = tensorOf(getIndices()).getRank(), out = type.getRank(), loops = out + rank;
  auto dim = [&](int64_t k) { return lowering.builder.getAffineDimExpr(k); };
  SmallVector<AffineExpr> from, index, to;
  for (int64_t k = 0; k < axis; ++k)
    from.push_back(dim(k));
  for (int64_t k = 0; k < rank; ++k) {
    from.push_back(dim(out + k));
    index.push_back(dim(out + k));
  }
  for (int64_t k = axis + 1; k < out; ++k)
    from.push_back(dim(k));
  for (int64_t k = 0; k < out; ++k)
    to.push_back(dim(k));
  SmallVector<AffineMap> maps = {AffineMap::get(loops, 0, from, getContext()),
                                 AffineMap::get(loops, 0, index, getContext())};
  SmallVector<utils::IteratorType> iterators(out, utils::IteratorType::parallel);
  iterators.append(rank, utils::IteratorType::reduction);
  Type element = type.getElementType();
  TypedAttr zero = lowering.builder.getZeroAttr(element.isInteger(1) ? lowering.builder.getI8Type()
                                                                     : Lowering::computing(element));
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) {
    Scalar here = placeOf(in[1], getExtent()) == Lowering::position(ink, axis);
    return select(here, in[0], ink.number(0, in[0]));
  };
  return SmallVector<Value>{lowering.reduce(type, operands, getOperandTypes(), maps,
                                            AffineMap::get(loops, 0, to, getContext()), iterators, zero, rule,
                                            [](Scalar held, Scalar next) { return held + next; })};
}

HostTensors ScatterAddOp::evaluate(HostTensorsRef in) {
  auto type = tensorOf(getType());
  HostTensor out(type);
  int64_t axis = getAxis(), rank = in[1].rank(), at = 0;
  std::vector<double> reals(out.count(), 0);
  std::vector<int64_t> integers(out.count(), 0);
  forEachIndex(in[0].shape(), [&](ArrayRef<int64_t> index) {
    int64_t which = positionOf(in[1].shape(), index.slice(axis, rank));
    auto target = replaced(index, axis, rank, placeOf(in[1], which, getExtent()));
    int64_t to = positionOf(out.shape(), target);
    if (out.isFloat())
      reals[to] += in[0].get<double>(at);
    else if (out.kind() == 'b')
      integers[to] |= in[0].get<int64_t>(at);
    else
      integers[to] = static_cast<int64_t>(static_cast<uint64_t>(integers[to]) + in[0].get<uint64_t>(at));
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
