// The maps are those of the ops' own lowering: a view lowers to one linalg.generic that only copies.
#include "compiler/fuse/Views.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {

static AffineMap broadcastMap(BroadcastToOp op) {
  auto from = shapeOf(op.getX());
  SmallVector<AffineExpr> map;
  for (size_t k = 0; k < from.size(); ++k) {
    bool repeated = from[k] == 1;
    size_t axis = op.getShape().size() - from.size() + k;
    map.push_back(repeated ? getAffineConstantExpr(0, op.getContext())
                           : getAffineDimExpr(axis, op.getContext()));
  }
  return AffineMap::get(op.getShape().size(), 0, map, op.getContext());
}

static AffineMap permuteMap(PermuteDimsOp op) {
  SmallVector<AffineExpr> map(op.getAxes().size());
  for (auto [k, axis] : llvm::enumerate(op.getAxes()))
    map[axis] = getAffineDimExpr(k, op.getContext());
  return AffineMap::get(map.size(), 0, map, op.getContext());
}

static SmallVector<std::pair<int64_t, int64_t>> withoutOnes(ArrayRef<int64_t> shape) {
  SmallVector<std::pair<int64_t, int64_t>> out; // axis, extent
  for (auto [axis, extent] : llvm::enumerate(shape))
    if (extent != 1) out.emplace_back(axis, extent);
  return out;
}

static AffineMap unitReshapeMap(ReshapeOp op) {
  auto from = withoutOnes(shapeOf(op.getX())), to = withoutOnes(tensorOf(op.getType()).getShape());
  if (!llvm::equal(llvm::make_second_range(from), llvm::make_second_range(to))) return {};
  SmallVector<AffineExpr> map(shapeOf(op.getX()).size(), getAffineConstantExpr(0, op.getContext()));
  for (auto [source, target] : llvm::zip(from, to))
    map[source.first] = getAffineDimExpr(target.first, op.getContext());
  return AffineMap::get(tensorOf(op.getType()).getRank(), 0, map, op.getContext());
}

static AffineMap sliceMap(SliceOp op) {
  SmallVector<AffineExpr> map;
  for (auto [axis, start] : llvm::enumerate(op.getStarts()))
    map.push_back(getAffineDimExpr(axis, op.getContext()) *
                      (op.getStrides().empty() ? 1 : op.getStrides()[axis]) +
                  start);
  return AffineMap::get(map.size(), 0, map, op.getContext());
}

static AffineMap flipMap(FlipOp op) {
  auto shape = tensorOf(op.getType()).getShape();
  SmallVector<AffineExpr> map;
  for (int64_t axis = 0; axis < static_cast<int64_t>(shape.size()); ++axis) {
    AffineExpr at = getAffineDimExpr(axis, op.getContext());
    map.push_back(llvm::is_contained(op.getAxes(), axis) ? shape[axis] - 1 - at : at);
  }
  return AffineMap::get(map.size(), 0, map, op.getContext());
}

AffineMap viewMap(Operation *op) {
  if (auto broadcast = dyn_cast<BroadcastToOp>(op)) return broadcastMap(broadcast);
  if (auto permute = dyn_cast<PermuteDimsOp>(op)) return permuteMap(permute);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) return unitReshapeMap(reshape);
  if (!isa<SliceOp, FlipOp>(op) || tensorOf(op->getResult(0)).getNumElements() == 0)
    return {}; // nothing to read
  auto slice = dyn_cast<SliceOp>(op);
  return slice ? sliceMap(slice) : flipMap(cast<FlipOp>(op));
}

bool isAlias(Operation *op) { return isa<ReshapeOp>(op) && !viewMap(op); }

Access throughViews(Value value) {
  Access access{value, AffineMap::getMultiDimIdentityMap(tensorOf(value).getRank(), value.getContext())};
  while (Operation *op = access.base.getDefiningOp()) {
    AffineMap map = viewMap(op);
    if (!map) break;
    access = {op->getOperand(0), map.compose(access.map)};
  }
  return access;
}

} // namespace tgc::fuse
