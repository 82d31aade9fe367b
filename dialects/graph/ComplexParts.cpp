// Blocks of the three ops between complex tensors and their parts, which stage contract takes apart, and of
// interleave, which writes the parts to memory.
#include "dialects/graph/Complex.h"
#include "dialects/graph/Composite.h"
#include "dialects/graph/ItemVectors.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/Reference.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

static FailureOr<SmallVector<Value>> neverLowered(Operation *op) {
  return op->emitError() << "internal: a complex tensor came as far as a kernel", failure();
}

// ---- join_parts ----
FailureOr<RankedTensorType> JoinPartsOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto re = tensorOf(adaptor.getRe());
  if (re != adaptor.getIm().getType() || !(re.getElementType().isF32() || re.getElementType().isF64()))
    return emitOptionalError(loc, "complex: the parts are f32 or f64 and of one shape, got ",
                             textOf(adaptor.getRe()), " and ", textOf(adaptor.getIm()));
  return checkedTensor(loc, re.getShape(), ComplexType::get(re.getElementType()));
}

Sym JoinPartsOp::adjoint(unsigned which, Ink &, Sym ct) {
  Complex parts = partsOf(ct);
  return which == 0 ? parts.re : -parts.im;
}

FailureOr<Syms> JoinPartsOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchPointwise(*this, ink, operands, mapped, extent);
}

FailureOr<SmallVector<Value>> JoinPartsOp::lower(Lowering &, ValueRange) { return neverLowered(*this); }

HostTensors JoinPartsOp::evaluate(HostTensorsRef in) { return {reference::complex(in[0], in[1])}; }

OpFoldResult JoinPartsOp::fold(FoldAdaptor) {
  auto re = getRe().getDefiningOp<RealPartOp>();
  auto im = getIm().getDefiningOp<ImagPartOp>();
  return re && im && re.getZ() == im.getZ() ? re.getZ() : OpFoldResult();
}

// ---- real_part, imag_part ----
static FailureOr<RankedTensorType> inferPart(std::optional<Location> loc, Value z) {
  if (!isComplexTensor(z.getType())) return emitOptionalError(loc, textOf(z), " has no complex elements");
  return realTypeOf(tensorOf(z));
}

FailureOr<RankedTensorType> RealPartOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferPart(loc, adaptor.getZ());
}
FailureOr<RankedTensorType> ImagPartOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferPart(loc, adaptor.getZ());
}

Sym RealPartOp::adjoint(unsigned, Ink &ink, Sym ct) { return joined(ink, {ct, ink.zero(ct.type())}); }
Sym ImagPartOp::adjoint(unsigned, Ink &ink, Sym ct) { return joined(ink, {ink.zero(ct.type()), -ct}); }

FailureOr<Syms> RealPartOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchPointwise(*this, ink, operands, mapped, extent);
}
FailureOr<Syms> ImagPartOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchPointwise(*this, ink, operands, mapped, extent);
}

FailureOr<SmallVector<Value>> RealPartOp::lower(Lowering &, ValueRange) { return neverLowered(*this); }
FailureOr<SmallVector<Value>> ImagPartOp::lower(Lowering &, ValueRange) { return neverLowered(*this); }

HostTensors RealPartOp::evaluate(HostTensorsRef in) { return {reference::part(in[0], false)}; }
HostTensors ImagPartOp::evaluate(HostTensorsRef in) { return {reference::part(in[0], true)}; }

OpFoldResult RealPartOp::fold(FoldAdaptor) {
  auto join = getZ().getDefiningOp<JoinPartsOp>();
  return join ? OpFoldResult(join.getRe()) : OpFoldResult();
}
OpFoldResult ImagPartOp::fold(FoldAdaptor) {
  auto join = getZ().getDefiningOp<JoinPartsOp>();
  return join ? OpFoldResult(join.getIm()) : OpFoldResult();
}

// ---- interleave ----
FailureOr<RankedTensorType> InterleaveOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getA());
  if (type != adaptor.getB().getType())
    return emitOptionalError(loc, "interleave: ", textOf(adaptor.getA()), " and ", textOf(adaptor.getB()),
                             " differ");
  SmallVector<int64_t> shape(type.getShape());
  shape.push_back(2);
  return checkedTensor(loc, shape, type.getElementType());
}

Sym InterleaveOp::adjoint(unsigned which, Ink &, Sym ct) {
  Sym part = formulas::part(ct, ct.rank() - 1, which, which + 1);
  return reshape(part, part.shape().drop_back());
}

FailureOr<Syms> InterleaveOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchPointwise(*this, ink, operands, mapped, extent);
}

FailureOr<SmallVector<Value>> InterleaveOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  constexpr int64_t chunk = 4096; // elements of an item: whole vectors of every dtype
  Lowering::ItemsPlan plan;
  auto rule = [&](ItemInk &ink) {
    ItemVectors vectors(ink, type.getElementType());
    const int64_t count = type.getNumElements() / 2, lanes = vectors.lanes(), vectorsOfItem = chunk / lanes;
    Value from = ink.multiply(ink.item, chunk);
    auto write = [&](Value at) {
      Value a = vectors.load(ink.inputs[0], at, lanes), b = vectors.load(ink.inputs[1], at, lanes),
            to = ink.multiply(at, 2);
      vectors.store(ink.outputs[0], vectors.zipped(a, b, false), to);
      vectors.store(ink.outputs[0], vectors.zipped(a, b, true), ink.add(to, ink.number(lanes)));
    };
    // All items but the last are whole; what is left of a vector is written one by one.
    Value left = arith::SubIOp::create(ink.builder, ink.loc, ink.number(count / lanes),
                                       ink.multiply(ink.item, vectorsOfItem));
    Value whole = arith::MinSIOp::create(ink.builder, ink.loc, left, ink.number(vectorsOfItem));
    ink.loop(ink.number(0), whole, [&](Value k) { write(ink.add(from, ink.multiply(k, lanes))); });
    Value last = arith::CmpIOp::create(ink.builder, ink.loc, arith::CmpIPredicate::slt, left,
                                       ink.number(vectorsOfItem));
    if (count % lanes == 0) return;
    ink.when(last, [&] {
      ink.loop(ink.number(count / lanes * lanes), ink.number(count), [&](Value at) {
        for (int64_t which : {0, 1})
          ink.store(ink.outputs[0], ink.load(ink.inputs[which], at),
                    ink.add(ink.multiply(at, 2), ink.number(which)));
      });
    });
  };
  plan.count = llvm::divideCeil(type.getNumElements() / 2, chunk);
  plan.nanoseconds = 0.2 * static_cast<double>(type.getNumElements());
  return SmallVector<Value>{lowering.items(type, operands, getOperandTypes(), plan, rule)};
}

HostTensors InterleaveOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.copy(at, in[at % 2], at / 2);
  return {out};
}

// ---- pairs ----
Complex partsOf(Sym z) {
  if (!z || z.isLiteral()) return {z, 0};
  Ink &ink = *z.ink();
  if (!isComplexTensor(z.type())) return {z, ink.zero(z.type())};
  auto type = realTypeOf(z.type());
  if (z.isZero()) return {ink.zero(type), ink.zero(type)};
  auto zeroOr = [&](Value part) { // zeros stay symbolic through calls
    auto constant = part.getDefiningOp<ConstantOp>();
    auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
    bool zero =
        dense && dense.isSplat() && !dense.empty() && dense.getSplatValue<llvm::APFloat>().isPosZero();
    return zero ? ink.zero(type) : ink.sym(part);
  };
  if (auto constant = z.value().getDefiningOp<ConstantOp>()) {
    auto dense = cast<DenseElementsAttr>(constant.getValue());
    bool splat = dense.isSplat();
    HostTensor whole =
        HostTensor::fromAttr(splat ? dense.resizeSplat(RankedTensorType::get({}, z.element())) : dense);
    auto part = [&](bool imaginary) {
      DenseElementsAttr real = reference::part(whole, imaginary).toAttr();
      return ink.constant(splat ? real.resizeSplat(type) : real);
    };
    return {zeroOr(part(false).value()), zeroOr(part(true).value())};
  }
  if (auto join = z.value().getDefiningOp<JoinPartsOp>()) return {zeroOr(join.getRe()), zeroOr(join.getIm())};
  return {ink.build1("real_part", z.value()), ink.build1("imag_part", z.value())};
}

Sym joined(Ink &ink, Complex z) {
  if (!z.re || !z.im) return {};
  const Sym &typed = z.re.isLiteral() ? z.im : z.re;
  if (typed.isLiteral()) {
    z = {ink.full({}, ink.builder.getF64Type(), z.re.number()),
         ink.full({}, ink.builder.getF64Type(), z.im.number())};
  } else {
    auto held = [&](Sym part) {
      return part.isLiteral() ? ink.full({}, typed.element(), part.number()) : part;
    };
    z = {held(z.re), held(z.im)};
  }
  if (z.re.shape() != z.im.shape()) {
    auto shape = broadcastShape(ink, "complex", {z.re, z.im});
    if (failed(shape)) return {};
    for (Sym *part : {&z.re, &z.im})
      if (part->shape() != ArrayRef<int64_t>(*shape)) *part = broadcast_to(*part, *shape);
  }
  return z.re && z.im ? ink.build1("join_parts", {z.re.value(), z.im.value()}) : Sym();
}

Complex converted(Complex z, Type part) {
  auto one = [&](Sym x) {
    if (!x || x.isLiteral() || x.element() == part) return x;
    return x.isZero() ? x.ink()->zero(RankedTensorType::get(x.shape(), part)) : astype(x, part);
  };
  return {one(z.re), one(z.im)};
}

Sym formulas::complex(Ink &ink, Sym re, Sym im) { return joined(ink, {re, im}); }

} // namespace tgc::graph
