#include "compiler/contract/Exact.h"
#include "compiler/contract/Greedy.h"
#include "tests/unit/compiler/contract/Networks.h"
#include <array>
#include <doctest/doctest.h>

using namespace tgc::contract;

namespace {

constexpr std::array objectives = {Objective::Flops, Objective::Largest, Objective::Written,
                                   Objective::Seconds};
using Values = std::array<double, objectives.size()>;

Values valuesOf(const Network &network, const Tree &tree) {
  Figures figures = figuresOf(network, tree);
  return {figures.flops.value(), figures.largest.value(), figures.written.value(), figures.seconds};
}

/// Prices every tree there is, by trying every pair at every step.
struct BruteForce {
  const Network &network;
  Tree tree;
  Values best = {1e300, 1e300, 1e300, 1e300};

  // Depth at most seven: recursion is fine in a test. Orders of independent steps are the same tree, so a
  // step may not come before one with a smaller number it does not depend on.
  void run(std::vector<std::uint32_t> alive, std::uint32_t last) {
    if (alive.size() == 1) {
      Values found = valuesOf(network, tree);
      for (std::size_t i = 0; i < best.size(); ++i)
        best[i] = std::min(best[i], found[i]);
      return;
    }
    for (std::size_t i = 0; i < alive.size(); ++i)
      for (std::size_t j = i + 1; j < alive.size(); ++j) {
        std::uint32_t rank = alive[i] * 64 + alive[j];
        if (rank < last && alive[j] + 1 != tree.nodeCount()) continue;
        auto next = alive;
        next.erase(next.begin() + std::ptrdiff_t(j));
        next.erase(next.begin() + std::ptrdiff_t(i));
        tree.steps.push_back({alive[i], alive[j]});
        next.push_back(tree.nodeCount() - 1);
        run(next, rank);
        tree.steps.pop_back();
      }
  }
};

} // namespace

TEST_CASE("exact: agrees with brute force over all trees, for each objective") {
  Random random(11);
  for (int round = 0; round < 500; ++round) {
    // Seven tensors have 10395 trees: one network in 25 has so many, the others two to six.
    std::uint32_t count = round % 25 == 0 ? 7 : 2 + random.below(5);
    Network network = tgc::test::randomNetwork(random, count);
    REQUIRE_FALSE(network.check());
    Problem problem(network);
    Tree greedy = greedyTree(problem);
    REQUIRE(greedy.valid());
    BruteForce brute{network, {count, {}}};
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < count; ++i)
      all.push_back(i);
    brute.run(all, 0);
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      ExactOptions options;
      options.pricing.objective = objectives[i];
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
