// Squares of registers, as many as one has lanes, turned: what was a row is then a column.
#pragma once
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace tgc::schedule {

/// Makes the vector of the given elements of two vectors, those of the second counted behind the first's.
using ShuffleMaker = llvm::function_ref<mlir::Value(mlir::Value, mlir::Value, llvm::ArrayRef<int64_t>)>;

void turnSquare(llvm::SmallVectorImpl<mlir::Value> &rows, ShuffleMaker shuffle);

} // namespace tgc::schedule
