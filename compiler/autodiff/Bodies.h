// What is asked of the bodies of branches and loops: which results are reached, and new functions out of old
// ones.
#pragma once
#include "dialects/graph/Calls.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace tgc::autodiff {

using graph::Flags;
using graph::joined;
using graph::settled;

/// The floating-point results that the flagged arguments reach through floating-point values.
Flags reached(mlir::func::FuncOp f, llvm::ArrayRef<bool> arguments);

/// The bodies as functions of the module.
mlir::func::FuncOp bodyOf(mlir::Operation *control, unsigned which);

/// The ops of `f` written at the ink's place on these arguments.
graph::Syms inlined(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments);

/// Values of a list of Syms; zeros become constants.
llvm::SmallVector<mlir::Value> valuesOf(graph::SymsRef syms);

} // namespace tgc::autodiff
