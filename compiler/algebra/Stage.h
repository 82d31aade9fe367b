// The stage's door: the graph made smaller.
#pragma once
#include "compiler/Options.h"
#include "mlir/Pass/PassManager.h"

namespace tgc {
void addAlgebra(mlir::OpPassManager &pipeline, const Options &options);
} // namespace tgc
