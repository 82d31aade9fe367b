// Branches and loops: what their operands are, and the functions they hold.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tgc::graph {

/// Whether an op is one of cond, while, scan and unwind.
bool isControl(mlir::Operation *op);

/// Operands of a control op by what they are, in their order. `head` is the predicate of a cond, the count of
/// an unwind, else empty; what both branches of a cond take is `shared`.
struct ControlOperands {
  mlir::ValueRange head, carried, sliced, shared, adjoints, streamed;
};
ControlOperands operandsOf(mlir::Operation *control);

/// The functions a control op holds: then and otherwise; condition and body; body; step and back. Null where
/// a name stands for no function.
llvm::SmallVector<mlir::FunctionOpInterface, 2> bodiesOf(mlir::Operation *control);

/// One flag for each of some values.
using Flags = llvm::SmallVector<bool>;
Flags joined(std::initializer_list<llvm::ArrayRef<bool>> lists);
/// Flags of what goes round in a loop, from those at the start; `step` gives those behind a step.
Flags settled(Flags round, llvm::function_ref<Flags(llvm::ArrayRef<bool>)> step);

/// `type` without its leading axis, and with one of `length`.
mlir::RankedTensorType partOf(mlir::Type type);
mlir::RankedTensorType stackOf(mlir::Type type, int64_t length);

/// Places that the named way of reverse mode keeps for a loop of `length` steps: "sqrt" or "log".
int64_t slotsFor(llvm::StringRef memory, int64_t length);

/// The reference value of a control op. Fails, with a diagnostic, where a body has none.
llvm::FailureOr<HostTensors> evaluateControl(mlir::Operation *control, HostTensorsRef operands);

} // namespace tgc::graph
