// Transformations of transformations from C++. Small integers, so every number is exact; the numbers are
// those of jax (tests/programs/nesting.tg has the same in the language).
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <doctest/doctest.h>

using namespace tgc;
using testing::runNumbers;

namespace {

using Numbers = std::vector<double>;

/// sum (A x)^3 + x0 x1 sum A
Function energy() {
  return Function("energy", {{"x", f64, {2}}, {"A", f64, {2, 2}}}, [](Expr x, Expr A) {
    Expr y = matmul(A, x);
    return sum(y * y * y) + index(x, {0}) * index(x, {1}) * sum(A);
  });
}

const Numbers x = {1, 2}, A = {1, 2, 0, -1}, v = {1, -2};
const std::vector<JacobianMode> modes = {JacobianMode::Auto, JacobianMode::Forward, JacobianMode::Reverse};
const std::optional<std::int64_t> shared;

} // namespace

TEST_CASE("nesting: Hessians in every mode, of one and of two parameters") {
  for (JacobianMode mode : modes) {
    CHECK(runNumbers(hessian(energy(), "x", mode), {x, A})[0] == Numbers{30, 62, 62, 108});
    auto blocks = runNumbers(hessian(energy(), {"x", "A"}, mode), {x, A});
    CHECK(blocks[0] == Numbers{30, 62, 62, 108});
    CHECK(blocks[1] == Numbers{107, 62, 14, 2, 61, 196, 13, 37});
    CHECK(blocks[2] == Numbers{107, 61, 62, 196, 14, 13, 2, 37});
    CHECK(blocks[3] == Numbers{30, 60, 0, 0, 60, 120, 0, 0, 0, 0, -12, -24, 0, 0, -24, -48});
  }
  Function vector("vector", {{"x", f64, {2}}}, [](Expr x) { return x * x; });
  for (JacobianMode mode : modes)
    CHECK(hessian(vector, "x", mode).error().has_value());
  // Of several results the first counts.
  Function two("two", {{"x", f64, {2}}}, [](Expr x) { return std::vector<Expr>{sum(x * x * x), x * x}; });
  for (JacobianMode mode : modes) {
    auto blocks = runNumbers(hessian(two, "x", mode), {x});
    CHECK(blocks.size() == 1);
    CHECK(blocks[0] == Numbers{6, 0, 0, 12});
  }
}

TEST_CASE("nesting: third order in every pair of modes, and along directions") {
  const Numbers third = {6, 12, 12, 24, 12, 24, 24, 42};
  for (JacobianMode outer : modes)
    for (JacobianMode inner : modes)
      CHECK(runNumbers(jacobian(jacobian(grad(energy(), "x"), "x", inner), "x", outer), {x, A})[0] == third);
  CHECK(runNumbers(jvp(hessian(energy(), "x"), "x"), {x, A, v})[1] == Numbers{-18, -36, -36, -60});
  CHECK(runNumbers(vjp(hessian(energy(), "x"), {"x", "A"}), {x, A, {1, 2, 3, 4}})[2] ==
        Numbers{527, 959, 89, 149});
}

TEST_CASE("nesting: maps of Hessians and Hessians of maps") {
  const Numbers X = {1, 2, -1, 3, 0, 1};
  CHECK(runNumbers(vmap(hessian(energy(), "x"), 3, {0, shared}), {X, A})[0] ==
        Numbers{30, 62, 62, 108, 30, 62, 62, 102, 12, 26, 26, 42});
  Function total("total", {{"X", f64, {3, 2}}, {"A", f64, {2, 2}}},
                 [](Expr X, Expr A) { return sum(vmap(energy(), 3, {0, shared})(X, A)); });
  for (JacobianMode mode : modes)
    CHECK(runNumbers(hessian(total, "A", mode), {X, A})[0] ==
          Numbers{60, -30, 0, 0, -30, 402, 0, 0, 0, 0, -30, 30, 0, 0, 30, -216});
}

TEST_CASE("nesting: a gradient and a Hessian of a Hessian times a vector, and of a Hessian") {
  Function curved("curved", {{"x", f64, {2}}, {"v", f64, {2}}, {"A", f64, {2, 2}}},
                  [](Expr x, Expr v, Expr A) { return sum(v * hvp(energy(), "x")(x, A, v)); });
  auto slopes = runNumbers(grad(curved, {"x", "v", "A"}), {x, v, A});
  CHECK(slopes[0] == Numbers{54, 84});
  CHECK(slopes[1] == Numbers{-188, -308});
  CHECK(slopes[2] == Numbers{-130, 464, -28, 140});
  Function bend("bend", {{"x", f64, {2}}, {"A", f64, {2, 2}}}, [](Expr x, Expr A) {
    Expr H = hessian(energy(), "x")(x, A);
    return sum(H * H);
  });
  Numbers H = {30, 62, 62, 108}, T = {6, 12, 12, 24, 12, 24, 24, 42}, slope(2);
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 2; ++j)
      slope[j] += 2 * H[k] * T[2 * k + j];
  CHECK(runNumbers(grad(bend, "x"), {x, A})[0] == slope);
}

TEST_CASE("functions: two of one name stay two, wherever they are called") {
  Function p("cost", {{"x", f64}}, [](Expr x) { return x * x; });
  Function q("cost", {{"x", f64}}, [](Expr x) { return x * x * x; });
  Function s("s", {{"x", f64}}, [&](Expr x) { return grad(p, "x")(x) + 100.0 * grad(q, "x")(x); });
  Function z("z", {{"x", f64}}, [&](Expr x) { return grad(p, "x")(x) + grad(s, "x")(x); });
  Function w("cost", {{"x", f64}}, [&](Expr x) { return grad(s, "x")(x); });
  CHECK(runNumbers(z, {{2}}) == testing::Lists{{1206}});
  CHECK(runNumbers(w, {{2}}) == testing::Lists{{1202}});
}

TEST_CASE("functions: one without a derivative does not stand in the way of its neighbours") {
  Function f("f", {{"x", f64, {3}}}, [](Expr x) { return sum(nextafter(x, 2.0 * x)); });
  CHECK(!compile(grad(f, "x")));
  CHECK(compile(f));
  CHECK(compile(vmap(f, 2)));
}
