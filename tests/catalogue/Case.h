// A row's op with the types of one call, and the functions the claims are about.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tests/catalogue/Sample.h"

namespace tgc::catalogue {

/// One call of a row: its sample with shapes and a dtype chosen.
struct Case {
  const graph::Row *row = nullptr;
  Sample sample;
  std::vector<mlir::RankedTensorType> types; ///< of the tensors, in the sample's order
  std::vector<TensorSpec> specs;             ///< beside them
  bool special = false;                      ///< inputs are infinities, NaN, zeros, subnormals, ...
  std::string text() const;
  uint64_t seed() const;
};

/// Inputs for the case; numbers differ with `round`. `whole` rounds them to whole numbers.
graph::HostTensors inputsOf(const Case &one, unsigned round = 0, bool whole = false);

/// The call on tensors that stand for the sample's. Failure has been reported at `ink.loc()`.
llvm::FailureOr<graph::Syms> apply(const Case &one, graph::Ink &ink, graph::SymsRef tensors);

/// A module with one function `main` whose body is being written.
struct Written {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  mlir::Block &body() { return function.front(); }
};
/// `write` gets the arguments and gives the results; null module on failure.
Written write(mlir::MLIRContext *context, llvm::ArrayRef<mlir::RankedTensorType> arguments,
              llvm::function_ref<llvm::FailureOr<graph::Syms>(graph::Ink &, graph::SymsRef)> write);
/// The function that holds just the op.
Written functionOf(const Case &one, mlir::MLIRContext *context);

/// Every case of a row: the samples with every dtype at a few shapes and every shape at a few dtypes. Calls
/// the op refuses are left out; `refused` counts them.
std::vector<Case> casesOf(const graph::Row &row, mlir::MLIRContext *context, std::string &error,
                          unsigned &refused);
/// The samples as they are, in one dtype; empty where the op refuses it.
std::vector<Case> plainCases(const graph::Row &row, mlir::MLIRContext *context, mlir::Type element);

/// Functions of one element on every pair of special values; other rows have none.
std::vector<Case> specialCases(const graph::Row &row, mlir::MLIRContext *context);

/// Whether the row's words ("numeric", "bool", ...) take a dtype.
bool wordsTake(llvm::StringRef words, mlir::Type element);
std::vector<mlir::Type> allElements(mlir::MLIRContext *context);

} // namespace tgc::catalogue
