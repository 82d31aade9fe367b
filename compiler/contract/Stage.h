// What contract adds to a pipeline: networks are merged, then every contraction becomes pairs.
#pragma once
#include "compiler/Options.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace tgc {

/// Before derivatives are written: large networks get their order, which the derivatives then follow.
void addContractBeforeAutodiff(mlir::OpPassManager &passes);
void addContract(mlir::OpPassManager &passes, const Options &options);

} // namespace tgc
