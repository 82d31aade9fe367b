#include "dialects/graph/Places.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace tgc::graph {

HostPlace placeOf(const HostTensor &indices, int64_t at, int64_t extent, Outside outside) {
  if (indices.kind() == 'u') {
    auto index = indices.get<uint64_t>(at), count = static_cast<uint64_t>(extent);
    if (outside == Outside::Wrap) return {static_cast<int64_t>(index % count), true};
    return {static_cast<int64_t>(std::min(index, count - 1)), outside == Outside::Clamp || index < count};
  }
  auto index = indices.get<int64_t>(at);
  if (outside == Outside::Wrap) return {(index % extent + extent) % extent, true};
  if (index < 0) index += extent;
  int64_t nearest = std::clamp<int64_t>(index, 0, extent - 1);
  return {nearest, outside == Outside::Clamp || nearest == index};
}

ScalarPlace placeOf(Scalar index, int64_t extent, Outside outside) {
  ScalarInk &ink = index.ink();
  Scalar at = convert(index, ink.builder.getI64Type(), index.kind());
  auto number = [&](int64_t value) {
    return ink.make(arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getI64IntegerAttr(value)),
                    at.kind());
  };
  ScalarPlace place;
  Scalar last = number(extent - 1);
  if (outside == Outside::Wrap) {
    at = remainder(at, number(extent));
  } else if (at.kind() == 'u') {
    if (outside == Outside::Fill) place.inside = at <= last;
    at = minimum(at, last);
  } else {
    Scalar zero = number(0);
    at = select(at < zero, at + number(extent), at);
    if (outside == Outside::Fill) place.inside = (at >= zero) & (at <= last);
    at = minimum(maximum(at, zero), last);
  }
  place.at = ink.op<arith::IndexCastOp>('i', ink.builder.getIndexType(), at.value());
  return place;
}

SmallVector<int64_t> Layout::window() const {
  SmallVector<int64_t> out(ArrayRef(index).take_front(batch));
  for (int64_t k = 0; k < place; ++k)
    out.push_back(x[rest[k]]);
  llvm::append_range(out, ArrayRef(index).drop_front(batch));
  for (size_t k = place; k < rest.size(); ++k)
    out.push_back(x[rest[k]]);
  return out;
}

int64_t Layout::indexPosition(ArrayRef<int64_t> at) const {
  SmallVector<int64_t> own(at.take_front(batch));
  llvm::append_range(own, at.slice(batch + place, indexRank()));
  return positionOf(index, own);
}

int64_t Layout::position(ArrayRef<int64_t> at, ArrayRef<int64_t> places) const {
  SmallVector<int64_t> own(at.take_front(batch));
  own.resize(x.size());
  for (auto [axis, where] : llvm::zip(axes, places))
    own[axis] = where;
  for (auto [k, axis] : llvm::enumerate(rest))
    own[axis] = at[restAxis(k)];
  return positionOf(x, own);
}

// Everything about the index tensors by themselves and beside the batch axes of x.
static LogicalResult checkIndices(std::optional<Location> loc, llvm::StringRef name, Value x,
                                  ValueRange indices, int64_t batch) {
  if (indices.empty()) return emitOptionalError(loc, name, ": the list of index tensors is empty");
  for (Value other : indices.drop_front())
    if (shapeOf(other) != shapeOf(indices[0]))
      return emitOptionalError(loc, name, ": the index tensors ", textOf(indices[0]), " and ", textOf(other),
                               " differ in extents");
  auto from = shapeOf(x), own = shapeOf(indices[0]);
  if (batch < 0 || batch > static_cast<int64_t>(std::min(from.size(), own.size())) ||
      from.take_front(batch) != own.take_front(batch))
    return emitOptionalError(loc, name, ": the first ", batch, " axes of ", textOf(x), " and of ",
                             textOf(indices[0]), " are not the same");
  return success();
}

FailureOr<Layout> layoutOf(std::optional<Location> loc, llvm::StringRef name, Value x, ValueRange indices,
                           ArrayRef<int64_t> axes, int64_t batch, int64_t place, llvm::StringRef mode) {
  if (failed(checkIndices(loc, name, x, indices, batch))) return failure();
  Layout layout;
  layout.x = SmallVector<int64_t>(shapeOf(x)), layout.index = SmallVector<int64_t>(shapeOf(indices[0]));
  layout.batch = batch, layout.place = place;
  if (axes.size() != indices.size())
    return emitOptionalError(loc, name, ": ", axes.size(), " axes for ", indices.size(), " index tensors");
  auto rank = static_cast<int64_t>(layout.x.size());
  for (int64_t axis : axes) {
    if (axis < batch || axis >= rank || llvm::is_contained(layout.axes, axis))
      return emitOptionalError(loc, name, ": axis ", axis, " is out of range or given twice for ", textOf(x),
                               ", whose first ", batch, " axes go along with the indices");
    layout.axes.push_back(axis);
  }
  for (int64_t axis = batch; axis < rank; ++axis)
    if (!llvm::is_contained(axes, axis)) layout.rest.push_back(axis);
  if (place < 0 || place > static_cast<int64_t>(layout.rest.size()))
    return emitOptionalError(loc, name, ": place is ", place, ", but ", layout.rest.size(),
                             " axes are not indexed");
  auto outside = llvm::StringSwitch<std::optional<Outside>>(mode)
                     .Case("clamp", Outside::Clamp)
                     .Case("fill", Outside::Fill)
                     .Case("wrap", Outside::Wrap)
                     .Default(std::nullopt);
  if (!outside)
    return emitOptionalError(loc, name, ": mode is \"clamp\", \"fill\" or \"wrap\", got \"", mode, "\"");
  layout.outside = *outside;
  for (auto [axis, indexTensor] : llvm::zip(axes, indices))
    if (layout.x[axis] == 0 && countOf(layout.window()) > 0 && layout.outside != Outside::Fill)
      return emitOptionalError(loc, name, ": axis ", axis, " of ", textOf(x),
                               " has no element, but there are indices: ", textOf(indexTensor));
  return layout;
}

} // namespace tgc::graph
