// Reverse mode through what reverse mode left of a loop. An unwinding of a known number of steps becomes two
// scans, the first of which keeps every carry; one of an unknown number becomes a loop that goes forward
// again from the start for every step back: n steps cost n^2 / 2, in the memory of one.
#include "compiler/autodiff/Bodies.h"
#include "compiler/autodiff/Derive.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/PrivateFunction.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

constexpr int64_t slotsAgain = 32; ///< kept by the loops written here

SmallVector<Type> with(std::initializer_list<TypeRange> lists) {
  SmallVector<Type> all;
  for (TypeRange list : lists)
    llvm::append_range(all, list);
  return all;
}
SmallVector<Value> with(std::initializer_list<ValueRange> lists) {
  SmallVector<Value> all;
  for (ValueRange list : lists)
    llvm::append_range(all, list);
  return all;
}
SmallVector<Type> partsOf(ValueRange values) {
  return llvm::map_to_vector(values, [](Value v) { return Type(partOf(v.getType())); });
}

using Function = llvm::function_ref<func::FuncOp(StringRef, TypeRange, Emit)>;

/// An unwinding with its functions.
struct Unwinding {
  explicit Unwinding(UnwindOp op)
      : op(op), step(bodyOf(op, 0)), back(bodyOf(op, 1)), parts(operandsOf(op)),
        number(op.getOperand(0).getType()) {}
  LogicalResult asScans(Function function);
  LogicalResult asLoops(Function function);
  UnwindOp op;
  func::FuncOp step, back;
  ControlOperands parts;
  Type number;
};

LogicalResult Unwinding::asScans(Function function) {
  OpBuilder builder(op);
  const auto length = static_cast<int64_t>(op.getLength());
  const size_t carried = parts.carried.size(), sliced = parts.sliced.size(), adjoints = parts.adjoints.size(),
               streamed = parts.streamed.size();
  func::FuncOp forward =
      function("_keep", step.getArgumentTypes(), [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
        Syms all = inlined(step, inner, in);
        llvm::append_range(all, inner.syms(in.slice(1, carried)));
        return all;
      });
  if (!forward) return failure();
  SmallVector<Type> types(parts.carried.getTypes());
  for (Value value : parts.carried)
    types.push_back(stackOf(value.getType(), length));
  auto kept = ScanOp::create(builder, op.getLoc(), types, with({parts.carried, parts.sliced, parts.shared}),
                             forward.getName(), carried, sliced, length, op.getReversed(), "all");
  // number, adjoints | carried, parts of sliced and streamed | shared
  SmallVector<Type> takes = with({TypeRange(number), parts.adjoints.getTypes(), parts.carried.getTypes(),
                                  partsOf(parts.sliced), partsOf(parts.streamed), parts.shared.getTypes()});
  func::FuncOp way = function("_again", takes, [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    ValueRange around = in.slice(1, adjoints),
               behind = in.drop_front(1 + adjoints + carried + sliced + streamed),
               rest = in.slice(1 + adjoints + carried + sliced, streamed);
    return inlined(back, inner,
                   with({in.take_front(1), in.slice(1 + adjoints, carried + sliced), behind, around, rest}));
  });
  if (!way) return failure();
  auto made =
      ScanOp::create(builder, op.getLoc(), op.getResultTypes(),
                     with({parts.adjoints, kept.getResults().drop_front(carried), parts.sliced,
                           parts.streamed, parts.shared}),
                     way.getName(), adjoints, carried + sliced + streamed, length, !op.getReversed(), "all");
  op->replaceAllUsesWith(made.getResults());
  op.erase();
  return success();
}

LogicalResult Unwinding::asLoops(Function function) {
  const size_t carried = parts.carried.size(), adjoints = parts.adjoints.size();
  // Forward again to step k: goes round (j, carried), shared (k, shared).
  SmallVector<Type> inner =
      with({TypeRange(number), parts.carried.getTypes(), TypeRange(number), parts.shared.getTypes()});
  func::FuncOp before = function("_before", inner, [&](Ink &ink, ValueRange in) -> FailureOr<Syms> {
    return Syms{ink.sym(in[0]) < ink.sym(in[1 + carried])};
  });
  func::FuncOp onward =
      before ? function("_onward", inner,
                        [&](Ink &ink, ValueRange in) -> FailureOr<Syms> {
                          Syms next = {ink.sym(in[0]) + ink.full({}, elementOf(number), 1)};
                          llvm::append_range(
                              next, inlined(step, ink,
                                            with({in.take_front(1 + carried), in.drop_front(2 + carried)})));
                          return next;
                        })
             : nullptr;
  if (!onward) return failure();
  // Backward: goes round (k, adjoints), shared (carried, shared).
  SmallVector<Type> outer =
      with({TypeRange(number), parts.adjoints.getTypes(), parts.carried.getTypes(), parts.shared.getTypes()});
  func::FuncOp left = function("_left", outer, [&](Ink &ink, ValueRange in) -> FailureOr<Syms> {
    return Syms{ink.sym(in[0]) >= ink.full({}, elementOf(number), 0)};
  });
  func::FuncOp way =
      left ? function(
                 "_again", outer,
                 [&](Ink &ink, ValueRange in) -> FailureOr<Syms> {
                   ValueRange around = in.slice(1, adjoints), start = in.slice(1 + adjoints, carried),
                              shared = in.drop_front(1 + adjoints + carried);
                   Value zero = ink.full({}, elementOf(number), 0).value();
                   SmallVector<Value> operands = with({ValueRange(zero), start, in.take_front(1), shared});
                   auto there = WhileOp::create(ink.builder, ink.loc(), onward.getResultTypes(), operands,
                                                before.getName(), onward.getName(), 1 + carried, slotsAgain);
                   Syms next = {ink.sym(in[0]) - ink.full({}, elementOf(number), 1)};
                   llvm::append_range(next, inlined(back, ink,
                                                    with({in.take_front(1), there.getResults().drop_front(1),
                                                          shared, around})));
                   return next;
                 })
           : nullptr;
  if (!way) return failure();
  Ink ink(OpBuilder(op), op.getLoc());
  Sym last = ink.sym(op.getOperand(0)) - ink.full({}, elementOf(number), 1);
  auto made = WhileOp::create(ink.builder, op.getLoc(), way.getResultTypes(),
                              with({ValueRange(last.value()), parts.adjoints, parts.carried, parts.shared}),
                              left.getName(), way.getName(), 1 + adjoints, slotsAgain);
  op->replaceAllUsesWith(made.getResults().drop_front(1));
  op.erase();
  return success();
}

} // namespace

func::FuncOp Derive::withoutUnwinds(func::FuncOp f) {
  if (f.front().getOps<UnwindOp>().empty()) return f;
  auto copy = f.clone();
  copy.setPrivate();
  symbols.insert(copy);
  done.insert(copy);
  for (auto op : llvm::to_vector(copy.front().getOps<UnwindOp>())) {
    Unwinding unwinding(op);
    auto make = [&](StringRef what, TypeRange types, Emit emit) {
      return function((bodyOf(op, 1).getName() + what).str(), types, op.getLoc(), emit);
    };
    const bool known = matchPattern(op.getOperand(0), m_Constant());
    if (failed(known ? unwinding.asScans(make) : unwinding.asLoops(make))) return nullptr;
  }
  return copy;
}

} // namespace tgc::autodiff
