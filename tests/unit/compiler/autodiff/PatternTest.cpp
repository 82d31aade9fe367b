// Patterns against the pairs they are made of.
#include "tests/unit/compiler/autodiff/Samples.h"
#include <doctest/doctest.h>

using namespace tgc;
using namespace tgc::autodiff;
using namespace tgc::autodiff::samples;

namespace {

std::size_t runs(const Pattern &pattern) {
  std::size_t out = 0;
  for (const PatternSegment &segment : pattern.segments)
    out += segment.runs.size();
  return out;
}

Pattern written(const Relation &relation) {
  auto out = patternOf(relation.lattices(), relation.result()[0], relation.operand()[0]);
  REQUIRE(out);
  return *out;
}

} // namespace

TEST_CASE("pattern: the rows written shortly are those of the pairs") {
  std::mt19937 numbers(4);
  for (int round = 0; round < 3000; ++round) {
    Relation relation = random(numbers, 30 + numbers() % 100, 25 + numbers() % 100);
    CAPTURE(round);
    CHECK(places(written(relation)) == *relation.table(1 << 20));
  }
}

TEST_CASE("pattern: a table gives the same rows") {
  std::mt19937 numbers(5);
  for (int round = 0; round < 200; ++round) {
    Relation relation = random(numbers, 60, 50);
    Table pairs = *relation.table(1 << 20);
    CHECK(places(patternOf(pairs, 60, 50)) == pairs);
  }
}

TEST_CASE("pattern: bands, blocks and arrows are as short at a million rows as at a hundred") {
  auto sizes = [](auto make) { return std::pair(runs(written(make(100))), runs(written(make(1000000)))); };
  auto same = [](std::pair<std::size_t, std::size_t> both) { CHECK(both.first == both.second); };
  same(sizes([](std::int64_t n) { return band(n, {-1, 0, 1}); }));
  same(sizes([](std::int64_t n) { return band(n, {-5, -2, 0, 2, 5}); }));
  same(sizes([](std::int64_t n) { return blocks(n, 3); }));
  same(sizes([](std::int64_t n) { return arrow(n, 0); }));
  same(sizes([](std::int64_t n) { return arrow(n, n / 2); }));
  CHECK(written(band(1000000, {-1, 0, 1})).nonzeros() == 2999998);
}

TEST_CASE("pattern: of a dense matrix one run of one row") {
  Pattern dense = written(Relation::all({1000}, {2000}));
  CHECK(runs(dense) == 1);
  CHECK(dense.nonzeros() == 2000000);
}

TEST_CASE("pattern: a grid is written by its longer side") {
  Pattern pattern = written(grid(500, 40));
  CHECK(pattern.nonzeros() == 5 * 500 * 40 - 2 * 500 - 2 * 40);
  CHECK(runs(pattern) < 2000);
}

TEST_CASE("pattern: runs that cross are cut where they do") {
  for (std::int64_t hub : {0, 1, 17, 50, 98, 99}) {
    Relation relation = arrow(100, hub);
    relation.add(band(100, {-3, 1}));
    CHECK(places(written(relation)) == *relation.table(1 << 20));
  }
}

TEST_CASE("pattern: empty rows, columns and matrices") {
  CHECK(places(written(none(5, 5))).empty());
  CHECK(written(none(0, 3)).rowOffsets() == std::vector<std::int64_t>{0});
  Relation corners = none(1000000, 7);
  corners.add(Lattice{{0, 6}, {}});
  corners.add(Lattice{{999999, 0}, {}});
  CHECK(places(written(corners)) == Table{{0, 6}, {999999, 0}});
}

TEST_CASE("pattern: its code reads back, and no numbers that are no pattern do") {
  std::mt19937 numbers(6);
  for (int round = 0; round < 300; ++round) {
    Pattern pattern = *colouredPattern(random(numbers, 40, 40), round % 2);
    auto code = pattern.coded();
    auto back = Pattern::decoded(code);
    REQUIRE(back);
    CHECK(*back == pattern);
    for (int change = 0; change < 20; ++change) {
      auto wrong = code;
      wrong[numbers() % wrong.size()] = static_cast<std::int64_t>(numbers()) - (std::int64_t(1) << 31);
      if (auto read = Pattern::decoded(wrong)) { // then every place is inside
        CHECK(static_cast<std::int64_t>(read->columns) >= 0);
        if (read->rows > 10000 || read->nonzeros() > 1000000) continue;
        for (std::int64_t column : read->columnIndices())
          CHECK((column >= 0 && column < read->columns));
      }
      wrong = code;
      wrong.resize(numbers() % wrong.size());
      CHECK_FALSE(Pattern::decoded(wrong));
    }
  }
}
