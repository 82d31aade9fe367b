// How much memory a stretch of ops takes at once, before kernels exist.
#pragma once
#include "mlir/IR/Operation.h"

namespace tgc::contract {

/// Most bytes of the results alive at once from `first` up to `end` (which is not part of it), each until its
/// last reader of the stretch, and of what a large contraction copies of its factors while it runs. Constants
/// and views take nothing. Ops run in their order. Cost: linear.
double emittedPeakBytes(mlir::Operation *first, mlir::Operation *end);

} // namespace tgc::contract
