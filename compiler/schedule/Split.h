// Reductions to few elements, in two kernels: partial results of fixed pieces, then their combination. The
// pieces depend on the shapes alone, so the bits are the same for any number of threads.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

// Form `linalg`. Replaces every run of a kernel that gains by it, and the kernel; the new kernels are in form
// `linalg` too.
void splitReductions(mlir::func::FuncOp kernel);

} // namespace tgc::schedule
