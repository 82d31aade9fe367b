// Where cotangents may be exact zeros beside values that are not finite, as behind a `where` that does not
// take a logarithm's branch: products there have to be strong, or zero times infinity reaches the gradient.
#pragma once
#include "dialects/graph/Graph.h"
#include "llvm/ADT/DenseSet.h"

namespace tgc::autodiff {

/// Of one function's body; told of each cotangent that is passed on, from the last op to the first.
class Hidden {
public:
  /// `results`: whether zeros among the cotangents of the body's results hide what it computes.
  Hidden(mlir::Block &body, bool results);
  /// Whether a product of the op's rule may meet both.
  bool meet(mlir::Operation *op) const;
  /// Whether a cotangent of the op's results may be such a zero.
  bool hides(mlir::Operation *op) const;
  /// A cotangent goes from the op to an operand.
  void pass(mlir::Operation *op, mlir::Value operand);

private:
  llvm::DenseSet<mlir::Value> broken; ///< may not be finite
  llvm::DenseSet<mlir::Value> hidden; ///< may have a cotangent that is zero whatever they are
};

} // namespace tgc::autodiff
