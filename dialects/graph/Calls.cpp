// What a call must agree on with its callee and with its rules.
#include "dialects/graph/Calls.h"

using namespace mlir;

namespace tgc::graph {

SmallVector<Value> writeBody(OpBuilder &builder, func::FuncOp function, ValueRange arguments,
                             llvm::function_ref<Location(Operation *)> located) {
  IRMapping copies;
  copies.map(function.getArguments(), arguments);
  for (Operation &op : function.front().without_terminator()) {
    Operation *copy = builder.clone(op, copies);
    if (located) copy->setLoc(located(&op));
  }
  return llvm::map_to_vector(function.front().getTerminator()->getOperands(),
                             [&](Value inner) { return copies.lookup(inner); });
}

SmallVector<Type> floatsOf(TypeRange types) {
  SmallVector<Type> floats;
  llvm::copy_if(types, std::back_inserter(floats), isDifferentiable);
  return floats;
}

namespace {

/// Compares a function's type with what it has to be.
LogicalResult checkRule(CallOp call, FlatSymbolRefAttr name, SymbolTableCollection &symbols, const char *what,
                        TypeRange inputs, TypeRange results) {
  auto rule = symbols.lookupNearestSymbolFrom<func::FuncOp>(call, name);
  if (!rule) return call.emitOpError() << "names no function: " << name;
  if (TypeRange(rule.getArgumentTypes()) == inputs && TypeRange(rule.getResultTypes()) == results)
    return success();
  return call.emitOpError() << "has the " << what << " " << name << " of type " << rule.getFunctionType()
                            << " where (" << inputs << ") -> (" << results << ") is needed";
}

SmallVector<Type> joined(TypeRange first, TypeRange second) {
  SmallVector<Type> all(first);
  llvm::append_range(all, second);
  return all;
}

/// Types with one more leading axis; empty where one is too large.
SmallVector<Type> lifted(TypeRange types, int64_t extent) {
  SmallVector<Type> all;
  for (Type type : types) {
    SmallVector<int64_t> shape = {extent};
    llvm::append_range(shape, tensorOf(type).getShape());
    all.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  return all;
}

} // namespace

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  TypeRange inputs = getOperandTypes(), results = getResultTypes();
  if (getResiduals() > results.size())
    return emitOpError() << "keeps " << getResiduals() << " of " << results.size()
                         << " results for its rules";
  TypeRange shown = results.drop_back(getResiduals());
  if (failed(checkRule(*this, getCalleeAttr(), symbols, "callee", inputs, results))) return failure();
  SmallVector<Type> seen = joined(inputs, results), floatsIn = floatsOf(inputs), floatsOut = floatsOf(shown);
  if (auto jvp = getJvpAttr())
    if (failed(checkRule(*this, jvp, symbols, "jvp rule", joined(seen, floatsIn), floatsOut)))
      return failure();
  if (auto vjp = getVjpAttr())
    if (failed(checkRule(*this, vjp, symbols, "vjp rule", joined(seen, floatsOut), floatsIn)))
      return failure();
  if (!getBatchAttr()) return success();
  if (inputs.empty()) return emitOpError() << "has a batching rule and no argument to map";
  for (auto name : getBatchAttr().getAsRange<FlatSymbolRefAttr>()) {
    auto rule = symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, name);
    if (!rule) return emitOpError() << "names no function: " << name;
    auto first = rule.getNumArguments() ? tensorOf(rule.getArgumentTypes()[0]) : RankedTensorType();
    int64_t extent = first && first.getRank() ? first.getDimSize(0) : 1;
    if (failed(checkRule(*this, name, symbols, "batching rule", lifted(inputs, extent),
                         lifted(results, extent))))
      return failure();
  }
  return success();
}

} // namespace tgc::graph
