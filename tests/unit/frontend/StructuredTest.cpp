// Sparse and compressed derivatives against the dense ones: where the pattern has no place the dense
// derivative is zero, elsewhere the values agree.
#include "tgc/Structured.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include <cmath>
#include <doctest/doctest.h>
#include <random>

using namespace tgc;
using testing::runNumbers;

namespace {

using Numbers = std::vector<double>;

Expr cut(const Expr &x, std::int64_t start, std::int64_t stop, std::int64_t stride = 1) {
  return slice(x, {start}, {stop}, {stride});
}

std::int64_t count(const Param &param) {
  std::int64_t out = 1;
  for (std::int64_t extent : param.extents)
    out *= extent;
  return out;
}

/// Numbers from 0.5 to 1.5, each argument its own.
std::vector<Numbers> inputs(const std::vector<Param> &params) {
  std::mt19937 engine(11);
  std::uniform_real_distribution<double> numbers(0.5, 1.5);
  std::vector<Numbers> out;
  for (const Param &param : params) {
    Numbers one(static_cast<std::size_t>(count(param)));
    for (double &each : one)
      each = numbers(engine);
    out.push_back(std::move(one));
  }
  return out;
}

bool close(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

/// The blocks of a dense derivative as one matrix.
Numbers joined(const Function &dense, const std::vector<Numbers> &blocks, std::int64_t rows,
               std::int64_t columns, const std::vector<std::int64_t> &widths) {
  Numbers out(static_cast<std::size_t>(rows * columns), 0);
  std::int64_t top = 0, left = 0;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    std::int64_t width = widths[k % widths.size()], height = width ? count(dense.results()[k]) / width : 0;
    for (std::int64_t i = 0; i < height; ++i)
      for (std::int64_t j = 0; j < width; ++j)
        out[static_cast<std::size_t>((top + i) * columns + left + j)] =
            blocks[k][static_cast<std::size_t>(i * width + j)];
    left += width;
    if ((k + 1) % widths.size() == 0) left = 0, top += height;
  }
  return out;
}

struct Found {
  std::int64_t nonzeros = 0, colours = 0, zeros = 0; ///< zeros: places of the pattern that hold 0
};

Found agrees(const Function &f, const Wrt &wrt, bool second) {
  SparseFunction sparse = second ? sparse_hessian(f, wrt) : sparse_jacobian(f, wrt);
  if (auto error = sparse.values.error()) FAIL(error->text());
  Function dense = second ? hessian(f, wrt) : jacobian(f, wrt);
  auto given = inputs(f.params());
  auto blocks = runNumbers(dense, given);
  Numbers values = runNumbers(sparse.values, given)[0];
  const Pattern &pattern = sparse.pattern;
  std::vector<std::int64_t> widths;
  for (const std::string &name : wrt)
    for (const Param &param : f.params())
      if (param.name == name) widths.push_back(count(param));
  Numbers matrix = joined(dense, blocks, pattern.rows, pattern.columns, widths);
  auto offsets = pattern.rowOffsets(), columns = pattern.columnIndices();
  CHECK(static_cast<std::int64_t>(values.size()) == pattern.nonzeros());
  CHECK(offsets.back() == pattern.nonzeros());
  Found out{pattern.nonzeros(), pattern.colours.count, 0};
  for (std::int64_t row = 0; row < pattern.rows; ++row)
    for (auto k = offsets[static_cast<std::size_t>(row)]; k < offsets[static_cast<std::size_t>(row) + 1];
         ++k) {
      double &wanted =
          matrix[static_cast<std::size_t>(row * pattern.columns + columns[static_cast<std::size_t>(k)])];
      CAPTURE(row);
      CAPTURE(columns[static_cast<std::size_t>(k)]);
      CHECK(close(values[static_cast<std::size_t>(k)], wanted));
      out.zeros += wanted == 0;
      wanted = 0;
    }
  for (double left : matrix)
    CHECK(left == 0); // no place is missing
  return out;
}

Function rosenbrock(std::int64_t n) {
  return Function("rosenbrock", {{"x", f64, {n}}}, [=](Expr x) {
    Expr head = cut(x, 0, n - 1), tail = cut(x, 1, n);
    return sum(100.0 * square(tail - head * head) + square(1.0 - head));
  });
}

/// The Lagrangian of Luksan and Vlcek's first problem (1999): chained Rosenbrock with exponential
/// constraints.
Function luksanVlcek(std::int64_t n) {
  return Function("luksan_vlcek", {{"x", f64, {n}}, {"y", f64, {n - 2}}}, [=](Expr x, Expr y) {
    Expr head = cut(x, 0, n - 1), tail = cut(x, 1, n);
    Expr a = cut(x, 0, n - 2), b = cut(x, 1, n - 1), c = cut(x, 2, n);
    Expr bound = 3.0 * b * b * b + 2.0 * c - 5.0 + sin(b - c) * sin(b + c) + 4.0 * b - a * exp(a - b) - 3.0;
    return sum(100.0 * square(head * head - tail) + square(head - 1.0)) + sum(y * bound);
  });
}

/// Masses on springs, their ends held: two coordinates each.
Function chain(std::int64_t n) {
  return Function("chain", {{"p", f64, {n, 2}}}, [=](Expr p) {
    Expr step = slice(p, {1, 0}, {n, 2}) - slice(p, {0, 0}, {n - 1, 2});
    Expr length = sqrt(sum(step * step, 1));
    return sum(50.0 * square(length - 0.3)) + 9.81 * sum(slice(p, {0, 1}, {n, 2}));
  });
}

} // namespace

TEST_CASE("sparse: Hessians of chains equal the dense ones, with the nonzeros that are there") {
  Found banded = agrees(rosenbrock(50), "x", true);
  CHECK(banded.nonzeros == 148);
  CHECK(banded.colours == 3);
  CHECK(banded.zeros == 0);
  Found bounded = agrees(luksanVlcek(50), "x", true);
  CHECK(bounded.nonzeros == 148);
  CHECK(bounded.colours == 3);
  Found springs = agrees(chain(50), "p", true);
  CHECK(springs.nonzeros == 50 * 4 + 49 * 8);
  CHECK(springs.colours <= 6);
  CHECK(springs.zeros == 0);
}

TEST_CASE("sparse: nonzeros grow with the extent, what is written and the colours do not") {
  auto large = sparse_hessian(rosenbrock(1000000), "x"), small = sparse_hessian(rosenbrock(1000), "x");
  REQUIRE(!large.values.error());
  CHECK(large.pattern.nonzeros() == 2999998);
  CHECK(large.pattern.colours.count == small.pattern.colours.count);
  CHECK(large.pattern.coded().size() == small.pattern.coded().size());
}

TEST_CASE("sparse: Jacobians of what ops there are: the pattern covers, and is exact where it is known") {
  auto one = [](Ints extents, auto body) {
    return Function("f", {{"x", f64, extents}}, [=](Expr x) { return body(x); });
  };
  struct Case {
    const char *name;
    Function f;
    std::int64_t nonzeros; ///< -1: not stated
  };
  std::vector<Case> cases = {
      {"pointwise", one({7}, [](Expr x) { return exp(x) * x; }), 7},
      {"slice with a stride", one({9}, [](Expr x) { return square(cut(x, 1, 9, 3)); }), 3},
      {"flip", one({6}, [](Expr x) { return x * flip(x); }), 12},
      {"permuted", one({3, 4}, [](Expr x) { return square(permute_dims(x, {1, 0})); }), 12},
      {"reshaped", one({3, 4}, [](Expr x) { return square(reshape(x, {2, 6})); }), 12},
      {"rows summed", one({3, 4}, [](Expr x) { return sum(x * x, 1); }), 12},
      {"columns summed, kept", one({3, 4}, [](Expr x) { return sum(x * x, 0, true); }), 12},
      {"repeated", one({3}, [](Expr x) { return broadcast_to(x * x, {4, 3}); }), 12},
      {"joined", one({3}, [](Expr x) { return concat({x, x * x, 2.0 * x}, 0); }), 9},
      {"padded", one({3}, [](Expr x) { return pad(x * x, Pairs{{1, 2}}); }), 3},
      {"a diagonal", one({4, 4}, [](Expr x) { return einsum("ii->i", x); }), 4},
      {"a product with a constant", one({4}, [](Expr x) { return einsum("ij,j->i", ones({3, 4}), x * x); }),
       12},
      {"outer product", one({3}, [](Expr x) { return einsum("i,j->ij", x, x); }), 15},
      {"largest of rows", one({3, 4}, [](Expr x) { return max(x, 1); }), 12},
      {"softmax of rows", one({3, 4}, [](Expr x) { return softmax(x, 1); }), 48},
      {"differences of a grid",
       one({5, 4},
           [](Expr x) {
             return slice(x, {2, 1}, {5, 3}) + slice(x, {0, 1}, {3, 3}) + slice(x, {1, 2}, {4, 4}) +
                    slice(x, {1, 0}, {4, 2}) - 4.0 * square(slice(x, {1, 1}, {4, 3}));
           }),
       30},
      {"every second one", one({9}, [](Expr x) { return take(x * x, iota({4}) * 2 + 1, 0); }), 4},
      {"backwards through a table", one({9}, [](Expr x) { return take(x * x, 8 - iota({9}), 0); }), 9},
      {"places of no order", one({9}, [](Expr x) { return take(x * x, iota({9}) * iota({9}) % 7, 0); }), 9},
      {"rows of no order", one({5, 3}, [](Expr x) { return take(x * x, iota({4}) * iota({4}) % 5, 0); }), 12},
      {"two at a time",
       one({9}, [](Expr x) { return take(x * x, iota({4, 2}, 0) * 2 + iota({4, 2}, 1), 0); }), 8},
      {"places that depend on numbers", one({5}, [](Expr x) { return take(x * x, argsort(x), 0); }), -1},
      {"running sum", one({5}, [](Expr x) { return cumulative_sum(x * x); }), -1},
      {"convolution", one({1, 1, 9}, [](Expr x) { return conv(square(x), ones({1, 1, 3})); }), 21},
      {"mean of windows", one({1, 1, 8}, [](Expr x) { return avg_pool(square(x), Ints{2}); }), 8},
      {"sorted", one({5}, [](Expr x) { return sort(x); }), -1},
      {"a constant", one({3}, [](Expr x) { return floor(x) * 2.0; }), 0},
      {"one number", one({5}, [](Expr x) { return sum(x * x); }), 5},
      {"a determinant", one({3, 3}, [](Expr x) { return det(x); }), 9},
      {"no elements", one({0}, [](Expr x) { return x * x; }), 0},
  };
  for (const Case &one : cases) {
    CAPTURE(one.name);
    Found found = agrees(one.f, "x", false);
    if (one.nonzeros >= 0) CHECK(found.nonzeros == one.nonzeros);
  }
}

TEST_CASE("sparse: Hessians of sums of what ops there are") {
  auto one = [](Ints extents, auto body) {
    return Function("f", {{"x", f64, extents}}, [=](Expr x) { return sum(body(x)); });
  };
  agrees(one({9}, [](Expr x) { return square(square(cut(x, 1, 9, 3))); }), "x", true);
  agrees(one({6, 3}, [](Expr x) { return square(sum(x * x, 1)); }), "x", true);
  agrees(one({8}, [](Expr x) { return x * flip(x); }), "x", true);
  agrees(one({12}, [](Expr x) { return cut(x, 1, 12) * cut(x, 0, 1); }), "x", true); // an arrow
  agrees(one({12}, [](Expr x) { return exp(x) * sum(x); }), "x", true);              // dense
  agrees(one({5, 6}, [](Expr x) { return square(slice(x, {1, 0}, {5, 6}) * slice(x, {0, 0}, {4, 6})); }), "x",
         true);
  CHECK(agrees(one({9}, [](Expr x) { return square(square(take(x, iota({4}) * 2, 0))); }), "x", true)
            .nonzeros == 4);
  CHECK(agrees(one({9}, [](Expr x) { return x * take(x, iota({9}) * 2 % 9, 0); }), "x", true).nonzeros == 15);
  agrees(one({1, 1, 12}, [](Expr x) { return square(conv(x * x, ones({1, 1, 3}))); }), "x", true);
  CHECK(agrees(one({5}, [](Expr x) { return 3.0 * x; }), "x", true).nonzeros == 0);
  Found arrow = agrees(one({200}, [](Expr x) { return square(cut(x, 1, 200)) * cut(x, 0, 1); }), "x", true);
  CHECK(arrow.colours <= 3);
}

TEST_CASE("sparse: several parameters and results are one matrix") {
  Function f("f", {{"a", f64, {4}}, {"c", f64, {}}, {"b", f64, {2, 2}}}, [](Expr a, Expr c, Expr b) {
    return std::vector<Expr>{a * a * c, sum(b * b) * c, cut(reshape(b, {4}), 1, 3) * cut(a, 0, 2)};
  });
  CHECK(agrees(f, {"a", "b", "c"}, false).nonzeros == 4 + 4 + 4 + 1 + 4);
  agrees(f, {"b"}, false);
  Function g("g", {{"a", f64, {6}}, {"b", f64, {6}}},
             [](Expr a, Expr b) { return sum(a * a * b) + sum(cut(b, 1, 6) * cut(b, 0, 5)); });
  CHECK(agrees(g, {"a", "b"}, true).nonzeros == 6 + 12 + 10);
}

TEST_CASE("sparse: inside a map, and under a gradient") {
  SparseFunction sparse = sparse_jacobian(rosenbrock(6), "x");
  Function many = vmap(sparse_hessian(rosenbrock(6), "x").values, 3);
  CHECK(many.results()[0].extents == Ints{3, 16});
  auto given = inputs(many.params());
  Numbers all = runNumbers(many, given)[0];
  for (std::size_t k = 0; k < 3; ++k) {
    Numbers own(given[0].begin() + static_cast<std::ptrdiff_t>(6 * k),
                given[0].begin() + static_cast<std::ptrdiff_t>(6 * k + 6));
    Numbers values = runNumbers(sparse_hessian(rosenbrock(6), "x").values, {own})[0];
    for (std::size_t j = 0; j < 16; ++j)
      CHECK(close(all[16 * k + j], values[j]));
  }
  CHECK(!jacobian(sparse.values, "x").error());
}

TEST_CASE("sparse: refusals name what clashes") {
  auto message = [](const SparseFunction &made) {
    return made.values.error() ? made.values.error()->message : "";
  };
  Function mixed("mixed", {{"x", f64, {3}}, {"y", f32, {3}}}, [](Expr x, Expr) { return x * x; });
  CHECK(message(sparse_jacobian(mixed, {"x", "y"})) ==
        "sparse_jacobian: parameter y is f32, but parameter x is f64; the values are one tensor");
  CHECK(message(sparse_hessian(mixed, "x")).find("must be a floating-point scalar") != std::string::npos);
  CHECK(message(sparse_jacobian(mixed, "z")) == "sparse_jacobian: mixed has no parameter z");
}

namespace {

/// Expanded, multiplied and solved against the dense derivative.
CompressedFunction compresses(const Function &f, const Wrt &wrt, bool second, const char *text) {
  CompressedFunction made = second ? compressed_hessian(f, wrt) : compressed_jacobian(f, wrt);
  if (auto error = made.cores.error()) FAIL(error->text());
  CHECK(made.blocks[0].text() == text);
  Function dense = second ? hessian(f, wrt) : jacobian(f, wrt);
  auto given = inputs(f.params());
  auto wanted = runNumbers(dense, given), found = runNumbers(expanded(made), given);
  REQUIRE(wanted.size() == found.size());
  for (std::size_t k = 0; k < wanted.size(); ++k)
    for (std::size_t j = 0; j < wanted[k].size(); ++j)
      CHECK(close(found[k][j], wanted[k][j]));
  Function product = times(made);
  auto all = inputs(product.params());
  Numbers result = runNumbers(product, all)[0], vector = all[given.size()];
  for (std::size_t i = 0; i < result.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < vector.size() && wanted.size() == 1; ++j)
      sum += wanted[0][i * vector.size() + j] * vector[j];
    if (wanted.size() == 1) CHECK(close(result[i], sum));
  }
  return made;
}

/// The derivative times the solution is the right side.
void solves(const CompressedFunction &made) {
  Function solve = solved(made), product = times(made);
  if (auto error = solve.error()) FAIL(error->text());
  auto given = inputs(solve.params());
  Numbers b = given.back();
  given.back() = runNumbers(solve, given)[0];
  Numbers back = runNumbers(product, given)[0];
  for (std::size_t k = 0; k < b.size(); ++k)
    CHECK(std::abs(back[k] - b[k]) < 1e-9);
}

} // namespace

TEST_CASE("compressed: matrix factorisation keeps its units outside") {
  Function dense("dense", {{"W", f64, {4, 3}}, {"H", f64, {3, 5}}, {"A", f64, {4, 5}}},
                 [](Expr W, Expr H, Expr A) { return sum(square(A - einsum("ik,kj->ij", W, H))); });
  CompressedFunction one = compresses(dense, "W", true, "dense[abcd] = core[bd] unit[ac]");
  CHECK(one.cores.results()[0].extents == Ints{3, 3});
  solves(one);
  Function masked("masked", {{"W", f64, {4, 3}}, {"H", f64, {3, 5}}, {"M", f64, {4, 5}}},
                  [](Expr W, Expr H, Expr M) { return sum(M * square(1.0 - einsum("ik,kj->ij", W, H))); });
  CompressedFunction many = compresses(masked, "W", true, "dense[abcd] = core[abd] unit[ac]");
  CHECK(many.cores.results()[0].extents == Ints{4, 3, 3});
  solves(many);
}

TEST_CASE("compressed: diagonals, units alone, and what has none") {
  Function cubes("cubes", {{"x", f64, {5}}}, [](Expr x) { return sum(x * x * x); });
  solves(compresses(cubes, "x", true, "dense[ab] = core[a] unit[ab]"));
  Function squares("squares", {{"x", f64, {5}}}, [](Expr x) { return 0.5 * sum(x * x); });
  CompressedFunction unit = compresses(squares, "x", true, "dense[ab] = core[] unit[ab]");
  CHECK(unit.cores.results()[0].extents.empty());
  solves(unit);
  Function full("full", {{"x", f64, {5}}}, [](Expr x) { return square(sum(x * x)) + sum(x * x * x); });
  compresses(full, "x", true, "dense[ab] = core[ab]");
  Function linear("linear", {{"A", f64, {3, 4}}, {"B", f64, {4, 2}}},
                  [](Expr A, Expr B) { return einsum("ij,jk->ik", A, B); });
  compresses(linear, "A", false, "dense[abcd] = core[bd] unit[ac]");
  compresses(linear, "B", false, "dense[abcd] = core[ac] unit[bd]");
  CHECK(solved(compressed_jacobian(linear, "B")).error()->message ==
        "solved: dense[abcd] = core[ac] unit[bd] is not square");
}
