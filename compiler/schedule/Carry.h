// What goes round in loops, for the memory plan: the scratch a loop needs, and which of its outputs its
// bodies write over their inputs.
#pragma once
#include "dialects/exec/Exec.h"
#include "llvm/ADT/StringMap.h"

namespace tgc::schedule {

/// Outer functions that have their memory, by name.
using Planned = llvm::StringMap<mlir::func::FuncOp>;

/// The functions a control op runs; one for a scan.
llvm::SmallVector<llvm::StringRef, 2> bodyNames(exec::ControlOp control);

/// Bytes of scratch; the bodies are planned.
int64_t scratchBytes(exec::ControlOp control, const Planned &planned);

/// Pairs (input, output) of the op that share memory where the plan can arrange it.
llvm::SmallVector<int64_t> overwrittenInputs(exec::ControlOp control, const Planned &planned);

/// The op on places in memory.
exec::EnterOp entered(mlir::OpBuilder &builder, exec::ControlOp control, mlir::ValueRange inputs,
                      mlir::ValueRange outputs, mlir::Value scratch);

} // namespace tgc::schedule
