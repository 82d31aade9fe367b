// Products of a tensor with itself: half of such a result is the mirror image of the other half, whatever
// stands between the two copies on the indices they share.
#pragma once
#include "dialects/graph/Ops.h"

namespace tgc::contract {

/// Products of x and x times a scale become one contraction of x, the scale and x if that is symmetric:
/// nobody then writes the scaled copy, and `schedule` computes half. What nobody reads any more is left
/// behind.
void foldScales(mlir::func::FuncOp function);

} // namespace tgc::contract
