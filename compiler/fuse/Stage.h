// The stage's door: the graph cut into kernels.
#pragma once
#include "compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace tgc {
void addFuse(mlir::OpPassManager &pipeline, const Options &options);
} // namespace tgc
