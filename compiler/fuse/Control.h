// Branches and loops on their way into the outer program.
#pragma once
#include "dialects/exec/Exec.h"

namespace tgc::fuse {

/// Large splats among the operands of control ops become values of kernels: a constant would keep them with
/// the program, element by element.
void fillSplats(mlir::Block &body);

/// The control op in the outer program, on the given operands; notes on its bodies what goes round.
exec::ControlOp outerControl(mlir::OpBuilder &builder, mlir::Operation *control, mlir::ValueRange operands);

} // namespace tgc::fuse
