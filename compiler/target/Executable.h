// A planned outer function and the kernels' addresses become the runtime's flat program.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/Program.h"
#include "llvm/ADT/StringMap.h"

namespace tgc::target {

/// A kernel ready to be called, with its schedule's facts.
struct ReadyKernel {
  Kernel function = nullptr;
  std::int64_t items = 0, nanoseconds = 0;
  std::string form = {}; ///< what the schedule made of it, in words
};

/// The program of a planned outer function (form loops).
/// `arguments` and `results` are the ports as the user sees them; the function knows only storage types.
/// Errors: Internal when the function is not in the form; Limit when a constant cannot be held.
Result<Program> assemble(mlir::func::FuncOp planned, std::vector<Port> arguments, std::vector<Port> results,
                         const llvm::StringMap<ReadyKernel> &kernels, std::shared_ptr<void> code);

} // namespace tgc::target
