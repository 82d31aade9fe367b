// Calls that stay whole until the last transformation: what the stages do with them.
#pragma once
#include "dialects/graph/Functions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::graph {

/// The ops of `function` written at the builder's place with these arguments; gives its results.
/// `located`, where given, says the location of each op written.
llvm::SmallVector<mlir::Value>
writeBody(mlir::OpBuilder &builder, mlir::func::FuncOp function, mlir::ValueRange arguments,
          llvm::function_ref<mlir::Location(mlir::Operation *)> located = nullptr);

/// The floating-point types among `types`.
llvm::SmallVector<mlir::Type> floatsOf(mlir::TypeRange types);

/// A foreign call with one more leading axis of extent `extent`; `operands` have it where `mapped`. An
/// operand mapped here or before, but not both, is repeated along the axis it lacks.
Syms batchForeign(ForeignOp op, Ink &ink, SymsRef operands, llvm::ArrayRef<bool> mapped, int64_t extent);

/// Calls the host's function on copies of the tensors. Fails, with a diagnostic at the op, where the context
/// knows no such function or the function says that it failed.
llvm::FailureOr<HostTensors> evaluateForeign(ForeignOp op, HostTensorsRef operands);

} // namespace tgc::graph
