#include "compiler/autodiff/Colour.h"
#include "compiler/autodiff/Rows.h"
#include <algorithm>
#include <numeric>
#include <unordered_set>

namespace tgc::autodiff {
namespace {

using Of = PatternColours::Of;
using Ints = std::vector<std::int64_t>;

constexpr std::size_t mostDifferences = 1 << 20;
constexpr std::size_t mostAlone = 64;
constexpr std::int64_t mostTried =
    64; ///< colours of a small pattern that are accepted without a try of the other way
constexpr std::int64_t shortSide = 8; ///< a column of more repeats than this meets too many others

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

// ---- by remainder ----

/// Columns that stay where they are while the rows go on.
std::optional<Ints> standing(const Pattern &pattern) {
  Ints out;
  for (const PatternSegment &segment : pattern.segments)
    for (const PatternRun &run : segment.runs) {
      if (segment.repeats <= shortSide || run.shift != 0) continue;
      for (std::int64_t k = 0; k < run.count; ++k) {
        out.push_back(run.column + k * run.step);
        if (out.size() > 4096) return std::nullopt;
      }
    }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

struct Differences {
  std::unordered_set<std::int64_t> seen;
  std::int64_t widest = 1;

  /// Distances between two columns of one row; false where they change from repeat to repeat or are too many.
  bool add(std::span<const PatternRun> row, std::int64_t repeats, const Ints &alone) {
    auto own = [&](const PatternRun &run) {
      return run.count == 1 && std::ranges::binary_search(alone, run.column);
    };
    std::int64_t width = 0;
    for (std::size_t a = 0; a < row.size(); ++a) {
      if (own(row[a])) continue;
      width += row[a].count;
      if (row[a].count + static_cast<std::int64_t>(seen.size()) > static_cast<std::int64_t>(mostDifferences))
        return false;
      for (std::int64_t k = 1; k < row[a].count; ++k)
        seen.insert(k * row[a].step);
      for (std::size_t b = a + 1; b < row.size(); ++b)
        if (!own(row[b]) && !between(row[a], row[b], repeats)) return false;
    }
    widest = std::max(widest, width);
    return true;
  }

  bool between(const PatternRun &a, const PatternRun &b, std::int64_t repeats) {
    if (repeats > 1 && a.shift != b.shift) return false;
    if (a.count > static_cast<std::int64_t>(mostDifferences) / b.count) return false;
    for (std::int64_t i = 0; i < a.count; ++i)
      for (std::int64_t j = 0; j < b.count; ++j)
        seen.insert(std::abs(b.column + j * b.step - a.column - i * a.step));
    return seen.size() <= mostDifferences;
  }
};

std::optional<Differences> differencesOf(const Pattern &pattern, const Ints &alone, bool symmetric) {
  Differences out;
  for (const PatternSegment &segment : pattern.segments)
    for (std::size_t k = 0; k < segment.runs.size();) {
      std::size_t end = k;
      while (end < segment.runs.size() && segment.runs[end].row == segment.runs[k].row)
        ++end;
      std::int64_t row = segment.firstRow + segment.runs[k].row;
      bool mirrored = symmetric && segment.repeats == 1 && std::ranges::binary_search(alone, row);
      std::span<const PatternRun> runs(segment.runs.data() + k, end - k);
      if (!mirrored && !out.add(runs, segment.repeats, alone)) return std::nullopt;
      k = end;
    }
  return out;
}

// ---- by table ----

struct Sparse {
  Ints offsets, columns;
  explicit Sparse(const Pattern &pattern) : offsets(pattern.rowOffsets()), columns(pattern.columnIndices()) {}
  Sparse(const Sparse &of, std::int64_t width) : offsets(at(width) + 1, 0), columns(of.columns.size()) {
    for (std::int64_t column : of.columns)
      ++offsets[at(column) + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    Ints next(offsets.begin(), offsets.end() - 1);
    for (std::int64_t row = 0; row + 1 < static_cast<std::int64_t>(of.offsets.size()); ++row)
      for (std::int64_t column : of[row])
        columns[at(next[at(column)]++)] = row;
  }
  std::span<const std::int64_t> operator[](std::int64_t row) const {
    return std::span(columns).subspan(at(offsets[at(row)]), at(offsets[at(row) + 1] - offsets[at(row)]));
  }
};

Ints longestFirst(const Sparse &lines) {
  Ints out(lines.offsets.size() - 1);
  std::iota(out.begin(), out.end(), 0);
  std::ranges::sort(out, [&](std::int64_t a, std::int64_t b) {
    return lines[a].size() != lines[b].size() ? lines[a].size() > lines[b].size() : a < b;
  });
  return out;
}

class Greedy {
public:
  Greedy(const Sparse &rows, const Sparse &columns)
      : rows(rows), columns(columns), colour(columns.offsets.size() - 1, -1) {}

  /// `first` are given colours of their own, and meet nobody.
  PatternColours run(Of of, const Ints &first) {
    for (std::int64_t column : first)
      colour[at(column)] = count++;
    hubs = count;
    for (std::int64_t column : longestFirst(columns)) {
      if (colour[at(column)] >= 0) continue;
      ++stamp;
      if (of == Of::Symmetric)
        forbidStar(column);
      else
        forbidDistance2(column);
      std::int64_t chosen = hubs;
      while (chosen < count && forbidden[at(chosen)] == stamp)
        ++chosen;
      if (chosen == count) grow();
      colour[at(column)] = chosen;
    }
    return {of, std::max<std::int64_t>(count, 1), 0, {}, std::move(colour)};
  }

private:
  void grow() { forbidden.resize(at(++count), 0); }
  bool isHub(std::int64_t column) const { return colour[at(column)] >= 0 && colour[at(column)] < hubs; }
  void forbid(std::int64_t other) {
    if (colour[at(other)] < hubs) return; // none yet, or a hub's
    forbidden.resize(at(count), 0);
    forbidden[at(colour[at(other)])] = stamp;
  }
  void forbidDistance2(std::int64_t column) {
    for (std::int64_t row : columns[column])
      for (std::int64_t other : rows[row])
        forbid(other);
  }
  // No path of four columns may have two colours (Coleman, More 1984).
  void forbidStar(std::int64_t column) {
    for (std::int64_t near : columns[column]) {
      if (near == column || isHub(near)) continue;
      forbid(near);
      for (std::int64_t far : rows[near]) {
        if (far == column || far == near || isHub(far) || colour[at(far)] < 0) continue;
        if (colour[at(near)] < 0 || endsPath(near, far)) forbid(far);
      }
    }
  }
  /// near - far - another of near's colour.
  bool endsPath(std::int64_t near, std::int64_t far) const {
    return std::ranges::any_of(rows[far], [&](std::int64_t other) {
      return other != near && colour[at(other)] == colour[at(near)];
    });
  }

  const Sparse &rows, &columns;
  Ints colour;
  std::int64_t count = 0, hubs = 0;
  std::vector<std::int64_t> forbidden;
  std::int64_t stamp = 0;
};

/// The few columns that are far longer than the others.
Ints hubsOf(const Sparse &columns) {
  Ints out;
  std::size_t lines = columns.offsets.size() - 1;
  if (lines == 0) return out;
  std::size_t usual = 64 + 8 * columns.columns.size() / lines;
  for (std::int64_t column : longestFirst(columns)) {
    if (columns[column].size() <= usual || out.size() == mostAlone) break;
    out.push_back(column);
  }
  return out;
}

} // namespace

std::optional<PatternColours> coloursByRemainder(const Pattern &pattern, Of of) {
  auto alone = standing(pattern);
  if (!alone) return std::nullopt;
  bool block = alone->size() > mostAlone || static_cast<std::int64_t>(alone->size()) == pattern.columns;
  if (block) alone->clear(); // its columns count like others
  auto apart = differencesOf(pattern, *alone, of == Of::Symmetric);
  if (!apart) return std::nullopt;
  std::int64_t most = std::min(pattern.columns, 2 * apart->widest + 64);
  for (std::int64_t modulus = apart->widest; modulus <= most; ++modulus)
    if (std::ranges::none_of(apart->seen, [&](std::int64_t d) { return d != 0 && d % modulus == 0; }))
      return PatternColours{of, modulus + static_cast<std::int64_t>(alone->size()), modulus, *alone, {}};
  return std::nullopt;
}

PatternColours coloursByTable(const Pattern &pattern, Of of) {
  Sparse rows(pattern), columns(rows, pattern.columns);
  return Greedy(rows, columns).run(of, of == Of::Symmetric ? hubsOf(columns) : Ints());
}

PatternColours coloursOf(const Pattern &pattern, Of of) {
  if (pattern.nonzeros() == 0) return {of, 1, 1, {}, {}};
  auto regular = coloursByRemainder(pattern, of);
  std::int64_t written = 0, widest = 0;
  for (const PatternSegment &segment : pattern.segments) {
    written += static_cast<std::int64_t>(segment.runs.size());
    for (const PatternRun &run : segment.runs)
      widest = std::max(widest, run.count);
  }
  bool small = pattern.nonzeros() <= std::max<std::int64_t>(4 * written, 4096);
  if (regular && (!small || regular->count <= std::min(widest, mostTried) + 2)) return *regular;
  if (regular && pattern.nonzeros() > (std::int64_t(1) << 25)) return *regular;
  PatternColours greedy = coloursByTable(pattern, of);
  return regular && regular->count <= greedy.count ? *regular : greedy;
}

/// Rows and columns exchanged.
static graph::Relation mirrored(const graph::Relation &relation) {
  if (relation.isTable()) {
    graph::Table pairs = relation.pairs();
    for (auto &[row, column] : pairs)
      std::swap(row, column);
    return graph::Relation::listed(relation.operand(), relation.result(), std::move(pairs));
  }
  graph::Relation out(relation.operand(), relation.result());
  for (graph::Lattice lattice : relation.lattices()) {
    std::swap(lattice.base[0], lattice.base[1]);
    for (graph::Loop &loop : lattice.loops)
      std::swap(loop.step[0], loop.step[1]);
    out.add(std::move(lattice));
  }
  return out;
}

static std::optional<Pattern> uncoloured(const graph::Relation &relation) {
  std::int64_t rows = relation.result()[0], columns = relation.operand()[0];
  std::optional<Pattern> out;
  if (!relation.isTable()) out = patternOf(relation.lattices(), rows, columns);
  if (out) return out;
  auto pairs = relation.table(graph::RelationLimits().pairs);
  if (!pairs) return std::nullopt;
  return patternOf(*pairs, rows, columns);
}

std::optional<Pattern> colouredPattern(const graph::Relation &relation, bool symmetric) {
  graph::Relation whole = relation;
  if (symmetric) whole.add(mirrored(relation));
  auto pattern = uncoloured(whole);
  if (!pattern) return std::nullopt;
  pattern->colours = coloursOf(*pattern, symmetric ? Of::Symmetric : Of::Columns);
  if (symmetric || pattern->colours.count < 2) return pattern;
  auto across = uncoloured(mirrored(relation));
  if (!across) return pattern;
  PatternColours byRow = coloursOf(*across, Of::Columns);
  byRow.of = Of::Rows;
  if (byRow.count < pattern->colours.count) pattern->colours = std::move(byRow);
  return pattern;
}

bool readsMirrored(const PatternColours &colours, std::int64_t row) {
  return colours.of == Of::Symmetric && std::ranges::binary_search(colours.alone, row);
}

std::vector<ReadPlace> readPlaces(const Pattern &pattern) {
  const PatternColours &colours = pattern.colours;
  Sparse rows(pattern);
  std::vector<ReadPlace> out;
  Ints met(at(colours.count), 0);
  for (std::int64_t row = 0; row < pattern.rows; ++row) {
    if (colours.of == Of::Symmetric)
      for (std::int64_t column : rows[row])
        ++met[at(colours.colour(column))];
    for (std::int64_t column : rows[row]) {
      bool mirrored =
          readsMirrored(colours, row) || (colours.of == Of::Symmetric && met[at(colours.colour(column))] > 1);
      bool byRow = colours.of == Of::Rows || mirrored;
      out.push_back({colours.colour(byRow ? row : column), byRow ? column : row});
    }
    if (colours.of == Of::Symmetric)
      for (std::int64_t column : rows[row])
        met[at(colours.colour(column))] = 0;
  }
  return out;
}

} // namespace tgc::autodiff
