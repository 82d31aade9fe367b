// The door of the contraction family: sums of products of two arrays, with an elementwise tail.
#pragma once
#include "compiler/schedule/Machine.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

/// Whether `emitContract` can take this kernel (form `linalg`). Changes nothing.
bool isContraction(mlir::func::FuncOp kernel);

/// Whether it is the symmetric product of a scaled array with itself.
bool isScaledProduct(mlir::func::FuncOp kernel);

/// Replaces a kernel of form `linalg` by its loop form: `kernel(begin, end, inputs..., results...)` in
/// memory, with `exec.items` and `exec.nanoseconds`. The result's bits do not depend on how the items are
/// shared out. Errors: a diagnostic at the kernel if it is not a contraction.
/// Large products take one more result as scratch; the runs of the kernel in its module are widened by it.
mlir::LogicalResult emitContract(mlir::func::FuncOp kernel, const Machine &machine);

} // namespace tgc::schedule
