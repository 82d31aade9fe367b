// The stage's door: kernels said in linalg.
#pragma once
#include "compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace tgc {
void addLower(mlir::OpPassManager &pipeline, const Options &options);
} // namespace tgc
