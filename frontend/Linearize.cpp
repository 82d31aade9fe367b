// Partial evaluation of a derivative: what does not depend on the directions is the first part, the rest the
// second; values of the first that the second reads are results of one and parameters of the other.
#include "tgc/Linearize.h"
#include "compiler/Diagnostics.h"
#include "dialects/graph/Calls.h"
#include "frontend/Graph.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tgc {
namespace detail {
namespace {

/// Whether a value is made again where it is read: it costs less than keeping it.
bool isMadeAgain(Operation *op) {
  if (!op) return false;
  if (op->hasTrait<OpTrait::ConstantLike>()) return true;
  auto row = dyn_cast<graph::GraphOp>(op);
  return row && (row.viewMap() || row.renames() || row.kind() == graph::Kind::Leaf);
}

class Cut {
public:
  Cut(const FunctionState &f, const FunctionState &derivative) : f(f), derivative(derivative) {}

  Linearized make() {
    std::optional<Error> error = derivative.error;
    OwningOpRef<ModuleOp> resolved;
    if (!error) resolved = written(error);
    if (error) {
      auto failed = std::make_shared<FunctionState>(f);
      failed->error = error;
      Function both{std::shared_ptr<const FunctionState>(failed)};
      return {both, both};
    }
    whole = resolved->lookupSymbol<func::FuncOp>(derivative.symbol);
    bringBodies(*resolved);
    findSecond();
    return {first(), second()};
  }

private:
  /// The derivative as plain ops and calls.
  OwningOpRef<ModuleOp> written(std::optional<Error> &error) {
    Graph &graph = *f.graph;
    if (!graph.compiler) graph.compiler = std::make_unique<Compiler>(graph.context);
    OwningOpRef<ModuleOp> copy = graph.module->clone();
    for (auto one : copy->getOps<func::FuncOp>())
      one.setVisibility(one.getName() == derivative.symbol ? SymbolTable::Visibility::Public
                                                           : SymbolTable::Visibility::Private);
    Options options;
    options.upTo = Stage::Batch;
    options.keepCalls = true;
    if (auto done = graph.compiler->compile({*copy, derivative.symbol}, options); !done) error = done.error();
    return copy;
  }

  /// Bodies of loops and branches that the derivative has made, into f's graph.
  void bringBodies(ModuleOp resolved) {
    OwningOpRef<ModuleOp> named = reachableFrom(resolved, derivative.symbol);
    for (auto one : named->getOps<func::FuncOp>())
      if (!f.graph->function(one.getName())) f.graph->module->push_back(one.clone());
  }

  void findSecond() {
    Block &body = whole.front();
    for (BlockArgument argument : body.getArguments().drop_front(f.params.size()))
      late.insert(argument);
    auto isLate = [&](Value value) { return late.contains(value); };
    for (Operation &op : body.without_terminator()) {
      if (!llvm::any_of(op.getOperands(), isLate)) continue;
      late.insert(op.result_begin(), op.result_end());
      for (Value operand : op.getOperands())
        need(operand);
    }
    for (Value result : body.getTerminator()->getOperands().drop_front(f.results.size()))
      need(result);
  }

  /// Notes what the second part has to be given so that it can read an early value.
  void need(Value value) {
    SmallVector<Value> open = {value};
    while (!open.empty()) {
      Value next = open.pop_back_val();
      if (late.contains(next) || !seen.insert(next).second) continue;
      Operation *op = next.getDefiningOp();
      if (isMadeAgain(op)) {
        again.insert(op);
        llvm::append_range(open, op->getOperands());
      } else if (op) {
        kept.insert(next);
      }
    }
  }

  Function begin(const char *suffix, std::vector<Param> params) {
    made = std::make_shared<FunctionState>();
    made->graph = f.graph;
    made->name = f.name + suffix;
    made->params = std::move(params);
    made->symbol = f.graph->freeName(f.symbol + suffix);
    MLIRContext *context = &f.graph->context;
    builder = OpBuilder::atBlockEnd(f.graph->module->getBody());
    SmallVector<Type> inputs;
    for (const Param &param : made->params)
      inputs.push_back(typeOf(context, param));
    function =
        func::FuncOp::create(builder, whole.getLoc(), made->symbol, builder.getFunctionType(inputs, {}));
    Block *body = function.addEntryBlock();
    for (auto [argument, param] : llvm::zip(body->getArguments(), made->params))
      argument.setLoc(NameLoc::get(StringAttr::get(context, param.name), whole.getLoc()));
    builder.setInsertionPointToEnd(body);
    map.clear();
    map.map(whole.getArguments().take_front(f.params.size()),
            function.getArguments().take_front(f.params.size()));
    return Function(std::shared_ptr<const FunctionState>(made));
  }

  void end(ValueRange results, const std::vector<std::string> &names) {
    func::ReturnOp::create(builder, whole.getLoc(), results);
    function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), results.getTypes()));
    for (auto [name, value] : llvm::zip(names, results))
      made->results.push_back(paramOf(name, value.getType()));
  }

  std::string fresh(const std::vector<Param> &among, std::string name) const {
    auto taken = [&] { return llvm::any_of(among, [&](const Param &one) { return one.name == name; }); };
    while (taken())
      name += "_";
    return name;
  }

  Function first() {
    Function out = begin("_value", f.params);
    for (Operation &op : whole.front().without_terminator())
      if (op.getNumResults() && !late.contains(op.getResult(0))) builder.clone(op, map);
    std::vector<std::string> names;
    SmallVector<Value> results;
    ValueRange given = whole.front().getTerminator()->getOperands().take_front(f.results.size());
    for (const Param &param : f.results)
      names.push_back(param.name);
    if (llvm::any_of(given, [&](Value value) { return late.contains(value); }))
      results = ownResults();
    else
      for (Value value : given)
        results.push_back(map.lookup(value));
    for (auto [k, value] : llvm::enumerate(kept)) {
      names.push_back(fresh(f.results, "r" + std::to_string(k)));
      results.push_back(map.lookup(value));
    }
    end(results, names);
    return out;
  }

  /// f's results by its own ops: a loop carries values and tangents together, so that the derivative gives
  /// both only where there are directions.
  SmallVector<Value> ownResults() {
    Block &body = f.graph->function(f.symbol).front();
    IRMapping own;
    own.map(body.getArguments(), function.getArguments());
    for (Operation &op : body.without_terminator())
      builder.clone(op, own);
    return llvm::map_to_vector(body.getTerminator()->getOperands(),
                               [&](Value value) { return own.lookup(value); });
  }

  Function second() {
    std::vector<Param> params = f.params;
    for (auto [k, value] : llvm::enumerate(kept))
      params.push_back(paramOf(fresh(f.params, "r" + std::to_string(k)), value.getType()));
    for (std::size_t k = f.params.size(); k < derivative.params.size(); ++k) {
      Param direction = derivative.params[k];
      direction.name = fresh(params, direction.name);
      params.push_back(std::move(direction));
    }
    Function out = begin("_apply", std::move(params));
    auto given = function.getArguments().drop_front(f.params.size());
    for (auto [value, argument] : llvm::zip(kept, given))
      map.map(value, argument);
    map.map(whole.getArguments().drop_front(f.params.size()), given.drop_front(kept.size()));
    for (Operation &op : whole.front().without_terminator())
      if (again.contains(&op) || (op.getNumResults() && late.contains(op.getResult(0))))
        builder.clone(op, map);
    std::vector<std::string> names;
    SmallVector<Value> results;
    for (Value value : whole.front().getTerminator()->getOperands().drop_front(f.results.size())) {
      names.push_back("out" + std::to_string(names.size()));
      results.push_back(map.lookup(value));
    }
    end(results, names);
    return out;
  }

  const FunctionState &f, &derivative;
  func::FuncOp whole;
  llvm::DenseSet<Value> late, seen; ///< what depends on the directions; early values asked for
  llvm::SetVector<Value> kept;
  llvm::SetVector<Operation *> again;
  // the part under construction
  std::shared_ptr<FunctionState> made;
  func::FuncOp function;
  OpBuilder builder{static_cast<MLIRContext *>(nullptr)};
  IRMapping map;
};

} // namespace
} // namespace detail

static Linearized cut(const Function &f, const Function &derivative) {
  std::lock_guard lock(f.state->graph->mutex);
  return detail::Cut(*f.state, *derivative.state).make();
}

Linearized linearize(const Function &f, const Wrt &wrt, Arg::Here here) { return cut(f, jvp(f, wrt, here)); }
Linearized pullback(const Function &f, const Wrt &wrt, Arg::Here here) { return cut(f, vjp(f, wrt, here)); }

} // namespace tgc
