// Formulas that only move elements.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph {

std::optional<SmallVector<int64_t>> cutPositions(Attribute cuts, int64_t extent) {
  SmallVector<int64_t> out = {0};
  if (auto parts = dyn_cast<IntegerAttr>(cuts)) {
    int64_t count = parts.getInt();
    if (count < 1 || extent % count || count > maxElements) return std::nullopt;
    for (int64_t k = 1; k < count; ++k)
      out.push_back(k * (extent / count));
  } else {
    for (int64_t cut : cast<DenseI64ArrayAttr>(cuts).asArrayRef())
      out.push_back(std::clamp<int64_t>(cut < 0 ? cut + extent : cut, 0, extent));
  }
  out.push_back(extent);
  return out;
}

std::optional<SmallVector<int64_t>> padWidths(ArrayRef<int64_t> widths, int64_t rank) {
  SmallVector<int64_t> out;
  for (int64_t axis = 0; axis < rank; ++axis)
    for (int64_t side : {0, 1})
      if (static_cast<int64_t>(widths.size()) == 2 * rank)
        out.push_back(widths[2 * axis + side]);
      else if (widths.size() == 1 || widths.size() == 2)
        out.push_back(widths[widths.size() == 1 ? 0 : side]);
      else
        return std::nullopt;
  for (int64_t width : out)
    if (width < 0 || width > maxElements) return std::nullopt;
  return out;
}

namespace formulas {

Sym swapaxes(Sym x, int64_t first, int64_t second) {
  SmallVector<int64_t> axes = allAxes(x.rank());
  std::swap(axes[first], axes[second]);
  return permute_dims(x, Ints(axes));
}

Sym moveaxis(Ink &ink, Sym x, Ints source, Ints destination) {
  if (source.size() != destination.size())
    return refuse(ink, "moveaxis: " + Twine(source.size()) + " sources and " + Twine(destination.size()) +
                           " destinations");
  SmallVector<int64_t> axes(x.rank(), -1);
  for (auto [from, to] : llvm::zip(source, destination)) {
    if (axes[to] >= 0 || llvm::is_contained(axes, from))
      return refuse(ink, "moveaxis: an axis is given twice");
    axes[to] = from;
  }
  int64_t next = 0;
  for (int64_t &axis : axes) {
    if (axis >= 0) continue;
    while (llvm::is_contained(source, next))
      ++next;
    axis = next++;
  }
  return permute_dims(x, Ints(axes));
}

Sym expandDims(Ink &ink, Sym x, Ints places) {
  int64_t rank = x.rank() + static_cast<int64_t>(places.size());
  SmallVector<int64_t> shape(rank, -1);
  for (int64_t place : places) {
    auto axis = axisOf(ink, "expand_dims", place, rank);
    if (!axis) return {};
    if (shape[*axis] == 1) return refuse(ink, "expand_dims: axis " + Twine(place) + " is given twice");
    shape[*axis] = 1;
  }
  auto own = x.shape().begin();
  for (int64_t &extent : shape)
    if (extent < 0) extent = *own++;
  return reshape(x, shape);
}

Sym squeeze(Ink &ink, Sym x, OptionalInts places) {
  SmallVector<int64_t> shape;
  for (int64_t place : places.value_or(Ints()))
    if (x.extent(place) != 1)
      return refuse(ink, "squeeze: axis " + Twine(place) + " of " + textOf(x.value()) + " has extent " +
                             Twine(x.extent(place)) + ", not 1");
  for (auto [axis, extent] : llvm::enumerate(x.shape()))
    if (places ? !llvm::is_contained(*places, static_cast<int64_t>(axis)) : extent != 1)
      shape.push_back(extent);
  return reshape(x, shape);
}

static bool countable(Ink &ink, llvm::StringRef name, int64_t times, Sym x) {
  int64_t count = 1; // a 0 hides nothing: each extent stays a number
  for (int64_t extent : x.shape())
    count *= std::max<int64_t>(extent, 1);
  if (times >= 0 && times <= maxElements / count) return true;
  const std::string words = textOf(x.value());
  if (times < 0)
    refuse(ink, name + ": " + words + " cannot be repeated " + Twine(times) + " times");
  else
    refuse(ink, "limit: " + name + ": " + words + " repeated " + Twine(times) +
                    " times has more than 2^48 elements");
  return false;
}

Sym tile(Ink &ink, Sym x, Ints times) {
  x = padRank(x, static_cast<int64_t>(times.size()));
  auto first = x.rank() - static_cast<int64_t>(times.size());
  for (auto [k, count] : llvm::enumerate(times)) {
    if (!countable(ink, "tile", count, x)) return {};
    x = tileAxis(x, first + static_cast<int64_t>(k), count);
    if (!x) return {};
  }
  return x;
}

Sym repeat(Ink &ink, Sym x, int64_t times, OptionalInts place) {
  if (!countable(ink, "repeat", times, x)) return {};
  if (place && place->size() != 1) return refuse(ink, "repeat takes one axis, got " + Twine(place->size()));
  return place ? repeatAxis(x, place->front(), times)
               : repeatAxis(reshape(x, {countOf(x.shape())}), 0, times);
}

Sym stack(Ink &ink, const Syms &tensors, int64_t place) {
  if (tensors.empty()) return refuse(ink, "stack: the list of tensors is empty");
  auto axis = axisOf(ink, "stack", place, tensors[0].rank() + 1);
  if (!axis) return {};
  Syms wide;
  for (auto [k, tensor] : llvm::enumerate(tensors)) {
    if (tensor.shape() != tensors[0].shape())
      return refuse(ink, "stack: tensor 0 (" + textOf(tensors[0].value()) + ") and tensor " + Twine(k) +
                             " (" + textOf(tensor.value()) + ") differ in shape");
    wide.push_back(expandDims(ink, tensor, {*axis}));
  }
  return concat(wide, *axis);
}

Syms split(Ink &ink, Sym x, Attribute cuts, int64_t axis) {
  auto at = cutPositions(cuts, x.extent(axis));
  if (!at)
    return refuse(ink, "split: axis " + Twine(axis) + " of " + textOf(x.value()) + " has no " +
                           Twine(cast<IntegerAttr>(cuts).getInt()) + " equal parts");
  Syms out;
  for (size_t k = 0; k + 1 < at->size(); ++k)
    out.push_back(part(x, axis, (*at)[k], std::max((*at)[k], (*at)[k + 1])));
  return out;
}

Syms unstack(Ink &ink, Sym x, int64_t axis) {
  if (x.extent(axis) == 0)
    return refuse(ink, "unstack: axis " + Twine(axis) + " of " + textOf(x.value()) + " has no element");
  SmallVector<int64_t> shape(x.shape());
  shape.erase(shape.begin() + axis);
  Syms out;
  for (int64_t k = 0; k < x.extent(axis); ++k)
    out.push_back(reshape(part(x, axis, k, k + 1), shape));
  return out;
}

static Sym rollAxis(Sym x, int64_t axis, int64_t shift) {
  int64_t n = x.extent(axis);
  if (n == 0 || shift % n == 0) return x;
  int64_t first = (n - shift % n) % n;
  return concat({part(x, axis, first, n), part(x, axis, 0, first)}, axis);
}

Sym roll(Ink &ink, Sym x, Ints shift, OptionalInts places) {
  if (shift.empty() || (shift.size() != 1 && shift.size() != places.value_or(Ints()).size()))
    return refuse(ink, "roll: " + Twine(shift.size()) + " shifts for " +
                           Twine(places.value_or(Ints()).size()) + " axes");
  if (!places) return reshape(rollAxis(reshape(x, {countOf(x.shape())}), 0, shift[0]), x.shape());
  for (auto [k, axis] : llvm::enumerate(*places))
    x = rollAxis(x, axis, shift[shift.size() == 1 ? 0 : k]);
  return x;
}

// ---- pad ----
static Sym padConstant(Ink &ink, Sym x, Ints widths, Attribute fill) {
  SmallVector<int64_t> low, high, interior(x.rank(), 0);
  for (int64_t axis = 0; axis < x.rank(); ++axis) {
    low.push_back(widths[2 * axis]);
    high.push_back(widths[2 * axis + 1]);
  }
  Sym zeros = pad_zero(x, low, high, interior);
  if (!zeros || realOf(fill) == 0) return zeros;
  Sym inside = pad_zero(ink.full(x.shape(), ink.builder.getI1Type(), 1), low, high, interior);
  Sym number = full(ink, {}, fill, x.element());
  return number ? where(inside, zeros, number) : Sym();
}

static Sym padEdge(Sym x, int64_t axis, int64_t before, int64_t after) {
  int64_t n = x.extent(axis);
  Syms parts;
  if (before) parts.push_back(repeatAxis(part(x, axis, 0, 1), axis, before));
  parts.push_back(x);
  if (after) parts.push_back(repeatAxis(part(x, axis, n - 1, n), axis, after));
  return parts.size() == 1 ? x : concat(parts, axis);
}

// A round adds at most n - 1 mirrored elements on each side; NumPy goes on with what it has then.
static Sym padReflect(Sym x, int64_t axis, int64_t before, int64_t after) {
  int64_t own = x.extent(axis);
  if (own == 1) return padEdge(x, axis, before, after);
  while (before || after) {
    int64_t n = x.extent(axis), head = std::min(before, n - 1), tail = std::min(after, n - 1);
    Syms parts;
    if (head) parts.push_back(flip(part(x, axis, 1, head + 1), Ints{axis}));
    parts.push_back(x);
    if (tail) parts.push_back(flip(part(x, axis, n - 1 - tail, n - 1), Ints{axis}));
    x = concat(parts, axis);
    before -= head;
    after -= tail;
    if (!x) return x;
  }
  return x;
}

Sym pad(Ink &ink, Sym x, Ints widths, llvm::StringRef mode, Attribute fill) {
  auto all = padWidths(widths, x.rank());
  if (!all)
    return refuse(ink, "pad: pad_width has to be a pair of numbers from 0 on for each axis of " +
                           textOf(x.value()) + ", or one pair, or one number");
  if (mode == "constant") return padConstant(ink, x, *all, fill);
  if (mode != "edge" && mode != "reflect")
    return refuse(ink, "pad: mode is constant, edge or reflect, not \"" + mode + "\"");
  for (int64_t axis = 0; x && axis < static_cast<int64_t>(all->size() / 2); ++axis) {
    int64_t before = (*all)[2 * axis], after = (*all)[2 * axis + 1];
    if (!before && !after) continue;
    if (x.extent(axis) == 0)
      return refuse(ink,
                    "pad: axis " + Twine(axis) + " of " + textOf(x.value()) + " has no element to repeat");
    x = mode == "edge" ? padEdge(x, axis, before, after) : padReflect(x, axis, before, after);
  }
  return x;
}

Sym triangle(Ink &ink, Sym x, int64_t offset, bool lower) {
  if (x.rank() < 2)
    return refuse(ink, Twine(lower ? "tril" : "triu") + " takes matrices, got " + textOf(x.value()));
  auto shape = x.shape().take_back(2);
  Sym row = graph::iota(ink, shape, 0) + static_cast<double>(offset), column = graph::iota(ink, shape, 1);
  return where(lower ? column <= row : row <= column, x, ink.zero(x.type()));
}

} // namespace formulas
} // namespace tgc::graph
