// Values that are much larger than what they are made of, and small ones made of arguments, wait until
// somebody reads them.
#pragma once
#include "mlir/IR/Block.h"

namespace tgc::fuse {

/// Moves elementwise ops that make much out of little (a unit matrix, a number repeated), and small ones that
/// read arguments only, down to their first reader: there they share its kernel and never reach memory. The
/// block stays in order.
void sink(mlir::Block &body);

} // namespace tgc::fuse
