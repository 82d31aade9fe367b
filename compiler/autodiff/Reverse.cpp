// Cotangents against the graph. First the body is copied forward, then its active ops are visited from the
// last to the first; where paths meet, cotangents add. An op is active if an argument we differentiate by
// reaches it.
#include "compiler/Notes.h"
#include "compiler/autodiff/Derive.h"
#include "compiler/autodiff/Hidden.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Ops.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

/// What `explain` calls the op that cotangents go back through.
static StringRef kindOf(Operation *op) {
  if (auto call = dyn_cast<CallOp>(op)) return call.name();
  return op->getName().stripDialect();
}

/// Ops of a body with their copies, those that carry a cotangent.
using Tape = SmallVector<std::pair<Operation *, Operation *>>;

/// Copies the body forward; what the values in `active` reach becomes active.
static Tape copied(func::FuncOp f, Ink &ink, IRMapping &copies, llvm::DenseSet<Value> &active) {
  Tape tape;
  for (Operation &op : f.front().without_terminator()) {
    Operation *copy = ink.builder.clone(op, copies);
    copy->setLoc(withoutReverse(op.getLoc()));
    if (!llvm::any_of(op.getOperands(), [&](Value operand) { return active.contains(operand); })) continue;
    bool carries = false;
    for (Value result : op.getResults())
      carries |= carriesTangent(result) && active.insert(result).second;
    if (carries) tape.push_back({&op, copy});
  }
  return tape;
}

LogicalResult Derive::reverse(func::FuncOp f, Ink &ink, ValueRange arguments, SymsRef cotangents,
                              ArrayRef<bool> wanted, Syms &results, Syms &argumentCotangents) {
  if (!(f = withoutUnwinds(f))) return failure();
  IRMapping copies;
  llvm::DenseSet<Value> active; // values of the body
  for (auto [k, inner] : llvm::enumerate(f.getArguments())) {
    copies.map(inner, arguments[k]);
    if (wanted[k] && carriesTangent(inner)) active.insert(inner);
  }
  const Tape tape = copied(f, ink, copies, active);

  llvm::DenseMap<Value, Sym> cotangent; // of values of the body
  auto accumulate = [&](Value inner, Sym ct) {
    if (!ct || ct.isZero() || !active.contains(inner)) return;
    auto [at, fresh] = cotangent.try_emplace(inner, ct);
    if (!fresh) at->second = at->second + ct;
  };
  auto cotangentOfValue = [&](Value inner) {
    auto found = cotangent.find(inner);
    return found != cotangent.end() ? found->second : ink.zero(inner.getType());
  };
  Operation *end = f.front().getTerminator();
  for (auto [inner, ct] : llvm::zip_equal(end->getOperands(), cotangents))
    accumulate(inner, ct);

  Location outside = ink.loc();
  Hidden hidden(f.front(), hidesResults);
  for (auto [op, copy] : llvm::reverse(tape)) {
    if (llvm::none_of(op->getResults(), [&](Value result) { return cotangent.contains(result); })) continue;
    Syms out;
    llvm::append_range(out, llvm::map_range(op->getResults(), cotangentOfValue));
    SmallVector<bool> need =
        llvm::map_to_vector(op->getOperands(), [&](Value v) { return active.contains(v); });
    ink.setLoc(withReverse(op->getLoc(), kindOf(op)));
    // What goes round in a loop may be hidden by its next step.
    llvm::SaveAndRestore around(hidesResults, hidden.hides(op) || (isControl(op) && !isa<CondOp>(op)));
    ink.setProductsStrong(hidden.meet(op));
    auto in = isControl(copy) ? cotangentOfLoop(op, copy, ink, out, need, copies)
                              : cotangentOf(copy, ink, out, need);
    ink.setProductsStrong(false);
    if (failed(in) || ink.failed()) return failure();
    for (auto [k, operand] : llvm::enumerate(op->getOperands()))
      if (Sym ct = (*in)[k]; need[k] && ct && !ct.isZero()) {
        accumulate(operand, ct);
        hidden.pass(op, operand);
      }
    for (Value result : op->getResults())
      cotangent.erase(result);
  }
  ink.setLoc(outside);
  for (Value inner : end->getOperands())
    results.push_back(ink.sym(copies.lookup(inner)));
  llvm::append_range(argumentCotangents, llvm::map_range(f.getArguments(), cotangentOfValue));
  return success();
}

// A loop that also keeps what the way back reads comes in the place of the copy, which nobody reads then.
FailureOr<Syms> Derive::cotangentOfLoop(Operation *op, Operation *copy, Ink &ink, SymsRef cotangents,
                                        ArrayRef<bool> wanted, IRMapping &copies) {
  auto made = cotangentOfControl(copy, ink, cotangents, wanted);
  if (failed(made)) return failure();
  if (made->op) {
    copy->replaceAllUsesWith(made->values);
    copies.map(op->getResults(), made->values);
  }
  return made->derivatives;
}

FailureOr<Syms> Derive::cotangentOf(Operation *copy, Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  if (isa<VmapOp>(copy)) return cotangentOfMap(copy, ink, cotangents, wanted);
  if (isa<CheckpointOp>(copy)) return cotangentOfCheckpoint(copy, ink, cotangents, wanted);
  if (isa<BarrierOp>(copy)) return Syms(SymsRef(cotangents).begin(), cotangents.end());
  if (auto call = dyn_cast<CallOp>(copy)) return cotangentOfCall(call, ink, cotangents, wanted);
  auto row = dyn_cast<GraphOp>(copy);
  if (!row) return refuseDerivative(copy), failure();
  return row.cotangent(ink, cotangents, wanted);
}

func::FuncOp Derive::cotangentFunction(func::FuncOp f, SymsRef cotangents, ArrayRef<bool> wanted,
                                       Location loc) {
  unsigned count = f.getNumArguments();
  SmallVector<Type> inputs(f.getArgumentTypes());
  for (auto [k, ct] : llvm::enumerate(cotangents))
    if (!ct.isZero()) inputs.push_back(f.getResultTypes()[k]);
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
  return function((f.getName() + "_vjp").str(), inputs, loc, emit);
}

// The cotangent of a map is the map of the cotangent; operands all instances share get the sum over the
// instances.
FailureOr<Syms> Derive::cotangentOfMap(Operation *copy, Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  auto map = cast<VmapOp>(copy);
  func::FuncOp f = callee(copy);
  unsigned count = f.getNumArguments();
  func::FuncOp cotangent = cotangentFunction(f, cotangents, wanted, copy->getLoc());
  if (!cotangent) return failure();
  SmallVector<Value> operands(copy->getOperands());
  SmallVector<int64_t> axes(map.getAxes());
  for (Sym ct : cotangents) {
    if (ct.isZero()) continue;
    operands.push_back(ct.value());
    axes.push_back(0);
  }
  SmallVector<Type> types;
  for (Type type : cotangent.getResultTypes()) {
    SmallVector<int64_t> shape = {static_cast<int64_t>(map.getExtent())};
    llvm::append_range(shape, tensorOf(type).getShape());
    types.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  auto made = VmapOp::create(ink.builder, copy->getLoc(), types, operands, cotangent.getName(), axes,
                             map.getExtent());
  Syms out;
  unsigned next = 0;
  for (unsigned k = 0; k < count; ++k) {
    out.push_back(ink.zero(copy->getOperand(k).getType()));
    if (!wanted[k]) continue;
    Sym each = ink.sym(made.getResult(next++));
    int64_t axis = map.getAxes()[k];
    if (axis < 0) {
      out[k] = sum(each, ArrayRef<int64_t>{0});
      continue;
    }
    SmallVector<int64_t> order;
    for (int64_t from = 1; from < each.rank(); ++from)
      order.push_back(from);
    order.insert(order.begin() + axis, 0);
    out[k] = axis == 0 ? each : permute_dims(each, order);
  }
  return out;
}

} // namespace tgc::autodiff
