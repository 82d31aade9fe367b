// What contract adds to a pipeline: networks are merged, then every contraction becomes pairs.
#pragma once
#include "compiler/Options.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tgc {

void addContract(mlir::OpPassManager &passes, const Options &options);

} // namespace tgc
