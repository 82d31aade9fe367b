// Calls of branches and loops: functions are built for the types that go round, then the graph's own call
// checks them.
#include "dialects/graph/Control.h"
#include "dialects/graph/ControlCall.h"
#include "frontend/language/Build.h"
#include "frontend/language/ControlForm.h"
#include "frontend/language/Nearest.h"

namespace tgc::language {

/// One call: its arguments by parameter.
class ControlCall {
public:
  ControlCall(Build &build, Frame &frame, NodeId id, const ControlForm &form)
      : build(build), ast(build.ast), frame(frame), form(form), id(id), callee(ast[ast.child(id, 0)].span),
        given(form.count(), noNode) {}

  std::optional<Values> run() {
    if (!arrange()) return std::nullopt;
    frame.ink.setLoc(build.location(callee));
    mlir::FailureOr<graph::Syms> results = form.name == "cond"         ? cond()
                                           : form.name == "while_loop" ? whileLoop()
                                                                       : scan();
    if (build.failure) return std::nullopt;
    if (mlir::failed(results))
      return build.fail(callee, std::string(form.name) + " failed without a reason", "please report it",
                        ErrorKind::Internal);
    Values out;
    for (graph::Sym result : *results)
      out.push_back(Argument(result));
    return out;
  }

private:
  bool arrange();
  bool operands(std::string_view parameter, Values &out);
  bool integer(std::string_view parameter, std::int64_t &out);
  bool flag(std::string_view parameter, bool &out);
  bool text(std::string_view parameter, std::string &out);
  std::optional<FunctionValue> function(std::string_view parameter);
  std::optional<graph::Syms> tensors(const FunctionValue &f, std::size_t first, const Values &values);
  graph::Named named(std::string_view parameter, const FunctionValue &f, mlir::TypeRange types);
  mlir::FailureOr<graph::Syms> cond();
  mlir::FailureOr<graph::Syms> whileLoop();
  mlir::FailureOr<graph::Syms> scan();
  NodeId node(std::string_view parameter) const { return given[form.parameter(parameter)]; }
  bool has(std::string_view parameter) const {
    return form.parameter(parameter) < form.count() && node(parameter) != noNode;
  }
  Span place(std::string_view parameter) const { return ast[node(parameter)].span; }
  std::string what() const { return std::string(form.name); }

  Build &build;
  const Ast &ast;
  Frame &frame;
  const ControlForm &form;
  NodeId id;
  Span callee;
  std::vector<NodeId> given, rest;
};

bool ControlCall::arrange() {
  std::string all;
  for (std::size_t k = 0; k < form.count(); ++k)
    all += (k ? ", " : "") + std::string(form.parameters[k]);
  std::size_t next = 0;
  for (NodeId child : ast.children(id).subspan(1)) {
    bool isNamed = ast[child].kind == NodeKind::Named;
    std::size_t at = isNamed ? form.parameter(ast.text(ast[child].mark)) : next++;
    std::string near =
        isNamed ? suggestion(ast.text(ast[child].mark), std::span(form.parameters).first(form.count())) : "";
    if (isNamed && at == form.count())
      return build.fail(ast[child].mark, what() + " takes no argument " + build.word(ast[child].mark),
                        near.empty() ? "it takes " + all : near),
             false;
    if (at >= form.count() && form.rest) {
      rest.push_back(child);
      continue;
    }
    if (at >= form.count())
      return build.fail(ast[child].span,
                        what() + " takes at most " + std::to_string(form.count()) + " arguments",
                        "it takes " + all),
             false;
    if (given[at] != noNode)
      return build.fail(ast[child].span, "argument " + std::string(form.parameters[at]) + " is given twice"),
             false;
    given[at] = isNamed ? ast.child(child, 0) : child;
  }
  for (std::size_t k = 0; k < form.count(); ++k)
    if (given[k] == noNode && (form.required >> k & 1))
      return build.fail(callee, what() + ": argument " + std::string(form.parameters[k]) + " is missing",
                        "it takes " + all),
             false;
  return true;
}

/// A tensor, a number or a list of them; nothing where it is left out.
bool ControlCall::operands(std::string_view parameter, Values &out) {
  if (!has(parameter)) return true;
  auto held = build.value(frame, node(parameter));
  if (!held) return false;
  if (held->isNone()) return true;
  auto *list = held->as<Argument::List>();
  Values items = list ? Values(list->begin(), list->end()) : Values{*held};
  for (Argument &item : items) {
    if (!item.as<graph::Sym>() && !item.isNumber())
      return build.fail(place(parameter), what() + ": " + std::string(parameter) +
                                              " takes tensors, and here is " + describe(item)),
             false;
    out.push_back(std::move(item));
  }
  return true;
}

bool ControlCall::integer(std::string_view parameter, std::int64_t &out) {
  if (!has(parameter)) return true;
  auto held = build.value(frame, node(parameter));
  if (!held) return false;
  if (held->isNone()) return true;
  auto *number = held->as<int64_t>();
  if (!number)
    return build.fail(place(parameter),
                      what() + ": " + std::string(parameter) +
                          " is an integer known when the program is compiled, "
                          "and this is " +
                          describe(*held),
                      form.name == "fori_loop" ? "while_loop counts to a tensor" : ""),
           false;
  out = *number;
  return true;
}

bool ControlCall::flag(std::string_view parameter, bool &out) {
  if (!has(parameter)) return true;
  auto held = build.value(frame, node(parameter));
  if (!held) return false;
  auto *value = held->as<bool>();
  if (!value)
    return build.fail(place(parameter), what() + ": " + std::string(parameter) + " is true or false"), false;
  out = *value;
  return true;
}

bool ControlCall::text(std::string_view parameter, std::string &out) {
  if (!has(parameter)) return true;
  auto held = build.value(frame, node(parameter));
  if (!held) return false;
  auto *value = held->as<std::string>();
  if (!value)
    return build.fail(place(parameter), what() + ": " + std::string(parameter) + " is a string, as \"log\""),
           false;
  out = *value;
  return true;
}

std::optional<FunctionValue> ControlCall::function(std::string_view parameter) {
  return build.callee(frame, node(parameter));
}

/// Plain numbers take the dtype that the function declares where they go; `first` is the parameter of the
/// first.
std::optional<graph::Syms> ControlCall::tensors(const FunctionValue &f, std::size_t first,
                                                const Values &values) {
  const Function &function = ast.functions[f.function];
  graph::Syms out;
  for (std::size_t k = 0; k < values.size(); ++k) {
    Values one = {values[k]};
    if (values[k].isNumber() && first + k < function.parameters.size()) {
      const Parameter &parameter = function.parameters[first + k];
      mlir::Type element = graph::typeNamed(build.module.getContext(), nameOf(parameter.dtype));
      auto made = build.typed(frame.ink, values[k], mlir::RankedTensorType::get({}, element),
                              "parameter " + build.word(parameter.name), callee);
      if (!made) return std::nullopt;
      one[0] = std::move(*made);
    }
    if (!build.tensors(frame.ink, one, callee)) return std::nullopt;
    out.push_back(*one[0].as<graph::Sym>());
  }
  return out;
}

graph::Named ControlCall::named(std::string_view parameter, const FunctionValue &f, mlir::TypeRange types) {
  graph::Named made{nullptr, build.word(place(parameter))};
  std::size_t takes = f.signature.parameters.size();
  if (types.size() != takes)
    build.fail(place(parameter), what() + " hands " + made.name + " " + std::to_string(types.size()) +
                                     (types.size() == 1 ? " value" : " values") + ", and it takes " +
                                     std::to_string(takes));
  else
    made.function = build.functionFor(f, f.steps.size(), types, false);
  frame.ink.setLoc(build.location(place(parameter)));
  return made;
}

static llvm::SmallVector<mlir::Type> typesOf(std::initializer_list<graph::SymsRef> lists) {
  llvm::SmallVector<mlir::Type> types;
  for (graph::SymsRef list : lists)
    for (graph::Sym sym : list)
      types.push_back(sym.type());
  return types;
}

mlir::FailureOr<graph::Syms> ControlCall::cond() {
  auto p = build.value(frame, node("p"));
  auto f = p ? function("f") : std::nullopt;
  auto g = f ? function("g") : std::nullopt;
  if (!g) return mlir::failure();
  Values predicate = {std::move(*p)}, arguments;
  if (!build.tensors(frame.ink, predicate, place("p"))) return mlir::failure();
  for (NodeId child : rest) {
    auto argument = build.value(frame, child);
    if (!argument) return mlir::failure();
    if (!argument->as<graph::Sym>() && !argument->isNumber())
      return build.fail(ast[child].span, "cond hands tensors on, and this is " + describe(*argument)),
             mlir::failure();
    arguments.push_back(std::move(*argument));
  }
  auto operands = tensors(*f, 0, arguments);
  if (!operands) return mlir::failure();
  graph::Named then = named("f", *f, typesOf({*operands}));
  graph::Named otherwise = then.function ? named("g", *g, typesOf({*operands})) : then;
  if (!otherwise.function) return mlir::failure();
  frame.ink.setLoc(build.location(callee));
  return callCond(frame.ink, *predicate[0].as<graph::Sym>(), then, otherwise, *operands);
}

mlir::FailureOr<graph::Syms> ControlCall::whileLoop() {
  auto condition = function("condition");
  auto body = condition ? function("body") : std::nullopt;
  Values init, shared;
  std::int64_t slots = 32;
  if (!body || !operands("init", init) || !operands("shared", shared) || !integer("slots", slots))
    return mlir::failure();
  auto carried = tensors(*body, 0, init);
  auto around = carried ? tensors(*body, init.size(), shared) : std::nullopt;
  if (!around) return mlir::failure();
  graph::Named holds = named("condition", *condition, typesOf({*carried, *around}));
  graph::Named step = holds.function ? named("body", *body, typesOf({*carried, *around})) : holds;
  if (!step.function) return mlir::failure();
  frame.ink.setLoc(build.location(callee));
  return callWhile(frame.ink, holds, step, *carried, *around, slots);
}

/// scan, fori_loop and map.
mlir::FailureOr<graph::Syms> ControlCall::scan() {
  const bool counts = form.name == "fori_loop";
  std::string_view step = counts ? "body" : "f";
  auto f = function(step);
  Values init, xs, shared;
  std::int64_t length = -1, lower = 0, upper = 0;
  graph::ScanCall call{.form = form.name, .step = {}, .counted = counts};
  std::string memory = "all";
  if (!f || !operands("init", init) || !operands("xs", xs) || !operands("shared", shared) ||
      !integer("length", length) || !integer("lower", lower) || !integer("upper", upper) ||
      !flag("reverse", call.reversed) || !text("memory", memory))
    return mlir::failure();
  if (has("length")) call.length = length;
  if (counts) call.length = std::max<std::int64_t>(upper - lower, 0);
  call.lower = lower;
  call.memory = memory;
  std::size_t first = counts ? 1 : 0;
  auto carried = tensors(*f, first, init);
  auto parts = carried ? tensors(*f, first + init.size(), xs) : std::nullopt;
  auto around = parts ? tensors(*f, first + init.size() + xs.size(), shared) : std::nullopt;
  if (!around) return mlir::failure();
  call.carried = *carried;
  call.sliced = *parts;
  call.shared = *around;
  frame.ink.setLoc(build.location(callee));
  auto types = stepTypes(frame.ink, call);
  if (mlir::failed(types)) return mlir::failure();
  call.step = named(step, *f, *types);
  if (!call.step.function) return mlir::failure();
  return callScan(frame.ink, call);
}

std::optional<Values> Build::control(Frame &frame, NodeId id) {
  return ControlCall(*this, frame, id, *controlForm(ast.text(ast.child(id, 0)))).run();
}

} // namespace tgc::language
