#include "compiler/autodiff/Csr.h"
#include "compiler/autodiff/Colour.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Types.h"
#include <numeric>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

using Of = PatternColours::Of;
using Ints = std::vector<int64_t>;

constexpr int64_t longRun = 64;           ///< longer runs become expressions, shorter ones tables
constexpr int64_t mostUnrolled = 1 << 14; ///< entries of one repeat after unrolling

Sym table(Ink &ink, const Ints &numbers) {
  auto type = RankedTensorType::get({static_cast<int64_t>(numbers.size())}, ink.builder.getI64Type());
  return ink.constant(DenseElementsAttr::get(type, ArrayRef<int64_t>(numbers)));
}

bool allEqual(const Ints &numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::not_equal_to<>()) == numbers.end();
}

Sym wide(int64_t number) { return Sym(static_cast<double>(number)); }

/// first + step * the counter along `axis` of `shape`.
Sym counted(Ink &ink, ArrayRef<int64_t> shape, int64_t axis, int64_t first, int64_t step) {
  Sym out = iota(ink, shape, axis, ink.builder.getI64Type());
  if (step != 1) out = out * wide(step);
  return first ? out + wide(first) : out;
}

/// A vector of i64, piece by piece.
class Sequence {
public:
  explicit Sequence(Ink &ink) : ink(ink) {}

  void number(int64_t one) { pending.push_back(one); }
  /// `count` times the same number.
  void same(int64_t one, int64_t count) {
    if (count > longRun)
      piece(ink.full({count}, ink.builder.getI64Type(), static_cast<double>(one)));
    else
      pending.insert(pending.end(), static_cast<size_t>(count), one);
  }
  /// Element (k, e) is first[e] + k * step[e].
  void block(int64_t repeats, const Ints &first, const Ints &step) {
    auto width = static_cast<int64_t>(first.size());
    if (width == 0 || repeats == 0) return;
    if (width == 1) return piece(counted(ink, {repeats}, 0, first[0], step[0]));
    Sym counter = iota(ink, {repeats, width}, 0, ink.builder.getI64Type());
    Sym moved = allEqual(step) ? counter * wide(step[0]) : counter * table(ink, step);
    piece(reshape(moved + table(ink, first), {repeats * width}));
  }
  void piece(Sym vector) {
    flush();
    pieces.push_back(vector);
  }
  Sym done() {
    flush();
    if (pieces.empty()) return ink.full({0}, ink.builder.getI64Type(), 0);
    return pieces.size() == 1 ? pieces[0] : concat(pieces, 0);
  }

private:
  void flush() {
    if (pending.empty()) return;
    pieces.push_back(table(ink, pending));
    pending.clear();
  }
  Ink &ink;
  Ints pending;
  Syms pieces;
};

/// Entries of one repeat of a segment: the elements of its runs where these are short.
struct Entries {
  Ints rows, columns, shifts;
  explicit Entries(const PatternSegment &segment) {
    for (const PatternRun &run : segment.runs)
      for (int64_t k = 0; k < run.count; ++k) {
        rows.push_back(segment.firstRow + run.row);
        columns.push_back(run.column + k * run.step);
        shifts.push_back(run.shift);
      }
  }
};

bool hasLongRuns(const PatternSegment &segment) {
  return segment.width() > (int64_t(1) << 20) ||
         llvm::any_of(segment.runs, [](const PatternRun &run) { return run.count > longRun; });
}

/// The nonzeros of a repeated segment as expressions, run by run: `value` of rows and columns, each
/// [repeats, count].
Sym byRuns(Ink &ink, const PatternSegment &segment, llvm::function_ref<Sym(Sym, Sym)> value) {
  Syms parts;
  for (const PatternRun &run : segment.runs) {
    SmallVector<int64_t> shape = {segment.repeats, run.count};
    Sym row = counted(ink, shape, 0, segment.firstRow + run.row, segment.period);
    Sym column = counted(ink, shape, 1, run.column, run.step);
    if (run.shift) column = column + counted(ink, shape, 0, 0, run.shift);
    parts.push_back(value(row, column));
  }
  Sym all = parts.size() == 1 ? parts[0] : concat(parts, 1);
  return reshape(all, {all.extent(0) * all.extent(1)});
}

class Places {
public:
  Places(Ink &ink, const Pattern &pattern)
      : ink(ink), colours(pattern.colours), lines(colours.of == Of::Rows ? pattern.columns : pattern.rows),
        out(ink) {}

  Sym all(const Pattern &pattern) {
    if (colours.modulus == 0) {
      for (ReadPlace place : readPlaces(pattern))
        out.number(place.colour * lines + place.line);
      return out.done();
    }
    for (const PatternSegment &segment : pattern.segments)
      if (segment.repeats == 1)
        once(segment);
      else if (!unrolled(segment))
        out.piece(byRuns(ink, segment, [&](Sym row, Sym column) { return place(row, column, false); }));
    return out.done();
  }

private:
  int64_t place(int64_t row, int64_t column) const {
    bool byRow = colours.of == Of::Rows || readsMirrored(colours, row);
    return colours.colour(byRow ? row : column) * lines + (byRow ? column : row);
  }

  Sym place(Sym row, Sym column, bool mirrored) {
    bool byRow = colours.of == Of::Rows || mirrored;
    Sym index = byRow ? row : column, line = byRow ? column : row;
    Sym colour = remainder(index, wide(colours.modulus));
    for (auto [k, own] : llvm::enumerate(colours.alone))
      colour = where(index == wide(own), wide(colours.modulus + static_cast<int64_t>(k)), colour);
    return colour * wide(lines) + line;
  }

  void once(const PatternSegment &segment) {
    for (const PatternRun &run : segment.runs) {
      int64_t row = segment.firstRow + run.row;
      if (run.count > longRun) {
        Sym column = counted(ink, {run.count}, 0, run.column, run.step);
        Sym rows = ink.full({run.count}, ink.builder.getI64Type(), static_cast<double>(row));
        out.piece(place(rows, column, readsMirrored(colours, row)));
        continue;
      }
      for (int64_t k = 0; k < run.count; ++k)
        out.number(place(row, run.column + k * run.step));
    }
  }

  /// After as many repeats as give every entry its colour again the places move on evenly. False where an
  /// entry meets an index that has a colour of its own, or that would be many entries.
  bool unrolled(const PatternSegment &segment) {
    if (hasLongRuns(segment)) return false;
    bool byRow = colours.of == Of::Rows;
    Entries entries(segment);
    int64_t factor = 1;
    for (auto [k, shift] : llvm::enumerate(entries.shifts)) {
      int64_t moves = byRow ? segment.period : shift, first = byRow ? entries.rows[k] : entries.columns[k];
      if (moves != 0 && meetsAlone(first, moves, segment.repeats)) return false;
      factor = std::lcm(factor, colours.modulus / std::gcd(moves, colours.modulus));
      if (factor * static_cast<int64_t>(entries.rows.size()) > mostUnrolled) return false;
    }
    Ints first, step;
    auto add = [&](int64_t repeat) {
      for (size_t k = 0; k < entries.rows.size(); ++k) {
        first.push_back(place(entries.rows[k] + repeat * segment.period,
                              entries.columns[k] + repeat * entries.shifts[k]));
        step.push_back(factor * (byRow ? entries.shifts[k] : segment.period));
      }
    };
    for (int64_t repeat = 0; repeat < factor; ++repeat)
      add(repeat);
    out.block(segment.repeats / factor, first, step);
    first.clear();
    for (int64_t repeat = segment.repeats / factor * factor; repeat < segment.repeats; ++repeat)
      add(repeat);
    for (int64_t one : first)
      out.number(one);
    return true;
  }

  bool meetsAlone(int64_t first, int64_t moves, int64_t repeats) const {
    return llvm::any_of(colours.alone, [&](int64_t own) {
      int64_t away = own - first;
      return away % moves == 0 && away / moves >= 0 && away / moves < repeats;
    });
  }

  Ink &ink;
  const PatternColours &colours;
  int64_t lines;
  Sequence out;
};

} // namespace

Sym csrOffsets(Ink &ink, const Pattern &pattern) {
  Sequence out(ink);
  int64_t row = 0, value = 0;
  for (const PatternSegment &segment : pattern.segments) {
    out.same(value, segment.firstRow - row);
    Ints first(static_cast<size_t>(segment.period), 0);
    for (const PatternRun &run : segment.runs)
      if (run.row + 1 < segment.period) first[static_cast<size_t>(run.row) + 1] += run.count;
    for (size_t k = 1; k < first.size(); ++k)
      first[k] += first[k - 1];
    for (int64_t &each : first)
      each += value;
    if (segment.repeats > 1)
      out.block(segment.repeats, first, Ints(first.size(), segment.width()));
    else
      llvm::for_each(first, [&](int64_t each) { out.number(each); });
    row = segment.firstRow + segment.period * segment.repeats;
    value += segment.width() * segment.repeats;
  }
  out.same(value, pattern.rows - row + 1);
  return out.done();
}

Sym csrColumns(Ink &ink, const Pattern &pattern) {
  Sequence out(ink);
  for (const PatternSegment &segment : pattern.segments) {
    if (segment.repeats > 1 && hasLongRuns(segment)) {
      out.piece(byRuns(ink, segment, [](Sym, Sym column) { return column; }));
    } else if (segment.repeats > 1) {
      Entries entries(segment);
      out.block(segment.repeats, entries.columns, entries.shifts);
    } else {
      for (const PatternRun &run : segment.runs)
        if (run.count > longRun)
          out.piece(counted(ink, {run.count}, 0, run.column, run.step));
        else
          for (int64_t k = 0; k < run.count; ++k)
            out.number(run.column + k * run.step);
    }
  }
  return out.done();
}

Sym csrPlaces(Ink &ink, const Pattern &pattern) { return Places(ink, pattern).all(pattern); }

Sym seeds(Ink &ink, const PatternColours &colours, int64_t first, int64_t count, Type element) {
  Type narrow = ink.builder.getI32Type(); // there are fewer than 2^31 colours
  if (first + count >= (int64_t(1) << 31)) narrow = ink.builder.getI64Type();
  SmallVector<int64_t> shape = {colours.count, count};
  Sym every = iota(ink, shape, 0, narrow);
  if (colours.modulus == 0) {
    SmallVector<APInt> own;
    for (int64_t k = first; k < first + count; ++k)
      own.emplace_back(narrow.getIntOrFloatBitWidth(), static_cast<uint64_t>(colours.colour(k)));
    Sym colour = ink.constant(DenseElementsAttr::get(RankedTensorType::get({count}, narrow), own));
    return astype(every == broadcast_to(colour, shape), element);
  }
  // The remainder by the modulus in f64, which vector units divide by: halves keep quotients off whole
  // numbers. All of one shape and of nothing but counters, so that readers make it themselves.
  Type wideFloat = ink.builder.getF64Type();
  Sym index = astype(iota(ink, shape, 1, narrow), wideFloat);
  if (first) index = index + wide(first);
  Sym quotient = floor((index + 0.5) * (1 / static_cast<double>(colours.modulus)));
  Sym colour = index - quotient * wide(colours.modulus);
  for (auto [k, own] : llvm::enumerate(colours.alone))
    if (own >= first && own < first + count)
      colour = where(index == wide(own), wide(colours.modulus + static_cast<int64_t>(k)), colour);
  return astype(astype(every, wideFloat) == colour, element);
}

} // namespace tgc::autodiff
