// Blocks of the ops that move no value to another one: broadcast_to, reshape, permute_dims.
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::graph {

// ---- broadcast_to ----
FailureOr<RankedTensorType> BroadcastToOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto from = shapeOf(adaptor.getX());
  ArrayRef<int64_t> to = adaptor.getShape();
  auto type = checkedTensor(loc, to, elementOf(adaptor.getX()));
  if (failed(type)) return failure();
  bool ok = from.size() <= to.size();
  for (size_t k = 0; ok && k < from.size(); ++k)
    ok = from[k] == 1 || from[k] == to[to.size() - from.size() + k];
  if (!ok)
    return emitOptionalError(loc, "broadcast_to: ", textOf(adaptor.getX()), " does not broadcast to ",
                             textOf(Type(*type)));
  return type;
}

Sym BroadcastToOp::adjoint(unsigned, Ink &, Sym ct) { return sumTo(ct, shapeOf(getX())); }

FailureOr<Syms> BroadcastToOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool>, int64_t extent) {
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, getShape());
  // The new axis is in front: extents of 1 go between it and the operand's own axes.
  SmallVector<int64_t> padded = {extent};
  padded.append(getShape().size() + 1 - operands[0].rank(), 1);
  llvm::append_range(padded, operands[0].shape().drop_front());
  Sym x = operands[0].shape() == ArrayRef<int64_t>(padded) ? operands[0] : reshape(operands[0], padded);
  return Syms{broadcast_to(x, shape)};
}

AffineMap BroadcastToOp::viewMap() {
  auto from = shapeOf(getX());
  SmallVector<AffineExpr> map;
  for (size_t k = 0; k < from.size(); ++k) {
    size_t to = getShape().size() - from.size() + k;
    map.push_back(from[k] == 1 ? getAffineConstantExpr(0, getContext()) : getAffineDimExpr(to, getContext()));
  }
  return AffineMap::get(getShape().size(), 0, map, getContext());
}

FailureOr<SmallVector<Value>> BroadcastToOp::lower(Lowering &lowering, ValueRange operands) {
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), viewMap())};
}

HostTensors BroadcastToOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  auto from = in[0].shape();
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.take_back(from.size()));
    for (size_t k = 0; k < from.size(); ++k)
      if (from[k] == 1) source[k] = 0;
    out.copy(at++, in[0], positionOf(from, source));
  });
  return {out};
}

// ---- reshape ----
FailureOr<RankedTensorType> ReshapeOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  SmallVector<int64_t> shape(adaptor.getShape());
  int64_t count = countOf(shapeOf(adaptor.getX())), known = 1, open = -1;
  for (auto [k, extent] : llvm::enumerate(shape)) {
    if (extent == -1) {
      if (open >= 0) return emitOptionalError(loc, "reshape: only one extent may be -1");
      open = k;
    } else if (extent < 0 || (extent > 0 && known > maxElements / extent)) {
      return emitOptionalError(loc, "reshape: ", extent, " is not an extent ", textOf(adaptor.getX()),
                               " can have");
    } else {
      known *= extent;
    }
  }
  if (open >= 0 && known > 0 && count % known == 0) {
    shape[open] = count / known;
    known = count;
  }
  if (known != count || (open >= 0 && shape[open] < 0))
    return emitOptionalError(
        loc, "reshape: ", textOf(adaptor.getX()), " has ", count, " elements, the extents [",
        llvm::join(llvm::map_range(adaptor.getShape(), [](int64_t e) { return std::to_string(e); }), ", "),
        "] ", open >= 0 ? "do not divide them" : "hold " + std::to_string(known));
  return checkedTensor(loc, shape, elementOf(adaptor.getX()));
}

Sym ReshapeOp::adjoint(unsigned, Ink &, Sym ct) { return reshape(ct, shapeOf(getX())); }

FailureOr<Syms> ReshapeOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t extent) {
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, tensorOf(getType()).getShape());
  return Syms{reshape(operands[0], shape)};
}

static SmallVector<std::pair<int64_t, int64_t>> withoutOnes(ArrayRef<int64_t> shape) {
  SmallVector<std::pair<int64_t, int64_t>> out; // axis, extent
  for (auto [axis, extent] : llvm::enumerate(shape))
    if (extent != 1) out.emplace_back(axis, extent);
  return out;
}

// Only where extents of 1 come and go: taking positions apart costs divisions, and between kernels a reshape
// is free.
AffineMap ReshapeOp::viewMap() {
  auto from = withoutOnes(shapeOf(getX())), to = withoutOnes(tensorOf(getType()).getShape());
  if (!llvm::equal(llvm::make_second_range(from), llvm::make_second_range(to))) return {};
  SmallVector<AffineExpr> map(shapeOf(getX()).size(), getAffineConstantExpr(0, getContext()));
  for (auto [source, target] : llvm::zip(from, to))
    map[source.first] = getAffineDimExpr(target.first, getContext());
  return AffineMap::get(tensorOf(getType()).getRank(), 0, map, getContext());
}

// The row-major position of the result's index, taken apart by the operand's extents. Axes that only add or
// drop extents of 1, and equal runs of axes, stay plain dimensions.
static AffineMap reshapeMap(ArrayRef<int64_t> from, ArrayRef<int64_t> to, MLIRContext *context) {
  SmallVector<AffineExpr> map(from.size(), getAffineConstantExpr(0, context));
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    if (i < from.size() && from[i] == 1) {
      ++i;
      continue;
    }
    if (j < to.size() && to[j] == 1) {
      ++j;
      continue;
    }
    if (i >= from.size() || j >= to.size()) break; // only in empty tensors
    size_t firstFrom = i, firstTo = j;
    int64_t a = from[i++], b = to[j++];
    while (a != b && (a < b ? i < from.size() : j < to.size())) {
      if (a < b)
        a *= from[i++];
      else
        b *= to[j++];
    }
    AffineExpr position = getAffineConstantExpr(0, context);
    for (size_t k = firstTo; k < j; ++k)
      position = position * to[k] + getAffineDimExpr(k, context);
    for (size_t k = i; k-- > firstFrom;) {
      map[k] = k == firstFrom ? position : position % from[k];
      position = position.floorDiv(from[k]);
    }
  }
  return AffineMap::get(to.size(), 0, map, context);
}

FailureOr<SmallVector<Value>> ReshapeOp::lower(Lowering &lowering, ValueRange operands) {
  auto from = shapeOf(getX()), to = tensorOf(getType()).getShape();
  AffineMap map =
      countOf(from) == 0
          ? AffineMap::get(to.size(), 0,
                           SmallVector<AffineExpr>(from.size(), lowering.builder.getAffineConstantExpr(0)),
                           getContext())
          : reshapeMap(from, to, getContext());
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), map)};
}

HostTensors ReshapeOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.copy(at, in[0], at);
  return {out};
}

// ---- permute_dims ----
FailureOr<RankedTensorType> PermuteDimsOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto from = shapeOf(adaptor.getX());
  SmallVector<int64_t> shape;
  SmallVector<bool> seen(from.size(), false);
  for (int64_t axis : adaptor.getAxes()) {
    if (axis < 0 || axis >= static_cast<int64_t>(from.size()) || seen[axis]) break;
    seen[axis] = true;
    shape.push_back(from[axis]);
  }
  if (shape.size() != from.size() || adaptor.getAxes().size() != from.size())
    return emitOptionalError(loc, "permute_dims: the axes are not a permutation of those of ",
                             textOf(adaptor.getX()));
  return RankedTensorType::get(shape, elementOf(adaptor.getX()));
}

static SmallVector<int64_t> inverse(ArrayRef<int64_t> axes) {
  SmallVector<int64_t> out(axes.size());
  for (auto [k, axis] : llvm::enumerate(axes))
    out[axis] = k;
  return out;
}

Sym PermuteDimsOp::adjoint(unsigned, Ink &, Sym ct) { return permute_dims(ct, inverse(getAxes())); }

FailureOr<Syms> PermuteDimsOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  SmallVector<int64_t> axes = {0};
  for (int64_t axis : getAxes())
    axes.push_back(axis + 1);
  return Syms{permute_dims(operands[0], axes)};
}

AffineMap PermuteDimsOp::viewMap() {
  SmallVector<AffineExpr> map;
  for (int64_t k : inverse(getAxes()))
    map.push_back(getAffineDimExpr(k, getContext()));
  return AffineMap::get(map.size(), 0, map, getContext());
}

FailureOr<SmallVector<Value>> PermuteDimsOp::lower(Lowering &lowering, ValueRange operands) {
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), viewMap())};
}

HostTensors PermuteDimsOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> source(index.size());
    for (auto [k, axis] : llvm::enumerate(getAxes()))
      source[axis] = index[k];
    out.copy(at++, in[0], positionOf(in[0].shape(), source));
  });
  return {out};
}

} // namespace tgc::graph
