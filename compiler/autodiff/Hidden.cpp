#include "compiler/autodiff/Hidden.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

Hidden::Hidden(Block &body, bool results) {
  auto anyOf = [](auto values, const llvm::DenseSet<Value> &set) {
    return llvm::any_of(values, [&](Value value) { return set.contains(value); });
  };
  for (Operation &op : body.without_terminator()) {
    auto row = dyn_cast<GraphOp>(op);
    // What is no row may compute anything inside.
    if (!row || row.breaks() || anyOf(op.getOperands(), broken))
      broken.insert(op.getResults().begin(), op.getResults().end());
  }
  if (results) hidden.insert(body.getTerminator()->operand_begin(), body.getTerminator()->operand_end());
}

void Hidden::pass(Operation *op, Value operand) {
  auto row = dyn_cast<GraphOp>(op);
  if ((row && row.hides()) || hides(op)) hidden.insert(operand);
}

bool Hidden::hides(Operation *op) const {
  return llvm::any_of(op->getResults(), [&](Value value) { return hidden.contains(value); });
}

bool Hidden::meet(Operation *op) const {
  auto isBroken = [&](Value value) { return broken.contains(value); };
  return hides(op) && (llvm::any_of(op->getOperands(), isBroken) || llvm::any_of(op->getResults(), isBroken));
}

} // namespace tgc::autodiff
