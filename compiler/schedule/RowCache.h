// Values of one row kept in a small scratch array, so that a later stage of the same row loads instead of
// computing again.
#pragma once
#include "compiler/schedule/Rows.h"

namespace tgc::schedule {

class RowCache {
public:
  // Chooses what to keep: costly values that several stages (reductions, then results) are computed from.
  RowCache(Kernel &kernel, Elements &elements, const Rows &rows);

  // Everything computed while stage `stage` was written is complete from here on.
  void finishStage();
  // To be called for each computed element, and before computing one (null: not kept).
  void computed(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position, mlir::Value value);
  mlir::Value lookup(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position);
  // Variables that number the rows; the others of a position run inside the row.
  void setRows(llvm::ArrayRef<mlir::AffineExpr> rowVariables);

private:
  struct Kept {
    mlir::Value scratch;
    mlir::AffineExpr row; // address part that depends on the row only
    int64_t size = 0;
    bool ready = false, usable = true;
  };
  // Splits the address of an element into row part and place inside the row.
  std::pair<mlir::AffineExpr, mlir::AffineExpr> split(mlir::Value tensor,
                                                      llvm::ArrayRef<mlir::AffineExpr> position);

  Elements &elements;
  llvm::SmallVector<unsigned> rowIds;
  llvm::MapVector<mlir::Value, Kept> kept;
  int64_t bytesLeft = 48 << 10;
};

} // namespace tgc::schedule
