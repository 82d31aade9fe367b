// Which columns of a sparse matrix share a product with it (Gebremedhin, Manne, Pothen: What color is your
// Jacobian?, 2005). Plain C++ on plain data.
#pragma once
#include "dialects/graph/Relation.h"
#include "tgc/Pattern.h"

namespace tgc::autodiff {

/// A colouring by remainders, for Columns or Symmetric: two columns of a row never differ by a multiple of
/// the number of colours. Columns that meet too many others (a parameter of everything) have colours of their
/// own. Nothing where that needs many more colours than a row has nonzeros. Cost: the squares of the rows
/// written.
std::optional<PatternColours> coloursByRemainder(const Pattern &pattern, PatternColours::Of of);

/// A greedy colouring, the columns with most nonzeros first: distance 2 for Columns, star for Symmetric.
/// Cost: the squares of the rows' lengths; for Symmetric also the neighbours' neighbours.
PatternColours coloursByTable(const Pattern &pattern, PatternColours::Of of);

/// The better of the two; the table only where the pattern is not much larger than what is written of it.
PatternColours coloursOf(const Pattern &pattern, PatternColours::Of of);

/// The pattern of a relation of one axis by one axis, coloured. Not symmetric: columns or rows, whichever
/// need fewer colours. Symmetric: both halves are filled from each other first. Nothing where the pattern is
/// neither regular nor has fewer than 2^25 nonzeros.
std::optional<Pattern> colouredPattern(const graph::Relation &relation, bool symmetric);

/// Where each value, in CSR order, is read: `line` of the product of `colour`. Columns: products times
/// columns of a colour, lines are rows. Rows: the other way round. Symmetric: as Columns, at the mirror place
/// where a row has two columns of the colour.
struct ReadPlace {
  std::int64_t colour, line;
};
std::vector<ReadPlace> readPlaces(const Pattern &pattern);

/// Whether the nonzeros of a row are read at their mirror places, in a pattern coloured by remainders.
bool readsMirrored(const PatternColours &colours, std::int64_t row);

} // namespace tgc::autodiff
