// Formulas of results with a stated maximum: running counts of what is selected, and a search in them for
// each place of the result.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

namespace {
/// Where the first `size` selected elements of a flat mask stand (0 behind the last one), whether there is
/// one, and how many there are in all.
struct Selected {
  Sym places, exists, total, after; ///< after: one element more to the right, or the end of the mask
};
} // namespace

static bool isSize(Ink &ink, llvm::StringRef name, int64_t size) {
  if (size >= 0 && size <= maxElements) return true;
  if (size < 0)
    refuse(ink, name + ": size is " + Twine(size) + ", which is no number of elements");
  else
    refuse(ink, "limit: " + name + ": size is " + Twine(size) + ", which is more than 2^48 elements");
  return false;
}

static Sym flat(Sym x) { return reshape(x, {countOf(x.shape())}); }

static Selected selected(Ink &ink, Sym mask, int64_t size) {
  Type i64 = ink.builder.getI64Type();
  Sym total = sum(mask, Ints{0});
  Sym wanted = graph::iota(ink, {size}, 0, i64) + 1, exists = wanted <= total;
  Sym counts = cumulative_sum(mask, 0);
  Sym places = where(exists, searchsorted(counts, wanted), 0);
  return {places, exists, total, searchsorted(counts, wanted + 1)};
}

static Sym chosen(Ink &ink, Sym x, const Selected &places, Attribute fill) {
  Sym empty = formulas::full(ink, places.places.shape(), fill, x.element());
  if (!empty || x.extent(0) == 0) return empty;
  return where(places.exists, graph::take(x, places.places, 0), empty);
}

Syms nonzero(Ink &ink, Sym x, int64_t size, int64_t fill) {
  if (x.rank() == 0) return refuse(ink, "nonzero: " + textOf(x.value()) + " has no axis to count along");
  if (!isSize(ink, "nonzero", size)) return {};
  Selected places = selected(ink, flat(kindOf(x.element()) == 'b' ? x : x != 0), size);
  Syms out;
  int64_t stride = countOf(x.shape());
  for (int64_t extent : x.shape()) {
    stride = extent ? stride / extent : 1;
    Sym index = places.places;
    if (stride > 1) index = callOne(ink, "floor_divide", {index, stride});
    if (extent > 0) index = callOne(ink, "remainder", {index, extent});
    Sym other = formulas::full(ink, {size}, ink.builder.getI64IntegerAttr(fill), index.element());
    out.push_back(where(places.exists, index, other));
  }
  out.push_back(places.total);
  return out;
}

Syms maskedSelect(Ink &ink, Sym x, Sym mask, int64_t size, Attribute fill) {
  if (!isSize(ink, "masked_select", size)) return {};
  auto shape = broadcastShape(ink, "masked_select", {x, mask});
  if (failed(shape)) return {};
  auto spread = [&](Sym one) {
    return flat(one.shape() == ArrayRef<int64_t>(*shape) ? one : broadcast_to(one, *shape));
  };
  Selected places = selected(ink, spread(mask), size);
  return {chosen(ink, spread(x), places, fill), places.total};
}

// Which elements of a sorted vector differ from the one in front.
static Sym firsts(Ink &ink, Sym sorted) {
  int64_t n = sorted.extent(0);
  Sym first = ink.full({std::min<int64_t>(n, 1)}, ink.builder.getI1Type(), 1);
  return n < 2 ? first : concat({first, part(sorted, 0, 1, n) != part(sorted, 0, 0, n - 1)}, 0);
}

Syms unique(Ink &ink, Sym x, int64_t size, Attribute fill) {
  if (!isSize(ink, "unique", size)) return {};
  Sym sorted = graph::sort(flat(x), 0);
  Selected places = selected(ink, firsts(ink, sorted), size);
  return {chosen(ink, sorted, places, fill), places.total};
}

Syms uniqueCounts(Ink &ink, Sym x, int64_t size, Attribute fill) {
  if (!isSize(ink, "unique_counts", size)) return {};
  Sym sorted = graph::sort(flat(x), 0);
  Selected places = selected(ink, firsts(ink, sorted), size);
  Sym counts = where(places.exists, places.after - places.places, 0);
  return {chosen(ink, sorted, places, fill), counts, places.total};
}

Syms uniqueInverse(Ink &ink, Sym x, int64_t size, Attribute fill) {
  if (!isSize(ink, "unique_inverse", size)) return {};
  Sym row = flat(x), order = argsort(row, 0);
  Sym sorted = x.rank() && countOf(x.shape()) == 0 ? row : graph::take(row, order, 0);
  Sym first = firsts(ink, sorted);
  Selected places = selected(ink, first, size);
  Sym group = cumulative_sum(first, 0) - 1, none = ink.full(group.shape(), group.element(), 0);
  Sym inverse = countOf(x.shape()) == 0 ? none : scatter(none, {order}, group, {0}, 0, 0, "set", "clamp");
  return {chosen(ink, sorted, places, fill), reshape(inverse, x.shape()), places.total};
}

} // namespace tgc::graph::formulas
