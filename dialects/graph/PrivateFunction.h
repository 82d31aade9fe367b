// Functions that stages write: bodies of maps, loops and branches.
#pragma once
#include "dialects/graph/Sym.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace tgc::graph {

/// Writes a body from its arguments.
using Emit = llvm::function_ref<llvm::FailureOr<Syms>(Ink &, mlir::ValueRange)>;

/// A private function named like `name`, without composites; its results are what `emit` gives. Null, with a
/// diagnostic, where that fails.
mlir::func::FuncOp privateFunction(mlir::SymbolTable &symbols, llvm::StringRef name, mlir::TypeRange inputs,
                                   mlir::Location loc, Emit emit);

} // namespace tgc::graph
