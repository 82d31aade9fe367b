// Factorisations and solutions of one matrix: rows added to rows, which is what vector units like. Nothing is
// allocated; what has no answer becomes NaN or infinite.
#include "runtime/Calls.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace tgc {
namespace {

/// y -= factor * x
template <typename T> void subtractRow(std::int64_t count, T factor, const T *x, T *y) {
  for (std::int64_t k = 0; k < count; ++k)
    y[k] -= factor * x[k];
}

template <typename T> T *at(std::int64_t address) { return reinterpret_cast<T *>(address); }

/// `step` 0 repeats one number.
template <typename T> void copyIn(std::int64_t from, std::int64_t step, T *to, std::int64_t count) {
  for (std::int64_t k = 0; k < count; ++k)
    to[k] = at<const T>(from)[k * step];
}

/// The upper factor in place, row by row, from the lower triangle; then turned over.
template <typename T> void cholesky(const T *from, std::int64_t step, T *to, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = i; j < n; ++j)
      to[i * n + j] = from[(j * n + i) * step];
  for (std::int64_t k = 0; k < n; ++k) {
    T *row = to + k * n;
    const T pivot = row[k] > 0 ? std::sqrt(row[k]) : std::numeric_limits<T>::quiet_NaN();
    row[k] = pivot;
    for (std::int64_t j = k + 1; j < n; ++j)
      row[j] /= pivot;
    for (std::int64_t i = k + 1; i < n; ++i)
      subtractRow(n - i, row[i], row + i, to + i * n + i);
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < i; ++j) {
      to[i * n + j] = to[j * n + i];
      to[j * n + i] = 0;
    }
}

template <typename T> bool hasZero(const T *x, std::int64_t count, std::int64_t step) {
  for (std::int64_t k = 0; k < count; ++k)
    if (x[k * step] == 0) return true;
  return false;
}

template <typename T> void fillNaN(T *x, std::int64_t count) {
  std::fill(x, x + count, std::numeric_limits<T>::quiet_NaN());
}

struct Triangle {
  bool lower, transposed, unit;
};

/// x holds b at first.
template <typename T>
void solveTriangular(const T *a, std::int64_t step, T *x, std::int64_t n, std::int64_t m, Triangle triangle) {
  const bool downwards = triangle.lower != triangle.transposed;
  for (std::int64_t count = 0; count < n; ++count) {
    const std::int64_t i = downwards ? count : n - 1 - count;
    if (!triangle.unit)
      for (std::int64_t c = 0; c < m; ++c)
        x[i * m + c] /= a[i * (n + 1) * step];
    const std::int64_t first = downwards ? i + 1 : 0, last = downwards ? n : i;
    for (std::int64_t j = first; j < last; ++j)
      subtractRow(m, a[(triangle.transposed ? i * n + j : j * n + i) * step], x + i * m, x + j * m);
  }
}

/// Elimination with the largest pivot of the column, right-hand sides alongside; calls `met` with each pivot,
/// signed by its exchange of rows.
template <typename T, typename Met> void eliminate(T *a, std::int64_t n, T *b, std::int64_t m, Met met) {
  for (std::int64_t k = 0; k < n; ++k) {
    std::int64_t best = k;
    for (std::int64_t i = k + 1; i < n; ++i)
      if (std::abs(a[i * n + k]) > std::abs(a[best * n + k])) best = i;
    if (best != k) {
      std::swap_ranges(a + k * n, a + (k + 1) * n, a + best * n);
      std::swap_ranges(b + k * m, b + (k + 1) * m, b + best * m);
    }
    const T pivot = a[k * n + k];
    met(best != k ? -pivot : pivot);
    for (std::int64_t i = k + 1; i < n; ++i) {
      // A column of zeros below a zero pivot has nothing to remove.
      const T factor = a[i * n + k] == 0 ? T(0) : a[i * n + k] / pivot;
      if (factor == 0) continue;
      subtractRow(n - k - 1, factor, a + k * n + k + 1, a + i * n + k + 1);
      subtractRow(m, factor, b + k * m, b + i * m);
    }
  }
}

template <typename T> void determinant(T *a, T *result, std::int64_t n, char what) {
  T product = 1, logarithm = 0, sign = 1;
  eliminate(a, n, a, 0, [&](T pivot) {
    product *= pivot;
    logarithm += std::log(std::abs(pivot));
    sign *= pivot == 0 ? T(0) : pivot < 0 ? T(-1) : pivot > 0 ? T(1) : pivot;
  });
  *result = what == 'd' ? product : what == 'l' ? logarithm : sign;
}

/// Calls with a float or a double.
template <typename Body> void withReal(std::int64_t bits, Body body) {
  if (bits == 32)
    body(float());
  else
    body(double());
}

} // namespace
} // namespace tgc

using namespace tgc;

void tgc_cholesky(std::int64_t bits, std::int64_t from, std::int64_t step, std::int64_t to, std::int64_t n) {
  withReal(bits, [&]<typename T>(T) { cholesky(at<const T>(from), step, at<T>(to), n); });
}

void tgc_solve_triangular(std::int64_t bits, std::int64_t a, std::int64_t stepA, std::int64_t b,
                          std::int64_t stepB, std::int64_t x, std::int64_t n, std::int64_t m,
                          std::int64_t lower, std::int64_t transposed, std::int64_t unit) {
  withReal(bits, [&]<typename T>(T) {
    if (!unit && hasZero(at<const T>(a), n, (n + 1) * stepA)) return fillNaN(at<T>(x), n * m);
    copyIn(b, stepB, at<T>(x), n * m);
    solveTriangular(at<const T>(a), stepA, at<T>(x), n, m, {lower != 0, transposed != 0, unit != 0});
  });
}

void tgc_solve(std::int64_t bits, std::int64_t a, std::int64_t stepA, std::int64_t b, std::int64_t stepB,
               std::int64_t x, std::int64_t scratch, std::int64_t n, std::int64_t m) {
  withReal(bits, [&]<typename T>(T) {
    copyIn(a, stepA, at<T>(scratch), n * n);
    copyIn(b, stepB, at<T>(x), n * m);
    eliminate(at<T>(scratch), n, at<T>(x), m, [](T) {});
    if (hasZero(at<const T>(scratch), n, n + 1)) return fillNaN(at<T>(x), n * m);
    solveTriangular(at<const T>(scratch), 1, at<T>(x), n, m, {false, false, false});
  });
}

void tgc_determinant(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                     std::int64_t scratch, std::int64_t n, std::int64_t what) {
  withReal(bits, [&]<typename T>(T) {
    copyIn(a, step, at<T>(scratch), n * n);
    determinant(at<T>(scratch), at<T>(result), n, static_cast<char>(what));
  });
}
