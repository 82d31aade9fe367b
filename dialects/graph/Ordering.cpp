// Formulas of order: sorting is reading along the axis at the places argsort gives, so that derivatives
// follow.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace tgc::graph::formulas {

Sym sort(Ink &, Sym x, int64_t axis, bool descending) {
  Sym order = argsort(x, axis, descending);
  return take_along_axis(x, order, axis);
}

Syms topk(Ink &ink, Sym x, int64_t count, int64_t axis, bool largest) {
  if (count < 0 || count > x.extent(axis))
    return refuse(ink, "topk: k is " + Twine(count) + ", but axis " + Twine(axis) + " of " +
                           textOf(x.value()) + " has " + Twine(x.extent(axis)) + " elements");
  Sym order = top_places(x, count, axis, largest);
  return {take_along_axis(x, order, axis), order};
}

namespace {
/// Where between the sorted elements of a row a quantile lies: neighbours, and the weight of the second.
struct Between {
  Sym low, high, weight;
};
} // namespace

static Sym named(Ink &ink, llvm::StringRef name, Sym x) { return x ? callOne(ink, name, {x}) : Sym(); }
static Sym within(Ink &ink, Sym x, double low, double high) {
  return callOne(ink, "minimum", {callOne(ink, "maximum", {x, low}), high});
}

// Hyndman and Fan's methods with an index between elements: n q + (alpha + q (1 - alpha - beta)) - 1.
static std::optional<std::pair<double, double>> alphaBeta(llvm::StringRef method) {
  using Pair = std::optional<std::pair<double, double>>;
  return llvm::StringSwitch<Pair>(method)
      .Case("interpolated_inverted_cdf", std::pair(0.0, 1.0))
      .Case("hazen", std::pair(0.5, 0.5))
      .Case("weibull", std::pair(0.0, 0.0))
      .Case("median_unbiased", std::pair(1 / 3.0, 1 / 3.0))
      .Case("normal_unbiased", std::pair(3 / 8.0, 3 / 8.0))
      .Default(std::nullopt);
}

static Between interpolated(Ink &ink, Sym index, double n) {
  Sym held = within(ink, index, 0, n - 1), low = named(ink, "floor", held);
  return {low, where(index < 0, low, within(ink, low + 1, 0, n - 1)), held - low};
}

static Between exactly(Ink &ink, Sym index, double n) {
  Sym held = within(ink, index, 0, n - 1);
  return {held, held, 0};
}

// The element at a whole index (or, `even`, at one that rounds to an even number of elements), else the next
// one.
static Between stepped(Ink &ink, Sym index, double n, bool even) {
  Sym low = named(ink, "floor", index), stays = index == low;
  if (even) stays = stays & (callOne(ink, "remainder", {low, 2}) == 1);
  return exactly(ink, where(stays, low, low + 1), n);
}

static std::optional<Between> betweenBy(Ink &ink, llvm::StringRef method, Sym q, double n) {
  Sym plain = q * (n - 1);
  if (method == "linear") return interpolated(ink, plain, n);
  for (auto [own, rounding] : {std::pair("lower", "floor"), {"higher", "ceil"}, {"nearest", "round"}})
    if (method == own) return exactly(ink, named(ink, rounding, plain), n);
  if (method == "midpoint")
    return interpolated(ink, (named(ink, "floor", plain) + named(ink, "ceil", plain)) * 0.5, n);
  if (method == "inverted_cdf") return stepped(ink, q * n - 1, n, false);
  if (method == "closest_observation") return stepped(ink, q * n - 1.5, n, true);
  if (method == "averaged_inverted_cdf") {
    Between between = interpolated(ink, q * n - 1, n);
    between.weight = where(between.weight == 0, 0.5, ink.full(q.shape(), q.element(), 1));
    return between;
  }
  if (auto pair = alphaBeta(method))
    return interpolated(ink, q * n + (q * (1 - pair->first - pair->second) + pair->first) - 1, n);
  refuse(ink, "quantile: there is no method \"" + method + "\"");
  return std::nullopt;
}

// The rows that are reduced, sorted, along one last axis.
static Sym sortedRows(Sym x, Ints axes) {
  SmallVector<int64_t> order, shape;
  int64_t count = 1;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (!llvm::is_contained(axes, axis)) order.push_back(axis), shape.push_back(x.extent(axis));
  for (int64_t axis : axes)
    order.push_back(axis), count *= x.extent(axis);
  shape.push_back(count);
  return graph::sort(reshape(permute_dims(x, Ints(order)), shape), static_cast<int64_t>(shape.size()) - 1);
}

Sym quantile(Ink &ink, Sym x, Sym q, Ints axes, llvm::StringRef method, bool keepdims) {
  if (kindOf(q.element()) != 'f')
    return refuse(ink, "quantile: q has to be floating-point, got " + textOf(q.value()));
  SmallVector<int64_t> shape(q.shape());
  llvm::append_range(shape, reducedShape(x.shape(), axes, keepdims));
  int64_t count = 1;
  for (int64_t axis : axes)
    count *= x.extent(axis);
  if (countOf(shape) == 0) return ink.full(shape, x.element(), 0);
  if (count == 0) return refuse(ink, "quantile: " + textOf(x.value()) + " has no elements along the axes");
  Type i64 = ink.builder.getI64Type();
  Sym flat = astype(reshape(q, {countOf(q.shape())}), ink.builder.getF64Type());
  auto between = betweenBy(ink, method, flat, static_cast<double>(count));
  if (!between) return {};
  Sym rows = widened(sortedRows(x, axes));
  int64_t last = rows.rank() - 1;
  Sym low = take(rows, astype(between->low, i64), last), high = take(rows, astype(between->high, i64), last);
  Sym weight = between->weight.isLiteral() ? between->weight : astype(between->weight, rows.element());
  Sym between2 = high - low;
  Sym blend = weight.isLiteral()
                  ? low
                  : where(weight >= 0.5, high - between2 * (1 - weight), low + between2 * weight);
  Sym value = where(low == high, low, blend);
  // An infinite neighbour has no part in what lies on an element.
  if (!weight.isLiteral()) value = where(weight == 0, low, where(weight == 1, high, value));
  value = where(flat == flat, value, std::nan(""));
  Sym greatest = part(rows, last, count - 1, count); // NaN is last
  value = where(greatest != greatest, greatest, value);
  return like(x, reshape(movedAxis(value, last, 0), shape));
}

Sym median(Ink &ink, Sym x, Ints axes, bool keepdims) {
  return formulas::quantile(ink, x, ink.full({}, ink.builder.getF64Type(), 0.5), axes, "linear", keepdims);
}

} // namespace tgc::graph::formulas
