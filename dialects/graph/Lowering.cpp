// Builds linalg.generic ops on storage types.
#include "dialects/graph/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace tgc::graph {

static Type storedElement(Type element) {
  if (element.isInteger(1)) return IntegerType::get(element.getContext(), 8);
  if (auto integer = dyn_cast<IntegerType>(element))
    return IntegerType::get(element.getContext(), integer.getWidth());
  return element;
}

RankedTensorType Lowering::storage(Type graphType) {
  auto tensor = tensorOf(graphType);
  return RankedTensorType::get(tensor.getShape(), storedElement(tensor.getElementType()));
}

Type Lowering::computing(Type element) {
  if (kindOf(element) == 'f')
    return bitsOf(element) == 16 ? Type(Float32Type::get(element.getContext())) : element;
  return IntegerType::get(element.getContext(), bitsOf(element));
}

Scalar Lowering::enter(ScalarInk &ink, Value stored, Type element) {
  char kind = kindOf(element);
  if (kind == 'b')
    stored = arith::TruncIOp::create(ink.builder, ink.loc, ink.builder.getI1Type(), stored);
  else if (kind == 'f' && bitsOf(element) == 16)
    stored = arith::ExtFOp::create(ink.builder, ink.loc, ink.builder.getF32Type(), stored);
  return ink.make(stored, kind);
}

Value Lowering::leave(Scalar computed, Type element) {
  ScalarInk &ink = computed.ink();
  char kind = kindOf(element);
  if (kind == 'b')
    return arith::ExtUIOp::create(ink.builder, ink.loc, ink.builder.getI8Type(), computed.value());
  if (kind == 'f' && bitsOf(element) == 16)
    return arith::TruncFOp::create(ink.builder, ink.loc, element, computed.value());
  return computed.value();
}

Value Lowering::map(Type resultType, ValueRange inputs, TypeRange types, ArrayRef<AffineMap> maps,
                    ElementRule rule) {
  auto stored = storage(resultType);
  int64_t rank = stored.getRank();
  Value out = tensor::EmptyOp::create(builder, loc, stored.getShape(), stored.getElementType());
  SmallVector<AffineMap> all(maps);
  all.push_back(builder.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location at, ValueRange arguments) {
    ScalarInk ink(b, at);
    SmallVector<Scalar> elements;
    for (auto [argument, type] : llvm::zip(arguments, types))
      elements.push_back(enter(ink, argument, elementOf(type)));
    linalg::YieldOp::create(b, at, leave(rule(ink, elements), elementOf(resultType)));
  };
  return linalg::GenericOp::create(builder, loc, stored, inputs, out, all, loops, body).getResult(0);
}

Scalar Lowering::position(ScalarInk &ink, int64_t axis) {
  return ink.make(linalg::IndexOp::create(ink.builder, ink.loc, axis), 'i');
}

Scalar Lowering::read(ScalarInk &ink, Value tensor, Type graphType, ArrayRef<Scalar> at) {
  auto indices = llvm::map_to_vector(at, [](Scalar index) { return index.value(); });
  Value stored = tensor::ExtractOp::create(ink.builder, ink.loc, tensor, indices);
  return enter(ink, stored, elementOf(graphType));
}

Value Lowering::zeros(Type resultType) {
  auto stored = storage(resultType);
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(stored.getElementType()));
  Value out = tensor::EmptyOp::create(builder, loc, stored.getShape(), stored.getElementType());
  return linalg::FillOp::create(builder, loc, zero, out).getResult(0);
}

FailureOr<SmallVector<Value>> Lowering::pointwise(Operation *op, ValueRange inputs, ElementRule rule) {
  Type resultType = op->getResult(0).getType();
  SmallVector<AffineMap> maps(inputs.size(), builder.getMultiDimIdentityMap(tensorOf(resultType).getRank()));
  return SmallVector<Value>{map(resultType, inputs, op->getOperandTypes(), maps, rule)};
}

// linalg demands that a plain dimension spans the operand's whole axis; d mod extent says the same place
// without it.
static AffineMap withoutPlainParts(AffineMap map, ArrayRef<int64_t> loops, ArrayRef<int64_t> extents) {
  SmallVector<AffineExpr> results(map.getResults());
  for (auto [axis, expr] : llvm::enumerate(results))
    if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && loops[dim.getPosition()] != extents[axis])
      expr = expr % extents[axis];
  return AffineMap::get(map.getNumDims(), 0, results, map.getContext());
}

Value Lowering::view(Type resultType, Value input, Type inputType, AffineMap map) {
  auto stored = storage(resultType);
  map = withoutPlainParts(map, stored.getShape(), tensorOf(inputType).getShape());
  Value out = tensor::EmptyOp::create(builder, loc, stored.getShape(), stored.getElementType());
  SmallVector<AffineMap> maps = {map, builder.getMultiDimIdentityMap(stored.getRank())};
  SmallVector<utils::IteratorType> loops(stored.getRank(), utils::IteratorType::parallel);
  auto body = [](OpBuilder &b, Location at, ValueRange arguments) {
    linalg::YieldOp::create(b, at, arguments[0]);
  };
  return linalg::GenericOp::create(builder, loc, stored, input, out, maps, loops, body).getResult(0);
}

Value Lowering::reduce(Type resultType, ValueRange inputs, TypeRange types, ArrayRef<AffineMap> maps,
                       AffineMap outMap, ArrayRef<utils::IteratorType> iterators, TypedAttr init,
                       ElementRule rule, llvm::function_ref<Scalar(Scalar, Scalar)> combine) {
  Type element = elementOf(resultType);
  Type wide = element.isInteger(1) ? builder.getI8Type() : computing(element);
  bool isBool = element.isInteger(1);
  auto stored = RankedTensorType::get(tensorOf(resultType).getShape(), wide);
  Value empty = tensor::EmptyOp::create(builder, loc, stored.getShape(), wide);
  Value start = arith::ConstantOp::create(builder, loc, init);
  Value filled = linalg::FillOp::create(builder, loc, start, empty).getResult(0);
  SmallVector<AffineMap> all(maps);
  all.push_back(outMap);
  auto body = [&](OpBuilder &b, Location at, ValueRange arguments) {
    ScalarInk ink(b, at);
    SmallVector<Scalar> elements;
    for (auto [argument, type] : llvm::zip(arguments.drop_back(), types))
      elements.push_back(enter(ink, argument, elementOf(type)));
    Value held = arguments.back();
    if (isBool) held = arith::TruncIOp::create(b, at, b.getI1Type(), held);
    Value next = combine(ink.make(held, kindOf(element)), rule(ink, elements)).value();
    if (isBool) next = arith::ExtUIOp::create(b, at, b.getI8Type(), next);
    linalg::YieldOp::create(b, at, next);
  };
  Value result =
      linalg::GenericOp::create(builder, loc, stored, inputs, filled, all, iterators, body).getResult(0);
  if (storage(resultType) == stored) return result;
  // Round the f32 accumulator to the half it is stored in.
  auto narrow = storage(resultType);
  Value out = tensor::EmptyOp::create(builder, loc, narrow.getShape(), narrow.getElementType());
  SmallVector<AffineMap> same(2, builder.getMultiDimIdentityMap(narrow.getRank()));
  SmallVector<utils::IteratorType> loops(narrow.getRank(), utils::IteratorType::parallel);
  auto round = [&](OpBuilder &b, Location at, ValueRange arguments) {
    linalg::YieldOp::create(b, at, arith::TruncFOp::create(b, at, element, arguments[0]).getResult());
  };
  return linalg::GenericOp::create(builder, loc, narrow, result, out, same, loops, round).getResult(0);
}

} // namespace tgc::graph
