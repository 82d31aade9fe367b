// Orthogonal factorisations put back together, for sizes below, at and above what registers hold, and for
// matrices that lack a rank.
#include "runtime/Calls.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <vector>

namespace {

template <typename T> constexpr double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;
template <typename T> std::int64_t at(const std::vector<T> &x) { return std::int64_t(x.data()); }

/// Numbers of -1 .. 1, the same each time.
template <typename T> std::vector<T> numbers(std::int64_t count, std::uint64_t state) {
  std::vector<T> out(count);
  for (T &value : out) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = T(double(std::int64_t(state) >> 11) * 0x1p-52);
  }
  return out;
}

/// The largest difference between a (m, k) times b (k, n), each from a place, and c (m, n).
template <typename T>
double productOff(const T *a, const T *b, const T *c, std::int64_t m, std::int64_t k, std::int64_t n) {
  double worst = 0;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t l = 0; l < k; ++l)
        sum += double(a[i * k + l]) * double(b[l * n + j]);
      worst = std::max(worst, std::fabs(sum - double(c[i * n + j])));
    }
  return worst;
}

template <typename T> std::vector<T> transposed(const T *a, std::int64_t m, std::int64_t n) {
  std::vector<T> out(m * n);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      out[j * m + i] = a[i * n + j];
  return out;
}

/// How far the columns of a (m, n) are from orthonormal.
template <typename T> double skew(const T *a, std::int64_t m, std::int64_t n) {
  std::vector<T> turned = transposed(a, m, n), one(n * n, T(0));
  for (std::int64_t k = 0; k < n; ++k)
    one[k * (n + 1)] = 1;
  return productOff(turned.data(), a, one.data(), n, m, n);
}

template <typename T> void checkQr(const std::vector<T> &a, std::int64_t m, std::int64_t n) {
  std::vector<T> out(m * n + n * n), scratch(2 * m * n);
  tgc_qr(8 * sizeof(T), at(a), 1, at(out), at(scratch), n, m);
  const T *q = out.data(), *r = q + m * n;
  CHECK(skew(q, m, n) < tolerance<T>);
  CHECK(productOff(q, r, a.data(), m, n, n) < tolerance<T>);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j <= i; ++j)
      CHECK((j < i ? r[i * n + j] == 0 : r[i * n + j] >= 0));
}

template <typename T> void checkSvd(const std::vector<T> &a, std::int64_t m, std::int64_t n) {
  std::vector<T> out(m * n + n + n * n), scratch(2 * (m * n + n * n));
  tgc_svd(8 * sizeof(T), at(a), 1, at(out), at(scratch), n, m);
  const T *u = out.data(), *s = u + m * n, *vt = s + n;
  CHECK(skew(u, m, n) < tolerance<T>);
  CHECK(skew(vt, n, n) < tolerance<T>);
  std::vector<T> scaled(vt, vt + n * n);
  for (std::int64_t k = 0; k < n; ++k) {
    CHECK((s[k] >= 0 && (k == 0 || s[k] <= s[k - 1])));
    for (std::int64_t j = 0; j < n; ++j)
      scaled[k * n + j] *= s[k];
  }
  CHECK(productOff(u, scaled.data(), a.data(), m, n, n) < tolerance<T>);
}

template <typename T> void checkEigh(std::vector<T> a, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      a[j * n + i] = a[i * n + j];
  std::vector<T> out(n + n * n), scratch(2 * n * n);
  tgc_eigh(8 * sizeof(T), at(a), 1, at(out), at(scratch), n);
  const T *values = out.data(), *vectors = values + n;
  CHECK(skew(vectors, n, n) < tolerance<T>);
  CHECK(std::is_sorted(values, values + n));
  std::vector<T> scaled = transposed(vectors, n, n);
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t i = 0; i < n; ++i)
      scaled[k * n + i] *= values[k];
  CHECK(productOff(vectors, scaled.data(), a.data(), n, n, n) < tolerance<T>);
}

template <typename T> void checkAll(std::int64_t m, std::int64_t n) {
  std::vector<T> a = numbers<T>(m * n, 1);
  checkQr(a, m, n), checkSvd(a, m, n);
  checkEigh(numbers<T>(n * n, 2), n);
  if (n < 2) return;
  for (std::int64_t i = 0; i < m; ++i) // the last column is the first one, and another one is nothing
    a[i * n + n - 1] = a[i * n], a[i * n + n / 2] = 0;
  checkQr(a, m, n), checkSvd(a, m, n);
}

} // namespace

TEST_CASE("spectral: factors multiply to the matrix") {
  for (auto [m, n] :
       {std::pair<std::int64_t, std::int64_t>{1, 1}, {2, 2}, {3, 2}, {8, 8}, {17, 9}, {40, 40}}) {
    checkAll<double>(m, n);
    checkAll<float>(m, n);
  }
}

TEST_CASE("spectral: sizes near the ends of the range neither overflow nor vanish") {
  for (double size : {1e300, 1e-300}) {
    std::vector<double> a = {3 * size, 0, 4 * size, 5 * size}, out(10), scratch(16);
    tgc_svd(64, at(a), 1, at(out), at(scratch), 2, 2);
    CHECK(out[4] / size == doctest::Approx(6.708203932499369).epsilon(1e-14));
    CHECK(out[5] / size == doctest::Approx(2.23606797749979).epsilon(1e-14));
  }
}

TEST_CASE("spectral: what is not finite has no factors") {
  std::vector<double> a = {1, INFINITY, NAN, 1}, out(10), scratch(16);
  tgc_qr(64, at(a), 1, at(out), at(scratch), 2, 2);
  CHECK(std::isnan(out[0]));
  tgc_svd(64, at(a), 1, at(out), at(scratch), 2, 2);
  CHECK(std::isnan(out[4]));
  tgc_eigh(64, at(a), 1, at(out), at(scratch), 2);
  CHECK(std::isnan(out[0]));
}
