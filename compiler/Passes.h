// The passes' makers and registration, generated from Passes.td.
#pragma once
#include "compiler/Options.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

namespace tgc {

#define GEN_PASS_DECL
#include "compiler/Passes.h.inc"

} // namespace tgc
