// Functions of vectors that kernels call. The body stands in the module once, under a name that says what it
// computes, so that a kernel's code stays small; target generates it once and keeps it.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tgc::schedule {

class Routines {
public:
  // Routines of the module that holds `kernel`; calls are made where `builder` stands.
  Routines(mlir::func::FuncOp kernel, mlir::ImplicitLocOpBuilder &builder)
      : module(kernel->getParentOfType<mlir::ModuleOp>()), builder(builder) {}

  // Writes a body on the arguments where the builder stands and gives the results.
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)>;

  // Calls the routine of this name for vectors of `type`; at its first use in the module the body is written.
  mlir::ValueRange call(llvm::StringRef name, mlir::VectorType type, mlir::TypeRange results,
                        mlir::ValueRange operands, Body body);
  // Calls a function that is not ours.
  mlir::Value callExternal(llvm::StringRef symbol, mlir::VectorType type, mlir::ValueRange operands);

private:
  mlir::func::FuncOp declare(llvm::StringRef symbol, mlir::FunctionType type);

  mlir::ModuleOp module;
  mlir::ImplicitLocOpBuilder &builder;
  llvm::StringMap<mlir::func::FuncOp> known; // of those asked for here
};

} // namespace tgc::schedule
