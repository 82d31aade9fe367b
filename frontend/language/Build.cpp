// Expressions and statements of one body.
#include "frontend/language/Build.h"
#include "frontend/language/ControlForm.h"
#include "frontend/language/Nearest.h"
#include "frontend/language/Notation.h"
#include "frontend/language/Numbers.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace tgc::language {

namespace {

constexpr std::uint64_t evaluationLimit = std::uint64_t(1) << 22;
constexpr int depthLimit = 1000; ///< of brackets and calls together: about 2 KiB of stack each

struct Depth {
  int &depth;
  ~Depth() { --depth; }
};

} // namespace

std::string describe(const Argument &argument) {
  if (argument.isNone()) return "none";
  if (auto *sym = argument.as<graph::Sym>()) return graph::textOf(sym->value());
  if (auto *flag = argument.as<bool>()) return *flag ? "true" : "false";
  if (auto *integer = argument.as<int64_t>()) return "the number " + std::to_string(*integer);
  if (auto *real = argument.as<double>()) {
    char buffer[32];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, *real).ptr;
    return "the number " + std::string(buffer, end);
  }
  if (argument.as<std::complex<double>>()) return "a complex number";
  if (argument.as<std::string>()) return "a string";
  return argument.as<mlir::Type>() ? "a dtype" : "a list";
}

/// The dtype of a tensor; null for anything else.
static mlir::Type elementOf(const Argument &argument) {
  auto *sym = argument.as<graph::Sym>();
  return sym ? sym->element() : mlir::Type();
}

static bool takesLarge(mlir::Type element) {
  return graph::kindOf(element) == 'f' || (graph::kindOf(element) == 'u' && graph::bitsOf(element) == 64);
}

void Build::take(Error error) {
  if (!failure) failure = std::move(error);
}

std::nullopt_t Build::fail(Span span, std::string message, std::string advice, ErrorKind kind) {
  if (failure) return std::nullopt;
  failure = ast.source->error(span, std::move(message));
  failure->kind = kind;
  if (!advice.empty()) failure->notes.push_back(help(std::move(advice)));
  return std::nullopt;
}

bool Build::enter(Span place) {
  ++depth;
  if (depth > depthLimit) fail(place, "more than 1000 nested calls and brackets", {}, ErrorKind::Limit);
  return depth <= depthLimit && !failure;
}

mlir::Location Build::location(Span span) {
  Error at = ast.source->error(span, {});
  mlir::MLIRContext *context = module.getContext();
  return mlir::FileLineColRange::get(mlir::StringAttr::get(context, at.place.file), at.place.line,
                                     at.place.column, at.place.line, at.place.column + at.length);
}

std::optional<Argument> Build::value(Frame &frame, NodeId id) {
  Span whole = ast[id].span;
  if (++evaluated > evaluationLimit)
    return fail(whole, "the program evaluates more than 4194304 operations", {}, ErrorKind::Limit);
  Depth guard{depth};
  if (!enter(whole)) return std::nullopt;
  // Long chains lean to the left: walk down the first children, then fold on the way back.
  llvm::SmallVector<NodeId> spine;
  auto leans = [&](NodeKind kind) {
    return kind == NodeKind::Unary || kind == NodeKind::Binary || kind == NodeKind::Index;
  };
  for (; leans(ast[id].kind); id = ast.child(id, 0))
    spine.push_back(id);
  evaluated += spine.size();
  std::optional<Argument> result = isLarge(ast, id)
                                       ? largeFirst(frame, id, spine.empty() ? noNode : spine.pop_back_val())
                                       : leaf(frame, id);
  while (result && !spine.empty())
    result = step(frame, spine.pop_back_val(), std::move(*result));
  return failure ? std::nullopt : result;
}

std::optional<Argument> Build::leaf(Frame &frame, NodeId id) {
  const Node &node = ast[id];
  std::string_view text = ast.text(node.span);
  switch (node.kind) {
  case NodeKind::Name:
    return name(frame, id);
  case NodeKind::Integer: {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return Argument(number);
  }
  case NodeKind::Float:
    if (text.ends_with('j'))
      return Argument(std::complex<double>(0, floatValue(text.substr(0, text.size() - 1)).value_or(0)));
    return Argument(floatValue(text).value_or(0));
  case NodeKind::String:
    return Argument(std::string(text.substr(1, text.size() - 2)));
  case NodeKind::List:
    return list(frame, id);
  case NodeKind::Call: {
    auto results = call(frame, id);
    if (!results) return std::nullopt;
    if (results->size() != 1)
      return fail(node.span,
                  "this call gives " + std::to_string(results->size()) +
                      " results, and one value is needed here",
                  "bind them first: a, b = f(x)");
    return std::move(results->front());
  }
  default:
    return fail(node.span, "a value is needed here");
  }
}

/// An integer over the largest i64 as what it meets takes it: u64 exactly, floats rounded.
std::optional<Argument> Build::large(Frame &frame, NodeId id, mlir::Type element) {
  Span span = ast[id].span;
  const std::uint64_t number = *integerValue(ast.text(span));
  const char kind = element ? graph::kindOf(element) : 'i';
  if (kind == 'f') return Argument(static_cast<double>(number));
  if (!element || !takesLarge(element))
    return fail(span, word(span) + " does not fit " + (element ? graph::nameOf(element) : "i64"),
                "beside a u64 tensor it may stand as it is; else write it as a float, for example 1e19");
  frame.ink.setLoc(location(span));
  auto attribute = mlir::IntegerAttr::get(element, llvm::APInt(64, number));
  return Argument(
      frame.ink.constant(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element), attribute)));
}

/// The same where it is the first operand of `parent`: the second one says what it becomes.
std::optional<Argument> Build::largeFirst(Frame &frame, NodeId id, NodeId parent) {
  if (parent == noNode || ast[parent].kind != NodeKind::Binary) return large(frame, id, {});
  auto second = value(frame, ast.child(parent, 1));
  if (!second) return std::nullopt;
  auto first = large(frame, id, elementOf(*second));
  if (!first) return std::nullopt;
  return binary(frame, ast[parent].op, ast[parent].mark, std::move(*first), std::move(*second));
}

std::optional<Argument> Build::name(Frame &frame, NodeId id) {
  std::string_view text = ast.text(id);
  if (auto constant = constantNamed(text)) {
    switch (*constant) {
    case Constant::True:
      return Argument(true);
    case Constant::False:
      return Argument(false);
    case Constant::None:
      return Argument();
    case Constant::Inf:
      return Argument(static_cast<double>(INFINITY));
    case Constant::Nan:
      return Argument(static_cast<double>(NAN));
    case Constant::Pi:
      return Argument(3.14159265358979323846);
    case Constant::DTypeName:
      return Argument(graph::typeNamed(module.getContext(), text));
    }
  }
  if (auto found = frame.values.find(text); found != frame.values.end()) return found->second;
  if (auto found = frame.extents.find(text); found != frame.extents.end()) return Argument(found->second);
  return fail(ast[id].span, "there is no name " + std::string(text));
}

std::optional<Argument> Build::list(Frame &frame, NodeId id) {
  Argument::List items;
  for (NodeId child : ast.children(id)) {
    auto item = value(frame, child);
    if (!item) return std::nullopt;
    items.push_back(std::move(*item));
  }
  return Argument(std::move(items));
}

std::optional<Argument> Build::step(Frame &frame, NodeId id, Argument first) {
  const Node &node = ast[id];
  if (node.kind == NodeKind::Index) return index(frame, id, std::move(first));
  if (node.kind == NodeKind::Unary) return unary(frame, node.op, node.mark, std::move(first));
  NodeId right = ast.child(id, 1);
  auto second = isLarge(ast, right) ? large(frame, right, elementOf(first)) : value(frame, right);
  if (!second) return std::nullopt;
  return binary(frame, node.op, node.mark, std::move(first), std::move(*second));
}

/// What helps where plain numbers could not be computed with.
static std::string adviceOn(const Folded &folded) {
  const bool overflow = folded.error.ends_with("does not fit i64");
  return overflow ? "a float has room for it, rounded: write one of the numbers like 2.0" : "";
}

std::optional<Argument> Build::unary(Frame &frame, Operator op, Span mark, Argument x) {
  if (!x.isNumber()) {
    if (op == Operator::positive && x.as<graph::Sym>()) return x;
    return operation(frame, nameOf(op), mark, {std::move(x)});
  }
  Folded folded = foldUnary(op, x);
  if (!folded.error.empty()) return fail(mark, folded.error, adviceOn(folded));
  return std::move(folded.value);
}

std::optional<Argument> Build::binary(Frame &frame, Operator op, Span mark, Argument a, Argument b) {
  if (a.isNumber() && b.isNumber()) {
    Folded folded = foldBinary(op, a, b);
    if (!folded.error.empty()) return fail(mark, folded.error, adviceOn(folded));
    return std::move(folded.value);
  }
  auto integral = [](const Argument &x) {
    auto *sym = x.as<graph::Sym>();
    char kind = sym ? graph::kindOf(sym->element()) : x.as<int64_t>() ? 'i' : 'f';
    return kind == 'i' || kind == 'u';
  };
  if (op == Operator::divide && integral(a) && integral(b))
    return fail(mark, "there is no '/' of integers: " + describe(a) + " and " + describe(b),
                "write // for the quotient rounded down, or astype(x, f64) / y");
  return operation(frame, nameOf(op), mark, {std::move(a), std::move(b)});
}

std::optional<Argument> Build::operation(Frame &frame, std::string_view name, Span place,
                                         const graph::Arguments &positional,
                                         const graph::NamedArguments &named, Span text) {
  frame.ink.setLoc(location(place));
  // Errors about a text argument point into it, behind its quote.
  if (text.end > text.begin)
    frame.ink.setLoc(graph::Ink::withText(location(place), location({text.begin + 1, text.end})));
  auto results = graph::call(frame.ink, name, positional, named);
  if (failed(results) || failure)
    return fail(place, std::string(name) + " failed without a reason", "please report it",
                ErrorKind::Internal);
  if (results->size() == 1) return Argument(results->front());
  Argument::List items(results->begin(), results->end());
  return Argument(std::move(items));
}

std::optional<Values> Build::call(Frame &frame, NodeId id) {
  NodeId named = ast.child(id, 0);
  bool isName = ast[named].kind == NodeKind::Name;
  if (isName && !frame.functions.locals.count(ast.text(named))) {
    auto found = ast.functionNumbers.find(ast.text(named));
    bool declared = found != ast.functionNumbers.end() && found->second < frame.number;
    std::string_view word = ast.text(named);
    if (!declared && controlForm(word)) return control(frame, id);
    if (!declared) return word == "set" || word == "get" ? place(frame, id) : callOperation(frame, id);
  }
  auto resolved = callee(frame, named);
  if (!resolved) return std::nullopt;
  return callFunction(frame, *resolved, id);
}

std::optional<FunctionValue> Build::callee(Frame &frame, NodeId id) {
  auto resolved = resolveFunction(frame.functions, ast, id);
  if (resolved) return std::move(*resolved);
  take(resolved.error());
  return std::nullopt;
}

mlir::Type Build::declaredElement(const FunctionValue &callee, std::size_t which) {
  const auto &parameters = ast.functions[callee.function].parameters;
  if (which >= parameters.size()) return {};
  return graph::typeNamed(module.getContext(), nameOf(parameters[which].dtype));
}

/// Whether the operation has parameters of the names given.
bool Build::knowsNames(NodeId id) {
  std::string_view name = ast.text(ast.child(id, 0));
  const graph::Row *row = graph::rowNamed(name);
  if (!row) return true;
  std::vector<std::string_view> known;
  for (const graph::Param &param : row->params)
    known.push_back(param.name);
  for (NodeId child : ast.children(id).subspan(1)) {
    if (ast[child].kind != NodeKind::Named) continue;
    std::string_view given = ast.text(ast[child].mark);
    if (std::find(known.begin(), known.end(), given) != known.end()) continue;
    fail(ast[child].mark,
         std::string(name) + ": has no parameter " + std::string(given) + "; its form is " + row->call,
         suggestion(given, known));
    return false;
  }
  return true;
}

/// The values of arguments in their order; integers over i64 take the dtype of the first tensor.
std::optional<Values> Build::argumentValues(Frame &frame, std::span<const NodeId> arguments) {
  Values out(arguments.size());
  auto held = [&](std::size_t k) {
    return ast[arguments[k]].kind == NodeKind::Named ? ast.child(arguments[k], 0) : arguments[k];
  };
  mlir::Type element;
  for (bool isLater : {false, true})
    for (std::size_t k = 0; k < arguments.size(); ++k) {
      if (isLarge(ast, held(k)) != isLater) continue;
      auto argument = isLater ? large(frame, held(k), element) : value(frame, held(k));
      if (!argument) return std::nullopt;
      if (auto next = elementOf(*argument); next && takesLarge(next) && !element) element = next;
      out[k] = std::move(*argument);
    }
  return out;
}

std::optional<Values> Build::callOperation(Frame &frame, NodeId id) {
  auto children = ast.children(id);
  graph::Arguments positional;
  graph::NamedArguments named;
  Span text{};
  if (!knowsNames(id)) return std::nullopt;
  auto values = argumentValues(frame, children.subspan(1));
  if (!values) return std::nullopt;
  for (auto [child, argument] : llvm::zip(children.subspan(1), *values)) {
    bool isNamed = ast[child].kind == NodeKind::Named;
    NodeId held = isNamed ? ast.child(child, 0) : child;
    if (ast[held].kind == NodeKind::String && text == Span{}) text = ast[held].span;
    if (isNamed)
      named.emplace_back(word(ast[child].mark), std::move(argument));
    else
      positional.push_back(std::move(argument));
  }
  Span callee = ast[children[0]].span;
  auto result = operation(frame, ast.text(callee), callee, positional, named, text);
  if (!result) return std::nullopt;
  if (auto *several = result->as<Argument::List>()) return *several;
  return Values{std::move(*result)};
}

bool Build::run(Frame &frame, const Statement &statement) {
  if (statement.kind == StatementKind::Declare) {
    auto declared = Notation(*this, frame, statement).declare();
    if (!declared) return false;
    setName(*declared, statement.targets[0]);
    frame.values.insert_or_assign(ast.text(statement.targets[0]), std::move(*declared));
    return true;
  }
  return bind(frame, statement);
}

bool Build::bind(Frame &frame, const Statement &statement) {
  NodeId right = statement.values[0];
  if (givesFunction(ast, right)) {
    auto resolved = callee(frame, right);
    if (resolved)
      frame.functions.locals.insert_or_assign(ast.text(statement.targets[0]), std::move(*resolved));
    return !failure;
  }
  std::optional<Values> results;
  if (ast[right].kind == NodeKind::Call) {
    results = call(frame, right);
  } else if (auto single = value(frame, right)) {
    auto *several = single->as<Argument::List>();
    results = several && statement.targets.size() > 1 ? *several : Values{std::move(*single)};
  }
  if (!results) return false;
  std::size_t names = statement.targets.size(), count = results->size();
  if (names != count) {
    std::string found = count == 1 ? "1 value" : std::to_string(count) + " values";
    fail(ast[right].span, std::to_string(names) + (names == 1 ? " name" : " names") +
                              " on the left of '=', " + found + " on the right");
    return false;
  }
  for (std::size_t k = 0; k < names; ++k) {
    setName((*results)[k], statement.targets[k]);
    frame.values.insert_or_assign(ast.text(statement.targets[k]), std::move((*results)[k]));
  }
  return true;
}

void Build::setName(const Argument &value, Span name) {
  auto *sym = value.as<graph::Sym>();
  mlir::Operation *op = sym && sym->isValue() ? sym->value().getDefiningOp() : nullptr;
  if (!op || op->getNumResults() != 1 || mlir::isa<mlir::NameLoc>(op->getLoc())) return;
  op->setLoc(mlir::NameLoc::get(mlir::StringAttr::get(op->getContext(), ast.text(name)), op->getLoc()));
}

std::optional<Values> Build::body(graph::Ink &ink, std::size_t number, const Values &arguments, Span place) {
  Depth guard{depth};
  if (!enter(place)) return std::nullopt;
  const Function &function = ast.functions[number];
  Frame frame{number, ink, {ast, number}};
  Values results;
  bool good = bindParameters(frame, function, arguments, place);
  for (std::size_t i = 0; good && i + 1 < function.statements.size(); ++i)
    good = run(frame, function.statements[i]);
  if (good) {
    for (NodeId id : function.statements.back().values) {
      auto result = value(frame, id);
      if (!result) break;
      if (!result->as<graph::Sym>() && !result->isNumber()) {
        fail(ast[id].span, "a result is a tensor, and this is " + describe(*result),
             result->as<Argument::List>() ? "write return a, b without brackets" : "");
        break;
      }
      results.push_back(std::move(*result));
    }
  }
  if (!failure) return results;
  bool inCall = place != function.name && failure->notes.size() < 8;
  if (inCall && failure->place != ast.source->place(place.begin))
    failure->notes.push_back(ast.source->note(place, "in this call of " + word(function.name)));
  return std::nullopt;
}

} // namespace tgc::language
