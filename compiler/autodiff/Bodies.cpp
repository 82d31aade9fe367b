#include "compiler/autodiff/Bodies.h"
#include "compiler/autodiff/Derive.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

Flags reached(func::FuncOp f, ArrayRef<bool> arguments) {
  llvm::DenseSet<Value> active;
  for (auto [argument, flag] : llvm::zip_equal(f.getArguments(), arguments))
    if (flag && carriesTangent(argument)) active.insert(argument);
  for (Operation &op : f.front().without_terminator()) {
    if (!llvm::any_of(op.getOperands(), [&](Value v) { return active.contains(v); })) continue;
    for (Value result : op.getResults())
      if (carriesTangent(result)) active.insert(result);
  }
  return llvm::map_to_vector(f.front().getTerminator()->getOperands(),
                             [&](Value v) { return active.contains(v); });
}

func::FuncOp bodyOf(Operation *control, unsigned which) {
  return cast<func::FuncOp>(bodiesOf(control)[which].getOperation());
}

Syms inlined(func::FuncOp f, Ink &ink, ValueRange arguments) {
  return ink.syms(writeBody(ink.builder, f, arguments));
}

SmallVector<Value> valuesOf(SymsRef syms) {
  return llvm::map_to_vector(syms, [](const Sym &sym) { return sym.value(); });
}

} // namespace tgc::autodiff
