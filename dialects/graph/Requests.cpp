// What a request for a transformation must agree on with its callee.
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace tgc::graph {
namespace {

FailureOr<FunctionOpInterface> calleeOf(Operation *op, FlatSymbolRefAttr name,
                                        SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<FunctionOpInterface>(op, name);
  if (!callee) return op->emitOpError() << "names no function: " << name, failure();
  return callee;
}

LogicalResult checkTypes(Operation *op, TypeRange found, TypeRange wanted, const char *what) {
  if (found == wanted) return success();
  return op->emitOpError() << "has " << what << " (" << found << "), its callee asks for (" << wanted << ")";
}

LogicalResult checkPositions(Operation *op, FunctionOpInterface callee, ArrayRef<int64_t> wrt) {
  for (int64_t position : wrt)
    if (position < 0 || position >= static_cast<int64_t>(callee.getNumArguments()))
      return op->emitOpError() << "wrt " << position << " is no argument of its callee";
  return success();
}

/// Arguments, then tangents or cotangents `extra`; results, then derivatives `added`.
LogicalResult checkDerivative(Operation *op, FunctionOpInterface callee, ArrayRef<int64_t> wrt,
                              bool forward) {
  SmallVector<Type> operands(callee.getArgumentTypes()), results(callee.getResultTypes());
  SmallVector<Type> moved;
  if (failed(checkPositions(op, callee, wrt))) return failure();
  for (int64_t position : wrt)
    moved.push_back(callee.getArgumentTypes()[position]);
  SmallVector<Type> floats;
  llvm::copy_if(callee.getResultTypes(), std::back_inserter(floats), isDifferentiable);
  operands.append(forward ? moved : floats);
  results.append(forward ? floats : moved);
  if (failed(checkTypes(op, op->getOperandTypes(), operands, "operands"))) return failure();
  return checkTypes(op, op->getResultTypes(), results, "results");
}

} // namespace

LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  return failed(callee) ? failure() : checkDerivative(*this, *callee, getWrt(), true);
}

LogicalResult VjpOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  return failed(callee) ? failure() : checkDerivative(*this, *callee, getWrt(), false);
}

/// The extents of `first`, then those of `second`; null after an error.
static Type productType(Operation *op, Type first, Type second) {
  SmallVector<int64_t> shape(tensorOf(first).getShape());
  llvm::append_range(shape, tensorOf(second).getShape());
  auto type = checkedTensor(op->getLoc(), shape, elementOf(first));
  return failed(type) ? Type() : Type(*type);
}

/// Operands as the callee's arguments; a block for each of `rows` by each argument of `wrt`.
static LogicalResult checkBlocks(Operation *op, FunctionOpInterface callee, TypeRange rows,
                                 ArrayRef<int64_t> wrt) {
  SmallVector<Type> blocks;
  for (Type row : rows)
    for (int64_t position : wrt) {
      Type block = productType(op, row, callee.getArgumentTypes()[position]);
      if (!block) return failure();
      blocks.push_back(block);
    }
  if (failed(checkTypes(op, op->getOperandTypes(), callee.getArgumentTypes(), "operands"))) return failure();
  return checkTypes(op, op->getResultTypes(), blocks, "results");
}

LogicalResult JacobianOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  if (failed(callee) || failed(checkPositions(*this, *callee, getWrt()))) return failure();
  if (!llvm::is_contained({"auto", "forward", "reverse"}, getMode()))
    return emitOpError() << "has mode " << getMode() << "; modes are auto, forward and reverse";
  return checkBlocks(*this, *callee, (*callee).getResultTypes(), getWrt());
}

LogicalResult HessianOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  if (failed(callee) || failed(checkPositions(*this, *callee, getWrt()))) return failure();
  SmallVector<Type> rows;
  for (int64_t position : getWrt())
    rows.push_back((*callee).getArgumentTypes()[position]);
  return checkBlocks(*this, *callee, rows, getWrt());
}

LogicalResult CheckpointOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  if (failed(callee)) return failure();
  if (failed(checkTypes(*this, getOperandTypes(), (*callee).getArgumentTypes(), "operands")))
    return failure();
  return checkTypes(*this, getResultTypes(), (*callee).getResultTypes(), "results");
}

// That the pattern fits the callee is checked where it is read: the dialect does not know its code.
LogicalResult SparseDerivativeOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  if (failed(callee) || failed(checkPositions(*this, *callee, getWrt()))) return failure();
  if (failed(checkTypes(*this, getOperandTypes(), (*callee).getArgumentTypes(), "operands")))
    return failure();
  if (getOrder() != 1 && getOrder() != 2)
    return emitOpError() << "has order " << getOrder() << "; orders are 1 and 2";
  if (getWrt().empty() || (*callee).getNumResults() == 0)
    return emitOpError() << "has nothing to differentiate";
  Type element = elementOf((*callee).getArgumentTypes()[getWrt()[0]]);
  SmallVector<Type> floats;
  for (int64_t position : getWrt())
    floats.push_back((*callee).getArgumentTypes()[position]);
  if (getOrder() == 1)
    llvm::append_range(floats, (*callee).getResultTypes());
  else
    floats.push_back((*callee).getResultTypes()[0]);
  for (Type type : floats)
    if (!isFloatTensor(type) || elementOf(type) != element)
      return emitOpError() << "is of " << type << " beside " << element
                           << "; all are of one floating-point dtype";
  if (getNumResults() != 3 || tensorOf(getResult(0).getType()).getRank() != 1 ||
      elementOf(getResult(0).getType()) != element)
    return emitOpError() << "has the results values, row offsets and columns";
  return success();
}

LogicalResult VmapOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = calleeOf(*this, getCalleeAttr(), symbols);
  if (failed(callee)) return failure();
  if (getAxes().size() != getNumOperands())
    return emitOpError() << "has " << getAxes().size() << " axes for " << getNumOperands() << " operands";
  SmallVector<Type> inner, outer;
  for (auto [axis, type] : llvm::zip(getAxes(), getOperandTypes())) {
    SmallVector<int64_t> shape(tensorOf(type).getShape());
    if (axis >= static_cast<int64_t>(shape.size()) ||
        (axis >= 0 && shape[axis] != static_cast<int64_t>(getExtent())))
      return emitOpError() << "cannot map extent " << getExtent() << " over axis " << axis << " of " << type;
    if (axis >= 0) shape.erase(shape.begin() + axis);
    inner.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  for (Type type : (*callee).getResultTypes()) {
    SmallVector<int64_t> shape(tensorOf(type).getShape());
    shape.insert(shape.begin(), getExtent());
    outer.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  if (failed(checkTypes(*this, inner, (*callee).getArgumentTypes(), "mapped operands"))) return failure();
  return checkTypes(*this, getResultTypes(), outer, "results");
}

} // namespace tgc::graph
