// One prefix after the other.
#include "tests/random/Reduce.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::random {
namespace {

/// The graph that returns only result `result` of its `index`-th op.
RandomGraph partOf(const RandomGraph &graph, unsigned index, unsigned result) {
  RandomGraph part;
  part.inputs = graph.inputs;
  part.written.module = graph.written.module.get().clone();
  part.written.function = *part.written.module->getOps<func::FuncOp>().begin();
  Block &body = part.written.body();
  Operation *op = &*std::next(body.begin(), index);
  Value value = op->getResult(result);
  body.getTerminator()->setOperands(value);
  for (Operation *other = body.getTerminator()->getPrevNode(); other;) {
    Operation *before = other->getPrevNode();
    if (other->use_empty()) other->erase();
    other = before;
  }
  part.types.push_back(tensorOf(value));
  Builder builder(body.getParentOp()->getContext());
  part.written.function.setFunctionType(builder.getFunctionType(body.getArgumentTypes(), value.getType()));
  return part;
}

std::string textOf(const RandomGraph &graph) {
  std::string text;
  llvm::raw_string_ostream(text) << *graph.written.module.get();
  return text;
}

} // namespace

std::string smallestText(const RandomGraph &graph, llvm::function_ref<bool(const RandomGraph &)> fails) {
  Block &body = const_cast<RandomGraph &>(graph).written.body();
  for (auto [index, op] : llvm::enumerate(body.without_terminator()))
    for (unsigned result = 0; result < op.getNumResults(); ++result) {
      RandomGraph part = partOf(graph, index, result);
      if (fails(part)) return textOf(part);
    }
  return textOf(graph);
}

} // namespace tgc::random
