// Linear algebra of complex matrices by real ones of twice the size: every number a + ib is the block
// [[a, -b], [b, a]]. Sums, products and inverses of such matrices have that form again, and so have the
// factors that are unique: Cholesky's, and q and r with positive diagonals.
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::complexes {

/// Axis `axis` doubled: a's elements at even places, b's at odd ones.
static Sym interleaved(Sym a, Sym b, int64_t axis) {
  SmallVector<int64_t> shape(a.shape());
  shape[axis] *= 2;
  return reshape(stack({a, b}, axis + 1), shape);
}

static Sym embedded(Complex x) {
  x = {x.re, x.im.isZero() ? x.re.ink()->sym(x.im.value()) : x.im};
  int64_t rows = x.re.rank() - 2;
  return interleaved(interleaved(x.re, -x.im, rows + 1), interleaved(x.im, x.re, rows + 1), rows);
}

/// Every second element along an axis, from `first` on.
static Sym everySecond(Sym x, int64_t axis, int64_t first) {
  if (!x) return {};
  SmallVector<int64_t> starts(x.rank(), 0), stops(x.shape()), strides(x.rank(), 1);
  starts[axis] = std::min(first, stops[axis]); // of nothing, nothing
  strides[axis] = 2;
  return slice(x, starts, stops, strides);
}

static Complex extracted(Sym x) {
  if (!x) return {};
  int64_t rows = x.rank() - 2;
  Sym left = everySecond(x, rows + 1, 0);
  return {everySecond(left, rows, 0), everySecond(left, rows, 1)};
}

bool areMatrices(Ink &ink, llvm::StringRef name, Complex x, bool square) {
  int64_t rank = x.re.rank();
  if (rank >= 2 && (!square || x.re.extent(rank - 1) == x.re.extent(rank - 2))) return true;
  formulas::refuse(ink, name + " takes " + (square ? "square " : "") + "matrices, got " +
                            textOf(joined(ink, x).value()));
  return false;
}

Complex solve(Ink &ink, Complex a, Complex b) {
  if (!areMatrices(ink, "solve", a, true)) return {};
  bool vector = b.re.rank() == 1;
  if (b.re.rank() == 0 || b.re.extent(vector ? 0 : b.re.rank() - 2) != a.re.shape().back()) {
    formulas::refuse(ink, "solve: b (" + textOf(joined(ink, b).value()) + ") does not have the rows of a (" +
                              textOf(joined(ink, a).value()) + ")");
    return {};
  }
  int64_t rows = vector ? 0 : b.re.rank() - 2;
  Sym x = graph::solve(embedded(a), interleaved(ink.sym(b.re.value()), ink.sym(b.im.value()), rows));
  if (!x) return {};
  rows = vector ? x.rank() - 1 : x.rank() - 2;
  return {everySecond(x, rows, 0), everySecond(x, rows, 1)};
}

Complex inverse(Ink &ink, Complex x) {
  if (!areMatrices(ink, "inverse", x, true)) return {};
  return extracted(graph::inverse(embedded(x)));
}

Complex cholesky(Ink &ink, Complex x, bool upper) {
  if (!areMatrices(ink, "cholesky", x, true)) return {};
  Complex factor = extracted(graph::cholesky(embedded(x)));
  if (!factor.re || !upper) return factor;
  int64_t rank = factor.re.rank();
  return {swapaxes(factor.re, rank - 2, rank - 1), -swapaxes(factor.im, rank - 2, rank - 1)};
}

Syms qr(Ink &ink, Complex x) {
  if (!areMatrices(ink, "qr", x, false)) return {};
  Syms factors = graph::qr(embedded(x));
  if (factors.size() != 2) return {};
  return {joined(ink, extracted(factors[0])), joined(ink, extracted(factors[1]))};
}

} // namespace tgc::graph::complexes
