// Derivatives in two parts; where maps put their axes; what gradients share.
#include "tgc/Linearize.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Control.h"
#include "tgc/Custom.h"
#include "tgc/Ops.h"

using namespace tgc;
using namespace tgc::testing;

namespace {

const std::vector<double> x{0.5, 1.5, -2}, d{1, 10, 100};

/// Runs both parts one after the other; gives the results of the first that are f's, and of the second.
std::pair<Lists, Lists> both(const Linearized &parts, std::size_t results, std::vector<View> arguments,
                             const std::vector<View> &directions) {
  Lists first = runAll(parts.value, arguments);
  for (std::size_t k = results; k < first.size(); ++k)
    arguments.emplace_back(f64, first[k].data(), Shape(parts.value.results()[k].extents));
  arguments.insert(arguments.end(), directions.begin(), directions.end());
  Lists second = runAll(parts.apply, arguments);
  first.resize(results);
  return {first, second};
}

void same(const Lists &got, const Lists &want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t k = 0; k < got.size(); ++k)
    for (std::size_t at = 0; at < got[k].size(); ++at)
      CHECK(got[k][at] == doctest::Approx(want[k][at]).epsilon(1e-14));
}

Function wave() {
  return Function("wave", {{"A", f64, {3, 3}}, {"x", f64, {3}}}, [](Expr A, Expr x) {
    Expr y = tanh(matmul(A, sin(x)));
    return Results{{"y", y}, {"total", sum(exp(y) * x)}};
  });
}

} // namespace

TEST_CASE("linearize: both parts together are the jvp") {
  const std::vector<double> A{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Linearized parts = linearize(wave(), "x");
  auto [value, slope] = both(parts, 2, {View(f64, A.data(), {3, 3}), View(x)}, {View(d)});
  Lists whole = runAll(jvp(wave(), "x"), {View(f64, A.data(), {3, 3}), View(x), View(d)});
  same({value[0], value[1], slope[0], slope[1]}, whole);
  // Nothing that does not depend on the direction is left in the second part.
  for (const char *op : {"graph.sin", "graph.cos", "graph.tanh", "graph.exp"})
    CHECK(count(parts.apply.text(), op) == 0);
  CHECK(count(parts.apply.text(), "graph.contract") > 0);
  CHECK(parts.apply.params().back().name == "d_x");
}

TEST_CASE("linearize: pullback is the vjp in two parts") {
  const std::vector<double> A{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Linearized parts = pullback(wave(), {"A", "x"});
  auto [value, back] = both(parts, 2, {View(f64, A.data(), {3, 3}), View(x)}, {View(d), View(2.0)});
  Lists whole = runAll(vjp(wave(), {"A", "x"}), {View(f64, A.data(), {3, 3}), View(x), View(d), View(2.0)});
  same({value[0], value[1], back[0], back[1]}, whole);
  for (const char *op : {"graph.sin", "graph.cos", "graph.tanh", "graph.exp"})
    CHECK(count(parts.apply.text(), op) == 0);
}

TEST_CASE("linearize: the parts are functions like any other") {
  Function cube("cube", {{"x", f64, {3}}}, [](Expr x) { return x * x * x; });
  Linearized parts = linearize(cube, "x");
  // A Jacobian by mapping the second part over unit vectors at one point.
  const std::vector<double> eye{1, 0, 0, 0, 1, 0, 0, 0, 1};
  Lists first = runAll(parts.value, {View(x)});
  REQUIRE(first.size() == 2);
  CHECK(runAll(vmap(parts.apply, 3, {std::nullopt, std::nullopt, 0}),
               {View(x), View(first[1]), View(f64, eye.data(), {3, 3})}) ==
        Lists{{0.75, 0, 0, 0, 6.75, 0, 0, 0, 12}});
  // Inside another function, differentiated: the sum of 3 x^2 d.
  Function along("along", {{"x", f64, {3}}, {"d", f64, {3}}}, [&](Expr x, Expr d) {
    auto values = parts.value({x});
    return sum(parts.apply({x, values[1], d})[0]);
  });
  CHECK(runAll(grad(along, "x"), {View(x), View(d)}) == Lists{{3, 90, -1200}});
}

TEST_CASE("linearize: maps are cut inside, rules of one's own are asked") {
  Function one("one", {{"x", f64}}, [](Expr x) { return sin(x) * x; });
  Linearized parts = linearize(vmap(one, 3), "x");
  auto [value, slope] = both(parts, 1, {View(x)}, {View(d)});
  same({value[0], slope[0]}, runAll(jvp(vmap(one, 3), "x"), {View(x), View(d)}));
  CHECK(count(parts.apply.text(), "graph.cos") == 0);
  Function marked = custom_derivative(Function("f", {{"x", f64, {3}}}, [](Expr x) { return x; }),
                                      {.jvp = [](Expr x, Expr, Expr dx) { return 7 * x * dx; }});
  CHECK(both(linearize(marked, "x"), 1, {View(x)}, {View(d)}).second == Lists{{3.5, 105, -1400}});
  // The first part is still the function with its rule.
  Function valued("valued", {{"x", f64, {3}}},
                  [&](Expr x) { return sum(linearize(marked, "x").value({x})[0]); });
  CHECK(runAll(grad(valued, "x"), {View(x)}) == Lists{{3.5, 10.5, -14}});
}

TEST_CASE("linearize: errors are those of the derivative") {
  CHECK(refusal(linearize(wave(), "z").value) == "jvp: wave has no parameter z");
  CHECK(refusal(linearize(wave(), "z").apply) == "jvp: wave has no parameter z");
}

TEST_CASE("vmap: the new axis of each result stands where it is asked for") {
  Function f("f", {{"x", f64, {2}}}, [](Expr x) { return Results{{"twice", 2 * x}, {"total", sum(x)}}; });
  const std::vector<double> rows{1, 2, 3, 4, 5, 6};
  View three(f64, rows.data(), {3, 2}), two(f64, rows.data(), {2, 3});
  CHECK(runAll(vmap(f, 3, {}, {1, 0}), {three}) == Lists{{2, 6, 10, 4, 8, 12}, {3, 7, 11}});
  CHECK(runAll(vmap(f, 3, {}, {-1, -1}), {three}) == Lists{{2, 6, 10, 4, 8, 12}, {3, 7, 11}});
  CHECK(runAll(vmap(f, 3, {-1}, {-1, 0}), {two}) == Lists{{2, 4, 6, 8, 10, 12}, {5, 7, 9}});
  CHECK(vmap(f, 3, {}, {1, 0}).results()[0].extents == Ints{2, 3});
  // Nested: axes of two maps, one in front and one behind.
  Function pairs =
      vmap(vmap(Function("g", {{"a", f64}, {"b", f64}}, [](Expr a, Expr b) { return 10 * a + b; }), 3,
                {std::nullopt, 0}),
           2, {0, std::nullopt}, {1});
  const std::vector<double> a{1, 2}, b{3, 4, 5};
  CHECK(runAll(pairs, {View(a), View(b)}) == Lists{{13, 23, 14, 24, 15, 25}});
  CHECK(runAll(grad(Function("h", {{"a", f64, {2}}, {"b", f64, {3}}},
                             [&](Expr a, Expr b) { return sum(pairs(a, b)); }),
                    {"a", "b"}),
               {View(a), View(b)}) == Lists{{30, 30}, {2, 2, 2}});
  CHECK(refusal(vmap(f, 3, {}, {2, 0})) ==
        "vmap: axis 2 is out of range for result twice, which has 2 axes when mapped");
  CHECK(refusal(vmap(f, 3, {}, {0})) == "vmap: f has 2 results, outAxes has 1 entry");
  CHECK(refusal(vmap(f, 3, {0, 1})) == "vmap: f has 1 parameter, axes has 2 entries");
}

TEST_CASE("grad: gradients by several arguments share everything") {
  Function loss("loss", {{"A", f64, {4, 4}}, {"x", f64, {4}}, {"b", f64, {4}}},
                [](Expr A, Expr x, Expr b) { return sum(exp(tanh(matmul(A, x) + b))); });
  auto steps = [](const Function &f) {
    auto compiled = compile(f, {.threads = 1, .level = 0}); // one operation a step
    REQUIRE(compiled);
    return compiled->summary().launches;
  };
  // All three read the cotangent of A x + b; by b it is that cotangent, by A and x one product more each.
  const auto byOne = steps(grad(loss, "b"));
  CHECK(steps(grad(loss, {"b", "x"})) == byOne + 1);
  CHECK(steps(grad(loss, {"A", "x", "b"})) == byOne + 2);
  CHECK(steps(value_and_grad(loss, {"A", "x", "b"})) == byOne + 3);
}

TEST_CASE("transforms: a second tangent of one name gets a number") {
  Function f("f", {{"x", f64}}, [](Expr x) { return x * x; });
  const auto params = jvp(jvp(f, "x"), "x").params();
  CHECK(params[2].name == "d_x_2");
}

TEST_CASE("linearize: of a loop, which carries values and tangents together") {
  Function f("f", {{"x", f64, {3}}}, [](Expr x) {
    return Results{{"y", fori_loop(0, 3, [](Expr, Expr c) { return 2 * c * c; }, x)}, {"s", sum(x)}};
  });
  const std::vector<double> x{1, 0.5, -1}, d{1, 1, 2};
  auto [values, tangents] = both(linearize(f, "x"), 2, {View(x)}, {View(d)});
  CHECK(values == Lists{{128, 0.5, 128}, {0.5}});
  CHECK(tangents == Lists{{1024, 8, -2048}, {4}});
  const std::vector<double> one{1};
  auto [again, cotangents] = both(pullback(f, "x"), 2, {View(x)}, {View(d), View(one.data(), {})});
  CHECK(again == values);
  CHECK(cotangents == Lists{{1025, 9, -2047}});
}
