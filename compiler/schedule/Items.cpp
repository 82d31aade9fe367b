// Kernels that come as code for one item: a loop over the items asked for around that code.
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/Kernel.h"
#include "dialects/exec/Exec.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace tgc::schedule {

LogicalResult emitItems(func::FuncOp function) {
  Kernel kernel(function);
  auto op = kernel.results.front().getDefiningOp<exec::ItemsOp>();
  Elements elements(function, kernel.buffers, /*lanes=*/1);
  Block &code = op.getBody().front();
  IRMapping map;
  for (auto [index, input] : llvm::enumerate(op.getInputs())) {
    Value buffer = kernel.buffers.lookup(input);
    if (!buffer) return function.emitError("an input of exec.items is no argument of its kernel");
    map.map(code.getArgument(1 + index), elements.flatBuffer(buffer));
  }
  size_t first = 1 + op.getInputs().size();
  for (auto [index, output] : llvm::enumerate(op.getOutputs())) {
    auto found = llvm::find(kernel.results, output);
    if (found == kernel.results.end()) return function.emitError("an output of exec.items is not returned");
    Value buffer = kernel.resultBuffers[found - kernel.results.begin()];
    map.map(code.getArgument(first + index), elements.flatBuffer(buffer));
  }
  Scope *loop = elements.openLoop(elements.root(), kernel.begin, kernel.end, elements.constantIndex(1), {});
  map.map(code.getArgument(0), loop->loop.getInductionVar());
  for (Operation &inner : code)
    elements.in(loop).clone(inner, map);
  elements.closeLoop(loop, {});
  ArrayRef<int64_t> pairs = op.getInplace();
  for (size_t at = 0; at + 1 < pairs.size(); at += 2) {
    // The code reads its other inputs until its end: one that is the same memory must not be written over.
    if (llvm::count(op.getInputs(), op.getInputs()[pairs[at]]) != 1) continue;
    auto found = llvm::find(kernel.results, op.getOutputs()[pairs[at + 1]]);
    auto argument = cast<BlockArgument>(op.getInputs()[pairs[at]]);
    kernel.inplace.append({argument.getArgNumber(), found - kernel.results.begin()});
  }
  return kernel.commit(elements, static_cast<int64_t>(op.getCount()),
                       static_cast<double>(op.getNanoseconds()));
}

} // namespace tgc::schedule
