// Whole programs through the public API: built, transformed, compiled, run.
#include "tgc/Einsum.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <doctest/doctest.h>

using namespace tgc;

namespace {

Expr call(const char *name, std::vector<Named> arguments) { return tgc::apply(name, arguments); }

std::vector<double> run(const Function &f, std::vector<View> arguments, Ints extents, int level = 2) {
  auto compiled = compile(f, {.threads = 1, .level = level});
  if (!compiled) FAIL(compiled.error().text());
  std::int64_t count = 1;
  for (std::int64_t extent : extents)
    count *= extent;
  std::vector<double> out(count, -777.0);
  Workspace space(*compiled);
  MutableView result(f64, out.data(), Shape(extents));
  auto ok = compiled->run(arguments, std::span(&result, 1), space);
  if (!ok) FAIL(ok.error().text());
  return out;
}

} // namespace

TEST_CASE("program: arithmetic with broadcasting and literals") {
  Function f("f", {{"x", f64, {2, 3}}, {"y", f64, {3}}}, [](Expr x, Expr y) { return 2.0 * x + y - 1; });
  std::vector<double> x{1, 2, 3, 4, 5, 6}, y{10, 20, 30};
  for (int level : {0, 2})
    CHECK(run(f, {View(f64, x.data(), {2, 3}), View(y)}, {2, 3}, level) ==
          std::vector<double>{11, 23, 35, 17, 29, 41});
}

TEST_CASE("program: a gradient through a matrix product") {
  Function loss("loss", {{"A", f64, {2, 3}}, {"w", f64, {3}}}, [](Expr A, Expr w) {
    Expr r = einsum("ij,j->i", A, w);
    return call("sum", {{"x", r * r}});
  });
  std::vector<double> A{1, 2, 3, 4, 5, 6}, w{1, 0, -1};
  // r = (-2, -2), gradient 2 A^T r
  for (int level : {0, 2}) {
    CHECK(run(grad(loss, "w"), {View(f64, A.data(), {2, 3}), View(w)}, {3}, level) ==
          std::vector<double>{-20, -28, -36});
    std::vector<double> v{1, 1, 1};
    // H = 2 A^T A; A v = (6, 15); A^T of it = (66, 87, 108)
    CHECK(run(hvp(loss, "w"), {View(f64, A.data(), {2, 3}), View(w), View(v)}, {3}, level) ==
          std::vector<double>{132, 174, 216});
    std::vector<double> eye{1, 0, 0, 0, 1, 0, 0, 0, 1};
    Function hessian = vmap(hvp(loss, "w"), 3, {std::nullopt, std::nullopt, 0});
    CHECK(run(hessian, {View(f64, A.data(), {2, 3}), View(w), View(f64, eye.data(), {3, 3})}, {3, 3},
              level) == std::vector<double>{34, 44, 54, 44, 58, 72, 54, 72, 90});
  }
}

TEST_CASE("program: Hessian and Jacobian, in every mode") {
  Function loss("loss", {{"A", f64, {2, 3}}, {"w", f64, {3}}}, [](Expr A, Expr w) {
    Expr r = einsum("ij,j->i", A, w);
    return call("sum", {{"x", r * r}});
  });
  Function residual("residual", {{"A", f64, {2, 3}}, {"w", f64, {3}}},
                    [](Expr A, Expr w) { return einsum("ij,j->i", A, w) * 3.0; });
  std::vector<double> A{1, 2, 3, 4, 5, 6}, w{1, 0, -1};
  std::vector<View> arguments{View(f64, A.data(), {2, 3}), View(w)};
  for (int level : {0, 2}) {
    CHECK(run(hessian(loss, "w"), arguments, {3, 3}, level) ==
          std::vector<double>{34, 44, 54, 44, 58, 72, 54, 72, 90});
    for (JacobianMode mode : {JacobianMode::Auto, JacobianMode::Forward, JacobianMode::Reverse}) {
      CHECK(run(jacobian(residual, "w", mode), arguments, {2, 3}, level) ==
            std::vector<double>{3, 6, 9, 12, 15, 18});
      CHECK(run(jacobian(grad(loss, "w"), "w", mode), arguments, {3, 3}, level) ==
            std::vector<double>{34, 44, 54, 44, 58, 72, 54, 72, 90});
    }
  }
  CHECK(hessian(loss, {"A", "w"}).results()[1].extents == Ints{2, 3, 3});
  auto vector = compile(hessian(residual, "w"), {});
  REQUIRE(!vector);
  CHECK(vector.error().message ==
        "hessian: the first result of residual must be a floating-point scalar, it is f64[2]");
  auto unknown = compile(jacobian(loss, "v"), {});
  REQUIRE(!unknown);
  CHECK(unknown.error().message == "jacobian: loss has no parameter v");
}

TEST_CASE("program: an error keeps the caller's line and both facts") {
  Function bad("bad", {{"a", f64, {2}}, {"b", f64, {3}}}, [](Expr a, Expr b) { return a + b; });
  auto compiled = compile(bad);
  REQUIRE(!compiled);
  CHECK(compiled.error().text().find("operand 0 (a: f64[2]) and operand 1 (b: f64[3])") != std::string::npos);
  CHECK(compiled.error().place.file.find("ProgramTest.cpp") != std::string::npos);
}

TEST_CASE("program: a result is written over one dying input, not over two") {
  Function f("f", {{"u", f64, {4}}}, [](Expr u) {
    auto padded = [](Expr x, std::int64_t before) { return pad(x, Pairs{{before, 2 - before}}); };
    return padded(u, 1) + padded(u, 0) + padded(-2 * u, 2);
  });
  std::vector<double> u{1, 2, 4, 8};
  for (int level : {0, 2})
    CHECK(run(f, {View(u)}, {6}, level) == std::vector<double>{1, 3, 4, 8, 0, -16});
}
