// Einsum through the whole compiler: the forms of C++, long intermediates, slices under a memory limit, and
// derivatives of large networks.
#include "tgc/Einsum.h"
#include "tests/unit/compiler/contract/Equations.h"
#include "tests/unit/compiler/contract/Networks.h"
#include "tgc/Executable.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"
#include <doctest/doctest.h>
#include <functional>

using namespace tgc;
using test::Bound;
using test::EquationCase;
using test::Integers;

namespace {

/// A function of i64 tensors with the given shapes; `make` gets all of them.
Function functionOf(const std::vector<std::vector<std::int64_t>> &shapes,
                    const std::function<Expr(const std::vector<Expr> &)> &make) {
  std::vector<Param> params;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    params.push_back({"x" + std::to_string(i), i64, shapes[i]});
  return Function("f", params,
                  [&](std::span<const Expr> xs) { return make(std::vector<Expr>(xs.begin(), xs.end())); });
}

struct Outcome {
  std::vector<std::int64_t> data;
  std::int64_t arenaBytes = 0;
};

Outcome run(const Function &f, const std::vector<Integers> &tensors, std::size_t count,
            const CompileOptions &options) {
  auto compiled = compile(f, options);
  if (!compiled) FAIL(compiled.error().text());
  std::vector<View> views;
  for (const Integers &tensor : tensors)
    views.push_back(View(i64, tensor.data.data(), Shape(tensor.shape)));
  Outcome outcome;
  outcome.data.assign(count, -777);
  outcome.arenaBytes = compiled->summary().arenaBytes;
  MutableView result(i64, outcome.data.data(), compiled->results()[0].extents);
  Workspace space(*compiled);
  auto ok = compiled->run(views, std::span(&result, 1), space);
  if (!ok) FAIL(ok.error().text());
  return outcome;
}

Expr textEinsum(const std::string &text, const std::vector<Expr> &tensors) {
  return apply("einsum", {{"equation", text}, {"tensors", Arg(tensors)}});
}

std::vector<Integers> fillNetwork(contract::Random &random, const contract::Network &network) {
  EquationCase shapes;
  for (const auto &input : network.inputs) {
    auto &shape = shapes.shapes.emplace_back();
    for (std::uint32_t index : input)
      shape.push_back(network.extents[index]);
  }
  return test::fillOperands(random, shapes);
}

/// A network through the interleaved form, compared with its own plan pair by pair.
Outcome checkNetwork(const contract::Network &network, std::uint64_t seed, const CompileOptions &options) {
  contract::Random random(seed);
  std::vector<Integers> tensors = fillNetwork(random, network);
  std::vector<std::vector<std::int64_t>> shapes;
  for (const Integers &tensor : tensors)
    shapes.push_back(tensor.shape);
  Function f = functionOf(shapes, [&](const std::vector<Expr> &xs) {
    std::vector<Indexed> operands;
    for (std::size_t i = 0; i < xs.size(); ++i)
      operands.push_back({xs[i], Ints(network.inputs[i].begin(), network.inputs[i].end())});
    return einsum(operands, Ints(network.output.begin(), network.output.end()));
  });
  contract::SearchResult plan;
  contract::SearchOptions search;
  search.rounds = 4;
  REQUIRE_FALSE(contract::findPath(network, search, plan));
  Integers expected = test::evaluateTree(network, plan.tree, tensors);
  Outcome outcome = run(f, tensors, expected.data.size(), options);
  CHECK(outcome.data == expected.data);
  return outcome;
}

} // namespace

TEST_CASE("einsum: text, literal and index lists are one operation") {
  using namespace tgc::literals;
  static_assert(decltype("ij,jk->ik"_einsum)::operands == 2);
  static_assert(decltype(" ...i , \u00e9i\u03b1 -> \u03b1... "_einsum)::operands == 2);
  std::vector<Integers> tensors = {{{2, 3}, {1, 2, 3, 4, 5, 6}}, {{3, 2}, {1, 0, 2, 1, 0, 3}}};
  std::vector<std::int64_t> expected = {5, 11, 14, 23};
  for (int form = 0; form < 4; ++form) {
    Function f = functionOf({{2, 3}, {3, 2}}, [&](const std::vector<Expr> &x) {
      if (form == 0) return einsum("ij,jk->ik", x[0], x[1]);
      if (form == 1) return "ij,jk->ik"_einsum(x[0], x[1]);
      if (form == 2) return einsum({{x[0], {7, -3}}, {x[1], {-3, 900}}}, Ints{7, 900});
      return einsum({{x[0], {dots, 5}}, {x[1], {5, 6}}}, Ints{dots, 6});
    });
    CHECK(run(f, tensors, 4, {.threads = 1}).data == expected);
  }
  CHECK(einsumText({{3, 1}, {1, 2}}) == "\u00c2\u00c0,\u00c0\u00c1"); // ascending numbers, ascending letters
}

TEST_CASE("einsum: index lists with more indices than there are letters") {
  std::vector<Ints> lists;
  for (std::int64_t i = 0; i < 100000; ++i)
    lists.push_back({i, i + 1});
  std::string text = einsumText(lists, Ints{0, 100000});
  auto parsed = graph::parseEquation(text);
  REQUIRE(std::holds_alternative<graph::Equation>(parsed));
  CHECK(std::get<graph::Equation>(parsed).operands.size() == 100000);
  CHECK(std::get<graph::Equation>(parsed).indexCount() == 100001);
  CHECK(einsumText(std::vector<Ints>(2, Ints(600000, 0))).size() == 2400001);
}

TEST_CASE("einsum: every equation of NumPy and opt_einsum, compiled") {
  contract::Random random(51);
  for (const EquationCase &made : test::readEquations("equations.txt")) {
    // Operands of more axes than tensors have: run pair by pair, in test-path.
    if (std::any_of(made.shapes.begin(), made.shapes.end(), [](const auto &s) { return s.size() > 8; }))
      continue;
    CAPTURE(made.text);
    Bound bound = test::bindCase(made, test::fillOperands(random, made));
    Integers expected = test::naiveEinsum(bound.equation, bound.operands);
    Function f =
        functionOf(made.shapes, [&](const std::vector<Expr> &xs) { return textEinsum(made.text, xs); });
    CHECK(run(f, bound.operands, expected.data.size(), {.threads = 1}).data == expected.data);
  }
}

TEST_CASE("einsum: random equations, compiled") {
  contract::Random random(52);
  for (int accepted = 0; accepted < 60;) {
    EquationCase made = test::randomEquation(random);
    Bound bound = test::bindCase(made, test::fillOperands(random, made));
    if (bound.error != "") continue;
    ++accepted;
    CAPTURE(made.text);
    Integers expected = test::naiveEinsum(bound.equation, bound.operands);
    Function f =
        functionOf(made.shapes, [&](const std::vector<Expr> &xs) { return textEinsum(made.text, xs); });
    CHECK(run(f, bound.operands, expected.data.size(), {.threads = 1}).data == expected.data);
  }
}

TEST_CASE("einsum: intermediates of more than eight indices") {
  contract::Random random(53);
  for (std::uint32_t count : {24U, 30U, 40U})
    checkNetwork(test::regularNetwork(random, count), count, {.threads = 1});
  checkNetwork(test::latticeNetwork(9), 54, {.threads = 1});
}

TEST_CASE("einsum: slices keep the intermediates within the limit, with the same result") {
  contract::Network network = test::latticeNetwork(8); // 8 x 8, extent 2
  contract::SearchResult whole;
  contract::SearchOptions search;
  search.rounds = 8;
  REQUIRE_FALSE(contract::findPath(network, search, whole));
  double peakBytes = whole.figures.peak.value() * 8;
  for (int part : {2, 4}) {
    auto limit = static_cast<std::int64_t>(peakBytes / part);
    Outcome outcome = checkNetwork(network, 55, {.threads = 1, .contractionBytes = limit});
    // Each buffer of the arena begins at a multiple of 64 bytes.
    CHECK(outcome.arenaBytes <= limit + 64 * 64);
  }
  contract::Network open{{{0, 1}, {1, 2}, {2, 3}}, {0, 3}, {6, 5, 4, 3}, {}};
  checkNetwork(open, 56, {.threads = 1, .contractionBytes = 64});
}

TEST_CASE("einsum: the gradient of a large network, by all its operands") {
  // A chain of 16 matrices closed to a trace: more than the joint planner shares on purpose.
  contract::Network network;
  for (std::uint32_t i = 0; i < 16; ++i) {
    network.inputs.push_back({i, (i + 1) % 16});
    network.extents.push_back(2 + i % 3);
  }
  std::vector<Param> params;
  std::vector<std::vector<double>> data;
  for (const auto &input : network.inputs) {
    std::int64_t rows = network.extents[input[0]], columns = network.extents[input[1]];
    params.push_back({"x" + std::to_string(data.size()), f64, {rows, columns}});
    std::vector<double> &values = data.emplace_back();
    for (std::int64_t k = 0; k < rows * columns; ++k)
      values.push_back(double(1 + (k + std::int64_t(data.size())) % 3) / 4);
  }
  Function f("f", params, [&](std::span<const Expr> xs) {
    std::vector<Indexed> operands;
    for (std::size_t i = 0; i < xs.size(); ++i)
      operands.push_back({xs[i], Ints(network.inputs[i].begin(), network.inputs[i].end())});
    return einsum(operands, Ints{});
  });
  auto value = [&](const Function &g, std::int64_t count) {
    auto compiled = compile(g, {.threads = 1});
    if (!compiled) FAIL(compiled.error().text());
    std::vector<View> views;
    for (std::size_t i = 0; i < data.size(); ++i)
      views.push_back(View(f64, data[i].data(), params[i].extents));
    std::vector<double> out(static_cast<std::size_t>(count));
    MutableView result(f64, out.data(), compiled->results()[0].extents);
    Workspace space(*compiled);
    auto ok = compiled->run(views, std::span(&result, 1), space);
    if (!ok) FAIL(ok.error().text());
    return out;
  };
  // Linear in each operand: its gradient times the operand is the value.
  double whole = value(f, 1)[0];
  for (std::size_t i : {0, 7, 15}) {
    auto slope = value(grad(f, "x" + std::to_string(i)), std::int64_t(data[i].size()));
    double sum = 0;
    for (std::size_t k = 0; k < slope.size(); ++k)
      sum += slope[k] * data[i][k];
    CHECK(sum == doctest::Approx(whole).epsilon(1e-12));
  }
}
