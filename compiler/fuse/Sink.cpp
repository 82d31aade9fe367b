#include "compiler/fuse/Sink.h"
#include "compiler/fuse/Views.h"
#include "dialects/graph/Kinds.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {
namespace {

constexpr int64_t growth = 4; // a result has at least so many times the elements of all it is made of

bool makesMuchOfLittle(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  if (!row || op->getNumResults() != 1 || (row.kind() != Kind::Pointwise && row.kind() != Kind::Leaf))
    return false;
  int64_t read = 0;
  for (Value operand : op->getOperands()) {
    // What sinks itself comes along.
    Value base = throughViews(operand).base;
    Operation *maker = base.getDefiningOp();
    if (!maker || !base.hasOneUse() || !makesMuchOfLittle(maker)) read += tensorOf(base).getNumElements();
  }
  return tensorOf(op->getResult(0)).getNumElements() >= growth * read;
}

} // namespace

void sinkLarge(Block &body) {
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    if (!op.use_empty() && (viewMap(&op) || makesMuchOfLittle(&op))) ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops)) {
    Operation *first = nullptr;
    for (Operation *user : op->getUsers())
      if (!first || user->isBeforeInBlock(first)) first = user;
    op->moveBefore(first);
  }
}

} // namespace tgc::fuse
