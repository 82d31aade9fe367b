// Private functions nobody names any more, and pure ops nobody reads.
#include "compiler/Passes.h"
#include "compiler/algebra/Loops.h"
#include "dialects/graph/Graph.h"

using namespace mlir;

namespace tgc {
#define GEN_PASS_DEF_DROPUNUSED
#include "compiler/Passes.h.inc"

namespace {
void dropOps(Block &body) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (!op.hasTrait<OpTrait::IsTerminator>() && op.use_empty() && isPure(&op)) op.erase();
}

struct DropUnusedPass : impl::DropUnusedBase<DropUnusedPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (bool changed = true; changed;) {
      changed = false;
      for (auto function : llvm::to_vector(module.getOps<func::FuncOp>())) {
        if (function.isExternal()) continue;
        dropOps(function.front());
        changed |= algebra::dropUnusedOfLoops(function.front());
      }
    }
    for (bool changed = true; changed;) {
      changed = false;
      llvm::DenseSet<StringAttr> named;
      module.walk([&](Operation *op) {
        op->getAttrDictionary().walk([&](FlatSymbolRefAttr symbol) { named.insert(symbol.getAttr()); });
      });
      for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
        if (function.isPrivate() && !named.contains(function.getSymNameAttr())) {
          function.erase();
          changed = true;
        }
    }
  }
};
} // namespace
} // namespace tgc
