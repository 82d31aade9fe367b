#include "compiler/schedule/Family.h"

#include "compiler/schedule/Contract.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace tgc::schedule {

Family familyOf(func::FuncOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (isa<exec::ItemsOp>(op)) return Family::Items;
  // The products of a sum without kept indices are read once: nothing for register tiles to gain.
  bool single = llvm::all_of(kernel.getResultTypes(),
                             [](Type type) { return cast<ShapedType>(type).getNumElements() == 1; });
  if (!single && isContraction(kernel)) return Family::Contraction;
  bool reduces = false, known = true;
  for (Operation &op : kernel.getBody().front())
    if (auto generic = dyn_cast<linalg::LinalgOp>(op)) {
      reduces |= generic.getNumReductionLoops() != 0;
      known &= isa<linalg::GenericOp, linalg::FillOp>(op);
    }
  if (!known) return Family::Other;
  return reduces ? Family::Reduction : Family::Map;
}

} // namespace tgc::schedule
