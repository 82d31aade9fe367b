// Mathematical functions of vectors: own code where it is faster or more accurate, glibc's libmvec for the
// rest. Bounds over the whole range: 2 ULP. Scalars stay as they are and become libm
// calls.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::schedule {

// Replaces the math operations on vectors that LLVM would take apart lane by lane. Lanes times element size
// must not exceed 64 bytes. Declares the functions it calls in the kernel's module; all of them are rows of
// runtime/Calls.def.
mlir::LogicalResult expandMath(mlir::func::FuncOp kernel);

} // namespace tgc::schedule
