#include "compiler/schedule/Elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tgc::schedule {

Elements::Elements(func::FuncOp function, DenseMap<Value, Value> buffers, int64_t lanes)
    : builder(function.getLoc(), function.getContext()), buffers(std::move(buffers)), laneCount(lanes) {
  auto scope = std::make_unique<Scope>();
  scope->block = &function.getBody().front();
  scope->at = scope->block->end();
  for (Value argument : scope->block->getArguments())
    owners[argument] = scope.get();
  scopes.push_back(std::move(scope));
}

void Elements::fail(const Twine &why) {
  if (problem.empty()) problem = why.str();
}

// --- scopes
// ---------------------------------------------------------------------------------------------------

ImplicitLocOpBuilder &Elements::in(Scope *scope) {
  if (!scope->builder) scope->builder = std::make_unique<ImplicitLocOpBuilder>(builder);
  scope->builder->setInsertionPoint(scope->block, scope->at);
  return *scope->builder;
}

Value Elements::own(Scope *scope, Value value) {
  owners[value] = scope;
  return value;
}

Scope *Elements::ownerOf(Value value) {
  auto found = owners.find(value);
  return found == owners.end() ? root() : found->second;
}

Scope *Elements::ownerOf(ArrayRef<Value> values) {
  Scope *deepest = root();
  for (Value value : values)
    if (Scope *scope = ownerOf(value); scope->depth > deepest->depth) deepest = scope;
  return deepest;
}

Scope *Elements::ownerOf(ArrayRef<AffineExpr> position) {
  Scope *deepest = root();
  for (AffineExpr expr : position)
    for (unsigned id : variablesOf(expr))
      if (Scope *scope = variables[id].scope; scope && scope->depth > deepest->depth) deepest = scope;
  return deepest;
}

Scope *Elements::openLoop(Scope *parent, Value low, Value high, Value step, ValueRange carried) {
  auto scope = std::make_unique<Scope>();
  auto loop = scf::ForOp::create(in(parent), low, high, step, carried);
  scope->parent = parent;
  scope->depth = parent->depth + 1;
  scope->loop = loop;
  scope->block = loop.getBody();
  scope->at = carried.empty() ? Block::iterator(scope->block->getTerminator()) : scope->block->end();
  scope->resume = parent->at;
  parent->at = Block::iterator(loop);
  for (Value argument : scope->block->getArguments())
    owners[argument] = scope.get();
  scopes.push_back(std::move(scope));
  return scopes.back().get();
}

SmallVector<Value> Elements::closeLoop(Scope *loop, ArrayRef<Value> next) {
  if (!next.empty()) scf::YieldOp::create(in(loop), next);
  loop->parent->at = loop->resume;
  SmallVector<Value> results;
  for (Value result : loop->loop.getResults())
    results.push_back(own(loop->parent, result));
  return results;
}

// --- variables
// ------------------------------------------------------------------------------------------------

AffineExpr Elements::scalarVariable(Scope *scope, Value iv, int64_t extent) {
  variables.push_back({Variable::Scalar, iv, nullptr, scope});
  variableExtents.push_back(extent);
  return getAffineDimExpr(variables.size() - 1, context());
}

AffineExpr Elements::laneVariable(Scope *scope, Value first, int64_t extent, Value mask) {
  variables.push_back({laneCount > 1 ? Variable::Lanes : Variable::Scalar, first, mask, scope});
  variableExtents.push_back(extent);
  return getAffineDimExpr(variables.size() - 1, context());
}

AffineExpr Elements::trialVariable(int64_t extent) { return scalarVariable(nullptr, nullptr, extent); }

void Elements::dropTrials(size_t keep) {
  variables.resize(keep);
  variableExtents.resize(keep);
}

bool Elements::isVectorKind(AffineExpr expr) const {
  return llvm::any_of(variablesOf(expr), [&](unsigned id) { return variables[id].kind != Variable::Scalar; });
}

Value Elements::maskOf(ArrayRef<AffineExpr> position) {
  for (AffineExpr expr : position)
    for (unsigned id : variablesOf(expr))
      if (variables[id].mask) return variables[id].mask;
  return nullptr;
}

// --- constants and indices
// ------------------------------------------------------------------------------------

Value Elements::constant(TypedAttr attribute) {
  Value &value = constants[attribute];
  if (!value) value = own(root(), arith::ConstantOp::create(in(root()), attribute));
  return value;
}

Value Elements::constantIndex(int64_t value) { return constant(builder.getIndexAttr(value)); }

Value Elements::zero(Type type) { return constant(cast<TypedAttr>(builder.getZeroAttr(type))); }

Value Elements::asVector(Value value) {
  if (laneCount == 1 || isa<VectorType>(value.getType())) return value;
  Value &wide = broadcasts[value];
  if (wide) return wide;
  auto type = VectorType::get({laneCount}, value.getType());
  TypedAttr attribute;
  if (matchPattern(value, m_Constant(&attribute)))
    return wide = constant(DenseElementsAttr::get(type, attribute));
  Scope *scope = ownerOf(value);
  Value made = own(scope, vector::BroadcastOp::create(in(scope), type, value));
  return broadcasts[value] = made;
}

// x floordiv c and x mod c by unsigned division: x is shifted up first if it can be negative.
static int64_t liftBy(int64_t low, int64_t divisor) { return low >= 0 ? 0 : (-low + divisor - 1) / divisor; }

Value Elements::atomIndex(Scope *scope, AffineExpr atom) {
  if (auto dim = dyn_cast<AffineDimExpr>(atom)) return variables[dim.getPosition()].value;
  auto binary = cast<AffineBinaryOpExpr>(atom);
  int64_t divisor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  int64_t lift = liftBy(rangeOf(binary.getLHS(), extents()).low, divisor);
  Value inner = index(binary.getLHS() + lift * divisor), by = constantIndex(divisor);
  if (atom.getKind() == AffineExprKind::Mod) return own(scope, arith::RemUIOp::create(in(scope), inner, by));
  Value quotient = own(scope, arith::DivUIOp::create(in(scope), inner, by));
  if (lift == 0) return quotient;
  return own(scope, arith::SubIOp::create(in(scope), quotient, constantIndex(lift)));
}

Value Elements::index(AffineExpr expr) {
  Scope *scope = ownerOf(ArrayRef<AffineExpr>(expr));
  if (Value known = scope->knownIndex.lookup(expr)) return known;
  LinearSum sum = linearSum(expr, extents());
  if (int64_t last = sum.constant; constantsLast && last != 0 && !sum.terms.empty()) {
    sum.constant = 0;
    Value rest = index(sum.expr(context()));
    return scope->knownIndex[expr] = own(scope, arith::AddIOp::create(in(scope), rest, constantIndex(last)));
  }
  Value total;
  // Terms of outer scopes first, so that their partial sums are computed outside.
  std::vector<std::tuple<unsigned, size_t>> order; // depth, then place in the sum
  for (auto [place, term] : llvm::enumerate(sum.terms))
    order.push_back({ownerOf(ArrayRef<AffineExpr>(term.first))->depth, place});
  llvm::sort(order);
  auto addTo = [&](Value term) {
    Scope *where = total ? ownerOf({total, term}) : nullptr;
    total = total ? own(where, arith::AddIOp::create(in(where), total, term)) : term;
  };
  if (sum.constant != 0 || sum.terms.empty()) addTo(constantIndex(sum.constant));
  for (auto [depth, place] : order) {
    auto [atom, factor] = sum.terms[place];
    Scope *where = ownerOf(ArrayRef<AffineExpr>(atom));
    Value term = atomIndex(where, atom);
    if (factor != 1) term = own(where, arith::MulIOp::create(in(where), term, constantIndex(factor)));
    addTo(term);
  }
  return scope->knownIndex[expr] = total;
}

// 32-bit lanes halve the work of index arithmetic; they serve wherever no divided value leaves their range.
Type Elements::vectorIndexType(AffineExpr expr) {
  bool narrow = true;
  auto fits = [&](AffineExpr part) {
    Range range = rangeOf(part, extents());
    return range.low > INT32_MIN && range.high < INT32_MAX;
  };
  narrow &= fits(expr);
  expr.walk([&](AffineExpr part) {
    if (part.getKind() == AffineExprKind::FloorDiv || part.getKind() == AffineExprKind::Mod)
      narrow &= fits(cast<AffineBinaryOpExpr>(part).getLHS());
  });
  return narrow ? Type(builder.getI32Type()) : Type(builder.getIndexType());
}

static DenseElementsAttr ramp(Builder &builder, int64_t lanes, Type type, int64_t factor) {
  SmallVector<Attribute> values;
  for (int64_t lane = 0; lane < lanes; ++lane)
    values.push_back(builder.getIntegerAttr(type, lane * factor));
  return DenseElementsAttr::get(VectorType::get({lanes}, type), values);
}

Value Elements::vectorAtom(AffineExpr atom, Type type) {
  auto vectorType = VectorType::get({laneCount}, type);
  if (!isVectorKind(atom)) {
    Value scalar = index(atom);
    Scope *scope = ownerOf(scalar);
    if (!type.isIndex()) scalar = own(scope, arith::IndexCastOp::create(in(scope), type, scalar));
    return asVector(scalar);
  }
  Scope *scope = ownerOf(ArrayRef<AffineExpr>(atom));
  if (auto dim = dyn_cast<AffineDimExpr>(atom)) {
    const Variable variable = variables[dim.getPosition()];
    if (variable.kind == Variable::Vector) {
      if (type.isIndex()) return variable.value;
      return own(scope, arith::IndexCastOp::create(in(scope), vectorType, variable.value));
    }
    Value first = variable.value;
    if (!type.isIndex()) first = own(scope, arith::IndexCastOp::create(in(scope), type, first));
    return own(scope, arith::AddIOp::create(in(scope), asVector(first),
                                            constant(ramp(builder, laneCount, type, 1))));
  }
  auto binary = cast<AffineBinaryOpExpr>(atom);
  int64_t divisor = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  int64_t lift = liftBy(rangeOf(binary.getLHS(), extents()).low, divisor);
  Value inner = vectorIndex(binary.getLHS() + lift * divisor, type);
  auto splat = [&](int64_t value) {
    return constant(DenseElementsAttr::get(vectorType, builder.getIntegerAttr(type, value)));
  };
  if (atom.getKind() == AffineExprKind::Mod)
    return own(scope, arith::RemUIOp::create(in(scope), inner, splat(divisor)));
  Value quotient = own(scope, arith::DivUIOp::create(in(scope), inner, splat(divisor)));
  return lift == 0 ? quotient : own(scope, arith::SubIOp::create(in(scope), quotient, splat(lift)));
}

Value Elements::vectorIndex(AffineExpr expr, Type type) {
  auto vectorType = VectorType::get({laneCount}, type);
  auto splat = [&](int64_t value) {
    return constant(DenseElementsAttr::get(vectorType, builder.getIntegerAttr(type, value)));
  };
  LinearSum sum = linearSum(expr, extents());
  Value total;
  auto addTo = [&](Value term) {
    Scope *where = total ? ownerOf({total, term}) : nullptr;
    total = total ? own(where, arith::AddIOp::create(in(where), total, term)) : term;
  };
  for (auto [atom, factor] : sum.terms) {
    Value term = vectorAtom(atom, type);
    Scope *where = ownerOf(term);
    if (factor != 1) term = own(where, arith::MulIOp::create(in(where), term, splat(factor)));
    addTo(term);
  }
  if (sum.constant != 0 || !total) addTo(splat(sum.constant));
  return total;
}

Value Elements::indexValue(AffineExpr expr) {
  if (!isVectorKind(expr)) return index(expr);
  return vectorIndex(expr, builder.getIndexType());
}

// --- memory
// ---------------------------------------------------------------------------------------------------

Value Elements::flatBuffer(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getRank() == 1) return buffer;
  Value &view = flat[buffer];
  if (view) return view;
  int64_t count = productOf(type.getShape());
  auto flatType = MemRefType::get({count}, type.getElementType());
  view = own(root(), memref::ReinterpretCastOp::create(in(root()), flatType, buffer, /*offset=*/0,
                                                       ArrayRef<int64_t>{count}, ArrayRef<int64_t>{1}));
  return view;
}

// A masked or scattered access wants constant strides; everything else is loaded by index.
Value Elements::gather(Value buffer, AffineExpr linear, Value mask) {
  auto type = VectorType::get({laneCount}, cast<MemRefType>(buffer.getType()).getElementType());
  Scope *scope = ownerOf(ArrayRef<AffineExpr>(linear));
  if (mask && ownerOf(mask)->depth > scope->depth) scope = ownerOf(mask);
  if (!mask) mask = constant(DenseElementsAttr::get(VectorType::get({laneCount}, builder.getI1Type()), true));
  Value base = constantIndex(0), indices, pass = zero(type);
  std::optional<int64_t> stride;
  unsigned vectors = 0;
  for (unsigned id : variablesOf(linear))
    if (variables[id].kind != Variable::Scalar) {
      ++vectors;
      stride = variables[id].kind == Variable::Lanes ? strideIn(linear, id, extents()) : std::nullopt;
    }
  if (vectors == 1 && stride) {
    base = index(linear);
    bool narrow = std::abs(*stride) * laneCount < INT32_MAX;
    Type indexType = narrow ? Type(builder.getI32Type()) : Type(builder.getIndexType());
    indices = constant(ramp(builder, laneCount, indexType, *stride));
  } else {
    indices = vectorIndex(linear, vectorIndexType(linear));
  }
  return own(scope, vector::GatherOp::create(in(scope), type, buffer, ValueRange{base}, indices, mask, pass));
}

void Elements::fetch(Scope *scope, Value buffer, Value base) {
  if (!fetchAhead) return;
  Value ahead = own(scope, arith::AddIOp::create(in(scope), base, constantIndex(fetchAhead)));
  memref::PrefetchOp::create(in(scope), buffer, ValueRange{ahead}, /*isWrite=*/false, /*localityHint=*/3,
                             /*isDataCache=*/true);
}

// Lanes of an index that is consecutive but kept within bounds: a masked load of those within, and one
// element for those beyond either bound. Null where the lanes are not consecutive.
Value Elements::clampedLanes(Value buffer, AffineExpr linear, unsigned id) {
  const Variable clamp = variables[id];
  std::optional<unsigned> lane;
  for (unsigned other : variablesOf(clamp.inner)) {
    if (variables[other].kind == Variable::Scalar) continue;
    if (lane || variables[other].kind != Variable::Lanes) return nullptr;
    lane = other;
  }
  if (!lane || strideIn(clamp.inner, *lane, extents()) != 1 || strideIn(linear, id, extents()) != 1)
    return nullptr;
  auto with = [&](AffineExpr expr) {
    return simplifyWithin(linear.replace(getAffineDimExpr(id, context()), expr), extents());
  };
  auto type = VectorType::get({laneCount}, cast<MemRefType>(buffer.getType()).getElementType());
  Scope *scope = ownerOf(ArrayRef<AffineExpr>{with(clamp.inner)});
  if (Value mask = variables[*lane].mask; mask && ownerOf(mask)->depth > scope->depth) scope = ownerOf(mask);
  Type narrow = vectorIndexType(clamp.inner);
  Value place = vectorIndex(clamp.inner, narrow);
  auto beyond = [&](arith::CmpIPredicate predicate, int64_t bound) {
    Value limit = constant(
        DenseElementsAttr::get(VectorType::get({laneCount}, narrow), builder.getIntegerAttr(narrow, bound)));
    return own(scope, arith::CmpIOp::create(in(scope), predicate, place, limit));
  };
  Value below = beyond(arith::CmpIPredicate::slt, clamp.low),
        above = beyond(arith::CmpIPredicate::sgt, clamp.high);
  Value outside = own(scope, arith::OrIOp::create(in(scope), below, above));
  Value all = constant(DenseElementsAttr::get(VectorType::get({laneCount}, builder.getI1Type()), true));
  Value within = own(scope, arith::XOrIOp::create(in(scope), outside, all));
  if (Value mask = variables[*lane].mask) within = own(scope, arith::AndIOp::create(in(scope), within, mask));
  // Where no lane is within, the load must not even point beyond the buffer: one that finds no memory there
  // takes hundreds of cycles.
  Value first = index(clamp.inner), base = index(with(clamp.inner));
  Value least = constantIndex(clamp.low - (laneCount - 1)), most = constantIndex(clamp.high);
  Value near = own(scope, arith::MaxSIOp::create(in(scope), first, least));
  near = own(scope, arith::MinSIOp::create(in(scope), near, most));
  Value moved = own(scope, arith::SubIOp::create(in(scope), near, first));
  base = own(scope, arith::AddIOp::create(in(scope), base, moved));
  fetch(scope, buffer, base);
  Value value =
      own(scope, vector::MaskedLoadOp::create(in(scope), type, buffer, ValueRange{base}, within, zero(type)));
  for (auto [side, bound] : {std::pair(below, clamp.low), std::pair(above, clamp.high)}) {
    Value edge = asVector(load(buffer, with(getAffineConstantExpr(bound, context()))));
    value = own(scope, arith::SelectOp::create(in(scope), side, edge, value));
  }
  return value;
}

// Lanes a few elements apart: everything between them is loaded, and what is wanted taken out in registers,
// which is several times as fast as a gather. The last load ends with the last lane: nothing beyond the
// buffer is read.
Value Elements::spacedLanes(Value buffer, AffineExpr linear, int64_t stride) {
  auto type = VectorType::get({laneCount}, cast<MemRefType>(buffer.getType()).getElementType());
  Scope *scope = ownerOf(ArrayRef<AffineExpr>(linear));
  const int64_t span = stride * (laneCount - 1) + 1;
  Value taken;
  for (int64_t from = 0; from < span; from += laneCount) {
    const int64_t start = std::min(from, span - laneCount);
    Value base = index(linear + start);
    Value part = own(scope, vector::LoadOp::create(in(scope), type, buffer, ValueRange{base}));
    SmallVector<int64_t> order; // lanes of what is taken already, then of this part
    for (int64_t lane = 0; lane < laneCount; ++lane)
      order.push_back(lane * stride < from ? lane
                                           : std::min(lane * stride - start, laneCount - 1) + laneCount);
    taken = own(scope, vector::ShuffleOp::create(in(scope), taken ? taken : part, part, order));
  }
  return taken;
}

Value Elements::lanesAt(Value buffer, AffineExpr linear, unsigned lane) {
  auto type = VectorType::get({laneCount}, cast<MemRefType>(buffer.getType()).getElementType());
  Scope *scope = ownerOf(ArrayRef<AffineExpr>(linear));
  Value mask = variables[lane].mask;
  std::optional<int64_t> stride = strideIn(linear, lane, extents());
  if (stride == 1) {
    Value base = index(linear);
    if (!mask) fetch(scope, buffer, base);
    if (!mask) return own(scope, vector::LoadOp::create(in(scope), type, buffer, ValueRange{base}));
    return own(scope,
               vector::MaskedLoadOp::create(in(scope), type, buffer, ValueRange{base}, mask, zero(type)));
  }
  if (tiled)
    if (Value value = tiled(buffer, linear, lane)) return value;
  if (stride == -1 && !mask) {
    Value base = index(linear - (laneCount - 1));
    Value back = own(scope, vector::LoadOp::create(in(scope), type, buffer, ValueRange{base}));
    SmallVector<int64_t> order;
    for (int64_t i = laneCount - 1; i >= 0; --i)
      order.push_back(i);
    return own(scope, vector::ShuffleOp::create(in(scope), back, back, order));
  }
  constexpr int64_t mostApart = 4; // loads for one vector
  if (stride && *stride > 1 && *stride <= mostApart && !mask) return spacedLanes(buffer, linear, *stride);
  return gather(buffer, linear, mask);
}

Value Elements::load(Value buffer, AffineExpr linear) {
  buffer = flatBuffer(buffer);
  linear = simplifyWithin(linear, extents());
  SmallVector<unsigned, 2> wide;
  for (unsigned id : variablesOf(linear))
    if (variables[id].kind != Variable::Scalar) wide.push_back(id);
  if (wide.empty()) {
    Scope *scope = ownerOf(ArrayRef<AffineExpr>(linear));
    Value base = index(linear);
    return own(scope, memref::LoadOp::create(in(scope), buffer, ValueRange{base}));
  }
  if (wide.size() == 1 && variables[wide[0]].kind == Variable::Lanes) return lanesAt(buffer, linear, wide[0]);
  if (wide.size() == 1 && variables[wide[0]].inner)
    if (Value value = clampedLanes(buffer, linear, wide[0])) return value;
  return gather(buffer, linear, maskOf(ArrayRef<AffineExpr>(linear)));
}

void Elements::store(Scope *scope, Value buffer, AffineExpr linear, Value value, bool streaming) {
  buffer = flatBuffer(buffer);
  linear = simplifyWithin(linear, extents());
  SmallVector<unsigned, 2> wide;
  for (unsigned id : variablesOf(linear))
    if (variables[id].kind != Variable::Scalar) wide.push_back(id);
  if (wide.empty()) {
    Value base = index(linear);
    memref::StoreOp::create(in(scope), value, buffer, ValueRange{base});
    return;
  }
  value = asVector(value);
  Value mask = variables[wide[0]].mask;
  std::optional<int64_t> stride = strideIn(linear, wide[0], extents());
  Value base = stride ? index(linear) : constantIndex(0);
  if (stride == 1 && mask) {
    vector::MaskedStoreOp::create(in(scope), buffer, ValueRange{base}, mask, value);
  } else if (stride == 1) {
    auto op = vector::StoreOp::create(in(scope), value, buffer, ValueRange{base});
    if (streaming) {
      op.setNontemporal(true);
      op->setAttr("alignment",
                  builder.getI64IntegerAttr(
                      laneCount * (cast<VectorType>(value.getType()).getElementTypeBitWidth() / 8)));
    }
  } else {
    if (!mask)
      mask = constant(DenseElementsAttr::get(VectorType::get({laneCount}, builder.getI1Type()), true));
    Value indices = stride ? constant(ramp(builder, laneCount, builder.getIndexType(), *stride))
                           : vectorIndex(linear, builder.getIndexType());
    vector::ScatterOp::create(in(scope), Type(), buffer, ValueRange{base}, indices, mask, value);
  }
}

AffineExpr Elements::addressOf(Value tensor, ArrayRef<AffineExpr> position) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return simplifyWithin(linearize(position, type.getShape(), context()), extents());
}

} // namespace tgc::schedule
