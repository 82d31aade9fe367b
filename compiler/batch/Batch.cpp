// Pushes a new leading axis through the body of a mapped function by asking each op; what the mapped
// arguments do not reach is copied once, not once for each instance. Innermost maps first.
#include "compiler/Notes.h"
#include "compiler/Passes.h"
#include "compiler/batch/InlineCalls.h"
#include "compiler/batch/Stage.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Expand.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_BATCH
#include "compiler/Passes.h.inc"

namespace {

class Batcher {
public:
  explicit Batcher(ModuleOp module) : module(module), symbols(module) {}
  LogicalResult resolveAll() {
    for (auto function : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (failed(resolve(function))) return failure();
    return success();
  }

private:
  LogicalResult resolve(func::FuncOp function) {
    if (function.isExternal() || !done.insert(function).second) return success();
    for (auto call : llvm::to_vector(function.front().getOps<CallOp>()))
      if (failed(resolveNamed(call))) return failure();
    for (auto request : llvm::to_vector(function.front().getOps<VmapOp>())) {
      auto f = symbols.lookup<func::FuncOp>(request.getCallee());
      if (failed(resolve(f)) || failed(expandComposites(f.front())) || failed(replace(request, f)))
        return failure();
    }
    return expandComposites(function.front());
  }
  /// The callee and its rules for maps.
  LogicalResult resolveNamed(CallOp call) {
    auto visited = call->getAttrDictionary().walk([&](FlatSymbolRefAttr name) {
      auto named = symbols.lookup<func::FuncOp>(name.getValue());
      return named && failed(resolve(named)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    return failure(visited.wasInterrupted());
  }
  LogicalResult replace(VmapOp request, func::FuncOp f);
  LogicalResult batch(Operation &op, Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent,
                      Syms &results);
  func::FuncOp ruleFor(CallOp call, int64_t extent);
  Sym axisInFront(Sym x, int64_t axis);

  ModuleOp module;
  SymbolTable symbols;
  llvm::DenseSet<Operation *> done;
};

Sym Batcher::axisInFront(Sym x, int64_t axis) {
  if (axis == 0) return x;
  SmallVector<int64_t> order = {axis};
  for (int64_t k = 0; k < x.rank(); ++k)
    if (k != axis) order.push_back(k);
  return permute_dims(x, order);
}

/// The call's batching rule for this extent, if it has one.
func::FuncOp Batcher::ruleFor(CallOp call, int64_t extent) {
  if (!call.getBatchAttr()) return nullptr;
  for (auto name : call.getBatchAttr().getAsRange<FlatSymbolRefAttr>()) {
    auto rule = symbols.lookup<func::FuncOp>(name.getValue());
    if (tensorOf(rule.getArgumentTypes()[0]).getDimSize(0) == extent) return rule;
  }
  return nullptr;
}

LogicalResult Batcher::batch(Operation &op, Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent,
                             Syms &results) {
  if (auto call = dyn_cast<CallOp>(op)) { // those without a rule are written out by now
    SmallVector<Value> arguments;
    for (auto [operand, has] : llvm::zip_equal(operands, mapped))
      arguments.push_back(withLeadingAxis(ink, operand, has, extent).value());
    results = ink.syms(writeBody(ink.builder, ruleFor(call, extent), arguments, [&](Operation *inner) {
      return insideCall(inner->getLoc(), call.getLoc(), call.name());
    }));
    return success();
  }
  if (auto foreign = dyn_cast<ForeignOp>(op)) {
    results = batchForeign(foreign, ink, operands, mapped, extent);
    return failure(results.empty());
  }
  auto row = dyn_cast<GraphOp>(op);
  if (!row) return op.emitError() << op.getName() << " cannot be mapped over an axis";
  auto made = row.batch(ink, operands, mapped, extent);
  if (failed(made)) return failure();
  results = std::move(*made);
  return success();
}

LogicalResult Batcher::replace(VmapOp request, func::FuncOp f) {
  auto extent = static_cast<int64_t>(request.getExtent());
  OwningOpRef<func::FuncOp> opened; // the callee with the calls of functions without a rule written out
  if (!f.front().getOps<CallOp>().empty()) {
    opened = f.clone();
    f = *opened;
    inlineCalls(f, symbols, [&](CallOp call) { return !ruleFor(call, extent); });
  }
  Ink ink(OpBuilder(request), request.getLoc());
  IRMapping copies;
  llvm::DenseSet<Value> mapped; // values of the body that carry the new axis
  for (auto [inner, outer, axis] :
       llvm::zip_equal(f.getArguments(), request.getOperands(), request.getAxes())) {
    copies.map(inner, axis < 0 ? outer : axisInFront(ink.sym(outer), axis).value());
    if (axis >= 0) mapped.insert(inner);
  }
  for (Operation &op : f.front().without_terminator()) {
    SmallVector<bool> has =
        llvm::map_to_vector(op.getOperands(), [&](Value v) { return mapped.contains(v); });
    if (!llvm::is_contained(has, true)) {
      ink.builder.clone(op, copies);
      continue;
    }
    Syms operands, results;
    for (Value operand : op.getOperands())
      operands.push_back(ink.sym(copies.lookup(operand)));
    ink.setLoc(op.getLoc());
    if (failed(batch(op, ink, operands, has, extent, results)) || ink.failed()) return failure();
    for (auto [inner, result] : llvm::zip_equal(op.getResults(), results)) {
      copies.map(inner, result.value());
      mapped.insert(inner);
    }
  }
  ink.setLoc(request.getLoc());
  SmallVector<Value> results;
  for (Value inner : f.front().getTerminator()->getOperands())
    results.push_back(
        withLeadingAxis(ink, ink.sym(copies.lookup(inner)), mapped.contains(inner), extent).value());
  if (ink.failed()) return failure();
  request->replaceAllUsesWith(results);
  request->erase();
  return success();
}

struct BatchPass : impl::BatchBase<BatchPass> {
  void runOnOperation() override {
    if (failed(Batcher(getOperation()).resolveAll())) signalPassFailure();
  }
};
} // namespace

void addBatch(OpPassManager &pipeline, const Options &options) {
  pipeline.addPass(createBatch());
  if (!options.keepCalls) pipeline.addPass(createInlineCalls()); // nobody is left to ask for a rule
  pipeline.addPass(createDropUnused());
}

} // namespace tgc
