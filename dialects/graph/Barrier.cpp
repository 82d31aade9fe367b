// The canonical form of a barrier: what costs nothing to make again stays outside of it.
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tgc::graph {
namespace {

// barrier(view(x)) = view(barrier(x)); barrier(constant) = constant; barrier() is nothing
struct Narrow : OpRewritePattern<BarrierOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BarrierOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> kept;
    bool changed = false;
    for (Value operand : op.getTensors()) {
      Operation *maker = operand.getDefiningOp();
      auto row = dyn_cast_or_null<GraphOp>(maker);
      if (isa_and_nonnull<ConstantOp>(maker))
        changed = true;
      else if (row && (row.viewMap() || row.renames()) && maker->getNumOperands() == 1)
        kept.push_back(maker->getOperand(0)), changed = true;
      else
        kept.push_back(operand);
    }
    if (!changed) return failure();
    SmallVector<Value> held, results;
    if (!kept.empty())
      llvm::append_range(
          held, BarrierOp::create(rewriter, op.getLoc(), ValueRange(kept).getTypes(), kept).getResults());
    size_t next = 0;
    for (Value operand : op.getTensors()) {
      Operation *maker = operand.getDefiningOp();
      if (isa_and_nonnull<ConstantOp>(maker)) {
        results.push_back(operand);
        continue;
      }
      Value value = held[next];
      if (kept[next++] != operand) {
        IRMapping map;
        map.map(maker->getOperand(0), value);
        value = rewriter.clone(*maker, map)->getResult(0);
      }
      results.push_back(value);
    }
    rewriter.replaceOp(op, results);
    return success();
  }
};

} // namespace

void BarrierOp::getCanonicalizationPatterns(RewritePatternSet &set, MLIRContext *context) {
  set.add<Narrow>(context);
}

} // namespace tgc::graph
