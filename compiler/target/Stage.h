// What target adds to a pipeline: the way of kernels from loop form to the LLVM dialect.
#pragma once
#include "compiler/Options.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tgc {

/// Leaves a module of LLVM functions, one for each kernel; the outer functions are dropped: by then they are
/// a list.
void addTarget(mlir::OpPassManager &passes, const Options &options);

} // namespace tgc
