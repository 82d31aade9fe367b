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

// Numbers in places are at most that large; beyond it ranges could overflow where the code wraps around.
constexpr int64_t largestPlace = int64_t(1) << 48;

static bool isPlace(Range range) { return range.low >= -largestPlace && range.high <= largestPlace; }

// The affine expression that an index is, if its integers hold all its values.
std::optional<AffineExpr> Elements::symbolic(Value index, ArrayRef<AffineExpr> point) {
  auto expr = symbolicUnbounded(index, point);
  auto type = dyn_cast<IntegerType>(index.getType());
  if (!expr || !type) return expr;
  Range range = rangeOf(simplifyWithin(*expr, extents()), extents());
  bool holds = llvm::isIntN(type.getWidth(), range.low) && llvm::isIntN(type.getWidth(), range.high);
  return holds ? expr : std::nullopt;
}

std::optional<AffineExpr> Elements::symbolicUnbounded(Value index, ArrayRef<AffineExpr> point) {
  IntegerAttr number;
  if (matchPattern(index, m_Constant(&number))) {
    int64_t value = number.getInt();
    return isPlace({value, value}) ? std::optional(getAffineConstantExpr(value, context())) : std::nullopt;
  }
  Operation *op = index.getDefiningOp();
  if (!op) return std::nullopt;
  if (auto loop = dyn_cast<linalg::IndexOp>(op)) return point[loop.getDim()];
  if (isa<arith::IndexCastOp>(op)) return symbolic(op->getOperand(0), point);
  if (isa<arith::IndexCastUIOp>(op)) {
    auto expr = symbolic(op->getOperand(0), point);
    bool negative = expr && rangeOf(simplifyWithin(*expr, extents()), extents()).low < 0;
    return negative ? std::nullopt : expr;
  }
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::MaxSIOp, arith::MinSIOp>(op))
    return std::nullopt;
  auto left = symbolic(op->getOperand(0), point), right = symbolic(op->getOperand(1), point);
  if (!left || !right) return std::nullopt;
  if (isa<arith::AddIOp>(op)) return *left + *right;
  if (isa<arith::SubIOp>(op)) return *left - *right;
  if (isa<arith::MulIOp>(op)) {
    if (isa<AffineConstantExpr>(*left)) std::swap(left, right);
    auto factor = dyn_cast<AffineConstantExpr>(*right);
    if (!factor) return std::nullopt;
    Range range = rangeOf(simplifyWithin(*left, extents()), extents());
    int64_t low, high;
    bool large = llvm::MulOverflow(range.low, factor.getValue(), low) ||
                 llvm::MulOverflow(range.high, factor.getValue(), high) ||
                 !isPlace({std::min(low, high), std::max(low, high)});
    return large ? std::nullopt : std::optional(*left * *right);
  }
  // A clamp that never acts is no clamp.
  Range a = rangeOf(simplifyWithin(*left, extents()), extents());
  Range b = rangeOf(simplifyWithin(*right, extents()), extents());
  bool max = isa<arith::MaxSIOp>(op);
  if (max ? a.low >= b.high : a.high <= b.low) return left;
  if (max ? b.low >= a.high : b.high <= a.low) return right;
  return std::nullopt;
}

// A comparison of places that is the same throughout the ranges of its variables.
std::optional<bool> Elements::decided(arith::CmpIOp test, ArrayRef<AffineExpr> point) {
  auto left = symbolic(test.getLhs(), point), right = symbolic(test.getRhs(), point);
  if (!left || !right) return std::nullopt;
  Range difference = rangeOf(simplifyWithin(*left - *right, extents()), extents());
  auto within = [&](int64_t low, int64_t high) -> std::optional<bool> {
    if (difference.low >= low && difference.high <= high) return true;
    if (difference.high < low || difference.low > high) return false;
    return std::nullopt;
  };
  constexpr int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
  switch (test.getPredicate()) {
  case arith::CmpIPredicate::sge:
    return within(0, most);
  case arith::CmpIPredicate::sgt:
    return within(1, most);
  case arith::CmpIPredicate::sle:
    return within(least, 0);
  case arith::CmpIPredicate::slt:
    return within(least, -1);
  default:
    return std::nullopt;
  }
}

// What a comparison, or a choice by one, is where the ranges of the variables settle it: a constant, or one
// of its operands.
OpFoldResult Elements::settled(Operation &op, const DenseMap<Value, Value> &map, ArrayRef<AffineExpr> point) {
  if (auto test = dyn_cast<arith::CmpIOp>(op)) {
    auto known = decided(test, point);
    return known ? OpFoldResult(builder.getBoolAttr(*known)) : OpFoldResult();
  }
  auto constantAt = [&](Value value) -> std::optional<bool> {
    BoolAttr known;
    Value now = map.lookup(value);
    if (!now || !matchPattern(now, m_Constant(&known))) return std::nullopt;
    return known.getValue();
  };
  if (auto choice = dyn_cast<arith::SelectOp>(op)) {
    auto known = constantAt(choice.getCondition());
    return known ? OpFoldResult(*known ? choice.getTrueValue() : choice.getFalseValue()) : OpFoldResult();
  }
  bool both = isa<arith::AndIOp>(op);
  if (!both && !isa<arith::OrIOp>(op)) return {};
  for (auto [one, other] : {std::pair(0, 1), std::pair(1, 0)})
    if (auto known = constantAt(op.getOperand(one))) return op.getOperand(*known == both ? other : one);
  return {};
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
    } else if (OpFoldResult known = settled(inner, map, point)) {
      auto operand = dyn_cast<Value>(known);
      map[inner.getResult(0)] = operand ? mapped(operand) : constant(cast<TypedAttr>(cast<Attribute>(known)));
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

void Elements::walkBody(linalg::GenericOp op, ArrayRef<AffineExpr> point, Walk &walked) {
  for (auto [index, argument] : llvm::enumerate(op.getBody()->getArguments())) {
    if (argument.use_empty()) continue;
    OpOperand &operand = op->getOpOperand(index);
    walk(operand.get(), through(op.getMatchingIndexingMap(&operand), point), walked);
  }
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (walked.inner) walked.inner(inner, point);
    if (auto loop = dyn_cast<linalg::IndexOp>(inner))
      walked.leaves.push_back(simplifyWithin(point[loop.getDim()], extents()));
    auto read = dyn_cast<tensor::ExtractOp>(inner);
    if (!read) continue;
    Position position;
    for (Value index : read.getIndices())
      if (auto known = symbolic(index, point)) position.push_back(*known);
    if (position.size() == read.getIndices().size()) walk(read.getTensor(), position, walked);
  }
}

void Elements::walk(Value tensor, ArrayRef<AffineExpr> position, Walk &walked) {
  Position where = normal(position, cast<RankedTensorType>(tensor.getType()).getShape());
  if (llvm::is_contained(walked.seen, std::make_pair(tensor, where))) return;
  walked.seen.push_back({tensor, where});
  if (bufferOf(tensor)) {
    walked.leaves.push_back(addressOf(tensor, where));
    return;
  }
  auto generic = tensor.getDefiningOp<linalg::GenericOp>();
  if (!generic) return;
  if (hasReduction(generic)) {
    walked.leaves.append(where.begin(), where.end());
    return;
  }
  walkBody(generic, iterationPoint(generic, cast<OpResult>(tensor).getResultNumber(), where, {}), walked);
}

void Elements::leaves(Value tensor, ArrayRef<AffineExpr> position, SmallVectorImpl<AffineExpr> &found) {
  Walk walked;
  walk(tensor, position, walked);
  llvm::append_range(found, walked.leaves);
}

void Elements::bodyLeaves(linalg::GenericOp op, ArrayRef<AffineExpr> point,
                          SmallVectorImpl<AffineExpr> &found) {
  Walk walked;
  walkBody(op, point, walked);
  llvm::append_range(found, walked.leaves);
}

SmallVector<int64_t> Elements::edges(Value tensor, ArrayRef<AffineExpr> position, unsigned variable) {
  SmallVector<int64_t> found;
  // Where left - right, a multiple of the variable and a constant, reaches `least`.
  auto reaches = [&](AffineExpr difference, int64_t least) {
    LinearSum sum = linearSum(difference, extents());
    if (sum.terms.size() != 1 || sum.terms[0].first != getAffineDimExpr(variable, context())) return;
    int64_t factor = sum.terms[0].second, missing = least - sum.constant; // factor * v >= missing
    int64_t at =
        factor > 0 ? llvm::divideCeilSigned(missing, factor) : llvm::divideFloorSigned(missing, factor) + 1;
    if (at > 0 && at < variableExtents[variable]) found.push_back(at);
  };
  auto inner = [&](Operation &op, ArrayRef<AffineExpr> point) {
    auto test = dyn_cast<arith::CmpIOp>(op);
    if (!test && !isa<arith::MaxSIOp, arith::MinSIOp>(op)) return;
    auto left = symbolic(op.getOperand(0), point), right = symbolic(op.getOperand(1), point);
    if (!left || !right) return;
    using enum arith::CmpIPredicate;
    bool strict = test && (test.getPredicate() == sgt || test.getPredicate() == sle);
    if (!test || strict || test.getPredicate() == sge || test.getPredicate() == slt)
      reaches(*left - *right, strict ? 1 : 0);
  };
  Walk walked;
  walked.inner = inner;
  walk(tensor, position, walked);
  llvm::sort(found);
  found.erase(llvm::unique(found), found.end());
  return found;
}

std::optional<SmallVector<AffineExpr>> Elements::readsOf(Value tensor, ArrayRef<AffineExpr> position,
                                                         Value buffer) {
  Walk walked;
  walk(tensor, position, walked);
  SmallVector<AffineExpr> reads;
  for (auto &[value, where] : walked.seen) {
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

} // namespace tgc::schedule
