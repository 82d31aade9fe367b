#include "dialects/graph/ItemVectors.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tgc::graph {

static bool isHalf(Type element) { return kindOf(element) == 'f' && bitsOf(element) == 16; }

ItemVectors::ItemVectors(ItemInk &ink, Type element)
    : ink(ink), builder(ink.builder), loc(ink.loc), kind(kindOf(element)) {
  computed = kind == 'b' ? builder.getI8Type() : Lowering::computing(element);
  lanes_ = std::min<int64_t>(64 / std::max<int64_t>(computed.getIntOrFloatBitWidth() / 8, 1), 32);
}

SmallVector<int64_t> ItemVectors::pieces(int64_t count) const {
  SmallVector<int64_t> out(static_cast<size_t>(count / lanes_), lanes_);
  for (int64_t width = lanes_ / 2, rest = count % lanes_; width > 0; width /= 2)
    if (rest & width) out.push_back(width);
  return out;
}

// ---- types ----
Type ItemVectors::typeOf(int64_t lanes) const {
  return lanes == 0 ? computed : Type(VectorType::get({lanes}, computed));
}

static Type likeShaped(Value number, Type element) {
  auto vector = dyn_cast<VectorType>(number.getType());
  return vector ? Type(VectorType::get(vector.getShape(), element)) : element;
}

Value ItemVectors::enter(Value stored, Type element) {
  return isHalf(element) ? arith::ExtFOp::create(builder, loc, likeShaped(stored, computed), stored) : stored;
}

Value ItemVectors::leave(Value number, Type element) {
  return isHalf(element) ? arith::TruncFOp::create(builder, loc, likeShaped(number, element), number)
                         : number;
}

// ---- numbers ----
Value ItemVectors::zero(int64_t lanes) {
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(typeOf(lanes)));
}

Value ItemVectors::repeat(Value scalar, int64_t lanes) {
  return lanes == 0 ? scalar : vector::BroadcastOp::create(builder, loc, typeOf(lanes), scalar);
}

Value ItemVectors::add(Value a, Value b) {
  if (kind == 'f') return arith::AddFOp::create(builder, loc, a, b);
  if (kind == 'b') return arith::OrIOp::create(builder, loc, a, b);
  return arith::AddIOp::create(builder, loc, a, b);
}

Value ItemVectors::multiplyAdd(Value a, Value b, Value sum) {
  if (kind == 'f') return math::FmaOp::create(builder, loc, a, b, sum);
  if (kind == 'b') return add(sum, arith::AndIOp::create(builder, loc, a, b));
  return add(sum, arith::MulIOp::create(builder, loc, a, b));
}

Value ItemVectors::multiply(Value a, Value b) {
  if (kind == 'f') return arith::MulFOp::create(builder, loc, a, b);
  if (kind == 'b') return arith::AndIOp::create(builder, loc, a, b);
  return arith::MulIOp::create(builder, loc, a, b);
}

// ---- lanes ----
static int64_t lanesOf(Value vector) { return cast<VectorType>(vector.getType()).getDimSize(0); }

Value ItemVectors::shuffled(Value a, Value b, int64_t lanes, llvm::function_ref<int64_t(int64_t)> from) {
  auto places = llvm::map_to_vector(llvm::seq<int64_t>(0, lanes), from);
  return vector::ShuffleOp::create(builder, loc, a, b, places);
}

Value ItemVectors::total(Value vector) {
  for (int64_t half = lanesOf(vector) / 2; half > 0; half /= 2)
    vector = add(shuffled(vector, vector, half, [](int64_t lane) { return lane; }),
                 shuffled(vector, vector, half, [&](int64_t lane) { return lane + half; }));
  return lane(vector, 0);
}

Value ItemVectors::lane(Value vector, int64_t lane) {
  return vector::ExtractOp::create(builder, loc, vector, lane);
}

Value ItemVectors::turned(Value vector) {
  int64_t lanes = lanesOf(vector);
  return shuffled(vector, vector, lanes, [&](int64_t lane) { return lanes - 1 - lane; });
}

Value ItemVectors::later(Value vector, int64_t distance) {
  return shuffled(vector, vector, lanesOf(vector),
                  [&](int64_t lane) { return lane < distance ? lane : lane - distance; });
}

Value ItemVectors::zipped(Value a, Value b, bool second) {
  int64_t lanes = lanesOf(a);
  return shuffled(a, b, lanes,
                  [&](int64_t lane) { return lane / 2 + (second ? lanes / 2 : 0) + (lane % 2 ? lanes : 0); });
}

Value ItemVectors::joined(Value first, Value others, int64_t distance) {
  int64_t lanes = lanesOf(first);
  return shuffled(first, others, lanes, [&](int64_t lane) { return lane < distance ? lane : lanes + lane; });
}

// ---- memory ----
Value ItemVectors::element(const Memory &memory, Value at) {
  Value stored = memref::LoadOp::create(builder, loc, memory.flat, memory.splat ? ink.number(0) : at);
  return enter(stored, memory.element);
}

Value ItemVectors::spread(const Memory &memory, int64_t lanes) {
  return repeat(element(memory, ink.number(0)), lanes);
}

static VectorType storedVector(const ItemInk::Memory &memory, int64_t lanes) {
  return VectorType::get({lanes}, cast<MemRefType>(memory.flat.getType()).getElementType());
}

Value ItemVectors::load(const Memory &memory, Value at, int64_t lanes) {
  if (lanes == 0) return element(memory, at);
  if (memory.splat) return spread(memory, lanes);
  Value stored = vector::LoadOp::create(builder, loc, storedVector(memory, lanes), memory.flat, at);
  return enter(stored, memory.element);
}

Value ItemVectors::load(const Memory &memory, Value at, int64_t lanes, Value mask) {
  if (memory.splat) return arith::SelectOp::create(builder, loc, mask, spread(memory, lanes), zero(lanes));
  VectorType type = storedVector(memory, lanes);
  Value none = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
  Value stored = vector::MaskedLoadOp::create(builder, loc, type, memory.flat, at, mask, none);
  return enter(stored, memory.element);
}

void ItemVectors::store(const Memory &memory, Value number, Value at) {
  Value stored = leave(number, memory.element);
  if (isa<VectorType>(stored.getType()))
    vector::StoreOp::create(builder, loc, stored, memory.flat, at);
  else
    memref::StoreOp::create(builder, loc, stored, memory.flat, at);
}

void ItemVectors::stretch(Value from, int64_t count, llvm::function_ref<void(Value, int64_t)> body) {
  int64_t whole = count / lanes_ * lanes_;
  auto run = [&](int64_t low, int64_t high, int64_t lanes) {
    if (low == high) return;
    loop(ink.number(low), ink.number(high), std::max<int64_t>(lanes, 1), {}, [&](Value at, ValueRange) {
      body(ink.add(from, at), lanes);
      return Numbers();
    });
  };
  run(0, whole, lanes_);
  run(whole, count, 0);
}

void ItemVectors::fill(const Memory &memory, Value from, int64_t count) {
  stretch(from, count, [&](Value at, int64_t lanes) { store(memory, zero(lanes), at); });
}

void ItemVectors::copy(const Memory &source, const Memory &target, Value from, int64_t count) {
  stretch(from, count, [&](Value at, int64_t lanes) { store(target, load(source, at, lanes), at); });
}

// ---- places ----
Value ItemVectors::integer(const Memory &memory, Value at) {
  Value stored = memref::LoadOp::create(builder, loc, memory.flat, memory.splat ? ink.number(0) : at);
  Type wide = builder.getI64Type();
  if (stored.getType() == wide) return stored;
  if (kindOf(memory.element) == 'u') return arith::ExtUIOp::create(builder, loc, wide, stored);
  return arith::ExtSIOp::create(builder, loc, wide, stored);
}

Value ItemVectors::firstLanes(Value count, int64_t lanes) {
  return vector::CreateMaskOp::create(builder, loc, VectorType::get({lanes}, builder.getI1Type()), count);
}

Value ItemVectors::isBelow(Value place, int64_t extent) {
  Value last = arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(extent));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, place, last);
}

Value ItemVectors::asIndex(Value i64) {
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), i64);
}

// ---- control ----
ItemVectors::Numbers ItemVectors::loop(Value low, Value high, int64_t step, ValueRange first,
                                       llvm::function_ref<Numbers(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, loc, low, high, ink.number(step), first,
                                 [&](OpBuilder &inside, Location at, Value iv, ValueRange carried) {
                                   scf::YieldOp::create(inside, at, body(iv, carried));
                                 });
  return Numbers(loop.getResults());
}

ItemVectors::Numbers ItemVectors::when(Value condition, llvm::function_ref<Numbers()> body,
                                       ValueRange otherwise) {
  auto branch = scf::IfOp::create(
      builder, loc, condition,
      [&](OpBuilder &inside, Location at) { scf::YieldOp::create(inside, at, body()); },
      [&](OpBuilder &inside, Location at) { scf::YieldOp::create(inside, at, otherwise); });
  return Numbers(branch.getResults());
}

} // namespace tgc::graph
