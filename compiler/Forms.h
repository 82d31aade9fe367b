// What may appear after each stage. The packaged MLIR is built without assertions, so nothing else would
// complain.
#pragma once
#include "compiler/Options.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace tgc {

/// Fails with one diagnostic, naming op, form and stage, when the module is not in the form `stage` leaves
/// behind. Cost: one walk.
mlir::LogicalResult checkForm(mlir::ModuleOp module, Stage stage);

/// The same as a pass, for pipelines.
std::unique_ptr<mlir::Pass> createCheckForm(Stage stage);

} // namespace tgc
