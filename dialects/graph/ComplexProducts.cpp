// Sums of products, scatter and conversion of complex tensors over their parts.
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::complexes {

Complex contract(ArrayRef<Complex> tensors, llvm::StringRef equation) {
  // Every choice of a part of each operand; `turns` counts the imaginary ones: i^turns.
  Complex total;
  Syms chosen(tensors.size());
  auto add = [&](Sym &sum, bool minus) {
    Sym term = graph::contract(equation, chosen);
    sum = !sum ? (minus ? -term : term) : minus ? sum - term : sum + term;
  };
  auto choose = [&](auto &&self, size_t at, unsigned turns) -> void {
    if (at == tensors.size()) return add(turns % 2 ? total.im : total.re, turns % 4 >= 2);
    chosen[at] = tensors[at].re;
    self(self, at + 1, turns);
    if (tensors[at].im.isZero()) return;
    chosen[at] = tensors[at].im;
    self(self, at + 1, turns + 1);
  };
  choose(choose, 0, 0);
  if (!total.im) total.im = total.re ? total.re.ink()->zero(total.re.type()) : Sym();
  return total;
}

// The larger half times the smaller one until one is left: log2(n) products deep.
Complex prod(Complex x, ArrayRef<int64_t> axes, bool keepdims) {
  Ink &ink = *x.re.ink();
  SmallVector<int64_t> shape(x.re.shape()), kept = reducedShape(shape, axes, false), order;
  for (int64_t axis = 0; axis < x.re.rank(); ++axis)
    if (!llvm::is_contained(axes, axis)) order.push_back(axis);
  llvm::append_range(order, axes);
  int64_t left = 1;
  for (int64_t axis : axes)
    left *= shape[axis];
  SmallVector<int64_t> flat(kept);
  flat.push_back(left);
  auto each = [](Complex z, auto rule) { return Complex{rule(z.re), rule(z.im)}; };
  int64_t last = static_cast<int64_t>(kept.size());
  x = each(x, [&](Sym part) { return reshape(permute_dims(part, ArrayRef<int64_t>(order)), flat); });
  auto range = [&](int64_t from, int64_t to) {
    return each(x, [&](Sym part) { return formulas::part(part, last, from, to); });
  };
  while (left > 1) {
    Complex product = range(0, left / 2) * range(left / 2, left / 2 * 2);
    if (left % 2) {
      Complex rest = range(left - 1, left);
      auto with = [&](Sym a, Sym b) { return concat({a, b}, last); };
      product = {with(product.re, rest.re), with(product.im, rest.im)};
    }
    x = product;
    left = (left + 1) / 2;
  }
  SmallVector<int64_t> result = reducedShape(shape, axes, keepdims);
  if (left == 0) return {ink.full(result, x.re.element(), 1), ink.full(result, x.re.element(), 0)};
  return each(x, [&](Sym part) { return reshape(part, result); });
}

Sym vecdot(Ink &ink, Complex a, Complex b, int64_t axis) {
  return formulas::vecdot(ink, joined(ink, conjugate(a)), joined(ink, b), axis);
}

Syms scatter(ComplexCall &call, llvm::StringRef how) {
  if (how == "set" || how == "add") return complexByParts(call);
  return {formulas::refuse(call.ink,
                           "scatter: complex numbers are set or added, not taken the \"" + how + "\" of")};
}

Syms convert(ComplexCall &call, Complex x, Type dtype) {
  Ink &ink = call.ink;
  if (isa<ComplexType>(dtype)) return {joined(ink, converted(x, realOf(dtype)))};
  if (x.im.isZero()) return {astype(x.re, dtype)};
  if (kindOf(dtype) == 'b') return {isNonzero(x)};
  auto diagnostic = emitError(ink.loc()) << "astype: complex numbers have no value as " << nameOf(dtype);
  diagnostic.attachNote() << "help: real, imag, abs and angle give real tensors";
  ink.fail();
  return {};
}

} // namespace tgc::graph::complexes
