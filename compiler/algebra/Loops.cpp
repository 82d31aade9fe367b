#include "compiler/algebra/Loops.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/PrivateFunction.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::algebra {
namespace {

using Flags = SmallVector<bool>;
using Positions = SmallVector<unsigned>;

/// The arguments that the flagged results need.
Flags needed(FunctionOpInterface f, ArrayRef<bool> results) {
  Block &block = f.getFunctionBody().front();
  llvm::DenseSet<Value> live;
  for (auto [value, flag] : llvm::zip_equal(block.getTerminator()->getOperands(), results))
    if (flag) live.insert(value);
  for (Operation &op : llvm::reverse(block.without_terminator()))
    if (llvm::any_of(op.getResults(), [&](Value v) { return live.contains(v); }))
      live.insert(op.operand_begin(), op.operand_end());
  return llvm::map_to_vector(block.getArguments(), [&](Value v) { return live.contains(v); });
}

/// One branch or loop: which operands and results live. Argument a of a body is operand a + shift.
class Liveness {
public:
  explicit Liveness(Operation *op)
      : results(llvm::map_to_vector(op->getResults(), [](Value v) { return !v.use_empty(); })),
        operands(op->getNumOperands(), false), op(op), bodies(bodiesOf(op)), parts(operandsOf(op)),
        shift(isa<CondOp>(op)   ? 1
              : isa<ScanOp>(op) ? -1
                                : 0) {
    if (!parts.head.empty()) operands[0] = true;
    const size_t round = isa<UnwindOp>(op) ? parts.adjoints.size() : parts.carried.size();
    firstRound = unsigned(
        isa<UnwindOp>(op) ? 1 + parts.carried.size() + parts.sliced.size() + parts.shared.size() : 0);
    rounds = unsigned(round);
    spread();
  }

  Flags results, operands;

  /// What of a body's results lives.
  Flags resultsOf(unsigned body) const {
    if (isa<WhileOp>(op) && body == 0) return {true};
    if (!isa<UnwindOp>(op) || body == 1) return results;
    return Flags(operands.begin() + 1, operands.begin() + 1 + parts.carried.size());
  }

private:
  void spread() {
    for (bool changed = true; changed;) {
      changed = false;
      for (unsigned k = 0; k < rounds; ++k) {
        bool &result = results[k];
        changed |= operands[firstRound + k] && !result;
        result = result || operands[firstRound + k];
      }
      for (auto [which, body] : llvm::enumerate(bodies))
        for (auto [a, flag] : llvm::enumerate(needed(body, resultsOf(unsigned(which))))) {
          const int at = int(a) + shift;
          if (!flag || at < 0 || operands[unsigned(at)]) continue;
          operands[unsigned(at)] = changed = true;
        }
    }
    // What goes round and is asked for begins somewhere.
    for (unsigned k = 0; k < rounds; ++k)
      operands[firstRound + k] = operands[firstRound + k] || results[k];
  }

  Operation *op;
  SmallVector<FunctionOpInterface, 2> bodies;
  ControlOperands parts;
  int shift;
  unsigned firstRound = 0, rounds = 0;
};

/// `f` with these arguments and results only.
func::FuncOp narrowed(FunctionOpInterface f, const Positions &arguments, const Positions &results) {
  SymbolTable symbols(f->getParentOfType<ModuleOp>());
  SmallVector<Type> types =
      llvm::map_to_vector(arguments, [&](unsigned k) { return f.getArgumentTypes()[k]; });
  Block &block = f.getFunctionBody().front();
  return privateFunction(symbols, f.getName(), types, f.getLoc(),
                         [&](Ink &ink, ValueRange in) -> FailureOr<Syms> {
                           llvm::DenseSet<Value> live;
                           for (unsigned k : results)
                             live.insert(block.getTerminator()->getOperand(k));
                           for (Operation &op : llvm::reverse(block.without_terminator()))
                             if (llvm::any_of(op.getResults(), [&](Value v) { return live.contains(v); }))
                               live.insert(op.operand_begin(), op.operand_end());
                           IRMapping copies;
                           for (auto [k, value] : llvm::zip_equal(arguments, in))
                             copies.map(block.getArgument(k), value);
                           for (Operation &op : block.without_terminator())
                             if (llvm::any_of(op.getResults(), [&](Value v) { return live.contains(v); }))
                               ink.builder.clone(op, copies);
                           Syms out;
                           for (unsigned k : results)
                             out.push_back(ink.sym(copies.lookup(block.getTerminator()->getOperand(k))));
                           return out;
                         });
}

Positions chosen(ArrayRef<bool> flags) {
  Positions out;
  for (unsigned k = 0; k < flags.size(); ++k)
    if (flags[k]) out.push_back(k);
  return out;
}

/// The op with what lives, beside the old one.
class Narrower {
public:
  explicit Narrower(Operation *op) : op(op), live(op), parts(operandsOf(op)), bodies(bodiesOf(op)) {}

  bool run() {
    if (!llvm::is_contained(live.results, true)) return false; // the whole op is dead
    if (!llvm::is_contained(live.results, false) && !llvm::is_contained(live.operands, false)) return false;
    OpBuilder builder(op);
    Operation *made = isa<CondOp>(op)    ? cond(builder)
                      : isa<WhileOp>(op) ? whileLoop(builder)
                      : isa<ScanOp>(op)  ? scan(builder)
                                         : unwind(builder);
    if (!made) return false;
    if (Attribute keeps = op->getAttr("keeps")) made->setAttr("keeps", keeps);
    for (auto [k, result] : llvm::zip_equal(chosen(live.results), made->getResults()))
      op->getResult(k).replaceAllUsesWith(result);
    op->erase();
    return true;
  }

private:
  SmallVector<Value> operands() {
    return llvm::map_to_vector(chosen(live.operands), [&](unsigned k) { return op->getOperand(k); });
  }
  SmallVector<Type> types() {
    return llvm::map_to_vector(chosen(live.results), [&](unsigned k) { return op->getResult(k).getType(); });
  }
  /// Living operands of a part that begins at `first`.
  int64_t count(unsigned first, ValueRange part) const {
    return llvm::count(ArrayRef(live.operands).slice(first, part.size()), true);
  }
  /// Argument 0 is the number of the step; the others are the operands from `from` on.
  Positions behindNumber(unsigned from, unsigned until) const {
    Positions out = {0};
    for (unsigned k = from; k < until; ++k)
      if (live.operands[k]) out.push_back(k - from + 1);
    return out;
  }

  Operation *cond(OpBuilder &builder) {
    Positions takes;
    for (unsigned k = 1; k < live.operands.size(); ++k)
      if (live.operands[k]) takes.push_back(k - 1);
    auto then = narrowed(bodies[0], takes, chosen(live.results)),
         otherwise = narrowed(bodies[1], takes, chosen(live.results));
    if (!then || !otherwise) return nullptr;
    return CondOp::create(builder, op->getLoc(), types(), operands(), then.getName(), otherwise.getName());
  }
  Operation *whileLoop(OpBuilder &builder) {
    Positions takes = chosen(live.operands);
    auto condition = narrowed(bodies[0], takes, {0}), body = narrowed(bodies[1], takes, chosen(live.results));
    if (!condition || !body) return nullptr;
    return WhileOp::create(builder, op->getLoc(), types(), operands(), condition.getName(), body.getName(),
                           count(0, parts.carried), cast<WhileOp>(op).getSlots());
  }
  Operation *scan(OpBuilder &builder) {
    auto old = cast<ScanOp>(op);
    auto body = narrowed(bodies[0], behindNumber(0, op->getNumOperands()), chosen(live.results));
    if (!body) return nullptr;
    return ScanOp::create(builder, op->getLoc(), types(), operands(), body.getName(), count(0, parts.carried),
                          count(parts.carried.size(), parts.sliced), old.getLength(), old.getReversed(),
                          old.getMemory());
  }
  Operation *unwind(OpBuilder &builder) {
    auto old = cast<UnwindOp>(op);
    const unsigned sliced = 1 + parts.carried.size(), shared = sliced + parts.sliced.size(),
                   adjoints = shared + parts.shared.size();
    auto step = narrowed(bodies[0], behindNumber(1, adjoints), chosen(live.resultsOf(0)));
    auto back = narrowed(bodies[1], behindNumber(1, op->getNumOperands()), chosen(live.results));
    if (!step || !back) return nullptr;
    return UnwindOp::create(builder, op->getLoc(), types(), operands(), step.getName(), back.getName(),
                            count(1, parts.carried), count(sliced, parts.sliced), count(shared, parts.shared),
                            count(adjoints, parts.adjoints), old.getLength(), old.getReversed(),
                            old.getSlots());
  }

  Operation *op;
  Liveness live;
  ControlOperands parts;
  SmallVector<FunctionOpInterface, 2> bodies;
};

/// What goes round in a scan or while and is never changed is shared.
bool shareUnchanged(Operation *op) {
  if (!isa<ScanOp, WhileOp>(op)) return false;
  FunctionOpInterface body = bodiesOf(op).back();
  Block &block = body.getFunctionBody().front();
  const unsigned shift = isa<ScanOp>(op) ? 1 : 0, carried = operandsOf(op).carried.size();
  bool changed = false;
  for (unsigned k = 0; k < carried; ++k) {
    const bool same = block.getTerminator()->getOperand(k) == block.getArgument(shift + k);
    if (!same || op->getResult(k).use_empty()) continue;
    op->getResult(k).replaceAllUsesWith(op->getOperand(k));
    changed = true;
  }
  return changed;
}

} // namespace

bool dropUnusedOfLoops(Block &block) {
  bool changed = false;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!isControl(&op)) continue;
    changed |= shareUnchanged(&op);
    changed |= Narrower(&op).run();
  }
  return changed;
}

} // namespace tgc::algebra
