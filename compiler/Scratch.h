// A function and what it names, in a module of their own: what the frontends ask about a derivative before
// its request is built is read off it there.
#pragma once
#include "compiler/Options.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tgc/Result.h"

namespace tgc {

class Scratch {
public:
  /// Copies `function` and all functions it names; the rest of `from` may be half built.
  Scratch(mlir::ModuleOp from, llvm::StringRef function);

  /// Null where `from` has no such function.
  mlir::func::FuncOp function() { return entry; }

  /// A new private function, which is then `function()`.
  mlir::func::FuncOp
  make(llvm::StringRef name, mlir::TypeRange inputs,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::ValueRange)> body);

  /// Stages algebra to batch: no request is left and no rule applies. `function()` is found again.
  Result<void> simplify();

  mlir::OwningOpRef<mlir::ModuleOp> module;

private:
  mlir::func::FuncOp entry;
};

} // namespace tgc
