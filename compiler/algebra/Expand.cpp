// Composites become their formulas, everywhere: what follows knows only the smaller ops.
#include "dialects/graph/Expand.h"
#include "compiler/Passes.h"
#include "dialects/graph/Graph.h"

using namespace mlir;

namespace tgc {
#define GEN_PASS_DEF_EXPAND
#include "compiler/Passes.h.inc"

namespace {
struct ExpandPass : impl::ExpandBase<ExpandPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(graph::expandComposites(function.front())))
        return signalPassFailure();
  }
};
} // namespace
} // namespace tgc
