// What branches and loops of the outer program are to the runtime: read off the ops and the planned bodies,
// by schedule to size their scratch and by target to assemble the program.
#pragma once
#include "dialects/exec/Exec.h"
#include "runtime/Control.h"

namespace tgc {

/// Sizes of a planned outer function, as a body without steps.
Body bodySizes(mlir::func::FuncOp planned);

/// Pairs (argument, result) of what goes round in a body of a control op, for `first` or `second`.
llvm::SmallVector<int64_t> carryPairs(exec::ControlOp control, bool second);

/// The runtime's description of a control op; the bodies are numbered by the caller. `Op` is exec::ControlOp
/// or exec::EnterOp.
template <typename Op> Control controlOf(Op op, std::uint32_t first, std::uint32_t second) {
  Control control;
  const llvm::StringRef kind = op.getKind();
  control.kind = kind == "branch"  ? Control::Kind::Branch
                 : kind == "while" ? Control::Kind::While
                 : kind == "scan"  ? Control::Kind::Scan
                                   : Control::Kind::Unwind;
  control.first = first;
  control.second = second;
  control.carried = std::uint32_t(op.getCarried());
  control.sliced = std::uint32_t(op.getSliced());
  control.shared = std::uint32_t(op.getShared());
  control.adjoints = std::uint32_t(op.getAdjoints());
  control.streamed = std::uint32_t(op.getStreamed());
  control.stacked = std::uint32_t(op.getStacked());
  control.length = std::int64_t(op.getLength());
  control.slots = std::int64_t(op.getSlots());
  control.reversed = op.getReversed();
  return control;
}

} // namespace tgc
