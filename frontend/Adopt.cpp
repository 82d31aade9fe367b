// Functions of one graph brought into another. What is named along the way (rules, callees, the host's
// functions) comes too.
#include "dialects/graph/Calls.h"
#include "frontend/Graph.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace tgc::detail {

graph::ForeignFunctions &Graph::foreign() { return context.getLoadedDialect<graph::GraphDialect>()->foreign; }

static OwningOpRef<ModuleOp> translated(ModuleOp module, MLIRContext &context) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (failed(writeBytecodeToFile(module, stream))) return {};
  return parseSourceString<ModuleOp>(text, &context);
}

Function functionOf(ModuleOp module, const std::string &symbol, std::vector<Param> params,
                    std::vector<Param> results) {
  auto made = std::make_shared<FunctionState>();
  made->graph = std::make_shared<Graph>();
  made->name = made->symbol = symbol;
  made->params = std::move(params);
  made->results = std::move(results);
  made->graph->module = translated(module, made->graph->context);
  if (!made->graph->module)
    made->error = Error{ErrorKind::Internal, "the function could not be brought into another context"};
  return Function(std::shared_ptr<const FunctionState>(made));
}

/// Enters the host's functions of `from` into the table of `to`, under the names that `module` then uses.
static void adoptForeign(Graph &from, Graph &to, ModuleOp module) {
  std::map<std::string, std::string> names;
  for (const auto &[name, function] : from.foreign()) {
    std::string fresh = name;
    auto taken = [&] {
      auto known = to.foreign().find(fresh);
      return known != to.foreign().end() && !(known->second == function);
    };
    for (int k = 1; taken(); ++k)
      fresh = name + "_" + std::to_string(k);
    to.foreign()[fresh] = function;
    names[name] = fresh;
  }
  module.walk([&](graph::ForeignOp op) {
    if (auto name = names.find(op.getTarget().str()); name != names.end()) op.setTarget(name->second);
  });
}

std::optional<std::string> Graph::adopt(Graph &from, const std::string &symbol) {
  if (&from == this) return symbol;
  OwningOpRef<ModuleOp> copy = translated(*from.module, context);
  if (!copy) return std::nullopt;
  adoptForeign(from, *this, *copy);
  std::map<std::string, std::string> names;
  for (auto one : llvm::make_early_inc_range(copy->getOps<func::FuncOp>())) {
    const std::string old = one.getName().str(), fresh = freeName(old);
    if (failed(
            SymbolTable::replaceAllSymbolUses(one.getOperation(), StringAttr::get(&context, fresh), *copy)))
      return std::nullopt;
    one.setName(fresh);
    one->remove();
    module->push_back(one);
    names[old] = fresh;
  }
  for (const auto &[callee, rule] : from.batchRules)
    if (auto known = names.find(callee); known != names.end()) batchRules[known->second] = rule;
  return names[symbol];
}

} // namespace tgc::detail
