// What branches and loops must agree on with the functions they hold.
#include "dialects/graph/Control.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include <cmath>

using namespace mlir;

namespace tgc::graph {

bool isControl(Operation *op) { return isa<CondOp, WhileOp, ScanOp, UnwindOp>(op); }

ControlOperands operandsOf(Operation *control) {
  ControlOperands parts;
  ValueRange rest = control->getOperands();
  auto take = [&](int64_t count) {
    ValueRange taken = rest.take_front(static_cast<size_t>(count));
    rest = rest.drop_front(static_cast<size_t>(count));
    return taken;
  };
  parts.head = take(isa<CondOp, UnwindOp>(control) ? 1 : 0);
  if (auto loop = dyn_cast<WhileOp>(control)) {
    parts.carried = take(loop.getCarried());
  } else if (auto scan = dyn_cast<ScanOp>(control)) {
    parts.carried = take(scan.getCarried());
    parts.sliced = take(scan.getSliced());
  } else if (auto unwind = dyn_cast<UnwindOp>(control)) {
    parts.carried = take(unwind.getCarried());
    parts.sliced = take(unwind.getSliced());
    parts.shared = take(unwind.getShared());
    parts.adjoints = take(unwind.getAdjoints());
    parts.streamed = rest;
    return parts;
  }
  parts.shared = rest;
  return parts;
}

SmallVector<FunctionOpInterface, 2> bodiesOf(Operation *control) {
  SmallVector<FlatSymbolRefAttr, 2> names;
  if (auto cond = dyn_cast<CondOp>(control))
    names = {cond.getThenAttr(), cond.getOtherwiseAttr()};
  else if (auto loop = dyn_cast<WhileOp>(control))
    names = {loop.getConditionAttr(), loop.getBodyAttr()};
  else if (auto scan = dyn_cast<ScanOp>(control))
    names = {scan.getBodyAttr()};
  else if (auto unwind = dyn_cast<UnwindOp>(control))
    names = {unwind.getStepAttr(), unwind.getBackAttr()};
  return llvm::map_to_vector<2>(names, [&](FlatSymbolRefAttr name) {
    return SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(control, name);
  });
}

Flags settled(Flags round, llvm::function_ref<Flags(ArrayRef<bool>)> step) {
  for (bool changed = true; changed;) {
    changed = false;
    Flags next = step(round);
    for (size_t k = 0; k < round.size(); ++k) {
      changed |= next[k] && !round[k];
      round[k] = round[k] || next[k];
    }
  }
  return round;
}

Flags joined(std::initializer_list<ArrayRef<bool>> lists) {
  Flags all;
  for (ArrayRef<bool> list : lists)
    llvm::append_range(all, list);
  return all;
}

RankedTensorType partOf(Type type) {
  return RankedTensorType::get(tensorOf(type).getShape().drop_front(), elementOf(type));
}

RankedTensorType stackOf(Type type, int64_t length) {
  SmallVector<int64_t> shape = {length};
  llvm::append_range(shape, tensorOf(type).getShape());
  return RankedTensorType::get(shape, elementOf(type));
}

int64_t slotsFor(llvm::StringRef memory, int64_t length) {
  double n = static_cast<double>(std::max<int64_t>(length, 1));
  return static_cast<int64_t>(std::ceil(memory == "sqrt" ? 2 * std::sqrt(n) : std::log2(n))) + 1;
}

namespace {

std::string listed(TypeRange types) {
  std::string text;
  for (Type type : types)
    text += (text.empty() ? "" : ", ") + textOf(type);
  return "(" + text + ")";
}

LogicalResult checkTypes(Operation *op, FunctionOpInterface body, TypeRange takes, TypeRange gives) {
  auto found = [&](const char *what, TypeRange own, TypeRange wanted) -> LogicalResult {
    if (own == wanted) return success();
    return op->emitOpError() << "asks that @" << body.getName() << " " << what << " " << listed(wanted)
                             << ", it " << what << " " << listed(own);
  };
  if (failed(found("takes", body.getArgumentTypes(), takes))) return failure();
  return found("gives", body.getResultTypes(), gives);
}

LogicalResult hasBodies(Operation *op, int64_t operands) {
  if (operands > static_cast<int64_t>(op->getNumOperands()))
    return op->emitOpError() << "has " << op->getNumOperands() << " operands, its numbers ask for "
                             << operands;
  for (FunctionOpInterface body : bodiesOf(op))
    if (!body) return op->emitOpError() << "names a function that is not there";
  return success();
}

LogicalResult checkLeading(Operation *op, ValueRange values, int64_t length) {
  for (Value value : values)
    if (tensorOf(value).getRank() == 0 || tensorOf(value).getDimSize(0) != length)
      return op->emitOpError() << "goes over " << length << " steps, an operand is " << textOf(value);
  return success();
}

void append(SmallVector<Type> &types, TypeRange more) { llvm::append_range(types, more); }
void appendParts(SmallVector<Type> &types, ValueRange values) {
  for (Value value : values)
    types.push_back(partOf(value.getType()));
}

/// Types of what is stacked, without the leading axis.
FailureOr<SmallVector<Type>> stackedParts(Operation *op, unsigned first, int64_t length) {
  SmallVector<Type> parts;
  if (failed(checkLeading(op, op->getResults().drop_front(first), length))) return failure();
  appendParts(parts, op->getResults().drop_front(first));
  return parts;
}

} // namespace

LogicalResult CondOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(hasBodies(*this, 1))) return failure();
  auto predicate = tensorOf(getOperand(0));
  if (predicate.getRank() != 0 || !isBoolTensor(predicate))
    return emitOpError() << "asks a bool scalar, the predicate is " << textOf(getOperand(0));
  for (FunctionOpInterface body : bodiesOf(*this))
    if (failed(checkTypes(*this, body, getOperands().drop_front().getTypes(), getResultTypes())))
      return failure();
  return success();
}

LogicalResult WhileOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(hasBodies(*this, getCarried()))) return failure();
  auto bodies = bodiesOf(*this);
  Type flag = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  TypeRange carried = operandsOf(*this).carried.getTypes();
  if (failed(checkTypes(*this, bodies[0], getOperandTypes(), flag)) ||
      failed(checkTypes(*this, bodies[1], getOperandTypes(), carried)))
    return failure();
  return getResultTypes() == carried ? success() : emitOpError() << "gives something else than it carries";
}

LogicalResult ScanOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(hasBodies(*this, getCarried() + getSliced()))) return failure();
  if (!llvm::is_contained({"all", "carries", "sqrt", "log"}, getMemory()))
    return emitOpError() << "has memory " << getMemory() << "; it is all, carries, sqrt or log";
  ControlOperands parts = operandsOf(*this);
  if (getNumResults() < parts.carried.size()) return emitOpError() << "gives less than it carries";
  auto stacked = stackedParts(*this, parts.carried.size(), getLength());
  if (failed(stacked) || failed(checkLeading(*this, parts.sliced, getLength()))) return failure();
  SmallVector<Type> takes = {RankedTensorType::get({}, IntegerType::get(getContext(), 64))}, gives;
  append(takes, parts.carried.getTypes());
  appendParts(takes, parts.sliced);
  append(takes, parts.shared.getTypes());
  append(gives, parts.carried.getTypes());
  append(gives, *stacked);
  if (getResults().take_front(parts.carried.size()).getTypes() != parts.carried.getTypes())
    return emitOpError() << "gives something else than it carries";
  return checkTypes(*this, bodiesOf(*this)[0], takes, gives);
}

LogicalResult UnwindOp::verifySymbolUses(SymbolTableCollection &) {
  if (failed(hasBodies(*this, 1 + getCarried() + getSliced() + getShared() + getAdjoints())))
    return failure();
  ControlOperands parts = operandsOf(*this);
  Type number = RankedTensorType::get({}, IntegerType::get(getContext(), 64));
  if (getOperand(0).getType() != number)
    return emitOpError() << "counts with an i64 scalar, the count is " << textOf(getOperand(0));
  if (getNumResults() < parts.adjoints.size()) return emitOpError() << "gives less than its adjoints";
  auto stacked = stackedParts(*this, parts.adjoints.size(), getLength());
  if (failed(stacked) || failed(checkLeading(*this, parts.sliced, getLength())) ||
      failed(checkLeading(*this, parts.streamed, getLength())))
    return failure();
  SmallVector<Type> takes = {number}, gives;
  append(takes, parts.carried.getTypes());
  appendParts(takes, parts.sliced);
  append(takes, parts.shared.getTypes());
  if (failed(checkTypes(*this, bodiesOf(*this)[0], takes, parts.carried.getTypes()))) return failure();
  append(takes, parts.adjoints.getTypes());
  appendParts(takes, parts.streamed);
  append(gives, parts.adjoints.getTypes());
  append(gives, *stacked);
  return checkTypes(*this, bodiesOf(*this)[1], takes, gives);
}

} // namespace tgc::graph
