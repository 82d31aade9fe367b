#include "compiler/autodiff/Residuals.h"
#include "dialects/graph/Graph.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

using Values = llvm::DenseSet<Value>;

bool isView(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row && op->getNumResults() == 1 && (row.viewMap() || row.renames());
}
bool isElementwise(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row && op->getNumResults() == 1 && row.isMap();
}

int64_t bytesOf(Value value) {
  return countOf(shapeOf(value)) * std::max<int64_t>(bitsOf(elementOf(value)) / 8, 1);
}

class Cutter {
public:
  Cutter(func::FuncOp step, ArrayRef<Origin> arguments, unsigned firstLate, bool carriesOnly)
      : step(step), end(step.front().getTerminator()), firstLate(firstLate), carriesOnly(carriesOnly) {
    for (auto [argument, origin] : llvm::zip_equal(step.getArguments(), arguments)) {
      if (origin == Origin::Late) late.insert(argument);
      if (origin == Origin::Again || origin == Origin::Shared) there.insert(argument);
      if (origin == Origin::Shared) shared.insert(argument);
    }
  }

  Residuals run() {
    sort();
    if (carriesOnly)
      remakeAll();
    else
      choose();
    close();
    collect();
    return std::move(out);
  }

private:
  void sort();
  void choose();
  Value baseOf(Value value, const Values &need, SmallVectorImpl<Operation *> &chain);
  void keepBases(Values &need);
  void remakeAll();
  void close();
  void collect();
  /// What the way back reads without having made it late.
  template <typename Visit> void eachRead(Visit visit) {
    for (Operation &op : step.front().without_terminator())
      if (out.late.contains(&op) || out.remade.contains(&op))
        for (Value operand : op.getOperands())
          visit(operand);
    for (Value result : end->getOperands().drop_front(firstLate))
      visit(result);
  }

  func::FuncOp step;
  Operation *end;
  unsigned firstLate;
  bool carriesOnly;
  Values late, there, shared; ///< needs a cotangent; to be had again; the same for all steps
  SmallVector<Operation *> early;
  Residuals out;
};

void Cutter::sort() {
  for (Operation &op : step.front().without_terminator()) {
    auto all = [&](const Values &set) {
      return llvm::all_of(op.getOperands(), [&](Value v) { return set.contains(v); });
    };
    if (llvm::any_of(op.getOperands(), [&](Value v) { return late.contains(v); })) {
      late.insert(op.result_begin(), op.result_end());
      out.late.insert(&op);
      continue;
    }
    early.push_back(&op);
    if (all(shared)) shared.insert(op.result_begin(), op.result_end());
    if (all(shared) || (all(there) && isElementwise(&op))) there.insert(op.result_begin(), op.result_end());
  }
}

void Cutter::choose() {
  Values need;
  eachRead([&](Value v) {
    if (!late.contains(v)) need.insert(v);
  });
  auto needed = [&](Operation *op) {
    return llvm::any_of(op->getResults(), [&](Value v) { return need.contains(v); });
  };
  auto again = [&](Operation *op) {
    out.remade.insert(op);
    need.insert(op->operand_begin(), op->operand_end());
  };
  for (Operation *op : llvm::reverse(early))
    if (needed(op) && (isView(op) || there.contains(op->getResult(0)))) again(op);
  keepBases(need);
  // One elementwise op of what is kept anyway costs less than its result in memory.
  for (Operation *op : early)
    if (needed(op) && !out.remade.contains(op) && isElementwise(op) &&
        llvm::all_of(op->getOperands(), [&](Value v) { return need.contains(v) || there.contains(v); }))
      out.remade.insert(op);
}

/// The one value that `value` is made of by views and elementwise ops and that is neither there nor needed
/// anyway; null if there are several. `chain` are those ops.
Value Cutter::baseOf(Value value, const Values &need, SmallVectorImpl<Operation *> &chain) {
  constexpr size_t longest = 32;
  SmallVector<Value> open = {value};
  Value base;
  while (!open.empty()) {
    Value next = open.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (next != value && (there.contains(next) || need.contains(next) || next == base)) continue;
    if (op && (isView(op) || isElementwise(op))) {
      chain.push_back(op);
      llvm::append_range(open, op->getOperands());
    } else if (base) {
      return {};
    } else {
      base = next;
    }
    if (chain.size() > longest) return {};
  }
  return base;
}

/// Several values made of one that is smaller than all of them together: that one is kept instead.
void Cutter::keepBases(Values &need) {
  struct Made {
    int64_t bytes = 0, count = 0;
    SmallVector<Operation *> chain;
  };
  llvm::MapVector<Value, Made> of;
  for (Operation *op : early) {
    if (out.remade.contains(op) || !isElementwise(op) || !need.contains(op->getResult(0))) continue;
    SmallVector<Operation *> chain;
    Value base = baseOf(op->getResult(0), need, chain);
    if (!base) continue;
    Made &made = of[base];
    made.bytes += bytesOf(op->getResult(0));
    ++made.count;
    llvm::append_range(made.chain, chain);
  }
  for (auto &[base, made] : of) {
    if (made.count < 2 || made.bytes <= bytesOf(base)) continue;
    need.insert(base);
    for (Operation *op : made.chain) {
      out.remade.insert(op);
      need.insert(op->operand_begin(), op->operand_end());
    }
  }
}

void Cutter::remakeAll() {
  Values need;
  eachRead([&](Value v) { need.insert(v); });
  for (Operation *op : llvm::reverse(early))
    if (llvm::any_of(op->getResults(), [&](Value v) { return need.contains(v); })) {
      out.remade.insert(op);
      need.insert(op->operand_begin(), op->operand_end());
    }
}

/// What is made a second time reads values that are there: so they are made a second time, too.
void Cutter::close() {
  for (Operation *op : llvm::reverse(early))
    if (out.remade.contains(op))
      for (Value operand : op->getOperands())
        if (Operation *maker = operand.getDefiningOp(); maker && there.contains(operand))
          out.remade.insert(maker);
}

void Cutter::collect() {
  Values read;
  eachRead([&](Value v) { read.insert(v); });
  for (Value argument : step.getArguments())
    if (read.contains(argument) && !late.contains(argument) && !there.contains(argument))
      out.kept.push_back(argument);
  for (Operation *op : early)
    if (!out.remade.contains(op))
      for (Value result : op->getResults())
        if (read.contains(result)) out.kept.push_back(result);
}

} // namespace

int64_t Residuals::bytes() const {
  int64_t sum = 0;
  for (Value value : kept)
    sum += bytesOf(value);
  return sum;
}

Residuals cut(func::FuncOp step, ArrayRef<Origin> arguments, unsigned firstLate, bool carriesOnly) {
  return Cutter(step, arguments, firstLate, carriesOnly).run();
}

void writeEarly(func::FuncOp step, const Residuals &residuals, OpBuilder &builder, IRMapping &values) {
  for (Operation &op : step.front().without_terminator())
    if (!residuals.late.contains(&op)) builder.clone(op, values);
}

void writeLate(func::FuncOp step, const Residuals &residuals, OpBuilder &builder, IRMapping &values) {
  for (Operation &op : step.front().without_terminator())
    if (residuals.late.contains(&op) || residuals.remade.contains(&op)) builder.clone(op, values);
}

} // namespace tgc::autodiff
