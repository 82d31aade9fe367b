// Blocks of max and min, one text for both: infer, tangent, cotangent, batch, lower, evaluate.
#include "dialects/graph/Ops.h"
#include "dialects/graph/Reduce.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

static FailureOr<RankedTensorType> inferExtremum(std::optional<Location> loc, llvm::StringRef name, Value x,
                                                 ArrayRef<int64_t> axes, bool keepdims) {
  if (failed(checkAxes(loc, name, x.getType(), axes))) return failure();
  auto type = RankedTensorType::get(reducedShape(shapeOf(x), axes, keepdims), elementOf(x));
  if (type.getNumElements() > 0 && tensorOf(x).getNumElements() == 0)
    return emitOptionalError(loc, name, ": ", textOf(x), " has no elements along the axes to choose from");
  return type;
}

// Where x is the extremum, and how many of them there are. A NaN is the extremum of its row.
namespace {
struct Hits {
  Sym where, count; ///< bool of the shape of x; a float with the axes kept
};
} // namespace

template <typename Op> static Hits hitsOf(Op op, Ink &ink) {
  Sym x = ink.sym(op.getX()), y = ink.sym(op.getResult());
  Sym kept = op.getKeepdims() ? y : reshape(y, reducedShape(x.shape(), op.getAxes(), true));
  Sym hit = (x == kept) | (x != x);
  return {hit, sum(astype(hit, x.element()), op.getAxes(), true)};
}

template <typename Op> static FailureOr<Syms> tangentOf(Op op, Ink &ink, Sym t) {
  Sym none = ink.zero(op.getType());
  if (!differentiable(op) || t.isZero()) return Syms{none};
  Hits hits = hitsOf(op, ink);
  Sym total = sum(where(hits.where, t, 0), op.getAxes(), true) / hits.count;
  return Syms{op.getKeepdims() ? total : reshape(total, none.shape())};
}

template <typename Op> static FailureOr<Syms> cotangentOf(Op op, Ink &ink, Sym ct, bool wanted) {
  Sym none = ink.zero(op.getX().getType());
  if (!differentiable(op) || ct.isZero() || !wanted) return Syms{none};
  Hits hits = hitsOf(op, ink);
  if (!op.getKeepdims()) ct = reshape(ct, hits.count.shape());
  return Syms{where(hits.where, ct / hits.count, 0)};
}

template <typename Op> static SmallVector<int64_t> batchAxes(Op op) { return shifted(op.getAxes(), 1); }

// The element every other one beats: the start of the reduction.
static TypedAttr startOf(OpBuilder &b, Type element, bool largest) {
  if (element.isInteger(1)) return b.getI8IntegerAttr(largest ? 0 : 1);
  Type wide = Lowering::computing(element);
  double infinity = std::numeric_limits<double>::infinity();
  if (kindOf(element) == 'f') return b.getFloatAttr(wide, largest ? -infinity : infinity);
  unsigned width = bitsOf(element);
  bool isSigned = kindOf(element) == 'i';
  using llvm::APInt;
  APInt least = isSigned ? APInt::getSignedMinValue(width) : APInt::getMinValue(width);
  APInt most = isSigned ? APInt::getSignedMaxValue(width) : APInt::getMaxValue(width);
  return b.getIntegerAttr(wide, largest ? least : most);
}

// Of zeros with both signs any may be the result, which is two instructions less for each of a row.
template <typename Op> static Scalar floatExtremum(Scalar a, Scalar b) {
  ScalarInk &ink = a.ink();
  return ink.make(Op::create(ink.builder, ink.loc, a.value(), b.value(), arith::FastMathFlags::nsz), 'f');
}
static Scalar extremum(Scalar a, Scalar b, bool largest) {
  if (!a.isFloat()) return largest ? maximum(a, b) : minimum(a, b);
  return largest ? floatExtremum<arith::MaximumFOp>(a, b) : floatExtremum<arith::MinimumFOp>(a, b);
}

template <typename Op>
static FailureOr<SmallVector<Value>> lowerExtremum(Op op, Lowering &lowering, ValueRange operands,
                                                   bool largest) {
  auto from = tensorOf(op.getX());
  Type element = from.getElementType();
  if (from.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(op.getType())};
  auto flat = RankedTensorType::get(reducedShape(from.getShape(), op.getAxes(), false), element);
  auto loops = reduceLoops(op.getContext(), from.getRank(), op.getAxes(), false);
  Value best = lowering.reduce(
      flat, operands, from, loops.input, loops.output, loops.iterators,
      startOf(lowering.builder, element, largest), [](ScalarInk &, ArrayRef<Scalar> in) { return in[0]; },
      [&](Scalar held, Scalar next) { return extremum(held, next, largest); });
  return SmallVector<Value>{keepAxes(lowering, best, flat, op.getType(), op.getAxes())};
}

template <typename T> static bool beats(T next, T held, bool largest) {
  if (next != next) return true;
  return largest ? held < next : next < held;
}

template <typename Op> static HostTensors evaluateExtremum(Op op, const HostTensor &x, bool largest) {
  HostTensor out(tensorOf(op.getType()));
  std::vector<char> begun(out.count(), 0);
  auto run = [&]<typename T>(T) {
    int64_t at = 0;
    forEachIndex(x.shape(), [&](ArrayRef<int64_t> index) {
      int64_t to = reducedPosition(index, x.shape(), op.getAxes());
      if (!begun[to] || beats<T>(x.template get<T>(at), out.template get<T>(to), largest))
        out.copy(to, x, at);
      begun[to] = 1;
      ++at;
    });
  };
  if (x.isFloat())
    run(double());
  else if (x.kind() == 'i')
    run(int64_t());
  else
    run(uint64_t());
  return {out};
}

// ---- max ----
FailureOr<RankedTensorType> MaxOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferExtremum(loc, "max", adaptor.getX(), adaptor.getAxes(), adaptor.getKeepdims());
}
FailureOr<Syms> MaxOp::tangent(Ink &ink, SymsRef tangents) { return tangentOf(*this, ink, tangents[0]); }
FailureOr<Syms> MaxOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  return cotangentOf(*this, ink, cotangents[0], wanted[0]);
}
FailureOr<Syms> MaxOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{max(operands[0], ArrayRef<int64_t>(batchAxes(*this)), getKeepdims())};
}
FailureOr<SmallVector<Value>> MaxOp::lower(Lowering &lowering, ValueRange operands) {
  return lowerExtremum(*this, lowering, operands, true);
}
HostTensors MaxOp::evaluate(HostTensorsRef in) { return evaluateExtremum(*this, in[0], true); }

// ---- min ----
FailureOr<RankedTensorType> MinOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferExtremum(loc, "min", adaptor.getX(), adaptor.getAxes(), adaptor.getKeepdims());
}
FailureOr<Syms> MinOp::tangent(Ink &ink, SymsRef tangents) { return tangentOf(*this, ink, tangents[0]); }
FailureOr<Syms> MinOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  return cotangentOf(*this, ink, cotangents[0], wanted[0]);
}
FailureOr<Syms> MinOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{min(operands[0], ArrayRef<int64_t>(batchAxes(*this)), getKeepdims())};
}
FailureOr<SmallVector<Value>> MinOp::lower(Lowering &lowering, ValueRange operands) {
  return lowerExtremum(*this, lowering, operands, false);
}
HostTensors MinOp::evaluate(HostTensorsRef in) { return evaluateExtremum(*this, in[0], false); }

} // namespace tgc::graph
