// Formulas of linear algebra over the factorisations of Factor.cpp.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"
#include "dialects/graph/Factor.h"

using namespace mlir;

namespace tgc::graph::formulas {

static bool areMatrices(Ink &ink, llvm::StringRef name, Sym x) {
  if (x.rank() >= 2 && x.extent(x.rank() - 1) == x.extent(x.rank() - 2)) return true;
  refuse(ink, name + " takes square matrices, got " + textOf(x.value()));
  return false;
}

Sym cholesky(Ink &ink, Sym x, bool upper) {
  if (!areMatrices(ink, "cholesky", x)) return {};
  Sym factor = cholesky_factor((x + transposed(x)) * 0.5);
  return factor && upper ? transposed(factor) : factor;
}

Sym solve(Ink &ink, Sym a, Sym b) {
  if (!areMatrices(ink, "solve", a)) return {};
  bool vector = b.rank() == 1;
  if (b.rank() == 0 || b.extent(vector ? 0 : b.rank() - 2) != a.extent(a.rank() - 1))
    return refuse(ink, "solve: b (" + textOf(b.value()) + ") does not have the rows of a (" +
                           textOf(a.value()) + ")");
  Sym right = vector ? reshape(b, {b.extent(0), 1}) : b;
  // The axes in front broadcast; those of the matrices stay.
  auto front = [&](Sym x) { return ink.full(x.shape().drop_back(2), x.element(), 0); };
  auto common = broadcastShape(ink, "solve", {front(a), front(right)});
  if (failed(common)) return {};
  auto spread = [&](Sym x) {
    SmallVector<int64_t> shape(*common);
    llvm::append_range(shape, x.shape().take_back(2));
    return x.shape() == ArrayRef<int64_t>(shape) ? x : broadcast_to(x, shape);
  };
  Sym x = solve_matrix(spread(a), spread(right));
  return x && vector ? reshape(x, x.shape().drop_back()) : x;
}

Sym inverse(Ink &ink, Sym x) {
  if (!areMatrices(ink, "inverse", x)) return {};
  return solve_matrix(
      x, broadcast_to(graph::eye(ink, x.shape().back(), std::nullopt, 0, x.element()), x.shape()));
}

Sym matrixPower(Ink &ink, Sym x, int64_t exponent) {
  if (!areMatrices(ink, "matrix_power", x)) return {};
  if (exponent < -1000000 || exponent > 1000000) return refuse(ink, "matrix_power: n is " + Twine(exponent));
  Sym result = broadcast_to(graph::eye(ink, x.shape().back(), std::nullopt, 0, x.element()), x.shape());
  Sym square = exponent < 0 ? graph::inverse(x) : x;
  bool first = true;
  for (int64_t left = std::abs(exponent); left > 0 && square; left /= 2) {
    if (left % 2) result = first ? square : matmul(result, square);
    if (left % 2) first = false;
    if (left > 1) square = matmul(square, square);
  }
  return result;
}

// ---- orthogonal factorisations ----
static bool areAnyMatrices(Ink &ink, llvm::StringRef name, Sym x) {
  if (x.rank() >= 2) return true;
  refuse(ink, name + " takes matrices, got " + textOf(x.value()));
  return false;
}

Syms qr(Ink &ink, Sym x) {
  if (!areAnyMatrices(ink, "qr", x)) return {};
  int64_t axis = x.rank() - 1, m = x.extent(axis - 1), n = x.extent(axis), k = std::min(m, n);
  Sym packed = qr_packed(part(x, axis, 0, k));
  Sym q = piece(packed, 0, {m, k}), r = piece(packed, m * k, {k, k});
  if (!packed || n == k) return {q, r};
  return {q, concat({r, matmul(transposed(q), part(x, axis, k, n))}, axis)};
}

Syms eigh(Ink &ink, Sym x) {
  if (!areMatrices(ink, "eigh", x)) return {Sym(), Sym()};
  int64_t n = x.shape().back();
  Sym packed = eigh_packed((x + transposed(x)) * 0.5);
  return {piece(packed, 0, {n}), piece(packed, n, {n, n})};
}

Syms svd(Ink &ink, Sym x) {
  if (!areAnyMatrices(ink, "svd", x)) return {};
  int64_t n = x.shape().back(), m = x.shape().drop_back().back();
  bool wide = m < n;
  if (wide) std::swap(m, n);
  Sym packed = svd_packed(wide ? transposed(x) : x);
  if (!packed) return {};
  Sym u = piece(packed, 0, {m, n}), values = piece(packed, m * n, {n}), v = piece(packed, m * n + n, {n, n});
  return wide ? Syms{transposed(v), values, transposed(u)} : Syms{u, values, v};
}

Sym svdvals(Ink &ink, Sym x) {
  Syms parts = formulas::svd(ink, x);
  return parts.empty() ? Sym() : parts[1];
}

static Sym sumsOfSizes(Ink &ink, Sym x, int64_t axis) {
  return sum(callOne(ink, "abs", {x}), Ints{axis}, true);
}

Sym matrixNorm(Ink &ink, Sym x, Attribute ord, bool keepdims) {
  if (!areAnyMatrices(ink, "matrix_norm", x)) return {};
  int64_t column = x.rank() - 1, row = column - 1;
  Sym wide = widened(x), result;
  auto text = dyn_cast<StringAttr>(ord);
  double number = text ? 0 : realOf(ord), size = std::fabs(number);
  auto extreme = [&](Sym values, Ints axes) {
    return number > 0 ? graph::max(values, axes, true) : graph::min(values, axes, true);
  };
  if (text && text == "fro") {
    result = graph::norm(wide, 2.0, Ints{row, column}, true);
  } else if ((text && text == "nuc") || size == 2) {
    Sym values = graph::svdvals(wide);
    if (!values) return {};
    values = reshape(values, llvm::to_vector(llvm::concat<const int64_t>(values.shape(), Ints{1})));
    result = text ? sum(values, Ints{row}, true) : extreme(values, {row});
  } else if (!text && (size == 1 || std::isinf(size))) {
    Sym sums = sumsOfSizes(ink, wide, size == 1 ? row : column);
    result = extreme(sums, {size == 1 ? column : row});
  } else {
    return refuse(ink, "matrix_norm: ord is \"fro\", \"nuc\", 1, -1, 2, -2, inf or -inf");
  }
  if (!result) return {};
  return like(x, keepdims ? result : reshape(result, result.shape().drop_back(2)));
}

} // namespace tgc::graph::formulas
