// Relations against enumeration: whatever lattices a composition finds, the pairs are those of the
// definition.
#include "dialects/graph/Relation.h"
#include <doctest/doctest.h>
#include <random>
#include <set>

using namespace tgc::graph;
using Shape = std::vector<std::int64_t>;

namespace {

std::int64_t count(const Shape &shape) {
  std::int64_t out = 1;
  for (std::int64_t extent : shape)
    out *= extent;
  return out;
}

Table pairs(const Relation &relation) { return *relation.table(1 << 20); }

/// A slice start, start + stride, ... of a vector, `extent` elements of them.
Relation slice(std::int64_t extent, std::int64_t start, std::int64_t stride, std::int64_t of) {
  Relation out({extent}, {of});
  out.add(Lattice{{0, start}, {{extent, {1, stride}}}});
  return out;
}

/// Zeros before and after a vector.
Relation pad(std::int64_t low, std::int64_t of, std::int64_t high) {
  Relation out({low + of + high}, {of});
  out.add(Lattice{{low, 0}, {{of, {1, 1}}}});
  return out;
}

Table joined(const Table &outer, const Table &inner) {
  std::set<std::pair<std::int64_t, std::int64_t>> out;
  for (auto [row, between] : outer)
    for (auto [at, column] : inner)
      if (at == between) out.emplace(row, column);
  return {out.begin(), out.end()};
}

/// One or two lattices with coordinates within the shapes.
Relation random(std::mt19937 &numbers, const Shape &result, const Shape &operand) {
  auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(numbers() % static_cast<unsigned>(n));
  };
  Relation out(result, operand);
  Shape extents(result);
  extents.insert(extents.end(), operand.begin(), operand.end());
  for (std::int64_t n = 1 + below(2); n > 0; --n) {
    Lattice lattice;
    Shape low(extents.size(), 0), high;
    for (std::int64_t extent : extents) {
      lattice.base.push_back(below(extent));
      high.push_back(extent - 1);
    }
    for (std::int64_t loops = below(4); loops > 0; --loops) {
      Loop loop{1 + below(5), {}};
      for (std::size_t k = 0; k < extents.size(); ++k)
        loop.step.push_back(below(3) ? below(5) - 2 : 0);
      Lattice longer = lattice;
      longer.loops.push_back(loop);
      bool inside = true; // every corner, so every place
      for (std::size_t k = 0; k < extents.size(); ++k) {
        std::int64_t least = longer.base[k], most = least;
        for (const Loop &each : longer.loops)
          (each.step[k] < 0 ? least : most) += each.step[k] * (each.extent - 1);
        inside &= least >= 0 && most < extents[k];
      }
      if (inside) lattice = longer;
    }
    out.add(lattice);
  }
  return out;
}

} // namespace

TEST_CASE("relation: a composition is the product of the two sets of pairs, exactly") {
  std::mt19937 numbers(1);
  std::vector<std::pair<Shape, std::pair<Shape, Shape>>> shapes = {
      {{7}, {{9}, {8}}}, {{3, 4}, {{6, 5}, {10}}}, {{12}, {{2, 3, 4}, {5, 5}}}, {{}, {{5, 4}, {6}}}};
  for (int round = 0; round < 2000; ++round) {
    const auto &[result, rest] = shapes[static_cast<std::size_t>(round) % shapes.size()];
    Relation outer = random(numbers, result, rest.first), inner = random(numbers, rest.first, rest.second);
    Relation both = compose(outer, inner);
    CAPTURE(round);
    CHECK(pairs(both) == joined(pairs(outer), pairs(inner)));
  }
}

TEST_CASE("relation: under a limit of lattices a table takes over, and nothing is lost or added") {
  std::mt19937 numbers(2);
  for (int round = 0; round < 300; ++round) {
    Relation outer = random(numbers, {3, 4}, {6, 5}), inner = random(numbers, {6, 5}, {10});
    CHECK(pairs(compose(outer, inner, {1, 1 << 20})) == joined(pairs(outer), pairs(inner)));
  }
}

TEST_CASE("relation: beyond the limit of pairs everything is related") {
  Relation outer = slice(4, 0, 2, 8), inner = Relation::same({8});
  CHECK(pairs(compose(outer, inner, {0, 2})) == pairs(Relation::all({4}, {8})));
}

TEST_CASE("relation: other extents keep the row-major order") {
  std::vector<std::pair<Shape, Shape>> cases = {
      {{12}, {3, 4}},      {{3, 4}, {12}}, {{6, 6}, {4, 9}},         {{4, 9}, {6, 6}},
      {{2, 1, 3}, {1, 6}}, {{}, {1, 1}},   {{10, 3, 4}, {5, 2, 12}}, {{5}, {5}}};
  for (const auto &[result, operand] : cases) {
    Table expected;
    for (std::int64_t k = 0; k < count(result); ++k)
      expected.emplace_back(k, k);
    CHECK(pairs(Relation::renamed(result, operand)) == expected);
  }
}

TEST_CASE("relation: a slice of a reshape of a slice stays a few lattices at any extent") {
  auto made = [](std::int64_t n) {
    // x[3 : 3 + 8n] as n x 8, then all but its first row and column
    Relation cut({n - 1, 7}, {n, 8});
    cut.add(Lattice{{0, 0, 1, 1}, {{n - 1, {1, 0, 1, 0}}, {7, {0, 1, 0, 1}}}});
    return compose(compose(cut, Relation::renamed({n, 8}, {8 * n})), slice(8 * n, 3, 1, 8 * n + 5));
  };
  CHECK(made(10).lattices().size() == 1);
  CHECK(made(10).lattices().size() == made(100000).lattices().size());
  Table expected;
  for (std::int64_t row = 0; row < 9; ++row)
    for (std::int64_t k = 0; k < 7; ++k)
      expected.emplace_back(7 * row + k, 3 + 8 * (row + 1) + 1 + k);
  CHECK(pairs(made(10)) == expected);
}

TEST_CASE("relation: a band of differences is three lattices, whatever the extent") {
  auto second = [](std::int64_t n) { // x[2:] - 2 x[1:-1] + x[:-2], padded to n
    Relation sum = slice(n - 2, 0, 1, n);
    sum.add(slice(n - 2, 1, 1, n));
    sum.add(slice(n - 2, 2, 1, n));
    return compose(pad(1, n - 2, 1), sum);
  };
  CHECK(second(1000000).lattices().size() == 3);
  Table expected;
  for (std::int64_t row = 1; row < 9; ++row)
    for (std::int64_t d = -1; d <= 1; ++d)
      expected.emplace_back(row, row + d);
  CHECK(pairs(second(10)) == expected);
}

TEST_CASE("relation: overlapping and adjacent pieces of one band are one") {
  Relation band({10}, {10});
  band.add(Lattice{{0, 0}, {{4, {1, 1}}}});
  band.add(Lattice{{4, 4}, {{3, {1, 1}}}});
  band.add(Lattice{{6, 6}, {{4, {1, 1}}}});
  CHECK(band.lattices().size() == 1);
  CHECK(pairs(band) == pairs(Relation::same({10})));
}

TEST_CASE("relation: a whole lattice takes the others in") {
  Relation both = Relation::same({5});
  both.add(Relation::all({5}, {5}));
  CHECK(both.lattices().size() == 1);
  CHECK(pairs(both).size() == 25);
}

TEST_CASE("relation: nothing is related through nothing, nor without elements") {
  CHECK(compose(Relation({3}, {4}), Relation::same({4})).empty());
  CHECK(Relation::all({0, 3}, {4}).empty());
  CHECK(Relation::renamed({0}, {0, 5}).empty());
  CHECK(compose(Relation::same({0}), Relation::same({0})).empty());
}

TEST_CASE("relation: loops that go on where another ends are one place after another") {
  Lattice rows{{0, 0, 0, 0}, {{5, {1, 0, 1, 0}}, {4, {0, 1, 0, 1}}}};
  Shape shape{5, 4};
  Lattice flat = flattened(rows, shape, shape);
  CHECK(flat.loops == std::vector<Loop>{{20, {1, 1}}});
}

TEST_CASE("relation: equations of many variables have the solutions that counting finds") {
  std::mt19937 numbers(3);
  for (int round = 0; round < 500; ++round) {
    Equations equations;
    std::size_t variables = 2 + numbers() % 3;
    for (std::size_t v = 0; v < variables; ++v)
      equations.extents.push_back(1 + numbers() % 7);
    for (std::size_t e = 0; e < 1 + numbers() % 2; ++e) {
      Equations::Row row{static_cast<std::int64_t>(numbers() % 11) - 5, {}};
      for (std::size_t v = 0; v < variables; ++v)
        row.factor.push_back(static_cast<std::int64_t>(numbers() % 9) - 4);
      equations.zero.push_back(row);
    }
    for (std::size_t v = 0; v < variables; ++v) {
      Equations::Row row{0, std::vector<std::int64_t>(variables, 0)};
      row.factor[v] = 1;
      equations.outputs.push_back(row);
    }
    std::set<Shape> expected, found;
    Shape at(variables, 0);
    for (;;) {
      bool solves = true;
      for (const auto &row : equations.zero) {
        std::int64_t sum = row.constant;
        for (std::size_t v = 0; v < variables; ++v)
          sum += row.factor[v] * at[v];
        solves &= sum == 0;
      }
      if (solves) expected.insert(at);
      std::size_t v = 0;
      while (v < variables && ++at[v] == equations.extents[v])
        at[v++] = 0;
      if (v == variables) break;
    }
    auto solved = solve(equations, 100000);
    REQUIRE(solved);
    for (const Lattice &lattice : *solved) {
      Shape k(lattice.loops.size(), 0);
      for (;;) {
        Shape place = lattice.base;
        for (std::size_t l = 0; l < k.size(); ++l)
          for (std::size_t c = 0; c < place.size(); ++c)
            place[c] += k[l] * lattice.loops[l].step[c];
        found.insert(place);
        std::size_t l = 0;
        while (l < k.size() && ++k[l] == lattice.loops[l].extent)
          k[l++] = 0;
        if (l == k.size()) break;
      }
    }
    CAPTURE(round);
    CHECK(found == expected);
  }
}
