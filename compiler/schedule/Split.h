// Kernels that are better two. Reductions to few elements: partial results of fixed pieces, then their
// combination; the pieces depend on the shapes alone, so the bits are the same for any number of threads.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

// Form `linalg`. Replaces every run of a kernel that gains by it, and the kernel; the new kernels are in form
// `linalg` too.
void splitReductions(mlir::func::FuncOp kernel);

// Form `linalg`. Takes a kernel apart whose product is followed by more than its tiles can do in registers
// before they are stored: calls of functions, or what does not work lane by lane. True if it did.
bool splitTail(mlir::func::FuncOp kernel);

} // namespace tgc::schedule
