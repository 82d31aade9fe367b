// Bodies of branches and loops are traced into functions of their own; what they use of the functions around
// them becomes shared operands.
#include "tgc/Control.h"
#include "compiler/Diagnostics.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/ControlCall.h"
#include "dialects/graph/Ops.h"
#include "frontend/Graph.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace tgc {
namespace {

using detail::Trace;
using tgc::graph::Syms;

/// One call: the function it stands in, its operands there, the bodies.
class ControlCall {
public:
  ControlCall(std::initializer_list<const Exprs *> operands, Arg::Here here) : here(here) {
    for (const Exprs *list : operands)
      for (const Expr &expr : *list)
        detail::widen(outer, Arg(expr, here));
    if (detail::tracing()) outer = detail::tracing(); // a call stands where it is written
  }

  bool begin() {
    if (!outer || outer->error || outer->closed) return false;
    lock = std::unique_lock(outer->graph->mutex);
    outer->ink.setLoc(place());
    return true;
  }
  Location place() { return outer->locationOf(here); }

  /// Operands where the call stands; nothing after an error.
  std::optional<Syms> values(const Exprs &exprs) {
    Syms out;
    for (const Expr &expr : exprs) {
      auto trace = expr.trace;
      Value held = trace && expr.id != Expr::failed ? outer->reach(expr) : Value();
      if (!held) {
        outer->fail(outer->strange(expr, "an operand", here));
        return std::nullopt;
      }
      out.push_back(outer->ink.sym(held));
    }
    return out;
  }

  /// Traces a body on arguments of the given types; what it uses from around is added to `shared`.
  graph::Named traced(const char *name, ArrayRef<Type> types, const std::function<Exprs(ExprSpan)> &body,
                      bool isBranch = false);
  /// Bodies traced before the last one take what that one uses, too.
  void complete(graph::Named &early) {
    for (Value value : ArrayRef(shared).drop_front(early.function.getNumArguments() - ownArguments))
      early.function.front().addArgument(value.getType(), value.getLoc());
    close(early.function);
  }
  Syms sharedSyms() { return outer->ink.syms(shared); }

  /// What the call gives, or as many failed expressions.
  Exprs finish(FailureOr<Syms> results, DiagnosticCollector &said) {
    Exprs out;
    if (failed(results)) {
      outer->fail(said.take(Stage::Algebra));
      return out;
    }
    for (graph::Sym result : *results)
      out.push_back(outer->add(result.value()));
    return out;
  }

  std::shared_ptr<Trace> outer;

private:
  static void close(func::FuncOp function) {
    auto *block = &function.front();
    function.setFunctionType(FunctionType::get(function.getContext(), block->getArgumentTypes(),
                                               block->getTerminator()->getOperandTypes()));
  }

  Arg::Here here;
  std::unique_lock<std::recursive_mutex> lock;
  SmallVector<Value> shared; ///< in `outer`
  std::size_t ownArguments = 0;
};

graph::Named ControlCall::traced(const char *name, ArrayRef<Type> types,
                                 const std::function<Exprs(ExprSpan)> &body, bool isBranch) {
  detail::Graph &graph = *outer->graph;
  OpBuilder builder = OpBuilder::atBlockEnd(graph.module->getBody());
  auto function =
      func::FuncOp::create(builder, place(), graph.freeName((outer->function.getName() + "." + name).str()),
                           builder.getFunctionType(types, {}));
  function.setPrivate();
  function.addEntryBlock();
  auto trace = std::make_shared<Trace>(outer->graph, function, outer);
  trace->isBranch = isBranch;
  ownArguments = types.size();
  Exprs arguments;
  for (Value argument : function.getArguments())
    arguments.push_back(trace->add(argument));
  trace->captureAll(shared);
  auto unfinished = llvm::scope_exit([&] { // after an error, or where the body throws
    if (!trace->error) trace->fail({ErrorKind::Invalid, std::string(name) + " was left", placeOf(place())});
    function.erase();
  });
  Exprs results = [&] {
    detail::Building building(trace);
    return body(arguments);
  }();
  SmallVector<Value> values;
  for (const Expr &expr : results) {
    Value held = expr.id == Expr::failed || trace->error ? Value() : trace->reach(expr);
    if (!held && !trace->error) trace->fail(trace->strange(expr, std::string("a result of ") + name, here));
    values.push_back(held);
  }
  shared = trace->captured;
  if (trace->error) {
    outer->fail(*trace->error);
    return {nullptr, name};
  }
  unfinished.release();
  func::ReturnOp::create(trace->ink.builder, place(), values);
  close(function);
  return {function, name};
}

const char *nameOf(LoopMemory memory) {
  switch (memory) {
  case LoopMemory::All:
    return "all";
  case LoopMemory::Carries:
    return "carries";
  case LoopMemory::Sqrt:
    return "sqrt";
  default:
    return "log";
  }
}

SmallVector<Type> typesOf(const Syms &syms) {
  return llvm::map_to_vector(syms, [](graph::Sym sym) { return Type(sym.type()); });
}

using StepBody = std::function<Exprs(ExprSpan arguments)>;

/// scan, fori_loop and map.
Exprs callScan(graph::ScanCall call, const Exprs &init, const Exprs &xs, const StepBody &body,
               Arg::Here here) {
  ControlCall control({&init, &xs}, here);
  if (!control.begin()) return {};
  DiagnosticCollector said(&control.outer->graph->context);
  auto carried = control.values(init), sliced = control.values(xs);
  if (!carried || !sliced) return {};
  call.carried = *carried;
  call.sliced = *sliced;
  auto types = stepTypes(control.outer->ink, call);
  if (failed(types)) return control.finish(failure(), said);
  call.step = control.traced("the step", *types, body);
  if (!call.step.function) return {};
  call.shared = control.sharedSyms();
  control.outer->ink.setLoc(control.place());
  return control.finish(callScan(control.outer->ink, call), said);
}

Expr single(const Exprs &results) {
  if (!results.empty()) return results.front();
  return Expr::of(detail::tracing(), Expr::failed);
}

/// As many failed expressions as the caller counts on.
Exprs filled(Exprs results, std::size_t count) {
  while (results.size() < count)
    results.push_back(Expr::of(detail::tracing(), Expr::failed));
  return results;
}

} // namespace

Steps scan(const std::function<Steps(ExprSpan, ExprSpan)> &step, const Exprs &init, const Exprs &xs,
           const ScanOptions &options, Arg::Here here) {
  graph::ScanCall call{.form = "scan",
                       .step = {},
                       .length = options.length,
                       .reversed = options.reverse,
                       .memory = nameOf(options.memory)};
  std::size_t stacked = 0, carried = init.size();
  Exprs all = callScan(
      call, init, xs,
      [&](ExprSpan in) {
        Steps steps = step(in.first(carried), in.subspan(carried));
        stacked = steps.stacked.size();
        Exprs results = std::move(steps.carry);
        carried = results.size();
        results.insert(results.end(), steps.stacked.begin(), steps.stacked.end());
        return results;
      },
      here);
  all = filled(std::move(all), init.size() + stacked);
  auto middle = all.begin() + std::ptrdiff_t(init.size());
  return {Exprs(all.begin(), middle), Exprs(middle, all.end())};
}

Exprs fori_loop(std::int64_t lower, std::int64_t upper, const std::function<Exprs(Expr, ExprSpan)> &body,
                const Exprs &init, LoopMemory memory, Arg::Here here) {
  graph::ScanCall call{
      .form = "fori_loop", .step = {}, .memory = nameOf(memory), .counted = true, .lower = lower};
  call.length = std::max<std::int64_t>(upper - lower, 0);
  auto step = [&](ExprSpan in) { return body(in[0], in.subspan(1)); };
  return filled(callScan(call, init, {}, step, here), init.size());
}

Expr fori_loop(std::int64_t lower, std::int64_t upper, const std::function<Expr(Expr, Expr)> &body,
               const Expr &init, LoopMemory memory, Arg::Here here) {
  auto step = [&](Expr i, ExprSpan carry) { return Exprs{body(i, carry[0])}; };
  return fori_loop(lower, upper, step, Exprs{init}, memory, here).front();
}

Exprs map(const std::function<Exprs(ExprSpan)> &f, const Exprs &xs, LoopMemory memory, Arg::Here here) {
  return callScan({.form = "map", .step = {}, .memory = nameOf(memory)}, {}, xs, f, here);
}

Expr map(const std::function<Expr(Expr)> &f, const Expr &xs, LoopMemory memory, Arg::Here here) {
  return single(map([&](ExprSpan x) { return Exprs{f(x[0])}; }, Exprs{xs}, memory, here));
}

Exprs while_loop(const std::function<Expr(ExprSpan)> &condition, const std::function<Exprs(ExprSpan)> &body,
                 const Exprs &init, std::int64_t slots, Arg::Here here) {
  ControlCall control({&init}, here);
  if (!control.begin()) return filled({}, init.size());
  DiagnosticCollector said(&control.outer->graph->context);
  auto carried = control.values(init);
  if (!carried) return filled({}, init.size());
  SmallVector<Type> types = typesOf(*carried);
  graph::Named holds =
      control.traced("the condition", types, [&](ExprSpan in) { return Exprs{condition(in)}; });
  graph::Named step = holds.function ? control.traced("the body", types, body) : holds;
  if (!step.function) return filled({}, init.size());
  control.complete(holds);
  control.outer->ink.setLoc(control.place());
  auto made = callWhile(control.outer->ink, holds, step, *carried, control.sharedSyms(), slots);
  return filled(control.finish(made, said), init.size());
}

Expr while_loop(const std::function<Expr(Expr)> &condition, const std::function<Expr(Expr)> &body,
                const Expr &init, std::int64_t slots, Arg::Here here) {
  auto holds = [&](ExprSpan carry) { return condition(carry[0]); };
  auto step = [&](ExprSpan carry) { return Exprs{body(carry[0])}; };
  return while_loop(holds, step, Exprs{init}, slots, here).front();
}

Exprs cond(const Expr &predicate, const std::function<Exprs()> &then, const std::function<Exprs()> &otherwise,
           Arg::Here here) {
  Exprs head = {predicate};
  ControlCall control({&head}, here);
  if (!control.begin()) return {};
  DiagnosticCollector said(&control.outer->graph->context);
  auto flag = control.values(head);
  if (!flag) return {};
  graph::Named yes = control.traced("the first branch", {}, [&](ExprSpan) { return then(); }, true);
  graph::Named no = yes.function ? control.traced(
                                       "the second branch", {}, [&](ExprSpan) { return otherwise(); }, true)
                                 : yes;
  if (!no.function) return {};
  control.complete(yes);
  control.outer->ink.setLoc(control.place());
  return control.finish(callCond(control.outer->ink, (*flag)[0], yes, no, control.sharedSyms()), said);
}

Expr cond(const Expr &predicate, const std::function<Expr()> &then, const std::function<Expr()> &otherwise,
          Arg::Here here) {
  return single(cond(predicate, [&] { return Exprs{then()}; }, [&] { return Exprs{otherwise()}; }, here));
}

} // namespace tgc
