// The half of Elements that reads the kernel: producers, bodies of linalg.generic, data-dependent reads.
#include "compiler/schedule/Elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace tgc::schedule {

bool hasReduction(linalg::GenericOp op) { return op.getNumReductionLoops() != 0; }

SmallVector<int64_t> reducedExtents(linalg::GenericOp op) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges(), extents;
  for (auto [extent, kind] : llvm::zip(ranges, op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction) extents.push_back(extent);
  return extents;
}

Position iterationPoint(linalg::GenericOp op, unsigned result, ArrayRef<AffineExpr> position,
                        ArrayRef<AffineExpr> reduced) {
  Position point(op.getNumLoops(), getAffineConstantExpr(0, op.getContext()));
  AffineMap output = op.getMatchingIndexingMap(op.getDpsInitOperand(result));
  for (auto [expr, at] : llvm::zip(output.getResults(), position))
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) point[dim.getPosition()] = at;
  size_t next = 0;
  for (auto [axis, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction) point[axis] = reduced[next++];
  return point;
}

static Position through(AffineMap map, ArrayRef<AffineExpr> point) {
  Position position;
  for (AffineExpr expr : map.getResults())
    position.push_back(expr.replaceDims(point));
  return position;
}

Position Elements::normal(ArrayRef<AffineExpr> position, ArrayRef<int64_t> shape) {
  Position result;
  for (auto [expr, extent] : llvm::zip(position, shape))
    result.push_back(extent == 1 ? getAffineConstantExpr(0, context()) : simplifyWithin(expr, extents()));
  return result;
}

Value Elements::lookup(Value tensor, const Position &position) {
  Scope *scope = ownerOf(position);
  auto found = scope->known.find(tensor);
  if (found == scope->known.end()) return nullptr;
  for (auto &[where, value] : found->second)
    if (where == position) return value;
  return nullptr;
}

void Elements::remember(Value tensor, ArrayRef<AffineExpr> position, Value value) {
  Position where = normal(position, cast<RankedTensorType>(tensor.getType()).getShape());
  ownerOf(where)->known[tensor].push_back({where, value});
}

Value Elements::at(Value tensor, ArrayRef<AffineExpr> position) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Position where = normal(position, type.getShape());
  if (Value known = lookup(tensor, where)) return known;
  Value value = compute(tensor, where);
  if (!value) return zero(type.getElementType());
  // A reduction or a body with several results remembers its elements itself.
  if (!lookup(tensor, where)) remember(tensor, where, value);
  return value;
}

Value Elements::compute(Value tensor, const Position &position) {
  if (Value buffer = bufferOf(tensor)) return load(buffer, addressOf(tensor, position));
  Operation *op = tensor.getDefiningOp();
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op)) {
    TypedAttr value;
    if (matchPattern(fill.getInputs()[0], m_Constant(&value))) return constant(value);
  } else if (isa_and_nonnull<tensor::EmptyOp>(op)) {
    return zero(cast<RankedTensorType>(tensor.getType()).getElementType());
  } else if (auto made = dyn_cast_or_null<arith::ConstantOp>(op)) {
    auto dense = dyn_cast<DenseElementsAttr>(made.getValue());
    if (dense && dense.isSplat()) return constant(dense.getSplatValue<TypedAttr>());
  } else if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op)) {
    if (hasReduction(generic)) {
      reduce(cast<OpResult>(tensor), position);
      return lookup(tensor, position);
    }
    if (kept)
      if (Value value = kept(tensor, position)) return value;
    unsigned number = cast<OpResult>(tensor).getResultNumber();
    Position point = iterationPoint(generic, number, position, {});
    SmallVector<Value> results = body(generic, point, {});
    if (results.empty()) return nullptr;
    for (auto [index, value] : llvm::enumerate(results))
      if (index != number)
        remember(generic.getResult(index),
                 through(generic.getMatchingIndexingMap(generic.getDpsInitOperand(index)), point), value);
    if (computed) computed(tensor, position, results[number]);
    return results[number];
  }
  fail(Twine("a kernel reads the result of '") + (op ? op->getName().getStringRef() : "block argument") +
       "', which has no element rule");
  return nullptr;
}

SmallVector<Value> Elements::repeat(Operation *op, ArrayRef<Value> operands) {
  bool wide = llvm::any_of(operands, [](Value v) { return isa<VectorType>(v.getType()); });
  SmallVector<Value> inputs(operands);
  if (wide)
    for (Value &input : inputs)
      input = asVector(input);
  SmallVector<Type> types(op->getResultTypes());
  if (wide)
    for (Type &type : types)
      type = VectorType::get({laneCount}, type);
  Scope *scope = ownerOf(inputs);
  OperationState state(op->getLoc(), op->getName(), inputs, types, op->getAttrs());
  Operation *made = in(scope).create(state);
  SmallVector<Value> results;
  for (Value result : made->getResults())
    results.push_back(own(scope, result));
  return results;
}

std::optional<AffineExpr> Elements::symbolic(Value index, ArrayRef<AffineExpr> point) {
  IntegerAttr number;
  if (matchPattern(index, m_Constant(&number))) return getAffineConstantExpr(number.getInt(), context());
  Operation *op = index.getDefiningOp();
  if (!op) return std::nullopt;
  if (auto loop = dyn_cast<linalg::IndexOp>(op)) return point[loop.getDim()];
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(op)) return symbolic(op->getOperand(0), point);
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp>(op))
    return std::nullopt;
  auto left = symbolic(op->getOperand(0), point), right = symbolic(op->getOperand(1), point);
  if (!left || !right) return std::nullopt;
  if (isa<arith::AddIOp>(op)) return *left + *right;
  if (isa<arith::SubIOp>(op)) return *left - *right;
  if (isa<arith::MulIOp>(op)) {
    if (isa<AffineConstantExpr>(*right)) return *left * *right;
    if (isa<AffineConstantExpr>(*left)) return *right * *left;
    return std::nullopt;
  }
  // A clamp that never acts is no clamp.
  Range a = rangeOf(simplifyWithin(*left, extents()), extents());
  Range b = rangeOf(simplifyWithin(*right, extents()), extents());
  bool max = isa<arith::MaxSIOp>(op);
  if (max ? a.low >= b.high : a.high <= b.low) return left;
  if (max ? b.low >= a.high : b.high <= a.low) return right;
  return std::nullopt;
}

// Whether the index is an affine one between two constants, as padding and joining make them.
void Elements::noteClamp(Variable &variable, Value index, ArrayRef<AffineExpr> point) {
  std::optional<int64_t> low, high;
  while (Operation *op = index.getDefiningOp()) {
    IntegerAttr bound;
    bool max = isa<arith::MaxSIOp>(op);
    if (isa<arith::IndexCastOp>(op)) {
      index = op->getOperand(0);
      continue;
    }
    if (!max && !isa<arith::MinSIOp>(op)) break;
    bool second = matchPattern(op->getOperand(1), m_Constant(&bound));
    if (!second && !matchPattern(op->getOperand(0), m_Constant(&bound))) return;
    std::optional<int64_t> &limit = max ? low : high;
    limit = !limit ? bound.getInt()
            : max  ? std::max(*limit, bound.getInt())
                   : std::min(*limit, bound.getInt());
    index = op->getOperand(second ? 0 : 1);
  }
  auto inner = symbolic(index, point);
  if (!inner || (!low && !high)) return;
  Range range = rangeOf(simplifyWithin(*inner, extents()), extents());
  variable.low = low.value_or(range.low), variable.high = high.value_or(range.high);
  if (variable.low <= variable.high) variable.inner = simplifyWithin(*inner, extents());
}

Value Elements::extract(tensor::ExtractOp op, DenseMap<Value, Value> &map, ArrayRef<AffineExpr> point) {
  Position position;
  auto shape = op.getTensor().getType().getShape();
  for (auto [axis, index] : llvm::enumerate(op.getIndices())) {
    if (auto known = symbolic(index, point)) {
      position.push_back(*known);
      continue;
    }
    Value value = map.lookup(index);
    bool wide = isa<VectorType>(value.getType());
    Variable variable{wide ? Variable::Vector : Variable::Scalar, value, wide ? maskOf(point) : Value(),
                      ownerOf(value)};
    variable.computed = true;
    if (wide) noteClamp(variable, index, point);
    variables.push_back(variable);
    variableExtents.push_back(shape[axis]);
    position.push_back(getAffineDimExpr(variables.size() - 1, context()));
  }
  return at(op.getTensor(), position);
}

SmallVector<Value> Elements::body(linalg::GenericOp op, ArrayRef<AffineExpr> point, ArrayRef<Value> outs) {
  DenseMap<Value, Value> map;
  Block *block = op.getBody();
  unsigned inputs = op.getNumDpsInputs();
  for (auto [index, argument] : llvm::enumerate(block->getArguments())) {
    if (argument.use_empty()) continue;
    OpOperand &operand = op->getOpOperand(index);
    bool given = index >= inputs && !outs.empty();
    map[argument] =
        given ? outs[index - inputs] : at(operand.get(), through(op.getMatchingIndexingMap(&operand), point));
  }
  auto mapped = [&](Value value) -> Value {
    if (Value known = map.lookup(value)) return known;
    TypedAttr attribute;
    if (matchPattern(value, m_Constant(&attribute))) return map[value] = constant(attribute);
    fail("a kernel body uses a value from outside that is not a constant");
    return zero(value.getType());
  };
  for (Operation &inner : block->without_terminator()) {
    if (auto loop = dyn_cast<linalg::IndexOp>(inner)) {
      map[loop] = indexValue(simplifyWithin(point[loop.getDim()], extents()));
    } else if (auto read = dyn_cast<tensor::ExtractOp>(inner)) {
      for (Value index : read.getIndices())
        mapped(index);
      map[read] = extract(read, map, point);
    } else if (auto made = dyn_cast<arith::ConstantOp>(inner)) {
      map[made] = constant(made.getValue());
    } else {
      SmallVector<Value> operands;
      for (Value operand : inner.getOperands())
        operands.push_back(mapped(operand));
      if (inner.getNumRegions() != 0) {
        fail(Twine("'") + inner.getName().getStringRef() + "' with regions inside a kernel body");
        return {};
      }
      for (auto [old, value] : llvm::zip(inner.getResults(), repeat(&inner, operands)))
        map[old] = value;
    }
  }
  SmallVector<Value> results;
  for (Value value : block->getTerminator()->getOperands())
    results.push_back(mapped(value));
  return results;
}

// --- questions before emission
// ----------------------------------------------------------------------------------

using Seen = SmallVectorImpl<std::pair<Value, Position>>;

void Elements::bodyLeavesSeen(linalg::GenericOp op, ArrayRef<AffineExpr> point,
                              SmallVectorImpl<AffineExpr> &found, Seen &seen) {
  for (auto [index, argument] : llvm::enumerate(op.getBody()->getArguments())) {
    if (argument.use_empty()) continue;
    OpOperand &operand = op->getOpOperand(index);
    leavesSeen(operand.get(), through(op.getMatchingIndexingMap(&operand), point), found, seen);
  }
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto loop = dyn_cast<linalg::IndexOp>(inner))
      found.push_back(simplifyWithin(point[loop.getDim()], extents()));
    auto read = dyn_cast<tensor::ExtractOp>(inner);
    if (!read) continue;
    Position position;
    for (Value index : read.getIndices())
      if (auto known = symbolic(index, point)) position.push_back(*known);
    if (position.size() == read.getIndices().size()) leavesSeen(read.getTensor(), position, found, seen);
  }
}

void Elements::leavesSeen(Value tensor, ArrayRef<AffineExpr> position, SmallVectorImpl<AffineExpr> &found,
                          Seen &seen) {
  Position where = normal(position, cast<RankedTensorType>(tensor.getType()).getShape());
  if (llvm::is_contained(seen, std::make_pair(tensor, where))) return;
  seen.push_back({tensor, where});
  if (bufferOf(tensor)) {
    found.push_back(addressOf(tensor, where));
    return;
  }
  auto generic = tensor.getDefiningOp<linalg::GenericOp>();
  if (!generic) return;
  if (hasReduction(generic)) {
    found.append(where.begin(), where.end());
    return;
  }
  bodyLeavesSeen(generic, iterationPoint(generic, cast<OpResult>(tensor).getResultNumber(), where, {}), found,
                 seen);
}

void Elements::leaves(Value tensor, ArrayRef<AffineExpr> position, SmallVectorImpl<AffineExpr> &found) {
  SmallVector<std::pair<Value, Position>> seen;
  leavesSeen(tensor, position, found, seen);
}

std::optional<SmallVector<AffineExpr>> Elements::readsOf(Value tensor, ArrayRef<AffineExpr> position,
                                                         Value buffer) {
  SmallVector<std::pair<Value, Position>> seen;
  SmallVector<AffineExpr> ignored, reads;
  leavesSeen(tensor, position, ignored, seen);
  for (auto &[value, where] : seen) {
    if (bufferOf(value) == buffer) reads.push_back(addressOf(value, where));
    auto op = value.getDefiningOp<linalg::GenericOp>();
    if (!op) continue;
    for (Operation &inner : *op.getBody())
      // What is computed on the fly may itself be read from the buffer: at places as little known.
      if (auto read = dyn_cast<tensor::ExtractOp>(inner);
          read && (bufferOf(read.getTensor()) == buffer || !bufferOf(read.getTensor())))
        return std::nullopt;
  }
  return reads;
}

void Elements::bodyLeaves(linalg::GenericOp op, ArrayRef<AffineExpr> point,
                          SmallVectorImpl<AffineExpr> &found) {
  SmallVector<std::pair<Value, Position>> seen;
  bodyLeavesSeen(op, point, found, seen);
}

} // namespace tgc::schedule
