// References of linear algebra: elimination with complete pivoting, cofactors and bordering in long double,
// unlike the code; and the condition numbers that say how far rounding may carry it.
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
using Matrix = std::vector<long double>;

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

/// Elimination with the largest element of all that is left as the pivot.
long double determinantOf(Matrix a, int64_t n) {
  long double product = 1;
  for (int64_t k = 0; k < n; ++k) {
    int64_t row = k, column = k;
    for (int64_t i = k; i < n; ++i)
      for (int64_t j = k; j < n; ++j)
        if (std::fabs(a[i * n + j]) > std::fabs(a[row * n + column])) row = i, column = j;
    for (int64_t j = 0; j < n && row != k; ++j)
      std::swap(a[k * n + j], a[row * n + j]);
    for (int64_t i = 0; i < n && column != k; ++i)
      std::swap(a[i * n + k], a[i * n + column]);
    long double pivot = a[k * n + k];
    product *= (row != k) != (column != k) ? -pivot : pivot;
    if (pivot == 0) return product;
    for (int64_t i = k + 1; i < n; ++i)
      for (int64_t j = k + 1; j < n; ++j)
        a[i * n + j] -= a[i * n + k] / pivot * a[k * n + j];
  }
  return product;
}

Matrix inverseOf(const Matrix &a, int64_t n) {
  Matrix out(n * n);
  long double whole = determinantOf(a, n);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j)
      out[j * n + i] = whole == 0
                           ? std::nanl("")
                           : ((i + j) % 2 ? -1 : 1) * determinantOf(without(a, n, i, j), n - 1) / whole;
  return out;
}

/// The largest sum of sizes in a row.
long double normOf(const Matrix &a, int64_t n) {
  long double norm = 0;
  for (int64_t i = 0; i < n; ++i) {
    long double sum = 0;
    for (int64_t j = 0; j < n; ++j)
      sum += std::fabs(a[i * n + j]);
    norm = std::isnan(sum) ? sum : std::max(norm, sum);
  }
  return norm;
}

/// Infinite where a relative error of that size says nothing in the precision of the dtype (halves: f32).
double scaleOr(const HostTensor &x, long double condition, long double scale) {
  const long double most = x.element().isF64() ? 1e13L : 1e5L;
  return condition < most && std::isfinite(scale) ? static_cast<double>(scale)
                                                  : std::numeric_limits<double>::infinity();
}

long double conditionOf(const HostTensor &a) {
  int64_t n = a.shape().back();
  long double worst = 1;
  for (int64_t which = 0; n > 0 && which < countOfMatrices(a); ++which) {
    Matrix matrix = matrixOf(a, which);
    long double condition = normOf(matrix, n) * normOf(inverseOf(matrix, n), n);
    worst = condition > worst || std::isnan(condition) ? condition : worst;
  }
  return worst;
}

double largest(const HostTensor &x) {
  double size = 0;
  for (int64_t at = 0; at < x.count(); ++at)
    size = std::max(size, std::fabs(x.get<double>(at)));
  return size;
}

/// n times the product of the lengths of the rows.
long double hadamardOf(const Matrix &a, int64_t n) {
  auto product = static_cast<long double>(n);
  for (int64_t i = 0; i < n; ++i) {
    long double square = 0;
    for (int64_t j = 0; j < n; ++j)
      square += a[i * n + j] * a[i * n + j];
    product *= std::sqrt(square);
  }
  return product;
}
} // namespace

double detScale(const HostTensor &x) {
  int64_t n = x.shape().back();
  long double scale = 0;
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which)
    scale = std::max(scale, hadamardOf(matrixOf(x, which), n));
  return static_cast<double>(scale);
}

double logDetScale(const HostTensor &x) {
  int64_t n = x.shape().back();
  long double scale = 0;
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which) {
    Matrix matrix = matrixOf(x, which);
    long double value = std::fabs(determinantOf(matrix, n)), bound = hadamardOf(matrix, n);
    if (value == 0 && bound == 0) continue; // a row of zeros: nothing is rounded
    scale = std::max(scale, bound / value);
  }
  return scaleOr(x, scale, scale);
}

double solveScale(const HostTensor &a, const HostTensor &b) {
  long double condition = conditionOf(a);
  return scaleOr(a, condition, condition * largest(solve(a, b)));
}

double inverseScale(const HostTensor &x, int64_t times) {
  long double condition = conditionOf(x), size = largest(inverse(x)), scale = condition;
  auto n = static_cast<long double>(x.shape().back());
  for (int64_t k = 0; k < times; ++k)
    scale *= k ? n * size : size;
  return scaleOr(x, condition, scale);
}

double powerScale(const HostTensor &x, int64_t exponent) {
  if (exponent < 0) return inverseScale(x, -exponent);
  if (!x.isFloat() || exponent < 2) return 0;
  auto width = static_cast<double>(x.shape().back());
  return std::pow(largest(x), static_cast<double>(exponent)) *
         std::pow(width, static_cast<double>(exponent - 1));
}

double choleskyScale(const HostTensor &x, bool lower) {
  int64_t n = x.shape().back();
  long double condition = 1, size = std::sqrt(static_cast<long double>(largest(x)));
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which) {
    Matrix a = matrixOf(x, which);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = i; j < n; ++j)
        a[i * n + j] = a[j * n + i] = lower ? a[j * n + i] : (a[i * n + j] + a[j * n + i]) / 2;
    long double top = 0;
    for (long double value : a)
      top = std::max(top, std::fabs(value));
    for (int64_t k = 0; k < n; ++k) {
      long double pivot = a[k * (n + 1)];
      condition = std::max(condition, static_cast<long double>(n) * top / std::fabs(pivot));
      if (!(pivot > 0)) break; // from here on there are only NaN
      for (int64_t i = k + 1; i < n; ++i)
        for (int64_t j = k + 1; j < n; ++j)
          a[i * n + j] -= a[i * n + k] / pivot * a[k * n + j];
    }
  }
  return scaleOr(x, condition, condition * size);
}

double triangularScale(const HostTensor &a, const HostTensor &b, bool lower, bool transposed, bool unit) {
  HostTensor triangle = a;
  int64_t n = a.shape().back();
  for (int64_t at = 0; at < a.count(); ++at) {
    int64_t i = at / n % n, j = at % n, mirror = at - i * n - j + j * n + i;
    int64_t from = transposed ? mirror : at, row = transposed ? j : i, column = transposed ? i : j;
    bool inside = lower ? column < row : column > row;
    triangle.set(at, row == column ? (unit ? 1.0 : a.get<double>(at)) : inside ? a.get<double>(from) : 0.0);
  }
  return solveScale(triangle, b);
}

HostTensor cholesky(const HostTensor &x, bool upper) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t n = x.shape().back();
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which) {
    Matrix a = matrixOf(x, which), factor(n * n, 0);
    auto symmetric = [&](int64_t i, int64_t j) { return (a[i * n + j] + a[j * n + i]) / 2; };
    for (int64_t j = 0; j < n; ++j)
      for (int64_t i = j; i < n; ++i) {
        long double rest = symmetric(i, j);
        for (int64_t k = 0; k < j; ++k)
          rest -= factor[i * n + k] * factor[j * n + k];
        factor[i * n + j] = i == j ? (rest > 0 ? std::sqrt(rest) : std::nanl("")) : rest / factor[j * n + j];
      }
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j <= i; ++j)
        out.set(which * n * n + (upper ? j * n + i : i * n + j), static_cast<double>(factor[i * n + j]));
  }
  return out;
}

HostTensor inverse(const HostTensor &x) {
  HostTensor out = blank(x.shape(), x.element());
  int64_t n = x.shape().back();
  for (int64_t which = 0; n > 0 && which < countOfMatrices(x); ++which)
    for (auto [k, value] : llvm::enumerate(inverseOf(matrixOf(x, which), n)))
      out.set(which * n * n + static_cast<int64_t>(k), static_cast<double>(value));
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
        long double sum = 0;
        for (int64_t k = 0; k < n; ++k)
          sum += inverse[i * n + k] * b.get<double>(right + k * m + c);
        out.set(at++, static_cast<double>(sum));
      }
  });
  return out;
}

HostTensors slogdet(const HostTensor &x) {
  HostTensors out = {blank(x.shape().drop_back(2), x.element()), blank(x.shape().drop_back(2), x.element())};
  int64_t n = x.shape().back();
  for (int64_t which = 0; which < countOfMatrices(x); ++which) {
    long double value = determinantOf(n ? matrixOf(x, which) : Matrix(), n);
    out[0].set(which, value > 0 ? 1.0 : value < 0 ? -1.0 : static_cast<double>(value));
    out[1].set(which, static_cast<double>(std::log(std::fabs(value))));
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
