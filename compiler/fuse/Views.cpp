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
