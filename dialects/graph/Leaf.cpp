// Blocks of the leaf ops: infer, lower, evaluate.
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace tgc::graph {

// ---- constant ----
FailureOr<RankedTensorType> ConstantOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || !isTensor(type))
    return emitOptionalError(loc, "constant: the value is not a tensor of a tgc dtype");
  return type;
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

FailureOr<SmallVector<Value>> ConstantOp::lower(Lowering &lowering, ValueRange) {
  // Only splats come here: other constants are buffers outside of kernels.
  auto dense = dyn_cast<DenseElementsAttr>(getValue());
  if (!dense || !dense.isSplat()) return emitOpError("is not a splat and stands inside a kernel"), failure();
  HostTensor host =
      HostTensor::fromAttr(dense.resizeSplat(RankedTensorType::get({}, dense.getElementType())));
  OpBuilder &b = lowering.builder;
  auto stored = Lowering::storage(getType());
  Type element = stored.getElementType();
  TypedAttr attr = host.isFloat() ? TypedAttr(b.getFloatAttr(element, host.get<double>(0)))
                                  : TypedAttr(b.getIntegerAttr(element, host.get<int64_t>(0)));
  Value number = arith::ConstantOp::create(b, lowering.loc, attr);
  Value empty = tensor::EmptyOp::create(b, lowering.loc, stored.getShape(), element);
  return SmallVector<Value>{linalg::FillOp::create(b, lowering.loc, number, empty).getResult(0)};
}

HostTensors ConstantOp::evaluate(HostTensorsRef) {
  return {HostTensor::fromAttr(cast<DenseElementsAttr>(getValue()))};
}

// ---- iota ----
FailureOr<RankedTensorType> IotaOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto rank = static_cast<int64_t>(adaptor.getShape().size());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= rank)
    return emitOptionalError(loc, "iota: axis ", axis, " is out of range for ", rank, " extents");
  if (kindOf(adaptor.getDtype()) == 'b') return emitOptionalError(loc, "iota: bool does not count");
  return checkedTensor(loc, adaptor.getShape(), adaptor.getDtype());
}

FailureOr<SmallVector<Value>> IotaOp::lower(Lowering &lowering, ValueRange) {
  Type element = elementOf(getType());
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar>) {
    Value index = linalg::IndexOp::create(ink.builder, ink.loc, getAxis());
    Value integer = arith::IndexCastOp::create(ink.builder, ink.loc, ink.builder.getI64Type(), index);
    return convert(ink.make(integer, 'i'), element, kindOf(element));
  };
  return SmallVector<Value>{lowering.map(getType(), {}, {}, {}, rule)};
}

HostTensors IotaOp::evaluate(HostTensorsRef) {
  HostTensor out(tensorOf(getType()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, indexOf(out.shape(), at)[getAxis()]);
  return {out};
}

// ---- delta ----
FailureOr<RankedTensorType> DeltaOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto extent = static_cast<int64_t>(adaptor.getExtent());
  return checkedTensor(loc, {extent, extent}, adaptor.getDtype());
}

FailureOr<SmallVector<Value>> DeltaOp::lower(Lowering &lowering, ValueRange) {
  Type element = elementOf(getType());
  auto rule = [&](ScalarInk &ink, ArrayRef<Scalar>) {
    Value row = linalg::IndexOp::create(ink.builder, ink.loc, 0),
          column = linalg::IndexOp::create(ink.builder, ink.loc, 1);
    Value same = arith::CmpIOp::create(ink.builder, ink.loc, arith::CmpIPredicate::eq, row, column);
    return convert(ink.make(same, 'b'), element, kindOf(element));
  };
  return SmallVector<Value>{lowering.map(getType(), {}, {}, {}, rule)};
}

HostTensors DeltaOp::evaluate(HostTensorsRef) {
  HostTensor out(tensorOf(getType()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, static_cast<int64_t>(at / out.shape()[0] == at % out.shape()[1]));
  return {out};
}

} // namespace tgc::graph
