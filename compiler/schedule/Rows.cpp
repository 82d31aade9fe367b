#include "compiler/schedule/Rows.h"

using namespace mlir;

namespace tgc::schedule {

SmallVector<int64_t> withoutUnits(ArrayRef<int64_t> extents) {
  SmallVector<int64_t> kept;
  for (int64_t extent : extents)
    if (extent != 1) kept.push_back(extent);
  return kept;
}

static ArrayRef<int64_t> shapeOf(Value tensor) { return cast<RankedTensorType>(tensor.getType()).getShape(); }

Position pointInRow(linalg::GenericOp op, ArrayRef<AffineExpr> row) {
  AffineExpr zero = getAffineConstantExpr(0, op.getContext());
  Position position;
  size_t next = 0;
  for (int64_t extent : shapeOf(op->getResult(0)))
    position.push_back(extent == 1 ? zero : row[next++]);
  SmallVector<AffineExpr> reduced(op.getNumReductionLoops(), zero);
  return iterationPoint(op, 0, position, reduced);
}

Position positionInRow(const RowResult &result, ArrayRef<int64_t> shape, ArrayRef<AffineExpr> row,
                       ArrayRef<AffineExpr> inside, MLIRContext *context) {
  Position position;
  size_t next = 0;
  for (auto [axis, extent] : llvm::enumerate(shape)) {
    if (extent == 1)
      position.push_back(getAffineConstantExpr(0, context));
    else if (result.rowOfAxis[axis] >= 0)
      position.push_back(row[result.rowOfAxis[axis]]);
    else
      position.push_back(inside[next++]);
  }
  return position;
}

namespace {

using Visit = std::pair<Value, Position>;

// Everything an element is computed from, on the way to arguments and reductions.
void walk(Elements &elements, Value tensor, Position position, SmallVectorImpl<Visit> &visits) {
  for (auto [expr, extent] : llvm::zip(position, shapeOf(tensor)))
    expr =
        extent == 1 ? getAffineConstantExpr(0, elements.context()) : simplifyWithin(expr, elements.extents());
  Visit visit{tensor, position};
  if (llvm::is_contained(visits, visit)) return;
  visits.push_back(visit);
  auto op = tensor.getDefiningOp<linalg::GenericOp>();
  if (!op || hasReduction(op)) return;
  Position point = iterationPoint(op, cast<OpResult>(tensor).getResultNumber(), position, {});
  for (OpOperand *input : op.getDpsInputOperands()) {
    Position next;
    for (AffineExpr expr : op.getMatchingIndexingMap(input).getResults())
      next.push_back(expr.replaceDims(point));
    walk(elements, input->get(), next, visits);
  }
}

class Finder {
public:
  Finder(Kernel &kernel, Elements &elements) : kernel(kernel), elements(elements) {}

  std::optional<Rows> find() {
    for (linalg::GenericOp op : kernel.generics)
      if (hasReduction(op)) reductions.push_back(op);
    if (reductions.empty()) return std::nullopt;
    rows.extents = withoutUnits(shapeOf(reductions[0]->getResult(0)));
    for (linalg::GenericOp op : reductions)
      for (Value result : op->getResults())
        if (withoutUnits(shapeOf(result)) != rows.extents) return std::nullopt;
    orderStages();
    for (size_t result = 0; result < kernel.results.size(); ++result)
      if (!place(result)) return std::nullopt;
    return rows;
  }

private:
  // Reductions of one depth over equal extents share a loop.
  void orderStages() {
    std::map<std::pair<unsigned, std::vector<int64_t>>, SmallVector<linalg::GenericOp>> groups; // depth first
    for (linalg::GenericOp op : reductions) {
      auto extents = withoutUnits(reducedExtents(op));
      groups[{depthOf(op), std::vector<int64_t>(extents.begin(), extents.end())}].push_back(op);
    }
    for (auto &[key, group] : groups)
      rows.stages.push_back(group);
  }

  unsigned depthOf(Operation *op) {
    auto known = depths.find(op);
    if (known != depths.end()) return known->second;
    unsigned depth = 0;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp()) depth = std::max(depth, depthOf(producer));
    if (auto generic = dyn_cast<linalg::GenericOp>(op); generic && hasReduction(generic)) ++depth;
    return depths[op] = depth;
  }

  bool place(size_t number) {
    RowResult result{number, SmallVector<int64_t>(kernel.shapeOf(number).size(), -1), {}};
    if (!fromItsReductions(result) && !fromReductionsOverIt(result) && !likeAnother(result)) return false;
    SmallVector<bool> used(rows.extents.size(), false);
    for (auto [axis, extent] : llvm::enumerate(kernel.shapeOf(number))) {
      int64_t row = result.rowOfAxis[axis];
      if (extent == 1) continue;
      if (row < 0) {
        result.inside.push_back(extent);
        continue;
      }
      if (used[row] || rows.extents[row] != extent) return false;
      used[row] = true;
    }
    if (llvm::is_contained(used, false)) return false;
    rows.results.push_back(result);
    return true;
  }

  // Records which axes (trial variables from `first` on) stand at the row coordinates of `position`.
  bool match(RowResult &result, const Position &position, Value reduction, unsigned first) {
    size_t row = 0;
    for (auto [expr, extent] : llvm::zip(position, shapeOf(reduction))) {
      if (extent == 1) continue;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim) return false;
      int64_t &held = result.rowOfAxis[dim.getPosition() - first];
      if (held >= 0 && held != int64_t(row)) return false;
      held = row++;
    }
    return true;
  }

  bool fromItsReductions(RowResult &result) {
    size_t keep = elements.extents().size();
    Position position;
    for (int64_t extent : kernel.shapeOf(result.result))
      position.push_back(elements.trialVariable(extent));
    SmallVector<Visit> visits;
    walk(elements, kernel.results[result.result], position, visits);
    bool found = false, good = true;
    for (auto &[tensor, at] : visits)
      if (auto op = tensor.getDefiningOp<linalg::GenericOp>(); op && hasReduction(op)) {
        found = true;
        good &= match(result, at, tensor, keep);
      }
    elements.dropTrials(keep);
    return found && good;
  }

  bool fromReductionsOverIt(RowResult &result) {
    for (linalg::GenericOp op : reductions) {
      size_t keep = elements.extents().size();
      Position row, reduced;
      for (int64_t extent : rows.extents)
        row.push_back(elements.trialVariable(extent));
      Position point = pointInRow(op, row);
      SmallVector<int64_t> ranges = op.getStaticLoopRanges();
      for (auto [axis, kind] : llvm::enumerate(op.getIteratorTypesArray()))
        if (kind == utils::IteratorType::reduction) point[axis] = elements.trialVariable(ranges[axis]);
      SmallVector<Visit> visits;
      for (OpOperand *input : op.getDpsInputOperands()) {
        Position next;
        for (AffineExpr expr : op.getMatchingIndexingMap(input).getResults())
          next.push_back(expr.replaceDims(point));
        walk(elements, input->get(), next, visits);
      }
      elements.dropTrials(keep);
      for (auto &[tensor, at] : visits)
        if (tensor == kernel.results[result.result]) return readOff(result, at, keep);
    }
    return false;
  }

  bool readOff(RowResult &result, const Position &position, unsigned first) {
    for (auto [axis, expr] : llvm::enumerate(position)) {
      if (kernel.shapeOf(result.result)[axis] == 1) continue;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim) return false;
      int64_t row = int64_t(dim.getPosition()) - first;
      result.rowOfAxis[axis] = row < int64_t(rows.extents.size()) ? row : -1;
    }
    return true;
  }

  bool likeAnother(RowResult &result) {
    for (RowResult &other : rows.results)
      if (kernel.shapeOf(other.result) == kernel.shapeOf(result.result)) {
        result.rowOfAxis = other.rowOfAxis;
        return true;
      }
    return false;
  }

  Kernel &kernel;
  Elements &elements;
  Rows rows;
  SmallVector<linalg::GenericOp> reductions;
  DenseMap<Operation *, unsigned> depths;
};

} // namespace

std::optional<Rows> rowsOf(Kernel &kernel, Elements &elements) { return Finder(kernel, elements).find(); }

} // namespace tgc::schedule
