// From graph form through every stage to numbers, at every level.
#include "Programs.h"
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace tgc;

namespace {

Result<Compiled> compileGraph(test::Bench &bench, llvm::StringRef text, int level, Trace *trace = nullptr) {
  Options options;
  options.level = level;
  options.verifyEach = true;
  auto module = bench.parse(text);
  REQUIRE(module);
  auto compiled = bench.compiler.compile({.module = *module}, options, trace);
  if (!compiled) MESSAGE(compiled.error().text());
  return compiled;
}

constexpr const char *lossAndGradient = R"(
func.func private @loss(%x: tensor<8x4xf64>, %w: tensor<4xf64>) -> tensor<f64> {
  %z = graph.contract %x, %w {equation = "ij,j->i"} : (tensor<8x4xf64>, tensor<4xf64>) -> tensor<8xf64>
  %t = graph.tanh %z : (tensor<8xf64>) -> tensor<8xf64>
  %s = graph.sum %t {axes = array<i64: 0>, keepdims = false} : (tensor<8xf64>) -> tensor<f64>
  return %s : tensor<f64>
}
func.func @main(%x: tensor<8x4xf64>, %w: tensor<4xf64>, %c: tensor<f64>) -> (tensor<f64>, tensor<4xf64>) {
  %r:2 = graph.vjp @loss(%x, %w, %c) {wrt = array<i64: 1>}
      : (tensor<8x4xf64>, tensor<4xf64>, tensor<f64>) -> (tensor<f64>, tensor<4xf64>)
  return %r#0, %r#1 : tensor<f64>, tensor<4xf64>
})";

} // namespace

TEST_CASE("compiler: a loss and its gradient from graph form, levels 0 to 2") {
  std::vector<double> x(32), w{0.5, -0.25, 0.125, 1.0};
  for (int i = 0; i < 32; ++i)
    x[i] = std::sin(i + 1.0);
  double value = 0;
  std::vector<double> gradient(4);
  for (int i = 0; i < 8; ++i) {
    double z = 0;
    for (int j = 0; j < 4; ++j)
      z += x[i * 4 + j] * w[j];
    value += std::tanh(z);
    for (int j = 0; j < 4; ++j)
      gradient[j] += 3.0 * (1 - std::tanh(z) * std::tanh(z)) * x[i * 4 + j];
  }
  for (int level : {0, 1, 2}) {
    CAPTURE(level);
    test::Bench bench;
    auto compiled = compileGraph(bench, lossAndGradient, level);
    REQUIRE(compiled);
    double loss = 0, g[4] = {};
    const double c = 3.0;
    test::runOn(*compiled->program, {View(x.data(), {8, 4}), View(w.data(), {4}), View(c)},
                {MutableView(&loss, {}), MutableView(g, {4})});
    CHECK(loss == doctest::Approx(value).epsilon(1e-13));
    for (int j = 0; j < 4; ++j)
      CHECK(g[j] == doctest::Approx(gradient[j]).epsilon(1e-13));
  }
}

TEST_CASE("compiler: a trace has every stage, and its texts show the forms") {
  test::Bench bench;
  Trace trace;
  trace.keepTexts = true;
  REQUIRE(compileGraph(bench, lossAndGradient, 2, &trace));
  REQUIRE(trace.stages.size() == stageNames.size());
  const auto has = [&](Stage stage, const char *part) {
    return trace.stages[static_cast<std::size_t>(stage)].text.find(part) != std::string::npos;
  };
  CHECK(trace.input.find("graph.vjp") != std::string::npos);
  CHECK(!has(Stage::Autodiff, "graph.vjp"));
  CHECK(has(Stage::Fuse, "exec.run"));
  CHECK(has(Stage::Lower, "linalg.generic"));
  CHECK(has(Stage::Schedule, "exec.launch"));
  CHECK(!has(Stage::Schedule, "linalg."));
}

TEST_CASE("compiler: extents of zero and one, rank 0, and a result nobody computes from inputs") {
  test::Bench bench;
  auto compiled = compileGraph(bench, R"(
func.func @main(%x: tensor<0x3xf32>, %y: tensor<1x1xf32>, %s: tensor<f32>) -> (tensor<0x3xf32>, tensor<3xf32>, tensor<f32>, tensor<1x1xf32>) {
  %a = graph.exp %x : (tensor<0x3xf32>) -> tensor<0x3xf32>
  %b = graph.sum %x {axes = array<i64: 0>, keepdims = false} : (tensor<0x3xf32>) -> tensor<3xf32>
  %c = graph.add %s, %s : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %d = graph.negative %y : (tensor<1x1xf32>) -> tensor<1x1xf32>
  return %a, %b, %c, %d : tensor<0x3xf32>, tensor<3xf32>, tensor<f32>, tensor<1x1xf32>
})",
                               2);
  REQUIRE(compiled);
  const float y = 5, s = 1.5;
  float none = 0, b[3] = {1, 1, 1}, c = 0, d = 0;
  test::runOn(
      *compiled->program, {View(&none, {0, 3}), View(&y, {1, 1}), View(s)},
      {MutableView(&none, {0, 3}), MutableView(b, {3}), MutableView(&c, {}), MutableView(&d, {1, 1})});
  CHECK((b[0] == 0 && b[1] == 0 && b[2] == 0));
  CHECK(c == 3.0f);
  CHECK(d == -5.0f);
}

TEST_CASE("compiler: a long chain of ops compiles without deep recursion and shares its kernels") {
  std::string text = "func.func @main(%x: tensor<4xf64>, %y: tensor<4xf64>) -> tensor<4xf64> {\n";
  std::string last = "%x";
  constexpr int length = 20000;
  for (int i = 0; i < length; ++i) {
    const std::string next = "%v" + std::to_string(i);
    text += next + " = graph.add " + last + ", %y : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>\n";
    last = next;
  }
  text += "return " + last + " : tensor<4xf64>\n}";
  test::Bench bench;
  Options options;
  auto module = bench.parse(text);
  REQUIRE(module);
  auto compiled = bench.compiler.compile({.module = *module}, options);
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  CHECK(compiled->report.kernels.size() <= 4);
  const std::vector<double> x{1, 2, 3, 4}, y{1, 0.5, -1, 0};
  std::vector<double> z(4);
  test::runOn(*compiled->program, {View(x.data(), {4}), View(y.data(), {4})}, {MutableView(z.data(), {4})});
  for (int i = 0; i < 4; ++i)
    CHECK(z[i] == x[i] + length * y[i]);
}

TEST_CASE("compiler: compiling twice gives the same assembly") {
  std::string first, second;
  for (std::string *text : {&first, &second}) {
    test::Bench bench;
    Options options;
    options.keepAssembly = true;
    auto module = bench.parse(lossAndGradient);
    auto compiled = bench.compiler.compile({.module = *module}, options);
    REQUIRE(compiled);
    *text = compiled->report.assembly;
  }
  CHECK(!first.empty());
  CHECK(first == second);
}

TEST_CASE("compiler: a product large enough for packed blocks is exact through the whole pipeline") {
  constexpr const char *text = R"(
func.func @main(%a: tensor<300x1024xf32>, %b: tensor<1024x320xf32>) -> tensor<300x320xf32> {
  %c = graph.contract %a, %b {equation = "ik,kj->ij"}
      : (tensor<300x1024xf32>, tensor<1024x320xf32>) -> tensor<300x320xf32>
  %d = graph.contract %a, %b {equation = "ik,kj->ij"}
      : (tensor<300x1024xf32>, tensor<1024x320xf32>) -> tensor<300x320xf32>
  %s = graph.add %c, %d : (tensor<300x320xf32>, tensor<300x320xf32>) -> tensor<300x320xf32>
  return %s : tensor<300x320xf32>
})";
  std::vector<float> a(300 * 1024), b(1024 * 320), expected(300 * 320, 0.0f), result(300 * 320, -1.0f);
  for (std::size_t at = 0; at < a.size(); ++at)
    a[at] = float(at * 7 % 5) - 2;
  for (std::size_t at = 0; at < b.size(); ++at)
    b[at] = float(at * 11 % 7) - 3;
  for (int i = 0; i < 300; ++i)
    for (int k = 0; k < 1024; ++k)
      for (int j = 0; j < 320; ++j)
        expected[i * 320 + j] += 2 * a[i * 1024 + k] * b[k * 320 + j];
  test::Bench bench;
  auto compiled = compileGraph(bench, text, 2);
  REQUIRE(compiled);
  test::runOn(*compiled->program, {View(a.data(), {300, 1024}), View(b.data(), {1024, 320})},
              {MutableView(result.data(), {300, 320})});
  CHECK(result == expected);
}

namespace {

/// Results of `calls` on x, one function each, all in one program.
template <typename T>
std::vector<std::vector<T>> applied(test::Bench &bench, const std::vector<std::string> &calls,
                                    const std::vector<T> &x, Options options,
                                    std::shared_ptr<const Program> *kept = nullptr) {
  const std::string type =
      "tensor<" + std::to_string(x.size()) + "x" + (sizeof(T) == 4 ? "f32" : "f64") + ">";
  std::string body, names, types;
  for (std::size_t k = 0; k < calls.size(); ++k) {
    const std::string name = "%" + std::to_string(k);
    body += "  " + name + " = graph." + calls[k] + " %x : (" + type + ") -> " + type + "\n";
    names += (k ? ", " : "") + name;
    types += (k ? ", " : "") + type;
  }
  const std::string text = "func.func @main(%x: " + type + ") -> (" + types + ") {\n" + body + "  return " +
                           names + " : " + types + "\n}";
  auto module = bench.parse(text);
  REQUIRE(module);
  auto compiled = bench.compiler.compile({.module = *module}, options);
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  std::vector<std::vector<T>> results(calls.size(), std::vector<T>(x.size()));
  std::vector<MutableView> views;
  const Shape shape{std::int64_t(x.size())};
  for (auto &result : results)
    views.emplace_back(result.data(), shape);
  test::runOn(*compiled->program, {View(x.data(), shape)}, views);
  if (kept) *kept = compiled->program;
  return results;
}

template <typename T> void checkRoutines(int vectorBytes) {
  std::vector<T> x;
  for (int i = 0; i < 43; ++i)
    x.push_back(T(std::ldexp(1.0 + i / 64.0, i * 2 - 20)) * (i % 3 ? 1 : -1));
  x[7] = std::numeric_limits<T>::infinity(), x[8] = std::numeric_limits<T>::quiet_NaN(), x[9] = 0;
  Options options;
  options.vectorBytes = vectorBytes;
  const std::vector<std::string> calls{"exp", "sin", "cos", "log"};
  test::Bench together, apart;
  const auto many = applied(together, calls, x, options); // eight bodies with the masked rest: too many
  for (std::size_t k = 0; k < calls.size(); ++k) {
    CAPTURE(calls[k]);
    const auto one = applied(apart, {calls[k]}, x, options);
    CHECK(std::memcmp(one[0].data(), many[k].data(), x.size() * sizeof(T)) == 0);
  }
}

} // namespace

TEST_CASE("compiler: a function gives the same bits where it is written out and where it is called") {
  for (int bytes : {0, 32, 16}) {
    CAPTURE(bytes);
    checkRoutines<float>(bytes);
    checkRoutines<double>(bytes);
  }
}

TEST_CASE("compiler: routines are built once, called by later kernels, and live as long as those") {
  const std::vector<float> x{0.5f, -2.0f, 3e9f, 1.0f, 0.25f};
  std::shared_ptr<const Program> late;
  std::vector<std::vector<float>> before, after;
  {
    test::Bench bench;
    Options options;
    before = applied<float>(bench, {"sin", "cos", "exp", "log", "exp2"}, x, options);
    // Another kernel: it finds the routines in memory, even if kernels are not to be.
    options.reuseKernels = false;
    after = applied<float>(bench, {"cos", "sin", "log", "exp", "abs"}, x, options, &late);
    CHECK(before[0] == after[1]);
    CHECK(before[1] == after[0]);
    CHECK(before[2] == after[3]);
    bench.compiler.forgetKernels();
    const auto again = applied<float>(bench, {"sin", "cos", "exp", "log", "exp2"}, x, options);
    CHECK(before[0] == again[0]);
  }
  std::vector<std::vector<float>> results(5, std::vector<float>(5));
  std::vector<MutableView> views;
  for (auto &result : results)
    views.emplace_back(result.data(), Shape{5});
  test::runOn(*late, {View(x.data(), {5})}, views);
  CHECK(results[0] == after[0]);
  CHECK(results[3] == after[3]);
}
