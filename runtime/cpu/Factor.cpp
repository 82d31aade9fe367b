// Factorisations and solutions of one matrix: rows added to rows, which is what vector units like, and from
// one block on products of blocks. Nothing is allocated; what has no answer becomes NaN or infinite.
#include "runtime/Calls.h"
#include "runtime/cpu/Matrix.h"
#include "runtime/cpu/SubtractProduct.h"
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

/// `step` 0 repeats one number.
template <typename T> void copyIn(std::int64_t from, std::int64_t step, T *to, std::int64_t count) {
  for (std::int64_t k = 0; k < count; ++k)
    to[k] = at<const T>(from)[k * step];
}

constexpr Index block = 48; ///< rows and columns that are factored by themselves

/// Rows [first, last) of the upper factor, the rows above them being done with.
template <typename T> void choleskyRows(T *to, Index n, Index first, Index last) {
  for (Index k = first; k < last; ++k) {
    T *row = to + k * n;
    const T pivot = row[k] > 0 ? std::sqrt(row[k]) : std::numeric_limits<T>::quiet_NaN();
    row[k] = pivot;
    for (Index j = k + 1; j < n; ++j)
      row[j] /= pivot;
    for (Index i = k + 1; i < last; ++i)
      subtractRow(n - i, row[i], row + i, to + i * n + i);
  }
}

/// Calls `visit` with every i < n and j <= i, in squares small enough for the first cache both ways.
template <typename Visit> void forLowerTriangle(Index n, Visit visit) {
  constexpr Index side = 16;
  for (Index top = 0; top < n; top += side)
    for (Index left = 0; left <= top; left += side)
      for (Index i = top; i < std::min(top + side, n); ++i)
        for (Index j = left; j <= std::min(left + side - 1, i); ++j)
          visit(i, j);
}

/// The upper factor in place, a block of rows after the other, from the lower triangle; then turned over.
template <typename T> void cholesky(const T *from, Index step, T *to, Index n) {
  forLowerTriangle(n, [&](Index i, Index j) {
    to[i * n + j] = 0;
    to[j * n + i] = from[(i * n + j) * step];
  });
  for (Index first = 0; first < n; first += block) {
    const Index last = std::min(first + block, n);
    choleskyRows(to, n, first, last);
    for (Index i = last; i < n; i += block) {
      const T *above = to + first * n + i;
      subtractProduct(std::min(block, n - i), n - i, last - first, {above, 1, n}, above, n, to + i * n + i,
                      n);
    }
  }
  forLowerTriangle(n, [&](Index i, Index j) {
    if (i == j) return;
    to[i * n + j] = to[j * n + i];
    to[j * n + i] = 0;
  });
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
void solveTriangular(const T *a, Index step, T *x, Index n, Index m, Triangle triangle) {
  const bool downwards = triangle.lower != triangle.transposed;
  // What row j takes of row i is at a[j * row + i * along].
  const Index row = (triangle.transposed ? 1 : n) * step, along = (triangle.transposed ? n : 1) * step;
  for (Index done = 0; done < n; done += block) {
    const Index size = std::min(block, n - done), low = downwards ? done : n - done - size, high = low + size;
    for (Index count = 0; count < size; ++count) {
      const Index i = downwards ? low + count : high - 1 - count;
      if (!triangle.unit)
        for (Index c = 0; c < m; ++c)
          x[i * m + c] /= a[i * (n + 1) * step];
      const Index first = downwards ? i + 1 : low, last = downwards ? high : i;
      for (Index j = first; j < last; ++j)
        subtractRow(m, a[j * row + i * along], x + i * m, x + j * m);
    }
    const Index rest = downwards ? high : 0, count = downwards ? n - high : low;
    if (count > 0)
      subtractProduct(count, m, size, {a + rest * row + low * along, row, along}, x + low * m, m,
                      x + rest * m, m);
  }
}

/// Columns [first, last) below the rows that are done with, by the largest pivot of each; rows are exchanged
/// whole. Factors stay where zeros would be.
template <typename T, typename Met>
void eliminateColumns(T *a, Index n, T *b, Index m, Index first, Index last, Met met) {
  for (Index k = first; k < last; ++k) {
    Index best = k;
    for (Index i = k + 1; i < n; ++i)
      if (std::abs(a[i * n + k]) > std::abs(a[best * n + k])) best = i;
    if (best != k) {
      std::swap_ranges(a + k * n, a + (k + 1) * n, a + best * n);
      std::swap_ranges(b + k * m, b + (k + 1) * m, b + best * m);
    }
    const T pivot = a[k * n + k];
    met(best != k ? -pivot : pivot);
    for (Index i = k + 1; i < n; ++i) {
      // A column of zeros below a zero pivot has nothing to remove.
      T &factor = a[i * n + k];
      if (factor == 0) continue;
      factor /= pivot;
      subtractRow(last - k - 1, factor, a + k * n + k + 1, a + i * n + k + 1);
    }
  }
}

/// Elimination with the largest pivot of the column, right-hand sides alongside; calls `met` with each pivot,
/// signed by its exchange of rows. The upper triangle and b are what is left.
template <typename T, typename Met> void eliminate(T *a, Index n, T *b, Index m, Met met) {
  for (Index first = 0; first < n; first += block) {
    const Index last = std::min(first + block, n), depth = last - first;
    eliminateColumns(a, n, b, m, first, last, met);
    for (Index k = first; k < last; ++k)
      for (Index i = k + 1; i < last; ++i) {
        const T factor = a[i * n + k];
        if (factor == 0) continue;
        subtractRow(n - last, factor, a + k * n + last, a + i * n + last);
        subtractRow(m, factor, b + k * m, b + i * m);
      }
    if (last == n) break;
    const Strided<T> factors = {a + last * n + first, n, 1};
    subtractProduct(n - last, n - last, depth, factors, a + first * n + last, n, a + last * n + last, n);
    if (m > 0) subtractProduct(n - last, m, depth, factors, b + first * m, m, b + last * m, m);
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
