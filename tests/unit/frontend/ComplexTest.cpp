// Complex numbers through the C++ API: std::complex in, std::complex out. Small integers, so every number is
// exact.
#include "tgc/Tgc.h"
#include <complex>
#include <doctest/doctest.h>

using namespace tgc;

namespace {

using Point = std::complex<double>;
using Points = std::vector<Point>;

/// The first result of a function of complex vectors.
Points first(const Function &f, const std::vector<Points> &arguments) {
  auto compiled = compile(f);
  REQUIRE_MESSAGE(compiled, compiled.error().text());
  std::vector<View> views(arguments.begin(), arguments.end());
  std::vector<Buffer> results;
  for (const Param &result : compiled->results())
    results.push_back(Buffer::make(result.dtype, Shape(result.extents)).value());
  std::vector<MutableView> places(results.begin(), results.end());
  Workspace space(*compiled);
  REQUIRE(compiled->run(views, places, space));
  REQUIRE(results[0].dtype() == c128);
  auto elements = results[0].as<Point>();
  return {elements.begin(), elements.end()};
}

} // namespace

TEST_CASE("complex: arithmetic with literals, conjugates and products") {
  Function f("f", {{"z", c128, {2}}}, [](Expr z) { return z * Point(1, 2) - conj(z) / 2 + 1; });
  CHECK(first(f, {{{2, 4}, {0, -2}}}) == Points{{-6, 10}, {5, -3}});
  Function product("product", {{"a", c128, {2, 2}}, {"b", c128, {2, 2}}},
                   [](Expr a, Expr b) { return matmul(a, b); });
  auto compiled = compile(product);
  REQUIRE(compiled);
  const Points a = {{1, 1}, {2, 0}, {0, -1}, {1, 0}}, b = {{1, 0}, {0, 1}, {2, -1}, {1, 1}};
  Points out(4);
  Workspace space(*compiled);
  REQUIRE(compiled->run({View(a.data(), {2, 2}), View(b.data(), {2, 2})}, {MutableView(out.data(), {2, 2})},
                        space));
  CHECK(out == Points{{5, -1}, {1, 3}, {2, -2}, {2, 1}});
}

TEST_CASE("complex: gradients are JAX's, of every order") {
  Function f("f", {{"z", c128, {2}}}, [](Expr z) { return sum(real(z * z * conj(z))); }); // |z|^2 Re z
  CHECK(first(grad(f, "z"), {{{1, 2}, {3, -1}}}) == Points{{7, -4}, {28, 6}});
  CHECK(first(hvp(f, "z"), {{{1, 2}, {3, -1}}, {{1, 0}, {0, 1}}}) == Points{{6, -4}, {-2, -6}});
  Function square("square", {{"z", c128, {1}}}, [](Expr z) { return z * z; });
  CHECK(first(jvp(square, "z"), {{{1, 2}}, {{0, 1}}}) == Points{{-3, 4}});
}

TEST_CASE("complex: what has no meaning is said") {
  auto message = [](const Function &f) { return f.error() ? f.error()->message : "accepted"; };
  CHECK(message(Function("f", {{"z", c64, {2}}}, [](Expr z) { return maximum(z, z); })) ==
        "maximum takes no complex numbers, but operand 0 is z: c64[2]");
  CHECK(message(Function("f", {{"z", c64, {2}}}, [](Expr z) { return astype(z, f32); })) ==
        "astype: complex numbers have no value as f32");
  CHECK(message(Function("f", {{"z", c64, {2}}, {"k", i32, {2}}}, [](Expr z, Expr k) { return z + k; })) ==
        "add: no common dtype for z: c64[2] and k: i32[2]");
  Function whole("whole", {{"z", c128, {2}}}, [](Expr z) { return sum(z); });
  CHECK(grad(whole, "z").error().has_value());
  CHECK(hessian(Function("f", {{"z", c128, {2}}}, [](Expr z) { return sum(abs(z)); }), "z")
            .error()
            .has_value());
}
