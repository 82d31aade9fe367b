#include "compiler/contract/Joint.h"
#include "dialects/graph/Indices.h"
#include "tests/unit/compiler/contract/Networks.h"
#include "tests/unit/dialects/graph/NaiveEinsum.h"
#include <doctest/doctest.h>
#include <set>

using namespace tgc::contract;
using tgc::graph::Equation;
using Integers = tgc::test::Dense<std::int64_t>;

namespace {

/// The network of a value and those of all its cotangents; values are the operands, the cotangent, then the
/// results.
std::vector<JointNetwork> withGradients(const Equation &equation, const std::vector<std::int64_t> &extents,
                                        std::uint32_t &valueCount) {
  auto count = std::uint32_t(equation.operands.size());
  std::vector<JointNetwork> networks;
  auto add = [&](const Equation &part, std::vector<std::uint32_t> values) {
    networks.push_back({{part.operands, part.output, extents, {}},
                        std::move(values),
                        count + 1 + std::uint32_t(networks.size()),
                        8});
  };
  std::vector<std::uint32_t> operands;
  for (std::uint32_t i = 0; i < count; ++i)
    operands.push_back(i);
  add(equation, operands);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto values = operands;
    values[i] = count; // the cotangent
    add(tgc::graph::adjointEquation(equation, i).equation, values);
  }
  valueCount = 2 * count + 2;
  return networks;
}

double flopsOf(const std::vector<JointNetwork> &networks, const JointPlan &plan, std::size_t first,
               std::size_t last) {
  double flops = 0;
  for (std::size_t k = first; k < last; ++k)
    for (const JointStep &step : plan.parts[k].steps) {
      std::set<std::uint32_t> all;
      double products = 1, kept = 1;
      for (const auto &input : step.inputs)
        all.insert(input.begin(), input.end());
      for (std::uint32_t index : all)
        products *= double(networks[k].network.extents[index]);
      for (std::uint32_t index : step.output)
        kept *= double(networks[k].network.extents[index]);
      flops += products > kept ? 2 * products : products;
    }
  return flops;
}

Equation chain(std::uint32_t count) {
  Equation equation;
  for (std::uint32_t i = 0; i < count; ++i)
    equation.operands.push_back({i, i + 1});
  equation.output = {0, count};
  equation.names.assign(count + 1, U'a');
  return equation;
}

} // namespace

TEST_CASE("joint: a value and all its gradients, evaluated step by step, equal their definitions bitwise") {
  Random random(31);
  for (int round = 0; round < 300; ++round) {
    std::uint32_t indices = 1 + random.below(6), count = 1 + random.below(5);
    std::vector<std::vector<std::int64_t>> lists(count);
    for (auto &list : lists)
      for (std::uint32_t k = random.below(4); k > 0; --k)
        list.push_back(random.below(indices));
    auto equation = std::get<Equation>(tgc::graph::makeEquation(lists));
    std::vector<std::int64_t> extents;
    for (std::size_t i = 0; i < equation.indexCount(); ++i)
      extents.push_back(1 + random.below(3));
    std::uint32_t valueCount = 0;
    auto networks = withGradients(equation, extents, valueCount);
    std::vector<Integers> values(valueCount);
    auto fill = [&](std::uint32_t number, const std::vector<std::uint32_t> &axes) {
      for (std::uint32_t index : axes)
        values[number].shape.push_back(extents[index]);
      for (std::int64_t i = tgc::test::elementsOf(values[number].shape); i > 0; --i)
        values[number].data.push_back(std::int64_t(random.below(7)) - 3);
    };
    for (std::uint32_t i = 0; i < count; ++i)
      fill(i, equation.operands[i]);
    fill(count, equation.output);
    JointPlan plan = planJointly(networks, valueCount, {});
    REQUIRE_FALSE(plan.failed);
    std::vector<char32_t> names(extents.size(), U'a');
    auto evaluate = [&](const std::vector<std::vector<std::uint32_t>> &inputs,
                        const std::vector<std::uint32_t> &output,
                        const std::vector<std::uint32_t> &operands) {
      std::vector<Integers> tensors;
      for (std::uint32_t operand : operands)
        tensors.push_back(values[operand]);
      return tgc::test::naiveEinsum(Equation{inputs, output, names, {}}, tensors);
    };
    for (std::size_t k = 0; k < networks.size(); ++k) {
      Integers expected =
          evaluate(networks[k].network.inputs, networks[k].network.output, networks[k].values);
      for (const JointStep &step : plan.parts[k].steps) {
        CHECK(step.operands.size() <= 2);
        Integers made = evaluate(step.inputs, step.output, step.operands);
        if (values.size() <= step.result) values.resize(step.result + 1);
        values[step.result] = std::move(made);
      }
      values[networks[k].result] = values[plan.parts[k].value];
      CHECK(values[networks[k].result].data == expected.data);
    }
  }
}

TEST_CASE("joint: a chain of ten with all its gradients costs at most three times its value") {
  for (auto extentOf : {+[](std::uint32_t) -> std::int64_t { return 200; },
                        +[](std::uint32_t i) -> std::int64_t { return 100 + 37 * i % 5 * 40; }}) {
    Equation equation = chain(10);
    std::vector<std::int64_t> extents;
    for (std::uint32_t i = 0; i <= 10; ++i)
      extents.push_back(extentOf(i));
    std::uint32_t valueCount = 0;
    auto networks = withGradients(equation, extents, valueCount);
    JointPlan plan = planJointly(networks, valueCount, {});
    double ratio = flopsOf(networks, plan, 0, 11) / flopsOf(networks, plan, 0, 1);
    MESSAGE("flops of value and gradients over flops of the value: ", ratio);
    CHECK(ratio <= 3.0 + 1e-9);
  }
}
