// The host's function behind a graph function: one graph.foreign.
#include "dialects/graph/Calls.h"
#include "frontend/Graph.h"
#include "tgc/Custom.h"

using namespace mlir;

namespace tgc {
namespace detail {

/// What is wrong with parameters or results, of which `kind` says which.
static std::optional<Error> checkPorts(const std::string &name, const char *kind,
                                       const std::vector<Param> &ports) {
  for (std::size_t k = 0; k < ports.size(); ++k) {
    if (auto ok = Shape(ports[k].extents).check(); !ok)
      return Error{ok.error().kind, "foreign: " + std::string(kind) + " " + ports[k].name + " of " + name +
                                        ": " + ok.error().message};
    for (std::size_t j = 0; j < k; ++j)
      if (ports[j].name == ports[k].name)
        return Error{ErrorKind::Invalid,
                     "foreign: two " + std::string(kind) + "s of " + name + " are called " + ports[k].name};
  }
  return std::nullopt;
}

static std::optional<Error> checkForeign(const FunctionState &state, const Foreign &code) {
  if (!code.call) return Error{ErrorKind::Invalid, "foreign: " + state.name + " has no code"};
  if (state.results.empty()) return Error{ErrorKind::Invalid, "foreign: " + state.name + " has no result"};
  if (auto error = checkPorts(state.name, "parameter", state.params)) return error;
  return checkPorts(state.name, "result", state.results);
}

static void writeForeign(FunctionState &state, const Foreign &code, const Place &place) {
  Graph &graph = *state.graph;
  MLIRContext *context = &graph.context;
  auto typed = [&](const std::vector<Param> &list) {
    return llvm::map_to_vector(list, [&](const Param &one) -> Type { return typeOf(context, one); });
  };
  Location at = FileLineColLoc::get(context, place.file, place.line, place.column);
  OpBuilder builder = OpBuilder::atBlockEnd(graph.module->getBody());
  SmallVector<Type> inputs = typed(state.params), results = typed(state.results);
  state.symbol = graph.freeName(state.name);
  auto function = func::FuncOp::create(builder, at, state.symbol, builder.getFunctionType(inputs, results));
  Block *body = function.addEntryBlock();
  for (auto [argument, param] : llvm::zip(body->getArguments(), state.params))
    argument.setLoc(NameLoc::get(StringAttr::get(context, param.name), at));
  builder.setInsertionPointToEnd(body);
  auto call = graph::ForeignOp::create(builder, at, results, body->getArguments(), state.name,
                                       SmallVector<bool>(inputs.size(), false), ArrayRef<int64_t>());
  func::ReturnOp::create(builder, at, call.getResults());
  graph.foreign()[state.name] = {code.call, code.user,
                                 code.concurrent ? nullptr : std::make_shared<std::mutex>()};
}

} // namespace detail

Function foreign(std::string name, std::vector<Param> params, std::vector<Param> results, const Foreign &code,
                 const Rules &rules, Arg::Here here) {
  auto made = std::make_shared<detail::FunctionState>();
  const Place place{here.file_name(), here.line(), here.column()};
  made->graph = std::make_shared<detail::Graph>();
  made->name = std::move(name);
  made->params = std::move(params);
  made->results = std::move(results);
  made->error = detail::checkForeign(*made, code);
  if (made->error)
    made->error->place = place;
  else
    detail::writeForeign(*made, code, place);
  Function function{std::shared_ptr<const detail::FunctionState>(made)};
  return rules.jvp || rules.vjp || rules.batch ? custom_derivative(function, rules, here) : function;
}

} // namespace tgc
