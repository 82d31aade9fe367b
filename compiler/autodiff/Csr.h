// A pattern as expressions: what a sparse derivative's function calculates with instead of stored tables.
// Rows that repeat become expressions of a counter, so a program's size follows the pattern's structure.
#pragma once
#include "dialects/graph/Sym.h"
#include "tgc/Pattern.h"

namespace tgc::autodiff {

/// The rows' first positions, one more than rows; i64.
graph::Sym csrOffsets(graph::Ink &ink, const Pattern &pattern);
/// The values' columns; i64.
graph::Sym csrColumns(graph::Ink &ink, const Pattern &pattern);
/// Where each value stands among the products, one colour's after the other; i64.
graph::Sym csrPlaces(graph::Ink &ink, const Pattern &pattern);
/// The direction of every colour, for `count` elements from `first` on: [colours, count].
graph::Sym seeds(graph::Ink &ink, const PatternColours &colours, int64_t first, int64_t count,
                 mlir::Type element);

} // namespace tgc::autodiff
