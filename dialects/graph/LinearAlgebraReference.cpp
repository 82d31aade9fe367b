// References of linear algebra: by cofactors and bordering, unlike the code.
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
using Matrix = std::vector<double>;

Matrix matrixOf(const HostTensor &x, int64_t which) {
  int64_t each = x.shape().back() * x.shape().back();
  Matrix out;
  for (int64_t k = 0; k < each; ++k)
    out.push_back(x.get<double>(which * each + k));
  return out;
}

int64_t countOfMatrices(const HostTensor &x) { return countOf(x.shape().drop_back(2)); }

Matrix without(const Matrix &a, int64_t n, int64_t row, int64_t column) {
  Matrix out;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j)
      if (i != row && j != column) out.push_back(a[i * n + j]);
  return out;
}

/// By the first row: for the small matrices of the tests.
double determinantOf(const Matrix &a, int64_t n) {
  if (n == 0) return 1;
  double sum = 0;
  for (int64_t j = 0; j < n; ++j)
    sum += (j % 2 ? -1 : 1) * a[j] * determinantOf(without(a, n, 0, j), n - 1);
  return sum;
}

Matrix inverseOf(const Matrix &a, int64_t n) {
  Matrix out(n * n);
  double whole = determinantOf(a, n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j)
      out[j * n + i] = ((i + j) % 2 ? -1 : 1) * determinantOf(without(a, n, i, j), n - 1) / whole;
  return out;
}
} // namespace

HostTensor cholesky(const HostTensor &x, bool upper) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t n = x.shape().back();
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which) {
    Matrix a = matrixOf(x, which), factor(n * n, 0);
    auto symmetric = [&](int64_t i, int64_t j) { return (a[i * n + j] + a[j * n + i]) / 2; };
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = j; i < n; ++i) {
        double rest = symmetric(i, j);
        for (int64_t k = 0; k < j; ++k)
          rest -= factor[i * n + k] * factor[j * n + k];
        factor[i * n + j] = i == j ? (rest > 0 ? std::sqrt(rest) : std::nan("")) : rest / factor[j * n + j];
      }
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j <= i; ++j)
        out.set(which * n * n + (upper ? j * n + i : i * n + j), factor[i * n + j]);
  }
  return out;
}

HostTensor inverse(const HostTensor &x) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t n = x.shape().back();
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which)
    for (auto [k, value] : llvm::enumerate(inverseOf(matrixOf(x, which), n)))
      out.set(which * n * n + static_cast<int64_t>(k), value);
  return out;
}

HostTensor solve(const HostTensor &a, const HostTensor &b) {
  bool vector = b.rank() == 1;
  Ints front = a.shape().drop_back(2), behind = vector ? Ints() : b.shape().drop_back(2);
  Numbers shape = broadcast(front, behind), whole(shape);
  int64_t n = a.shape().back(), m = vector ? 1 : b.shape().back();
  whole.push_back(n);
  if (!vector) whole.push_back(m);
  HostTensor out = blank(whole, a.element()), places = blank(front, a.element()),
             others = blank(behind, a.element());
  int64_t at = 0;
  if (n == 0) return out;
  forEachIndex(shape, [&](Ints index) {
    Matrix inverse = inverseOf(matrixOf(a, broadcastPosition(places, index)), n);
    int64_t right = broadcastPosition(others, index) * n * m;
    for (int64_t i = 0; i < n; ++i)
      for (int64_t c = 0; c < m; ++c) {
        double sum = 0;
        for (int64_t k = 0; k < n; ++k)
          sum += inverse[i * n + k] * b.get<double>(right + k * m + c);
        out.set(at++, sum);
      }
  });
  return out;
}

HostTensors slogdet(const HostTensor &x) {
  HostTensors out = {blank(x.shape().drop_back(2), x.element()), blank(x.shape().drop_back(2), x.element())};
  int64_t n = x.shape().back();
  for (int64_t which = 0; which < countOfMatrices(x); ++which) {
    double value = determinantOf(n ? matrixOf(x, which) : Matrix(), n);
    out[0].set(which, value > 0 ? 1.0 : value < 0 ? -1.0 : value);
    out[1].set(which, std::log(std::fabs(value)));
  }
  return out;
}

HostTensor matrixPower(const HostTensor &x, int64_t exponent) {
  HostTensor base = exponent < 0 ? inverse(x) : x, out = blank(x.shape(), x.element());
  int64_t n = x.shape().back();
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, at % (n * n) / n == at % n ? int64_t(1) : int64_t(0));
  for (int64_t k = 0; k < std::abs(exponent); ++k)
    out = matmul(out, base);
  return out;
}

} // namespace tgc::graph::reference
