// Lattices become strands: nonzeros that move on by one step each `rowStep` rows. Between two rows where a
// strand begins or ends the rows repeat with a common period, and are written once; the few rows around such
// places are written one by one. Where runs that move differently cross, a segment is cut in two.
#include "compiler/autodiff/Rows.h"
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace tgc::autodiff {
namespace {

using graph::Lattice;
using graph::Loop;

constexpr std::size_t mostStrands = 1 << 15;
constexpr std::size_t mostRuns = 1 << 20;
constexpr std::int64_t fewRepeats = 8; ///< fewer are written row by row

/// A run of columns in row `row`, and again `columnStep` further every `rowStep` rows, `rows` times in all.
struct Strand {
  std::int64_t row = 0, rowStep = 1, rows = 1, column = 0, columnStep = 0, count = 1, step = 1;
  std::int64_t end() const { return row + (rows - 1) * rowStep + 1; }
};

bool movesRow(const Loop &loop) { return loop.step[0] > 0; }

/// Which loop becomes the strand's own: the one of row step `wanted`, else the longest. -1: none moves rows.
int mainLoop(const Lattice &lattice, std::int64_t wanted) {
  int best = -1;
  for (int l = 0; l < static_cast<int>(lattice.loops.size()); ++l) {
    const Loop &loop = lattice.loops[static_cast<std::size_t>(l)];
    if (!movesRow(loop)) continue;
    if (loop.step[0] == wanted) return l;
    if (best < 0 || loop.extent > lattice.loops[static_cast<std::size_t>(best)].extent) best = l;
  }
  return best;
}

int runLoop(const Lattice &lattice) {
  int best = -1;
  for (int l = 0; l < static_cast<int>(lattice.loops.size()); ++l) {
    const Loop &loop = lattice.loops[static_cast<std::size_t>(l)];
    if (!movesRow(loop) && (best < 0 || loop.extent > lattice.loops[static_cast<std::size_t>(best)].extent))
      best = l;
  }
  return best;
}

/// How many strands a lattice becomes.
std::size_t strandCount(const Lattice &lattice, std::int64_t wanted) {
  int main = mainLoop(lattice, wanted), run = runLoop(lattice);
  std::size_t out = 1;
  for (int l = 0; l < static_cast<int>(lattice.loops.size()); ++l)
    if (l != main && l != run)
      out *= std::min<std::size_t>(
          static_cast<std::size_t>(lattice.loops[static_cast<std::size_t>(l)].extent), mostStrands + 1);
  return std::min(out, mostStrands + 1);
}

void addStrands(const Lattice &lattice, std::int64_t wanted, std::vector<Strand> &out) {
  int main = mainLoop(lattice, wanted), run = runLoop(lattice);
  Strand strand;
  std::vector<Loop> others;
  for (int l = 0; l < static_cast<int>(lattice.loops.size()); ++l) {
    const Loop &loop = lattice.loops[static_cast<std::size_t>(l)];
    if (l == main)
      strand.rows = loop.extent, strand.rowStep = loop.step[0], strand.columnStep = loop.step[1];
    else if (l == run)
      strand.count = loop.extent, strand.step = loop.step[1];
    else
      others.push_back(loop);
  }
  std::vector<std::int64_t> at(others.size(), 0);
  for (;;) {
    strand.row = lattice.base[0];
    strand.column = lattice.base[1];
    for (std::size_t l = 0; l < at.size(); ++l) {
      strand.row += at[l] * others[l].step[0];
      strand.column += at[l] * others[l].step[1];
    }
    out.push_back(strand);
    std::size_t l = 0;
    while (l < at.size() && ++at[l] == others[l].extent)
      at[l++] = 0;
    if (l == at.size()) return;
  }
}

/// One row step for the strands of all lattices, the one that needs the fewest of them.
std::optional<std::vector<Strand>> strandsOf(std::span<const Lattice> lattices) {
  std::vector<std::int64_t> steps = {0};
  for (const Lattice &lattice : lattices)
    for (const Loop &loop : lattice.loops)
      if (movesRow(loop)) steps.push_back(loop.step[0]);
  std::ranges::sort(steps);
  steps.erase(std::ranges::unique(steps).begin(), steps.end());
  std::size_t fewest = mostStrands + 1;
  std::int64_t chosen = 0;
  for (std::int64_t wanted : steps) {
    std::size_t total = 0;
    for (const Lattice &lattice : lattices)
      total += strandCount(lattice, wanted);
    if (total < fewest) fewest = total, chosen = wanted;
  }
  if (fewest > mostStrands) return std::nullopt;
  std::vector<Strand> out;
  for (const Lattice &lattice : lattices)
    addStrands(lattice, chosen, out);
  return out;
}

/// The span of columns of a run in a repeat.
struct Reach {
  std::int64_t first, last;
  auto operator<=>(const Reach &) const = default;
};
Reach reach(const PatternRun &run, std::int64_t repeat) {
  std::int64_t first = run.column + repeat * run.shift;
  return {first, first + (run.count - 1) * run.step};
}

enum class Order { Before, After, Inside, Around, Mixed };
Order order(const PatternRun &a, const PatternRun &b, std::int64_t repeat) {
  Reach x = reach(a, repeat), y = reach(b, repeat);
  auto within = [](Reach inner, Reach outer, const PatternRun &run) {
    return run.step == 1 && inner.first >= outer.first && inner.last <= outer.last;
  };
  return x.last < y.first   ? Order::Before
         : y.last < x.first ? Order::After
         : within(x, y, b)  ? Order::Inside
         : within(y, x, a)  ? Order::Around
                            : Order::Mixed;
}

/// The first repeat in which two runs lie otherwise than in repeat 0: each order is a range of repeats.
std::int64_t firstChange(const PatternRun &a, const PatternRun &b, std::int64_t repeats) {
  Order start = order(a, b, 0);
  if (order(a, b, repeats - 1) == start) return repeats;
  std::int64_t same = 0, other = repeats - 1;
  while (other - same > 1) {
    std::int64_t middle = same + (other - same) / 2;
    (order(a, b, middle) == start ? same : other) = middle;
  }
  return other;
}

/// The elements of runs of one row, one by one.
std::vector<PatternRun> singles(std::span<const PatternRun> runs) {
  std::vector<PatternRun> out;
  for (const PatternRun &run : runs)
    for (std::int64_t k = 0; k < run.count; ++k)
      out.push_back({run.row, run.column + k * run.step, 1, 1, run.shift});
  return out;
}

bool byColumn(const PatternRun &a, const PatternRun &b) {
  return std::tie(a.column, a.shift, a.count) < std::tie(b.column, b.shift, b.count);
}

/// The union of runs of one row and one shift. Nothing where it is too long to be written.
std::optional<std::vector<PatternRun>> united(std::vector<PatternRun> runs) {
  auto plain = [](const PatternRun &run) { return run.step == 1 || run.count == 1; };
  std::ranges::sort(runs, byColumn);
  bool apart = true;
  for (std::size_t k = 1; k < runs.size(); ++k)
    apart &= order(runs[k - 1], runs[k], 0) == Order::Before;
  if (!apart && !std::ranges::all_of(runs, plain)) {
    std::int64_t total = 0;
    for (const PatternRun &run : runs)
      total += run.count;
    if (total > static_cast<std::int64_t>(mostRuns)) return std::nullopt;
    runs = singles(runs);
    std::ranges::sort(runs, byColumn);
  }
  std::vector<PatternRun> out;
  for (const PatternRun &run : runs) {
    bool joins =
        !out.empty() && plain(run) && plain(out.back()) && run.column <= reach(out.back(), 0).last + 1;
    if (joins) {
      std::int64_t last = std::max(reach(out.back(), 0).last, reach(run, 0).last);
      out.back().count = last - out.back().column + 1;
      out.back().step = 1;
    } else {
      out.push_back(run);
    }
  }
  return out;
}

/// Runs of one row that keep their order in all repeats; or the repeat at which they do not any more.
struct Resolved {
  std::vector<PatternRun> runs;
  std::int64_t repeats = 0; ///< that hold
  bool good = true;
};

Resolved resolved(std::vector<PatternRun> row, std::int64_t repeats) {
  std::map<std::int64_t, std::vector<PatternRun>> byShift;
  for (PatternRun run : row) {
    if (repeats == 1) run.shift = 0;
    byShift[run.shift].push_back(run);
  }
  Resolved out{{}, repeats};
  for (auto &[shift, runs] : byShift) {
    auto merged = united(std::move(runs));
    if (!merged) return {{}, repeats, false};
    out.runs.insert(out.runs.end(), merged->begin(), merged->end());
  }
  std::ranges::sort(out.runs, byColumn);
  if (byShift.size() < 2) return out;
  for (std::size_t a = 0; a < out.runs.size(); ++a)
    for (std::size_t b = a + 1; b < out.runs.size(); ++b) {
      const PatternRun &x = out.runs[a], &y = out.runs[b];
      Order start = order(x, y, 0);
      std::int64_t holds = start == Order::Mixed || start == Order::After ? 1 : firstChange(x, y, repeats);
      out.repeats = std::min(out.repeats, holds);
    }
  if (out.repeats < repeats) return out;
  std::vector<PatternRun> kept; // without what lies inside another
  for (const PatternRun &run : out.runs)
    if (std::ranges::none_of(out.runs, [&](const PatternRun &other) {
          return &other != &run && order(run, other, 0) == Order::Inside &&
                 (order(other, run, 0) != Order::Inside || &other < &run);
        }))
      kept.push_back(run);
  out.runs = std::move(kept);
  return out;
}

class Writer {
public:
  Writer(Pattern &out) : out(out) {}

  /// Rows first .. end - 1, in which exactly `active` are, all of them throughout.
  bool interval(std::int64_t first, std::int64_t end, std::span<const Strand> active) {
    std::int64_t length = end - first, period = 1;
    for (const Strand &strand : active) {
      if (strand.rows == 1) continue;
      std::int64_t factor = strand.rowStep / std::gcd(period, strand.rowStep);
      if (factor > length / period) return loose(first, end, active);
      period *= factor;
    }
    std::int64_t repeats = length / period, row = first;
    if (repeats < fewRepeats) return loose(first, end, active);
    while (repeats > 0) {
      PatternSegment segment{row, period, repeats, {}};
      if (!fill(segment, active)) return false;
      row += period * segment.repeats;
      repeats -= segment.repeats;
      if (segment.repeats > 1)
        out.segments.push_back(std::move(segment));
      else if (!loose(row - period, row, active))
        return false;
    }
    return row == end || loose(row, end, active);
  }

private:
  /// Writes the runs of one period; fewer repeats where they would cross later.
  bool fill(PatternSegment &segment, std::span<const Strand> active) {
    auto rows = rowsOf(segment.firstRow, segment.firstRow + segment.period, segment.period, active);
    if (!rows) return false;
    for (auto &[row, runs] : *rows) {
      Resolved made = resolved(runs, segment.repeats);
      if (!made.good) return false;
      segment.repeats = std::min(segment.repeats, made.repeats);
    }
    for (auto &[row, runs] : *rows) {
      Resolved made = resolved(std::move(runs), segment.repeats);
      segment.runs.insert(segment.runs.end(), made.runs.begin(), made.runs.end());
    }
    return ++written < mostStrands;
  }

  /// Rows one by one, added to those before them where these are loose too.
  bool loose(std::int64_t first, std::int64_t end, std::span<const Strand> active) {
    auto rows = rowsOf(first, end, 1, active);
    if (!rows) return false;
    bool joins = !out.segments.empty() && out.segments.back().repeats == 1 &&
                 first - out.segments.back().firstRow - out.segments.back().period <= fewRepeats;
    if (!joins) out.segments.push_back({first, 1, 1, {}});
    PatternSegment &segment = out.segments.back();
    segment.period = end - segment.firstRow;
    for (auto &[row, runs] : *rows) {
      Resolved made = resolved(std::move(runs), 1);
      if (!made.good) return false;
      for (PatternRun run : made.runs) {
        run.row += first - segment.firstRow;
        segment.runs.push_back(run);
      }
    }
    return segment.runs.size() <= mostRuns;
  }

  /// The runs of rows first .. end - 1 by their row from `first`, shifts being those of `period` rows.
  std::optional<std::map<std::int64_t, std::vector<PatternRun>>>
  rowsOf(std::int64_t first, std::int64_t end, std::int64_t period, std::span<const Strand> active) {
    std::map<std::int64_t, std::vector<PatternRun>> out;
    std::size_t runs = 0;
    for (const Strand &strand : active) {
      std::int64_t k = std::max<std::int64_t>(0, (first - strand.row + strand.rowStep - 1) / strand.rowStep);
      for (; k < strand.rows; ++k) {
        std::int64_t row = strand.row + k * strand.rowStep;
        if (row >= end) break;
        if (++runs > mostRuns) return std::nullopt;
        std::int64_t shift = strand.rows > 1 ? strand.columnStep * (period / strand.rowStep) : 0;
        out[row - first].push_back(
            {row - first, strand.column + k * strand.columnStep, strand.count, strand.step, shift});
      }
    }
    return out;
  }

  Pattern &out;
  std::size_t written = 0; ///< segments, so that crossings end
};

} // namespace

std::optional<Pattern> patternOf(std::span<const Lattice> lattices, std::int64_t rows, std::int64_t columns) {
  auto strands = strandsOf(lattices);
  if (!strands) return std::nullopt;
  Pattern out{rows, columns, {}, {}};
  std::vector<std::int64_t> borders;
  for (const Strand &strand : *strands) {
    borders.push_back(strand.row);
    borders.push_back(strand.end());
  }
  std::ranges::sort(borders);
  borders.erase(std::ranges::unique(borders).begin(), borders.end());
  std::ranges::sort(*strands, {}, &Strand::row);
  std::vector<Strand> active;
  std::size_t next = 0, work = 0;
  Writer writer(out);
  for (std::size_t b = 0; b + 1 < borders.size(); ++b) {
    std::erase_if(active, [&](const Strand &strand) { return strand.end() <= borders[b]; });
    for (; next < strands->size() && (*strands)[next].row == borders[b]; ++next)
      active.push_back((*strands)[next]);
    work += active.size();
    if (work > 64 * mostStrands) return std::nullopt;
    if (!active.empty() && !writer.interval(borders[b], borders[b + 1], active)) return std::nullopt;
  }
  return out;
}

Pattern patternOf(const graph::Table &pairs, std::int64_t rows, std::int64_t columns) {
  Pattern out{rows, columns, {}, {}};
  if (pairs.empty()) return out;
  PatternSegment segment{0, rows, 1, {}};
  for (auto [row, column] : pairs) {
    bool joins = !segment.runs.empty() && segment.runs.back().row == row &&
                 segment.runs.back().column + segment.runs.back().count == column;
    if (joins)
      ++segment.runs.back().count;
    else
      segment.runs.push_back({row, column, 1, 1, 0});
  }
  out.segments.push_back(std::move(segment));
  return out;
}

} // namespace tgc::autodiff
