// Formulas of linear algebra over the factorisations of Factor.cpp.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

static Sym transposed(Sym x) { return graph::swapaxes(x, x.rank() - 2, x.rank() - 1); }

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
  Sym square = exponent < 0 ? formulas::inverse(ink, x) : x;
  bool first = true;
  for (int64_t left = std::abs(exponent); left > 0 && square; left /= 2) {
    if (left % 2) result = first ? square : matmul(result, square);
    if (left % 2) first = false;
    if (left > 1) square = matmul(square, square);
  }
  return result;
}

} // namespace tgc::graph::formulas
