// The block of scatter: writes at computed places, in the row-major order of the indices.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/Places.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace tgc::graph {

FailureOr<RankedTensorType> ScatterOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  auto layout = layoutOf(loc, "scatter", adaptor.getX(), adaptor.getIndices(), adaptor.getAxes(),
                         static_cast<int64_t>(adaptor.getBatchAxes()),
                         static_cast<int64_t>(adaptor.getPlace()), adaptor.getMode());
  if (failed(layout)) return failure();
  auto window = RankedTensorType::get(layout->window(), type.getElementType());
  if (adaptor.getUpdates().getType() != window)
    return emitOptionalError(loc, "scatter: updates (", textOf(adaptor.getUpdates()), ") for ",
                             textOf(adaptor.getX()), " at ", textOf(adaptor.getIndices()[0]), " have to be ",
                             textOf(Type(window)));
  if (!llvm::is_contained({"set", "add", "multiply", "max", "min"}, adaptor.getHow()))
    return emitOptionalError(loc,
                             "scatter: how is \"set\", \"add\", \"multiply\", \"max\" or \"min\", got \"",
                             adaptor.getHow(), "\"");
  return type;
}

// ---- derivatives ----
namespace {
/// The op's own indices on other numbers.
struct Again {
  ScatterOp op;
  Ink &ink;
  Sym into(Sym x, Sym updates, llvm::StringRef how) {
    return scatter(x, ink.syms(op.getIndices()), updates, op.getAxes(), op.getBatchAxes(), op.getPlace(), how,
                   op.getMode());
  }
  Sym from(Sym x) {
    return gather(x, ink.syms(op.getIndices()), op.getAxes(), op.getBatchAxes(), op.getPlace(), op.getMode());
  }
  Sym none(Value like) { return ink.full(shapeOf(like), elementOf(like), 0); }
  Sym sums(Sym x, Sym updates) { return into(x, updates, "add"); }
};

/// What x and the updates are multiplied with: the partials of a product or, of an extremum, its shares.
struct Partials {
  Sym x, updates;
};
} // namespace

// The updates that stayed: of several for one place, the last one.
static Sym winners(Again again) {
  Ink &ink = again.ink;
  auto shape = shapeOf(again.op.getUpdates());
  Type i64 = ink.builder.getI64Type();
  Sym numbers = reshape(iota(ink, {countOf(shape)}, 0, i64), shape);
  Sym table = again.into(ink.full(shapeOf(again.op.getX()), i64, -1), numbers, "set");
  return again.from(table) == numbers;
}

// A product with exactly one zero has a slope there: the product of the others. Zeros stand in what their
// neighbours are multiplied with as themselves, so that derivatives by two of them are right, too.
static Partials productPartials(Again again) {
  Ink &ink = again.ink;
  Sym x = ink.sym(again.op.getX()), updates = ink.sym(again.op.getUpdates());
  Sym safeX = where(x == 0, 1, x), safeUpdates = where(updates == 0, 1, updates);
  Sym others = again.into(safeX, safeUpdates, "multiply");
  Sym zeros = again.sums(astype(x == 0, x.element()), astype(updates == 0, x.element()));
  Sym sumOfZeros = again.sums(where(x == 0, x, 0), where(updates == 0, updates, 0));
  auto partial = [](Sym factor, Sym safe, Sym product, Sym count, Sym sum) {
    Sym atZero = where(count == 1, product, where(count == 2, product * (sum - factor), 0));
    Sym elsewhere = where(count == 0, product / safe, where(count == 1, product / safe * sum, 0));
    return where(factor == 0, atZero, elsewhere);
  };
  return {partial(x, safeX, others, zeros, sumOfZeros),
          partial(updates, safeUpdates, again.from(others), again.from(zeros), again.from(sumOfZeros))};
}

// Equal extrema share equally; a NaN is the extremum of its place.
static Partials extremumShares(Again again) {
  Ink &ink = again.ink;
  Sym x = ink.sym(again.op.getX()), updates = ink.sym(again.op.getUpdates());
  Sym y = ink.sym(again.op.getResult());
  Sym one = astype((x == y) | (x != x), x.element());
  Sym other = astype((updates == again.from(y)) | (updates != updates), x.element());
  Sym count = again.sums(one, other);
  // Where an update is dropped, gather gives a count of 0: its share is not read.
  Sym counted = again.from(count);
  return {one / count, other / where(counted == 0, 1, counted)};
}

static Partials partialsOf(Again again) {
  return again.op.getHow() == "multiply" ? productPartials(again) : extremumShares(again);
}

FailureOr<Syms> ScatterOp::tangent(Ink &ink, SymsRef tangents) {
  Sym none = ink.zero(getType()), x = tangents[0], updates = tangents[1];
  if (!differentiable(*this) || (x.isZero() && updates.isZero())) return Syms{none};
  Again again{*this, ink};
  if (getHow() == "set" || getHow() == "add") return Syms{again.into(x, updates, getHow())};
  Partials partials = partialsOf(again);
  Sym own = strong(partials.x, x), others = strong(partials.updates, updates);
  return Syms{others.isZero() ? own : again.sums(own.isZero() ? again.none(getX()) : own, others)};
}

FailureOr<Syms> ScatterOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  Syms out;
  for (Value operand : getOperands())
    out.push_back(ink.zero(operand.getType()));
  Sym ct = cotangents[0];
  if (!differentiable(*this) || ct.isZero()) return out;
  Again again{*this, ink};
  if (getHow() == "add") {
    out[0] = ct;
    if (wanted[1]) out[1] = again.from(ct);
  } else if (getHow() == "set") {
    if (wanted[0]) out[0] = again.into(ct, again.none(getUpdates()), "set");
    if (wanted[1]) out[1] = where(winners(again), again.from(ct), 0);
  } else {
    Partials partials = partialsOf(again);
    if (wanted[0]) out[0] = strong(partials.x, ct);
    if (wanted[1]) out[1] = strong(partials.updates, again.from(ct));
  }
  return out;
}

FailureOr<Syms> ScatterOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Sym x = withLeadingAxis(ink, operands[0], mapped[0], extent);
  Sym updates = withLeadingAxis(ink, operands[1], mapped[1], extent);
  auto batch = static_cast<int64_t>(getBatchAxes()), place = static_cast<int64_t>(getPlace());
  SmallVector<int64_t> later;
  for (int64_t axis : getAxes())
    later.push_back(axis + 1);
  Syms indices(operands.drop_front(2).begin(), operands.end());
  if (!llvm::is_contained(mapped.drop_front(2), true)) { // one more axis of the rest, in front
    Sym out = scatter(formulas::movedAxis(x, 0, batch), indices, formulas::movedAxis(updates, 0, batch),
                      later, batch, place + 1, getHow(), getMode());
    return Syms{formulas::movedAxis(out, batch, 0)};
  }
  for (auto [k, index] : llvm::enumerate(indices))
    index = withLeadingAxis(ink, index, mapped[k + 2], extent);
  return Syms{scatter(x, indices, updates, later, batch + 1, place, getHow(), getMode())};
}

// ---- code ----
static Scalar combined(llvm::StringRef how, Scalar held, Scalar next) {
  if (how == "set") return next;
  if (how == "max") return maximum(held, next);
  if (how == "min") return minimum(held, next);
  bool isBool = held.kind() == 'b';
  if (how == "add") return isBool ? held | next : held + next;
  return isBool ? held & next : held * next;
}

namespace {

/// The items of a scatter: each batch element, and each piece of the last axis that is not indexed, alone. An
/// item copies its part of x, then goes through all updates of it in order, so that no two items meet and the
/// order never changes.
class ScatterItems {
public:
  ScatterItems(ScatterOp op);
  Lowering::ItemsPlan plan();
  void write(ItemInk &ink);

private:
  struct Axis { ///< of the rest, neighbours joined
    int64_t extent, inX, inUpdates;
  };
  void joinRest();
  void chooseChunks();
  /// Calls `body` with the offsets of every element of the rest that belongs to the item.
  void forRest(ItemInk &ink, Value inX, Value inUpdates, size_t axis,
               llvm::function_ref<void(Value, Value)> body);
  void forPlaces(ItemInk &ink, Value inX, size_t axis, llvm::function_ref<void(Value)> body);
  void copy(ItemInk &ink, const ItemInk::Memory &from, const ItemInk::Memory &to);
  void update(ItemInk &ink, const ItemInk::Memory &to);

  ScatterOp op;
  Layout layout;
  SmallVector<int64_t> strideX, strideUpdates;
  SmallVector<Axis> rest;
  int64_t batches, updates, chunk, chunks;
  bool wide; ///< halves are combined in f32
  Value batch, low, high;
};

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> out(shape.size(), 1);
  for (auto k = static_cast<int64_t>(shape.size()) - 2; k >= 0; --k)
    out[k] = out[k + 1] * shape[k + 1];
  return out;
}

ScatterItems::ScatterItems(ScatterOp op) : op(op), layout(layoutOf(op)) {
  strideX = stridesOf(layout.x), strideUpdates = stridesOf(layout.window());
  batches = countOf(ArrayRef(layout.x).take_front(layout.batch));
  updates = countOf(ArrayRef(layout.index).drop_front(layout.batch));
  Type element = elementOf(op.getX());
  wide =
      kindOf(element) == 'f' && bitsOf(element) == 16 && (op.getHow() == "add" || op.getHow() == "multiply");
  joinRest();
  chooseChunks();
}

void ScatterItems::joinRest() {
  for (auto [k, axis] : llvm::enumerate(layout.rest)) {
    Axis next{layout.x[axis], strideX[axis], strideUpdates[layout.restAxis(k)]};
    if (next.extent == 1) continue;
    bool joins = !rest.empty() && rest.back().inX == next.extent * next.inX &&
                 rest.back().inUpdates == next.extent * next.inUpdates;
    if (joins)
      rest.back() = {rest.back().extent * next.extent, next.inX, next.inUpdates};
    else
      rest.push_back(next);
  }
  if (rest.empty()) rest.push_back({1, 1, 1});
}

void ScatterItems::chooseChunks() {
  // Pieces of 128 elements where there is work for several cores; each goes through the indices again.
  int64_t extent = rest.back().extent, work = tensorOf(op.getUpdates()).getNumElements();
  chunk = work > 32768 && extent >= 256 ? 128 : extent;
  chunks = (extent + chunk - 1) / chunk;
}

Lowering::ItemsPlan ScatterItems::plan() {
  Lowering::ItemsPlan plan;
  plan.count = batches * chunks;
  plan.nanoseconds = 0.5 * static_cast<double>(tensorOf(op.getX()).getNumElements()) +
                     1.5 * static_cast<double>(tensorOf(op.getUpdates()).getNumElements());
  if (wide) plan.scratch.push_back(RankedTensorType::get(layout.x, Float32Type::get(op.getContext())));
  return plan;
}

void ScatterItems::forRest(ItemInk &ink, Value inX, Value inUpdates, size_t axis,
                           llvm::function_ref<void(Value, Value)> body) {
  bool isLast = axis + 1 == rest.size();
  Value first = isLast ? low : ink.number(0), last = isLast ? high : ink.number(rest[axis].extent);
  ink.loop(first, last, [&](Value at) {
    Value nextX = ink.add(inX, ink.multiply(at, rest[axis].inX));
    Value nextUpdates = ink.add(inUpdates, ink.multiply(at, rest[axis].inUpdates));
    if (isLast)
      body(nextX, nextUpdates);
    else
      forRest(ink, nextX, nextUpdates, axis + 1, body);
  });
}

void ScatterItems::forPlaces(ItemInk &ink, Value inX, size_t axis, llvm::function_ref<void(Value)> body) {
  if (axis == layout.axes.size()) return body(inX);
  int64_t which = layout.axes[axis];
  ink.loop(ink.number(0), ink.number(layout.x[which]),
           [&](Value at) { forPlaces(ink, ink.add(inX, ink.multiply(at, strideX[which])), axis + 1, body); });
}

void ScatterItems::copy(ItemInk &ink, const ItemInk::Memory &from, const ItemInk::Memory &to) {
  Value base = ink.multiply(batch, countOf(layout.x) / batches);
  forPlaces(ink, base, 0, [&](Value place) {
    forRest(ink, place, ink.number(0), 0, [&](Value inX, Value) { ink.store(to, ink.load(from, inX), inX); });
  });
}

void ScatterItems::update(ItemInk &ink, const ItemInk::Memory &to) {
  Value baseX = ink.multiply(batch, countOf(layout.x) / batches);
  Value baseUpdates = ink.multiply(batch, countOf(layout.window()) / batches);
  int64_t stride = 1; // of one step along the indices in the updates
  for (size_t k = layout.place; k < layout.rest.size(); ++k)
    stride *= layout.x[layout.rest[k]];
  ink.loop(ink.number(0), ink.number(updates), [&](Value which) {
    Value inX = baseX, inUpdates = ink.add(baseUpdates, ink.multiply(which, stride));
    Value at = ink.add(ink.multiply(batch, updates), which);
    Scalar inside;
    for (auto [k, axis] : llvm::enumerate(layout.axes)) {
      ScalarPlace place = placeOf(ink.load(ink.inputs[2 + k], at), layout.x[axis], layout.outside);
      if (place.inside.value()) inside = inside.value() ? inside & place.inside : place.inside;
      inX = ink.add(inX, ink.multiply(place.at.value(), strideX[axis]));
    }
    auto apply = [&] {
      forRest(ink, inX, inUpdates, 0, [&](Value toX, Value fromUpdates) {
        Scalar next = ink.load(ink.inputs[1], fromUpdates);
        if (op.getHow() != "set") next = combined(op.getHow(), ink.load(to, toX), next);
        ink.store(to, next, toX);
      });
    };
    if (inside.value())
      ink.when(inside.value(), apply);
    else
      apply();
  });
}

void ScatterItems::write(ItemInk &ink) {
  batch = ink.divide(ink.item, chunks);
  low = ink.multiply(ink.modulo(ink.item, chunks), chunk);
  Value end = ink.add(low, ink.number(chunk));
  high = chunks == 1 ? ink.number(rest.back().extent)
                     : ink.builder.createOrFold<arith::MinUIOp>(ink.loc, end, ink.number(rest.back().extent));
  const ItemInk::Memory &to = ink.outputs.back(); // the f32 scratch, where there is one
  const ItemInk::Memory &x = ink.inputs[0];
  if (wide || x.splat) {
    copy(ink, x, to);
  } else { // x may have been overwritten in place: then it is there already
    Value zero = ink.number(0);
    Scalar here = ink.scalars.make(ink.address(x, zero), 'i'),
           there = ink.scalars.make(ink.address(to, zero), 'i');
    ink.when((here != there).value(), [&] { copy(ink, x, to); });
  }
  update(ink, to);
  if (wide) copy(ink, to, ink.outputs[0]);
}

} // namespace

FailureOr<SmallVector<Value>> ScatterOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  if (tensorOf(getUpdates()).getNumElements() == 0)
    return SmallVector<Value>{
        lowering.view(type, operands[0], type, lowering.builder.getMultiDimIdentityMap(type.getRank()))};
  ScatterItems items(*this);
  Lowering::ItemsPlan plan = items.plan();
  bool literal = !isa<BlockArgument>(operands[0]);
  if (plan.scratch.empty() && !literal) plan.inplace = {0, 0};
  return SmallVector<Value>{
      lowering.items(type, operands, getOperandTypes(), plan, [&](ItemInk &ink) { items.write(ink); })};
}

// ---- reference ----
template <typename T> static T combinedOnHost(llvm::StringRef how, T held, T next) {
  if (how == "set") return next;
  if (how == "add") return held + next;
  if (how == "multiply") return held * next;
  if (held != held || next != next) return held + next;
  return how == "max" ? std::max(held, next) : std::min(held, next);
}

HostTensors ScatterOp::evaluate(HostTensorsRef in) {
  Layout layout = layoutOf(*this);
  HostTensor out = in[0];
  auto run = [&]<typename T>(T) {
    std::vector<T> held(out.count());
    for (int64_t at = 0; at < out.count(); ++at)
      held[at] = out.get<T>(at);
    int64_t at = 0;
    forEachIndex(in[1].shape(), [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> places;
      bool inside = true;
      for (auto [k, axis] : llvm::enumerate(layout.axes)) {
        if (layout.x[axis] == 0) return;
        HostPlace place = placeOf(in[2 + k], layout.indexPosition(index), layout.x[axis], layout.outside);
        places.push_back(place.at);
        inside &= place.inside;
      }
      T next = in[1].get<T>(at++);
      if (!inside) return;
      T &cell = held[layout.position(index, places)];
      cell = combinedOnHost<T>(getHow(), cell, next);
      if (out.kind() == 'b') cell = cell != T(0);
    });
    for (int64_t to = 0; to < out.count(); ++to)
      out.set(to, static_cast<std::conditional_t<std::is_same_v<T, double>, double, int64_t>>(held[to]));
  };
  if (out.isFloat())
    run(double());
  else if (out.kind() == 'i' && (getHow() == "max" || getHow() == "min"))
    run(int64_t());
  else
    run(uint64_t());
  return {out};
}

} // namespace tgc::graph
