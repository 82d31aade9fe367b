// Sparse matrices from C++: against plain loops with rows of many lengths, and one set of bits for any number
// of threads.
#include "tgc/Sparse.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Transforms.h"
#include <cmath>
#include <doctest/doctest.h>

using namespace tgc;

namespace {

using Reals = std::vector<double>;

std::uint64_t next(std::uint64_t &state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/// Rows of 0 to 40 entries, every seventh empty; one column in nine is none.
struct Matrix {
  Matrix(std::int64_t rows, std::int64_t columnCount) : rows(rows), inner(columnCount) {
    std::uint64_t state = 3;
    offsets.push_back(0);
    for (std::int64_t row = 0; row < rows; ++row) {
      std::int64_t length = row % 7 == 3 ? 0 : std::int64_t(next(state) % 41);
      for (std::int64_t k = 0; k < length; ++k) {
        bool none = next(state) % 9 == 0;
        columns.push_back(none ? columnCount + 5 : std::int64_t(next(state) % std::uint64_t(columnCount)));
        values.push_back(double(std::int64_t(next(state) % 9)) - 4);
      }
      offsets.push_back(std::int64_t(columns.size()));
    }
  }
  std::int64_t entries() const { return std::int64_t(columns.size()); }
  std::int64_t rows, inner;
  std::vector<std::int64_t> offsets, columns;
  Reals values;
};

Reals wholeNumbers(std::int64_t count, std::uint64_t state) {
  Reals out(static_cast<std::size_t>(count));
  for (double &number : out)
    number = double(std::int64_t(next(state) % 9)) - 4;
  return out;
}

std::vector<Reals> run(const Function &f, const Matrix &a, const Reals &x, std::int64_t width, int threads) {
  auto compiled = compile(f, {.threads = threads});
  if (!compiled) FAIL(compiled.error().text());
  std::vector<Reals> held;
  for (const Param &result : f.results()) {
    std::int64_t count = 1;
    for (std::int64_t extent : result.extents)
      count *= extent;
    held.emplace_back(static_cast<std::size_t>(count), -777.0);
  }
  std::vector<MutableView> results;
  for (std::size_t k = 0; k < held.size(); ++k)
    results.emplace_back(f64, held[k].data(), Shape(f.results()[k].extents));
  std::vector<View> arguments = {a.offsets, a.columns, a.values, View(f64, x.data(), {a.inner, width})};
  Workspace space(*compiled);
  auto ok = compiled->run(arguments, results, space);
  if (!ok) FAIL(ok.error().text());
  return held;
}

Function productOf(const Matrix &a, std::int64_t width) {
  return Function("product",
                  {{"o", i64, {a.rows + 1}},
                   {"c", i64, {a.entries()}},
                   {"v", f64, {a.entries()}},
                   {"x", f64, {a.inner, width}}},
                  [&](Expr o, Expr c, Expr v, Expr x) { return matmul(Csr{o, c, v, {a.rows, a.inner}}, x); });
}

} // namespace

TEST_CASE("sparse: products and their derivatives are those of plain loops, exactly on small integers") {
  Matrix a(301, 57);
  for (std::int64_t width : {1, 2, 3, 7, 16, 31, 64, 100, 150}) {
    Function product = productOf(a, width);
    Function energy("energy", product.params(), [&](Expr o, Expr c, Expr v, Expr x) {
      Expr y = product(o, c, v, x);
      return 0.5 * sum(y * y);
    });
    Reals x = wholeNumbers(a.inner * width, 17), y(a.rows * width), slopeV(a.entries()),
          slopeX(a.inner * width);
    for (std::int64_t row = 0; row < a.rows; ++row)
      for (std::int64_t pass = 0; pass < 2; ++pass)
        for (std::int64_t p = a.offsets[row]; p < a.offsets[row + 1]; ++p)
          for (std::int64_t j = 0; a.columns[p] < a.inner && j < width; ++j) {
            double &sum = y[row * width + j], other = x[a.columns[p] * width + j];
            if (pass == 0) sum += a.values[p] * other;
            if (pass == 1) slopeV[p] += sum * other;
            if (pass == 1) slopeX[a.columns[p] * width + j] += a.values[p] * sum;
          }
    INFO("width " << width);
    CHECK(run(product, a, x, width, 1)[0] == y);
    auto slopes = run(grad(energy, {"v", "x"}), a, x, width, 1);
    CHECK(slopes[0] == slopeV);
    CHECK(slopes[1] == slopeX);
  }
}

TEST_CASE("sparse: the bits do not depend on the number of threads") {
  Matrix a(4000, 500);
  const std::int64_t width = 48;
  Function product = productOf(a, width);
  Function energy("energy", product.params(),
                  [&](Expr o, Expr c, Expr v, Expr x) { return sum(sin(product(o, c, v, x))); });
  Function both = value_and_grad(energy, {"v", "x"});
  Reals x = wholeNumbers(a.inner * width, 23);
  for (double &number : x)
    number *= 0.1;
  auto one = run(both, a, x, width, 1);
  for (int threads : {2, 3, 8})
    CHECK(run(both, a, x, width, threads) == one);
}

TEST_CASE("sparse: conversions there and back, and by rows from places in any order") {
  Function f("f", {{"x", f64, {5, 7}}}, [](Expr x) {
    Csr a = toCsr(x, 12);
    auto places = to_coo(x, 12);
    Csr b = byRows(Coo{places[0], places[1], places[2], {5, 7}});
    return std::vector<Expr>{a.matrix(), b.matrix(), matmul(transposed(a), ones({5, 1})), sum(x, 0)};
  });
  Reals x(35, 0.0);
  for (std::size_t at : {0, 3, 9, 10, 20, 34})
    x[at] = double(at) + 1;
  auto compiled = compile(f);
  if (!compiled) FAIL(compiled.error().text());
  Reals first(35), second(35), sums(7), expected(7);
  Workspace space(*compiled);
  auto ok = compiled->run({View(f64, x.data(), {5, 7})},
                          {MutableView(f64, first.data(), {5, 7}), MutableView(f64, second.data(), {5, 7}),
                           MutableView(f64, sums.data(), {7, 1}), expected},
                          space);
  if (!ok) FAIL(ok.error().text());
  CHECK(first == x);
  CHECK(second == x);
  CHECK(sums == expected);
}

TEST_CASE("sparse: an error is at the caller's line and names both facts") {
  Function f("f", {{"o", i64, {4}}, {"c", i64, {6}}, {"v", f64, {6}}, {"x", f64, {4}}},
             [](Expr o, Expr c, Expr v, Expr x) { return matmul(Csr{o, c, v, {4, 4}}, x); });
  REQUIRE(f.error());
  CHECK(f.error()->message == "csr: 4 rows need 5 offsets, got o: i64[4]");
  CHECK(f.error()->place.file.ends_with("SparseTest.cpp"));
}
