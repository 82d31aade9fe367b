// See Sink.h. Every step looks at an op and its neighbours once: functions have hundreds of thousands of ops.
#include "compiler/fuse/Sink.h"
#include "compiler/fuse/Views.h"
#include "dialects/graph/Kinds.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {
namespace {

constexpr int64_t growth = 4; // a result has at least so many times the elements of all it is made of

/// Ops known to make much of little, operands before their readers.
using Large = llvm::DenseSet<Operation *>;

bool makesMuchOfLittle(Operation *op, const Large &known) {
  auto row = dyn_cast<GraphOp>(op);
  if (!row || op->getNumResults() != 1 || (row.kind() != Kind::Pointwise && row.kind() != Kind::Leaf))
    return false;
  int64_t read = 0;
  for (Value operand : op->getOperands()) {
    Value base = throughViews(operand).base;
    Operation *maker = base.getDefiningOp();
    // What sinks itself comes along.
    if (!maker || !base.hasOneUse() || !known.contains(maker)) read += tensorOf(base).getNumElements();
  }
  return tensorOf(op->getResult(0)).getNumElements() >= growth * read;
}

} // namespace

void sinkLarge(Block &body) {
  Large known;
  SmallVector<Operation *> sinking;
  llvm::DenseMap<Operation *, int64_t> places;
  for (Operation &op : body) {
    places[&op] = static_cast<int64_t>(places.size());
    if (op.use_empty()) continue;
    bool large = makesMuchOfLittle(&op, known);
    if (large) known.insert(&op);
    if (large || viewMap(&op)) sinking.push_back(&op);
  }
  for (Operation *op : llvm::reverse(sinking)) {
    Operation *first = nullptr;
    for (Operation *user : op->getUsers()) {
      int64_t apart = first ? places[user] - places[first] : -1;
      // What sank to the same op stands before it.
      if (apart < 0 || (apart == 0 && user != first && user->isBeforeInBlock(first))) first = user;
    }
    places[op] = places[first];
    if (op->getNextNode() != first) op->moveBefore(first);
  }
}

} // namespace tgc::fuse
