// Functions with rules of their own, and where a map puts its axis.
#include "frontend/language/Build.h"
#include <set>

namespace tgc::language {

namespace {

std::string typesOf(mlir::TypeRange types) {
  std::string out;
  for (mlir::Type type : types)
    out += (out.empty() ? "" : ", ") + graph::textOf(type);
  return "(" + out + ")";
}

llvm::SmallVector<mlir::Type> lifted(mlir::TypeRange types, std::int64_t extent) {
  llvm::SmallVector<mlir::Type> out;
  for (mlir::Type type : types) {
    llvm::SmallVector<int64_t> shape = {extent};
    llvm::append_range(shape, graph::tensorOf(type).getShape());
    out.push_back(mlir::RankedTensorType::get(shape, graph::elementOf(type)));
  }
  return out;
}

} // namespace

mlir::FlatSymbolRefAttr Build::rule(const FunctionValue &rule, const char *kind, mlir::TypeRange takes,
                                    mlir::TypeRange gives, Span place) {
  const std::string name = word(ast.functions[rule.function].name);
  const std::string what = "custom_derivative's " + std::string(kind) + " rule " + name;
  if (rule.signature.parameters.size() != takes.size()) {
    fail(place,
         what + " takes " + std::to_string(rule.signature.parameters.size()) + " arguments and gets " +
             typesOf(takes),
         "a rule takes the function's arguments, its results, then tangents or cotangents of the "
         "floating-point ones");
    return {};
  }
  mlir::func::FuncOp made = functionFor(rule, rule.steps.size(), takes, false);
  if (!made) return {};
  if (mlir::TypeRange(made.getResultTypes()) != gives) {
    fail(place,
         what + " gives " + typesOf(made.getResultTypes()) + " where it has to give " + typesOf(gives));
    return {};
  }
  return mlir::FlatSymbolRefAttr::get(made);
}

std::optional<Values> Build::custom(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                    Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  if (!tensors(ink, arguments, place)) return std::nullopt;
  llvm::SmallVector<mlir::Value> operands;
  for (const Argument &argument : arguments)
    operands.push_back(argument.as<graph::Sym>()->value());
  mlir::func::FuncOp callee = functionFor(value, level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee) return std::nullopt;
  llvm::SmallVector<mlir::Type> seen(callee.getArgumentTypes());
  llvm::append_range(seen, callee.getResultTypes());
  const auto floatsIn = graph::floatsOf(callee.getArgumentTypes()),
             floatsOut = graph::floatsOf(callee.getResultTypes());
  auto with = [&](llvm::ArrayRef<mlir::Type> directions) {
    llvm::SmallVector<mlir::Type> all(seen);
    llvm::append_range(all, directions);
    return all;
  };
  mlir::FlatSymbolRefAttr jvp, vjp;
  if (step.jvp && !(jvp = rule(*step.jvp, "jvp", with(floatsIn), floatsOut, place))) return std::nullopt;
  if (step.vjp && !(vjp = rule(*step.vjp, "vjp", with(floatsOut), floatsIn, place))) return std::nullopt;
  if (step.batch) batchRules.insert_or_assign(callee.getSymName().str(), *step.batch);
  mlir::Builder &b = ink.builder;
  auto call = graph::CallOp::create(ink.builder, location(place), callee.getResultTypes(), operands,
                                    mlir::FlatSymbolRefAttr::get(callee), jvp, vjp, mlir::ArrayAttr(),
                                    b.getI64IntegerAttr(0),
                                    b.getStringAttr(word(ast.functions[value.function].name)));
  Values results;
  for (mlir::Value result : call.getResults())
    results.push_back(Argument(ink.sym(result)));
  return results;
}

bool Build::addBatchRules(mlir::func::FuncOp callee, std::int64_t extent, Span place) {
  if (batchRules.empty()) return true;
  mlir::SymbolTable symbols(module);
  std::set<std::string> seen;
  llvm::SmallVector<mlir::func::FuncOp> open = {callee};
  llvm::SmallVector<graph::CallOp> calls;
  while (!open.empty()) {
    mlir::func::FuncOp function = open.pop_back_val();
    if (!seen.insert(function.getSymName().str()).second) continue;
    function.walk([&](mlir::Operation *op) {
      if (auto call = mlir::dyn_cast<graph::CallOp>(op)) calls.push_back(call);
      op->getAttrDictionary().walk([&](mlir::FlatSymbolRefAttr name) {
        if (auto inner = symbols.lookup<mlir::func::FuncOp>(name.getValue())) open.push_back(inner);
      });
    });
  }
  return llvm::all_of(calls, [&](graph::CallOp call) { return addBatchRule(call, extent, place); });
}

bool Build::addBatchRule(graph::CallOp call, std::int64_t extent, Span place) {
  auto known = batchRules.find(call.getCallee().str());
  if (known == batchRules.end() || call.getNumOperands() == 0) return true;
  llvm::SmallVector<mlir::Attribute> rules;
  if (call.getBatchAttr()) llvm::append_range(rules, call.getBatchAttr());
  for (mlir::Attribute name : rules) {
    auto one = module.lookupSymbol<mlir::func::FuncOp>(mlir::cast<mlir::FlatSymbolRefAttr>(name).getValue());
    if (graph::tensorOf(one.getArgumentTypes()[0]).getDimSize(0) == extent) return true;
  }
  auto made = rule(known->second, "batch", lifted(call.getOperandTypes(), extent),
                   lifted(call.getResultTypes(), extent), place);
  if (!made) return false;
  rules.push_back(made);
  call.setBatchAttr(mlir::ArrayAttr::get(call.getContext(), rules));
  return true;
}

std::optional<Values> Build::movedOut(graph::Ink &ink, const Step &step, const Ast &holder,
                                      mlir::ValueRange results, Span place) {
  Values out;
  for (mlir::Value result : results)
    out.push_back(Argument(ink.sym(result)));
  if (step.outAxes == noNode) return out;
  auto refuse = [&](std::string message) {
    take(holder.source->error(holder[step.outAxes].span, std::move(message)));
    return std::nullopt;
  };
  const bool several = holder[step.outAxes].kind == NodeKind::List;
  std::span<const NodeId> items =
      several ? holder.children(step.outAxes) : std::span<const NodeId>(&step.outAxes, 1);
  if (several && items.size() != out.size())
    return refuse("out_axes has " + std::to_string(items.size()) +
                  (items.size() == 1 ? " entry for " : " entries for ") + std::to_string(out.size()) +
                  (out.size() == 1 ? " result" : " results"));
  for (std::size_t k = 0; k < out.size(); ++k) {
    auto axis = literalInteger(holder, items[several ? k : 0]);
    if (!axis) return refuse("out_axes takes an integer for each result");
    graph::Sym sym = *out[k].as<graph::Sym>();
    const std::int64_t rank = sym.rank();
    if (*axis < -rank || *axis >= rank)
      return refuse("vmap puts its axis at " + std::to_string(*axis) + " of result " + std::to_string(k) +
                    " (" + graph::textOf(sym.type()) + " with the axis in front), which has " +
                    std::to_string(rank) + (rank == 1 ? " axis" : " axes"));
    const std::int64_t to = *axis < 0 ? *axis + rank : *axis;
    llvm::SmallVector<int64_t> order;
    for (std::int64_t from = 1; from < rank; ++from)
      order.push_back(from);
    order.insert(order.begin() + to, 0);
    if (to != 0) out[k] = Argument(graph::permute_dims(sym, llvm::ArrayRef<int64_t>(order)));
  }
  return out;
}

} // namespace tgc::language
