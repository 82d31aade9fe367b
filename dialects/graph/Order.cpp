// Blocks of argsort, top_places and searchsorted. Both order NaN after every number.
#include "dialects/graph/Ops.h"
#include "dialects/graph/Places.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

// ---- argsort ----
FailureOr<RankedTensorType> ArgsortOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  if (adaptor.getAxis() >= static_cast<uint64_t>(type.getRank()))
    return emitOptionalError(loc, "argsort: axis ", adaptor.getAxis(), " is out of range for ",
                             textOf(adaptor.getX()));
  return RankedTensorType::get(type.getShape(), IntegerType::get(type.getContext(), 64));
}

FailureOr<Syms> ArgsortOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> ArgsortOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> ArgsortOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{argsort(operands[0], getAxis() + 1, getDescending())};
}

// One call of the runtime for each row: (kind, bits, keys, stride, order, stride, scratch, extent, ...).
static Value lowerRows(Lowering &lowering, Value x, RankedTensorType type, ValueRange operands, int64_t axis,
                       Lowering::ItemsPlan plan, llvm::StringRef call, ArrayRef<int64_t> more) {
  int64_t extent = shapeOf(x)[axis], wanted = type.getDimSize(axis);
  int64_t inner = countOf(type.getShape().drop_front(axis + 1));
  int64_t words = tensorOf(plan.scratch[0]).getDimSize(1);
  Type element = elementOf(x);
  auto rule = [&](ItemInk &ink) {
    auto number = [&](int64_t value) -> Value {
      return arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getI64IntegerAttr(value));
    };
    auto first = [&](int64_t along) {
      return ink.add(ink.multiply(ink.divide(ink.item, inner), along * inner), ink.modulo(ink.item, inner));
    };
    SmallVector<Value> arguments = {number(element.isBF16() ? 'B' : kindOf(element)),
                                    number(Lowering::storage(x.getType()).getElementTypeBitWidth()),
                                    ink.address(ink.inputs[0], first(extent)),
                                    number(ink.inputs[0].splat ? 0 : inner),
                                    ink.address(ink.outputs[0], first(wanted)),
                                    number(inner),
                                    ink.address(ink.outputs[1], ink.multiply(ink.item, words)),
                                    number(extent)};
    for (int64_t value : more)
      arguments.push_back(number(value));
    ink.call(call, arguments);
  };
  return lowering.items(type, operands, x.getType(), plan, rule);
}

FailureOr<SmallVector<Value>> ArgsortOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  int64_t extent = type.getDimSize(getAxis());
  Lowering::ItemsPlan plan;
  plan.count = type.getNumElements() / extent;
  plan.nanoseconds = 20.0 * static_cast<double>(type.getNumElements());
  plan.scratch.push_back(RankedTensorType::get({plan.count, 4 * extent}, type.getElementType()));
  return SmallVector<Value>{lowerRows(lowering, getX(), type, operands, static_cast<int64_t>(getAxis()), plan,
                                      "tgc_argsort", {getDescending()})};
}

template <typename T> static bool before(T a, T b) {
  if (b != b) return a == a;
  return a < b;
}

// The first `wanted` positions of each row in order.
static HostTensor orderedRows(const HostTensor &x, RankedTensorType type, int64_t axis, bool descending) {
  HostTensor out(type);
  int64_t extent = x.shape()[axis], wanted = type.getDimSize(axis);
  int64_t inner = countOf(type.getShape().drop_front(axis + 1));
  auto run = [&]<typename T>(T) {
    for (int64_t row = 0; row * wanted < out.count(); ++row) {
      int64_t first = row / inner * extent * inner + row % inner;
      std::vector<int64_t> order(extent);
      for (int64_t k = 0; k < extent; ++k)
        order[k] = k;
      llvm::sort(order, [&](int64_t a, int64_t b) {
        T left = x.get<T>(first + a * inner), right = x.get<T>(first + b * inner);
        bool first = descending ? before(right, left) : before(left, right);
        bool second = descending ? before(left, right) : before(right, left);
        return first || (!second && a < b);
      });
      for (int64_t k = 0; k < wanted; ++k)
        out.set(row / inner * wanted * inner + row % inner + k * inner, order[k]);
    }
  };
  if (out.count() == 0) return out;
  if (x.isFloat())
    run(double());
  else if (x.kind() == 'i')
    run(int64_t());
  else
    run(uint64_t());
  return out;
}

HostTensors ArgsortOp::evaluate(HostTensorsRef in) {
  return {orderedRows(in[0], tensorOf(getType()), static_cast<int64_t>(getAxis()), getDescending())};
}

// ---- top_places ----
FailureOr<RankedTensorType> TopPlacesOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  SmallVector<int64_t> shape(shapeOf(adaptor.getX()));
  auto count = static_cast<int64_t>(adaptor.getCount());
  if (adaptor.getAxis() >= shape.size() || count < 0 || count > shape[adaptor.getAxis()])
    return emitOptionalError(loc, "top_places: ", count, " places of axis ", adaptor.getAxis(), " of ",
                             textOf(adaptor.getX()));
  shape[adaptor.getAxis()] = count;
  return RankedTensorType::get(shape, IntegerType::get(adaptor.getX().getContext(), 64));
}

FailureOr<Syms> TopPlacesOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> TopPlacesOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}
FailureOr<Syms> TopPlacesOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{top_places(operands[0], static_cast<int64_t>(getCount()), getAxis() + 1, getDescending())};
}

FailureOr<SmallVector<Value>> TopPlacesOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  int64_t wanted = type.getDimSize(getAxis()), extent = shapeOf(getX())[getAxis()];
  Lowering::ItemsPlan plan;
  plan.count = type.getNumElements() / wanted;
  plan.nanoseconds =
      static_cast<double>(plan.count) * (static_cast<double>(extent) + 20.0 * static_cast<double>(wanted));
  // Twice what is kept, as pairs of key and place; and sorting all of a row needs no more than argsort does.
  int64_t words = 8 * wanted + 128;
  plan.scratch.push_back(RankedTensorType::get({plan.count, words}, type.getElementType()));
  return SmallVector<Value>{lowerRows(lowering, getX(), type, operands, static_cast<int64_t>(getAxis()), plan,
                                      "tgc_top_places", {getDescending(), wanted})};
}

HostTensors TopPlacesOp::evaluate(HostTensorsRef in) {
  return {orderedRows(in[0], tensorOf(getType()), static_cast<int64_t>(getAxis()), getDescending())};
}

// ---- searchsorted ----
FailureOr<RankedTensorType> SearchsortedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto rows = shapeOf(adaptor.getSorted()), wanted = shapeOf(adaptor.getX());
  size_t batch = rows.size() - 1;
  if (rows.empty() || batch > wanted.size() || rows.drop_back() != wanted.take_front(batch))
    return emitOptionalError(loc, "searchsorted: the axes of ", textOf(adaptor.getSorted()),
                             " but the last have to be the first ones of ", textOf(adaptor.getX()));
  if (elementOf(adaptor.getSorted()) != elementOf(adaptor.getX()))
    return emitOptionalError(loc, "searchsorted: ", textOf(adaptor.getSorted()), " and ",
                             textOf(adaptor.getX()), " differ in dtype");
  if (adaptor.getSide() != "left" && adaptor.getSide() != "right")
    return emitOptionalError(loc, "searchsorted: side is \"left\" or \"right\", got \"", adaptor.getSide(),
                             "\"");
  auto type = tensorOf(adaptor.getX());
  return RankedTensorType::get(type.getShape(), IntegerType::get(type.getContext(), 64));
}

FailureOr<Syms> SearchsortedOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> SearchsortedOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getSorted().getType()), ink.zero(getX().getType())};
}
FailureOr<Syms> SearchsortedOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  Sym sorted = operands[0], x = operands[1];
  if (!mapped[0] && sorted.rank() == 1) return Syms{searchsorted(sorted, x, getSide())};
  return Syms{searchsorted(withLeadingAxis(ink, sorted, mapped[0], extent),
                           withLeadingAxis(ink, x, mapped[1], extent), getSide())};
}

// The number of elements in front of x, found from the largest power of two down.
FailureOr<SmallVector<Value>> SearchsortedOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  int64_t extent = shapeOf(getSorted()).back(), batch = tensorOf(getSorted()).getRank() - 1;
  if (type.getNumElements() == 0 || extent == 0) return SmallVector<Value>{lowering.zeros(type)};
  bool right = getSide() == "right";
  auto isBefore = [](Scalar a, Scalar b) { return b.isFloat() ? (a < b) | (isNan(b) & (a == a)) : a < b; };
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar> in) {
    SmallVector<Scalar> at;
    for (int64_t axis = 0; axis < batch; ++axis)
      at.push_back(Lowering::position(ink, axis));
    Scalar found = ink.make(arith::ConstantIndexOp::create(ink.builder, ink.loc, 0), 'i');
    auto last = static_cast<double>(extent - 1);
    at.push_back(found);
    for (auto span = static_cast<int64_t>(llvm::bit_floor(static_cast<uint64_t>(extent))); span > 0;
         span /= 2) {
      Scalar end = found + static_cast<double>(span - 1);
      at.back() = minimum(end, ink.number(last, end));
      Scalar element = lowering.read(ink, operands[0], getSorted().getType(), at);
      Scalar passes = right ? !isBefore(in[0], element) : isBefore(element, in[0]);
      found = select(passes & (end <= last), found + static_cast<double>(span), found);
    }
    return ink.op<arith::IndexCastOp>('i', ink.builder.getI64Type(), found.value());
  };
  return SmallVector<Value>{lowering.map(type, operands[1], getX().getType(),
                                         lowering.builder.getMultiDimIdentityMap(type.getRank()), rule)};
}

HostTensors SearchsortedOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t extent = in[0].shape().back(), batch = in[0].rank() - 1;
  auto run = [&]<typename T>(T) {
    int64_t at = 0;
    forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
      int64_t first = positionOf(in[0].shape().drop_back(), index.take_front(batch)) * extent, found = 0;
      T wanted = in[1].get<T>(at);
      // The same steps as the code: of a row that is not sorted the answer depends on them.
      for (int64_t span = llvm::bit_floor(static_cast<uint64_t>(extent)); span > 0; span /= 2) {
        if (found + span > extent) continue;
        T element = in[0].get<T>(first + found + span - 1);
        bool passes = getSide() == "right" ? !before(wanted, element) : before(element, wanted);
        if (passes) found += span;
      }
      out.set(at++, found);
    });
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
