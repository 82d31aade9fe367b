#include "compiler/contract/Cost.h"
#include "compiler/contract/Greedy.h"
#include "compiler/contract/IndexCounts.h"
#include "tests/unit/compiler/contract/Networks.h"
#include <doctest/doctest.h>
#include <unordered_map>

using namespace tgc::contract;

TEST_CASE("greedy: complete and valid trees on any network, at any temperature") {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    Network network = tgc::test::randomNetwork(random, 1 + random.below(40));
    Problem problem(network);
    for (auto score :
         {GreedyOptions::Score::Difference, GreedyOptions::Score::Ratio, GreedyOptions::Score::Flops}) {
      Tree tree = greedyTree(problem, {score, random.uniform(0.1, 4), random.below(2) * 0.5, random.next()});
      REQUIRE(tree.valid());
      auto back = fromLinear(tree.leafCount, toLinear(tree));
      REQUIRE(back);
      CHECK(figuresOf(network, *back).flops.value() == figuresOf(network, tree).flops.value());
    }
  }
}

TEST_CASE("greedy: the same seed gives the same tree") {
  Random random(2);
  Network network = tgc::test::regularNetwork(random, 200);
  Problem problem(network);
  GreedyOptions options;
  options.temperature = 0.3;
  options.seed = 9;
  Tree first = greedyTree(problem, options);
  CHECK(first.steps == greedyTree(problem, options).steps);
  options.seed = 10;
  CHECK(first.steps != greedyTree(problem, options).steps);
}

TEST_CASE("tree: linear paths remove two and append one") {
  Tree tree{4, {{0, 2}, {1, 3}, {4, 5}}};
  LinearPath expected{{0, 2}, {0, 1}, {0, 1}};
  CHECK(toLinear(tree) == expected);
  CHECK(fromLinear(4, expected)->steps == tree.steps);
  CHECK_FALSE(fromLinear(4, {{0, 2}, {0, 1}}));
  CHECK_FALSE(fromLinear(4, {{0, 4}, {0, 1}, {0, 1}}));
  CHECK_FALSE(fromLinear(4, {{1, 1}, {0, 1}, {0, 1}}));
}

TEST_CASE("figures: a multiply-add is two, a bare multiplication one") {
  // ij,jk->ik with 2, 3, 4
  Network matmul{{{0, 1}, {1, 2}}, {0, 2}, {2, 3, 4}, {}};
  Figures figures = figuresOf(matmul, {2, {{0, 1}}});
  CHECK(figures.flops.value() == 2 * 2 * 3 * 4);
  CHECK(figures.largest.value() == 8);
  Network outer{{{0}, {1}}, {0, 1}, {2, 3}, {}};
  CHECK(figuresOf(outer, {2, {{0, 1}}}).flops.value() == 6);
}

TEST_CASE("figures: nothing overflows") {
  Network network;
  network.inputs.resize(2);
  for (std::uint32_t i = 0; i < 3000; ++i) {
    network.inputs[0].push_back(i);
    network.inputs[1].push_back(i);
    network.output.push_back(i);
    network.extents.push_back(std::int64_t(1) << 62);
  }
  Figures figures = figuresOf(network, {2, {{0, 1}}});
  CHECK(figures.flops.log2() == doctest::Approx(62.0 * 3000));
  CHECK(greedyTree(Problem(network)).valid());
}

TEST_CASE("tree: memory order never needs more, and keeps the steps") {
  Random random(4);
  for (int round = 0; round < 100; ++round) {
    Network network = tgc::test::regularNetwork(random, 4 + random.below(40));
    Problem problem(network);
    Tree tree = greedyTree(problem), ordered = inMemoryOrder(problem, tree);
    REQUIRE(ordered.valid());
    Figures before = figuresOf(network, tree), after = figuresOf(network, ordered);
    CHECK(after.flops.value() == doctest::Approx(before.flops.value()));
    CHECK(after.peak.value() <= before.peak.value() * (1 + 1e-9));
  }
}

TEST_CASE("tree: chains of a hundred thousand do not recurse") {
  Network network = tgc::test::chainNetwork(100000);
  Problem problem(network);
  Tree tree = greedyTree(problem);
  CHECK(tree.valid());
  CHECK(inMemoryOrder(problem, tree).valid());
  CHECK(toLinear(tree).size() == 99999);
}

TEST_CASE("tree: figures from common ancestors are those of a walk with legs") {
  Random random(31);
  for (int round = 0; round < 100; ++round) {
    Network network = tgc::test::randomNetwork(random, 2 + random.below(40));
    Problem problem(network);
    Tree tree = greedyTree(problem, {GreedyOptions::Score::Ratio, 1, 1, random.next()});
    StepSums sums = sumSteps(problem, tree);
    walkTree(problem, tree, [&](std::uint32_t step, auto left, auto right, auto result) {
      Merge merge = mergeFigures(problem, left, right);
      CHECK(sums.steps[step].joint == doctest::Approx(merge.joint));
      CHECK(sums.steps[step].result == doctest::Approx(merge.result));
      CHECK(sums.steps[step].inner == merge.inner);
      CHECK(sums.legCount[tree.leafCount + step] == double(result.size()));
    });
  }
}

TEST_CASE("greedy: a network whose intermediates grow to thousands of legs") {
  Random random(32);
  Network network = tgc::test::regularNetwork(random, 20000);
  Problem problem(network);
  Tree tree = greedyTree(problem);
  CHECK(tree.valid());
  CHECK(figuresOf(network, tree).largest.log2() > 1000);
}

TEST_CASE("index counts: adding, taking out and growing, beside the library's map") {
  Random random(77);
  IndexCounts counts;
  std::unordered_map<std::uint32_t, std::uint32_t> expected;
  for (int round = 0; round < 200'000; ++round) {
    std::uint32_t index = random.below(3) ? random.below(600) : random.below(50'000);
    if (random.below(3) == 0) {
      counts.erase(index);
      expected.erase(index);
    } else {
      std::uint32_t more = 1 + random.below(3);
      REQUIRE(counts.add(index, more) == (expected[index] += more));
    }
    REQUIRE(counts.size() == expected.size());
  }
  std::size_t seen = 0;
  counts.each([&](std::uint32_t index, std::uint32_t count) {
    ++seen;
    CHECK(expected.at(index) == count);
  });
  CHECK(seen == expected.size());
}
