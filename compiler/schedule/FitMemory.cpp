// Steps in another order, and steps that run again, so that the plan keeps to the caller's terms: a budget,
// and arguments that may be written over.
#include "compiler/Passes.h"
#include "compiler/schedule/Fit.h"
#include "compiler/schedule/OuterFlow.h"
#include "compiler/schedule/Reorder.h"

namespace tgc {
#define GEN_PASS_DEF_FITMEMORY
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::schedule {
namespace {

class FitMemoryPass : public impl::FitMemoryBase<FitMemoryPass> {
  using FitMemoryBase::FitMemoryBase;

  LogicalResult fit(func::FuncOp function, const SymbolTable &symbols) {
    auto outer = readOuter(function, symbols);
    if (failed(outer)) return failure();
    Flow flow = withDonationsLast(outer->flow);
    if (budgetBytes > 0) flow = fitInto(flow, budgetBytes).flow;
    writeOuter(function, *outer, flow);
    return success();
  }

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      const bool planned = function->hasAttr(exec::argumentsAttr);
      const bool asked = budgetBytes > 0 || function->hasAttr(exec::donatedAttr);
      if (exec::isOuter(function) && asked && !planned && failed(fit(function, symbols)))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace tgc::schedule
