// Blocks of linear_recurrence and running_argument: one step along an axis after the other. An item is one
// row, or, where the axis is not the last one, a piece of neighbouring rows that vector units walk along
// together.
#include "dialects/graph/ItemVectors.h"
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::graph {
namespace {

/// The rows along an axis, and how their elements lie.
struct Rows {
  Rows(RankedTensorType type, int64_t axis, bool reverse) : reverse(reverse) {
    extent = type.getDimSize(axis);
    inner = countOf(type.getShape().drop_front(axis + 1));
    count = extent ? type.getNumElements() / extent : 0;
  }
  /// Of row `row`, its element at step 0; the distance from one step to the next.
  int64_t first(int64_t row) const {
    int64_t start = row / inner * extent * inner + row % inner;
    return reverse ? start + (extent - 1) * inner : start;
  }
  int64_t step() const { return reverse ? -inner : inner; }
  Value first(ItemInk &ink, Value row) const {
    Value start = ink.add(ink.multiply(ink.divide(row, inner), extent * inner), ink.modulo(row, inner));
    return reverse ? ink.add(start, ink.number((extent - 1) * inner)) : start;
  }
  int64_t extent, inner, count;
  bool reverse;
};

LogicalResult checkAxis(std::optional<Location> loc, llvm::StringRef name, Value x, uint64_t axis) {
  if (axis < shapeOf(x).size()) return success();
  return emitOptionalError(loc, name, ": axis ", axis, " is out of range for ", textOf(x));
}

/// x one place later along an axis (or earlier), zero where nothing comes from.
Sym shifted(Sym x, int64_t axis, bool later) {
  int64_t extent = x.extent(axis);
  if (extent == 0) return x;
  SmallVector<int64_t> zeros(x.rank(), 0), low(x.rank(), 0), high(x.rank(), 0), ones(x.rank(), 1);
  SmallVector<int64_t> starts(x.rank(), 0), stops(x.shape());
  (later ? stops[axis] : starts[axis]) += later ? -1 : 1;
  (later ? low : high)[axis] = 1;
  return pad_zero(graph::slice(x, starts, stops, ones), low, high, zeros);
}

/// Steps 1 .. extent - 1 of one row with `held` carried from each to the next.
void steps(ItemInk &ink, const Rows &rows, Value first, ArrayRef<Value> held,
           llvm::function_ref<SmallVector<Value>(Value place, Value step, ValueRange held)> body) {
  OpBuilder &b = ink.builder;
  auto loop = scf::ForOp::create(b, ink.loc, ink.number(1), ink.number(rows.extent), ink.number(1), held);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value step = loop.getInductionVar(), along = ink.multiply(step, rows.inner);
  Value place = rows.reverse ? b.createOrFold<arith::SubIOp>(ink.loc, first, along) : ink.add(first, along);
  SmallVector<Value> next = body(place, step, loop.getRegionIterArgs());
  if (!held.empty()) scf::YieldOp::create(b, ink.loc, next); // else the loop has its end already
}

/// Neighbouring rows [low, high) step by step together: what is carried is the step before, in memory.
void recurTogether(ItemInk &ink, const Rows &rows, int64_t chunk) {
  int64_t chunks = (rows.inner + chunk - 1) / chunk;
  Value outer = ink.divide(ink.item, chunks), low = ink.multiply(ink.modulo(ink.item, chunks), chunk);
  Value high = ink.builder.createOrFold<arith::MinUIOp>(ink.loc, ink.add(low, ink.number(chunk)),
                                                        ink.number(rows.inner));
  Value base = rows.first(ink, ink.multiply(outer, rows.inner));
  const ItemInk::Memory &a = ink.inputs[0], &b = ink.inputs[1], &y = ink.outputs[0];
  ink.loop(low, high,
           [&](Value lane) { ink.store(y, ink.load(b, ink.add(base, lane)), ink.add(base, lane)); });
  steps(ink, rows, base, {}, [&](Value place, Value, ValueRange) {
    Value before = ink.add(place, ink.number(-rows.step()));
    ink.loop(low, high, [&](Value lane) {
      Value at = ink.add(place, lane);
      ink.store(y, ink.load(a, at) * ink.load(y, ink.add(before, lane)) + ink.load(b, at), at);
    });
    return SmallVector<Value>();
  });
}

void recurAlone(ItemInk &ink, const Rows &rows) {
  const ItemInk::Memory &a = ink.inputs[0], &b = ink.inputs[1], &y = ink.outputs[0];
  Value first = rows.first(ink, ink.item);
  Scalar start = ink.load(b, first);
  ink.store(y, start, first);
  steps(ink, rows, first, start.value(), [&](Value place, Value, ValueRange held) {
    Scalar before = ink.scalars.make(held[0], start.kind());
    Scalar next = ink.load(a, place) * before + ink.load(b, place);
    ink.store(y, next, place);
    return SmallVector<Value>{next.value()};
  });
}

/// One row with the same factor in every step, a vector at a time: within it over distances that double, then
/// what came before it for all lanes at once. The factor's powers stay in registers.
class BlockRecurrence {
public:
  BlockRecurrence(ItemInk &ink, const Rows &rows, Type element)
      : ink(ink), vectors(ink, element), rows(rows), lanes(vectors.lanes()) {}

  /// Powers of a larger factor could overflow where the steps would not.
  static Value isSmall(ItemInk &ink) {
    Scalar factor = ink.load(ink.inputs[0], ink.number(0));
    return (math<math::AbsFOp>(factor) <= 1.0).value();
  }

  void write() {
    Value first = rows.first(ink, ink.item), factor = vectors.element(ink.inputs[0], first);
    Value power = vectors.repeat(factor, lanes);
    for (int64_t distance = 1; distance < lanes; distance *= 2) {
      powers.push_back(power); // lane k has the factor to the min(k + 1, distance)
      Value more = vectors.multiply(power, vectors.later(power, distance));
      power = vectors.joined(power, more, distance);
    }
    int64_t blocks = rows.extent / lanes;
    Value start = block(first, ink.number(0)), held = vectors.lane(start, lanes - 1);
    store(start, first, ink.number(0));
    auto later = [&](Value which, ValueRange before) {
      Value from = ink.multiply(which, lanes);
      Value y = vectors.multiplyAdd(power, vectors.repeat(before[0], lanes), block(first, from));
      store(y, first, from);
      return ItemVectors::Numbers{vectors.lane(y, lanes - 1)};
    };
    held = vectors.loop(ink.number(1), ink.number(blocks), 1, held, later)[0];
    auto rest = [&](Value step, ValueRange before) {
      Value at = place(first, step), b = vectors.element(ink.inputs[1], at);
      Value y = vectors.multiplyAdd(factor, before[0], b);
      vectors.store(ink.outputs[0], y, at);
      return ItemVectors::Numbers{y};
    };
    vectors.loop(ink.number(blocks * lanes), ink.number(rows.extent), 1, held, rest);
  }

private:
  Value place(Value first, Value step) {
    return rows.reverse ? ink.builder.createOrFold<arith::SubIOp>(ink.loc, first, step)
                        : ink.add(first, step);
  }
  /// Where the lanes of the block that begins with a step lie.
  Value low(Value first, Value step) {
    Value at = place(first, step);
    return rows.reverse ? ink.add(at, ink.number(1 - lanes)) : at;
  }
  Value block(Value first, Value step) {
    Value b = vectors.load(ink.inputs[1], low(first, step), lanes);
    if (rows.reverse) b = vectors.turned(b);
    int64_t distance = 1;
    for (Value power : powers) {
      b = vectors.joined(b, vectors.multiplyAdd(power, vectors.later(b, distance), b), distance);
      distance *= 2;
    }
    return b;
  }
  void store(Value y, Value first, Value step) {
    vectors.store(ink.outputs[0], rows.reverse ? vectors.turned(y) : y, low(first, step));
  }
  ItemInk &ink;
  ItemVectors vectors;
  const Rows &rows;
  int64_t lanes;
  SmallVector<Value> powers;
};

void recurAlong(ItemInk &ink, const Rows &rows, Type element) {
  if (rows.inner != 1 || rows.extent < 64 || !ink.inputs[0].splat) return recurAlone(ink, rows);
  if (kindOf(element) != 'f') return BlockRecurrence(ink, rows, element).write();
  Value small = BlockRecurrence::isSmall(ink);
  Value other = (!ink.scalars.make(small, 'b')).value();
  ink.when(small, [&] { BlockRecurrence(ink, rows, element).write(); });
  ink.when(other, [&] { recurAlone(ink, rows); });
}

} // namespace

// ---- linear_recurrence ----
FailureOr<RankedTensorType> LinearRecurrenceOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Value a = adaptor.getA(), b = adaptor.getB();
  if (failed(checkAxis(loc, "linear_recurrence", a, adaptor.getAxis()))) return failure();
  if (a.getType() != b.getType())
    return emitOptionalError(loc, "linear_recurrence: a (", textOf(a), ") and b (", textOf(b),
                             ") differ in shape or dtype");
  if (kindOf(elementOf(a)) == 'b')
    return emitOptionalError(loc, "linear_recurrence takes numbers, got ", textOf(a));
  return tensorOf(a);
}

FailureOr<Syms> LinearRecurrenceOp::tangent(Ink &ink, SymsRef tangents) {
  Sym ta = tangents[0], tb = tangents[1];
  if (!differentiable(*this) || (ta.isZero() && tb.isZero())) return Syms{ink.zero(getType())};
  auto axis = static_cast<int64_t>(getAxis());
  Sym before = shifted(ink.sym(getResult()), axis, !getReverse());
  return Syms{linear_recurrence(ink.sym(getA()), tb + ta * before, axis, getReverse())};
}

FailureOr<Syms> LinearRecurrenceOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  Syms out = {ink.zero(getA().getType()), ink.zero(getB().getType())};
  if (!differentiable(*this) || cotangents[0].isZero()) return out;
  auto axis = static_cast<int64_t>(getAxis());
  Sym a = shifted(ink.sym(getA()), axis, getReverse());
  out[1] = linear_recurrence(a, cotangents[0], axis, !getReverse());
  if (wanted[0]) out[0] = out[1] * shifted(ink.sym(getResult()), axis, !getReverse());
  return out;
}

FailureOr<Syms> LinearRecurrenceOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return Syms{linear_recurrence(withLeadingAxis(ink, operands[0], mapped[0], extent),
                                withLeadingAxis(ink, operands[1], mapped[1], extent),
                                static_cast<int64_t>(getAxis()) + 1, getReverse())};
}

FailureOr<SmallVector<Value>> LinearRecurrenceOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  Rows rows(type, static_cast<int64_t>(getAxis()), getReverse());
  // Halves are carried in f32, which memory of their own dtype cannot.
  const bool together = rows.inner >= 8 && bitsOf(type.getElementType()) > 16;
  const int64_t chunk = std::min<int64_t>(rows.inner, 128);
  Lowering::ItemsPlan plan;
  plan.count = together ? rows.count / rows.inner * ((rows.inner + chunk - 1) / chunk) : rows.count;
  plan.nanoseconds = (together ? 0.4 : 1.5) * static_cast<double>(type.getNumElements());
  auto rule = [&](ItemInk &ink) {
    together ? recurTogether(ink, rows, chunk) : recurAlong(ink, rows, type.getElementType());
  };
  return SmallVector<Value>{lowering.items(type, operands, getOperandTypes(), plan, rule)};
}

HostTensors LinearRecurrenceOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Rows rows(out.type(), static_cast<int64_t>(getAxis()), getReverse());
  for (int64_t row = 0; row < rows.count; ++row) {
    double real = 0;
    uint64_t integer = 0;
    for (int64_t k = 0, at = rows.first(row); k < rows.extent; ++k, at += rows.step()) {
      if (out.isFloat()) {
        real = (k ? in[0].get<double>(at) * real : 0) + in[1].get<double>(at);
        out.set(at, real);
      } else {
        integer = in[0].get<uint64_t>(at) * integer + in[1].get<uint64_t>(at);
        out.set(at, integer);
      }
    }
  }
  return {out};
}

// ---- running_argument ----
FailureOr<RankedTensorType> RunningArgumentOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkAxis(loc, "cummax", adaptor.getX(), adaptor.getAxis()))) return failure();
  auto type = tensorOf(adaptor.getX());
  return RankedTensorType::get(type.getShape(), IntegerType::get(type.getContext(), 64));
}

FailureOr<Syms> RunningArgumentOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> RunningArgumentOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> RunningArgumentOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{running_argument(operands[0], static_cast<int64_t>(getAxis()) + 1, getReverse(), getLargest())};
}

FailureOr<SmallVector<Value>> RunningArgumentOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  Rows rows(type, static_cast<int64_t>(getAxis()), getReverse());
  Lowering::ItemsPlan plan;
  plan.count = rows.count;
  plan.nanoseconds = 2.0 * static_cast<double>(type.getNumElements());
  auto rule = [&](ItemInk &ink) {
    auto place = [&](Value step) {
      Value from = rows.reverse
                       ? ink.builder.createOrFold<arith::SubIOp>(ink.loc, ink.number(rows.extent - 1), step)
                       : step;
      return ink.scalars.op<arith::IndexCastOp>('i', ink.builder.getI64Type(), from);
    };
    Value first = rows.first(ink, ink.item);
    Scalar best = ink.load(ink.inputs[0], first), where = place(ink.number(0));
    ink.store(ink.outputs[0], where, first);
    steps(ink, rows, first, {best.value(), where.value()}, [&](Value at, Value step, ValueRange held) {
      Scalar top = ink.scalars.make(held[0], best.kind()), from = ink.scalars.make(held[1], 'i');
      Scalar next = ink.load(ink.inputs[0], at);
      Scalar beats = getLargest() ? top < next : next < top;
      if (next.isFloat()) beats = beats | ((next != next) & (top == top));
      from = select(beats, place(step), from);
      ink.store(ink.outputs[0], from, at);
      return SmallVector<Value>{select(beats, next, top).value(), from.value()};
    });
  };
  return SmallVector<Value>{lowering.items(type, operands, getX().getType(), plan, rule)};
}

HostTensors RunningArgumentOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Rows rows(out.type(), static_cast<int64_t>(getAxis()), getReverse());
  auto run = [&]<typename T>(T) {
    for (int64_t row = 0; row < rows.count; ++row) {
      int64_t best = rows.first(row), place = getReverse() ? rows.extent - 1 : 0;
      for (int64_t k = 0, at = best; k < rows.extent; ++k, at += rows.step()) {
        T top = in[0].get<T>(best), next = in[0].get<T>(at);
        if ((getLargest() ? top < next : next < top) || (next != next && top == top)) {
          best = at;
          place = getReverse() ? rows.extent - 1 - k : k;
        }
        out.set(at, place);
      }
    }
  };
  if (in[0].isFloat())
    run(double());
  else if (in[0].kind() == 'i')
    run(int64_t());
  else
    run(uint64_t());
  return {out};
}

} // namespace tgc::graph
