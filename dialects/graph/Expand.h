// Composites replaced by their formulas; used before anything that only knows the smaller ops.
#pragma once
#include "mlir/IR/Block.h"
#include "mlir/Support/LLVM.h"

namespace tgc::graph {

/// Expands every composite of the block, nested ones too. Fails, with a diagnostic at the op, if a formula
/// does. Cost: linear in the ops made.
llvm::LogicalResult expandComposites(mlir::Block &block);

} // namespace tgc::graph
