#include "compiler/autodiff/Bodies.h"
#include "compiler/autodiff/Derive.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

Flags reached(func::FuncOp f, ArrayRef<bool> arguments) {
  llvm::DenseSet<Value> active;
  for (auto [argument, flag] : llvm::zip_equal(f.getArguments(), arguments))
    if (flag && isReal(argument)) active.insert(argument);
  for (Operation &op : f.front().without_terminator()) {
    if (!llvm::any_of(op.getOperands(), [&](Value v) { return active.contains(v); })) continue;
    for (Value result : op.getResults())
      if (isReal(result)) active.insert(result);
  }
  return llvm::map_to_vector(f.front().getTerminator()->getOperands(),
                             [&](Value v) { return active.contains(v); });
}

Flags settled(Flags round, llvm::function_ref<Flags(ArrayRef<bool>)> step) {
  for (bool changed = true; changed;) {
    changed = false;
    Flags next = step(round);
    for (size_t k = 0; k < round.size(); ++k) {
      changed |= next[k] && !round[k];
      round[k] = round[k] || next[k];
    }
  }
  return round;
}

Flags joined(std::initializer_list<ArrayRef<bool>> lists) {
  Flags all;
  for (ArrayRef<bool> list : lists)
    llvm::append_range(all, list);
  return all;
}

func::FuncOp bodyOf(Operation *control, unsigned which) {
  return cast<func::FuncOp>(bodiesOf(control)[which].getOperation());
}

Syms inlined(func::FuncOp f, Ink &ink, ValueRange arguments) {
  IRMapping copies;
  copies.map(f.getArguments(), arguments);
  for (Operation &op : f.front().without_terminator())
    ink.builder.clone(op, copies);
  Syms results;
  for (Value value : f.front().getTerminator()->getOperands())
    results.push_back(ink.sym(copies.lookup(value)));
  return results;
}

SmallVector<Value> valuesOf(SymsRef syms) {
  return llvm::map_to_vector(syms, [](const Sym &sym) { return sym.value(); });
}

} // namespace tgc::autodiff
