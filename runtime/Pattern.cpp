#include "tgc/Pattern.h"
#include <algorithm>

namespace tgc {

std::int64_t PatternSegment::width() const {
  std::int64_t out = 0;
  for (const PatternRun &run : runs)
    out += run.count;
  return out;
}

std::int64_t PatternColours::colour(std::int64_t index) const {
  if (modulus == 0) return table[static_cast<std::size_t>(index)];
  auto found = std::ranges::lower_bound(alone, index);
  bool own = found != alone.end() && *found == index;
  return own ? modulus + (found - alone.begin()) : index % modulus;
}

std::int64_t Pattern::nonzeros() const {
  std::int64_t out = 0;
  for (const PatternSegment &segment : segments)
    out += segment.repeats * segment.width();
  return out;
}

std::vector<std::int64_t> Pattern::rowOffsets() const {
  std::vector<std::int64_t> out(static_cast<std::size_t>(rows) + 1, 0);
  for (const PatternSegment &segment : segments)
    for (std::int64_t repeat = 0; repeat < segment.repeats; ++repeat)
      for (const PatternRun &run : segment.runs)
        out[static_cast<std::size_t>(segment.firstRow + repeat * segment.period + run.row) + 1] += run.count;
  for (std::size_t row = 1; row < out.size(); ++row)
    out[row] += out[row - 1];
  return out;
}

std::vector<std::int64_t> Pattern::columnIndices() const {
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(nonzeros()));
  for (const PatternSegment &segment : segments)
    for (std::int64_t repeat = 0; repeat < segment.repeats; ++repeat)
      for (const PatternRun &run : segment.runs)
        for (std::int64_t k = 0; k < run.count; ++k)
          out.push_back(run.column + repeat * run.shift + k * run.step);
  return out;
}

std::vector<std::int64_t> Pattern::coded() const {
  std::vector<std::int64_t> out = {rows, columns, static_cast<std::int64_t>(segments.size())};
  for (const PatternSegment &segment : segments) {
    out.insert(out.end(), {segment.firstRow, segment.period, segment.repeats,
                           static_cast<std::int64_t>(segment.runs.size())});
    for (const PatternRun &run : segment.runs)
      out.insert(out.end(), {run.row, run.column, run.count, run.step, run.shift});
  }
  out.insert(out.end(), {static_cast<std::int64_t>(colours.of), colours.count, colours.modulus,
                         static_cast<std::int64_t>(colours.alone.size()),
                         static_cast<std::int64_t>(colours.table.size())});
  out.insert(out.end(), colours.alone.begin(), colours.alone.end());
  out.insert(out.end(), colours.table.begin(), colours.table.end());
  return out;
}

namespace {

constexpr std::int64_t most = std::int64_t(1) << 48; ///< of any number in a code, as of a tensor's elements

/// Reads numbers within bounds; after one that is not, everything is 0 and `good` is false.
struct Reader {
  std::span<const std::int64_t> code;
  std::size_t at = 0;
  bool good = true;

  std::int64_t next(std::int64_t low, std::int64_t high) {
    good = good && at < code.size() && code[at] >= low && code[at] <= high;
    return good ? code[at++] : 0;
  }
  std::int64_t count() { return next(0, static_cast<std::int64_t>(code.size())); }
};

bool runFits(const PatternRun &run, const PatternSegment &segment, std::int64_t columns) {
  std::int64_t far = 0, along = 0;
  if (__builtin_mul_overflow(run.step, run.count - 1, &along) ||
      __builtin_mul_overflow(run.shift, segment.repeats - 1, &far))
    return false;
  for (std::int64_t place : {run.column, run.column + along, run.column + far, run.column + along + far})
    if (place < 0 || place >= columns) return false;
  return run.row < segment.period;
}

PatternSegment readSegment(Reader &in, const Pattern &pattern, std::int64_t firstFree) {
  PatternSegment segment;
  segment.firstRow = in.next(firstFree, pattern.rows);
  segment.period = in.next(1, most);
  segment.repeats = in.next(1, most);
  std::int64_t rows = 0;
  in.good = in.good && !__builtin_mul_overflow(segment.period, segment.repeats, &rows) &&
            rows <= pattern.rows - segment.firstRow;
  std::int64_t width = 0;
  for (std::int64_t runs = in.count(); in.good && runs > 0; --runs) {
    PatternRun run;
    run.row = in.next(0, most);
    run.column = in.next(0, most);
    run.count = in.next(1, most);
    run.step = in.next(1, most);
    run.shift = in.next(-most, most);
    in.good = in.good && runFits(run, segment, pattern.columns) && (width += run.count) <= most;
    segment.runs.push_back(run);
  }
  return segment;
}

void readColours(Reader &in, Pattern &pattern) {
  PatternColours &colours = pattern.colours;
  colours.of = static_cast<PatternColours::Of>(in.next(0, 2));
  colours.count = in.next(0, most);
  colours.modulus = in.next(0, colours.count);
  std::int64_t alone = in.count(), table = in.count();
  std::int64_t lines = colours.of == PatternColours::Of::Rows ? pattern.rows : pattern.columns;
  for (; in.good && alone > 0; --alone)
    colours.alone.push_back(in.next(colours.alone.empty() ? 0 : colours.alone.back() + 1, lines - 1));
  for (; in.good && table > 0; --table)
    colours.table.push_back(in.next(0, colours.count - 1));
  auto size = static_cast<std::int64_t>(colours.table.size());
  in.good =
      in.good &&
      (colours.modulus
           ? size == 0 && colours.count == colours.modulus + static_cast<std::int64_t>(colours.alone.size())
           : size == lines && colours.alone.empty());
  in.good = in.good && (colours.of != PatternColours::Of::Symmetric || pattern.rows == pattern.columns);
}

} // namespace

std::optional<Pattern> Pattern::decoded(std::span<const std::int64_t> code) {
  Reader in{code};
  Pattern out;
  out.rows = in.next(0, most);
  out.columns = in.next(0, most);
  std::int64_t firstFree = 0, values = 0;
  for (std::int64_t segments = in.count(); in.good && segments > 0; --segments) {
    out.segments.push_back(readSegment(in, out, firstFree));
    const PatternSegment &last = out.segments.back();
    firstFree = last.firstRow + last.period * last.repeats;
    std::int64_t more = 0;
    in.good = in.good && !__builtin_mul_overflow(last.repeats, last.width(), &more) && more <= most &&
              (values += more) <= most;
  }
  readColours(in, out);
  if (!in.good || in.at != code.size()) return std::nullopt;
  return out;
}

} // namespace tgc
