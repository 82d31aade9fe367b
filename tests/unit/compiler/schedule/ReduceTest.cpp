#include "compiler/schedule/Emit.h"
#include "tests/unit/compiler/schedule/Samples.h"
#include <cmath>
#include <doctest/doctest.h>

using namespace tgc::testing;

static Emitter reduceFor(int64_t bytes) {
  return [=](mlir::func::FuncOp kernel) {
    return tgc::schedule::emitReduce(kernel, tgc::schedule::Machine::withVectorBytes(bytes));
  };
}

static void compareReductions(const Sample &sample) {
  for (int64_t bytes : {64, 32, 16})
    compareWithLoops(sample, reduceFor(bytes));
}

TEST_CASE("reduce: any axes, sum, product, maximum and minimum equal plain loops") {
  struct Case {
    std::vector<int64_t> shape;
    std::vector<int64_t> axes;
  };
  std::vector<Case> cases = {
      {{1000}, {0}},        {{17}, {0}},          {{5, 100}, {1}},         {{100, 5}, {0}},
      {{5, 100}, {0}},      {{100, 3}, {1}},      {{4, 5, 70}, {2}},       {{4, 5, 70}, {1}},
      {{4, 5, 70}, {0, 2}}, {{4, 5, 70}, {0, 1}}, {{4, 5, 70}, {0, 1, 2}}, {{6, 0}, {1}},
      {{1, 33}, {0}},       {{3, 1, 40}, {2}},    {{2, 20000}, {1}},       {{300, 200}, {0}}};
  for (auto &c : cases) {
    compareReductions(reduction("i32", "addi", c.shape, c.axes));
    compareReductions(reduction("f32", "maximumf", c.shape, c.axes));
  }
  for (const char *type : {"f64", "i64", "i8"})
    for (auto &c : {cases[1], cases[3], cases[7]})
      compareReductions(reduction(type, isFloat(type) ? "minimumf" : "minsi", c.shape, c.axes));
  for (auto &c : {cases[0], cases[2], cases[4], cases[8]}) {
    Sample sum = reduction("f32", "addf", c.shape, c.axes);
    sum.tolerance = 1e-5;
    compareReductions(sum);
    compareReductions(reduction("i64", "muli", c.shape, c.axes));
    compareReductions(reduction("i8", "ori", c.shape, c.axes));
  }
}

TEST_CASE("reduce: softmax, log-sum-exp and moments over any axis equal plain loops") {
  for (const char *type : {"f32", "f64"}) {
    double tolerance = type[1] == '3' ? 4e-6 : 1e-13;
    for (auto shape : std::vector<std::vector<int64_t>>{{3, 100}, {40, 7}, {1, 1}, {5, 20000}, {2, 64}})
      for (bool last : {true, false}) {
        if (shape[1] == 20000 && !last) continue;
        Sample s = softmax(type, shape, last);
        s.tolerance =
            shape[1] == 20000 ? 20 * tolerance : tolerance; // the plain sum of many is the one that is off
        compareReductions(s);
        s = moments(type, shape, last);
        s.tolerance = shape[1] == 20000 ? 20 * tolerance : tolerance;
        compareReductions(s);
      }
  }
}

TEST_CASE("reduce: the place of the maximum, first one wins") {
  for (auto shape : std::vector<std::vector<int64_t>>{{3, 100}, {40, 7}, {1, 50}, {33, 33}})
    for (bool last : {true, false})
      compareReductions(argmax("f32", shape, last));
}

TEST_CASE("reduce: NaN and infinities reach the result of a maximum") {
  std::string error;
  Sample sample = reduction("f32", "maximumf", {4, 100}, {1});
  auto compiled = Compiled::build(sample.text, reduceFor(64), &error);
  REQUIRE_MESSAGE(compiled, error);
  std::vector<float> x(400, -1.f), y(4);
  x[37] = NAN;
  x[199] = INFINITY;
  for (int i = 200; i < 300; ++i)
    x[i] = -INFINITY;
  compiled->call({x.data(), y.data()});
  CHECK(std::isnan(y[0]));
  CHECK(y[1] == INFINITY);
  CHECK(y[2] == -INFINITY);
  CHECK(y[3] == -1.f);
}
