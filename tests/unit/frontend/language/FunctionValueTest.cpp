#include "frontend/language/FunctionValue.h"
#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;
using namespace tgc::language::test;

namespace {

std::string join(const std::vector<std::string> &names) {
  std::string out;
  for (const std::string &name : names)
    out += (out.empty() ? "" : " ") + name;
  return out;
}

/// "parameters -> results" of an expression over `fn f(x, y) { return loss, x * y }`.
std::string signature(const std::string &expression) {
  auto file = parseFile(sourceOf("fn f(x: f64, y: f64) {\n loss = x\n return loss, x * y }\n"));
  auto fn = parseExpression(sourceOf(expression));
  REQUIRE(file);
  REQUIRE(fn);
  auto value = resolveFunction({*file, file->functions.size()}, *fn, fn->expression);
  if (!value) return "error: " + value.error().message;
  return join(value->signature.parameters) + " -> " + join(value->signature.results);
}

} // namespace

TEST_CASE("function value: parameters and results of the transformations table") {
  CHECK(signature("f") == "x y -> loss out1");
  CHECK(signature("grad(f, wrt=y)") == "x y -> out0");
  CHECK(signature("grad(f, wrt=(x, y))") == "x y -> out0 out1");
  CHECK(signature("value_and_grad(f, wrt=y)") == "x y -> out0 out1 out2");
  CHECK(signature("jvp(f, wrt=y)") == "x y d_y -> out0 out1 out2 out3");
  CHECK(signature("vjp(f, wrt=y)") == "x y ct_loss ct_out1 -> out0 out1 out2");
  CHECK(signature("hvp(f, wrt=[x, y])") == "x y d_x d_y -> out0 out1");
  CHECK(signature("hessian(f, wrt=[x, y])") == "x y -> out0 out1 out2 out3");
  CHECK(signature("jacobian(f, wrt=x, mode=\"forward\")") == "x y -> out0 out1");
  CHECK(signature("vmap(f, axes=(0, none))") == "x y -> out0 out1");
  CHECK(signature("checkpoint(f)") == "x y -> out0 out1");
}

TEST_CASE("function value: towers") {
  CHECK(signature("hvp(vmap(f), wrt=x)") == "x y d_x -> out0");
  CHECK(signature("jvp(jvp(f, wrt=x), wrt=x)") == "x y d_x d_x_2 -> out0 out1 out2 out3 out4 out5 out6 out7");
  CHECK(signature("jvp(jvp(f, wrt=x), wrt=(x, d_x))") ==
        "x y d_x d_x_2 d_d_x -> out0 out1 out2 out3 out4 out5 out6 out7");
  std::string tower = "f";
  for (int i = 0; i < 40; ++i)
    tower = "jvp(" + tower + ", wrt=x)";
  CHECK(signature(tower) == "error: a transformation has at most 10000 parameters and 10000 results");
}
