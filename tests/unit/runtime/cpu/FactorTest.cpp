// Factorisations and solutions put back together, for sizes below, at and above what registers hold.
#include "runtime/Calls.h"
#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <vector>

namespace {

template <typename T> constexpr double tolerance = sizeof(T) == 4 ? 2e-4 : 1e-11;
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

template <typename T>
std::vector<T> product(const std::vector<T> &a, const std::vector<T> &b, std::int64_t n, std::int64_t m) {
  std::vector<T> out(n * m, T(0));
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < n; ++k)
      for (std::int64_t j = 0; j < m; ++j)
        out[i * m + j] += a[i * n + k] * b[k * m + j];
  return out;
}

template <typename T> void close(const std::vector<T> &a, const std::vector<T> &b) {
  double worst = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    worst = std::max(worst, std::fabs(double(a[k]) - double(b[k])));
  CHECK(worst < tolerance<T>);
}

template <typename T> void systems(std::int64_t n) {
  const std::int64_t m = 3, bits = 8 * sizeof(T);
  std::vector<T> a = numbers<T>(n * n, 1), b = numbers<T>(n * m, 2), x(n * m), scratch(n * n);
  for (std::int64_t i = 0; i < n; ++i)
    a[i * n + (i + 1) % n] += T(4); // the large ones are off the diagonal: rows have to be exchanged
  tgc_solve(bits, at(a), 1, at(b), 1, at(x), at(scratch), n, m);
  close(product(a, x, n, m), b);
  T sign, whole, logarithm;
  tgc_determinant(bits, at(a), 1, std::int64_t(&whole), at(scratch), n, 'd');
  tgc_determinant(bits, at(a), 1, std::int64_t(&logarithm), at(scratch), n, 'l');
  tgc_determinant(bits, at(a), 1, std::int64_t(&sign), at(scratch), n, 's');
  if (std::isfinite(whole)) // of large matrices it overflows
    CHECK(std::fabs(std::log(std::fabs(double(whole))) - double(logarithm)) < tolerance<T> * n);
  CHECK((whole < 0 ? T(-1) : T(1)) == sign);
}

template <typename T> void triangles(std::int64_t n) {
  const std::int64_t m = 2, bits = 8 * sizeof(T);
  std::vector<T> a = numbers<T>(n * n, 3), b = numbers<T>(n * m, 4), x(n * m);
  for (std::int64_t i = 0; i < n * n; ++i)
    a[i] = i % (n + 1) == 0 ? T(2) + a[i] : a[i] / T(n);
  for (int lower : {0, 1})
    for (int transposed : {0, 1})
      for (int unit : {0, 1}) {
        std::vector<T> whole(n * n, T(0));
        for (std::int64_t i = 0; i < n; ++i)
          for (std::int64_t j = 0; j < n; ++j)
            if (i == j || (lower ? j < i : j > i))
              whole[transposed ? j * n + i : i * n + j] = i == j && unit ? T(1) : a[i * n + j];
        tgc_solve_triangular(bits, at(a), 1, at(b), 1, at(x), n, m, lower, transposed, unit);
        close(product(whole, x, n, m), b);
      }
}

template <typename T> void factors(std::int64_t n) {
  std::vector<T> a = numbers<T>(n * n, 5), whole(n * n, T(0)), factor(n * n), turned(n * n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      for (std::int64_t k = 0; k < n; ++k)
        whole[i * n + j] += a[i * n + k] * a[j * n + k] / T(n);
      whole[i * n + j] += i == j ? T(1) : T(0);
    }
  tgc_cholesky(8 * sizeof(T), at(whole), 1, at(factor), n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      turned[j * n + i] = factor[i * n + j];
      if (j > i) CHECK(factor[i * n + j] == 0);
    }
  close(product(factor, turned, n, n), whole);
}

} // namespace

TEST_CASE("factor: systems, triangles and positive definite matrices") {
  for (std::int64_t n : {1, 2, 3, 8, 17, 40, 48, 49, 100, 131}) {
    systems<float>(n), systems<double>(n);
    triangles<float>(n), triangles<double>(n);
    factors<float>(n), factors<double>(n);
  }
}

TEST_CASE("factor: what has no answer") {
  std::vector<double> singular = {1, 2, 2, 4}, b = {1, 1}, x(2), scratch(4);
  tgc_solve(64, at(singular), 1, at(b), 1, at(x), at(scratch), 2, 1);
  CHECK(!std::isfinite(x[0]));
  double value = 7;
  tgc_determinant(64, at(singular), 1, std::int64_t(&value), at(scratch), 2, 'd');
  CHECK(value == 0);
  tgc_determinant(64, at(singular), 1, std::int64_t(&value), at(scratch), 2, 'l');
  CHECK(value == -INFINITY);
  std::vector<double> negative = {-1};
  tgc_cholesky(64, at(negative), 1, at(x), 1);
  CHECK(std::isnan(x[0]));
}
