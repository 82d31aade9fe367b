// Functions of one graph brought into another. What is named along the way (rules, callees, the host's
// functions) comes too.
#include "dialects/graph/Calls.h"
#include "frontend/Graph.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SetVector.h"
#include <set>

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

OwningOpRef<ModuleOp> reachableFrom(ModuleOp module, llvm::StringRef symbol) {
  llvm::SetVector<Operation *> reached;
  SymbolTable symbols(module);
  reached.insert(symbols.lookup(symbol));
  for (size_t k = 0; k < reached.size(); ++k) {
    auto uses = SymbolTable::getSymbolUses(reached[k]);
    for (SymbolTable::SymbolUse use : *uses)
      if (Operation *named = symbols.lookup(use.getSymbolRef().getLeafReference())) reached.insert(named);
  }
  OwningOpRef<ModuleOp> part = ModuleOp::create(module.getLoc());
  (*part)->setAttrs(module->getAttrs());
  for (Operation &one : module.getOps()) // in the order they were made
    if (reached.contains(&one)) part->push_back(one.clone());
  return part;
}

/// Gives the functions of `module` other names, all at once: an old name may be another's new one.
static void rename(ModuleOp module, const std::map<std::string, std::string> &names) {
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](SymbolRefAttr reference) -> std::optional<Attribute> {
    auto known = names.find(reference.getRootReference().str());
    if (known == names.end()) return std::nullopt;
    return FlatSymbolRefAttr::get(module.getContext(), known->second);
  });
  replacer.recursivelyReplaceElementsIn(module);
  for (auto one : module.getOps<func::FuncOp>())
    if (auto known = names.find(one.getName().str()); known != names.end()) one.setName(known->second);
}

std::optional<std::string> Graph::adopt(Graph &from, const std::string &symbol) {
  if (&from == this) return symbol;
  std::map<std::string, std::string> &names = adopted[from.weak_from_this()];
  if (auto known = names.find(symbol); known != names.end()) return known->second;
  OwningOpRef<ModuleOp> copy = translated(*reachableFrom(*from.module, symbol), context);
  if (!copy) return std::nullopt;
  adoptForeign(from, *this, *copy);
  std::set<std::string> chosen;
  llvm::SmallVector<func::FuncOp> fresh;
  for (auto one : llvm::make_early_inc_range(copy->getOps<func::FuncOp>())) {
    const std::string old = one.getName().str();
    if (names.count(old)) continue; // it came with another one
    std::string name = freeName(old);
    for (int k = 1; chosen.count(name); ++k)
      name = freeName(old + "_" + std::to_string(k));
    chosen.insert(name);
    names[old] = name;
    fresh.push_back(one);
  }
  llvm::SmallVector<func::FuncOp> known;
  for (auto one : copy->getOps<func::FuncOp>())
    if (!llvm::is_contained(fresh, one)) known.push_back(one);
  for (func::FuncOp one : known)
    one.erase();
  rename(*copy, names);
  for (func::FuncOp one : fresh) {
    one->remove();
    module->push_back(one);
  }
  for (const auto &[callee, rule] : from.batchRules)
    if (auto known = names.find(callee); known != names.end()) batchRules[known->second] = rule;
  return names[symbol];
}

} // namespace tgc::detail
