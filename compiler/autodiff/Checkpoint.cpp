// Checkpointed functions: their derivatives are checkpointed functions of the arguments, so that nothing
// inside is kept from the values to the cotangents, whatever the order of differentiation. What the
// cotangents need is computed again from arguments behind a barrier, which keeps the second copy apart from
// the first and after the cotangents that ask for it.
#include "compiler/Notes.h"
#include "compiler/autodiff/Derive.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

FailureOr<Syms> Derive::tangentOfCheckpoint(Operation *copy, Ink &ink, SymsRef tangents) {
  func::FuncOp f = callee(copy);
  unsigned count = f.getNumArguments();
  SmallVector<Type> inputs(f.getArgumentTypes());
  SmallVector<Value> operands(copy->getOperands());
  SmallVector<unsigned> active;
  for (auto [k, t] : llvm::enumerate(tangents)) {
    if (t.isZero()) continue;
    active.push_back(k);
    inputs.push_back(f.getArgumentTypes()[k]);
    operands.push_back(t.value());
  }
  auto emit = [&](Ink &inner, ValueRange arguments) -> FailureOr<Syms> {
    Syms in, results, out;
    for (Value argument : arguments.take_front(count))
      in.push_back(inner.zero(argument.getType()));
    for (auto [k, position] : llvm::enumerate(active))
      in[position] = inner.sym(arguments[count + k]);
    if (failed(forward(f, inner, arguments.take_front(count), in, results, out))) return failure();
    return out;
  };
  func::FuncOp tangent = function((f.getName() + "_jvp").str(), inputs, copy->getLoc(), emit);
  if (!tangent) return failure();
  auto made = CheckpointOp::create(ink.builder, copy->getLoc(), tangent.getResultTypes(), operands,
                                   tangent.getName());
  Syms out = ink.syms(made.getResults());
  for (auto [k, value] : llvm::enumerate(copy->getResults()))
    if (!isReal(value)) out[k] = ink.zero(value.getType());
  return out;
}

FailureOr<Syms> Derive::cotangentOfCheckpoint(Operation *copy, Ink &ink, SymsRef cotangents,
                                              ArrayRef<bool> wanted) {
  func::FuncOp f = callee(copy);
  unsigned count = f.getNumArguments();
  SmallVector<Type> inputs(f.getArgumentTypes());
  SmallVector<Value> operands(copy->getOperands());
  for (auto [k, ct] : llvm::enumerate(cotangents)) {
    if (ct.isZero()) continue;
    inputs.push_back(f.getResultTypes()[k]);
    operands.push_back(ct.value());
  }
  auto emit = [&](Ink &inner, ValueRange arguments) -> FailureOr<Syms> {
    Syms in, results, all, out;
    unsigned next = count;
    for (auto [k, ct] : llvm::enumerate(cotangents))
      in.push_back(ct.isZero() ? inner.zero(f.getResultTypes()[k]) : inner.sym(arguments[next++]));
    if (failed(reverse(f, inner, arguments.take_front(count), in, wanted, results, all))) return failure();
    for (unsigned k = 0; k < count; ++k)
      if (wanted[k]) out.push_back(all[k]);
    return out;
  };
  func::FuncOp cotangent = function((f.getName() + "_vjp").str(), inputs, copy->getLoc(), emit);
  if (!cotangent) return failure();
  auto late = BarrierOp::create(ink.builder, ink.loc(), ValueRange(operands).getTypes(), operands);
  auto made = CheckpointOp::create(ink.builder, ink.loc(), cotangent.getResultTypes(), late.getResults(),
                                   cotangent.getName());
  Syms out;
  unsigned next = 0;
  for (unsigned k = 0; k < count; ++k)
    out.push_back(wanted[k] ? ink.sym(made.getResult(next++)) : ink.zero(copy->getOperand(k).getType()));
  return out;
}

// Tangents wait like the values they belong to.
FailureOr<Syms> Derive::tangentOfBarrier(Operation *copy, Ink &ink, SymsRef tangents) {
  SmallVector<Value> operands;
  for (Sym t : tangents)
    if (!t.isZero()) operands.push_back(t.value());
  auto late = BarrierOp::create(ink.builder, copy->getLoc(), ValueRange(operands).getTypes(), operands);
  Syms out;
  unsigned next = 0;
  for (Sym t : tangents)
    out.push_back(t.isZero() ? t : ink.sym(late.getResult(next++)));
  return out;
}

// Innermost first: a function is written out once its own checkpoints are.
void Derive::inlineCheckpoints() {
  SmallVector<CheckpointOp> left;
  for (auto function : module.getOps<func::FuncOp>())
    for (Block &body : function.getBody())
      llvm::append_range(left, body.getOps<CheckpointOp>());
  while (!left.empty())
    llvm::erase_if(left, [&](CheckpointOp request) {
      func::FuncOp f = callee(request);
      if (!f.front().getOps<CheckpointOp>().empty()) return false;
      OpBuilder builder(request);
      // What reverse mode makes again belongs to the way back.
      const std::string back = reverseOf(request.getLoc());
      auto located = [&](Operation *op) {
        return back.empty() || !reverseOf(op->getLoc()).empty() ? op->getLoc()
                                                                : withReverse(op->getLoc(), back);
      };
      request->replaceAllUsesWith(writeBody(builder, f, request.getOperands(), located));
      request->erase();
      return true;
    });
}

} // namespace tgc::autodiff
