// Between an outer function of runs, loops and branches and its plain numbers.
#pragma once
#include "compiler/schedule/Carry.h"
#include "compiler/schedule/Flow.h"
#include "llvm/ADT/DenseMap.h"

namespace tgc::schedule {

struct OuterFlow {
  Flow flow;
  std::vector<mlir::Value> values; ///< by number; of reshapes the value they began with, null for scratch
  std::vector<mlir::Operation *> steps;                       ///< exec.run and exec.control, as `flow.steps`
  llvm::DenseMap<mlir::Value, std::uint32_t> of;              ///< the number of a value, reshapes included
  llvm::DenseMap<mlir::Operation *, std::uint32_t> scratchOf; ///< of loops and branches
};

/// The elements of a constant of the outer program; null where the op is none.
mlir::ElementsAttr constantOf(mlir::Operation &op);

/// The functions that loops and branches run are in `planned`. Fails, with a diagnostic, at an op that cannot
/// stand in an outer program.
llvm::FailureOr<OuterFlow> readOuter(mlir::func::FuncOp function, const mlir::SymbolTable &symbols,
                                     const Planned &planned);

/// Writes the function's steps as `wanted` has them, in its order and as often; its steps come from `outer`,
/// its further values from runs that run again, which carry the unit attribute `again`.
void writeOuter(mlir::func::FuncOp function, OuterFlow &outer, const Flow &wanted);

} // namespace tgc::schedule
