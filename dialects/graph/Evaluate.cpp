// One walk over the block; loops and branches recurse only into their bodies, so chains of any length are
// fine.
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Calls.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Graph.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace tgc::graph {

FailureOr<HostTensors> evaluateBlock(Block &block, HostTensorsRef arguments) {
  if (arguments.size() != block.getNumArguments())
    return block.getParentOp()->emitError()
               << "takes " << block.getNumArguments() << " arguments, got " << arguments.size(),
           failure();
  llvm::DenseMap<Value, HostTensor> held;
  for (auto [argument, tensor] : llvm::zip_equal(block.getArguments(), arguments)) {
    if (tensor.type() != argument.getType())
      return emitError(argument.getLoc()) << "argument " << argument.getArgNumber() << " is "
                                          << textOf(argument) << ", got " << textOf(Type(tensor.type())),
             failure();
    held.try_emplace(argument, tensor);
  }
  auto gather = [&](Operation &op) {
    HostTensors values;
    for (Value operand : op.getOperands())
      values.push_back(held.at(operand));
    return values;
  };
  for (Operation &op : block.without_terminator()) {
    if (isa<BarrierOp>(op)) {
      for (auto [result, tensor] : llvm::zip_equal(op.getResults(), gather(op)))
        held.try_emplace(result, tensor);
      continue;
    }
    auto row = dyn_cast<GraphOp>(op);
    FailureOr<HostTensors> results = failure();
    if (row)
      results = row.evaluate(gather(op));
    else if (auto foreign = dyn_cast<ForeignOp>(op))
      results = evaluateForeign(foreign, gather(op));
    else if (isControl(&op))
      results = evaluateControl(&op, gather(op));
    else
      return op.emitError() << op.getName() << " has no reference value", failure();
    if (failed(results)) return failure();
    for (auto [result, tensor] : llvm::zip_equal(op.getResults(), *results))
      held.try_emplace(result, std::move(tensor));
  }
  return gather(*block.getTerminator());
}

} // namespace tgc::graph
