// Ops on constants become constants, by the reference evaluation of the op. A result larger than the limit
// stays an op, unless every operand is a splat and the op is pointwise: then the result is a splat of any
// size.
#include "compiler/Passes.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_FOLD
#include "compiler/Passes.h.inc"

namespace {
DenseElementsAttr constantOf(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
}

DenseElementsAttr splatOf(DenseElementsAttr value, ArrayRef<int64_t> shape) {
  return value.resizeSplat(RankedTensorType::get(shape, value.getElementType()));
}

// One element stands for all: the op is rebuilt on scalars and evaluated there.
DenseElementsAttr foldSplat(GraphOp row, ArrayRef<DenseElementsAttr> operands) {
  Block scratch;
  OpBuilder builder(row->getContext()); // a block without a parent cannot tell its context
  builder.setInsertionPointToEnd(&scratch);
  Ink ink(builder, row->getLoc());
  SmallVector<Value> scalars;
  HostTensors hosts;
  for (DenseElementsAttr operand : operands) {
    auto scalar = splatOf(operand, {});
    scalars.push_back(ink.constant(scalar).value());
    hosts.push_back(HostTensor::fromAttr(scalar));
  }
  Syms made = ink.build(row->getName().stripDialect(), scalars, row->getAttrDictionary().getValue());
  DenseElementsAttr result;
  if (!ink.failed())
    result = splatOf(cast<GraphOp>(made[0].value().getDefiningOp()).evaluate(hosts)[0].toAttr(),
                     shapeOf(row->getResult(0)));
  while (!scratch.empty())
    scratch.back().erase();
  return result;
}

struct FoldPass : impl::FoldBase<FoldPass> {
  using FoldBase::FoldBase;
  void runOnOperation() override {
    for (Operation &op : llvm::make_early_inc_range(getOperation().front()))
      fold(&op);
  }

  void fold(Operation *op) {
    auto row = dyn_cast<GraphOp>(op);
    if (!row || op->getNumOperands() == 0 || row.kind() == Kind::Composite || op->getNumResults() != 1)
      return;
    // The parts of complex numbers are the constants that rules look at.
    if (isComplexTensor(op->getResult(0).getType()) || llvm::any_of(op->getOperandTypes(), isComplexTensor))
      return;
    SmallVector<DenseElementsAttr> operands;
    for (Value operand : op->getOperands()) {
      operands.push_back(constantOf(operand));
      if (!operands.back()) return;
    }
    bool splats = llvm::all_of(operands, [](DenseElementsAttr value) { return value.isSplat(); });
    auto type = tensorOf(op->getResult(0));
    DenseElementsAttr value;
    if (splats && row.kind() == Kind::Pointwise && type.getNumElements() > 0)
      value = foldSplat(row, operands);
    else if (splats && (row.viewMap() || row.renames()) && type.getNumElements() > 0)
      value = splatOf(operands[0], type.getShape());
    else if (work(op) * 8 <= limit)
      value = evaluated(row, operands);
    if (!value) return;
    OpBuilder builder(op);
    op->getResult(0).replaceAllUsesWith(ConstantOp::create(builder, op->getLoc(), value));
    op->erase();
  }

  // Elements touched: operands and result bound the cost of all ops but contractions.
  static int64_t work(Operation *op) {
    int64_t most = tensorOf(op->getResult(0)).getNumElements(), product = 1;
    for (Value operand : op->getOperands()) {
      int64_t count = tensorOf(operand).getNumElements();
      most = std::max(most, count);
      product = count && product > maxElements / count ? maxElements : product * count;
    }
    return isa<ContractOp>(op) ? std::max(most, product) : most;
  }

  static DenseElementsAttr evaluated(GraphOp row, ArrayRef<DenseElementsAttr> operands) {
    HostTensors hosts;
    for (DenseElementsAttr operand : operands)
      hosts.push_back(HostTensor::fromAttr(operand));
    return row.evaluate(hosts)[0].toAttr();
  }
};
} // namespace
} // namespace tgc
