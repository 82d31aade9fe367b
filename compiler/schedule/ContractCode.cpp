// See ContractCode.h.
#include "compiler/schedule/ContractCode.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {

using Index = ContractIndexValue;

ContractCode::ContractCode(Location loc, Block &body)
    : ImplicitLocOpBuilder(loc, loc->getContext()), top(body) {
  setInsertionPointToEnd(&body);
}

Value ContractCode::atTop(TypedAttr attribute) {
  Value &known = constants[attribute];
  if (!known) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(&top);
    known = arith::ConstantOp::create(*this, getLoc(), attribute);
  }
  return known;
}

Value ContractCode::indexConstant(int64_t value) { return atTop(getIndexAttr(value)); }

Value ContractCode::splat(TypedAttr element, int64_t lanes) {
  return atTop(DenseElementsAttr::get(VectorType::get({lanes}, element.getType()), element));
}

Value ContractCode::zeros(Type element, int64_t lanes) {
  return splat(cast<TypedAttr>(getZeroAttr(element)), lanes);
}

Value ContractCode::prefixMask(int64_t set, int64_t lanes) {
  SmallVector<bool> bits(lanes, false);
  std::fill_n(bits.begin(), set, true);
  return atTop(DenseElementsAttr::get(VectorType::get({lanes}, getI1Type()), ArrayRef<bool>(bits)));
}

Value ContractCode::materialize(Index index) {
  if (index.isConstant()) return indexConstant(index.constant);
  if (index.constant == 0) return index.value;
  return arith::AddIOp::create(*this, index.value, indexConstant(index.constant));
}

Index ContractCode::add(Index a, Index b) {
  if (a.isConstant() || b.isConstant()) return {a.isConstant() ? b.value : a.value, a.constant + b.constant};
  return {arith::AddIOp::create(*this, a.value, b.value), a.constant + b.constant};
}

Index ContractCode::scale(Index a, int64_t factor) {
  if (a.isConstant() || factor == 0) return {Value(), a.constant * factor};
  if (factor == 1) return a;
  return {arith::MulIOp::create(*this, a.value, indexConstant(factor)), a.constant * factor};
}

Index ContractCode::min(Index a, Index b) {
  if (a.isConstant() && b.isConstant()) return {Value(), std::min(a.constant, b.constant)};
  return {arith::MinSIOp::create(*this, materialize(a), materialize(b)), 0};
}

Index ContractCode::max(Index a, Index b) {
  if (a.isConstant() && b.isConstant()) return {Value(), std::max(a.constant, b.constant)};
  return {arith::MaxSIOp::create(*this, materialize(a), materialize(b)), 0};
}

Index ContractCode::quotient(Index a, int64_t divisor) {
  if (a.isConstant()) return {Value(), a.constant / divisor};
  return divisor == 1 ? a : Index{arith::DivUIOp::create(*this, materialize(a), indexConstant(divisor)), 0};
}

Index ContractCode::remainder(Index a, int64_t divisor) {
  if (a.isConstant() || divisor == 1) return {Value(), a.constant % divisor};
  return {arith::RemUIOp::create(*this, materialize(a), indexConstant(divisor)), 0};
}

void ContractCode::forEach(Index low, Index high, llvm::function_ref<void(Index)> body) {
  if (low.isConstant() && high.isConstant() && high.constant <= low.constant + 1) {
    if (low.constant < high.constant) body(low);
    return;
  }
  auto loop = scf::ForOp::create(*this, materialize(low), materialize(high), indexConstant(1));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(loop.getBody());
  body({loop.getInductionVar(), 0});
}

Value ContractCode::flat(Value memory) {
  auto type = cast<MemRefType>(memory.getType());
  if (type.getRank() == 1 || type.getNumElements() == 0)
    return memory; // nothing is ever read from an empty array
  int64_t size[] = {type.getNumElements()}, stride[] = {1};
  auto flatType = MemRefType::get(size, type.getElementType());
  return memref::ReinterpretCastOp::create(*this, flatType, memory, /*offset=*/0, size, stride);
}

Value ContractCode::load(Value memory, Index at, int64_t stride, int64_t lanes, int64_t count) {
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  if (stride == 0 || lanes == 1) {
    Value one = memref::LoadOp::create(*this, memory, materialize(at));
    return vector::BroadcastOp::create(*this, type, one);
  }
  if (stride == 1 && count == lanes) return vector::LoadOp::create(*this, type, memory, materialize(at));
  if (stride == 1)
    return vector::MaskedLoadOp::create(*this, type, memory, materialize(at), prefixMask(count, lanes),
                                        zeros(element, lanes));
  Value zero = atTop(cast<TypedAttr>(getZeroAttr(element)));
  SmallVector<Value> elements(lanes, zero);
  for (int64_t lane = 0; lane < count; ++lane)
    elements[lane] = memref::LoadOp::create(*this, memory, materialize(add(at, {Value(), lane * stride})));
  return vector::FromElementsOp::create(*this, type, elements);
}

void ContractCode::store(Value vector, Value memory, Index at, int64_t stride, int64_t count) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  if (stride == 1 && count == lanes && lanes > 1) {
    vector::StoreOp::create(*this, vector, memory, materialize(at));
    return;
  }
  if (stride == 1 && lanes > 1) {
    vector::MaskedStoreOp::create(*this, memory, materialize(at), prefixMask(count, lanes), vector);
    return;
  }
  for (int64_t lane = 0; lane < count; ++lane) {
    Value one = vector::ExtractOp::create(*this, vector, lane);
    memref::StoreOp::create(*this, one, memory, materialize(add(at, {Value(), lane * stride})));
  }
}

void ContractCode::storeUncached(Value vector, Value memory, Index at) {
  auto type = cast<VectorType>(vector.getType());
  auto store = vector::StoreOp::create(*this, vector, memory, materialize(at));
  store.setNontemporal(true);
  store->setAttr("alignment", getI64IntegerAttr(type.getNumElements() * type.getElementTypeBitWidth() / 8));
}

Value ContractCode::laneMask(Index count, int64_t lanes) {
  if (count.isConstant()) return prefixMask(std::clamp<int64_t>(count.constant, 0, lanes), lanes);
  return compareLanes(arith::CmpIPredicate::slt, count, lanes);
}

Value ContractCode::lanesFrom(Index first, int64_t lanes) {
  return compareLanes(arith::CmpIPredicate::sge, first, lanes);
}

Value ContractCode::compareLanes(arith::CmpIPredicate how, Index with, int64_t lanes) {
  auto numbers = llvm::to_vector(llvm::seq<int32_t>(0, lanes));
  auto type = VectorType::get({lanes}, getI32Type());
  Value lane = atTop(DenseElementsAttr::get(type, ArrayRef<int32_t>(numbers)));
  Value bound = arith::IndexCastOp::create(*this, getI32Type(), materialize(with));
  bound = vector::BroadcastOp::create(*this, type, bound);
  return arith::CmpIOp::create(*this, how, lane, bound);
}

Value ContractCode::loadMasked(Value memory, Index at, Value mask, Value otherwise) {
  auto type = cast<VectorType>(otherwise.getType());
  return vector::MaskedLoadOp::create(*this, type, memory, materialize(at), mask, otherwise);
}

void ContractCode::storeMasked(Value vector, Value memory, Index at, Value mask) {
  vector::MaskedStoreOp::create(*this, memory, materialize(at), mask, vector);
}

void ContractCode::storePieces(Value vector, Value memory, Index at, int64_t count) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  if (count == lanes) return store(vector, memory, at, 1, count);
  for (int64_t from = 0, size = lanes / 2; size > 0; size /= 2) {
    if (count - from < size) continue;
    Value piece = vector::ExtractStridedSliceOp::create(*this, vector, ArrayRef<int64_t>{from},
                                                        ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1});
    vector::StoreOp::create(*this, piece, memory, materialize(add(at, {Value(), from})));
    from += size;
  }
}

Value ContractCode::gather(Value memory, Index at, Value offsets, Value mask) {
  int64_t lanes = cast<VectorType>(offsets.getType()).getNumElements();
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  if (!mask) mask = prefixMask(lanes, lanes);
  return vector::GatherOp::create(*this, VectorType::get({lanes}, element), memory, materialize(at), offsets,
                                  mask, zeros(element, lanes));
}

void ContractCode::scatter(Value vector, Value memory, Index at, Value offsets, Value mask) {
  int64_t lanes = cast<VectorType>(offsets.getType()).getNumElements();
  if (!mask) mask = prefixMask(lanes, lanes);
  vector::ScatterOp::create(*this, Type(), memory, materialize(at), offsets, mask, vector);
}

Index ContractCode::readIndex(Value table, Index at) {
  Value entry = memref::LoadOp::create(*this, table, materialize(at));
  return {arith::IndexCastOp::create(*this, getIndexType(), entry), 0};
}

void ContractCode::writeIndex(Index value, Value table, Index at) {
  Type entry = cast<MemRefType>(table.getType()).getElementType();
  Value narrow = arith::IndexCastOp::create(*this, entry, materialize(value));
  memref::StoreOp::create(*this, narrow, table, materialize(at));
}

Value ContractCode::compare(arith::CmpIPredicate how, Index a, Index b) {
  return arith::CmpIOp::create(*this, how, materialize(a), materialize(b));
}

SmallVector<Value> ContractCode::choose(Value condition, TypeRange types,
                                        llvm::function_ref<SmallVector<Value>()> then,
                                        llvm::function_ref<SmallVector<Value>()> otherwise) {
  auto branch = scf::IfOp::create(*this, types, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(*this, then());
  setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(*this, otherwise());
  return llvm::to_vector(ValueRange(branch.getResults()));
}

void ContractCode::when(Value condition, llvm::function_ref<void()> then,
                        llvm::function_ref<void()> otherwise) {
  auto branch = scf::IfOp::create(*this, condition, /*withElseRegion=*/static_cast<bool>(otherwise));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(branch.thenBlock());
  then();
  if (!otherwise) return;
  setInsertionPointToStart(branch.elseBlock());
  otherwise();
}

} // namespace tgc::schedule
