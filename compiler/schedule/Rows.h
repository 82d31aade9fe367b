// What the reductions of a kernel share: rows. Read off the kernel before any code is written.
#pragma once
#include "compiler/schedule/Kernel.h"

namespace tgc::schedule {

// A result of the kernel seen from the rows: which axis is which row coordinate; the other axes run inside a
// row.
struct RowResult {
  size_t result = 0;
  llvm::SmallVector<int64_t> rowOfAxis; // row coordinate, or -1
  llvm::SmallVector<int64_t> inside;    // extents of the other axes, unit ones left out
};

struct Rows {
  llvm::SmallVector<int64_t> extents; // of the row coordinates, none of them 1
  llvm::SmallVector<llvm::SmallVector<mlir::linalg::GenericOp>>
      stages; // reductions that may share a loop, in order
  llvm::SmallVector<RowResult> results;
};

// Nothing if the reductions do not share their rows, or if a result cannot be placed relative to them.
std::optional<Rows> rowsOf(Kernel &kernel, Elements &elements);

// Iteration point of a reduction in the row at `row` (one expression per row coordinate); reduced dimensions
// are 0.
Position pointInRow(mlir::linalg::GenericOp op, llvm::ArrayRef<mlir::AffineExpr> row);
// Position in a result for the row at `row` and its other axes at `inside`.
Position positionInRow(const RowResult &result, llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<mlir::AffineExpr> row, llvm::ArrayRef<mlir::AffineExpr> inside,
                       mlir::MLIRContext *context);
llvm::SmallVector<int64_t> withoutUnits(llvm::ArrayRef<int64_t> extents);

} // namespace tgc::schedule
