// Orthogonal factorisations of one matrix: QR by Householder reflections, eigenvalues of symmetric matrices
// and singular values by Jacobi rotations, which are accurate and work on whole rows. Nothing is allocated; a
// matrix with infinities or NaN gives NaN.
#include "runtime/Calls.h"
#include "runtime/cpu/Matrix.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace tgc {
namespace {

constexpr int mostSweeps = 64; ///< of rotations; they converge quadratically, in six to ten

// ---- rows in the widest vectors of the machine: one body, compiled for each instruction set ----
#define TGC_INLINE __attribute__((always_inline)) inline
template <typename T> struct EightOf {
  typedef T Type __attribute__((vector_size(8 * sizeof(T)), aligned(sizeof(T)), may_alias));
};
template <typename T> TGC_INLINE auto &eight(T *x) {
  return *reinterpret_cast<typename EightOf<T>::Type *>(x);
}

/// Eight sums side by side, on every machine.
template <typename T> TGC_INLINE T dotBody(Index count, T *x, T *y) {
  typename EightOf<T>::Type sums = {};
  Index k = 0;
  for (; k + 8 <= count; k += 8)
    sums += eight(x + k) * eight(y + k);
  for (; k < count; ++k)
    sums[k % 8] += x[k] * y[k];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

template <typename T> TGC_INLINE void addScaledBody(Index count, T factor, T *x, T *y) {
  Index k = 0;
  for (; k + 8 <= count; k += 8)
    eight(y + k) += factor * eight(x + k);
  for (; k < count; ++k)
    y[k] += factor * x[k];
}

template <typename T> TGC_INLINE void rotateBody(Index count, T cosine, T sine, T *x, T *y) {
  Index k = 0;
  for (; k + 8 <= count; k += 8) {
    const auto a = eight(x + k), b = eight(y + k);
    eight(x + k) = cosine * a - sine * b;
    eight(y + k) = sine * a + cosine * b;
  }
  for (; k < count; ++k) {
    const T a = x[k], b = y[k];
    x[k] = cosine * a - sine * b;
    y[k] = sine * a + cosine * b;
  }
}

#if defined(__x86_64__)
#define TGC_WIDE __attribute__((target("avx512f,fma")))
#define TGC_MIDDLE __attribute__((target("avx2,fma")))
template <typename T> TGC_WIDE T dotWide(Index n, T *x, T *y) { return dotBody(n, x, y); }
template <typename T> TGC_MIDDLE T dotMiddle(Index n, T *x, T *y) { return dotBody(n, x, y); }
template <typename T> TGC_WIDE void addWide(Index n, T f, T *x, T *y) { addScaledBody(n, f, x, y); }
template <typename T> TGC_MIDDLE void addMiddle(Index n, T f, T *x, T *y) { addScaledBody(n, f, x, y); }
template <typename T> TGC_WIDE void rotateWide(Index n, T c, T s, T *x, T *y) { rotateBody(n, c, s, x, y); }
template <typename T> TGC_MIDDLE void rotateMiddle(Index n, T c, T s, T *x, T *y) {
  rotateBody(n, c, s, x, y);
}
#define TGC_DISPATCH(wide, middle, ...)                                                                      \
  if (__builtin_cpu_supports("avx512f")) return wide(__VA_ARGS__);                                           \
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return middle(__VA_ARGS__);
#else
#define TGC_DISPATCH(wide, middle, ...)
#endif

template <typename T> T dot(Index count, T *x, T *y) {
  if (count < 8) return dotBody(count, x, y);
  TGC_DISPATCH(dotWide, dotMiddle, count, x, y)
  return dotBody(count, x, y);
}
template <typename T> void addScaled(Index count, T factor, T *x, T *y) {
  if (count < 8) return addScaledBody(count, factor, x, y);
  TGC_DISPATCH(addWide, addMiddle, count, factor, x, y)
  addScaledBody(count, factor, x, y);
}
template <typename T> void rotate(Index count, T cosine, T sine, T *x, T *y) {
  if (count < 8) return rotateBody(count, cosine, sine, x, y);
  TGC_DISPATCH(rotateWide, rotateMiddle, count, cosine, sine, x, y)
  rotateBody(count, cosine, sine, x, y);
}
#undef TGC_DISPATCH

template <typename T> void scale(Index count, T factor, T *x) {
  for (Index k = 0; k < count; ++k)
    x[k] *= factor;
}

/// The power of two that brings the largest element near 1, where squares neither overflow nor vanish; NaN
/// where an element is not finite.
template <typename T> T balance(Index count, const T *x) {
  T top = 0;
  for (Index k = 0; k < count; ++k) {
    if (!std::isfinite(x[k])) return std::numeric_limits<T>::quiet_NaN();
    top = std::max(top, std::abs(x[k]));
  }
  if (top == 0) return 1;
  constexpr int most = std::numeric_limits<T>::max_exponent - 4; // the factor and its inverse are numbers
  return std::ldexp(T(1), -std::clamp(std::ilogb(top), -most, most));
}

/// Copies the transpose of an m x n matrix, brought near 1; gives the factor, or NaN and nothing copied.
template <typename T> T transposedInto(const T *a, Index step, T *w, Index m, Index n) {
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j)
      w[j * m + i] = a[(i * n + j) * step];
  const T factor = balance(m * n, w);
  scale(m * n, factor, w);
  return factor;
}

/// The reflection that takes `x` onto its first axis, as a vector over `x`; gives what becomes of x[0].
template <typename T> T reflect(Index count, T *x) {
  const T length = std::sqrt(dot(count, x, x));
  if (length == 0) return 0;
  const T result = x[0] > 0 ? -length : length;
  x[0] -= result;
  const T size = std::sqrt(dot(count, x, x));
  if (size > 0) scale(count, 1 / size, x);
  return result;
}

template <typename T> void applyReflection(Index count, T *v, T *x) {
  addScaled(count, T(-2) * dot(count, v, x), v, x);
}

/// w holds the columns as rows, at the end the reflections; q becomes the columns of Q as rows. R in `r`,
/// with a diagonal that is not negative.
template <typename T> void qr(T *w, T *q, T *r, Index m, Index n) {
  std::fill(r, r + n * n, T(0));
  for (Index k = 0; k < n; ++k) {
    T *v = w + k * m;
    for (Index i = 0; i < k; ++i)
      r[i * n + k] = v[i];
    r[k * n + k] = reflect(m - k, v + k);
    for (Index j = k + 1; j < n; ++j)
      applyReflection(m - k, v + k, w + j * m + k);
  }
  std::fill(q, q + n * m, T(0));
  for (Index j = 0; j < n; ++j)
    q[j * m + j] = 1;
  for (Index k = n - 1; k >= 0; --k)
    for (Index j = k; j < n; ++j)
      applyReflection(m - k, w + k * m + k, q + j * m + k);
  for (Index k = 0; k < n; ++k) {
    if (!(r[k * n + k] < 0)) continue;
    scale(n, T(-1), r + k * n);
    scale(m, T(-1), q + k * m);
  }
}

/// Tangent of the smaller angle that makes a rotation of two rows orthogonal.
template <typename T> T tangentOf(T zeta) {
  return std::copysign(T(1), zeta) / (std::abs(zeta) + std::sqrt(1 + zeta * zeta));
}

/// A symmetric matrix becomes tridiagonal, diagonal d and e beside it (e[n - 1] is 0), by reflections of rows
/// and columns; the rows of v become the columns of their product. `room` holds n numbers.
template <typename T> void tridiagonalise(T *a, T *v, T *d, T *e, T *room, Index n) {
  for (Index k = 0; k < n; ++k) {
    d[k] = a[k * (n + 1)];
    const Index rest = n - k - 1;
    T *own = a + k * n + k + 1;
    e[k] = rest > 1 ? reflect(rest, own) : rest == 1 ? own[0] : T(0);
    if (rest < 2) continue;
    for (Index i = 0; i < rest; ++i)
      room[i] = 2 * dot(rest, a + (k + 1 + i) * n + k + 1, own);
    addScaled(rest, -dot(rest, own, room), own, room);
    for (Index i = 0; i < rest; ++i) {
      T *row = a + (k + 1 + i) * n + k + 1;
      addScaled(rest, -own[i], room, row);
      addScaled(rest, -room[i], own, row);
    }
  }
  makeIdentity(v, n);
  for (Index k = n - 3; k >= 0; --k)
    for (Index j = k + 1; j < n; ++j)
      applyReflection(n - k - 1, a + k * n + k + 1, v + j * n + k + 1);
}

/// One step of QL with Wilkinson's shift on the rows [first, last] of a tridiagonal matrix; v takes the
/// rotations along.
template <typename T> void stepQl(T *d, T *e, T *v, Index n, Index first, Index last) {
  T g = (d[first + 1] - d[first]) / (2 * e[first]);
  g = d[last] - d[first] + e[first] / (g + std::copysign(std::sqrt(g * g + 1), g));
  T sine = 1, cosine = 1, moved = 0;
  for (Index i = last - 1; i >= first; --i) {
    const T f = sine * e[i], b = cosine * e[i], length = std::sqrt(f * f + g * g);
    e[i + 1] = length;
    if (length == 0) {
      d[i + 1] -= moved;
      e[last] = 0;
      return;
    }
    sine = f / length, cosine = g / length;
    g = d[i + 1] - moved;
    const T turn = (d[i] - g) * sine + 2 * cosine * b;
    moved = sine * turn;
    d[i + 1] = g + moved;
    g = cosine * turn - b;
    rotate(n, cosine, sine, v + i * n, v + (i + 1) * n);
  }
  d[first] -= moved;
  e[first] = g;
  e[last] = 0;
}

/// d become the eigenvalues of a tridiagonal matrix, the rows of v the vectors of what it was made from.
template <typename T> void diagonalise(T *d, T *e, T *v, Index n) {
  for (Index first = 0; first < n; ++first)
    for (int step = 0; step < mostSweeps; ++step) {
      Index last = first;
      while (last + 1 < n && std::abs(e[last]) > std::numeric_limits<T>::epsilon() / 2 *
                                                     (std::abs(d[last]) + std::abs(d[last + 1])))
        ++last;
      if (last == first) break;
      stepQl(d, e, v, n, first, last);
    }
}

/// Rows of w, of length n, become orthogonal by rotations that v takes along; `squares` are those of their
/// lengths.
template <typename T> void orthogonalise(T *w, T *v, T *squares, Index n) {
  const T small = std::numeric_limits<T>::epsilon() * std::sqrt(T(n));
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < mostSweeps; ++sweep) {
    rotated = false;
    for (Index k = 0; k < n; ++k)
      squares[k] = dot(n, w + k * n, w + k * n);
    for (Index p = 0; p < n; ++p)
      for (Index q = p + 1; q < n; ++q) {
        T *x = w + p * n, *y = w + q * n;
        const T product = dot(n, x, y);
        if (!(std::abs(product) > small * std::sqrt(squares[p] * squares[q]))) continue;
        rotated = true;
        const T tangent = tangentOf((squares[q] - squares[p]) / (2 * product));
        const T cosine = 1 / std::sqrt(1 + tangent * tangent), sine = tangent * cosine;
        rotate(n, cosine, sine, x, y);
        rotate(n, cosine, sine, v + p * n, v + q * n);
        squares[p] = std::max(squares[p] - tangent * product, T(0));
        squares[q] += tangent * product;
      }
  }
}

/// -1 where the first large element (at least 0.9 of the largest) is negative, else 1: the sign of a vector.
template <typename T> T signOf(const T *x, Index count) {
  T top = 0;
  for (Index k = 0; k < count; ++k)
    top = std::max(top, std::abs(x[k]));
  for (Index k = 0; k < count; ++k)
    if (std::abs(x[k]) >= T(0.9) * top) return x[k] < 0 ? T(-1) : T(1);
  return 1;
}

template <typename T> void eigh(const T *from, Index step, T *values, T *vectors, T *a, T *v, Index n) {
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j <= i; ++j)
      a[i * n + j] = a[j * n + i] = from[(i * n + j) * step];
  const T factor = balance(n * n, a);
  if (std::isnan(factor)) return std::fill(values, values + n + n * n, factor);
  scale(n * n, factor, a);
  T *beside = vectors, *room = vectors + n; // until the vectors are known
  if (n == 1) beside = room = a;
  tridiagonalise(a, v, values, beside, room, n);
  diagonalise(values, beside, v, n);
  for (Index k = 0; k < n; ++k)
    values[k] /= factor;
  order(values, n, false, [&](Index x, Index y) { swapRows(v, n, x, y); });
  for (Index k = 0; k < n; ++k) {
    const T sign = signOf(v + k * n, n);
    for (Index i = 0; i < n; ++i)
      vectors[i * n + k] = sign * v[k * n + i];
  }
}

/// A row orthogonal to the first k rows, of length 1, where rounding has left none.
template <typename T> void completeRow(T *w, Index m, Index k) {
  T *row = w + k * m;
  for (Index axis = 0; axis < m; ++axis) {
    std::fill(row, row + m, T(0));
    row[axis] = 1;
    for (int twice = 0; twice < 2; ++twice)
      for (Index other = 0; other < k; ++other)
        addScaled(m, -dot(m, w + other * m, row), w + other * m, row);
    const T length = std::sqrt(dot(m, row, row));
    if (length * length * T(2 * m) < 1) continue; // some axis keeps at least 1 / m of its square
    return scale(m, 1 / length, row);
  }
}

/// The rows of r, of x = q r, are rotated until they are orthogonal: r = j^T s v^T with the rotations j, and
/// u = q j^T. They are nearer to it than the columns of x are (Z. Drmac, K. Veselic, New fast and accurate
/// Jacobi SVD, 2008).
template <typename T>
void svd(const T *from, Index step, T *u, T *values, T *vt, T *scratch, Index m, Index n) {
  T *w = scratch, *q = w + n * m, *r = q + n * m, *j = r + n * n;
  const T factor = transposedInto(from, step, w, m, n);
  if (std::isnan(factor)) return std::fill(u, u + m * n + n + n * n, factor);
  qr(w, q, r, m, n);
  makeIdentity(j, n);
  orthogonalise(r, j, values, n);
  for (Index k = 0; k < n; ++k)
    values[k] = std::sqrt(dot(n, r + k * n, r + k * n));
  order(values, n, true, [&](Index x, Index y) {
    swapRows(r, n, x, y);
    swapRows(j, n, x, y);
  });
  const T least = values[0] * std::numeric_limits<T>::epsilon() * T(1e-3);
  for (Index k = 0; k < n; ++k) {
    if (values[k] > least)
      scale(n, 1 / values[k], r + k * n);
    else
      completeRow(r, n, k);
    const T sign = signOf(r + k * n, n);
    std::fill(w, w + m, T(0));
    for (Index l = 0; l < n; ++l)
      addScaled(m, sign * j[k * n + l], q + l * m, w);
    for (Index i = 0; i < m; ++i)
      u[i * n + k] = w[i];
    for (Index l = 0; l < n; ++l)
      vt[k * n + l] = sign * r[k * n + l];
    values[k] /= factor;
  }
}

} // namespace
} // namespace tgc

using namespace tgc;

void tgc_qr(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
            std::int64_t n, std::int64_t m) {
  withReal(bits, [&]<typename T>(T) {
    T *w = at<T>(scratch), *columns = w + n * m, *q = at<T>(result), *r = q + m * n;
    const T factor = transposedInto(at<const T>(a), step, w, m, n);
    if (std::isnan(factor)) return std::fill(q, q + m * n + n * n, factor);
    qr(w, columns, r, m, n);
    scale(n * n, 1 / factor, r);
    for (Index i = 0; i < m; ++i)
      for (Index j = 0; j < n; ++j)
        q[i * n + j] = columns[j * m + i];
  });
}

void tgc_eigh(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
              std::int64_t n) {
  withReal(bits, [&]<typename T>(T) {
    T *own = at<T>(scratch), *values = at<T>(result);
    eigh(at<const T>(a), step, values, values + n, own, own + n * n, n);
  });
}

void tgc_svd(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
             std::int64_t n, std::int64_t m) {
  withReal(bits, [&]<typename T>(T) {
    T *u = at<T>(result), *values = u + m * n;
    svd(at<const T>(a), step, u, values, values + n, at<T>(scratch), m, n);
  });
}
