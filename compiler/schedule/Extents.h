// Affine expressions over loop variables of known extents: ranges, a normal form, lane strides.
// MLIR's own simplification knows no ranges, so (4*d0 + d1) floordiv 4 stays a division even where d1 < 4.
#pragma once
#include "mlir/IR/AffineExpr.h"
#include <optional>

namespace tgc::schedule {

// Smallest and largest value of an expression.
struct Range {
  int64_t low, high;
};

// The sum  constant + sum of factor * atom, where an atom is a variable, a floordiv or a mod.
struct LinearSum {
  llvm::SmallVector<std::pair<mlir::AffineExpr, int64_t>, 4> terms;
  int64_t constant = 0;

  void add(mlir::AffineExpr atom, int64_t factor);
  void add(const LinearSum &other, int64_t factor);
  mlir::AffineExpr expr(mlir::MLIRContext *context) const;
};

// Variable i (affine dimension i) runs over [0, extents[i]).
Range rangeOf(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> extents);
LinearSum linearSum(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> extents);
mlir::AffineExpr simplifyWithin(mlir::AffineExpr expr, llvm::ArrayRef<int64_t> extents);

// d(expr)/d(variable) if expr is linear in it, nothing if a division involves it.
std::optional<int64_t> strideIn(mlir::AffineExpr expr, unsigned variable, llvm::ArrayRef<int64_t> extents);

// The variables an expression mentions, ascending.
llvm::SmallVector<unsigned, 4> variablesOf(mlir::AffineExpr expr);

// Coordinates of flat row-major position `flat` in a box of the given extents.
llvm::SmallVector<mlir::AffineExpr> delinearize(mlir::AffineExpr flat, llvm::ArrayRef<int64_t> box);
// Row-major position of `position` in a box of the given extents.
mlir::AffineExpr linearize(llvm::ArrayRef<mlir::AffineExpr> position, llvm::ArrayRef<int64_t> box,
                           mlir::MLIRContext *context);
// Product of extents; 1 for none.
int64_t productOf(llvm::ArrayRef<int64_t> extents);

} // namespace tgc::schedule
