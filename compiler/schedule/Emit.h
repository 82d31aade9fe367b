// The emitters: each takes a kernel in form `linalg` and rewrites it in place to form `loops`.
// On failure the kernel is unchanged and a diagnostic says what stands against it.
#pragma once
#include "compiler/schedule/Machine.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

// Any kernel, scalar, one element after another; the reference the others are compared with.
mlir::LogicalResult emitLoops(mlir::func::FuncOp kernel);
// Kernels that are code for one item already (exec.items).
mlir::LogicalResult emitItems(mlir::func::FuncOp kernel);
// Kernels without reductions.
mlir::LogicalResult emitMap(mlir::func::FuncOp kernel, const Machine &machine);
// Kernels whose reductions share their rows: row, column and full reductions, softmax and its relatives.
mlir::LogicalResult emitReduce(mlir::func::FuncOp kernel, const Machine &machine);

} // namespace tgc::schedule
