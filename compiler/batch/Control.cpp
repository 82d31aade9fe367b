// Branches and loops with a new leading axis. A value that goes round carries the axis if it does so at the
// start or after any step. Where instances decide differently, both branches run and `where` selects; a loop
// goes on until the last instance is done, and those that are done keep their values.
#include "compiler/batch/Batch.h"
#include "dialects/graph/Call.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::batch {

/// A control op with its operands by what they are, and the bodies.
struct Batcher::Loop {
  Loop(Operation *op, Ink &ink, const Mapped &operands, int64_t extent)
      : op(op), ink(ink), extent(extent), keeps(op->getAttr("keeps")) {
    for (FunctionOpInterface body : bodiesOf(op))
      bodies.push_back(cast<func::FuncOp>(body.getOperation()));
    size_t at = 0;
    auto take = [&](ValueRange like, Mapped &part) {
      for (size_t k = 0; k < like.size(); ++k, ++at) {
        part.values.push_back(operands.values[at]);
        part.flags.push_back(operands.flags[at]);
      }
    };
    ControlOperands parts = operandsOf(op);
    take(parts.head, head);
    take(parts.carried, carried);
    take(parts.sliced, sliced);
    take(parts.shared, shared);
    take(parts.adjoints, adjoints);
    take(parts.streamed, streamed);
  }

  Operation *op;
  Ink &ink;
  int64_t extent;
  Attribute keeps;
  SmallVector<func::FuncOp, 2> bodies;
  Mapped head, carried, sliced, shared, adjoints, streamed;
};

namespace {

/// The results that the flagged arguments reach; of a loop inside, all or none.
Flags reached(func::FuncOp f, ArrayRef<bool> flags) {
  llvm::DenseSet<Value> mapped;
  for (auto [argument, flag] : llvm::zip_equal(f.getArguments(), flags))
    if (flag) mapped.insert(argument);
  for (Operation &op : f.front().without_terminator())
    if (llvm::any_of(op.getOperands(), [&](Value v) { return mapped.contains(v); }))
      mapped.insert(op.result_begin(), op.result_end());
  Flags out;
  for (Value result : f.front().getTerminator()->getOperands())
    out.push_back(mapped.contains(result));
  return out;
}

Type lifted(Type type, bool flag, int64_t extent) { return flag ? Type(stackOf(type, extent)) : type; }

Sym swapLeading(Sym x) {
  SmallVector<int64_t> order = allAxes(x.rank());
  std::swap(order[0], order[1]);
  return permute_dims(x, ArrayRef<int64_t>(order));
}

/// One flag for each instance, for every element of something like `x`.
Sym spread(Sym flags, Sym x) {
  SmallVector<int64_t> shape(static_cast<size_t>(x.rank()), 1);
  shape[0] = flags.extent(0);
  return x.rank() == 1 ? flags : reshape(flags, ArrayRef<int64_t>(shape));
}

void append(SmallVector<Value> &operands, SymsRef values) {
  for (Sym value : values)
    operands.push_back(value.value());
}

/// Operands as a loop takes them: lifted where flagged; what is sliced has the loop's axis first.
Syms lift(Ink &ink, const Syms &values, const Flags &are, const Flags &wanted, int64_t extent) {
  Syms out;
  for (auto [value, is, want] : llvm::zip_equal(values, are, wanted))
    out.push_back(want ? withLeadingAxis(ink, value, is, extent) : value);
  return out;
}
Syms stepsFirst(const Syms &values, const Flags &flags) {
  Syms out;
  for (auto [value, flag] : llvm::zip_equal(values, flags))
    out.push_back(flag ? swapLeading(value) : value);
  return out;
}

/// Types of the results: what goes round, then stacks with the loop's axis first.
SmallVector<Type> resultTypes(Operation *op, const Flags &flags, size_t around, int64_t extent) {
  SmallVector<Type> types;
  for (auto [k, type] : llvm::enumerate(op->getResultTypes())) {
    if (k < around || !flags[k]) {
      types.push_back(lifted(type, flags[k], extent));
      continue;
    }
    SmallVector<int64_t> shape(tensorOf(type).getShape());
    shape.insert(shape.begin() + 1, extent);
    types.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  return types;
}

Syms instancesFirst(Ink &ink, ValueRange results, const Flags &flags, size_t around) {
  Syms out = ink.syms(results);
  for (size_t k = around; k < out.size(); ++k)
    if (flags[k]) out[k] = swapLeading(out[k]);
  return out;
}

} // namespace

func::FuncOp Batcher::mappedFunction(func::FuncOp f, const Flags &takes, const Flags &gives, int64_t extent) {
  SmallVector<Type> inputs;
  for (auto [type, flag] : llvm::zip_equal(f.getArgumentTypes(), takes))
    inputs.push_back(lifted(type, flag, extent));
  auto made = privateFunction(symbols, (f.getName() + "_vmap").str(), inputs, f.getLoc(),
                              [&](Ink &ink, ValueRange arguments) -> FailureOr<Syms> {
                                auto results = emit(f, ink, {ink.syms(arguments), takes}, extent);
                                if (failed(results)) return failure();
                                return lift(ink, results->values, results->flags, gives, extent);
                              });
  if (made) done.insert(made);
  return made;
}

FailureOr<Batcher::Mapped> Batcher::emitControl(Operation *control, Ink &ink, const Mapped &operands,
                                                int64_t extent) {
  Loop loop(control, ink, operands, extent);
  if (isa<CondOp>(control)) return loop.head.flags[0] ? emitBoth(loop) : emitCond(loop);
  if (isa<ScanOp>(control)) return emitScan(loop);
  if (isa<UnwindOp>(control)) return emitUnwind(loop);
  Flags round = loop.carried.flags;
  round = settled(
      round, [&](ArrayRef<bool> now) { return reached(loop.bodies[1], joined({now, loop.shared.flags})); });
  const bool differ = reached(loop.bodies[0], joined({round, loop.shared.flags}))[0];
  return differ ? emitEach(loop) : emitWhile(loop);
}

FailureOr<Batcher::Mapped> Batcher::emitCond(Loop &loop) {
  Flags gives = reached(loop.bodies[0], loop.shared.flags);
  for (auto [flag, other] : llvm::zip_equal(gives, reached(loop.bodies[1], loop.shared.flags)))
    flag = flag || other;
  auto then = mappedFunction(loop.bodies[0], loop.shared.flags, gives, loop.extent);
  auto otherwise = then ? mappedFunction(loop.bodies[1], loop.shared.flags, gives, loop.extent) : nullptr;
  if (!otherwise) return failure();
  SmallVector<Value> operands = {loop.head.values[0].value()};
  append(operands, loop.shared.values);
  auto made = CondOp::create(loop.ink.builder, loop.op->getLoc(), then.getResultTypes(), operands,
                             then.getName(), otherwise.getName());
  return Mapped{loop.ink.syms(made.getResults()), gives};
}

FailureOr<Batcher::Mapped> Batcher::emitBoth(Loop &loop) {
  Syms sides[2];
  for (unsigned k = 0; k < 2; ++k) {
    auto side = emit(loop.bodies[k], loop.ink, loop.shared, loop.extent);
    if (failed(side)) return failure();
    sides[k] = lift(loop.ink, side->values, side->flags, Flags(side->flags.size(), true), loop.extent);
  }
  Mapped out;
  for (auto [then, otherwise] : llvm::zip_equal(sides[0], sides[1])) {
    out.values.push_back(where(spread(loop.head.values[0], then), then, otherwise));
    out.flags.push_back(true);
  }
  return out;
}

FailureOr<Batcher::Mapped> Batcher::emitWhile(Loop &loop) {
  Flags round = loop.carried.flags;
  round = settled(
      round, [&](ArrayRef<bool> now) { return reached(loop.bodies[1], joined({now, loop.shared.flags})); });
  Flags takes = joined({round, loop.shared.flags});
  auto condition = mappedFunction(loop.bodies[0], takes, {false}, loop.extent);
  auto body = condition ? mappedFunction(loop.bodies[1], takes, round, loop.extent) : nullptr;
  if (!body) return failure();
  SmallVector<Value> operands;
  append(operands, lift(loop.ink, loop.carried.values, loop.carried.flags, round, loop.extent));
  append(operands, loop.shared.values);
  auto op = cast<WhileOp>(loop.op);
  auto made = WhileOp::create(loop.ink.builder, op.getLoc(), body.getResultTypes(), operands,
                              condition.getName(), body.getName(), op.getCarried(), op.getSlots());
  return Mapped{loop.ink.syms(made.getResults()), round};
}

// The loop carries one flag for each instance: whether its condition holds.
FailureOr<Batcher::Mapped> Batcher::emitEach(Loop &loop) {
  auto op = cast<WhileOp>(loop.op);
  Ink &ink = loop.ink;
  size_t count = loop.carried.values.size();
  Flags all(count, true), takes = joined({all, loop.shared.flags});
  Syms start = lift(ink, loop.carried.values, loop.carried.flags, all, loop.extent);
  auto holds = [&](Ink &at, const Syms &carried, SymsRef shared) -> FailureOr<Sym> {
    Mapped in{carried, takes};
    llvm::append_range(in.values, shared);
    auto flag = emit(loop.bodies[0], at, in, loop.extent);
    if (failed(flag)) return failure();
    return withLeadingAxis(at, flag->values[0], flag->flags[0], loop.extent);
  };
  auto first = holds(ink, start, loop.shared.values);
  if (failed(first)) return failure();
  SmallVector<Value> operands;
  append(operands, start);
  operands.push_back(first->value());
  append(operands, loop.shared.values);
  SmallVector<Type> types = llvm::to_vector(ValueRange(operands).getTypes());
  auto name = [&](const char *what) { return (loop.bodies[1].getName() + what).str(); };
  auto condition = privateFunction(
      symbols, name("_any"), types, op.getLoc(),
      [&](Ink &inner, ValueRange in) -> FailureOr<Syms> { return Syms{any(inner.sym(in[count]))}; });
  if (!condition) return failure();
  auto step = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    Mapped before{inner.syms(in.take_front(count)), takes};
    Sym active = inner.sym(in[count]);
    Syms shared = inner.syms(in.drop_front(count + 1));
    llvm::append_range(before.values, shared);
    auto next = emit(loop.bodies[1], inner, before, loop.extent);
    if (failed(next)) return failure();
    Syms after = lift(inner, next->values, next->flags, all, loop.extent);
    for (auto [k, value] : llvm::enumerate(after))
      value = where(spread(active, value), value, before.values[k]);
    auto flag = holds(inner, after, shared);
    if (failed(flag)) return failure();
    after.push_back(active & *flag);
    return after;
  };
  auto body = privateFunction(symbols, name("_each"), types, op.getLoc(), step);
  if (!body) return failure();
  done.insert(condition);
  done.insert(body);
  auto made = WhileOp::create(ink.builder, op.getLoc(), body.getResultTypes(), operands, condition.getName(),
                              body.getName(), op.getCarried() + 1, op.getSlots());
  return Mapped{ink.syms(made.getResults().drop_back()), all};
}

FailureOr<Batcher::Mapped> Batcher::emitScan(Loop &loop) {
  auto op = cast<ScanOp>(loop.op);
  size_t count = loop.carried.values.size();
  Flags round = loop.carried.flags, gives;
  auto takes = [&](ArrayRef<bool> now) {
    return joined({{false}, now, loop.sliced.flags, loop.shared.flags});
  };
  round = settled(round, [&](ArrayRef<bool> now) { return gives = reached(loop.bodies[0], takes(now)); });
  std::copy(round.begin(), round.end(), gives.begin());
  auto body = mappedFunction(loop.bodies[0], takes(round), gives, loop.extent);
  if (!body) return failure();
  SmallVector<Value> operands;
  append(operands, lift(loop.ink, loop.carried.values, loop.carried.flags, round, loop.extent));
  append(operands, stepsFirst(loop.sliced.values, loop.sliced.flags));
  append(operands, loop.shared.values);
  auto made = ScanOp::create(loop.ink.builder, op.getLoc(), resultTypes(op, gives, count, loop.extent),
                             operands, body.getName(), op.getCarried(), op.getSliced(), op.getLength(),
                             op.getReversed(), op.getMemory());
  if (loop.keeps) made->setAttr("keeps", loop.keeps);
  return Mapped{instancesFirst(loop.ink, made.getResults(), gives, count), gives};
}

/// A step of an unwinding for instances with counts of their own.
struct Batcher::Masked {
  Flags takes;
  size_t counts; ///< the argument that holds the counts, behind what is shared already
  size_t round;  ///< the first argument that goes round,
  size_t kept;   ///< and how many do
};

/// `f` where the number of the step is below the count; else what goes round stays, and stacks get zeros.
func::FuncOp Batcher::maskedFunction(func::FuncOp f, const Masked &masked, Type counts, int64_t extent) {
  SmallVector<Type> inputs;
  for (auto [type, flag] : llvm::zip_equal(f.getArgumentTypes(), masked.takes))
    inputs.push_back(lifted(type, flag, extent));
  inputs.insert(inputs.begin() + masked.counts, counts);
  auto emitMasked = [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
    Syms arguments = inner.syms(in);
    Sym active = arguments[0] < arguments[masked.counts];
    arguments.erase(arguments.begin() + masked.counts);
    auto next = emit(f, inner, {arguments, masked.takes}, extent);
    if (failed(next)) return failure();
    Syms after = lift(inner, next->values, next->flags, Flags(next->flags.size(), true), extent);
    for (auto [k, value] : llvm::enumerate(after))
      value = where(spread(active, value), value,
                    k < masked.kept ? arguments[masked.round + k]
                                    : inner.full(value.shape(), value.element(), 0));
    return after;
  };
  return privateFunction(symbols, (f.getName() + "_each").str(), inputs, f.getLoc(), emitMasked);
}

// Where each instance has a count of its own, steps beyond it change nothing, on both ways.
FailureOr<Batcher::Mapped> Batcher::emitUnwind(Loop &loop) {
  auto op = cast<UnwindOp>(loop.op);
  Ink &ink = loop.ink;
  const bool differ = loop.head.flags[0];
  const size_t count = loop.carried.values.size(), adjoint = loop.adjoints.values.size();
  Flags round = loop.carried.flags, back = loop.adjoints.flags, gives;
  if (differ) round.assign(count, true), back.assign(adjoint, true);
  auto around = [&](ArrayRef<bool> now) {
    return joined({{false}, now, loop.sliced.flags, loop.shared.flags});
  };
  round = settled(round, [&](ArrayRef<bool> now) { return reached(loop.bodies[0], around(now)); });
  back = settled(back, [&](ArrayRef<bool> now) {
    return gives = reached(loop.bodies[1], joined({around(round), now, loop.streamed.flags}));
  });
  if (differ) gives.assign(op.getNumResults(), true);
  std::copy(back.begin(), back.end(), gives.begin());
  const Flags forward = around(round), backward = joined({forward, back, loop.streamed.flags});
  Sym steps = loop.head.values[0];
  func::FuncOp step, way;
  if (differ) {
    const Masked before{forward, forward.size(), 1, count},
        after{backward, forward.size(), forward.size(), adjoint};
    step = maskedFunction(loop.bodies[0], before, steps.type(), loop.extent);
    way = step ? maskedFunction(loop.bodies[1], after, steps.type(), loop.extent) : nullptr;
    loop.shared.values.push_back(steps);
    loop.shared.flags.push_back(true);
    steps = loop.extent == 0 ? ink.full({}, steps.element(), 0) : max(steps);
  } else {
    step = mappedFunction(loop.bodies[0], forward, round, loop.extent);
    way = step ? mappedFunction(loop.bodies[1], backward, gives, loop.extent) : nullptr;
  }
  if (!way) return failure();
  done.insert(step);
  done.insert(way);
  SmallVector<Value> operands = {steps.value()};
  append(operands, lift(ink, loop.carried.values, loop.carried.flags, round, loop.extent));
  append(operands, stepsFirst(loop.sliced.values, loop.sliced.flags));
  append(operands, loop.shared.values);
  append(operands, lift(ink, loop.adjoints.values, loop.adjoints.flags, back, loop.extent));
  append(operands, stepsFirst(loop.streamed.values, loop.streamed.flags));
  auto made = UnwindOp::create(ink.builder, op.getLoc(), resultTypes(op, gives, adjoint, loop.extent),
                               operands, step.getName(), way.getName(), op.getCarried(), op.getSliced(),
                               loop.shared.values.size(), op.getAdjoints(), op.getLength(), op.getReversed(),
                               op.getSlots());
  if (loop.keeps) made->setAttr("keeps", loop.keeps);
  return Mapped{instancesFirst(ink, made.getResults(), gives, adjoint), gives};
}

} // namespace tgc::batch
