// Colours: a matrix of random values is found again, value by value, in as many products as there are
// colours.
#include "tests/unit/compiler/autodiff/Samples.h"
#include <doctest/doctest.h>

using namespace tgc;
using namespace tgc::autodiff;
using namespace tgc::autodiff::samples;

namespace {

using Of = PatternColours::Of;

/// Values in CSR order; mirrored ones are equal where the pattern is symmetric.
std::vector<std::int64_t> values(const Pattern &pattern) {
  std::vector<std::int64_t> out;
  bool symmetric = pattern.colours.of == Of::Symmetric;
  for (auto [row, column] : places(pattern)) {
    auto a = symmetric ? std::min(row, column) : row, b = symmetric ? std::max(row, column) : column;
    out.push_back(1 + (a * 7919 + b * 104729) % 1000003);
  }
  return out;
}

/// Products of the matrix with the sum of each colour's unit vectors, read at the places stated.
std::vector<std::int64_t> found(const Pattern &pattern) {
  const PatternColours &colours = pattern.colours;
  bool byRow = colours.of == Of::Rows;
  std::int64_t lines = byRow ? pattern.columns : pattern.rows;
  std::vector<std::int64_t> products(static_cast<std::size_t>(colours.count * lines), 0), out;
  auto matrix = values(pattern);
  std::size_t k = 0;
  for (auto [row, column] : places(pattern)) {
    std::int64_t colour = colours.colour(byRow ? row : column);
    REQUIRE(colour >= 0);
    REQUIRE(colour < colours.count);
    products[static_cast<std::size_t>(colour * lines + (byRow ? column : row))] += matrix[k++];
  }
  for (ReadPlace place : readPlaces(pattern))
    out.push_back(products[static_cast<std::size_t>(place.colour * lines + place.line)]);
  return out;
}

std::int64_t count(const Relation &relation, bool symmetric) {
  auto pattern = colouredPattern(relation, symmetric);
  REQUIRE(pattern);
  CHECK(found(*pattern) == values(*pattern));
  return pattern->colours.count;
}

} // namespace

TEST_CASE("colour: every value is found again, random patterns, Jacobians and Hessians") {
  std::mt19937 numbers(7);
  for (int round = 0; round < 1500; ++round) {
    std::int64_t rows = 30 + static_cast<std::int64_t>(numbers() % 60);
    bool symmetric = round % 2;
    auto pattern = colouredPattern(random(numbers, rows, symmetric ? rows : 40), symmetric);
    REQUIRE(pattern);
    CAPTURE(round);
    CHECK(found(*pattern) == values(*pattern));
  }
}

TEST_CASE("colour: both ways of colouring are valid for one pattern") {
  std::mt19937 numbers(8);
  for (int round = 0; round < 500; ++round) {
    bool symmetric = round % 2;
    auto pattern = colouredPattern(random(numbers, 50, 50), symmetric);
    REQUIRE(pattern);
    if (pattern->colours.of == Of::Rows) continue;
    Of of = pattern->colours.of;
    pattern->colours = coloursByTable(*pattern, of);
    CHECK(found(*pattern) == values(*pattern));
    if (auto regular = coloursByRemainder(*pattern, of)) {
      pattern->colours = *regular;
      CHECK(found(*pattern) == values(*pattern));
    }
  }
}

TEST_CASE("colour: a wrong colour is noticed by this test") {
  auto pattern = colouredPattern(band(20, {-1, 0, 1}), true);
  pattern->colours = {Of::Symmetric, 2, 2, {}, {}};
  CHECK(found(*pattern) != values(*pattern));
}

TEST_CASE("colour: known numbers of colours") {
  CHECK(count(band(100, {0}), true) == 1);
  CHECK(count(band(100, {-1, 0, 1}), true) == 3);
  CHECK(count(band(100, {-1, 0, 1}), false) == 3);
  CHECK(count(band(1000, {-2, -1, 0, 1, 2}), true) == 5);
  CHECK(count(blocks(50, 4), true) == 4);
  CHECK(count(arrow(200, 0), true) == 2);
  CHECK(count(arrow(200, 77), true) == 2);
  CHECK(count(arrow(200, 199), true) == 2);
  CHECK(count(Relation::all({1}, {300}), false) == 1); // one row: by rows
  CHECK(count(Relation::all({300}, {1}), false) == 1);
  CHECK(count(Relation::all({30}, {20}), false) == 20);
  CHECK(count(grid(30, 20), true) <= 8);
  CHECK(count(none(10, 10), true) == 1);
}

TEST_CASE("colour: the number of colours of a band does not depend on its length") {
  auto small = colouredPattern(band(60, {-3, -1, 0, 1, 3}), true),
       large = colouredPattern(band(3000000, {-3, -1, 0, 1, 3}), true);
  CHECK(small->colours.count == large->colours.count);
  CHECK(large->colours.table.empty());
}

TEST_CASE("colour: corners of a periodic band do not spoil it") {
  Relation ring = band(100000, {-1, 0, 1});
  ring.add(Lattice{{0, 99999}, {}});
  ring.add(Lattice{{99999, 0}, {}});
  auto pattern = colouredPattern(ring, true);
  REQUIRE(pattern);
  CHECK(pattern->colours.count <= 5);
  CHECK(found(*pattern) == values(*pattern));
}

TEST_CASE("colour: scattered nonzeros, with a column of everything") {
  std::mt19937 numbers(9);
  Table pairs;
  for (std::int64_t k = 0; k < 2000; ++k)
    pairs.emplace_back(numbers() % 1000, numbers() % 1000);
  for (std::int64_t k = 0; k < 1000; ++k)
    pairs.emplace_back(k, 3), pairs.emplace_back(k, k);
  CHECK(count(Relation::listed({1000}, {1000}, pairs), true) < 40);
}
