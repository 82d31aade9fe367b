// What the way forward keeps for the way back: a step of a loop, values and cotangents together, cut in two.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"

namespace tgc::autodiff {

/// What an argument of the step is on the way back: there only then (a cotangent), there again (a part of
/// what is sliced, the step's number), the same for all steps, or gone unless it is kept.
enum class Origin : uint8_t { Late, Again, Shared, Gone };

/// The cut. Values are those of the function that was cut.
struct Residuals {
  llvm::SmallVector<mlir::Value> kept;      ///< in the function's order
  llvm::DenseSet<mlir::Operation *> late;   ///< ops that need a late argument
  llvm::DenseSet<mlir::Operation *> remade; ///< early ops that are done a second time on the way back

  /// Bytes of what is kept, for one step.
  int64_t bytes() const;
};

/// Cuts `step`, whose results from `firstLate` on are wanted on the way back. Kept is what late ops read and
/// cannot be had by views, by one elementwise op of what is kept anyway, or from arguments that are there
/// again; with `carriesOnly` nothing but arguments that would be gone. Cost: linear in the ops.
Residuals cut(mlir::func::FuncOp step, llvm::ArrayRef<Origin> arguments, unsigned firstLate,
              bool carriesOnly);

/// Clones the early ops, or those of the way back, of `step`; `values` maps arguments, and for the way back
/// what was kept, to values at the builder's place.
void writeEarly(mlir::func::FuncOp step, const Residuals &residuals, mlir::OpBuilder &builder,
                mlir::IRMapping &values);
void writeLate(mlir::func::FuncOp step, const Residuals &residuals, mlir::OpBuilder &builder,
               mlir::IRMapping &values);

} // namespace tgc::autodiff
