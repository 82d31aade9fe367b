// How the elements of some arguments spread through a function: which results each of them can reach.
#pragma once
#include "dialects/graph/Relation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::autodiff {

/// The relation of all results' elements, one after the other, to the elements of `arguments` (positions),
/// one after the other. Each op is asked for its own (`GraphOp::reads`); nothing is evaluated. Never loses a
/// pair. Of a derivative's function, by its tangents, it is the pattern of the derivative.
graph::Relation spread(mlir::func::FuncOp function, llvm::ArrayRef<int64_t> arguments);

} // namespace tgc::autodiff
