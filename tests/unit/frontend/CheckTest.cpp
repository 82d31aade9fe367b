// check_derivatives: what is right passes, planted mistakes are caught and named.
#include "tgc/Check.h"
#include "tgc/Custom.h"
#include "tgc/Ops.h"
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>

using namespace tgc;

namespace {

const std::vector<double> at{0.3, -0.7, 1.9};

CheckReport checked(const Function &f, std::vector<View> inputs = {View(at)}, CheckOptions options = {}) {
  auto report = check_derivatives(f, inputs, options);
  if (!report) FAIL(report.error().text());
  return *report;
}

Function over(const char *name, Expr (*body)(Expr)) {
  return Function(name, {{"x", f64, {3}}}, [=](Expr x) { return body(x); });
}

/// sin(x) with rules of one's own, inside a larger function.
Function inside(const Rules &rules) {
  Function wave = custom_derivative(over("wave", [](Expr x) { return sin(x); }), rules);
  return Function("f", {{"x", f64, {3}}}, [&](Expr x) { return sum(exp(wave(x * 2)) * x); });
}

std::string failures(const CheckReport &report) {
  std::string out;
  for (const CheckedClaim &claim : report.claims)
    if (!claim.holds) out += (out.empty() ? "" : "; ") + claim.name;
  return out;
}

} // namespace

TEST_CASE("check: smooth, linear, bent and wild functions pass, to the second order") {
  CHECK(checked(over("smooth", [](Expr x) { return sum(exp(sin(x)) * x); })).text() != "");
  for (Expr (*body)(Expr) :
       {+[](Expr x) { return sum(exp(sin(x)) * x); }, +[](Expr x) { return 3 * x; },
        +[](Expr x) { return abs(x) + relu(x - 0.3); }, +[](Expr x) { return sin(1000 * x); },
        +[](Expr x) { return 1e8 * softmax(x); }, +[](Expr x) { return log(x + 0.7001); },
        +[](Expr x) { return cumulative_sum(x * x * x); }}) {
    CheckReport report = checked(over("f", body));
    CHECK_MESSAGE(report.holds(), report.text());
    CHECK(report.culprit.empty());
    CHECK(report.claims.size() == 11);
  }
}

TEST_CASE("check: the order of the remainder is 2 where the function is curved") {
  CheckReport report =
      checked(over("f", [](Expr x) { return sum(exp(x)); }), {View(at)}, {.order = 1, .batch = 0});
  CHECK(report.claims.size() == 3);
  CHECK(report.claims[0].order == doctest::Approx(2).epsilon(0.05));
}

TEST_CASE("check: f32, integers and several results") {
  Function f("f", {{"x", f32, {2}}, {"k", i64, {2}}}, [](Expr x, Expr k) {
    return Results{{"y", x * x * astype(k, f32)}, {"k", k + 1}, {"z", sum(x)}};
  });
  const std::vector<float> x{1.5f, -2};
  const std::vector<std::int64_t> k{3, 4};
  CHECK_MESSAGE(checked(f, {View(x), View(k)}).holds(), checked(f, {View(x), View(k)}).text());
}

TEST_CASE("check: right rules of one's own pass") {
  for (Rules rules : {Rules{.jvp = [](Expr x, Expr, Expr dx) { return cos(x) * dx; }},
                      Rules{.vjp = [](Expr x, Expr, Expr ct) { return cos(x) * ct; }},
                      Rules{.batch = [](Expr x) { return sin(x); }}}) {
    CheckReport report = checked(inside(rules));
    CHECK_MESSAGE(report.holds(), report.text());
  }
}

TEST_CASE("check: planted mistakes are caught, named, and shown at the worst element") {
  struct Planted {
    Rules rules;
    const char *claims;
  };
  const Planted list[] = {
      // a sign
      {{.jvp = [](Expr x, Expr, Expr dx) { return -cos(x) * dx; },
        .vjp = [](Expr x, Expr, Expr ct) { return cos(x) * ct; }},
       "tangent against differences"},
      // a factor just above what differences can see
      {{.jvp = [](Expr x, Expr, Expr dx) { return 1.001 * cos(x) * dx; }}, "tangent against differences"},
      // the two modes disagree by the last digits
      {{.jvp = [](Expr x, Expr, Expr dx) { return cos(x) * dx; },
        .vjp = [](Expr x, Expr, Expr ct) { return (1 + 1e-8) * cos(x) * ct; }},
       "cotangent against tangent"},
      // elements swapped
      {{.vjp = [](Expr x, Expr, Expr ct) { return flip(cos(x) * ct); }}, "tangent against differences"},
      // right at this order, wrong at the next
      {{.jvp = [](Expr x, Expr, Expr dx) { return stop_gradient(cos(x)) * dx; }},
       "jvp: tangent against differences"},
      // a map of another function
      {{.batch = [](Expr x) { return sin(x) * 1.000001; }}, "batch against a loop"},
  };
  for (const Planted &planted : list) {
    CheckReport report = checked(inside(planted.rules));
    CHECK(failures(report).find(planted.claims) != std::string::npos);
    CHECK(!report.holds());
    CHECK_MESSAGE(report.culprit.find("the rules of wave") != std::string::npos, report.text());
    CHECK(report.text().find(" element ") != std::string::npos);
  }
}

TEST_CASE("check: a rule that is affine, not linear, is told from one that is wrong in another way") {
  for (Rules rules : {Rules{.jvp = [](Expr x, Expr, Expr dx) { return cos(x) * dx + 1e-9; }},
                      Rules{.vjp = [](Expr x, Expr, Expr ct) { return cos(x) * ct + 1; }}}) {
    CheckReport report = checked(inside(rules));
    CHECK(failures(report).find("zero directions give zero") != std::string::npos);
    CHECK(report.text().find("not linear in them") != std::string::npos);
    CHECK_MESSAGE(report.culprit.find("the rules of wave") != std::string::npos, report.text());
  }
}

TEST_CASE("check: an operation whose derivative is not its own is named") {
  CheckReport report = checked(over("f", [](Expr x) { return sum(exp(x) * stop_gradient(x)); }));
  CHECK(!report.holds());
  CHECK_MESSAGE(report.culprit.find("operation stop_gradient (") != std::string::npos, report.text());
  CHECK(report.culprit.find("CheckTest.cpp") != std::string::npos);
  // Behind a transformation, the function transformed is looked into.
  CHECK(checked(grad(over("f", [](Expr x) { return sum(x * x * stop_gradient(x)); }), "x"))
            .culprit.find("operation stop_gradient") != std::string::npos);
}

TEST_CASE("check: a foreign function with its rules") {
  Function root = foreign("root", {{"x", f64, {3}}}, {{"y", f64, {3}}},
                          {[](void *, const void *const *arguments, void *const *results) -> const char * {
                            double in[3], out[3];
                            std::memcpy(in, arguments[0], sizeof in);
                            for (int k = 0; k < 3; ++k)
                              out[k] = std::cbrt(in[k]);
                            std::memcpy(results[0], out, sizeof out);
                            return nullptr;
                          }},
                          {.vjp = [](Expr, Expr y, Expr ct) { return ct / (3 * y * y); }});
  CheckReport report = checked(root);
  CHECK_MESSAGE(report.holds(), report.text());
}

TEST_CASE("check: what cannot be checked is refused") {
  auto message = [](const Function &f, std::vector<View> inputs, CheckOptions options = {}) {
    auto report = check_derivatives(f, inputs, options);
    return report ? "checked" : report.error().message;
  };
  const std::vector<std::int64_t> k{3, 4};
  Function whole("whole", {{"k", i64, {2}}}, [](Expr k) { return k + 1; });
  CHECK(message(whole, {View(k)}) == "no floating-point parameter to differentiate by");
  Function f = over("f", [](Expr x) { return x; });
  CHECK(message(f, {}) == "check_derivatives: f has 1 parameters, got 0 inputs");
  CHECK(message(f, {View(k)}) == "check_derivatives: input x must be f64[3] but is i64[2]");
  CHECK(message(f, {View(at)}, {.wrt = "y"}) == "check_derivatives: f has no floating-point parameter y");
}
