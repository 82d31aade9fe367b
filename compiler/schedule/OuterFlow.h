// Between an outer function of exec.run and its plain numbers.
#pragma once
#include "compiler/schedule/Flow.h"
#include "dialects/exec/Exec.h"
#include "llvm/ADT/DenseMap.h"

namespace tgc::schedule {

struct OuterFlow {
  Flow flow;
  std::vector<mlir::Value> values;               ///< by number; of reshapes the value they began with
  std::vector<exec::RunOp> steps;                ///< as `flow.steps` of the function as it stands
  llvm::DenseMap<mlir::Value, std::uint32_t> of; ///< the number of a value, reshapes included
};

/// The elements of a constant of the outer program; null where the op is none.
mlir::ElementsAttr constantOf(mlir::Operation &op);

/// Fails, with a diagnostic, at an op that cannot stand in an outer program.
llvm::FailureOr<OuterFlow> readOuter(mlir::func::FuncOp function, const mlir::SymbolTable &symbols);

/// Writes the function's steps as `wanted` has them, in its order and as often; its steps come from `outer`,
/// its further values from steps that run again, which carry the unit attribute `again`.
void writeOuter(mlir::func::FuncOp function, OuterFlow &outer, const Flow &wanted);

} // namespace tgc::schedule
