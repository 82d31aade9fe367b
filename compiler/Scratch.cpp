#include "compiler/Scratch.h"
#include "compiler/Diagnostics.h"
#include "compiler/Pipeline.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tgc {

Scratch::Scratch(ModuleOp from, StringRef name) : module(ModuleOp::create(from.getLoc())) {
  MLIRContext *context = from.getContext();
  DialectRegistry registry;
  registerDialects(registry);
  context->appendDialectRegistry(registry);
  context->loadAllAvailableDialects();
  SymbolTable symbols(from);
  llvm::SetVector<Operation *> functions;
  if (Operation *first = symbols.lookup(name)) functions.insert(first);
  for (size_t k = 0; k < functions.size(); ++k) {
    if (auto uses = SymbolTable::getSymbolUses(functions[k]))
      for (SymbolTable::SymbolUse use : *uses)
        if (Operation *named = symbols.lookup(use.getSymbolRef().getRootReference())) functions.insert(named);
    module->push_back(functions[k]->clone());
    cast<func::FuncOp>(module->getBody()->back()).setPrivate();
  }
  entry = module->lookupSymbol<func::FuncOp>(name);
}

func::FuncOp Scratch::make(StringRef name, TypeRange inputs,
                           llvm::function_ref<SmallVector<Value>(OpBuilder &, ValueRange)> body) {
  OpBuilder builder(module->getBodyRegion());
  Location loc = entry.getLoc();
  entry = func::FuncOp::create(builder, loc, name, builder.getFunctionType(inputs, {}));
  SymbolTable(*module).insert(entry);
  Block *block = entry.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  SmallVector<Value> results = body(builder, block->getArguments());
  func::ReturnOp::create(builder, loc, results);
  entry.setFunctionType(builder.getFunctionType(inputs, ValueRange(results).getTypes()));
  entry.setPrivate();
  return entry;
}

Result<void> Scratch::simplify() {
  std::string name = entry.getName().str();
  entry.setPublic(); // what it does not name is dropped
  for (Stage stage : {Stage::Algebra, Stage::Autodiff, Stage::Batch}) {
    DiagnosticCollector said(module->getContext());
    PassManager passes(module->getContext(), ModuleOp::getOperationName());
    passes.enableVerifier(false);
    addStage(passes, stage, {});
    if (failed(passes.run(*module))) return said.take(stage);
  }
  entry = module->lookupSymbol<func::FuncOp>(name);
  return {};
}

} // namespace tgc
