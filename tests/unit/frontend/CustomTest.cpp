// Functions with rules of their own: what asks a rule, what follows from one, nesting.
#include "tgc/Custom.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <cmath>

using namespace tgc;
using namespace tgc::testing;

namespace {

const Ints three = {3};

/// x^2 with rules whose factor says which rule was asked: jvp 100 x dx, vjp 10 x ct. Both are wrong, so that
/// nobody can mistake them for the derivative of the body.
Function marked(Rules rules) {
  return custom_derivative(Function("square", {{"x", f64, three}}, [](Expr x) { return x * x; }), rules);
}
const Rule hundred([](Expr x, Expr, Expr dx) { return 100 * x * dx; });
const Rule ten([](Expr x, Expr, Expr ct) { return 10 * x * ct; });

Function total(const Function &f) {
  return Function("total", {{"x", f64, three}}, [&](Expr x) { return sum(f(x)); });
}

/// Stable everywhere: the largest element is taken out first. The rule needs the result alone.
Function logSoftmax(std::int64_t n) {
  Function body("log_softmax", {{"x", f64, {n}}}, [](Expr x) {
    Expr shifted = x - max(x);
    return shifted - log(sum(exp(shifted)));
  });
  return custom_derivative(body, {.jvp = [](Expr, Expr y, Expr dx) { return dx - sum(exp(y) * dx); }});
}

const std::vector<double> x{1, 2, -3}, d{1, 10, 100};

} // namespace

TEST_CASE("custom: forward mode asks the jvp rule, reverse mode the vjp rule") {
  Function f = marked({.jvp = hundred, .vjp = ten});
  for (int level : {0, 2}) {
    CHECK(runAll(f, {View(x)}, level) == Lists{{1, 4, 9}});
    CHECK(runAll(jvp(f, "x"), {View(x), View(d)}, level) == Lists{{1, 4, 9}, {100, 2000, -30000}});
    CHECK(runAll(vjp(f, "x"), {View(x), View(d)}, level) == Lists{{1, 4, 9}, {10, 200, -3000}});
  }
}

TEST_CASE("custom: the rule that is missing is the transpose of the one that is there") {
  CHECK(runAll(vjp(marked({.jvp = hundred}), "x"), {View(x), View(d)})[1] ==
        std::vector<double>{100, 2000, -30000});
  CHECK(runAll(jvp(marked({.vjp = ten}), "x"), {View(x), View(d)})[1] == std::vector<double>{10, 200, -3000});
  // A rule that mixes elements: dy = A dx, so that the cotangent is A' ct.
  Function body("f", {{"x", f64, {3}}}, [](Expr x) { return slice(x, Ints{0}, Ints{2}); });
  Function f = custom_derivative(
      body, {.jvp = [](Expr x, Expr, Expr dx) {
        return stack({dx.at({0}).get() + 2 * dx.at({1}).get(), x.at({2}).get() * dx.at({2}).get()});
      }});
  const std::vector<double> ct{1, 10};
  CHECK(runAll(vjp(f, "x"), {View(x), View(ct)})[1] == std::vector<double>{1, 2, -30});
}

TEST_CASE("custom: without derivative rules the body is differentiated") {
  Function f = marked({.batch = [](Expr x) { return x * x; }});
  CHECK(runAll(grad(total(f), "x"), {View(x)}) == Lists{{2, 4, -6}});
}

TEST_CASE("custom: a rule is differentiated in turn, in every nesting") {
  Function f = total(marked({.jvp = hundred, .vjp = ten}));
  // The gradient is 10 x by the vjp rule; its derivative is that of the rule's body, 10.
  CHECK(runAll(hvp(f, "x"), {View(x), View(d)}) == Lists{{10, 100, 1000}});
  CHECK(runAll(hessian(f, "x"), {View(x)}) == Lists{{10, 0, 0, 0, 10, 0, 0, 0, 10}});
  CHECK(runAll(jacobian(marked({.jvp = hundred, .vjp = ten}), "x", JacobianMode::Forward), {View(x)}) ==
        Lists{{100, 0, 0, 0, 200, 0, 0, 0, -300}});
  CHECK(runAll(jacobian(marked({.jvp = hundred, .vjp = ten}), "x", JacobianMode::Reverse), {View(x)}) ==
        Lists{{10, 0, 0, 0, 20, 0, 0, 0, -30}});
  Function cubed =
      total(custom_derivative(Function("cube", {{"x", f64, three}}, [](Expr x) { return x * x * x; }),
                              {.vjp = [](Expr x, Expr, Expr ct) { return 3 * x * x * ct; }}));
  CHECK(runAll(
            grad(Function("third", {{"x", f64, three}}, [&](Expr x) { return sum(grad(cubed, "x")(x) * x); }),
                 "x"),
            {View(x)}) == Lists{{9, 36, 81}});
  Function inner = custom_derivative(marked({.jvp = hundred}), {.vjp = ten});
  CHECK(runAll(grad(total(inner), "x"), {View(x)}) == Lists{{10, 20, -30}});
}

TEST_CASE("custom: log-softmax is stable at every order") {
  const std::vector<double> far{1000, 0, -1000}, v{1, 2, 3};
  Function f = logSoftmax(3);
  CHECK(runAll(f, {View(far)})[0] == std::vector<double>{0, -1000, -2000});
  Function loss("loss", {{"x", f64, {3}}}, [&](Expr x) { return -f(x).at({1}).get(); });
  CHECK(runAll(grad(loss, "x"), {View(far)}) == Lists{{1, -1, 0}});
  CHECK(runAll(hvp(loss, "x"), {View(far), View(v)}) == Lists{{0, 0, 0}});
  // Against the operation of the catalogue, where nothing is extreme.
  Function known("known", {{"x", f64, {3}}}, [](Expr x) { return -log_softmax(x).at({1}).get(); });
  const auto got = runAll(hvp(loss, "x"), {View(x), View(v)})[0],
             want = runAll(hvp(known, "x"), {View(x), View(v)})[0];
  for (std::size_t k = 0; k < want.size(); ++k)
    CHECK(got[k] == doctest::Approx(want[k]).epsilon(1e-13));
}

TEST_CASE("custom: auxiliary results report from inside, in the forward and the reverse part") {
  // A ReLU that tells how many of its units are active, and, as the cotangent of a number it ignores, the
  // size of the cotangent that came back.
  Function body("relu", {{"x", f64, {4}}, {"probe", f64}},
                [](Expr x, Expr) { return Results{{"y", relu(x)}, {"rate", mean(astype(x > 0, f64))}}; });
  Function counting = custom_derivative(body, {.vjp = [](Expr x, Expr, Expr, Expr, Expr ct, Expr) {
                                          Expr passed = where(x > 0, ct, 0);
                                          return std::vector<Expr>{passed, sum(passed * passed)};
                                        }});
  Function loss("loss", {{"x", f64, {4}}, {"probe", f64}}, [&](Expr x, Expr probe) {
    auto both = counting({x, probe});
    return Results{{"loss", sum(both[0] * both[0])}, {"rate", both[1]}};
  });
  const std::vector<double> at{1, -2, 3, 0.5};
  CHECK(runAll(value_and_grad(loss, {"x", "probe"}), {View(at), View(0.0)}) ==
        Lists{{10.25}, {0.75}, {2, 0, 6, 1}, {41}});
}

TEST_CASE("custom: residuals reach the rules and nobody else") {
  Function body("norm", {{"x", f64, three}}, [](Expr x) {
    Expr length = sqrt(sum(x * x));
    return Results{{"out", length + 0.0}, {"direction", x / length}};
  });
  Function f = custom_derivative(
      body, {.vjp = [](Expr, Expr, Expr direction, Expr ct) { return 2 * ct * direction; }, .residuals = 1});
  CHECK(f.results().size() == 1);
  const std::vector<double> at{2, 3, 6};
  CHECK(runAll(grad(f, "x"), {View(at)})[0] == std::vector<double>{4.0 / 7, 6.0 / 7, 12.0 / 7});
  // The second derivative goes through the residual by its body: 2 (I - n n') / |x|.
  CHECK(runAll(hessian(f, "x"), {View(at)})[0][1] == doctest::Approx(-2.0 * 2 * 3 / 343));
  CHECK(runAll(hessian(f, "x"), {View(at)})[0][0] == doctest::Approx(2.0 * (49 - 4) / 343));
}

TEST_CASE("custom: a batching rule serves the maps that ask for its extent") {
  int traced = 0;
  Function body("twice", {{"x", f64, three}}, [](Expr x) { return 2 * x; });
  Function f = custom_derivative(body, {.batch = [&traced](Expr x) { return ++traced, 2 * x + 1; }});
  const std::vector<double> two{1, 2, 3, 4, 5, 6};
  CHECK(runAll(vmap(f, 2), {View(f64, two.data(), {2, 3})}) == Lists{{3, 5, 7, 9, 11, 13}});
  CHECK(traced == 1);
  CHECK(runAll(vmap(total(f), 2), {View(f64, two.data(), {2, 3})}) == Lists{{15, 33}});
  // A Function serves its own extent; the body serves the others.
  Function pair("pair", {{"x", f64, {2, 3}}}, [](Expr x) { return 2 * x + 1; });
  Function g = custom_derivative(body, {.batch = pair});
  CHECK(runAll(vmap(g, 2), {View(f64, two.data(), {2, 3})}) == Lists{{3, 5, 7, 9, 11, 13}});
  CHECK(runAll(vmap(g, 1), {View(f64, two.data(), {1, 3})}) == Lists{{2, 4, 6}});
  // The outer map maps the inner one's rule.
  CHECK(runAll(vmap(vmap(f, 2), 1), {View(f64, two.data(), {1, 2, 3})}) == Lists{{3, 5, 7, 9, 11, 13}});
}

TEST_CASE("custom: derivatives inside a map ask the rules") {
  Function f = total(marked({.vjp = ten}));
  const std::vector<double> two{1, 2, 3, 4, 5, 6};
  CHECK(runAll(vmap(grad(f, "x"), 2), {View(f64, two.data(), {2, 3})}) == Lists{{10, 20, 30, 40, 50, 60}});
  Function sums("sums", {{"x", f64, {2, 3}}}, [&](Expr x) { return sum(vmap(f, 2)(x)); });
  CHECK(runAll(grad(sums, "x"), {View(f64, two.data(), {2, 3})}) == Lists{{10, 20, 30, 40, 50, 60}});
}

TEST_CASE("custom: several arguments, integers among them") {
  Function body("scaled", {{"a", f64, three}, {"k", i64}, {"b", f64, three}},
                [](Expr a, Expr k, Expr b) { return a * b * astype(k, f64); });
  Function f = custom_derivative(body, {.jvp = [](Expr a, Expr k, Expr b, Expr, Expr da, Expr db) {
                                   return (da * b + a * db) * astype(k, f64);
                                 }});
  Function loss("loss", {{"a", f64, three}, {"k", i64}, {"b", f64, three}},
                [&](Expr a, Expr k, Expr b) { return sum(f({a, k, b})[0]); });
  CHECK(runAll(grad(loss, {"a", "b"}), {View(x), View(std::int64_t(2)), View(d)}) ==
        Lists{{2, 20, 200}, {2, 4, -6}});
  CHECK(refusal(grad(loss, "k")) ==
        "grad: parameter k is i64; only floating-point parameters have derivatives");
}

TEST_CASE("custom: wrong rules are refused with both types") {
  CHECK(refusal(marked({.jvp = [](Expr x, Expr, Expr) { return sum(x); }})) ==
        "custom_derivative: square has a jvp rule that gives (f64) where it has to give (f64[3])");
  Function wrong("wrong", {{"x", f64, three}}, [](Expr x) { return x; });
  CHECK(refusal(marked({.vjp = wrong})) ==
        "custom_derivative: square has a vjp rule that takes (f64[3]) where it has "
        "to take (f64[3], f64[3], f64[3])");
  CHECK(refusal(marked({.jvp = [](Expr x, Expr) { return x; }})) ==
        "square_jvp has 3 parameters, its body takes 2");
  CHECK(
      refusal(vjp(marked({.jvp = [](Expr, Expr, Expr dx) { return exp(dx); }}), "x")) ==
      "the derivative rule square_jvp of square is not linear here in d_x: f64[3], so the rule for the other "
      "direction does not follow from it");
  CHECK(refusal(marked({.jvp = hundred, .residuals = 1})) ==
        "custom_derivative: square keeps 1 of 1 results for its rules, so that none is left");
  CHECK(refusal(vmap(marked({.batch = [](Expr x) { return sum(x); }}), 2)) ==
        "vmap: square has a batch rule that gives (f64) where it has to give (f64[2, 3])");
}
