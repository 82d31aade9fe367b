// What a request for a transformation must agree on with its callee.
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

/// Arguments, then tangents or cotangents `extra`; results, then derivatives `added`.
LogicalResult checkDerivative(Operation *op, FunctionOpInterface callee, ArrayRef<int64_t> wrt,
                              bool forward) {
  SmallVector<Type> operands(callee.getArgumentTypes()), results(callee.getResultTypes());
  SmallVector<Type> moved;
  for (int64_t position : wrt) {
    if (position < 0 || position >= static_cast<int64_t>(callee.getNumArguments()))
      return op->emitOpError() << "wrt " << position << " is no argument of its callee";
    moved.push_back(callee.getArgumentTypes()[position]);
  }
  SmallVector<Type> floats;
  llvm::copy_if(callee.getResultTypes(), std::back_inserter(floats), isFloatTensor);
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
