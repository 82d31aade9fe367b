#include "frontend/language/Print.h"
#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;
using namespace tgc::language::test;

namespace {
std::string shown(std::string text) {
  auto ast = parseExpression(sourceOf(std::move(text)));
  return ast ? print(*ast) : "error: " + ast.error().message;
}
} // namespace

TEST_CASE("print: grouping is NumPy's") {
  CHECK(shown("a + b * c") == "a + (b * c)");
  CHECK(shown("a - b - c") == "a - b - c");
  CHECK(shown("a - (b - c)") == "a - (b - c)");
  CHECK(shown("a * b @ c / d // e % f") == "a * b @ c / d // e % f");
  CHECK(shown("-x ** 2") == "-(x ** 2)");
  CHECK(shown("(-x) ** 2") == "(-x) ** 2");
  CHECK(shown("2 ** -x") == "2 ** (-x)");
  CHECK(shown("a ** b ** c") == "a ** b ** c");
  CHECK(shown("(a ** b) ** c") == "(a ** b) ** c");
  CHECK(shown("-a * b") == "(-a) * b");
  CHECK(shown("~a & b | c ^ d") == "((~a) & b) | (c ^ d)");
  CHECK(shown("a + b << c + d") == "(a + b) << (c + d)");
  CHECK(shown("a & b == c") == "(a & b) == c");
  CHECK(shown("a < b + 1") == "a < (b + 1)");
  CHECK(shown("--+x") == "--+x");
  CHECK(shown("-x[0]") == "-x[0]");
  CHECK(shown("(-x)[0]") == "(-x)[0]");
  CHECK(shown("(a + b)(c)") == "(a + b)(c)");
}

TEST_CASE("print: lists, slices, calls and transformations") {
  CHECK(shown("[1, (2, 3), (4,), [],]") == "[1, [2, 3], [4], []]");
  CHECK(shown("x[1:5, ::2, :, None, ..., 0, a:b:c]") == "x[1:5, ::2, :, None, ..., 0, a:b:c]");
  CHECK(shown("x[:5:]") == "x[:5]");
  CHECK(shown("softmax(x, axis=-1,)") == "softmax(x, axis=-1)");
  CHECK(shown("value_and_grad(loss, wrt=(a, b))(X, y)") == "value_and_grad(loss, wrt=[a, b])(X, y)");
  CHECK(shown("einsum(\"ij,jk->ik\", A, B)") == "einsum(\"ij,jk->ik\", A, B)");
}

TEST_CASE("print: a printed program prints the same again") {
  auto first = parseFile(
      sourceOf("# note\nfn f(x: f64[n, 3], s: f32) { # more\n a, b = g(x)\n C[i, k] = -(A[i] + x[i, k]) * 2\n"
               " t[] = (a[i] + b[i])\n return a, b + (\n1) }\nfn h() { return 1 }"));
  REQUIRE(first);
  std::string text = print(*first);
  CHECK(text == "fn f(x: f64[n, 3], s: f32) {\n  a, b = g(x)\n  C[i, k] = (-(A[i] + x[i, k])) * 2\n"
                "  t[] = (a[i] + b[i])\n  return a, b + 1\n}\n\nfn h() {\n  return 1\n}\n");
  auto second = parseFile(sourceOf(text));
  REQUIRE(second);
  CHECK(print(*second) == text);
}

TEST_CASE("print: a chain of a million operators needs no stack") {
  std::string text = "x";
  for (int i = 0; i < 1000000; ++i)
    text += "+x";
  auto ast = parseExpression(sourceOf(text));
  REQUIRE(ast);
  CHECK(print(*ast).size() == 4000001);
  std::string signs(1000000, '-');
  auto unary = parseExpression(sourceOf(signs + "x"));
  REQUIRE(unary);
  CHECK(print(*unary) == signs + "x");
}
