// Kernels said in linalg: every op is asked; this file knows none.
#include "compiler/Passes.h"
#include "compiler/lower/Stage.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_TOLINALG
#include "compiler/Passes.h.inc"

namespace {

// A new body on storage types beside the old one; then the old one goes.
LogicalResult lowerKernel(func::FuncOp kernel) {
  Block &old = kernel.front();
  Block *made = new Block;
  kernel.getBody().push_back(made);
  IRMapping lowered;
  SmallVector<Type> inputs, outputs;
  for (BlockArgument argument : old.getArguments()) {
    inputs.push_back(Lowering::storage(argument.getType()));
    lowered.map(argument, made->addArgument(inputs.back(), argument.getLoc()));
  }
  OpBuilder builder = OpBuilder::atBlockEnd(made);
  for (Operation &op : old.without_terminator()) {
    auto row = dyn_cast<GraphOp>(op);
    if (!row) return op.emitError() << op.getName() << " cannot stand inside a kernel";
    SmallVector<Value> operands;
    for (Value operand : op.getOperands())
      operands.push_back(lowered.lookup(operand));
    Lowering lowering(builder, op.getLoc());
    auto results = row.lower(lowering, operands);
    if (failed(results))
      return op.emitError() << op.getName().stripDialect() << " has no code for this target";
    for (auto [value, result] : llvm::zip_equal(op.getResults(), *results))
      lowered.map(value, result);
  }
  SmallVector<Value> results;
  for (Value value : old.getTerminator()->getOperands()) {
    results.push_back(lowered.lookup(value));
    outputs.push_back(results.back().getType());
  }
  // Scratch of items, and results nobody reads, need memory all the same: further results.
  for (auto items : made->getOps<exec::ItemsOp>())
    for (Value output : items.getOutputs())
      if (!llvm::is_contained(results, output)) {
        results.push_back(output);
        outputs.push_back(output.getType());
      }
  func::ReturnOp::create(builder, old.getTerminator()->getLoc(), results);
  while (!old.empty())
    old.back().erase();
  old.erase();
  kernel.setFunctionType(builder.getFunctionType(inputs, outputs));
  return success();
}

// Runs of kernels that have grown results.
void takeResults(ModuleOp module) {
  SmallVector<exec::RunOp> grown;
  module.walk([&](exec::RunOp run) {
    auto kernel = module.lookupSymbol<func::FuncOp>(run.getKernel());
    if (kernel && kernel.getNumResults() > run.getNumResults()) grown.push_back(run);
  });
  for (exec::RunOp run : grown) {
    auto kernel = module.lookupSymbol<func::FuncOp>(run.getKernel());
    SmallVector<Type> types(run.getResultTypes());
    llvm::append_range(types, kernel.getResultTypes().drop_front(types.size()));
    OpBuilder builder(run);
    auto fresh = exec::RunOp::create(builder, run.getLoc(), types, run.getKernel(), run.getInputs());
    fresh->setDiscardableAttrs(run->getDiscardableAttrDictionary());
    run->replaceAllUsesWith(fresh->getResults().take_front(run.getNumResults()));
    run.erase();
  }
}

struct ToLinalgPass : impl::ToLinalgBase<ToLinalgPass> {
  void runOnOperation() override {
    for (auto kernel : getOperation().getOps<func::FuncOp>())
      if (kernel->hasAttr("exec.kernel") && !kernel.isExternal() && failed(lowerKernel(kernel)))
        return signalPassFailure();
    takeResults(getOperation());
  }
};

} // namespace

void addLower(OpPassManager &pipeline, const Options &) { pipeline.addPass(createToLinalg()); }

} // namespace tgc
