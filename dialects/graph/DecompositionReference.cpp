// References of the orthogonal factorisations, in long double: Gram-Schmidt twice, Jacobi's own method (the
// largest element first), singular values from them; and what rounding does to them.
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

namespace {
using Vector = std::vector<long double>;

/// The columns of matrix `which`.
std::vector<Vector> columnsOf(const HostTensor &x, int64_t which) {
  int64_t n = x.shape().back(), m = x.shape().drop_back().back();
  std::vector<Vector> out(n, Vector(m));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < n; ++j)
      out[j][i] = x.get<double>((which * m + i) * n + j);
  return out;
}

long double product(const Vector &a, const Vector &b) {
  long double sum = 0;
  for (size_t k = 0; k < a.size(); ++k)
    sum += a[k] * b[k];
  return sum;
}

void subtract(Vector &a, long double factor, const Vector &b) {
  for (size_t k = 0; k < a.size(); ++k)
    a[k] -= factor * b[k];
}

int64_t countOfMatrices(const HostTensor &x) { return countOf(x.shape().drop_back(2)); }

HostTensor withLastAxes(const HostTensor &x, Ints tail) {
  Numbers shape(x.shape().drop_back(2));
  llvm::append_range(shape, tail);
  return blank(shape, x.element());
}

bool isFinite(const HostTensor &x) {
  for (int64_t at = 0; at < x.count(); ++at)
    if (!std::isfinite(x.get<double>(at))) return false;
  return true;
}

/// The sign that makes the first element of at least 0.9 of the largest positive.
long double signOf(const Vector &v) {
  long double top = 0;
  for (long double value : v)
    top = std::max(top, std::fabs(value));
  for (long double value : v)
    if (std::fabs(value) >= 0.9L * top) return value < 0 ? -1 : 1;
  return 1;
}

struct Eigen {
  Vector values;
  std::vector<Vector> vectors;
};

void turn(std::vector<Vector> &a, std::vector<Vector> &v, size_t p, size_t q) {
  long double angle = std::atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
  long double c = std::cos(angle), s = std::sin(angle);
  for (Vector &row : a) {
    long double x = row[p], y = row[q];
    row[p] = c * x - s * y, row[q] = s * x + c * y;
  }
  for (auto *matrix : {&a, &v})
    for (size_t k = 0; k < a.size(); ++k) {
      long double x = (*matrix)[p][k], y = (*matrix)[q][k];
      (*matrix)[p][k] = c * x - s * y, (*matrix)[q][k] = s * x + c * y;
    }
}

/// Ascending; of a symmetric matrix.
Eigen eigenOf(std::vector<Vector> a) {
  size_t n = a.size();
  std::vector<Vector> v(n, Vector(n, 0));
  long double size = 0;
  for (size_t k = 0; k < n; ++k)
    v[k][k] = 1, size += product(a[k], a[k]);
  for (size_t round = 0; round < 40 * n * n; ++round) {
    size_t p = 0, q = 0;
    long double top = 0;
    for (size_t i = 0; i < n; ++i)
      for (size_t j = i + 1; j < n; ++j)
        if (std::fabs(a[i][j]) > top) top = std::fabs(a[i][j]), p = i, q = j;
    if (top <= 1e-20L * std::sqrt(size)) break;
    turn(a, v, p, q);
  }
  std::vector<size_t> order(n);
  for (size_t k = 0; k < n; ++k)
    order[k] = k;
  llvm::sort(order, [&](size_t i, size_t j) { return std::pair(a[i][i], i) < std::pair(a[j][j], j); });
  Eigen out;
  for (size_t k : order) {
    out.values.push_back(a[k][k]);
    out.vectors.push_back(v[k]);
  }
  return out;
}

/// Of the lower triangle, or of the symmetric part.
std::vector<Vector> symmetricOf(const HostTensor &x, int64_t which, bool lower) {
  std::vector<Vector> a = columnsOf(x, which), out = a;
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t j = 0; j < a.size(); ++j)
      out[i][j] = lower ? a[std::min(i, j)][std::max(i, j)] : (a[i][j] + a[j][i]) / 2;
  return out;
}

/// Descending singular values of matrix `which`, which has no more columns than rows, and right vectors. By
/// rotations of the columns, since products of the matrix with itself would square its condition.
Eigen singularOf(std::vector<Vector> w) {
  size_t n = w.size();
  std::vector<Vector> v(n, Vector(n, 0));
  for (size_t k = 0; k < n; ++k)
    v[k][k] = 1;
  for (int sweep = 0; sweep < 60; ++sweep)
    for (size_t p = 0; p < n; ++p)
      for (size_t q = p + 1; q < n; ++q) {
        long double angle =
            std::atan2(2 * product(w[p], w[q]), product(w[q], w[q]) - product(w[p], w[p])) / 2;
        for (auto *matrix : {&w, &v}) {
          Vector x = (*matrix)[p], y = (*matrix)[q];
          for (size_t k = 0; k < x.size(); ++k) {
            (*matrix)[p][k] = std::cos(angle) * x[k] - std::sin(angle) * y[k];
            (*matrix)[q][k] = std::sin(angle) * x[k] + std::cos(angle) * y[k];
          }
        }
      }
  std::vector<size_t> order(n);
  Vector lengths(n);
  for (size_t k = 0; k < n; ++k)
    order[k] = k, lengths[k] = std::sqrt(product(w[k], w[k]));
  llvm::sort(order, [&](size_t i, size_t j) { return std::pair(lengths[j], i) < std::pair(lengths[i], j); });
  Eigen out;
  for (size_t k : order) {
    out.values.push_back(lengths[k]);
    out.vectors.push_back(v[k]);
  }
  return out;
}

HostTensor transposedOf(const HostTensor &x) { return swapaxes(x, x.rank() - 2, x.rank() - 1); }
bool isWide(const HostTensor &x) { return x.shape().back() > x.shape().drop_back().back(); }

void fillNaN(HostTensors &tensors) {
  for (HostTensor &tensor : tensors)
    for (int64_t at = 0; at < tensor.count(); ++at)
      tensor.set(at, std::nan(""));
}

/// Infinite where `condition` leaves nothing of the precision the dtype is computed in.
double limited(const HostTensor &x, long double condition, long double scale) {
  const long double most = x.element().isF64() ? 1e11L : 1e4L;
  return condition < most && std::isfinite(scale) ? static_cast<double>(scale)
                                                  : std::numeric_limits<double>::infinity();
}

/// The largest of all singular values, over the smallest and over the smallest distance between two.
struct Spread {
  long double top = 0, condition = 1, crowding = 1;
  /// Each of the values stands `times` times.
  void add(const Vector &values, size_t times) {
    long double largest = 0, least = std::numeric_limits<long double>::infinity(), gap = least;
    for (size_t k = 0; k < values.size(); k += times) {
      largest = std::max(largest, std::fabs(values[k]));
      least = std::min(least, std::fabs(values[k]));
      if (k) gap = std::min(gap, std::fabs(values[k] - values[k - times]));
    }
    if (values.empty()) return;
    top = std::max(top, largest);
    condition = std::max(condition, least == 0 ? INFINITY : largest / least);
    crowding = std::max(crowding, gap == 0 ? INFINITY : largest / gap);
  }
};

Spread singularSpread(const HostTensor &x, size_t times = 1) {
  HostTensor tall = isWide(x) ? transposedOf(x) : x;
  Spread spread;
  for (int64_t which = 0; x.count() > 0 && which < countOfMatrices(tall); ++which)
    spread.add(singularOf(columnsOf(tall, which)).values, times);
  return spread;
}
} // namespace

HostTensor packed(HostTensorsRef tensors, RankedTensorType type) {
  HostTensor out(type);
  int64_t batches = countOf(type.getShape().drop_back()), at = 0;
  for (int64_t batch = 0; batch < batches; ++batch)
    for (const HostTensor &tensor : tensors)
      for (int64_t k = 0, each = tensor.count() / batches; k < each; ++k)
        out.copy(at++, tensor, batch * each + k);
  return out;
}

HostTensors qr(const HostTensor &x) {
  int64_t n = x.shape().back(), m = x.shape().drop_back().back(), k = std::min(m, n);
  HostTensors out = {withLastAxes(x, {m, k}), withLastAxes(x, {k, n})};
  if (!isFinite(x)) return fillNaN(out), out;
  for (int64_t which = 0; which < countOfMatrices(x); ++which) {
    std::vector<Vector> a = columnsOf(x, which), q;
    for (int64_t j = 0; j < n; ++j) {
      Vector column = a[j];
      for (int twice = 0; twice < 2; ++twice)
        for (const Vector &other : q)
          subtract(column, product(other, column), other);
      for (size_t i = 0; i < q.size(); ++i)
        out[1].set((which * k + static_cast<int64_t>(i)) * n + j, static_cast<double>(product(q[i], a[j])));
      if (j >= k) continue;
      long double length = std::sqrt(product(column, column));
      for (long double &value : column)
        value /= length;
      q.push_back(column);
      out[1].set((which * k + j) * n + j, static_cast<double>(length));
      for (int64_t i = 0; i < m; ++i)
        out[0].set((which * m + i) * k + j, static_cast<double>(column[i]));
    }
  }
  return out;
}

HostTensors eigh(const HostTensor &x, bool lower) {
  int64_t n = x.shape().back();
  HostTensors out = {withLastAxes(x, {n}), withLastAxes(x, {n, n})};
  if (!isFinite(x)) return fillNaN(out), out;
  for (int64_t which = 0; which < countOfMatrices(x); ++which) {
    Eigen eigen = eigenOf(symmetricOf(x, which, lower));
    for (int64_t k = 0; k < n; ++k) {
      out[0].set(which * n + k, static_cast<double>(eigen.values[k]));
      for (int64_t i = 0; i < n; ++i)
        out[1].set((which * n + i) * n + k,
                   static_cast<double>(signOf(eigen.vectors[k]) * eigen.vectors[k][i]));
    }
  }
  return out;
}

HostTensors svd(const HostTensor &x) {
  if (isWide(x)) {
    HostTensors parts = svd(transposedOf(x));
    return {transposedOf(parts[2]), parts[1], transposedOf(parts[0])};
  }
  int64_t n = x.shape().back(), m = x.shape().drop_back().back();
  HostTensors out = {withLastAxes(x, {m, n}), withLastAxes(x, {n}), withLastAxes(x, {n, n})};
  if (!isFinite(x)) return fillNaN(out), out;
  for (int64_t which = 0; which < countOfMatrices(x); ++which) {
    std::vector<Vector> a = columnsOf(x, which);
    Eigen parts = singularOf(a);
    for (int64_t k = 0; k < n; ++k) {
      const Vector &v = parts.vectors[k];
      long double sign = signOf(v), value = parts.values[k];
      out[1].set(which * n + k, static_cast<double>(value));
      Vector u(m, 0);
      for (int64_t j = 0; j < n; ++j) {
        subtract(u, value == 0 ? 0 : -v[j] / value, a[j]);
        out[2].set((which * n + k) * n + j, static_cast<double>(sign * v[j]));
      }
      for (int64_t i = 0; i < m; ++i)
        out[0].set((which * m + i) * n + k, static_cast<double>(sign * u[i]));
    }
  }
  return out;
}

HostTensor eigvalsh(const HostTensor &x) { return eigh(x, false)[0]; }
HostTensor svdvals(const HostTensor &x) { return svd(x)[1]; }

double qrScale(const HostTensor &x) {
  if (!isFinite(x)) return 0;
  Spread spread = singularSpread(x);
  auto n = static_cast<long double>(x.shape().back());
  return limited(x, spread.condition, n * spread.condition * std::max(spread.top, 1.0L));
}

double eighScale(const HostTensor &x, bool lower, bool vectors, size_t times) {
  if (!isFinite(x)) return 0;
  Spread spread;
  for (int64_t which = 0; x.count() > 0 && which < countOfMatrices(x); ++which)
    spread.add(eigenOf(symmetricOf(x, which, lower)).values, times);
  auto n = static_cast<long double>(x.shape().back());
  if (!vectors) return static_cast<double>(n * spread.top);
  return limited(x, spread.crowding, n * std::max(spread.top, spread.crowding));
}

double svdScale(const HostTensor &x, bool vectors, size_t times) {
  if (!isFinite(x)) return 0;
  Spread spread = singularSpread(x, times);
  auto n = static_cast<long double>(std::max(x.shape().back(), x.shape().drop_back().back()));
  if (!vectors) return static_cast<double>(n * spread.top);
  long double worst = std::max(spread.crowding, spread.condition);
  return limited(x, worst, n * std::max(spread.top, worst));
}

HostTensor matrixNorm(const HostTensor &x, mlir::Attribute ord, bool keepdims) {
  Numbers shape(x.shape().drop_back(2));
  if (keepdims) shape.append({1, 1});
  HostTensor out = blank(shape, x.element());
  int64_t n = x.shape().back(), m = x.shape().drop_back().back();
  auto text = dyn_cast<StringAttr>(ord);
  double number = text                  ? 0
                  : isa<FloatAttr>(ord) ? cast<FloatAttr>(ord).getValueAsDouble()
                                        : static_cast<double>(cast<IntegerAttr>(ord).getInt());
  bool spectral = text ? text == "nuc" : std::fabs(number) == 2;
  HostTensor values = spectral ? svdvals(x) : HostTensor();
  for (int64_t which = 0; which < out.count(); ++which) {
    Vector sums;
    if (spectral)
      for (int64_t k = 0; k < std::min(m, n); ++k)
        sums.push_back(values.get<double>(which * std::min(m, n) + k));
    if (!spectral && !text) sums.assign(std::fabs(number) == 1 ? n : m, 0);
    long double square = 0;
    for (int64_t at = 0; at < m * n; ++at) {
      long double value = x.get<double>(which * m * n + at);
      square += value * value;
      if (!spectral && !text) sums[std::fabs(number) == 1 ? at % n : at / n] += std::fabs(value);
    }
    long double result = text ? 0 : number > 0 ? -INFINITY : INFINITY;
    for (long double sum : sums)
      result = std::isnan(result + sum) ? NAN
               : text                   ? result + sum
               : number > 0             ? std::max(result, sum)
                                        : std::min(result, sum);
    out.set(which, static_cast<double>(text && text == "fro" ? std::sqrt(square) : result));
  }
  return out;
}

} // namespace tgc::graph::reference
