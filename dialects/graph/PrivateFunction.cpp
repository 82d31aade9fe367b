#include "dialects/graph/PrivateFunction.h"
#include "dialects/graph/Expand.h"

using namespace mlir;

namespace tgc::graph {

func::FuncOp privateFunction(SymbolTable &symbols, llvm::StringRef name, TypeRange inputs, Location loc,
                             Emit emit) {
  OpBuilder builder(symbols.getOp()->getRegion(0));
  auto made = func::FuncOp::create(builder, loc, name, builder.getFunctionType(inputs, {}));
  made.setPrivate();
  symbols.insert(made);
  Block *body = made.addEntryBlock();
  Ink ink(OpBuilder::atBlockEnd(body), loc);
  auto results = emit(ink, body->getArguments());
  if (failed(results) || ink.failed()) return nullptr;
  SmallVector<Value> values;
  for (Sym result : *results)
    values.push_back(result.value());
  func::ReturnOp::create(ink.builder, loc, values);
  made.setFunctionType(builder.getFunctionType(inputs, ValueRange(values).getTypes()));
  return succeeded(expandComposites(*body)) ? made : nullptr;
}

} // namespace tgc::graph
