#include "compiler/fuse/Neighbours.h"
#include "compiler/fuse/Views.h"
#include "dialects/graph/Kinds.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {
namespace {

constexpr int window = 16; // ops looked at: values must not wait long in memory

class Order {
public:
  explicit Order(Block &body) : body(body) {}

  void run() {
    for (auto front = body.begin(); front != std::prev(body.end());) {
      Operation *next = choose(&*front);
      placed.insert(next);
      if (isMap(next)) shape = shapeOf(next->getResult(0));
      if (next == &*front)
        ++front;
      else
        next->moveBefore(&*front);
    }
  }

private:
  static bool isFree(Operation *op) {
    return op->hasTrait<OpTrait::ConstantLike>() || viewMap(op) || isAlias(op);
  }
  static bool isMap(Operation *op) {
    auto row = dyn_cast<GraphOp>(op);
    return row && row.isMap() && !isFree(op) && op->getNumResults() == 1;
  }

  bool isReady(Operation *op) const {
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      Operation *maker = operand.getDefiningOp();
      return !maker || placed.contains(maker);
    });
  }

  Operation *choose(Operation *first) const {
    if (!isMap(first) || cast<GraphOp>(first).kind() == Kind::Pointwise) return first;
    Operation *op = first, *last = body.getTerminator();
    for (int looks = 0; looks < window && op != last; ++looks, op = op->getNextNode()) {
      bool wanted = isFree(op) || (isMap(op) && shapeOf(op->getResult(0)) == shape);
      if (wanted && isReady(op)) return op;
    }
    return first;
  }

  Block &body;
  llvm::DenseSet<Operation *> placed;
  ArrayRef<int64_t> shape; ///< of the last op that shares kernels
};

} // namespace

void bringTogether(Block &body) { Order(body).run(); }

} // namespace tgc::fuse
