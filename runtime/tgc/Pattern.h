// Where the nonzeros of a sparse matrix are, and how few products with it give all their values. Rows of one
// structure are written once, so a pattern's size follows its structure and not the matrix.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tgc {

/// Nonzeros of one row: columns `column`, `column + step`, ..., `count` of them; `shift` further in each
/// repeat of the segment.
struct PatternRun {
  std::int64_t row = 0; ///< within the period
  std::int64_t column = 0, count = 1, step = 1, shift = 0;
  bool operator==(const PatternRun &) const = default;
};

/// `period` rows from `firstRow` on, repeated `repeats` times. Runs are sorted by row and column, do not
/// overlap, and keep their order in every repeat.
struct PatternSegment {
  std::int64_t firstRow = 0, period = 1, repeats = 1;
  std::vector<PatternRun> runs;
  /// Nonzeros of one repeat.
  std::int64_t width() const;
  bool operator==(const PatternSegment &) const = default;
};

/// Which columns (or rows) share a product. Two of one colour never meet in a row (column), or, Symmetric,
/// each nonzero can be read from one of its two mirror places.
struct PatternColours {
  enum class Of : std::int8_t { Columns, Rows, Symmetric };
  Of of = Of::Columns;
  std::int64_t count = 0;
  std::int64_t modulus = 0;        ///< colour = index mod modulus; 0: the table says
  std::vector<std::int64_t> alone; ///< these have the colours from `modulus` on, one each; ascending
  std::vector<std::int64_t> table;

  std::int64_t colour(std::int64_t index) const;
  bool operator==(const PatternColours &) const = default;
};

/// A pattern in compressed sparse rows (CSR).
struct Pattern {
  std::int64_t rows = 0, columns = 0;
  std::vector<PatternSegment> segments; ///< ascending; rows in none are empty
  PatternColours colours;

  std::int64_t nonzeros() const;
  /// The position of each row's first value, then the number of values. Cost: linear in the rows.
  std::vector<std::int64_t> rowOffsets() const;
  /// The column of each value, ascending in a row. Cost: linear in the nonzeros.
  std::vector<std::int64_t> columnIndices() const;

  /// As numbers and back; nothing where the numbers are no pattern.
  std::vector<std::int64_t> coded() const;
  static std::optional<Pattern> decoded(std::span<const std::int64_t> code);
  bool operator==(const Pattern &) const = default;
};

} // namespace tgc
