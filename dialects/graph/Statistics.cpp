// Formulas along axes: statistics, norms, the softmax family, attention.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

static int64_t countAlong(Sym x, Ints axes) {
  int64_t count = 1;
  for (int64_t axis : axes)
    count *= x.extent(axis);
  return count;
}
static Sym call1(Ink &ink, llvm::StringRef name, Sym x) { return x ? callOne(ink, name, {x}) : Sym(); }
/// A value with kept axes as the caller wants it.
static Sym keptOr(Sym kept, Sym x, Ints axes, bool keepdims) {
  return keepdims ? kept : reshape(kept, reducedShape(x.shape(), axes, false));
}

// The square root of what is never negative, with the derivative 0 at 0 in both modes.
static Sym root(Ink &ink, Sym square) {
  Sym positive = square > 0;
  return where(positive, call1(ink, "sqrt", where(positive, square, 1)), square);
}

Sym mean(Ink &, Sym x, Ints axes, bool keepdims) {
  return like(x, sum(widened(x), axes, keepdims) / static_cast<double>(countAlong(x, axes)));
}

static Sym varWide(Ink &ink, Sym wide, Ints axes, double correction, bool keepdims) {
  Sym off = wide - formulas::mean(ink, wide, axes, true);
  double count = std::max(0.0, static_cast<double>(countAlong(wide, axes)) - correction);
  return sum(off * off, axes, keepdims) / count;
}
Sym var(Ink &ink, Sym x, Ints axes, double correction, bool keepdims) {
  return like(x, varWide(ink, widened(x), axes, correction, keepdims));
}
Sym deviation(Ink &ink, Sym x, Ints axes, double correction, bool keepdims) {
  return like(x, root(ink, varWide(ink, widened(x), axes, correction, keepdims)));
}

// The first place among those where x is the extremum.
Sym argument(Ink &ink, Sym x, Ints axes, bool keepdims, bool largest) {
  Sym best = largest ? graph::max(x, axes, true) : graph::min(x, axes, true);
  if (!best) return {};
  Sym hit = x == best;
  if (kindOf(x.element()) == 'f') hit = hit | (x != x);
  Type i64 = ink.builder.getI64Type();
  Sym place = ink.full({}, i64, 0);
  int64_t stride = 1;
  for (int64_t axis : llvm::reverse(axes)) {
    SmallVector<int64_t> shape(x.rank(), 1);
    shape[axis] = x.extent(axis);
    place = place + graph::iota(ink, shape, axis, i64) * ink.full({}, i64, static_cast<double>(stride));
    stride *= x.extent(axis);
  }
  Sym beyond = ink.full({}, i64, static_cast<double>(stride));
  return graph::min(where(hit, place, beyond), axes, keepdims);
}

Sym logsumexp(Ink &ink, Sym x, Ints axes, bool keepdims) {
  auto out = reducedShape(x.shape(), axes, keepdims);
  if (countAlong(x, axes) == 0) return ink.full(out, x.element(), -std::numeric_limits<double>::infinity());
  Sym wide = widened(x);
  Sym top = call1(ink, "stop_gradient", graph::max(wide, axes, true));
  Sym safe = where(call1(ink, "isfinite", top), top, 0);
  Sym total = sum(exp(wide - safe), axes, true);
  return like(x, keptOr(log(total) + safe, x, axes, keepdims));
}

Sym norm(Ink &ink, Sym x, double ord, Ints axes, bool keepdims) {
  Sym wide = widened(x);
  if (ord == 2) return like(x, root(ink, sum(wide * wide, axes, keepdims)));
  if (ord == 0) return sum(astype(wide != 0, x.element()), axes, keepdims);
  Sym size = call1(ink, "abs", wide);
  if (ord == 1) return like(x, sum(size, axes, keepdims));
  if (std::isinf(ord))
    return like(x, ord > 0 ? graph::max(size, axes, keepdims) : graph::min(size, axes, keepdims));
  if (std::isnan(ord)) return refuse(ink, "norm: ord is not a number");
  Sym total = sum(callOne(ink, "power", {size, ord}), axes, keepdims);
  return total ? like(x, callOne(ink, "power", {total, 1 / ord})) : Sym();
}

// ---- softmax family ----
static Sym belowTop(Ink &ink, Sym wide, int64_t axis) {
  return wide - call1(ink, "stop_gradient", graph::max(wide, Ints{axis}, true));
}

Sym softmax(Ink &ink, Sym x, int64_t axis) {
  if (countOf(x.shape()) == 0) return x;
  Sym powers = exp(belowTop(ink, widened(x), axis));
  return like(x, powers / sum(powers, Ints{axis}, true));
}

Sym logSoftmax(Ink &ink, Sym x, int64_t axis) {
  if (countOf(x.shape()) == 0) return x;
  Sym below = belowTop(ink, widened(x), axis);
  return like(x, below - log(sum(exp(below), Ints{axis}, true)));
}

// A vector over one axis, ready to broadcast against x.
static Sym along(Ink &ink, llvm::StringRef name, llvm::StringRef what, Sym vector, Sym x, int64_t axis) {
  if (vector.rank() != 1 || vector.extent(0) != x.extent(axis))
    return refuse(ink, name + ": " + what + " has to have the extent of axis " + Twine(axis) + " of " +
                           textOf(x.value()) + ", got " + textOf(vector.value()));
  SmallVector<int64_t> shape(x.rank(), 1);
  shape[axis] = x.extent(axis);
  return reshape(widened(vector), shape);
}

Sym layerNorm(Ink &ink, Sym x, Sym scale, Sym bias, int64_t axis, double eps) {
  Sym wide = widened(x);
  Sym off = wide - formulas::mean(ink, wide, {axis}, true);
  Sym spread = call1(ink, "sqrt", formulas::mean(ink, off * off, {axis}, true) + eps);
  Sym y = off / spread;
  if (scale) y = y * along(ink, "layer_norm", "scale", scale, x, axis);
  if (bias) y = y + along(ink, "layer_norm", "bias", bias, x, axis);
  return like(x, y);
}

Sym rmsNorm(Ink &ink, Sym x, Sym scale, int64_t axis, double eps) {
  Sym wide = widened(x);
  Sym y = wide / call1(ink, "sqrt", formulas::mean(ink, wide * wide, {axis}, true) + eps);
  if (scale) y = y * along(ink, "rms_norm", "scale", scale, x, axis);
  return like(x, y);
}

Sym batchNorm(Ink &ink, Sym x, Sym mean, Sym variance, Sym scale, Sym bias, int64_t axis, double eps) {
  Sym off = widened(x) - along(ink, "batch_norm", "mean", mean, x, axis);
  Sym y = off / call1(ink, "sqrt", along(ink, "batch_norm", "var", variance, x, axis) + eps);
  if (scale) y = y * along(ink, "batch_norm", "scale", scale, x, axis);
  if (bias) y = y + along(ink, "batch_norm", "bias", bias, x, axis);
  return like(x, y);
}

Sym groupNorm(Ink &ink, Sym x, int64_t groups, Sym scale, Sym bias, double eps) {
  if (x.rank() < 2 || groups < 1 || x.extent(1) % groups)
    return refuse(ink, "group_norm: " + Twine(groups) + (groups == 1 ? " group does" : " groups do") +
                           " not divide the channels of " + textOf(x.value()) + ", its axis 1");
  int64_t row = 1;
  for (int64_t extent : x.shape().drop_front(1))
    row *= extent;
  Sym wide = reshape(widened(x), {x.extent(0), groups, row / groups});
  Sym off = wide - formulas::mean(ink, wide, {2}, true);
  Sym y = off / call1(ink, "sqrt", formulas::mean(ink, off * off, {2}, true) + eps);
  y = reshape(y, x.shape());
  if (scale) y = y * along(ink, "group_norm", "scale", scale, x, 1);
  if (bias) y = y + along(ink, "group_norm", "bias", bias, x, 1);
  return like(x, y);
}

// ---- attention ----
Sym attention(Ink &ink, Sym query, Sym key, Sym values, Sym mask, Sym bias, bool causal,
              std::optional<double> scale) {
  for (Sym operand : {query, key, values})
    if (operand.rank() != 4)
      return refuse(ink, "attention takes (batch, heads, length, width), got " + textOf(operand.value()));
  int64_t heads = query.extent(1), groups = key.extent(1);
  if (groups != values.extent(1) || groups == 0 || heads % groups)
    return refuse(ink, "attention: the heads of k (" + textOf(key.value()) + ") and v (" +
                           textOf(values.value()) + ") have to be equal and divide those of q (" +
                           textOf(query.value()) + ")");
  key = repeatAxis(widened(key), 1, heads / groups);
  values = repeatAxis(widened(values), 1, heads / groups);
  double factor = scale.value_or(1 / std::sqrt(static_cast<double>(std::max<int64_t>(query.extent(3), 1))));
  Sym scores = graph::einsum("bhqd,bhkd->bhqk", {widened(query), key}) * factor;
  if (bias) scores = scores + widened(bias);
  double hidden = -std::numeric_limits<double>::infinity();
  if (mask) scores = where(mask, scores, hidden);
  if (causal && scores) {
    auto shape = scores.shape().take_back(2);
    scores = where(graph::iota(ink, shape, 1) <= graph::iota(ink, shape, 0), scores, hidden);
  }
  if (!scores) return {};
  if (scores.rank() != 4) return refuse(ink, "attention: mask and bias have at most four axes");
  return like(query, graph::einsum("bhqk,bhkd->bhqd", {formulas::softmax(ink, scores, 3), values}));
}

} // namespace tgc::graph::formulas
