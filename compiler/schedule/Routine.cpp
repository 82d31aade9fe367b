#include "compiler/schedule/Routine.h"

#include "dialects/exec/Exec.h"

using namespace mlir;

namespace tgc::schedule {

func::FuncOp Routines::declare(StringRef symbol, FunctionType type) {
  func::FuncOp &function = known[symbol];
  if (!function) function = module.lookupSymbol<func::FuncOp>(symbol);
  if (function) return function;
  OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
  function = func::FuncOp::create(top, module.getLoc(), symbol, type);
  function.setPrivate();
  return function;
}

ValueRange Routines::call(StringRef name, VectorType type, TypeRange results, ValueRange operands,
                          Body body) {
  std::string symbol;
  llvm::raw_string_ostream(symbol) << exec::routinePrefix << name << '.' << type.getNumElements() << 'x'
                                   << type.getElementType();
  func::FuncOp function = declare(symbol, builder.getFunctionType(TypeRange(operands), results));
  if (function.isExternal()) {
    function->setAttr(exec::routineAttr, builder.getUnitAttr());
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(function.addEntryBlock());
    SmallVector<Value> values = body(function.getArguments());
    func::ReturnOp::create(builder, values);
  }
  return func::CallOp::create(builder, symbol, results, operands).getResults();
}

Value Routines::callExternal(StringRef symbol, VectorType type, ValueRange operands) {
  SmallVector<Type> types(operands.size(), type);
  declare(symbol, builder.getFunctionType(types, type));
  return func::CallOp::create(builder, symbol, type, operands).getResult(0);
}

} // namespace tgc::schedule
