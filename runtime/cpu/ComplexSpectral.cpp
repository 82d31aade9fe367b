// Determinants, eigenvectors and singular vectors of complex matrices, by elimination and by Jacobi's
// rotations: a rotation with a phase makes one product of two rows real and then zero. Nothing is allocated;
// what has no answer becomes NaN.
#include "runtime/Calls.h"
#include "runtime/cpu/Matrix.h"
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

namespace tgc {
namespace {

template <typename T> using Number = std::complex<T>;

/// Element k of a matrix whose parts lie side by side; a step of 0 repeats one real number for both parts.
template <typename T> Number<T> element(const T *from, Index step, Index k) {
  return {from[2 * k * step], from[(2 * k + 1) * step]};
}

template <typename T> bool isFinite(const Number<T> *x, Index count) {
  return std::all_of(x, x + count,
                     [](Number<T> z) { return std::isfinite(z.real()) && std::isfinite(z.imag()); });
}

/// sum conj(x) y
template <typename T> Number<T> inner(Index count, const Number<T> *x, const Number<T> *y) {
  Number<T> sum = 0;
  for (Index k = 0; k < count; ++k)
    sum += std::conj(x[k]) * y[k];
  return sum;
}

/// The rotation that takes two numbers on a diagonal and a positive one beside it to a diagonal.
template <typename T> struct Rotation {
  T cosine, sine;
  Rotation(T first, T second, T beside) {
    const T tau = (second - first) / (2 * beside);
    const T tangent = (tau < 0 ? T(-1) : T(1)) / (std::abs(tau) + std::sqrt(1 + tau * tau));
    cosine = 1 / std::sqrt(1 + tangent * tangent);
    sine = tangent * cosine;
  }
  /// x becomes cosine x - sine phase y, and y the other way round.
  void turn(Index count, Number<T> phase, Number<T> *x, Index stepX, Number<T> *y, Index stepY) const {
    for (Index k = 0; k < count; ++k) {
      const Number<T> a = x[k * stepX], b = phase * y[k * stepY];
      x[k * stepX] = cosine * a - sine * b;
      y[k * stepY] = sine * a + cosine * b;
    }
  }
};

constexpr int mostSweeps = 60;

/// The factor that makes the first large element (at least 0.9 of the largest) of a vector positive.
template <typename T> Number<T> phaseOf(const Number<T> *x, Index count) {
  T top = 0;
  for (Index k = 0; k < count; ++k)
    top = std::max(top, std::abs(x[k]));
  for (Index k = 0; k < count && top > 0; ++k)
    if (std::abs(x[k]) >= T(0.9) * top) return std::conj(x[k]) / std::abs(x[k]);
  return 1;
}

/// `a` is Hermitian and becomes diagonal; the rows of v its vectors.
template <typename T> void diagonalise(Number<T> *a, Number<T> *v, Index n) {
  makeIdentity(v, n);
  T whole = 0;
  for (Index k = 0; k < n * n; ++k)
    whole += std::norm(a[k]);
  const T small = std::numeric_limits<T>::epsilon() * std::sqrt(whole) / T(std::max<Index>(n, 1));
  for (int sweep = 0; sweep < mostSweeps; ++sweep) {
    bool turned = false;
    for (Index p = 0; p < n; ++p)
      for (Index q = p + 1; q < n; ++q) {
        const T size = std::abs(a[p * n + q]);
        if (!(size > small)) continue;
        turned = true;
        const Number<T> phase = a[p * n + q] / size;
        const Rotation<T> rotation(a[p * n + p].real(), a[q * n + q].real(), size);
        rotation.turn(n, std::conj(phase), a + p, n, a + q, n); // columns
        rotation.turn(n, phase, a + p * n, 1, a + q * n, 1);    // rows
        rotation.turn(n, std::conj(phase), v + p * n, 1, v + q * n, 1);
        a[p * n + q] = a[q * n + p] = 0;
      }
    if (!turned) return;
  }
}

template <typename T>
void eigh(const T *from, Index step, T *values, Number<T> *vectors, Number<T> *a, Index n) {
  Number<T> *v = a + n * n;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      a[i * n + j] = (element(from, step, i * n + j) + std::conj(element(from, step, j * n + i))) * T(0.5);
  if (!isFinite(a, n * n)) {
    const T none = std::numeric_limits<T>::quiet_NaN();
    std::fill(values, values + n, none);
    return std::fill(vectors, vectors + n * n, Number<T>(none, none));
  }
  diagonalise(a, v, n);
  for (Index k = 0; k < n; ++k)
    values[k] = a[k * n + k].real();
  order(values, n, false, [&](Index x, Index y) { swapRows(v, n, x, y); });
  for (Index k = 0; k < n; ++k) {
    const Number<T> phase = phaseOf(v + k * n, n);
    for (Index i = 0; i < n; ++i)
      vectors[i * n + k] = phase * v[k * n + i];
  }
}

/// A row orthogonal to the first k rows, of length 1, where rounding has left none.
template <typename T> void completeRow(Number<T> *w, Index m, Index k) {
  Number<T> *row = w + k * m;
  for (Index axis = 0; axis < m; ++axis) {
    std::fill(row, row + m, Number<T>(0));
    row[axis] = 1;
    for (int twice = 0; twice < 2; ++twice)
      for (Index other = 0; other < k; ++other) {
        const Number<T> along = inner(m, w + other * m, row);
        for (Index i = 0; i < m; ++i)
          row[i] -= along * w[other * m + i];
      }
    const T length = std::sqrt(inner(m, row, row).real());
    if (length * length * T(2 * m) < 1) continue; // some axis keeps at least 1 / m of its square
    for (Index i = 0; i < m; ++i)
      row[i] /= length;
    return;
  }
}

/// The columns of x, here rows of w, are rotated until they are orthogonal; v takes the rotations.
template <typename T> void orthogonalise(Number<T> *w, Number<T> *v, Index m, Index n) {
  makeIdentity(v, n);
  for (int sweep = 0; sweep < mostSweeps; ++sweep) {
    bool turned = false;
    for (Index p = 0; p < n; ++p)
      for (Index q = p + 1; q < n; ++q) {
        const T first = inner(m, w + p * m, w + p * m).real(), second = inner(m, w + q * m, w + q * m).real();
        const Number<T> product = inner(m, w + p * m, w + q * m);
        const T size = std::abs(product);
        if (!(size > std::numeric_limits<T>::epsilon() * std::sqrt(first) * std::sqrt(second))) continue;
        turned = true;
        const Number<T> phase = std::conj(product) / size;
        const Rotation<T> rotation(first, second, size);
        rotation.turn(m, phase, w + p * m, 1, w + q * m, 1);
        rotation.turn(n, phase, v + p * n, 1, v + q * n, 1);
      }
    if (!turned) return;
  }
}

template <typename T>
void svd(const T *from, Index step, Number<T> *u, T *values, Number<T> *vh, Number<T> *w, Index m, Index n) {
  Number<T> *v = w + m * n;
  T top = 0;
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j)
      w[j * m + i] = element(from, step, i * n + j);
  if (!isFinite(w, m * n)) {
    const T none = std::numeric_limits<T>::quiet_NaN();
    std::fill(u, u + m * n, Number<T>(none, none));
    std::fill(values, values + n, none);
    return std::fill(vh, vh + n * n, Number<T>(none, none));
  }
  for (Index k = 0; k < m * n; ++k)
    top = std::max(top, std::abs(w[k]));
  const T factor = top > 0 ? top : T(1); // squares neither overflow nor vanish
  for (Index k = 0; k < m * n; ++k)
    w[k] /= factor;
  orthogonalise(w, v, m, n);
  for (Index k = 0; k < n; ++k)
    values[k] = std::sqrt(inner(m, w + k * m, w + k * m).real());
  order(values, n, true, [&](Index x, Index y) {
    swapRows(w, m, x, y);
    swapRows(v, n, x, y);
  });
  const T least = n ? values[0] * std::numeric_limits<T>::epsilon() * T(1e-3) : T(0);
  for (Index k = 0; k < n; ++k) {
    if (values[k] > least)
      for (Index i = 0; i < m; ++i)
        w[k * m + i] /= values[k];
    else
      completeRow(w, m, k);
    const Number<T> phase = phaseOf(v + k * n, n);
    for (Index i = 0; i < m; ++i)
      u[i * n + k] = phase * w[k * m + i];
    for (Index l = 0; l < n; ++l)
      vh[k * n + l] = std::conj(phase * v[k * n + l]);
    values[k] *= factor;
  }
}

/// The determinant, its direction and the logarithm of its size: both parts, both parts, one number.
template <typename T> void determinant(const T *from, Index step, T *result, Number<T> *a, Index n) {
  for (Index k = 0; k < n * n; ++k)
    a[k] = element(from, step, k);
  Number<T> product = 1, direction = 1;
  T logarithm = 0;
  for (Index k = 0; k < n; ++k) {
    Index best = k;
    for (Index i = k + 1; i < n; ++i)
      if (std::abs(a[i * n + k]) > std::abs(a[best * n + k])) best = i;
    if (best != k) {
      swapRows(a, n, k, best);
      product = -product, direction = -direction;
    }
    const Number<T> pivot = a[k * n + k];
    const T size = std::abs(pivot);
    product *= pivot;
    direction = size == 0 ? Number<T>(0) : direction * (pivot / size);
    logarithm += std::log(size);
    if (size == 0) break;
    for (Index i = k + 1; i < n; ++i) {
      const Number<T> multiple = a[i * n + k] / pivot;
      for (Index j = k + 1; j < n; ++j)
        a[i * n + j] -= multiple * a[k * n + j];
    }
  }
  const T all[] = {product.real(), product.imag(), direction.real(), direction.imag(), logarithm};
  std::copy(std::begin(all), std::end(all), result);
}

} // namespace
} // namespace tgc

using namespace tgc;

void tgc_complex_determinant(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                             std::int64_t scratch, std::int64_t n) {
  withReal(bits, [&]<typename T>(T) {
    determinant(at<const T>(a), step, at<T>(result), at<Number<T>>(scratch), n);
  });
}

void tgc_complex_eigh(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                      std::int64_t scratch, std::int64_t n) {
  withReal(bits, [&]<typename T>(T) {
    T *values = at<T>(result);
    eigh(at<const T>(a), step, values, reinterpret_cast<Number<T> *>(values + n), at<Number<T>>(scratch), n);
  });
}

void tgc_complex_svd(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                     std::int64_t scratch, std::int64_t n, std::int64_t m) {
  withReal(bits, [&]<typename T>(T) {
    T *u = at<T>(result), *values = u + 2 * m * n;
    svd(at<const T>(a), step, reinterpret_cast<Number<T> *>(u), values,
        reinterpret_cast<Number<T> *>(values + n), at<Number<T>>(scratch), m, n);
  });
}
