// What the reductions share: axes, loops, positions.
#pragma once
#include "dialects/graph/Lowering.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"

namespace tgc::graph {

/// Axes in range, ascending, without repeats.
llvm::LogicalResult checkAxes(std::optional<mlir::Location> loc, llvm::StringRef name, mlir::Type type,
                              llvm::ArrayRef<int64_t> axes);
llvm::SmallVector<int64_t> shifted(llvm::ArrayRef<int64_t> axes, int64_t by);

struct ReduceLoops {
  llvm::SmallVector<mlir::utils::IteratorType> iterators;
  mlir::AffineMap input, output;
};
/// One loop for each axis of the operand; `output` drops the reduced ones (or keeps them as 0).
ReduceLoops reduceLoops(mlir::MLIRContext *context, int64_t rank, llvm::ArrayRef<int64_t> axes,
                        bool keepdims);

/// Row-major position among the axes that stay.
int64_t reducedPosition(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<int64_t> axes);

/// Puts axes of extent 1 back where `axes` were reduced; gives `reduced` itself where the types are equal.
mlir::Value keepAxes(Lowering &lowering, mlir::Value reduced, mlir::Type flat, mlir::Type kept,
                     llvm::ArrayRef<int64_t> axes);

} // namespace tgc::graph
