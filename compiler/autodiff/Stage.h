// The stage's door: derivative requests become ops.
#pragma once
#include "compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace tgc {
void addAutodiff(mlir::OpPassManager &pipeline, const Options &options);
} // namespace tgc
