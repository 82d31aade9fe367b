// The whole way of a path, without MLIR: equation, search, index orders, and the pairs evaluated one by one
// against the definition of einsum.
#include "compiler/contract/Layout.h"
#include "compiler/contract/Path.h"
#include "dialects/graph/Indices.h"
#include "tests/unit/compiler/contract/Networks.h"
#include "tests/unit/dialects/graph/NaiveEinsum.h"
#include <doctest/doctest.h>

using namespace tgc::contract;
using tgc::graph::Equation;
using tgc::test::Dense;
using Integers = Dense<std::int64_t>;

namespace {

Integers evaluatePairs(const Network &network, const Tree &tree, std::vector<Integers> tensors) {
  if (tree.steps.empty()) {
    Equation equation{network.inputs, network.output, std::vector<char32_t>(network.extents.size()), {}};
    return tgc::test::naiveEinsum(equation, tensors);
  }
  for (const PairStep &step : orderIndices(network, tree)) {
    Equation equation{{step.leftIndices, step.rightIndices},
                      step.result,
                      std::vector<char32_t>(network.extents.size()),
                      {}};
    tensors.push_back(
        tgc::test::naiveEinsum<std::int64_t>(equation, {tensors[step.left], tensors[step.right]}));
  }
  return tensors.back();
}

std::vector<Integers> fill(Random &random, const Network &network) {
  std::vector<Integers> tensors;
  for (const auto &input : network.inputs) {
    Integers &tensor = tensors.emplace_back();
    for (std::uint32_t index : input)
      tensor.shape.push_back(network.extents[index]);
    for (std::int64_t i = tgc::test::elementsOf(tensor.shape); i > 0; --i)
      tensor.data.push_back(std::int64_t(random.below(7)) - 3);
  }
  return tensors;
}

/// Up to six operands over up to six indices: repeats, hyperedges, scalars, lone indices, extents from 0.
Network smallNetwork(Random &random) {
  Network network;
  std::uint32_t indices = 1 + random.below(6), count = 1 + random.below(6);
  for (std::uint32_t i = 0; i < indices; ++i)
    network.extents.push_back(random.below(20) == 0 ? 0 : 1 + random.below(3));
  network.inputs.resize(count);
  std::vector<char> used(indices, 0);
  for (auto &input : network.inputs)
    for (std::uint32_t k = random.below(4); k > 0; --k) {
      input.push_back(random.below(indices));
      used[input.back()] = 1;
    }
  for (std::uint32_t i = indices; i-- > 0;)
    if (used[i] && random.below(3) == 0) network.output.push_back(i);
  return network;
}

} // namespace

TEST_CASE("path: 5,000 random equations, pair by pair, against the definition, bitwise") {
  Random random(2024);
  for (int round = 0; round < 5000; ++round) {
    Network network = smallNetwork(random);
    auto tensors = fill(random, network);
    Equation equation{network.inputs, network.output, std::vector<char32_t>(network.extents.size()), {}};
    Integers expected = tgc::test::naiveEinsum(equation, tensors);
    SearchOptions options;
    options.objective = Objective(round % 4);
    options.effort = Effort(round / 4 % 3);
    options.seed = std::uint64_t(round);
    options.rounds = 1 + std::uint32_t(round) % 2;
    SearchResult result;
    REQUIRE_FALSE(findPath(network, options, result));
    Integers found = evaluatePairs(network, result.tree, tensors);
    REQUIRE(found.shape == expected.shape);
    REQUIRE(found.data == expected.data);
  }
}

TEST_CASE("path: slices added up give the whole") {
  Random random(77);
  for (int round = 0; round < 200; ++round) {
    Network network = smallNetwork(random);
    for (auto &extent : network.extents)
      extent = std::max<std::int64_t>(extent, 1);
    auto tensors = fill(random, network);
    Equation equation{network.inputs, network.output, std::vector<char32_t>(network.extents.size()), {}};
    Integers expected = tgc::test::naiveEinsum(equation, tensors), sum = expected;
    SearchOptions options;
    options.memoryBytes = 8 * (1 + random.below(8));
    SearchResult result;
    REQUIRE_FALSE(findPath(network, options, result));
    std::fill(sum.data.begin(), sum.data.end(), 0);
    Network slice = oneSlice(network, result.sliced);
    std::vector<std::int64_t> at(network.extents.size(), 0);
    auto inSlice = [&](const std::vector<std::uint32_t> &list, std::int64_t flat) {
      for (std::size_t axis = list.size(); axis-- > 0; flat /= network.extents[list[axis]])
        if (std::binary_search(result.sliced.begin(), result.sliced.end(), list[axis]) &&
            flat % network.extents[list[axis]] != at[list[axis]])
          return false;
      return true;
    };
    std::int64_t slices = 0;
    for (bool more = true; more; ++slices) {
      std::vector<Integers> parts;
      for (std::size_t i = 0; i < tensors.size(); ++i) {
        Integers &part = parts.emplace_back();
        for (std::uint32_t index : network.inputs[i])
          part.shape.push_back(slice.extents[index]);
        for (std::size_t k = 0; k < tensors[i].data.size(); ++k)
          if (inSlice(network.inputs[i], std::int64_t(k))) part.data.push_back(tensors[i].data[k]);
      }
      Integers piece = evaluatePairs(slice, result.tree, parts);
      std::size_t next = 0;
      for (std::size_t k = 0; k < sum.data.size(); ++k)
        if (inSlice(network.output, std::int64_t(k))) sum.data[k] += piece.data[next++];
      more = false;
      for (std::uint32_t index : result.sliced) {
        if (++at[index] < network.extents[index]) {
          more = true;
          break;
        }
        at[index] = 0;
      }
    }
    CHECK(double(slices) == result.slices.value());
    CHECK(sum.data == expected.data);
  }
}

TEST_CASE("layout: intermediates are batch, rows, sums on the left and batch, sums, columns on the right") {
  // (ab,bc),(cd,de) -> ae: the left pair as a.c, the right one as c.e
  Network network{{{0, 1}, {1, 2}, {2, 3}, {3, 4}}, {0, 4}, {2, 2, 2, 2, 2}, {}};
  auto steps = orderIndices(network, {4, {{0, 1}, {2, 3}, {4, 5}}});
  using Indices = std::vector<std::uint32_t>;
  CHECK(steps[0].result == Indices{0, 2});
  CHECK(steps[1].result == Indices{2, 4});
  CHECK(steps[2].leftIndices == Indices{0, 2});
  CHECK(steps[2].rightIndices == Indices{2, 4});
  CHECK(steps[2].left == 4);
}
