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
constexpr int64_t mostSmall = 1 << 13; // elements; readers of larger ones may follow a product in its tiles

/// Ops known to sink, operands before their readers.
using Sinking = llvm::DenseSet<Operation *>;

bool isPointwise(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row && op->getNumResults() == 1 && row.kind() == Kind::Pointwise;
}

bool makesMuchOfLittle(Operation *op, const Sinking &large) {
  auto row = dyn_cast<GraphOp>(op);
  if (!row || op->getNumResults() != 1 || !(row.isMap() || row.kind() == Kind::Leaf) || viewMap(op))
    return false;
  int64_t read = 0;
  for (Value operand : op->getOperands()) {
    Value base = throughViews(operand).base;
    Operation *maker = base.getDefiningOp();
    // What sinks itself comes along.
    if (!maker || !base.hasOneUse() || !large.contains(maker))
      read += std::min(tensorOf(base).getNumElements(), tensorOf(operand).getNumElements());
  }
  return tensorOf(op->getResult(0)).getNumElements() >= growth * read;
}

/// Little, made of what stays in memory anyway, and read once by an op that can take it into its kernel.
bool isSmallAndEarly(Operation *op, const Sinking &large, const Sinking &early) {
  if (!isPointwise(op) || !op->hasOneUse() || !isPointwise(*op->user_begin())) return false;
  return tensorOf(op->getResult(0)).getNumElements() <= mostSmall &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           Operation *maker = throughViews(operand).base.getDefiningOp();
           if (!maker || maker->hasTrait<OpTrait::ConstantLike>() || early.contains(maker)) return true;
           return maker->getNumOperands() == 0 ? large.contains(maker) : isMadeWhereRead(maker);
         });
}

} // namespace

void sink(Block &body) {
  Sinking large, early;
  SmallVector<Operation *> sinking;
  llvm::DenseMap<Operation *, int64_t> places;
  for (Operation &op : body) {
    places[&op] = static_cast<int64_t>(places.size());
    if (op.use_empty()) continue;
    if (makesMuchOfLittle(&op, large))
      large.insert(&op);
    else if (isSmallAndEarly(&op, large, early))
      early.insert(&op);
    else if (!viewMap(&op))
      continue;
    sinking.push_back(&op);
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
