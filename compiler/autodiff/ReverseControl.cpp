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
  /// A scan on the way: its step both ways and where it is cut, what goes round backward.
  struct Kept {
    func::FuncOp both;
    Residuals residuals;
    Syms adjoints, sums;
    SmallVector<Value> stacks;   ///< cotangents of stacks
    SmallVector<Type> lateTypes; ///< of the adjoints, and of parts of the stacks' cotangents
  };
  LogicalResult keep(bool carriesOnly);
  LogicalResult cutStep(func::FuncOp f, Kept &kept, bool carriesOnly);
  func::FuncOp earlyFunction(func::FuncOp f, Kept &kept);
  func::FuncOp lateFunction(func::FuncOp f, Kept &kept);
  ScanOp keepForward(func::FuncOp early, Kept &kept);
  void goBack(func::FuncOp late, Kept &kept, ScanOp forward);
  Syms summed(const Syms &cts, SymsRef before);
  void giveAll(ValueRange results);
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
    given.push_back(carriesTangent(result) && !cotangents[k].isZero());
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
    return summed(made->second, SymsRef(given).slice(round, sums.size()));
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
  int64_t bytes = 0;
  for (Value value : parts.carried)
    bytes += countOf(shapeOf(value)) * std::max<int64_t>(bitsOf(elementOf(value)) / 8, 1);
  made->setAttr("keeps", ink.builder.getStringAttr("what goes round at " + std::to_string(slots) +
                                                   " of the steps at a time, " + std::to_string(bytes) +
                                                   " bytes each"));
  giveAll(made.getResults());
  return success();
}

LogicalResult Derive::ControlCotangent::keep(bool carriesOnly) {
  Kept kept;
  kept.adjoints = startAdjoints();
  kept.sums = zeroSums();
  kept.stacks = valuesOf(chosen(Syms(cotangents.begin() + carried.size(), cotangents.end()), streamed));
  func::FuncOp f = bodyOf(op, 0);
  if (failed(cutStep(f, kept, carriesOnly))) return failure();
  func::FuncOp early = earlyFunction(f, kept), late = early ? lateFunction(f, kept) : nullptr;
  if (!late) return failure();
  auto forward = keepForward(early, kept);
  if (!forward) return failure();
  goBack(late, kept, forward);
  derive.done.erase(kept.both);
  derive.symbols.erase(kept.both);
  return success();
}

/// A step both ways as one function, and the cut through it.
LogicalResult Derive::ControlCotangent::cutStep(func::FuncOp f, Kept &kept, bool carriesOnly) {
  const unsigned takes = f.getNumArguments(), round = kept.adjoints.size();
  for (Sym value : kept.adjoints)
    kept.lateTypes.push_back(value.type());
  llvm::append_range(kept.lateTypes, partTypes(kept.stacks));
  SmallVector<Type> types(f.getArgumentTypes());
  llvm::append_range(types, kept.lateTypes);
  auto emit = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    Syms given = inner.syms(in.drop_front(takes));
    auto made = bothWays(f, inner, in.take_front(takes), SymsRef(given).take_front(round),
                         SymsRef(given).drop_front(round));
    if (failed(made)) return failure();
    Syms all = made->first;
    llvm::append_range(all, made->second);
    return all;
  };
  kept.both = derive.function(name(f, "_both"), types, op->getLoc(), emit);
  if (!kept.both) return failure();
  SmallVector<Origin> origins(takes, Origin::Again);
  std::fill_n(origins.begin() + 1, carried.size(), Origin::Gone);
  std::fill_n(origins.begin() + 1 + carried.size() + sliced.size(), shared.size(), Origin::Shared);
  origins.append(kept.lateTypes.size(), Origin::Late);
  kept.residuals = cut(kept.both, origins, f.getNumResults(), carriesOnly);
  return success();
}

/// The step, giving what is kept behind its results.
func::FuncOp Derive::ControlCotangent::earlyFunction(func::FuncOp f, Kept &kept) {
  auto emit = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    IRMapping values;
    values.map(kept.both.getArguments().take_front(in.size()), in);
    writeEarly(kept.both, kept.residuals, inner.builder, values);
    Syms all;
    for (Value value : kept.both.front().getTerminator()->getOperands().take_front(f.getNumResults()))
      all.push_back(inner.sym(values.lookup(value)));
    for (Value value : kept.residuals.kept)
      all.push_back(inner.sym(values.lookup(value)));
    return all;
  };
  return derive.function(name(f, "_keep"), f.getArgumentTypes(), op->getLoc(), emit);
}

/// The scan that keeps, in the place of the loop.
ScanOp Derive::ControlCotangent::keepForward(func::FuncOp early, Kept &kept) {
  auto loop = cast<ScanOp>(op);
  const auto length = static_cast<int64_t>(loop.getLength());
  SmallVector<Type> results(op->getResultTypes());
  for (Value value : kept.residuals.kept) {
    auto whole = checkedTensor(op->getLoc(), stackOf(value.getType(), length).getShape(), elementOf(value));
    if (failed(whole)) return nullptr;
    results.push_back(*whole);
  }
  OpBuilder before(op);
  auto forward = ScanOp::create(before, op->getLoc(), results, op->getOperands(), early.getName(),
                                carried.size(), sliced.size(), length, loop.getReversed(), loop.getMemory());
  const std::string text = std::to_string(kept.residuals.kept.size()) + " values of each of " +
                           std::to_string(length) + " steps, " +
                           std::to_string(kept.residuals.bytes() * length) + " bytes";
  forward->setAttr("keeps", before.getStringAttr(text));
  out.op = forward;
  out.values.assign(forward.getResults().begin(), forward.getResults().begin() + op->getNumResults());
  return forward;
}

/// The way back of a step. Takes: number, adjoints, sums | kept, parts of sliced, of the stacks' cotangents |
/// shared.
func::FuncOp Derive::ControlCotangent::lateFunction(func::FuncOp f, Kept &kept) {
  const size_t round = kept.adjoints.size(), sums = kept.sums.size(), takes = f.getNumArguments();
  const Residuals &residuals = kept.residuals;
  SmallVector<Type> types = {numberType(op->getContext())};
  add<Type>(types,
            {ArrayRef(kept.lateTypes).take_front(round), chosenTypes(parts.shared.getTypes(), shared)});
  for (Value value : residuals.kept)
    types.push_back(value.getType());
  add<Type>(types, {partTypes(parts.sliced), ArrayRef(kept.lateTypes).drop_front(round)});
  llvm::append_range(types, parts.shared.getTypes());
  auto emit = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    IRMapping values;
    auto bind = [&](ValueRange own) {
      values.map(own, in.take_front(own.size()));
      in = in.drop_front(own.size());
    };
    auto own = [&](size_t first, size_t count) {
      return ValueRange(kept.both.getArguments().slice(first, count));
    };
    bind(own(0, 1));
    bind(own(takes, round));
    Syms before = inner.syms(in.take_front(sums));
    in = in.drop_front(sums);
    bind(residuals.kept);
    bind(own(1 + carried.size(), sliced.size()));
    bind(own(takes + round, kept.stacks.size()));
    bind(own(1 + carried.size() + sliced.size(), shared.size()));
    writeLate(kept.both, residuals, inner.builder, values);
    Syms cts;
    for (Value value : kept.both.front().getTerminator()->getOperands().drop_front(f.getNumResults()))
      cts.push_back(inner.sym(values.lookup(value)));
    return summed(cts, before);
  };
  return derive.function(name(f, "_back"), types, op->getLoc(), emit);
}

/// Cotangents of carried, sliced and shared as a step back gives them: adjoints, sums with those before,
/// parts.
Syms Derive::ControlCotangent::summed(const Syms &cts, SymsRef before) {
  const size_t round = static_cast<size_t>(llvm::count(carried, true)),
               slices = cts.size() - round - before.size();
  Syms all(cts.begin(), cts.begin() + round);
  for (size_t k = 0; k < before.size(); ++k)
    all.push_back(before[k] + cts[round + slices + k]);
  all.append(cts.begin() + round, cts.begin() + round + slices);
  return all;
}

void Derive::ControlCotangent::goBack(func::FuncOp late, Kept &kept, ScanOp forward) {
  auto loop = cast<ScanOp>(op);
  const auto length = static_cast<int64_t>(loop.getLength());
  const size_t goesRound = kept.adjoints.size() + kept.sums.size();
  SmallVector<Value> inputs = valuesOf(kept.adjoints);
  llvm::append_range(inputs, valuesOf(kept.sums));
  llvm::append_range(inputs, forward.getResults().drop_front(op->getNumResults()));
  llvm::append_range(inputs, parts.sliced);
  llvm::append_range(inputs, kept.stacks);
  llvm::append_range(inputs, parts.shared);
  SmallVector<Type> types(late.getResultTypes().take_front(goesRound));
  llvm::append_range(types, stacked(SmallVector<Type>(late.getResultTypes().drop_front(goesRound)), length));
  auto back = ScanOp::create(ink.builder, op->getLoc(), types, inputs, late.getName(), goesRound,
                             kept.residuals.kept.size() + sliced.size() + kept.stacks.size(), length,
                             !loop.getReversed(), "all");
  giveAll(back.getResults());
}

/// The results of the way back, in the order of `summed`.
void Derive::ControlCotangent::giveAll(ValueRange results) {
  give(0, carried, results);
  give(carried.size() + sliced.size(), shared, results);
  give(carried.size(), sliced, results);
}

FailureOr<Derive::Replaced> Derive::cotangentOfControl(Operation *op, Ink &ink, SymsRef cotangents,
                                                       ArrayRef<bool> wanted) {
  return ControlCotangent(*this, op, ink, cotangents, wanted).run();
}

} // namespace tgc::autodiff
