// A function with rules is a new graph function that holds one graph.call; the rules' functions come into the
// same graph.
#include "tgc/Custom.h"
#include "dialects/graph/Calls.h"
#include "frontend/Graph.h"
#include <set>

using namespace mlir;

namespace tgc {
namespace detail {
namespace {

/// Names that no parameter before has.
class Names {
public:
  std::string fresh(const std::string &wanted) {
    std::string name = wanted;
    for (int k = 2; !taken.insert(name).second; ++k)
      name = wanted + "_" + std::to_string(k);
    return name;
  }

private:
  std::set<std::string> taken;
};

std::string typesOf(const std::vector<Param> &list) {
  std::string out;
  for (const Param &one : list)
    out += (out.empty() ? "" : ", ") + typeText(one.dtype, Shape(one.extents));
  return "(" + out + ")";
}

bool sameTypes(const std::vector<Param> &a, const std::vector<Param> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Param &left, const Param &right) {
    return left.dtype == right.dtype && left.extents == right.extents;
  });
}

std::vector<Param> lifted(std::vector<Param> list, std::int64_t extent) {
  for (Param &one : list)
    one.extents.insert(one.extents.begin(), extent);
  return list;
}

/// f with rules, under construction. Rules are traced before anything is locked.
class Ruled {
public:
  Ruled(const Function &f, const Rules &rules, Place place)
      : f(*f.state), rules(rules), place(std::move(place)), made(std::make_shared<FunctionState>()) {
    made->graph = this->f.graph;
    made->name = this->f.name;
    made->params = this->f.params;
    made->error = this->f.error;
    if (!made->error && rules.residuals >= this->f.results.size())
      refuse("keeps " + std::to_string(rules.residuals) + " of " + std::to_string(this->f.results.size()) +
             " results for its rules, so that none is left");
    if (made->error) return;
    made->results.assign(this->f.results.begin(),
                         this->f.results.end() - static_cast<std::ptrdiff_t>(rules.residuals));
  }

  Function make() {
    auto jvp = directional(rules.jvp, "jvp", "d_", made->params, made->results);
    auto vjp = directional(rules.vjp, "vjp", "ct_", made->results, made->params);
    auto batch = rules.batch.isFunction() ? batched() : std::nullopt;
    if (!made->error) {
      auto locks = locked({jvp, vjp, batch});
      write(adopted(jvp, "jvp"), adopted(vjp, "vjp"), adopted(batch, "batch"));
    }
    return Function(std::shared_ptr<const FunctionState>(made));
  }

private:
  using Made = std::optional<Function>;

  void refuse(std::string message) {
    if (!made->error)
      made->error =
          Error{ErrorKind::Invalid, "custom_derivative: " + f.name + " " + std::move(message), place};
  }

  /// A derivative rule: the arguments, all results, then directions of `from`; gives those of `to`.
  Made directional(const Rule &rule, const char *kind, const char *prefix, const std::vector<Param> &from,
                   const std::vector<Param> &to) {
    if (!rule || made->error) return std::nullopt;
    Names names;
    std::vector<Param> takes, gives;
    for (const auto *list : {&f.params, &f.results})
      for (const Param &one : *list)
        takes.push_back({names.fresh(one.name), one.dtype, one.extents});
    for (const Param &one : from)
      if (isDifferentiable(one.dtype))
        takes.push_back({names.fresh(prefix + one.name), one.dtype, one.extents});
    std::copy_if(to.begin(), to.end(), std::back_inserter(gives),
                 [](const Param &one) { return isDifferentiable(one.dtype); });
    return checked(rule.on(f.name + "_" + kind, takes), kind, takes, gives);
  }

  Made batched() {
    if (made->error) return std::nullopt;
    Function rule = rules.batch.on(f.name + "_batch", {});
    const auto &params = rule.params();
    std::int64_t extent = params.empty() || params[0].extents.empty() ? 1 : params[0].extents[0];
    return checked(rule, "batch", lifted(f.params, extent), lifted(f.results, extent));
  }

  Made checked(Function rule, const char *kind, const std::vector<Param> &takes,
               const std::vector<Param> &gives) {
    const std::string what = "has a " + std::string(kind) + " rule that ";
    if (rule.error())
      made->error = rule.error();
    else if (!sameTypes(rule.params(), takes))
      refuse(what + "takes " + typesOf(rule.params()) + " where it has to take " + typesOf(takes));
    else if (!sameTypes(rule.results(), gives))
      refuse(what + "gives " + typesOf(rule.results()) + " where it has to give " + typesOf(gives));
    return made->error ? std::nullopt : Made(std::move(rule));
  }

  /// All graphs at once, in the order of their addresses.
  std::vector<std::unique_lock<std::recursive_mutex>> locked(const std::vector<Made> &others) {
    std::set<Graph *> graphs = {f.graph.get()};
    for (const Made &other : others)
      if (other) graphs.insert(other->state->graph.get());
    std::vector<std::unique_lock<std::recursive_mutex>> locks;
    for (Graph *graph : graphs)
      locks.emplace_back(graph->mutex);
    return locks;
  }

  FlatSymbolRefAttr adopted(const Made &rule, const char *kind) {
    if (!rule) return {};
    auto symbol = f.graph->adopt(*rule->state->graph, rule->state->symbol);
    if (!symbol) refuse("has a " + std::string(kind) + " rule that could not be brought into its graph");
    return FlatSymbolRefAttr::get(&f.graph->context, symbol.value_or("none"));
  }

  /// f itself; with a batching rule to be traced, which is found by the callee's name, a copy of its own.
  func::FuncOp calleeOf() {
    func::FuncOp own = f.graph->function(f.symbol);
    if (!rules.batch || rules.batch.isFunction()) return own;
    func::FuncOp copy = own.clone();
    copy.setName(f.graph->freeName(f.symbol));
    f.graph->module->push_back(copy);
    f.graph->batchRules[copy.getName().str()] = rules.batch;
    return copy;
  }

  void write(FlatSymbolRefAttr jvp, FlatSymbolRefAttr vjp, FlatSymbolRefAttr batch) {
    if (made->error) return;
    MLIRContext *context = &f.graph->context;
    func::FuncOp callee = calleeOf();
    Location at = FileLineColLoc::get(context, place.file, place.line, place.column);
    OpBuilder builder = OpBuilder::atBlockEnd(f.graph->module->getBody());
    made->symbol = f.graph->freeName(f.symbol + "_custom");
    auto function = func::FuncOp::create(builder, at, made->symbol,
                                         builder.getFunctionType(callee.getArgumentTypes(), {}));
    Block *body = function.addEntryBlock();
    for (auto [argument, inner] : llvm::zip(body->getArguments(), callee.getArguments()))
      argument.setLoc(inner.getLoc());
    builder.setInsertionPointToEnd(body);
    auto call = graph::CallOp::create(
        builder, at, callee.getResultTypes(), body->getArguments(), FlatSymbolRefAttr::get(callee), jvp, vjp,
        batch ? builder.getArrayAttr({batch}) : ArrayAttr(),
        builder.getI64IntegerAttr(static_cast<std::int64_t>(rules.residuals)), builder.getStringAttr(f.name));
    auto shown = call.getResults().drop_back(rules.residuals);
    func::ReturnOp::create(builder, at, shown);
    function.setFunctionType(builder.getFunctionType(callee.getArgumentTypes(), shown.getTypes()));
  }

  const FunctionState &f;
  const Rules &rules;
  Place place;
  std::shared_ptr<FunctionState> made;
};

} // namespace

std::vector<graph::CallOp> Graph::unserved(const std::string &symbol, std::int64_t extent) {
  std::vector<graph::CallOp> calls;
  auto isServed = [&](graph::CallOp call) {
    if (!call.getBatchAttr()) return false;
    return llvm::any_of(call.getBatchAttr(), [&](Attribute known) {
      Type type = function(cast<FlatSymbolRefAttr>(known).getValue()).getArgumentTypes()[0];
      return graph::tensorOf(type).getDimSize(0) == extent;
    });
  };
  std::set<std::string> seen;
  std::vector<std::string> open = {symbol};
  while (!open.empty()) {
    std::string name = std::move(open.back());
    open.pop_back();
    func::FuncOp function = this->function(name);
    if (!function || !seen.insert(name).second) continue;
    function.walk([&](Operation *op) {
      auto call = dyn_cast<graph::CallOp>(op);
      if (call && call.getNumOperands() && batchRules.count(call.getCallee().str()) && !isServed(call))
        calls.push_back(call);
      op->getAttrDictionary().walk([&](FlatSymbolRefAttr inner) { open.push_back(inner.getValue().str()); });
    });
  }
  return calls;
}

Graph::Unserved Graph::described(graph::CallOp call, std::int64_t extent) {
  const std::string callee = call.getCallee().str();
  auto typed = [&](TypeRange types, ValueRange named) {
    std::vector<Param> list;
    for (auto [k, type] : llvm::enumerate(types)) {
      auto own = k < named.size() ? graph::nameOf(named[k]) : std::nullopt;
      list.push_back(paramOf(own.value_or("x" + std::to_string(k)), type));
    }
    return lifted(std::move(list), extent);
  };
  return {callee, call.name().str(), batchRules.at(callee),
          typed(call.getOperandTypes(), function(callee).getArguments()), typed(call.getResultTypes(), {})};
}

std::optional<Error> Graph::traceBatchRules(const std::string &symbol, std::int64_t extent) {
  while (true) {
    std::optional<Unserved> next;
    {
      std::lock_guard lock(mutex);
      if (auto calls = unserved(symbol, extent); !calls.empty()) next = described(calls.front(), extent);
    }
    if (!next) return std::nullopt;
    Function traced = next->rule.on(next->name + "_batch_" + std::to_string(extent), next->takes);
    if (traced.error()) return traced.error();
    if (!sameTypes(traced.results(), next->gives))
      return Error{ErrorKind::Invalid, "vmap: " + next->name + " has a batch rule that gives " +
                                           typesOf(traced.results()) + " where it has to give " +
                                           typesOf(next->gives)};
    std::scoped_lock both(mutex, traced.state->graph->mutex);
    auto adopted = adopt(*traced.state->graph, traced.state->symbol);
    if (!adopted)
      return Error{ErrorKind::Internal,
                   "the batch rule of " + next->name + " could not be brought into its graph"};
    for (graph::CallOp call : unserved(symbol, extent)) {
      if (call.getCallee() != next->callee) continue;
      SmallVector<Attribute> batches;
      if (call.getBatchAttr()) llvm::append_range(batches, call.getBatchAttr());
      batches.push_back(FlatSymbolRefAttr::get(&context, *adopted));
      call.setBatchAttr(ArrayAttr::get(&context, batches));
    }
  }
}

} // namespace detail

Function custom_derivative(const Function &f, const Rules &rules, Arg::Here here) {
  return detail::Ruled(f, rules, {here.file_name(), here.line(), here.column()}).make();
}

} // namespace tgc
