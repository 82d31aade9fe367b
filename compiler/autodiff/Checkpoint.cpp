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

/// The op's operands, then the directions that are not zero.
static SmallVector<Value> operandsWith(Operation *op, SymsRef directions) {
  SmallVector<Value> operands(op->getOperands());
  for (Sym direction : directions)
    if (!direction.isZero()) operands.push_back(direction.value());
  return operands;
}

FailureOr<Syms> Derive::tangentOfCheckpoint(Operation *copy, Ink &ink, SymsRef tangents) {
  func::FuncOp tangent = tangentFunction(callee(copy), tangents, copy->getLoc());
  if (!tangent) return failure();
  auto made = CheckpointOp::create(ink.builder, copy->getLoc(), tangent.getResultTypes(),
                                   operandsWith(copy, tangents), tangent.getName());
  Syms out = ink.syms(made.getResults());
  for (auto [k, value] : llvm::enumerate(copy->getResults()))
    if (!carriesTangent(value)) out[k] = ink.zero(value.getType());
  return out;
}

FailureOr<Syms> Derive::cotangentOfCheckpoint(Operation *copy, Ink &ink, SymsRef cotangents,
                                              ArrayRef<bool> wanted) {
  func::FuncOp cotangent = cotangentFunction(callee(copy), cotangents, wanted, copy->getLoc());
  if (!cotangent) return failure();
  SmallVector<Value> operands = operandsWith(copy, cotangents);
  auto late = BarrierOp::create(ink.builder, ink.loc(), ValueRange(operands).getTypes(), operands);
  auto made = CheckpointOp::create(ink.builder, ink.loc(), cotangent.getResultTypes(), late.getResults(),
                                   cotangent.getName());
  Syms out;
  unsigned next = 0;
  for (auto [operand, want] : llvm::zip_equal(copy->getOperands(), wanted))
    out.push_back(want ? ink.sym(made.getResult(next++)) : ink.zero(operand.getType()));
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
