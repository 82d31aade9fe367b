// Files that hold a stage's text: whether they are in the form of that stage, and the way on from the last
// ones, kernels without a program around them.
#pragma once
#include "compiler/Compiler.h"

namespace tgc {

/// Whether stage `after` could have left the module: its form, and what the stages behind it rely on without
/// asking. Errors: Invalid, at the place in the file.
Result<void> checkResumed(mlir::ModuleOp module, Stage after);

/// Machine code of what stage target left, kernels in the LLVM dialect; the report has the texts that
/// `options` ask for. Errors: Invalid where these are no kernels.
Result<Report> resumeTarget(mlir::ModuleOp kernels, const Options &options);

/// The same of kernels in LLVM IR. `file` is the name for messages.
Result<Report> resumeLlvm(const std::string &text, const std::string &file, const Options &options);

} // namespace tgc
