// One walk forward; what a formula builds stands before the composite and is visited next.
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"

using namespace mlir;

namespace tgc::graph {

static FailureOr<Operation *> expand(Operation *op, GraphOp composite) {
  Operation *before = op->getPrevNode();
  Ink ink(OpBuilder(op), op->getLoc());
  Syms results = composite.formula(ink);
  if (ink.failed() || results.size() != op->getNumResults())
    return op->emitError() << op->getName().stripDialect() << ": its formula could not be built", failure();
  for (auto [old, made] : llvm::zip(op->getResults(), results)) {
    if (made.value().getType() != old.getType())
      return op->emitError() << op->getName().stripDialect() << ": its formula has type "
                             << textOf(made.value().getType()) << ", the op " << textOf(old.getType()),
             failure();
    old.replaceAllUsesWith(made.value());
  }
  Block *block = op->getBlock();
  op->erase();
  return before ? before->getNextNode() : &block->front();
}

LogicalResult expandComposites(Block &block) {
  Operation *op = block.empty() ? nullptr : &block.front();
  while (op) {
    auto row = dyn_cast<GraphOp>(op);
    if (!row || row.kind() != Kind::Composite) {
      op = op->getNextNode();
      continue;
    }
    auto next = expand(op, row);
    if (failed(next)) return failure();
    op = *next;
  }
  return success();
}

} // namespace tgc::graph
