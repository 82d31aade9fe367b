#include "compiler/contract/Exact.h"
#include "compiler/contract/Greedy.h"
#include "tests/unit/compiler/contract/Networks.h"
#include <array>
#include <bit>
#include <doctest/doctest.h>
#include <unordered_map>

using namespace tgc::contract;

namespace {

constexpr std::array objectives = {Objective::Flops, Objective::Largest, Objective::Written,
                                   Objective::Seconds};
using Values = std::array<double, objectives.size()>;

Values valuesOf(const Network &network, const Tree &tree) {
  Figures figures = figuresOf(network, tree);
  return {figures.flops.value(), figures.largest.value(), figures.written.value(), figures.seconds};
}

/// Every sequence of pairs there is, priced by the definition of the objectives and by nothing of the
/// planner: a subset's open indices are those that the output or an operand outside of it holds.
class BruteForce {
public:
  explicit BruteForce(const Network &network) : network(network) {
    std::vector<Mask> alive;
    for (std::size_t i = 0; i < network.inputs.size(); ++i)
      alive.push_back(Mask(1) << i);
    run(alive, {0, 0, 0, 0});
  }

  Values best = {1e300, 1e300, 1e300, 1e300};

private:
  using Mask = std::uint32_t;

  bool holds(std::uint32_t index, Mask mask) const {
    for (std::size_t i = 0; i < network.inputs.size(); ++i)
      if ((mask >> i & 1) && std::ranges::count(network.inputs[i], index)) return true;
    return false;
  }
  bool open(std::uint32_t index, Mask mask) const {
    if (!holds(index, mask)) return false;
    // An operand keeps its lone and repeated indices until it is contracted.
    if (std::has_single_bit(mask) || std::ranges::count(network.output, index)) return true;
    return holds(index, ~mask);
  }
  double size(Mask mask) const {
    double elements = 1;
    for (std::uint32_t index = 0; index < network.extents.size(); ++index)
      if (open(index, mask)) elements *= double(network.extents[index]);
    return elements;
  }

  /// Flops, elements made, and seconds of one pair.
  std::array<double, 3> pair(Mask a, Mask b) {
    auto [place, fresh] = known.try_emplace(a << 8 | b);
    if (!fresh) return place->second;
    double flops = 1, made = size(a | b);
    bool summed = false;
    for (std::uint32_t index = 0; index < network.extents.size(); ++index) {
      if (!open(index, a) && !open(index, b)) continue;
      flops *= double(network.extents[index]);
      summed |= !open(index, a | b);
    }
    if (summed) flops *= 2;
    Roofline machine;
    double bytes = (size(a) + size(b) + made) * machine.bytesPerElement;
    double seconds =
        std::max(flops / machine.flopsPerSecond, bytes / machine.bytesPerSecond) + machine.stepSeconds;
    return place->second = {flops, made, seconds};
  }

  // Depth at most six: recursion is fine in a test.
  void run(const std::vector<Mask> &alive, const Values &spent) {
    if (alive.size() == 1) {
      for (std::size_t i = 0; i < best.size(); ++i)
        best[i] = std::min(best[i], spent[i]);
      return;
    }
    for (std::size_t i = 0; i < alive.size(); ++i)
      for (std::size_t j = i + 1; j < alive.size(); ++j) {
        auto [flops, made, seconds] = pair(alive[i], alive[j]);
        std::vector<Mask> next = alive;
        next[i] |= next[j];
        next.erase(next.begin() + std::ptrdiff_t(j));
        run(next, {spent[0] + flops, std::max(spent[1], made), spent[2] + made, spent[3] + seconds});
      }
  }

  const Network &network;
  std::unordered_map<std::uint32_t, std::array<double, 3>> known;
};

} // namespace

TEST_CASE("exact: agrees with brute force on 500 networks of two to seven tensors, for each objective") {
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    std::uint32_t count = 2 + std::uint32_t(round) % 6;
    Network network = tgc::test::randomNetwork(random, count);
    REQUIRE_FALSE(network.check());
    Problem problem(network);
    Tree greedy = greedyTree(problem);
    REQUIRE(greedy.valid());
    BruteForce brute(network);
    for (std::size_t i = 0; i < objectives.size(); ++i)
      for (std::uint32_t dense : {WindowSolver::maxLeaves, 0U}) {
        CAPTURE(round);
        CAPTURE(i);
        CAPTURE(dense);
        ExactOptions options;
        options.pricing.objective = objectives[i];
        options.denseLeaves = dense; // without the dense search, the one by connected subsets
        options.outerProducts = true;
        auto exact = exactTree(problem, greedy, options);
        REQUIRE(exact);
        REQUIRE(exact->valid());
        CHECK(valuesOf(network, *exact)[i] == doctest::Approx(brute.best[i]).epsilon(1e-12));
      }
  }
}

TEST_CASE("exact: the capped search agrees with the dense one") {
  Random random(5);
  for (int round = 0; round < 30; ++round) {
    Network network = tgc::test::regularNetwork(random, 12);
    Problem problem(network);
    Tree greedy = greedyTree(problem);
    ExactOptions dense, capped;
    capped.denseLeaves = 0;
    capped.outerProducts = true;
    auto one = exactTree(problem, greedy, dense), two = exactTree(problem, greedy, capped);
    REQUIRE(one);
    REQUIRE(two);
    double best = figuresOf(network, *one).flops.value();
    CHECK(figuresOf(network, *two).flops.value() == doctest::Approx(best));
    capped.outerProducts = false; // a little dearer at times, never cheaper
    if (auto three = exactTree(problem, greedy, capped))
      CHECK(figuresOf(network, *three).flops.value() >= best * (1 - 1e-12));
  }
}

TEST_CASE("exact: chains, lattices and regular graphs of twenty tensors") {
  Random random(3);
  for (const Network &network :
       {tgc::test::chainNetwork(60), tgc::test::latticeNetwork(5), tgc::test::regularNetwork(random, 20)}) {
    Problem problem(network);
    Tree greedy = greedyTree(problem);
    auto exact = exactTree(problem, greedy, {});
    REQUIRE(exact);
    CHECK(exact->valid());
    CHECK_FALSE(figuresOf(network, greedy).flops < figuresOf(network, *exact).flops);
  }
}

TEST_CASE("exact: a spent budget is said, not hidden") {
  Random random(3);
  Network network = tgc::test::regularNetwork(random, 40);
  Problem problem(network);
  ExactOptions options;
  options.budget = 1000;
  CHECK_FALSE(exactTree(problem, greedyTree(problem), options));
}
