// Blocks of dynamic_slice and dynamic_update_slice: a box of known extents at a computed place.
#include "dialects/graph/Ops.h"
#include "dialects/graph/Places.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

// The axes in front that the starts share with x: all of the starts' but the last.
static int64_t batchOf(Value starts) { return static_cast<int64_t>(shapeOf(starts).size()) - 1; }

// C1 to C3 of both rows; `sizes` are those of the box without the batch axes.
static LogicalResult checkBox(std::optional<Location> loc, llvm::StringRef name, Value x, Value starts,
                              ArrayRef<int64_t> sizes) {
  auto from = shapeOf(x), own = shapeOf(starts);
  int64_t batch = batchOf(starts);
  if (batch < 0 || batch > static_cast<int64_t>(from.size()) ||
      own.back() != static_cast<int64_t>(from.size()) - batch || own.drop_back() != from.take_front(batch))
    return emitOptionalError(loc, name, ": starts (", textOf(starts), ") need one number for each axis of ",
                             textOf(x));
  if (static_cast<int64_t>(sizes.size()) != own.back())
    return emitOptionalError(loc, name, ": ", sizes.size(), " sizes for ", own.back(), " axes of ",
                             textOf(x));
  for (auto [k, size] : llvm::enumerate(sizes))
    if (size < 0 || size > from[batch + k])
      return emitOptionalError(loc, name, ": a box of extent ", size, " does not fit axis ", batch + k,
                               " of ", textOf(x));
  return success();
}

// Where a box of extent `size` begins on an axis: negative starts count from the end, then it is moved
// inside.
static int64_t startOf(const HostTensor &starts, int64_t at, int64_t extent, int64_t size) {
  int64_t last = extent - size;
  if (starts.kind() == 'u')
    return static_cast<int64_t>(std::min(starts.get<uint64_t>(at), static_cast<uint64_t>(last)));
  auto start = starts.get<int64_t>(at);
  return std::clamp<int64_t>(start < 0 ? start + extent : start, 0, last);
}

// The same as an index value in a body.
static Scalar startOf(Scalar start, int64_t extent, int64_t size) {
  ScalarInk &ink = start.ink();
  Scalar at = convert(start, ink.builder.getI64Type(), start.kind());
  Scalar last = ink.number(static_cast<double>(extent - size), at);
  if (at.kind() == 'u')
    at = minimum(at, last);
  else
    at = minimum(maximum(select(at < 0.0, at + static_cast<double>(extent), at), ink.number(0, at)), last);
  return ink.op<arith::IndexCastOp>('i', ink.builder.getIndexType(), at.value());
}

static Scalar readStart(Lowering &lowering, ScalarInk &ink, Value starts, Type type, int64_t batch,
                        int64_t k) {
  SmallVector<Scalar> at;
  for (int64_t axis = 0; axis < batch; ++axis)
    at.push_back(Lowering::position(ink, axis));
  Value number = arith::ConstantIndexOp::create(ink.builder, ink.loc, k);
  at.push_back(ink.make(number, 'i'));
  return lowering.read(ink, starts, type, at);
}

static Syms withLeading(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Syms out;
  for (auto [operand, has] : llvm::zip(operands, mapped))
    out.push_back(withLeadingAxis(ink, operand, has, extent));
  return out;
}

// ---- dynamic_slice ----
FailureOr<RankedTensorType> DynamicSliceOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkBox(loc, "dynamic_slice", adaptor.getX(), adaptor.getStarts(), adaptor.getSizes())))
    return failure();
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()).take_front(batchOf(adaptor.getStarts())));
  llvm::append_range(shape, adaptor.getSizes());
  return checkedTensor(loc, shape, elementOf(adaptor.getX()));
}

Sym DynamicSliceOp::adjoint(unsigned, Ink &ink, Sym ct) {
  return dynamic_update_slice(ink.full(shapeOf(getX()), elementOf(getX()), 0), ct, ink.sym(getStarts()));
}

FailureOr<Syms> DynamicSliceOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Syms all = withLeading(ink, operands, mapped, extent);
  return Syms{dynamic_slice(all[0], all[1], getSizes())};
}

FailureOr<SmallVector<Value>> DynamicSliceOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  int64_t batch = batchOf(getStarts());
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar>) {
    SmallVector<Scalar> at;
    for (int64_t axis = 0; axis < type.getRank(); ++axis) {
      at.push_back(Lowering::position(ink, axis));
      if (axis < batch) continue;
      Scalar start = readStart(lowering, ink, operands[1], getStarts().getType(), batch, axis - batch);
      at.back() = at.back() + startOf(start, shapeOf(getX())[axis], type.getDimSize(axis));
    }
    return lowering.read(ink, operands[0], getX().getType(), at);
  };
  return SmallVector<Value>{lowering.map(type, {}, {}, {}, rule)};
}

HostTensors DynamicSliceOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t batch = batchOf(getStarts()), axes = shapeOf(getStarts()).back(), at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index);
    int64_t first = positionOf(in[1].shape().drop_back(), index.take_front(batch)) * axes;
    for (int64_t k = 0; k < axes; ++k)
      source[batch + k] += startOf(in[1], first + k, in[0].shape()[batch + k], out.shape()[batch + k]);
    out.copy(at++, in[0], positionOf(in[0].shape(), source));
  });
  return {out};
}

// ---- dynamic_update_slice ----
FailureOr<RankedTensorType> DynamicUpdateSliceOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Value x = adaptor.getX(), update = adaptor.getUpdate();
  int64_t batch = batchOf(adaptor.getStarts());
  auto own = shapeOf(update), from = shapeOf(x);
  bool fits = own.size() == from.size() && batch >= 0 && batch <= static_cast<int64_t>(own.size()) &&
              own.take_front(batch) == from.take_front(batch) && elementOf(update) == elementOf(x);
  if (!fits)
    return emitOptionalError(loc, "dynamic_update_slice: update (", textOf(update), ") is no box of ",
                             textOf(x));
  if (failed(checkBox(loc, "dynamic_update_slice", x, adaptor.getStarts(), own.drop_front(batch))))
    return failure();
  return tensorOf(x);
}

Sym DynamicUpdateSliceOp::adjoint(unsigned which, Ink &ink, Sym ct) {
  Sym starts = ink.sym(getStarts());
  if (which == 1) return dynamic_slice(ct, starts, shapeOf(getUpdate()).drop_front(batchOf(getStarts())));
  return dynamic_update_slice(ct, ink.full(shapeOf(getUpdate()), elementOf(getUpdate()), 0), starts);
}

FailureOr<Syms> DynamicUpdateSliceOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped,
                                            int64_t extent) {
  Syms all = withLeading(ink, operands, mapped, extent);
  return Syms{dynamic_update_slice(all[0], all[1], all[2])};
}

FailureOr<SmallVector<Value>> DynamicUpdateSliceOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  AffineMap same = lowering.builder.getMultiDimIdentityMap(type.getRank());
  if (tensorOf(getUpdate()).getNumElements() == 0)
    return SmallVector<Value>{lowering.view(type, operands[0], type, same)};
  int64_t batch = batchOf(getStarts());
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) {
    SmallVector<Scalar> at;
    Scalar inside;
    for (int64_t axis = 0; axis < type.getRank(); ++axis) {
      Scalar here = Lowering::position(ink, axis);
      if (axis >= batch) {
        int64_t size = shapeOf(getUpdate())[axis];
        Scalar start = readStart(lowering, ink, operands[2], getStarts().getType(), batch, axis - batch);
        here = here - startOf(start, type.getDimSize(axis), size);
        Scalar last = ink.number(static_cast<double>(size - 1), here), zero = ink.number(0, here);
        Scalar within = (here >= zero) & (here <= last);
        inside = inside.value() ? inside & within : within;
        here = minimum(maximum(here, zero), last);
      }
      at.push_back(here);
    }
    Scalar next = lowering.read(ink, operands[1], getUpdate().getType(), at);
    return inside.value() ? select(inside, next, in[0]) : next;
  };
  return SmallVector<Value>{lowering.map(type, operands.take_front(), getX().getType(), same, rule)};
}

HostTensors DynamicUpdateSliceOp::evaluate(HostTensorsRef in) {
  HostTensor out = in[0];
  int64_t batch = batchOf(getStarts()), axes = shapeOf(getStarts()).back(), at = 0;
  forEachIndex(in[1].shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> target(index);
    int64_t first = positionOf(in[2].shape().drop_back(), index.take_front(batch)) * axes;
    for (int64_t k = 0; k < axes; ++k)
      target[batch + k] += startOf(in[2], first + k, out.shape()[batch + k], in[1].shape()[batch + k]);
    out.copy(positionOf(out.shape(), target), in[1], at++);
  });
  return {out};
}

} // namespace tgc::graph
