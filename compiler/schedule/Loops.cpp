#include "compiler/schedule/Accumulate.h"
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/Kernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::schedule {

// A reduction nobody emitted yet: in plain loops at the place its rows are known.
void reduceInLoops(Elements &elements, OpResult result, ArrayRef<AffineExpr> position) {
  auto op = cast<linalg::GenericOp>(result.getOwner());
  SmallVector<AffineExpr> none(op.getNumReductionLoops(), getAffineConstantExpr(0, op.getContext()));
  emitReductions(elements, {{op, iterationPoint(op, result.getResultNumber(), position, none)}}, {});
}

// The axes of a result that its reductions are indexed by come first, so that no reduction is inside another
// loop.
static SmallVector<unsigned> loopOrder(Elements &elements, Value tensor, ArrayRef<int64_t> shape) {
  size_t keep = elements.extents().size();
  Position position;
  for (int64_t extent : shape)
    position.push_back(elements.trialVariable(extent));
  SmallVector<bool> isRow(shape.size(), false);
  SmallVector<std::pair<Value, Position>> work = {{tensor, position}}, seen;
  while (!work.empty()) {
    auto [value, at] = work.pop_back_val();
    auto generic = value.getDefiningOp<linalg::GenericOp>();
    if (!generic || llvm::is_contained(seen, std::make_pair(value, at))) continue;
    seen.push_back({value, at});
    if (hasReduction(generic)) {
      for (AffineExpr expr : at)
        for (unsigned id : variablesOf(simplifyWithin(expr, elements.extents())))
          isRow[id - keep] = true;
      continue;
    }
    Position point = iterationPoint(generic, cast<OpResult>(value).getResultNumber(), at, {});
    for (OpOperand *input : generic.getDpsInputOperands()) {
      Position next;
      for (AffineExpr expr : generic.getMatchingIndexingMap(input).getResults())
        next.push_back(expr.replaceDims(point));
      work.push_back({input->get(), next});
    }
  }
  elements.dropTrials(keep);
  SmallVector<unsigned> order;
  for (bool rows : {true, false})
    for (unsigned axis = 0; axis < shape.size(); ++axis)
      if (isRow[axis] == rows) order.push_back(axis);
  return order;
}

// Items [first, first + count) of the kernel are the slices of one result along the first axis of the order.
static int64_t emitResult(Kernel &kernel, Elements &elements, size_t result, int64_t first) {
  ArrayRef<int64_t> shape = kernel.shapeOf(result);
  SmallVector<unsigned> order = loopOrder(elements, kernel.results[result], shape);
  int64_t items = shape.empty() ? 1 : shape[order[0]];
  if (productOf(shape) == 0) return 0;
  Scope *scope = elements.root();
  Value zero = elements.constantIndex(0), one = elements.constantIndex(1),
        offset = elements.constantIndex(first);
  auto clamp = [&](Value item) {
    Value low = elements.own(scope, arith::MaxSIOp::create(elements.in(scope), item, offset));
    Value local = elements.own(scope, arith::SubIOp::create(elements.in(scope), low, offset));
    return elements.own(scope,
                        arith::MinSIOp::create(elements.in(scope), local, elements.constantIndex(items)));
  };
  Value low = clamp(kernel.begin), high = clamp(kernel.end);
  SmallVector<Scope *> loops = {elements.openLoop(scope, low, high, one, {})};
  Position position(shape.size(), getAffineConstantExpr(0, elements.context()));
  for (auto [depth, axis] : llvm::enumerate(order)) {
    if (depth > 0)
      loops.push_back(elements.openLoop(loops.back(), zero, elements.constantIndex(shape[axis]), one, {}));
    position[axis] = elements.scalarVariable(loops.back(), loops.back()->loop.getInductionVar(), shape[axis]);
  }
  Value value = elements.at(kernel.results[result], position);
  AffineExpr linear = linearize(position, shape, elements.context());
  elements.store(loops.back(), kernel.resultBuffers[result], linear, value, /*streaming=*/false);
  for (Scope *loop : llvm::reverse(loops))
    elements.closeLoop(loop, {});
  return items;
}

LogicalResult emitLoops(func::FuncOp function) {
  Kernel kernel(function);
  Elements elements(function, kernel.buffers, /*lanes=*/1);
  elements.reduce = [&](OpResult result, ArrayRef<AffineExpr> position) {
    reduceInLoops(elements, result, position);
  };
  int64_t items = 0;
  for (size_t result = 0; result < kernel.results.size(); ++result)
    items += emitResult(kernel, elements, result, items);
  return kernel.commit(elements, items, estimateNanoseconds(kernel, Machine(), 1) * 4);
}

} // namespace tgc::schedule
