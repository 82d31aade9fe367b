// The stage's door: map requests become ops with one more axis.
#pragma once
#include "compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace tgc {
void addBatch(mlir::OpPassManager &pipeline, const Options &options);
} // namespace tgc
