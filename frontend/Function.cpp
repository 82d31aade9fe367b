// Tracing a C++ body into a graph function.
#include "compiler/Diagnostics.h"
#include "frontend/Fields.h"
#include "frontend/Graph.h"

using namespace mlir;

namespace tgc {

namespace detail {
Results named(Expr result) { return {{"out0", std::move(result)}}; }
Results named(const std::vector<Expr> &results) {
  Results out;
  for (const Expr &result : results)
    out.emplace_back("out" + std::to_string(out.size()), result);
  return out;
}

namespace {
std::optional<Error> checkParams(const std::vector<Param> &params, const Place &place) {
  for (std::size_t k = 0; k < params.size(); ++k) {
    if (auto ok = Shape(params[k].extents).check(); !ok) {
      Error error = ok.error();
      error.message = "parameter " + params[k].name + ": " + error.message;
      error.place = place;
      return error;
    }
    if (const auto rank = static_cast<std::int64_t>(params[k].extents.size());
        isComplex(params[k].dtype) && rank > graph::maxComplexRank)
      return Error{ErrorKind::Limit,
                   "parameter " + params[k].name + ": a complex tensor has at most " +
                       std::to_string(graph::maxComplexRank) + " axes, this one has " + std::to_string(rank),
                   place};
    for (std::size_t j = 0; j < k; ++j)
      if (params[j].name == params[k].name)
        return Error{ErrorKind::Invalid, "two parameters are called " + params[k].name, place};
  }
  return std::nullopt;
}

/// Puts the parameters' or results' values under names that messages print.
Location namedLocation(Location place, llvm::StringRef name) {
  return NameLoc::get(StringAttr::get(place.getContext(), name), place);
}

void finish(Trace &trace, const Results &results, FunctionState &state, Arg::Here here) {
  Location place = trace.locationOf(here);
  SmallVector<Value> values;
  for (const auto &[name, expr] : results) {
    if (trace.error) return;
    if (expr.trace.get() != &trace || expr.id == Expr::failed)
      return trace.fail(trace.strange(expr, "result " + name, here));
    for (const Param &before : state.results)
      if (before.name == name)
        return trace.fail(
            {ErrorKind::Invalid, "two results of " + state.name + " are called " + name, placeOf(place)});
    values.push_back(trace.value(expr));
    state.results.push_back(paramOf(name, values.back().getType()));
  }
  func::ReturnOp::create(trace.ink.builder, place, values);
  trace.function.setFunctionType(FunctionType::get(place.getContext(), trace.function.getArgumentTypes(),
                                                   ValueRange(values).getTypes()));
}
} // namespace

Function refused(std::string name, std::vector<Param> params, std::string message, Arg::Here here) {
  auto made = std::make_shared<FunctionState>();
  made->graph = std::make_shared<Graph>();
  made->name = std::move(name);
  made->params = std::move(params);
  made->error = Error{ErrorKind::Invalid, std::move(message), {here.file_name(), here.line(), here.column()}};
  return Function(std::shared_ptr<const FunctionState>(made));
}

} // namespace detail

Function::Function(std::string name, std::vector<Param> params, const Body &body, Arg::Here here,
                   std::size_t arity) {
  using namespace detail;
  auto made = std::make_shared<FunctionState>();
  state = made;
  made->graph = std::make_shared<Graph>();
  made->name = std::move(name);
  made->params = std::move(params);
  MLIRContext *context = &made->graph->context;
  Location place = FileLineColLoc::get(context, here.file_name(), here.line(), here.column());
  made->error = checkParams(made->params, placeOf(place));
  if (!made->error && arity && arity != made->params.size())
    made->error = Error{ErrorKind::Invalid,
                        made->name + " has " + std::to_string(made->params.size()) +
                            " parameters, its body takes " + std::to_string(arity),
                        placeOf(place)};
  if (made->error) return;
  SmallVector<Type> inputs;
  for (const Param &param : made->params)
    inputs.push_back(typeOf(context, param));
  made->symbol = made->graph->freeName(made->name);
  OpBuilder builder = OpBuilder::atBlockEnd(made->graph->module->getBody());
  auto function = func::FuncOp::create(builder, place, made->symbol, builder.getFunctionType(inputs, {}));
  function.addEntryBlock();
  auto trace = std::make_shared<detail::Trace>(made->graph, function);
  std::vector<Expr> arguments;
  for (auto [argument, param] : llvm::zip(function.getArguments(), made->params)) {
    argument.setLoc(namedLocation(place, param.name));
    arguments.push_back(trace->add(argument));
  }
  Results results = [&] {
    Building building(trace);
    return body(arguments);
  }();
  finish(*trace, results, *made, here);
  made->error = trace->error;
  if (made->error) function.erase();
}

const std::string &Function::name() const { return state->name; }
const std::vector<Param> &Function::params() const { return state->params; }
const std::vector<Param> &Function::results() const { return state->results; }
std::optional<Error> Function::error() const { return state->error; }

std::vector<Expr> Function::operator()(std::vector<Arg> arguments, Arg::Here here) const {
  std::shared_ptr<detail::Trace> trace;
  for (const Arg &argument : arguments)
    detail::widen(trace, argument);
  trace = detail::homeOf(trace);
  if (!trace) return {};
  auto results = trace->inlined(*state, arguments, here);
  if (results.empty())
    results.assign(std::max<std::size_t>(1, state->results.size()), Expr::of(trace, Expr::failed));
  return results;
}

std::string Function::text() const {
  if (state->error) return state->error->text();
  std::lock_guard lock(state->graph->mutex);
  std::string text;
  llvm::raw_string_ostream stream(text);
  state->graph->function(state->symbol).print(stream);
  return text;
}

} // namespace tgc
