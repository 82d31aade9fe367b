// What branches and loops carry, read and stack without need.
#pragma once
#include "mlir/IR/BuiltinOps.h"

namespace tgc::algebra {

/// Rewrites the branches and loops of the block without results that nobody reads and operands that no living
/// result needs; what goes round unchanged becomes shared. Gives whether anything changed.
bool dropUnusedOfLoops(mlir::Block &block);

} // namespace tgc::algebra
