#include "compiler/fuse/Views.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {

AffineMap viewMap(Operation *op) {
  auto row = dyn_cast_or_null<GraphOp>(op);
  return row ? row.viewMap() : AffineMap();
}

bool isAlias(Operation *op) {
  auto row = dyn_cast_or_null<GraphOp>(op);
  return row && row.renames() && !row.viewMap();
}

// One number out of what a kernel can read anyway, for the price of an instruction outside its loops.
static bool isCheapScalar(Operation *op) {
  auto row = cast<GraphOp>(op);
  if (row.kind() != Kind::Pointwise || row.instructions() > 1 || tensorOf(op->getResult(0)).getRank() != 0)
    return false;
  return llvm::all_of(op->getOperands(), [](Value operand) {
    Operation *maker = throughViews(operand).base.getDefiningOp();
    return !maker || maker->hasTrait<OpTrait::ConstantLike>();
  });
}

// Of nothing but counters and literals, in few instructions: cheaper to make again than to read.
static bool isCounter(Operation *op, int64_t &instructions) {
  auto row = dyn_cast_or_null<GraphOp>(op);
  if (!row || op->getNumResults() != 1) return false;
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    return dense && dense.isSplat();
  }
  if (row.kind() != Kind::Leaf && row.kind() != Kind::Pointwise) return false;
  instructions -= row.instructions();
  return instructions >= 0 && llvm::all_of(op->getOperands(), [&](Value operand) {
           return isCounter(throughViews(operand).base.getDefiningOp(), instructions);
         });
}

// How many may read what `op` makes and make it themselves; none where it is worth a place in memory.
static size_t readersOf(Operation *op) {
  constexpr int64_t mostAgain = 24; // instructions of all readers together
  if (cast<GraphOp>(op).kind() == Kind::Leaf) return std::numeric_limits<size_t>::max();
  if (isCheapScalar(op)) return 8;
  int64_t left = mostAgain;
  return isCounter(op, left) ? mostAgain / (mostAgain - left) : 0;
}

bool isMadeWhereRead(Operation *op) {
  auto row = dyn_cast_or_null<GraphOp>(op);
  if (!row || op->hasTrait<OpTrait::ConstantLike>() || op->getNumResults() != 1) return false;
  size_t most = readersOf(op), readers = llvm::range_size(op->getUsers());
  if (readers > most) return false;
  SmallVector<Operation *> seen = {op};
  while (!seen.empty())
    for (Operation *user : seen.pop_back_val()->getUsers()) {
      auto reader = dyn_cast<GraphOp>(user);
      if (!reader || isAlias(user)) return false;
      if (viewMap(user))
        seen.push_back(user);
      else if (!reader.isMap() && !reader.reducedAxes())
        return false;
    }
  return true;
}

Access throughViews(Value value) {
  Access access{value, AffineMap::getMultiDimIdentityMap(tensorOf(value).getRank(), value.getContext())};
  while (Operation *op = access.base.getDefiningOp()) {
    AffineMap map = viewMap(op);
    if (!map) break;
    access = {op->getOperand(0), map.compose(access.map)};
  }
  return access;
}

bool isLinear(AffineMap map) {
  bool linear = true;
  for (AffineExpr result : map.getResults())
    result.walk([&](AffineExpr expr) {
      linear &= expr.getKind() == AffineExprKind::Add || expr.getKind() == AffineExprKind::Mul ||
                isa<AffineDimExpr, AffineConstantExpr>(expr);
    });
  return linear;
}

} // namespace tgc::fuse
