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
  if (!isa<AddOp, SubtractOp, MultiplyOp, NegativeOp>(op) || tensorOf(op->getResult(0)).getRank() != 0)
    return false;
  return llvm::all_of(op->getOperands(), [](Value operand) {
    Operation *maker = throughViews(operand).base.getDefiningOp();
    return !maker || maker->hasTrait<OpTrait::ConstantLike>();
  });
}

bool isMadeWhereRead(Operation *op) {
  constexpr int mostReaders = 8; // of a number: each makes its own
  auto row = dyn_cast_or_null<GraphOp>(op);
  if (!row || op->hasTrait<OpTrait::ConstantLike>()) return false;
  bool scalar = isCheapScalar(op);
  if (row.kind() != Kind::Leaf && !scalar) return false;
  int readers = 0;
  SmallVector<Operation *> seen = {op};
  while (!seen.empty())
    for (Operation *user : seen.pop_back_val()->getUsers()) {
      auto reader = dyn_cast<GraphOp>(user);
      if (!reader || isAlias(user) || (scalar && ++readers > mostReaders)) return false;
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
