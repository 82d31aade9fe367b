// Ops over one index space stand together, so that no group is cut by padding that is written between them.
#pragma once
#include "mlir/IR/Block.h"

namespace tgc::fuse {

/// What reads elsewhere than at its own index (padding, joining) lets a few ops pass that share kernels with
/// the op before it: it would change the index space that these want. The block stays in order.
void bringTogether(mlir::Block &body);

} // namespace tgc::fuse
