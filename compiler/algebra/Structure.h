// Rules on shapes: ops that only move values meet each other and the contractions that can absorb them.
#pragma once
#include "mlir/IR/PatternMatch.h"

namespace tgc::algebra {
void addStructure(mlir::RewritePatternSet &patterns);
} // namespace tgc::algebra
