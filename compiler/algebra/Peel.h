// The outer unit matrices of a value taken off: what is left is its core.
#pragma once
#include "dialects/graph/Sym.h"
#include "tgc/UnitFactors.h"

namespace tgc::algebra {

/// The core of `value`, whose first `rows` axes are rows, written at the ink's place; the value itself where
/// no unit matrix and no axis that only repeats is found. After `Simplify`, which brings unit matrices out.
graph::Sym peel(graph::Ink &ink, mlir::Value value, size_t rows, UnitFactors &factors);

} // namespace tgc::algebra
