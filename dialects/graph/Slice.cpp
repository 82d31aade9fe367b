// Blocks of the ops that cut, pad, reverse and join along axes: flip, slice, pad_zero, concat.
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

static SmallVector<int64_t> withFirst(int64_t first, ArrayRef<int64_t> rest) {
  SmallVector<int64_t> out = {first};
  llvm::append_range(out, rest);
  return out;
}

// ---- flip ----
FailureOr<RankedTensorType> FlipOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  for (int64_t axis : adaptor.getAxes())
    if (axis < 0 || axis >= type.getRank())
      return emitOptionalError(loc, "flip: axis ", axis, " is out of range for ", textOf(adaptor.getX()));
  return type;
}

Sym FlipOp::adjoint(unsigned, Ink &, Sym ct) { return flip(ct, getAxes()); }

FailureOr<Syms> FlipOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  auto axes = llvm::map_to_vector(getAxes(), [](int64_t axis) { return axis + 1; });
  return Syms{flip(operands[0], ArrayRef<int64_t>(axes))};
}

AffineMap FlipOp::viewMap() {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return {}; // nothing to read
  SmallVector<AffineExpr> map;
  for (int64_t axis = 0; axis < type.getRank(); ++axis) {
    AffineExpr at = getAffineDimExpr(axis, getContext());
    map.push_back(llvm::is_contained(getAxes(), axis) ? type.getDimSize(axis) - 1 - at : at);
  }
  return AffineMap::get(type.getRank(), 0, map, getContext());
}

FailureOr<SmallVector<Value>> FlipOp::lower(Lowering &lowering, ValueRange operands) {
  AffineMap map = viewMap();
  if (!map) return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), map)};
}

HostTensors FlipOp::evaluate(HostTensorsRef in) {
  HostTensor out(in[0].type());
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    for (int64_t axis : getAxes())
      source[axis] = out.shape()[axis] - 1 - index[axis];
    out.copy(at++, in[0], positionOf(out.shape(), source));
  });
  return {out};
}

// ---- slice ----
static SmallVector<int64_t> stridesOf(SliceOp op) {
  SmallVector<int64_t> strides(op.getStrides());
  if (strides.empty()) strides.assign(op.getStarts().size(), 1);
  return strides;
}

FailureOr<RankedTensorType> SliceOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  auto starts = adaptor.getStarts(), stops = adaptor.getStops(), strides = adaptor.getStrides();
  auto rank = static_cast<size_t>(type.getRank());
  if (starts.size() != rank || stops.size() != rank || (!strides.empty() && strides.size() != rank))
    return emitOptionalError(loc, "slice: ", textOf(adaptor.getX()), " has ", rank,
                             rank == 1 ? " axis" : " axes", ", but there are ", starts.size(), " starts, ",
                             stops.size(), " stops and ", strides.size(), " strides");
  SmallVector<int64_t> shape;
  for (size_t axis = 0; axis < rank; ++axis) {
    int64_t start = starts[axis], stop = stops[axis], stride = strides.empty() ? 1 : strides[axis];
    if (start < 0 || stop < start || stop > type.getDimSize(axis))
      return emitOptionalError(loc, "slice: ", start, " to ", stop, " is not a range within axis ", axis,
                               " of ", textOf(adaptor.getX()));
    if (stride < 1)
      return emitOptionalError(loc, "slice: the stride of axis ", axis, " is ", stride,
                               "; it has to be at least 1, and flip reverses");
    shape.push_back((stop - start + stride - 1) / stride);
  }
  return RankedTensorType::get(shape, type.getElementType());
}

Sym SliceOp::adjoint(unsigned, Ink &ink, Sym ct) {
  auto from = shapeOf(getX()), to = tensorOf(getType()).getShape();
  SmallVector<int64_t> high, interior;
  for (auto [axis, stride] : llvm::enumerate(stridesOf(*this))) {
    int64_t reached = to[axis] ? (to[axis] - 1) * stride + 1 : 0;
    high.push_back(from[axis] - getStarts()[axis] - reached);
    interior.push_back(stride - 1);
  }
  return pad_zero(ct, getStarts(), high, interior);
}

FailureOr<Syms> SliceOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t extent) {
  return Syms{graph::slice(operands[0], withFirst(0, getStarts()), withFirst(extent, getStops()),
                           withFirst(1, stridesOf(*this)))};
}

AffineMap SliceOp::viewMap() {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return {}; // nothing to read
  SmallVector<AffineExpr> map;
  for (auto [axis, stride] : llvm::enumerate(stridesOf(*this)))
    map.push_back(getAffineDimExpr(axis, getContext()) * stride + getStarts()[axis]);
  return AffineMap::get(type.getRank(), 0, map, getContext());
}

FailureOr<SmallVector<Value>> SliceOp::lower(Lowering &lowering, ValueRange operands) {
  AffineMap map = viewMap();
  if (!map) return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), map)};
}

HostTensors SliceOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  auto strides = stridesOf(*this);
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    for (size_t axis = 0; axis < source.size(); ++axis)
      source[axis] = getStarts()[axis] + index[axis] * strides[axis];
    out.copy(at++, in[0], positionOf(in[0].shape(), source));
  });
  return {out};
}

// ---- pad_zero ----
FailureOr<RankedTensorType> PadZeroOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  auto low = adaptor.getLow(), high = adaptor.getHigh(), interior = adaptor.getInterior();
  auto rank = static_cast<size_t>(type.getRank());
  if (low.size() != rank || high.size() != rank || interior.size() != rank)
    return emitOptionalError(loc, "pad_zero: low, high and interior need one entry for each axis of ",
                             textOf(adaptor.getX()));
  SmallVector<int64_t> shape;
  for (size_t axis = 0; axis < rank; ++axis) {
    int64_t extent = type.getDimSize(axis);
    for (int64_t amount : {low[axis], high[axis], interior[axis]})
      if (amount > maxElements)
        return emitOptionalError(loc, "limit: pad_zero: axis ", axis, " would have more than 2^48 elements");
      else if (amount < 0)
        return emitOptionalError(loc, "pad_zero: ", amount, " is not an amount of padding for axis ", axis,
                                 " of ", textOf(adaptor.getX()));
    int64_t between = std::max<int64_t>(extent - 1, 0);
    if (between && interior[axis] > maxElements / between)
      return emitOptionalError(loc, "limit: pad_zero: axis ", axis, " would have more than 2^48 elements");
    shape.push_back(low[axis] + high[axis] + extent + between * interior[axis]);
  }
  return checkedTensor(loc, shape, type.getElementType());
}

Sym PadZeroOp::adjoint(unsigned, Ink &, Sym ct) {
  auto from = shapeOf(getX());
  SmallVector<int64_t> stops, strides;
  for (size_t axis = 0; axis < from.size(); ++axis) {
    int64_t stride = getInterior()[axis] + 1;
    stops.push_back(getLow()[axis] + (from[axis] ? (from[axis] - 1) * stride + 1 : 0));
    strides.push_back(stride);
  }
  return graph::slice(ct, getLow(), stops, strides);
}

FailureOr<Syms> PadZeroOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{
      pad_zero(operands[0], withFirst(0, getLow()), withFirst(0, getHigh()), withFirst(0, getInterior()))};
}

FailureOr<SmallVector<Value>> PadZeroOp::lower(Lowering &lowering, ValueRange operands) {
  auto from = shapeOf(getX());
  if (countOf(from) == 0) return SmallVector<Value>{lowering.zeros(getType())};
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar>) {
    Scalar inside;
    auto require = [&](Scalar condition) { inside = inside.value() ? (inside & condition) : condition; };
    SmallVector<Scalar> at;
    for (size_t axis = 0; axis < from.size(); ++axis) {
      Scalar index = Lowering::position(ink, axis);
      double stride = static_cast<double>(getInterior()[axis]) + 1,
             last = static_cast<double>(from[axis] - 1);
      if (getLow()[axis]) {
        require(index >= static_cast<double>(getLow()[axis]));
        index = index - static_cast<double>(getLow()[axis]);
      }
      if (getHigh()[axis]) require(index <= last * stride);
      if (getLow()[axis] || getHigh()[axis])
        index = minimum(maximum(index, ink.number(0, index)), ink.number(last * stride, index));
      if (stride > 1) {
        Scalar step = ink.number(stride, index);
        require(ink.op<arith::RemUIOp>('i', index.value(), step.value()) == 0.0);
        index = ink.op<arith::DivUIOp>('i', index.value(), step.value());
      }
      at.push_back(index);
    }
    Scalar value = lowering.read(ink, operands[0], getX().getType(), at);
    return inside.value() ? select(inside, value, ink.number(0, value)) : value;
  };
  return SmallVector<Value>{lowering.map(getType(), {}, {}, {}, rule)};
}

HostTensors PadZeroOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t at = 0;
  forEachIndex(in[0].shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> target(index);
    for (size_t axis = 0; axis < target.size(); ++axis)
      target[axis] = getLow()[axis] + index[axis] * (getInterior()[axis] + 1);
    out.copy(positionOf(out.shape(), target), in[0], at++);
  });
  return {out};
}

// ---- concat ----
FailureOr<RankedTensorType> ConcatOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  ValueRange tensors = adaptor.getTensors();
  int64_t axis = adaptor.getAxis();
  if (tensors.empty()) return emitOptionalError(loc, "concat: the list of tensors is empty");
  auto first = tensorOf(tensors[0]);
  if (axis < 0 || axis >= first.getRank())
    return emitOptionalError(loc, "concat: axis ", axis, " is out of range for ", textOf(tensors[0]));
  SmallVector<int64_t> shape(first.getShape());
  for (auto [k, tensor] : llvm::enumerate(tensors.drop_front())) {
    auto own = shapeOf(tensor);
    auto refuse = [&](const Twine &what) {
      return emitOptionalError(loc, "concat: tensor 0 (", textOf(tensors[0]), ") and tensor ", k + 1, " (",
                               textOf(tensor), ") differ in ", what);
    };
    if (own.size() != shape.size()) return refuse("rank");
    if (elementOf(tensor) != first.getElementType()) return refuse("dtype");
    for (size_t other = 0; other < own.size(); ++other)
      if (static_cast<int64_t>(other) != axis && own[other] != shape[other])
        return refuse("the extent of axis " + Twine(other));
    shape[axis] += own[axis];
  }
  return checkedTensor(loc, shape, first.getElementType());
}

static int64_t offsetOf(ConcatOp op, unsigned which) {
  int64_t offset = 0;
  for (unsigned k = 0; k < which; ++k)
    offset += shapeOf(op.getTensors()[k])[op.getAxis()];
  return offset;
}

Sym ConcatOp::adjoint(unsigned which, Ink &, Sym ct) {
  SmallVector<int64_t> starts(ct.rank(), 0), stops(ct.shape()), strides(ct.rank(), 1);
  starts[getAxis()] = offsetOf(*this, which);
  stops[getAxis()] = starts[getAxis()] + shapeOf(getTensors()[which])[getAxis()];
  return graph::slice(ct, starts, stops, strides);
}

FailureOr<Syms> ConcatOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Syms all;
  for (auto [operand, has] : llvm::zip(operands, mapped))
    all.push_back(withLeadingAxis(ink, operand, has, extent));
  return Syms{concat(all, static_cast<int64_t>(getAxis()) + 1)};
}

FailureOr<SmallVector<Value>> ConcatOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  auto axis = static_cast<int64_t>(getAxis());
  // Every piece is read at its nearest index; the last one that has begun is kept.
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar>) {
    Scalar chosen;
    SmallVector<Scalar> at;
    for (int64_t k = 0; k < type.getRank(); ++k)
      at.push_back(Lowering::position(ink, k));
    Scalar index = at[axis];
    int64_t offset = 0;
    for (auto [operand, tensor] : llvm::zip(operands, getTensors())) {
      int64_t extent = shapeOf(tensor)[axis];
      if (extent == 0) continue;
      Scalar own = index - static_cast<double>(offset);
      at[axis] = minimum(maximum(own, ink.number(0, own)), ink.number(static_cast<double>(extent - 1), own));
      Scalar value = lowering.read(ink, operand, tensor.getType(), at);
      chosen = chosen.value() ? select(index >= static_cast<double>(offset), value, chosen) : value;
      offset += extent;
    }
    return chosen;
  };
  return SmallVector<Value>{lowering.map(type, {}, {}, {}, rule)};
}

HostTensors ConcatOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t offset = 0;
  for (const HostTensor &piece : in) {
    int64_t at = 0;
    forEachIndex(piece.shape(), [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> target(index);
      target[getAxis()] += offset;
      out.copy(positionOf(out.shape(), target), piece, at++);
    });
    offset += piece.shape()[getAxis()];
  }
  return {out};
}

} // namespace tgc::graph
