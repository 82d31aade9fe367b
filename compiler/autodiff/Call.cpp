// Calls of functions with rules of their own. A rule is written out where a tangent or cotangent arrives, as
// plain ops on the call's arguments and results, so it is differentiated again like anything else. The rule
// that is missing is the transpose of the one that is there.
#include "compiler/Notes.h"
#include "compiler/autodiff/Derive.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

void refuseDerivative(Operation *op) {
  auto foreign = dyn_cast<ForeignOp>(op);
  if (!foreign) {
    op->emitError() << op->getName() << " has no derivative";
    return;
  }
  InFlightDiagnostic said = op->emitError();
  said << "foreign function " << foreign.getTarget() << " has no derivative rule";
  said.attachNote() << "help: give it a jvp or a vjp rule, or keep derivatives off with stop_gradient";
}

SmallVector<Value> Derive::applied(func::FuncOp rule, CallOp call, Ink &ink, SymsRef directions) {
  SmallVector<Value> operands(call.getOperands());
  llvm::append_range(operands, call.getResults());
  for (Sym direction : directions)
    operands.push_back(direction.value());
  const bool back = !reverseOf(ink.loc()).empty();
  return writeBody(ink.builder, rule, operands, [&](Operation *op) {
    return back ? withReverse(op->getLoc(), call.name()) : withoutReverse(op->getLoc());
  });
}

func::FuncOp Derive::ruleOf(CallOp call, bool forwards) {
  auto own = forwards ? call.getJvp() : call.getVjp(), other = forwards ? call.getVjp() : call.getJvp();
  if (own) return symbols.lookup<func::FuncOp>(*own);
  return other ? transposed(symbols.lookup<func::FuncOp>(*other), call) : nullptr;
}

// A rule is linear in its directions, which come last: its cotangents by them, at any direction, are the
// transpose. That they do not read the direction is what linear means here, and is checked.
func::FuncOp Derive::transposed(func::FuncOp rule, CallOp call) {
  auto [known, isNew] = transposes.try_emplace(rule, nullptr);
  if (!isNew) return known->second;
  const unsigned seen = call.getNumOperands() + call.getNumResults(),
                 directions = rule.getNumArguments() - seen;
  SmallVector<Type> inputs(rule.getArgumentTypes());
  llvm::append_range(inputs, rule.getResultTypes());
  auto emit = [&](Ink &ink, ValueRange arguments) -> FailureOr<Syms> {
    SmallVector<bool> wanted(rule.getNumArguments(), false);
    std::fill(wanted.begin() + seen, wanted.end(), true);
    Syms results, all;
    if (failed(reverse(rule, ink, arguments.take_front(wanted.size()),
                       ink.syms(arguments.drop_front(wanted.size())), wanted, results, all)))
      return failure();
    return Syms(Syms::Base(all.begin() + seen, all.end()));
  };
  func::FuncOp made = function((rule.getName() + "_transposed").str(), inputs, rule.getLoc(), emit);
  if (!made) return nullptr;
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(made.front())))
    if (!op.hasTrait<OpTrait::IsTerminator>() && op.use_empty() && isPure(&op)) op.erase();
  for (unsigned k = 0; k < directions; ++k) {
    BlockArgument direction = made.getArgument(seen);
    if (!direction.use_empty()) {
      InFlightDiagnostic said = direction.getUsers().begin()->emitError();
      said << "the derivative rule " << rule.getName() << " of " << call.name() << " is not linear here in "
           << textOf(rule.getArgument(seen + k))
           << ", so the rule for the other direction does not follow from it";
      said.attachNote() << "help: a rule is linear in its tangents or cotangents; or give both rules";
      return nullptr;
    }
    (void)made.eraseArgument(seen);
  }
  return transposes[rule] = made;
}

FailureOr<Syms> Derive::tangentOfCall(CallOp original, CallOp call, Ink &ink, SymsRef tangents) {
  func::FuncOp f = callee(call);
  Syms body, recomputed;
  const unsigned shown = call.getNumResults() - call.getResiduals();
  const bool ruled = call.getJvp() || call.getVjp();
  // What only rules see, and a rule written out earlier reads, is differentiated as the callee's body says;
  // so is everything without a rule.
  auto isRead = [](Value residual) { return !residual.use_empty(); };
  const bool throughBody = !ruled || llvm::any_of(original.getResults().drop_front(shown), isRead);
  if (throughBody)
    if (failed(forward(f, ink, call.getOperands(), tangents, recomputed, body))) return failure();
  if (!ruled) return body;
  func::FuncOp rule = ruleOf(call, true);
  if (!rule) return failure();
  Syms directions, out;
  for (auto [operand, tangent] : llvm::zip_equal(call.getOperands(), tangents))
    if (carriesTangent(operand)) directions.push_back(tangent);
  SmallVector<Value> given = applied(rule, call, ink, directions);
  unsigned next = 0;
  for (auto [k, result] : llvm::enumerate(call.getResults()))
    if (k >= shown)
      out.push_back(throughBody ? body[k] : ink.zero(result.getType()));
    else
      out.push_back(carriesTangent(result) ? ink.sym(given[next++]) : ink.zero(result.getType()));
  return out;
}

FailureOr<Syms> Derive::cotangentOfCall(CallOp call, Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  func::FuncOp f = callee(call);
  const unsigned shown = call.getNumResults() - call.getResiduals();
  const bool ruled = call.getJvp() || call.getVjp();
  Syms out, recomputed;
  auto isZero = [](const Sym &sym) { return sym.isZero(); };
  Syms throughBody(Syms::Base(cotangents.begin(), cotangents.end()));
  if (ruled)
    for (unsigned k = 0; k < shown; ++k)
      throughBody[k] = ink.zero(call.getResult(k).getType());
  if (!llvm::all_of(throughBody, isZero)) {
    if (failed(reverse(f, ink, call.getOperands(), throughBody, wanted, recomputed, out))) return failure();
  } else {
    for (Value operand : call.getOperands())
      out.push_back(ink.zero(operand.getType()));
  }
  if (!ruled || llvm::all_of(cotangents.take_front(shown), isZero)) return out;
  func::FuncOp rule = ruleOf(call, false);
  if (!rule) return failure();
  Syms directions;
  for (unsigned k = 0; k < shown; ++k)
    if (carriesTangent(call.getResult(k))) directions.push_back(cotangents[k]);
  SmallVector<Value> given = applied(rule, call, ink, directions);
  unsigned next = 0;
  for (auto [k, operand] : llvm::enumerate(call.getOperands()))
    if (carriesTangent(operand)) {
      Sym each = ink.sym(given[next++]);
      if (wanted[k]) out[k] = out[k].isZero() ? each : out[k] + each;
    }
  return out;
}

} // namespace tgc::autodiff
