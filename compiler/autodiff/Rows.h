// The rows of a sparse matrix from the relation it stands for: what repeats is written once. Plain C++ on
// plain data.
#pragma once
#include "dialects/graph/Relation.h"
#include "tgc/Pattern.h"

namespace tgc::autodiff {

/// The pattern of flat lattices (coordinates: row, column), without colours. Nothing where the rows do not
/// repeat enough to be written shortly; a table then does. Cost: follows the lattices' number and, where
/// loops lie within each other, the shorter ones; not the matrix.
std::optional<Pattern> patternOf(std::span<const graph::Lattice> lattices, std::int64_t rows,
                                 std::int64_t columns);

/// The pattern of pairs (row, column), sorted, each once.
Pattern patternOf(const graph::Table &pairs, std::int64_t rows, std::int64_t columns);

} // namespace tgc::autodiff
