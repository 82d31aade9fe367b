// Relations of one axis by one axis for the tests of patterns and colours.
#pragma once
#include "compiler/autodiff/Colour.h"
#include "compiler/autodiff/Rows.h"
#include <random>

namespace tgc::autodiff::samples {

using graph::Lattice;
using graph::Relation;
using graph::Table;

inline Relation none(std::int64_t rows, std::int64_t columns) { return Relation({rows}, {columns}); }

/// The diagonals of an n by n matrix that many columns right of the main one.
inline Relation band(std::int64_t n, const std::vector<std::int64_t> &diagonals) {
  Relation out = none(n, n);
  for (std::int64_t d : diagonals)
    out.add(
        Lattice{{std::max<std::int64_t>(0, -d), std::max<std::int64_t>(0, d)}, {{n - std::abs(d), {1, 1}}}});
  return out;
}

/// n blocks of k by k on the diagonal.
inline Relation blocks(std::int64_t n, std::int64_t k) {
  Relation out = none(n * k, n * k);
  out.add(Lattice{{0, 0}, {{n, {k, k}}, {k, {1, 0}}, {k, {0, 1}}}});
  return out;
}

/// The diagonal, and row and column `hub`.
inline Relation arrow(std::int64_t n, std::int64_t hub) {
  Relation out = band(n, {0});
  out.add(Lattice{{hub, 0}, {{n, {0, 1}}}});
  out.add(Lattice{{0, hub}, {{n, {1, 0}}}});
  return out;
}

/// Each place of an n by m grid with its four neighbours.
inline Relation grid(std::int64_t n, std::int64_t m) {
  Relation out = band(n * m, {0});
  for (auto [from, to] : {std::pair(m, 0L), std::pair(0L, m)})
    out.add(Lattice{{from, to}, {{(n - 1) * m, {1, 1}}}});
  for (auto [from, to] : {std::pair(1L, 0L), std::pair(0L, 1L)})
    out.add(Lattice{{from, to}, {{n, {m, m}}, {m - 1, {1, 1}}}});
  return out;
}

/// One to four lattices of up to three loops, of all kinds.
inline Relation random(std::mt19937 &numbers, std::int64_t rows, std::int64_t columns) {
  auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(numbers() % static_cast<unsigned>(n));
  };
  Relation out = none(rows, columns);
  for (std::int64_t n = 1 + below(4); n > 0; --n) {
    Lattice lattice{{below(rows), below(columns)}, {}};
    for (std::int64_t loops = below(4); loops > 0; --loops) {
      graph::Loop loop{1 + below(40), {below(4), below(7) - 2}};
      Lattice longer = lattice;
      longer.loops.push_back(loop);
      std::int64_t low[2] = {longer.base[0], longer.base[1]}, high[2] = {low[0], low[1]};
      for (const graph::Loop &each : longer.loops)
        for (int k = 0; k < 2; ++k)
          (each.step[static_cast<std::size_t>(k)] < 0 ? low : high)[k] +=
              each.step[static_cast<std::size_t>(k)] * (each.extent - 1);
      if (low[0] >= 0 && low[1] >= 0 && high[0] < rows && high[1] < columns) lattice = longer;
    }
    out.add(lattice);
  }
  return out;
}

/// The places of a pattern, row by row.
inline Table places(const Pattern &pattern) {
  Table out;
  auto offsets = pattern.rowOffsets(), columns = pattern.columnIndices();
  for (std::int64_t row = 0; row < pattern.rows; ++row)
    for (auto k = offsets[static_cast<std::size_t>(row)]; k < offsets[static_cast<std::size_t>(row) + 1]; ++k)
      out.emplace_back(row, columns[static_cast<std::size_t>(k)]);
  return out;
}

} // namespace tgc::autodiff::samples
