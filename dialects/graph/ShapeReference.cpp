// References that move elements, and of tensors made from numbers.
#include "dialects/graph/Composite.h"
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph::reference {

/// The same elements in row-major order under another shape.
static HostTensor reshaped(const HostTensor &x, Ints shape) {
  HostTensor out = blank(shape, x.element());
  for (int64_t at = 0; at < x.count(); ++at)
    out.copy(at, x, at);
  return out;
}

HostTensor flatten(const HostTensor &x) { return reshaped(x, {x.count()}); }

HostTensor swapaxes(const HostTensor &x, int64_t first, int64_t second) {
  Numbers shape(x.shape());
  std::swap(shape[first], shape[second]);
  return gathered(x, shape, [&](Ints index) {
    Numbers source(index);
    std::swap(source[first], source[second]);
    return source;
  });
}

HostTensor moveaxis(const HostTensor &x, Ints source, Ints destination) {
  // Remove the sources, then insert each at its destination in ascending order, as NumPy does.
  std::vector<std::pair<int64_t, int64_t>> moves;
  Numbers order;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(source, axis)) order.push_back(axis);
  for (auto [from, to] : llvm::zip(source, destination))
    moves.emplace_back(to, from);
  llvm::sort(moves);
  for (auto [to, from] : moves)
    order.insert(order.begin() + to, from);
  Numbers shape;
  for (int64_t axis : order)
    shape.push_back(x.shape()[axis]);
  return gathered(x, shape, [&](Ints index) {
    Numbers out(index.size());
    for (auto [k, axis] : llvm::enumerate(order))
      out[axis] = index[k];
    return out;
  });
}

HostTensor expandDims(const HostTensor &x, Ints places) {
  int64_t rank = x.rank() + static_cast<int64_t>(places.size());
  Numbers sorted, shape(x.shape());
  for (int64_t place : places)
    sorted.push_back(place < 0 ? place + rank : place);
  llvm::sort(sorted);
  for (int64_t place : sorted)
    shape.insert(shape.begin() + place, 1);
  return reshaped(x, shape);
}

HostTensor squeeze(const HostTensor &x, OptionalInts places) {
  Numbers shape;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (places ? !llvm::is_contained(*places, axis) : x.shape()[axis] != 1) shape.push_back(x.shape()[axis]);
  return reshaped(x, shape);
}

HostTensor tile(const HostTensor &x, Ints times) {
  Numbers own(x.shape()), counts(times);
  while (own.size() < counts.size())
    own.insert(own.begin(), 1);
  while (counts.size() < own.size())
    counts.insert(counts.begin(), 1);
  Numbers shape;
  for (auto [extent, count] : llvm::zip(own, counts))
    shape.push_back(extent * count);
  return gathered(reshaped(x, own), shape, [&](Ints index) {
    Numbers source(index);
    for (size_t axis = 0; axis < source.size(); ++axis)
      source[axis] %= own[axis];
    return source;
  });
}

HostTensor repeat(const HostTensor &x, int64_t times, OptionalInts place) {
  if (!place) return repeat(flatten(x), times, Ints{0});
  Numbers shape(x.shape());
  shape[place->front()] *= times;
  return gathered(x, shape, [&](Ints index) {
    Numbers source(index);
    source[place->front()] /= times;
    return source;
  });
}

HostTensor stack(HostTensorsRef tensors, int64_t place) {
  Numbers shape(tensors[0].shape());
  int64_t axis = place < 0 ? place + tensors[0].rank() + 1 : place, at = 0;
  shape.insert(shape.begin() + axis, static_cast<int64_t>(tensors.size()));
  HostTensor out = blank(shape, tensors[0].element());
  forEachIndex(shape, [&](Ints index) {
    Numbers source(index);
    source.erase(source.begin() + axis);
    out.copy(at++, tensors[index[axis]], positionOf(tensors[0].shape(), source));
  });
  return out;
}

HostTensors split(const HostTensor &x, Attribute cuts, int64_t axis) {
  int64_t extent = x.shape()[axis];
  Numbers bounds;
  if (auto parts = dyn_cast<IntegerAttr>(cuts))
    for (int64_t k = 0; k <= parts.getInt(); ++k)
      bounds.push_back(extent * k / parts.getInt());
  else {
    bounds.push_back(0);
    for (int64_t cut : cast<DenseI64ArrayAttr>(cuts).asArrayRef())
      bounds.push_back(std::min(extent, std::max<int64_t>(cut < 0 ? cut + extent : cut, 0)));
    bounds.push_back(extent);
  }
  HostTensors out;
  for (size_t k = 0; k + 1 < bounds.size(); ++k) {
    Numbers shape(x.shape());
    shape[axis] = std::max<int64_t>(bounds[k + 1] - bounds[k], 0);
    out.push_back(gathered(x, shape, [&](Ints index) {
      Numbers source(index);
      source[axis] += bounds[k];
      return source;
    }));
  }
  return out;
}

HostTensors unstack(const HostTensor &x, int64_t axis) {
  HostTensors out;
  Numbers shape(x.shape());
  shape.erase(shape.begin() + axis);
  for (int64_t k = 0; k < x.shape()[axis]; ++k)
    out.push_back(gathered(x, shape, [&](Ints index) {
      Numbers source(index);
      source.insert(source.begin() + axis, k);
      return source;
    }));
  return out;
}

HostTensor roll(const HostTensor &x, Ints shift, OptionalInts places) {
  if (!places) return reshaped(roll(flatten(x), shift, Ints{0}), x.shape());
  Numbers by(x.rank(), 0);
  for (auto [k, axis] : llvm::enumerate(*places))
    by[axis] += shift[shift.size() == 1 ? 0 : k];
  return gathered(x, x.shape(), [&](Ints index) {
    Numbers source(index);
    for (int64_t axis = 0; axis < x.rank(); ++axis) {
      int64_t n = x.shape()[axis];
      source[axis] = ((index[axis] - by[axis]) % n + n) % n;
    }
    return source;
  });
}

// Where the element at `place` beside an axis of `n` comes from; -1: from nowhere.
static int64_t padSource(llvm::StringRef mode, int64_t place, int64_t n) {
  if (place >= 0 && place < n) return place;
  if (mode == "constant") return -1;
  if (mode == "edge" || n == 1) return place < 0 ? 0 : n - 1;
  int64_t period = 2 * (n - 1), turn = ((place % period) + period) % period;
  return turn < n ? turn : period - turn;
}

HostTensor pad(const HostTensor &x, Ints widths, llvm::StringRef mode, Attribute fill) {
  auto all = *padWidths(widths, x.rank());
  Numbers shape(x.shape());
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    shape[axis] += all[2 * axis] + all[2 * axis + 1];
  HostTensor out = blank(shape, x.element());
  int64_t at = 0;
  forEachIndex(shape, [&](Ints index) {
    Numbers source(index);
    bool inside = true;
    for (int64_t axis = 0; axis < x.rank(); ++axis) {
      source[axis] = padSource(mode, index[axis] - all[2 * axis], x.shape()[axis]);
      inside &= source[axis] >= 0;
    }
    if (inside)
      out.copy(at, x, positionOf(x.shape(), source));
    else if (auto integer = dyn_cast<IntegerAttr>(fill); integer && !x.isFloat())
      out.set(at, integer.getType().isInteger(1) ? int64_t(realOf(fill) != 0) : integer.getInt());
    else
      out.set(at, realOf(fill));
    ++at;
  });
  return out;
}

HostTensor triangle(const HostTensor &x, int64_t offset, bool lower) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t at = 0;
  forEachIndex(x.shape(), [&](Ints index) {
    int64_t row = index[index.size() - 2], column = index.back();
    if (lower ? column - row <= offset : column - row >= offset) out.copy(at, x, at);
    ++at;
  });
  return out;
}

HostTensor oneHot(const HostTensor &x, int64_t classes, Type element, int64_t place) {
  int64_t axis = place < 0 ? place + x.rank() + 1 : place, at = 0;
  Numbers shape(x.shape());
  shape.insert(shape.begin() + axis, classes);
  HostTensor out = blank(shape, element);
  forEachIndex(shape, [&](Ints index) {
    Numbers own(index);
    own.erase(own.begin() + axis);
    out.set(at++, int64_t(x.get<int64_t>(positionOf(x.shape(), own)) == index[axis]));
  });
  return out;
}

// ---- creation ----
HostTensor full(Ints shape, Type element, int64_t number) {
  HostTensor out = blank(shape, element);
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, number);
  return out;
}

HostTensor full(Ints shape, Attribute number, std::optional<Type> element) {
  Type f64 = Float64Type::get(number.getContext());
  Type dtype = element.value_or(isa<BoolAttr>(number) ? dtypeOf(number) : f64);
  if (kindOf(dtype) != 'f')
    return full(shape, dtype,
                isa<BoolAttr>(number) ? realOf(number) != 0 : cast<IntegerAttr>(number).getInt());
  HostTensor out = blank(shape, dtype);
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, realOf(number));
  return out;
}

HostTensor eye(int64_t rows, std::optional<int64_t> columns, int64_t offset, Type element) {
  int64_t width = columns.value_or(rows);
  HostTensor out = blank({rows, width}, element);
  for (int64_t row = 0; row < rows; ++row)
    if (row + offset >= 0 && row + offset < width) out.set(row * width + row + offset, int64_t(1));
  return out;
}

HostTensor arange(Attribute first, std::optional<Attribute> last, Attribute step,
                  std::optional<Type> element) {
  bool whole = isa<IntegerAttr>(first) && isa<IntegerAttr>(step) && (!last || isa<IntegerAttr>(*last));
  double start = last ? realOf(first) : 0, stop = realOf(last ? *last : first), stride = realOf(step);
  Type alone =
      whole ? Type(IntegerType::get(first.getContext(), 64)) : Type(Float64Type::get(first.getContext()));
  int64_t count = *rangeLength(start, stop, stride);
  HostTensor out = blank({count}, element.value_or(alone));
  for (int64_t k = 0; k < count; ++k)
    if (whole)
      out.set(k, static_cast<int64_t>(start) + k * static_cast<int64_t>(stride));
    else
      out.set(k, start + static_cast<double>(k) * stride);
  return out;
}

HostTensor linspace(double first, double last, int64_t count, bool endpoint, Type element) {
  HostTensor out = blank({count}, element);
  double steps = static_cast<double>(endpoint ? count - 1 : count);
  for (int64_t k = 0; k < count; ++k)
    out.set(k, k == 0                       ? first
               : endpoint && k == count - 1 ? last
                                            : first + static_cast<double>(k) * ((last - first) / steps));
  return out;
}

} // namespace tgc::graph::reference
