// Derivatives emitted at a builder's place: the body of a function copied, with tangents or cotangents beside
// it.
#pragma once
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::autodiff {

/// Turns the derivative requests of a module into ops, innermost first, each function once.
class Derive {
public:
  explicit Derive(mlir::ModuleOp module) : module(module), symbols(module) {}
  llvm::LogicalResult resolveAll();

private:
  llvm::LogicalResult resolve(mlir::func::FuncOp function);
  llvm::LogicalResult resolveRequest(mlir::Operation *request);
  mlir::func::FuncOp callee(mlir::Operation *request);
  /// A private function whose body `emit` writes from its arguments; a request inside a map needs one.
  mlir::func::FuncOp
  function(llvm::StringRef name, mlir::TypeRange inputs, mlir::Location loc,
           llvm::function_ref<llvm::FailureOr<graph::Syms>(graph::Ink &, mlir::ValueRange)> emit);

  // Forward.cpp
  /// Results of `f` on `arguments`, and the tangents of its results.
  llvm::LogicalResult forward(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments,
                              graph::SymsRef tangents, graph::Syms &results, graph::Syms &resultTangents);
  llvm::FailureOr<graph::Syms> tangentOf(mlir::Operation *copy, graph::Ink &ink, graph::SymsRef tangents);
  llvm::FailureOr<graph::Syms> tangentOfMap(mlir::Operation *copy, graph::Ink &ink, graph::SymsRef tangents);

  // Reverse.cpp
  /// Results of `f` on `arguments`, and the cotangents of the arguments where `wanted`.
  llvm::LogicalResult reverse(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments,
                              graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted, graph::Syms &results,
                              graph::Syms &argumentCotangents);
  llvm::FailureOr<graph::Syms> cotangentOf(mlir::Operation *copy, graph::Ink &ink, graph::SymsRef cotangents,
                                           llvm::ArrayRef<bool> wanted);
  llvm::FailureOr<graph::Syms> cotangentOfMap(mlir::Operation *copy, graph::Ink &ink,
                                              graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  llvm::DenseSet<mlir::Operation *> done;
  llvm::DenseSet<mlir::Operation *> open;
};

/// Whether a value can carry a tangent: a floating-point tensor.
inline bool isReal(mlir::Value value) { return graph::isFloatTensor(value.getType()); }

} // namespace tgc::autodiff
