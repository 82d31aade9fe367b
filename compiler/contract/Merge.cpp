// Networks grow: a contraction that is used only by another contraction becomes part of it. The planner looks
// at every order of the larger network, the old one included, so this never costs.
#include "compiler/Passes.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"

namespace tgc {
#define GEN_PASS_DEF_MERGECONTRACTIONS
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::contract {
namespace {

using graph::Equation;
using graph::Index;

Equation equationOf(graph::ContractOp op) {
  StringRef text = op.getEquation();
  return std::get<Equation>(graph::parseEquation({text.data(), text.size()}));
}

/// A contraction while operands are replaced.
struct Growing {
  Equation equation;
  SmallVector<Value> values;
  bool changed = false;

  /// Puts the operands of `inner` in place of operand `position`: the axes of inner's result are the indices
  /// that stand there, what inner sums gets new names.
  void inlineContraction(size_t position, graph::ContractOp inner) {
    Equation part = equationOf(inner);
    std::vector<Index> place = equation.operands[position];
    constexpr Index unknown = ~Index(0);
    std::vector<Index> renamed(part.indexCount(), unknown);
    for (auto [axis, index] : llvm::enumerate(part.output))
      renamed[index] = place[axis];
    for (Index &index : renamed)
      if (index == unknown) {
        index = static_cast<Index>(equation.indexCount());
        equation.names.push_back(0);
      }
    equation.operands.erase(equation.operands.begin() + static_cast<ptrdiff_t>(position));
    values.erase(values.begin() + position);
    for (auto [k, operand] : llvm::enumerate(part.operands)) {
      for (Index &index : operand)
        index = renamed[index];
      equation.operands.insert(equation.operands.begin() + static_cast<ptrdiff_t>(position + k), operand);
      values.insert(values.begin() + position + k, inner.getTensors()[k]);
    }
    changed = true;
  }

  /// Reads the source of a permutation: its axes are the same indices in another order.
  void inlinePermutation(size_t position, graph::PermuteDimsOp permutation) {
    std::vector<Index> place = equation.operands[position], source(place.size());
    for (auto [axis, from] : llvm::enumerate(permutation.getAxes()))
      source[static_cast<size_t>(from)] = place[axis];
    equation.operands[position] = std::move(source);
    values[position] = permutation.getX();
    changed = true;
  }
};

struct MergeContractions : impl::MergeContractionsBase<MergeContractions> {
  using MergeContractionsBase::MergeContractionsBase;

  void runOnOperation() override {
    SmallVector<graph::ContractOp> contractions;
    getOperation().walk([&](graph::ContractOp op) { contractions.push_back(op); });
    // In program order, so that a producer is as large as it gets before its user takes it in.
    for (graph::ContractOp op : contractions)
      grow(op);
  }

private:
  void grow(graph::ContractOp op) {
    Growing growing{equationOf(op), SmallVector<Value>(op.getTensors()), false};
    for (size_t position = 0; position < growing.values.size();)
      if (!replaceOperand(growing, position)) ++position;
    if (!growing.changed) return;
    OpBuilder builder(op);
    auto grown = graph::ContractOp::create(builder, op.getLoc(), growing.values,
                                           graph::printEquation(growing.equation));
    op->replaceAllUsesWith(grown);
    SmallVector<Value> operands(op.getTensors());
    op.erase();
    for (Value value : operands)
      eraseUnused(value.getDefiningOp());
  }

  bool replaceOperand(Growing &growing, size_t position) {
    Operation *producer = growing.values[position].getDefiningOp();
    if (auto permutation = dyn_cast_or_null<graph::PermuteDimsOp>(producer)) {
      growing.inlinePermutation(position, permutation);
      return true;
    }
    auto inner = dyn_cast_or_null<graph::ContractOp>(producer);
    if (!inner || !inner->hasOneUse()) return false;
    if (growing.values.size() + inner.getTensors().size() - 1 > mostOperands) return false;
    growing.inlineContraction(position, inner);
    return true;
  }

  /// What nothing reads any more goes, and what only it read; without recursion.
  static void eraseUnused(Operation *first) {
    SmallVector<Operation *> work{first};
    while (!work.empty()) {
      Operation *op = work.pop_back_val();
      if (!op || !op->use_empty() || !isa<graph::ContractOp, graph::PermuteDimsOp>(op)) continue;
      SmallVector<Operation *> below;
      for (Value value : op->getOperands())
        if (!llvm::is_contained(below, value.getDefiningOp())) below.push_back(value.getDefiningOp());
      op->erase();
      llvm::append_range(work, below);
    }
  }
};

} // namespace
} // namespace tgc::contract
