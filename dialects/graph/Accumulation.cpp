// Formulas of running results: recurrences, and reads at the places of running extrema.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

// The result of nothing in front of the first step.
static Sym withInitial(Ink &ink, Sym y, int64_t axis, bool reverse, double number) {
  SmallVector<int64_t> shape(y.shape());
  shape[axis] = 1;
  Sym initial = ink.full(shape, y.element(), number);
  return concat(reverse ? Syms{y, initial} : Syms{initial, y}, axis);
}

Sym cumulative(Ink &ink, Sym x, int64_t axis, bool initial, bool reverse, bool product) {
  char kind = kindOf(x.element());
  if (kind != 'f') x = astype(x, typeNamed(ink.context(), kind == 'u' ? "u64" : "i64"));
  Sym y = x;
  int64_t extent = x.extent(axis);
  if (extent > 1 && !product) y = linear_recurrence(ink.full(x.shape(), x.element(), 1), x, axis, reverse);
  if (extent > 1 && product) {
    SmallVector<int64_t> low(x.rank(), 0), high(x.rank(), 0), interior(x.rank(), 0);
    (reverse ? low : high)[axis] = extent - 1;
    int64_t first = reverse ? extent - 1 : 0;
    Sym start = pad_zero(part(x, axis, first, first + 1), low, high, interior);
    y = linear_recurrence(x, start, axis, reverse);
  }
  return initial ? withInitial(ink, y, axis, reverse, product ? 1 : 0) : y;
}

Sym cumulativeExtremum(Ink &, Sym x, int64_t axis, bool reverse, bool largest) {
  if (x.extent(axis) == 0) return x;
  return take_along_axis(x, running_argument(x, axis, reverse, largest), axis);
}

// s[k] = s[k-1] * exp(m[k-1] - m[k]) + exp(x[k] - m[k]) with m the largest element so far: log s + m does not
// depend on m, so no derivative goes through it.
Sym logcumsumexp(Ink &ink, Sym x, int64_t axis, bool reverse) {
  if (countOf(x.shape()) == 0) return x;
  Sym wide = widened(x);
  Sym top = callOne(ink, "stop_gradient", {formulas::cumulativeExtremum(ink, wide, axis, reverse, true)});
  top = where(callOne(ink, "isfinite", {top}), top, 0);
  int64_t extent = x.extent(axis);
  Sym first = part(top, axis, reverse ? extent - 1 : 0, reverse ? extent : 1);
  Sym before = reverse ? concat({part(top, axis, 1, extent), first}, axis)
                       : concat({first, part(top, axis, 0, extent - 1)}, axis);
  Sym sums = linear_recurrence(exp(before - top), exp(wide - top), axis, reverse);
  return like(x, log(sums) + top);
}

} // namespace tgc::graph::formulas
