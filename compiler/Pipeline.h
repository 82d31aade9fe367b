// The stages as pass lists.
#pragma once
#include "compiler/Options.h"

namespace mlir {
class DialectRegistry;
class OpPassManager;
} // namespace mlir

namespace tgc {

/// Adds one stage's passes and the check of the form it leaves. `passes` works on modules.
void addStage(mlir::OpPassManager &passes, Stage stage, const Options &options);

/// Every dialect, interface and translation the stages use, into a registry.
void registerDialects(mlir::DialectRegistry &registry);

} // namespace tgc
