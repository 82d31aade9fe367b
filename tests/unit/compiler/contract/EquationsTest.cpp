// Every equation of NumPy's and opt_einsum's suites under every setting of the planner, and random ones, pair
// by pair against the definition; integers, so the comparison is bitwise.
#include "tests/unit/compiler/contract/Equations.h"
#include <doctest/doctest.h>

using namespace tgc::contract;
using namespace tgc::test;

namespace {

void checkSetting(const Bound &bound, const Integers &expected, const SearchOptions &options) {
  SearchResult plan;
  auto error = findPath(bound.network, options, plan);
  REQUIRE_FALSE(error);
  Integers got = evaluatePlan(bound.network, plan, bound.squeezed);
  CHECK(got.shape == expected.shape);
  CHECK(got.data == expected.data);
}

} // namespace

TEST_CASE("equations: the lists of NumPy and opt_einsum for every effort, objective and memory limit") {
  std::vector<EquationCase> cases = readEquations("equations.txt");
  CHECK(cases.size() > 400);
  Random random(41);
  for (const EquationCase &made : cases) {
    CAPTURE(made.text);
    Bound bound = bindCase(made, fillOperands(random, made));
    REQUIRE(bound.error == "");
    Integers expected = naiveEinsum(bound.equation, bound.operands);
    // The definition itself takes a while for the largest: those see each effort once.
    bool large = bound.network.extents.size() > 9;
    for (int setting = 0; setting < 24; setting += large ? 7 : 1) {
      SearchOptions options;
      options.rounds = 2;
      options.effort = Effort(setting % 3);
      options.objective = Objective(setting / 3 % 4);
      options.memoryBytes = setting >= 12 ? 64 : 0; // eight elements
      checkSetting(bound, expected, options);
    }
  }
}

TEST_CASE("equations: what NumPy's and opt_einsum's suites expect to fail gives an error") {
  std::vector<EquationCase> cases = readEquations("errors.txt");
  CHECK(cases.size() > 25);
  for (const EquationCase &made : cases) {
    CAPTURE(made.text);
    std::vector<Integers> none(made.shapes.size());
    CHECK(bindCase(made, none).error != "");
  }
}

TEST_CASE("equations: 5,000 random ones with repeats, hyperedges, ellipses, broadcasting, empty extents") {
  Random random(42);
  int accepted = 0;
  while (accepted < 5000) {
    EquationCase made = randomEquation(random);
    Bound bound = bindCase(made, fillOperands(random, made));
    if (bound.error != "") continue; // extents that do not broadcast
    ++accepted;
    CAPTURE(made.text);
    SearchOptions options;
    options.rounds = 2;
    options.effort = Effort(accepted % 3);
    options.objective = Objective(accepted / 3 % 4);
    options.memoryBytes = accepted % 5 == 0 ? 16 : 0;
    checkSetting(bound, naiveEinsum(bound.equation, bound.operands), options);
  }
}
