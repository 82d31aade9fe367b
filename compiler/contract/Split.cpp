// Large networks that are about to be differentiated get their order now: reverse mode then walks back along
// the tree, and each of its edges carries one cotangent, whatever the number of gradients.
#include "compiler/Passes.h"
#include "compiler/contract/Joint.h"
#include "compiler/contract/Layout.h"
#include "compiler/contract/PairWriter.h"
#include "compiler/contract/Path.h"
#include "dialects/graph/Functions.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/CSE.h"
#include "llvm/ADT/DenseSet.h"

namespace tgc {
#define GEN_PASS_DEF_SPLITDIFFERENTIATED
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::contract {
namespace {

struct SplitDifferentiated : impl::SplitDifferentiatedBase<SplitDifferentiated> {
  using SplitDifferentiatedBase::SplitDifferentiatedBase;

  void runOnOperation() override {
    for (func::FuncOp function : reached()) {
      SmallVector<graph::ContractOp> large;
      function.walk([&](graph::ContractOp op) {
        if (op.getTensors().size() > mostOperands) large.push_back(op);
      });
      for (graph::ContractOp op : large)
        if (!split(op)) return signalPassFailure();
      if (large.empty()) continue;
      // A tensor that stands twice (bra and ket) makes equal pairs. They become one now: their cotangents
      // then meet before they go further back, instead of going back twice.
      IRRewriter rewriter(&getContext());
      DominanceInfo dominance(function);
      eliminateCommonSubExpressions(rewriter, dominance, function);
    }
  }

private:
  /// The functions that derivative requests name, and all that those name in turn.
  SmallVector<func::FuncOp> reached() {
    SymbolTable symbols(getOperation());
    SmallVector<func::FuncOp> functions;
    DenseSet<Operation *> seen;
    auto add = [&](Operation *op) {
      for (NamedAttribute attribute : op->getAttrs())
        if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attribute.getValue()))
          if (auto callee = symbols.lookup<func::FuncOp>(symbol.getValue());
              callee && seen.insert(callee).second)
            functions.push_back(callee);
    };
    getOperation().walk([&](Operation *op) {
      if (isa<graph::JvpOp, graph::VjpOp>(op)) add(op);
    });
    for (std::size_t i = 0; i < functions.size(); ++i)
      functions[i].walk([&](Operation *op) { add(op); });
    return functions;
  }

  static bool split(graph::ContractOp op) {
    OpBuilder builder(op);
    Network network = networkOf(op);
    SmallVector<Value> nodes(op.getTensors());
    PairWriter writer(builder, op.getLoc(), network.extents);
    Problem problem(network);
    for (auto [k, input] : llvm::enumerate(network.inputs)) {
      IndexList kept;
      for (std::uint32_t index : input)
        if (problem.appearances[index] > 1 && !llvm::is_contained(kept, index)) kept.push_back(index);
      if (kept.size() == input.size()) continue;
      nodes[k] = writer.contract({nodes[k]}, {input}, kept);
      input = kept;
    }
    SearchOptions search;
    search.objective = Objective::Seconds;
    search.roofline = planningRoofline(graph::bitsOf(graph::elementOf(op.getType())) / 8.0);
    search.rounds = 5;
    SearchResult found;
    if (auto error = findWorthwhilePath(network, search, found)) return op.emitError() << *error, false;
    for (const PairStep &step : orderIndices(network, found.tree)) {
      nodes.push_back(writer.contract({nodes[step.left], nodes[step.right]},
                                      {step.leftIndices, step.rightIndices}, step.result));
      if (!nodes.back()) return false;
    }
    op.getResult().replaceAllUsesWith(nodes.back());
    op.erase();
    return true;
  }
};

} // namespace
} // namespace tgc::contract
