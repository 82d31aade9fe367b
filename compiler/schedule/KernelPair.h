// A kernel in form `linalg` becomes two that run one after the other.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace tgc::schedule {

/// Both start as copies of the kernel, beside it in its module. The caller rewrites them, says once what
/// passes from one to the other, and commits.
class KernelPair {
public:
  explicit KernelPair(mlir::func::FuncOp kernel);

  mlir::func::FuncOp first, second;

  /// `values` of `first` become its only results. Gives an argument of `second` for each.
  llvm::SmallVector<mlir::Value> pass(mlir::ValueRange values);

  /// Drops what neither needs, replaces every run of the kernel, and erases the kernel.
  void commit();

private:
  mlir::func::FuncOp kernel;
  mlir::SymbolTable symbols;
};

} // namespace tgc::schedule
