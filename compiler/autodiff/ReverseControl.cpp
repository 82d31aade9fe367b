// Cotangents through branches and loops. A branch is taken again with cotangents. A scan either keeps, step
// by step, what the way back reads (its forward loop is then replaced by one that stacks it), or is unwound:
// gone through again from a few kept carries. A while loop counts its steps and is unwound.
#include "compiler/autodiff/Bodies.h"
#include "compiler/autodiff/Derive.h"
#include "compiler/autodiff/Residuals.h"
#include "dialects/graph/Call.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

/// The values of a list where a flag stands.
template <typename List> Syms chosen(const List &list, ArrayRef<bool> flags) {
  Syms out;
  for (auto [value, flag] : llvm::zip_equal(list, flags))
    if (flag) out.push_back(value);
  return out;
}
template <typename List> SmallVector<Type> chosenTypes(const List &types, ArrayRef<bool> flags) {
  SmallVector<Type> out;
  for (auto [type, flag] : llvm::zip_equal(types, flags))
    if (flag) out.push_back(type);
  return out;
}

SmallVector<Type> stacked(ArrayRef<Type> parts, int64_t length) {
  return llvm::map_to_vector(parts, [&](Type part) { return Type(stackOf(part, length)); });
}

template <typename T> void add(SmallVectorImpl<T> &all, std::initializer_list<ArrayRef<T>> lists) {
  for (ArrayRef<T> list : lists)
    llvm::append_range(all, list);
}

Type numberType(MLIRContext *context) { return RankedTensorType::get({}, IntegerType::get(context, 64)); }

constexpr bool notWanted[] = {false};

} // namespace

/// One branch or loop of the body that is gone through backward.
class Derive::ControlCotangent {
public:
  ControlCotangent(Derive &derive, Operation *op, Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted)
      : derive(derive), op(op), ink(ink), cotangents(cotangents), parts(operandsOf(op)) {
    auto take = [&](ValueRange values) {
      Flags flags(wanted.take_front(values.size()));
      wanted = wanted.drop_front(values.size());
      return flags;
    };
    take(parts.head);
    carried = take(parts.carried);
    sliced = take(parts.sliced);
    shared = take(parts.shared);
    for (Value operand : op->getOperands())
      out.derivatives.push_back(ink.zero(operand.getType()));
  }

  FailureOr<Replaced> run() {
    LogicalResult done = isa<CondOp>(op)    ? cond()
                         : isa<WhileOp>(op) ? whileLoop()
                         : isa<ScanOp>(op)  ? scan()
                                            : failure();
    if (failed(done)) return failure();
    return std::move(out);
  }

private:
  LogicalResult cond();
  LogicalResult whileLoop();
  LogicalResult scan();
  LogicalResult keep(bool carriesOnly);
  LogicalResult unwind(func::FuncOp f, Value count, ValueRange operands, int64_t length, int64_t slots);

  /// A step of the loop both ways: arguments are the body's, then cotangents of what goes round and of
  /// `streamed` stacks. Gives the results, then the cotangents of carried, sliced and shared that are asked
  /// for.
  FailureOr<std::pair<Syms, Syms>> bothWays(func::FuncOp f, Ink &inner, ValueRange arguments, SymsRef round,
                                            SymsRef stacks);
  /// What the loop's results say of activity: which carried values have cotangents, which stacks are read.
  void settle(func::FuncOp f, bool counted);
  void give(unsigned first, ArrayRef<bool> flags, ValueRange &results);
  Syms startAdjoints();
  Syms zeroSums();
  SmallVector<Type> partTypes(ValueRange values) {
    return llvm::map_to_vector(values, [](Value v) { return Type(partOf(v.getType())); });
  }
  std::string name(func::FuncOp f, const char *what) { return (f.getName() + what).str(); }

  Derive &derive;
  Operation *op;
  Ink &ink;
  SymsRef cotangents;
  ControlOperands parts;
  Flags carried, sliced, shared; ///< operands asked for; `carried` after `settle`: what has a cotangent
  Flags streamed;                ///< stacks that have a cotangent
  Replaced out;
};

LogicalResult Derive::ControlCotangent::cond() {
  Flags given;
  for (auto [k, result] : llvm::enumerate(op->getResults()))
    given.push_back(isReal(result) && !cotangents[k].isZero());
  const unsigned count = parts.shared.size();
  SmallVector<Type> types(parts.shared.getTypes());
  llvm::append_range(types, chosenTypes(op->getResultTypes(), given));
  auto back = [&](func::FuncOp f) {
    return derive.function(
        name(f, "_vjp"), types, f.getLoc(), [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
          Syms cts, results, all;
          unsigned next = count;
          for (auto [flag, type] : llvm::zip_equal(given, f.getResultTypes()))
            cts.push_back(flag ? inner.sym(in[next++]) : inner.zero(type));
          if (failed(derive.reverse(f, inner, in.take_front(count), cts, shared, results, all)))
            return failure();
          return chosen(all, shared);
        });
  };
  func::FuncOp then = back(bodyOf(op, 0)), otherwise = then ? back(bodyOf(op, 1)) : nullptr;
  if (!otherwise) return failure();
  SmallVector<Value> operands(op->getOperands());
  llvm::append_range(operands, valuesOf(chosen(cotangents, given)));
  auto made = CondOp::create(ink.builder, op->getLoc(), then.getResultTypes(), operands, then.getName(),
                             otherwise.getName());
  ValueRange results = made.getResults();
  give(1, shared, results);
  return success();
}

void Derive::ControlCotangent::give(unsigned first, ArrayRef<bool> flags, ValueRange &results) {
  for (auto [k, flag] : llvm::enumerate(flags)) {
    if (!flag) continue;
    out.derivatives[first + k] = ink.sym(results.front());
    results = results.drop_front();
  }
}

void Derive::ControlCotangent::settle(func::FuncOp f, bool counted) {
  auto around = [&](ArrayRef<bool> now) {
    return counted ? joined({notWanted, now, sliced, shared}) : joined({now, sliced, shared});
  };
  carried = settled(carried, [&](ArrayRef<bool> now) { return reached(f, around(now)); });
  Flags gives = reached(f, around(carried));
  for (unsigned k = carried.size(); k < gives.size(); ++k)
    streamed.push_back(gives[k] && !cotangents[k].isZero());
}

FailureOr<std::pair<Syms, Syms>> Derive::ControlCotangent::bothWays(func::FuncOp f, Ink &inner,
                                                                    ValueRange arguments, SymsRef round,
                                                                    SymsRef stacks) {
  Flags wanted = f.getNumArguments() > carried.size() + sliced.size() + shared.size()
                     ? joined({notWanted, carried, sliced, shared})
                     : joined({carried, sliced, shared});
  Syms cts, results, all;
  for (auto [flag, type] : llvm::zip_equal(joined({carried, streamed}), f.getResultTypes())) {
    SymsRef &from = cts.size() < carried.size() ? round : stacks;
    cts.push_back(flag ? from.front() : inner.zero(type));
    if (flag) from = from.drop_front();
  }
  if (failed(derive.reverse(f, inner, arguments, cts, wanted, results, all))) return failure();
  return std::pair(results, chosen(all, wanted));
}

Syms Derive::ControlCotangent::startAdjoints() {
  return chosen(Syms(cotangents.begin(), cotangents.begin() + carried.size()), carried);
}

Syms Derive::ControlCotangent::zeroSums() {
  Syms sums;
  for (auto [value, flag] : llvm::zip_equal(parts.shared, shared))
    if (flag) sums.push_back(ink.zero(value.getType()));
  return sums;
}

LogicalResult Derive::ControlCotangent::scan() {
  auto loop = cast<ScanOp>(op);
  func::FuncOp f = bodyOf(op, 0);
  settle(f, true);
  StringRef memory = loop.getMemory();
  if (memory == "all" || memory == "carries") return keep(memory == "carries");
  auto length = static_cast<int64_t>(loop.getLength());
  unsigned count = carried.size();
  func::FuncOp step = derive.function(name(f, "_step"), f.getArgumentTypes(), f.getLoc(),
                                      [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
                                        Syms all = inlined(f, inner, in);
                                        return Syms(all.begin(), all.begin() + count);
                                      });
  Value steps = ink.full({}, ink.builder.getI64Type(), static_cast<double>(length)).value();
  return step ? unwind(step, steps, op->getOperands(), length, slotsFor(memory, length)) : failure();
}

LogicalResult Derive::ControlCotangent::whileLoop() {
  auto loop = cast<WhileOp>(op);
  func::FuncOp f = bodyOf(op, 1), condition = bodyOf(op, 0);
  settle(f, false);
  const unsigned count = carried.size();
  Type number = numberType(op->getContext());
  // The loop again, counting.
  SmallVector<Type> types(parts.carried.getTypes());
  types.push_back(number);
  llvm::append_range(types, parts.shared.getTypes());
  auto without = [&](ValueRange in) {
    SmallVector<Value> values(in.take_front(count));
    llvm::append_range(values, in.drop_front(count + 1));
    return values;
  };
  func::FuncOp holds = derive.function(
      name(condition, "_counted"), types, op->getLoc(),
      [&](Ink &inner, ValueRange in) -> FailureOr<Syms> { return inlined(condition, inner, without(in)); });
  func::FuncOp body = derive.function(
      name(f, "_counted"), types, op->getLoc(), [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
        Syms next = inlined(f, inner, without(in));
        next.push_back(inner.sym(in[count]) + inner.full({}, elementOf(number), 1));
        return next;
      });
  types.erase(types.begin());
  SmallVector<Type> stepTypes = {number};
  llvm::append_range(stepTypes, f.getArgumentTypes());
  func::FuncOp step = derive.function(
      name(f, "_step"), stepTypes, op->getLoc(),
      [&](Ink &inner, ValueRange in) -> FailureOr<Syms> { return inlined(f, inner, in.drop_front()); });
  if (!holds || !body || !step) return failure();
  SmallVector<Value> operands(parts.carried);
  operands.push_back(ink.full({}, elementOf(number), 0).value());
  llvm::append_range(operands, parts.shared);
  OpBuilder before(op);
  operands[count].getDefiningOp()->moveBefore(&op->getBlock()->front());
  auto made = WhileOp::create(before, op->getLoc(), body.getResultTypes(), operands, holds.getName(),
                              body.getName(), count + 1, loop.getSlots());
  out.op = made;
  out.values.assign(made.getResults().begin(), made.getResults().begin() + count);
  return unwind(step, made.getResult(count), op->getOperands(), 0, static_cast<int64_t>(loop.getSlots()));
}

// The way back from a few carries. `f` takes the number of the step, carried, parts of sliced, shared.
LogicalResult Derive::ControlCotangent::unwind(func::FuncOp step, Value count, ValueRange operands,
                                               int64_t length, int64_t slots) {
  func::FuncOp f = bodyOf(op, isa<WhileOp>(op) ? 1 : 0);
  const unsigned takes = step.getNumArguments(), skip = takes - f.getNumArguments();
  Syms adjoints = startAdjoints(), sums = zeroSums();
  Syms stacks = chosen(Syms(cotangents.begin() + carried.size(), cotangents.end()), streamed);
  const unsigned round = adjoints.size(), all = round + sums.size();
  SmallVector<Value> last = valuesOf(stacks);
  SmallVector<Type> types(step.getArgumentTypes());
  for (Sym value : adjoints)
    types.push_back(value.type());
  for (Sym value : sums)
    types.push_back(value.type());
  llvm::append_range(types, partTypes(last));
  auto emit = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    Syms given = inner.syms(in.drop_front(takes));
    auto made = bothWays(f, inner, in.take_front(takes).drop_front(skip), SymsRef(given).take_front(round),
                         SymsRef(given).drop_front(all));
    if (failed(made)) return failure();
    Syms cts = made->second, gives(cts.begin(), cts.begin() + round);
    const unsigned slices = cts.size() - all;
    for (unsigned k = 0; k < sums.size(); ++k)
      gives.push_back(given[round + k] + cts[round + slices + k]);
    gives.append(cts.begin() + round, cts.begin() + round + slices);
    return gives;
  };
  func::FuncOp back = derive.function(name(f, "_back"), types, op->getLoc(), emit);
  if (!back) return failure();
  SmallVector<Value> inputs = {count};
  llvm::append_range(inputs, operands);
  llvm::append_range(inputs, valuesOf(adjoints));
  llvm::append_range(inputs, valuesOf(sums));
  llvm::append_range(inputs, last);
  SmallVector<Type> results(back.getResultTypes().take_front(all));
  llvm::append_range(results, stacked(SmallVector<Type>(back.getResultTypes().drop_front(all)), length));
  auto scan = dyn_cast<ScanOp>(op);
  auto made = UnwindOp::create(ink.builder, op->getLoc(), results, inputs, step.getName(), back.getName(),
                               carried.size(), sliced.size(), shared.size(), all, length,
                               scan && scan.getReversed(), slots);
  ValueRange found = made.getResults();
  give(0, carried, found);
  give(carried.size() + sliced.size(), shared, found);
  give(carried.size(), sliced, found);
  return success();
}

LogicalResult Derive::ControlCotangent::keep(bool carriesOnly) {
  auto loop = cast<ScanOp>(op);
  auto length = static_cast<int64_t>(loop.getLength());
  func::FuncOp f = bodyOf(op, 0);
  const unsigned takes = f.getNumArguments(), gives = f.getNumResults(), count = carried.size();
  Syms adjoints = startAdjoints(), sums = zeroSums();
  Syms stacks = chosen(Syms(cotangents.begin() + count, cotangents.end()), streamed);
  const unsigned round = adjoints.size();
  // Both ways in one function, then the cut.
  SmallVector<Value> last = valuesOf(stacks);
  SmallVector<Type> types(f.getArgumentTypes()), lateTypes;
  for (Sym value : adjoints)
    lateTypes.push_back(value.type());
  llvm::append_range(lateTypes, partTypes(last));
  llvm::append_range(types, lateTypes);
  func::FuncOp both = derive.function(
      name(f, "_both"), types, op->getLoc(), [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
        Syms given = inner.syms(in.drop_front(takes));
        auto made = bothWays(f, inner, in.take_front(takes), SymsRef(given).take_front(round),
                             SymsRef(given).drop_front(round));
        if (failed(made)) return failure();
        Syms all = made->first;
        llvm::append_range(all, made->second);
        return all;
      });
  if (!both) return failure();
  SmallVector<Origin> origins(takes, Origin::Again);
  std::fill_n(origins.begin() + 1, count, Origin::Gone);
  std::fill_n(origins.begin() + 1 + count + sliced.size(), shared.size(), Origin::Shared);
  origins.append(lateTypes.size(), Origin::Late);
  Residuals residuals = cut(both, origins, gives, carriesOnly);
  ValueRange ends = both.front().getTerminator()->getOperands();

  // Forward, in the place of the loop.
  func::FuncOp early = derive.function(name(f, "_keep"), f.getArgumentTypes(), op->getLoc(),
                                       [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
                                         IRMapping values;
                                         values.map(both.getArguments().take_front(takes), in);
                                         writeEarly(both, residuals, inner.builder, values);
                                         Syms all;
                                         for (Value value : ends.take_front(gives))
                                           all.push_back(inner.sym(values.lookup(value)));
                                         for (Value value : residuals.kept)
                                           all.push_back(inner.sym(values.lookup(value)));
                                         return all;
                                       });
  if (!early) return failure();
  SmallVector<Type> results(op->getResultTypes()), keptTypes;
  for (Value value : residuals.kept) {
    keptTypes.push_back(value.getType());
    if (failed(checkedTensor(op->getLoc(), stackOf(value.getType(), length).getShape(), elementOf(value))))
      return failure();
    results.push_back(stackOf(value.getType(), length));
  }
  OpBuilder before(op);
  auto forward = ScanOp::create(before, op->getLoc(), results, op->getOperands(), early.getName(), count,
                                sliced.size(), length, loop.getReversed(), loop.getMemory());
  forward->setAttr("keeps", before.getStringAttr(std::to_string(residuals.kept.size()) +
                                                 " values of each of " + std::to_string(length) + " steps, " +
                                                 std::to_string(residuals.bytes() * length) + " bytes"));
  out.op = forward;
  out.values.assign(forward.getResults().begin(), forward.getResults().begin() + gives);

  // Backward: number, adjoints, sums | kept, parts of sliced, parts of stacks' cotangents | shared.
  ControlOperands operands = parts;
  SmallVector<Type> backTypes = {numberType(op->getContext())};
  add<Type>(backTypes,
            {ArrayRef(lateTypes).take_front(round), chosenTypes(operands.shared.getTypes(), shared),
             keptTypes, partTypes(operands.sliced), ArrayRef(lateTypes).drop_front(round)});
  llvm::append_range(backTypes, operands.shared.getTypes());
  func::FuncOp late = derive.function(
      name(f, "_back"), backTypes, op->getLoc(), [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
        auto take = [&](size_t number) {
          ValueRange taken = in.take_front(number);
          in = in.drop_front(number);
          return taken;
        };
        IRMapping values;
        Block &block = both.front();
        auto own = [&](size_t first, size_t number) { return both.getArguments().slice(first, number); };
        values.map(own(0, 1), take(1));
        values.map(own(takes, round), take(round));
        Syms before = inner.syms(take(sums.size()));
        values.map(residuals.kept, take(residuals.kept.size()));
        values.map(own(1 + count, sliced.size()), take(sliced.size()));
        values.map(own(takes + round, last.size()), take(last.size()));
        values.map(own(1 + count + sliced.size(), shared.size()), take(shared.size()));
        writeLate(both, residuals, inner.builder, values);
        Syms cts, all;
        for (Value value : block.getTerminator()->getOperands().drop_front(gives))
          cts.push_back(inner.sym(values.lookup(value)));
        const size_t slices = cts.size() - round - sums.size();
        all.append(cts.begin(), cts.begin() + round);
        for (size_t k = 0; k < sums.size(); ++k)
          all.push_back(before[k] + cts[round + slices + k]);
        all.append(cts.begin() + round, cts.begin() + round + slices);
        return all;
      });
  if (!late) return failure();
  const size_t goesRound = round + sums.size();
  SmallVector<Value> inputs = valuesOf(adjoints);
  llvm::append_range(inputs, valuesOf(sums));
  llvm::append_range(inputs, forward.getResults().drop_front(gives));
  llvm::append_range(inputs, operands.sliced);
  llvm::append_range(inputs, last);
  llvm::append_range(inputs, operands.shared);
  SmallVector<Type> backResults(late.getResultTypes().take_front(goesRound));
  llvm::append_range(backResults,
                     stacked(SmallVector<Type>(late.getResultTypes().drop_front(goesRound)), length));
  auto back =
      ScanOp::create(ink.builder, op->getLoc(), backResults, inputs, late.getName(), goesRound,
                     keptTypes.size() + sliced.size() + last.size(), length, !loop.getReversed(), "all");
  ValueRange found = back.getResults();
  give(0, carried, found);
  give(count + sliced.size(), shared, found);
  give(count, sliced, found);
  derive.done.erase(both);
  derive.symbols.erase(both);
  return success();
}

FailureOr<Derive::Replaced> Derive::cotangentOfControl(Operation *op, Ink &ink, SymsRef cotangents,
                                                       ArrayRef<bool> wanted) {
  return ControlCotangent(*this, op, ink, cotangents, wanted).run();
}

} // namespace tgc::autodiff
