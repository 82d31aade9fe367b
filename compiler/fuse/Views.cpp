#include "compiler/fuse/Views.h"

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

bool isMadeWhereRead(Operation *op) {
  auto leaf = dyn_cast_or_null<GraphOp>(op);
  if (!leaf || leaf.kind() != Kind::Leaf || op->hasTrait<OpTrait::ConstantLike>()) return false;
  SmallVector<Operation *> seen = {op};
  while (!seen.empty())
    for (Operation *user : seen.pop_back_val()->getUsers()) {
      auto row = dyn_cast<GraphOp>(user);
      if (!row || isAlias(user)) return false;
      if (viewMap(user))
        seen.push_back(user);
      else if (!row.isMap() && !row.reducedAxes())
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
