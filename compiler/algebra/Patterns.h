// Rules that need index arithmetic, beside the rows of Rules.td and the canonical forms of the ops
// themselves.
#pragma once
#include "mlir/IR/PatternMatch.h"

namespace tgc::algebra {
/// Scale.cpp: factors of a contraction's operands become its operands.
void addScale(mlir::RewritePatternSet &patterns);
/// Units.cpp: unit matrices in linear algebra.
void addUnits(mlir::RewritePatternSet &patterns);
} // namespace tgc::algebra
