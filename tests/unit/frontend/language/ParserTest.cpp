#include "Wrong.h"
#include <doctest/doctest.h>

using namespace tgc::language;
using namespace tgc::language::test;

TEST_CASE("parser: the program of the contract is accepted") {
  auto ast = parseFile(sourceOf(R"(# logistic regression with a ridge penalty
fn loss(X: f64[n, d], y: f64[n], w: f64[d], strength: f64) {
  margin = y * (X @ w)
  return mean(softplus(-margin)) + 0.5 * strength * sum(w * w)
}

fn step(X: f64[n, d], y: f64[n], w: f64[d], strength: f64, rate: f64) {
  value, slope = value_and_grad(loss, wrt=w)(X, y, w, strength)
  w_next = w - rate * slope
  return value, w_next
}
)"));
  REQUIRE(ast);
  REQUIRE(ast->functions.size() == 2);
  const Function &step = ast->functions[1];
  CHECK(ast->text(step.name) == "step");
  REQUIRE(step.parameters.size() == 5);
  CHECK(ast->text(step.parameters[0].type) == "f64[n, d]");
  CHECK(step.parameters[4].extents.empty());
  REQUIRE(step.statements.size() == 3);
  CHECK(step.statements[0].targets.size() == 2);
  CHECK(step.statements[2].kind == StatementKind::Return);
  CHECK(step.statements[2].values.size() == 2);
  CHECK_FALSE(checkNames(*ast, someOperations));
}

TEST_CASE("parser: children come before their parents") {
  auto ast = parseExpression(sourceOf("f(a + b, [1, x[2:3]], k=-c) ** 2"));
  REQUIRE(ast);
  for (NodeId id = 0; id < ast->nodes.size(); ++id)
    for (NodeId child : ast->children(id))
      CHECK((child == noNode || child < id));
}

TEST_CASE("parser: numbers keep their range") {
  CHECK(parseExpression(sourceOf("9223372036854775807")));
  CHECK(parseExpression(sourceOf("-9223372036854775808")));
  CHECK_FALSE(parseExpression(sourceOf("9223372036854775808")));
  CHECK_FALSE(parseExpression(sourceOf("- 9223372036854775808")));
  CHECK_FALSE(parseExpression(sourceOf("1e400")));
  CHECK(floatValue("1e-400") == 0.0);
  CHECK(floatValue("0.000e99999999999999999999") == 0.0);
  CHECK_FALSE(floatValue("1e99999999999999999999"));
  CHECK(floatValue("0.1") == 0.1);
  CHECK(floatValue("4.9e-324") == 4.9e-324);
}

TEST_CASE("parser: 256 nested brackets pass, one more is a limit") {
  auto nested = [](int count, char open, char close, std::string inside) {
    return parseExpression(sourceOf(std::string(count, open) + inside + std::string(count, close)));
  };
  CHECK(nested(256, '(', ')', "x"));
  CHECK(nested(256, '[', ']', "x"));
  for (auto refused :
       {nested(257, '(', ')', "x"), nested(1000000, '[', ']', ""), nested(1000000, '(', ' ', "")}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == tgc::ErrorKind::Limit);
    CHECK(refused.error().message == "more than 256 nested brackets");
    CHECK(refused.error().place.column == 257);
  }
  std::string tower = "x";
  for (int i = 0; i < 100000; ++i)
    tower += "**x";
  CHECK(parseExpression(sourceOf(tower)).error().kind == tgc::ErrorKind::Limit);
}

TEST_CASE("parser: wrong programs and what is said of them") {
  CHECK(message("x = 1") == "t.tg:1:1: error: expected 'fn', found 'x'\nx = 1\n^\n"
                            "help: a file holds functions: fn name(x: f64[n]) { ... }\n");
  CHECK(message("def f(x):\n  return x") == "t.tg:1:1: error: expected 'fn', found 'def'\ndef f(x):\n^~~\n"
                                            "help: functions are declared with fn\n");
  CHECK(message("fn f(x) { return x }") ==
        "t.tg:1:6: error: parameter x has no type\nfn f(x) { return x }\n     ^\n"
        "help: write its dtype and extents, for example x: f64[n]\n");
  CHECK(message("fn f(x: float64) { return x }") ==
        "t.tg:1:9: error: 'float64' is not a dtype\nfn f(x: float64) { return x }\n        ^~~~~~~\n"
        "help: the dtypes are f64 f32 bf16 f16 i64 i32 i16 i8 u64 u32 u16 u8 bool c64 c128\n");
  CHECK(message("fn f(x: f46) { return x }") == "t.tg:1:9: error: 'f46' is not a dtype\nfn f(x: f46) { "
                                                "return x }\n        ^~~\nhelp: did you mean f64?\n");
  CHECK(message("fn f(x: f64[-1]) { return x }") ==
        "t.tg:1:13: error: expected an extent, found '-'\nfn f(x: f64[-1]) { return x }\n            ^\n"
        "help: an extent is a number or a name\n");
  CHECK(message("fn f(x: f64[n, 1, 2, 3, 4, 5, 6, 7, 8]) { return x }") ==
        "t.tg:1:12: error: a tensor has at most 8 axes, this one has 9\n"
        "fn f(x: f64[n, 1, 2, 3, 4, 5, 6, 7, 8]) { return x }\n           ^~~~~~~~~~~~~~~~~~~~~~~~~~~\n");
  CHECK(message("fn f(x: f64) { return x") == "t.tg:1:24: error: expected the end of the line, found the end "
                                              "of the program\nfn f(x: f64) { return x\n"
                                              "                       ^\n");
  CHECK(message("fn f(x: f64) { return x }\nfn g(x: f64) {\n") ==
        "t.tg:3:1: error: expected a statement or '}', found the end of the program\n\n^\n"
        "t.tg:2:14: note: to close this {\n");
  CHECK(message("fn f(x: f64) {\n}") == "t.tg:1:4: error: function f returns nothing\nfn f(x: f64) {\n   ^\n"
                                        "help: end it with return and a value\n");
  CHECK(message("fn f(x: f64) {\n  return x\n  y = x\n}") ==
        "t.tg:3:3: error: nothing can follow return\n  y = x\n  ^\nt.tg:2:3: note: return is here\n");
}

TEST_CASE("parser: wrong statements and what is said of them") {
  CHECK(
      bodyMessage("  x + y\n  return x") ==
      "t.tg:2:3: error: this value is not used\n  x + y\n  ^~~~~\nhelp: write name = value, or return it\n");
  CHECK(bodyMessage("  z = (x + y\n  return z") == "t.tg:3:3: error: expected ',' or ')', found 'return'\n  "
                                                   "return z\n  ^~~~~~\nt.tg:2:7: note: to close this (\n");
  CHECK(bodyMessage("  z = x +\n  return z") ==
        "t.tg:2:10: error: expected a value, found the end of the line\n  z = x +\n         ^\n");
  CHECK(bodyMessage("  return x and y") ==
        "t.tg:2:12: error: expected the end of the line, found 'and'\n  return x and y\n           ^~~\n"
        "help: write & between bool tensors, with brackets around comparisons\n");
  CHECK(bodyMessage("  return x < y < 3") == "t.tg:2:16: error: comparisons do not chain\n  return x < y < "
                                             "3\n               ^\nhelp: write (a < b) & (b < c)\n");
  CHECK(bodyMessage("  return sum(axis=0, x)") == "t.tg:2:22: error: a positional argument after a named "
                                                  "one\n  return sum(axis=0, x)\n                     ^\n"
                                                  "help: positional arguments come first\n");
  CHECK(bodyMessage("  return sum(x, axis=0, axis=1)") ==
        "t.tg:2:25: error: argument axis is given twice\n  return sum(x, axis=0, axis=1)\n                   "
        "     ^~~~\n"
        "t.tg:2:17: note: first given here\n");
  CHECK(bodyMessage("  return x[1:2:3:4]") == "t.tg:2:17: error: a slice has at most three parts\n  return "
                                              "x[1:2:3:4]\n                ^\nhelp: write start:stop:step\n");
  CHECK(bodyMessage("  return x[]") ==
        "t.tg:2:11: error: there is no index in these brackets\n  return x[]\n          ^~\n");
  CHECK(bodyMessage("  return ...") ==
        "t.tg:2:10: error: '...' stands only inside the brackets of an index\n  return ...\n         ^~~\n");
  CHECK(bodyMessage("  2 = x\n  return x") ==
        "t.tg:2:3: error: only names can stand on the left of '='\n  2 = x\n  ^\n");
  CHECK(bodyMessage("  x[0] = 1\n  return x") ==
        "t.tg:2:5: error: an index on the left of '=' is a plain name\n  x[0] = 1\n    ^\n"
        "help: tensors are never changed; C[i, k] = ... declares C by index notation\n");
  CHECK(bodyMessage("  a, b = x, y\n  return a") ==
        "t.tg:2:11: error: only one value can stand on the right of '='\n  a, b = x, y\n          ^\n"
        "help: several names take the results of one call: a, b = f(x)\n");
  CHECK(bodyMessage("  a = b = x\n  return a") ==
        "t.tg:2:9: error: a statement has one '='\n  a = b = x\n        ^\nhelp: write == to compare\n");
  CHECK(bodyMessage("  return 99999999999999999999") ==
        "t.tg:2:10: error: this integer is over 9223372036854775807, the largest i64\n  return "
        "99999999999999999999\n"
        "         ^~~~~~~~~~~~~~~~~~~~\nhelp: write it as a float, for example 1e19\n");
}

TEST_CASE("parser: extents whose product overflows are a limit") {
  for (const char *text :
       {"fn f(x: f64[281474976710657]) { return x }", "fn f(x: f64[16777216, 16777217]) { return x }",
        "fn f(x: f64[99999999999999999999, n]) { return x }",
        "fn f(x: f64[4294967296, 4294967296, 4294967296, 4294967296]) { return x }"}) {
    auto ast = parseFile(sourceOf(text));
    REQUIRE_FALSE(ast);
    CHECK(ast.error().kind == tgc::ErrorKind::Limit);
    CHECK(ast.error().message == "a tensor has at most 2^48 elements, this one has more");
  }
  CHECK(parseFile(sourceOf("fn f(x: f64[16777216, 16777216]) { return x }")));
  CHECK(parseFile(sourceOf("fn f(x: f64[16777216, 0, 16777217]) { return x }")));
}
