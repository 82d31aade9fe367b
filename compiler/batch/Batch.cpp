// Pushes a new leading axis through the body of a mapped function by asking each op; what the mapped
// arguments do not reach is copied once, not once for each instance. Innermost maps first.
#include "compiler/batch/Batch.h"
#include "compiler/Notes.h"
#include "compiler/Passes.h"
#include "compiler/batch/InlineCalls.h"
#include "compiler/batch/Stage.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Kinds.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_BATCH
#include "compiler/Passes.h.inc"

namespace batch {

LogicalResult Batcher::resolveAll() {
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (failed(resolve(function))) return failure();
  return success();
}

LogicalResult Batcher::resolve(func::FuncOp function) {
  if (function.isExternal() || !done.insert(function).second) return success();
  for (auto call : llvm::to_vector(function.front().getOps<CallOp>()))
    if (failed(resolveNamed(call))) return failure();
  for (Operation &op : llvm::make_early_inc_range(function.front())) {
    if (isControl(&op))
      for (FunctionOpInterface body : bodiesOf(&op))
        if (failed(resolve(cast<func::FuncOp>(body.getOperation())))) return failure();
    auto request = dyn_cast<VmapOp>(op);
    if (!request) continue;
    auto f = symbols.lookup<func::FuncOp>(request.getCallee());
    if (failed(resolve(f)) || failed(replace(request, f))) return failure();
  }
  return expandComposites(function.front());
}

LogicalResult Batcher::resolveNamed(CallOp call) {
  auto visited = call->getAttrDictionary().walk([&](FlatSymbolRefAttr name) {
    auto named = symbols.lookup<func::FuncOp>(name.getValue());
    return named && failed(resolve(named)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(visited.wasInterrupted());
}

static Sym axisInFront(Sym x, int64_t axis) {
  if (axis == 0) return x;
  SmallVector<int64_t> order = {axis};
  for (int64_t k = 0; k < x.rank(); ++k)
    if (k != axis) order.push_back(k);
  return permute_dims(x, order);
}

func::FuncOp Batcher::ruleFor(CallOp call, int64_t extent) {
  if (!call.getBatchAttr()) return nullptr;
  for (auto name : call.getBatchAttr().getAsRange<FlatSymbolRefAttr>()) {
    auto rule = symbols.lookup<func::FuncOp>(name.getValue());
    if (tensorOf(rule.getArgumentTypes()[0]).getDimSize(0) == extent) return rule;
  }
  return nullptr;
}

FailureOr<Batcher::Mapped> Batcher::emitOp(Operation &op, Ink &ink, const Mapped &operands, int64_t extent) {
  if (isControl(&op)) return emitControl(&op, ink, operands, extent);
  Mapped results{{}, Flags(op.getNumResults(), true)};
  if (auto call = dyn_cast<CallOp>(op)) { // those without a rule are written out by now
    SmallVector<Value> arguments;
    for (auto [operand, has] : llvm::zip_equal(operands.values, operands.flags))
      arguments.push_back(withLeadingAxis(ink, operand, has, extent).value());
    results.values = ink.syms(writeBody(ink.builder, ruleFor(call, extent), arguments, [&](Operation *inner) {
      return insideCall(inner->getLoc(), call.getLoc(), call.name());
    }));
    return results;
  }
  if (auto foreign = dyn_cast<ForeignOp>(op)) {
    results.values = batchForeign(foreign, ink, operands.values, operands.flags, extent);
    if (results.values.empty()) return failure();
    return results;
  }
  if (isa<BarrierOp>(op)) { // each value by itself, mapped or not
    SmallVector<Value> held = llvm::map_to_vector(operands.values, [](Sym value) { return value.value(); });
    auto late = BarrierOp::create(ink.builder, op.getLoc(), ValueRange(held).getTypes(), held);
    return Mapped{ink.syms(late.getResults()), operands.flags};
  }
  auto row = dyn_cast<GraphOp>(op);
  if (!row) return op.emitError() << op.getName() << " cannot be mapped over an axis", failure();
  auto made = row.batch(ink, operands.values, operands.flags, extent);
  if (failed(made)) return failure();
  results.values = std::move(*made);
  return results;
}

FailureOr<Batcher::Mapped> Batcher::emit(func::FuncOp f, Ink &ink, const Mapped &operands, int64_t extent) {
  OwningOpRef<func::FuncOp> opened; // the callee with the calls of functions without a rule written out
  if (!f.front().getOps<CallOp>().empty()) {
    opened = f.clone();
    f = *opened;
    inlineCalls(f, symbols, [&](CallOp call) { return !ruleFor(call, extent); });
  }
  IRMapping copies;
  llvm::DenseSet<Value> mapped; // values of the body that carry the new axis
  for (auto [inner, outer, flag] : llvm::zip_equal(f.getArguments(), operands.values, operands.flags)) {
    copies.map(inner, outer.value());
    if (flag) mapped.insert(inner);
  }
  Location outside = ink.loc();
  for (Operation &op : f.front().without_terminator()) {
    Mapped in;
    for (Value operand : op.getOperands()) {
      in.values.push_back(ink.sym(copies.lookup(operand)));
      in.flags.push_back(mapped.contains(operand));
    }
    if (!llvm::is_contained(in.flags, true)) {
      ink.builder.clone(op, copies);
      continue;
    }
    ink.setLoc(op.getLoc());
    auto out = emitOp(op, ink, in, extent);
    if (failed(out) || ink.failed()) return failure();
    for (auto [inner, result, flag] : llvm::zip_equal(op.getResults(), out->values, out->flags)) {
      copies.map(inner, result.value());
      if (flag) mapped.insert(inner);
    }
  }
  ink.setLoc(outside);
  Mapped results;
  for (Value inner : f.front().getTerminator()->getOperands()) {
    results.values.push_back(ink.sym(copies.lookup(inner)));
    results.flags.push_back(mapped.contains(inner));
  }
  return results;
}

LogicalResult Batcher::replace(VmapOp request, func::FuncOp f) {
  auto extent = static_cast<int64_t>(request.getExtent());
  Ink ink(OpBuilder(request), request.getLoc());
  Mapped operands;
  for (auto [outer, axis] : llvm::zip_equal(request.getOperands(), request.getAxes())) {
    operands.values.push_back(axis < 0 ? ink.sym(outer) : axisInFront(ink.sym(outer), axis));
    operands.flags.push_back(axis >= 0);
  }
  Syms results;
  if (chunk > 0 && extent > chunk) {
    if (failed(emitInChunks(f, ink, operands, extent, results))) return failure();
  } else {
    auto made = emit(f, ink, operands, extent);
    if (failed(made)) return failure();
    for (auto [value, flag] : llvm::zip_equal(made->values, made->flags))
      results.push_back(withLeadingAxis(ink, value, flag, extent));
  }
  if (ink.failed()) return failure();
  request->replaceAllUsesWith(llvm::map_to_vector(results, [](Sym value) { return value.value(); }));
  request->erase();
  return success();
}

} // namespace batch

namespace {
struct BatchPass : impl::BatchBase<BatchPass> {
  using BatchBase::BatchBase;
  void runOnOperation() override {
    if (failed(batch::Batcher(getOperation(), chunk).resolveAll())) signalPassFailure();
  }
};
} // namespace

void addBatch(OpPassManager &pipeline, const Options &options) {
  pipeline.addPass(createBatch(BatchOptions{options.mapChunk}));
  if (!options.keepCalls) pipeline.addPass(createInlineCalls()); // nobody is left to ask for a rule
  pipeline.addPass(createDropUnused());
}

} // namespace tgc
