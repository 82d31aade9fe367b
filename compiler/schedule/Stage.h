// What schedule adds to a pipeline: kernels become loops, then the outer program gets its memory.
#pragma once
#include "compiler/Options.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tgc {

void addSchedule(mlir::OpPassManager &passes, const Options &options);

} // namespace tgc
