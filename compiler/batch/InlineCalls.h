// Calls of functions with rules of their own become the functions' ops.
#pragma once
#include "dialects/graph/Calls.h"

namespace tgc {

/// Replaces the calls of `function` for which `which` is true by their callees' ops, calls in those too. Each
/// op keeps the callee's name as a note on its location.
void inlineCalls(mlir::func::FuncOp function, mlir::SymbolTable &symbols,
                 llvm::function_ref<bool(graph::CallOp)> which);

} // namespace tgc
