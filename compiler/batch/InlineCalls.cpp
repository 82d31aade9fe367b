// One walk forward; what a callee's body holds stands before the call and is visited next.
#include "compiler/batch/InlineCalls.h"
#include "compiler/Notes.h"
#include "compiler/Passes.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_INLINECALLS
#include "compiler/Passes.h.inc"

void inlineCalls(func::FuncOp function, SymbolTable &symbols, llvm::function_ref<bool(CallOp)> which) {
  for (Operation *op = &function.front().front(); op;) {
    auto call = dyn_cast<CallOp>(op);
    if (!call || !which(call)) {
      op = op->getNextNode();
      continue;
    }
    Operation *before = op->getPrevNode();
    OpBuilder builder(call);
    auto results =
        writeBody(builder, symbols.lookup<func::FuncOp>(call.getCallee()), call.getOperands(),
                  [&](Operation *inner) { return insideCall(inner->getLoc(), call.getLoc(), call.name()); });
    call->replaceAllUsesWith(results);
    call->erase();
    op = before ? before->getNextNode() : &function.front().front();
  }
}

namespace {
struct InlineCallsPass : impl::InlineCallsBase<InlineCallsPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal()) inlineCalls(function, symbols, [](CallOp) { return true; });
  }
};
} // namespace
} // namespace tgc
