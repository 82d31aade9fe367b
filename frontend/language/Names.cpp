#include "frontend/language/Names.h"
#include "dialects/graph/Foreign.h"
#include "frontend/language/ControlForm.h"
#include "frontend/language/FunctionValue.h"
#include "frontend/language/Nearest.h"
#include <algorithm>
#include <unordered_set>

namespace tgc::language {

namespace {

using Places = std::unordered_map<std::string_view, Span>;

std::vector<std::string_view> keysOf(const Places &places) {
  std::vector<std::string_view> keys;
  for (const auto &entry : places)
    keys.push_back(entry.first);
  std::sort(keys.begin(), keys.end()); // the table's own order is not stable between machines
  return keys;
}

void addConstants(std::vector<std::string_view> &names) {
  names.insert(names.end(), {"true", "false", "none", "inf", "nan", "pi"});
  for (int i = 0; i < dtypeCount; ++i)
    names.push_back(nameOf(static_cast<DType>(i)));
}

/// The names of one function.
class Checker {
public:
  Checker(const Ast &ast, std::span<const std::string_view> operations, std::size_t which)
      : ast(ast), operations(operations), which(which), function(ast.functions[which]),
        functions{ast, which, {}, operations} {}

  std::optional<Error> check() {
    declareFunction();
    declareParameters();
    for (const Statement &statement : function.statements)
      if (statement.kind != StatementKind::Return)
        for (Span target : statement.targets)
          later.try_emplace(ast.text(target), target);
    for (const Statement &statement : function.statements) {
      if (failure) break;
      letters.clear();
      if (statement.kind == StatementKind::Declare) declareLetters(statement);
      for (NodeId value : statement.values)
        walk(value, statement.kind);
      if (statement.kind == StatementKind::Declare) checkLetters(statement);
      if (statement.kind == StatementKind::Return)
        checkResults(statement);
      else
        bindTargets(statement);
    }
    return std::move(failure);
  }

private:
  const Ast &ast;
  std::span<const std::string_view> operations;
  std::size_t which;
  const Function &function;
  FunctionScope functions;
  Places extents, bound, later; ///< `later`: everything a statement binds
  Places letters;               ///< on the right of an index notation
  std::optional<Error> failure;
  std::vector<NodeId> stack;

  void fail(Span span, std::string message, std::string advice = {}) {
    if (failure) return;
    failure = ast.source->error(span, std::move(message));
    if (!advice.empty()) failure->notes.push_back(help(std::move(advice)));
  }
  void failTwice(Span span, std::string message, Span first, std::string note, std::string advice = {}) {
    if (failure) return;
    failure = ast.source->error(span, std::move(message));
    failure->notes.push_back(ast.source->note(first, std::move(note)));
    if (!advice.empty()) failure->notes.push_back(help(std::move(advice)));
  }
  std::string word(Span span) const { return std::string(ast.text(span)); }

  /// Words that mean something everywhere.
  bool reserved(Span name) {
    std::string_view text = ast.text(name);
    bool keyword = text == "fn" || text == "return";
    if (keyword)
      fail(name, "'" + word(name) + "' begins a declaration or a result and cannot be a name");
    else if (constantNamed(text))
      fail(name, word(name) + " is a constant and cannot be bound");
    return keyword || constantNamed(text);
  }

  void declareFunction() {
    if (reserved(function.name)) return;
    if (isTransformation(ast.text(function.name)))
      return fail(function.name, word(function.name) + " is a transformation and cannot be declared");
    std::size_t first = ast.functionNumbers.at(ast.text(function.name));
    if (first != which)
      failTwice(function.name, "function " + word(function.name) + " is declared twice",
                ast.functions[first].name, "first declared here");
  }

  void declareParameters() {
    for (const Parameter &parameter : function.parameters) {
      if (reserved(parameter.name)) return;
      auto [place, isNew] = bound.try_emplace(ast.text(parameter.name), parameter.name);
      if (!isNew)
        return failTwice(parameter.name, "parameter " + word(parameter.name) + " is declared twice",
                         place->second, "first declared here");
      for (const Extent &extent : parameter.extents)
        if (extent.number < 0) extents.try_emplace(ast.text(extent.span), extent.span);
    }
  }

  void bindTargets(const Statement &statement) {
    for (Span target : statement.targets) {
      if (failure || reserved(target)) return;
      auto [place, isNew] = bound.try_emplace(ast.text(target), target);
      if (!isNew)
        return failTwice(target, word(target) + " is already bound", place->second, "bound here",
                         "a name is bound once; take a new name");
    }
    NodeId value = statement.values[0];
    if (!givesFunction(ast, value)) return;
    if (statement.targets.size() > 1 || statement.kind == StatementKind::Declare)
      return fail(ast[value].span, "a transformation gives one function", "call it to get its results");
    if (auto resolved = resolveFunction(functions, ast, value))
      functions.locals.emplace(ast.text(statement.targets[0]), std::move(*resolved));
  }

  void checkResults(const Statement &statement) {
    Places seen;
    Signature signature = signatureOf(ast, function);
    for (std::size_t k = 0; k < statement.values.size() && !failure; ++k) {
      Span span = ast[statement.values[k]].span;
      auto [place, isNew] = seen.try_emplace(signature.results[k], span);
      if (!isNew)
        failTwice(span, "two results are named " + signature.results[k], place->second,
                  "the other one is here", "bind one to a name of its own");
    }
  }

  // Index notation
  // -------------------------------------------------------------------------------------------

  void useLetter(Span letter) {
    std::string_view text = ast.text(letter);
    if (auto place = bound.find(text); place != bound.end())
      return failTwice(letter, word(letter) + " is a bound name and cannot be an index here", place->second,
                       "bound here", "rename the index");
    if (auto place = extents.find(text); place != extents.end())
      return failTwice(letter, word(letter) + " is an extent and cannot be an index here", place->second,
                       "it stands here", "rename the index");
    if (constantNamed(text)) fail(letter, word(letter) + " is a constant and cannot be an index");
  }

  void declareLetters(const Statement &statement) {
    Places seen;
    for (Span letter : statement.indices) {
      useLetter(letter);
      auto [place, isNew] = seen.try_emplace(ast.text(letter), letter);
      if (!isNew)
        failTwice(letter, "index " + word(letter) + " stands twice on the left", place->second, "first here",
                  "an index on the left names one axis of the result");
    }
  }

  void checkLetters(const Statement &statement) {
    for (Span letter : statement.indices) {
      if (letters.count(ast.text(letter))) continue;
      auto known = keysOf(letters);
      std::string advice = suggestion(ast.text(letter), known);
      fail(letter, "index " + word(letter) + " does not stand on the right",
           advice.empty() ? "the extent of an index comes from a tensor on the right" : advice);
    }
  }

  /// Whether the brackets hold index letters: some item is, or computes with, a name bound nowhere.
  bool isIndexed(NodeId index) {
    auto items = ast.children(index).subspan(1);
    std::size_t plain =
        std::count_if(items.begin(), items.end(), [&](NodeId id) { return ast[id].kind == NodeKind::Name; });
    bool constant = std::all_of(items.begin(), items.end(), [&](NodeId id) {
      return ast[id].kind != NodeKind::Name || constantNamed(ast.text(id));
    });
    if (plain > 0 && !constant) return true;
    return std::any_of(items.begin(), items.end(), [&](NodeId id) { return computesWithLetter(id); });
  }

  bool computesWithLetter(NodeId root) {
    std::vector<NodeId> left = {root};
    while (!left.empty()) {
      NodeId id = left.back();
      left.pop_back();
      const Node &node = ast[id];
      if (node.kind == NodeKind::Name && !known(ast.text(id))) return true;
      if (node.kind == NodeKind::Unary || node.kind == NodeKind::Binary)
        for (NodeId child : ast.children(id))
          left.push_back(child);
    }
    return false;
  }

  bool known(std::string_view name) const {
    return bound.count(name) || extents.count(name) || constantNamed(name);
  }

  void indexed(NodeId id) {
    for (NodeId item : ast.children(id).subspan(1)) {
      if (ast[item].kind != NodeKind::Name)
        return fail(ast[item].span, "an index here is a plain name",
                    "take the part you need first, on a line of its own, for example part = x[1:]");
      useLetter(ast[item].span);
      letters.try_emplace(ast.text(item), ast[item].span);
    }
  }

  // Values
  // ---------------------------------------------------------------------------------------------------

  void walk(NodeId root, StatementKind kind) {
    stack.assign(1, root);
    if (givesFunction(ast, root) && kind == StatementKind::Bind) {
      // `g = grad(f, wrt=x)` binds a function; elsewhere a function is no value.
      stack.clear();
      functionExpression(root);
    }
    while (!stack.empty() && !failure) {
      NodeId id = stack.back();
      stack.pop_back();
      visit(id, kind == StatementKind::Declare);
    }
  }

  void push(std::span<const NodeId> children) {
    for (std::size_t i = children.size(); i-- > 0;)
      if (children[i] != noNode) stack.push_back(children[i]);
  }

  void visit(NodeId id, bool notation) {
    const Node &node = ast[id];
    switch (node.kind) {
    case NodeKind::Name:
      return value(node.span);
    case NodeKind::Call:
      return call(id);
    case NodeKind::Index:
      if (!notation || !isIndexed(id)) return push(ast.children(id));
      indexed(id);
      stack.push_back(ast.child(id, 0));
      return;
    default:
      return push(ast.children(id));
    }
  }

  void value(Span name) {
    std::string_view text = ast.text(name);
    if (functions.locals.count(text))
      return fail(name, word(name) + " is a function, not a tensor", "call it");
    if (known(text)) return;
    if (auto letter = letters.find(text); letter != letters.end())
      return fail(name, word(name) + " is an index here and has no value",
                  "write arange for the numbers along an axis");
    if (auto place = later.find(text); place != later.end() && !isFunctionName(text))
      return failTwice(name, word(name) + " is used before it is bound", place->second, "bound here");
    if (isFunctionName(text) || isTransformation(text))
      return fail(name, word(name) + " is a function, not a tensor", "call it: " + word(name) + "(...)");
    Places all = bound;
    all.insert(extents.begin(), extents.end());
    auto keys = keysOf(all);
    if (text.size() > 2) addConstants(keys); // shorter names are near to too many
    fail(name, "there is no name " + word(name), suggestion(text, keys));
  }

  bool isFunctionName(std::string_view text) const {
    return isOperation(text) || ast.functionNumbers.count(text);
  }
  bool isOperation(std::string_view text) const {
    return std::find(operations.begin(), operations.end(), text) != operations.end();
  }

  void functionExpression(NodeId id) {
    auto resolved = resolveFunction(functions, ast, id);
    if (!resolved && !failure) failure = resolved.error();
    if (!resolved) return;
    // What vmap's axes and jacobian's mode hold are values.
    for (const Step &step : resolved->steps)
      for (NodeId node : {step.axes, step.outAxes, step.mode})
        if (node != noNode) stack.push_back(node);
  }

  void call(NodeId id) {
    auto children = ast.children(id);
    NodeId callee = children[0];
    if (givesFunction(ast, id))
      return fail(ast[id].span, "a transformation gives a function, and a tensor is needed here",
                  "call it: " + word(ast[callee].span) + "(...)(x)");
    if (const ControlForm *form = controlOf(callee))
      controlArguments(*form, children.subspan(1));
    else
      push(children.subspan(1));
    if (ast[callee].kind == NodeKind::Name) return callName(callee);
    if (givesFunction(ast, callee)) return functionExpression(callee);
    if (ast[callee].kind == NodeKind::Call && !failure) failure = misspelt(ast, callee);
    fail(ast[callee].span, "only functions can be called");
  }

  /// The branch or loop that is called, unless a function above has its name.
  const ControlForm *controlOf(NodeId callee) const {
    if (ast[callee].kind != NodeKind::Name || functions.locals.count(ast.text(callee))) return nullptr;
    auto place = ast.functionNumbers.find(ast.text(callee));
    return place != ast.functionNumbers.end() && place->second < which ? nullptr
                                                                       : controlForm(ast.text(callee));
  }

  /// Functions among the arguments are resolved; the others are values.
  void controlArguments(const ControlForm &form, std::span<const NodeId> arguments) {
    std::size_t next = 0;
    std::vector<NodeId> values;
    for (NodeId id : arguments) {
      bool isNamed = ast[id].kind == NodeKind::Named;
      std::size_t at = isNamed ? form.parameter(ast.text(ast[id].mark)) : next++;
      if (at < form.count() && form.isFunction(at))
        functionExpression(isNamed ? ast.child(id, 0) : id);
      else
        values.push_back(id);
    }
    push(values);
  }

  void callName(NodeId callee) {
    Span span = ast[callee].span;
    std::string_view name = ast.text(callee);
    if (functions.locals.count(name)) return;
    if (auto place = ast.functionNumbers.find(name); place != ast.functionNumbers.end()) {
      // A function may have an operation's name; above it, the name is still the operation's.
      if (place->second >= which && !isOperation(name)) functionExpression(callee); // reports it
      return;
    }
    if (isOperation(name)) return;
    if (auto place = bound.find(name); place != bound.end())
      return failTwice(span, word(span) + " is a tensor and cannot be called", place->second, "bound here",
                       "write [ ] to index a tensor");
    unknownCall(span, name);
  }

  void unknownCall(Span span, std::string_view name) {
    std::vector<std::string_view> candidates(operations.begin(), operations.end());
    for (std::size_t i = 0; i < which; ++i)
      candidates.push_back(ast.text(ast.functions[i].name));
    for (std::string_view transformation : transformationNames())
      candidates.push_back(transformation);
    std::string_view here = graph::nameHere(name);
    std::string advice =
        here.empty() ? suggestion(name, candidates) : "did you mean " + std::string(here) + "?";
    fail(span, "there is no function or operation " + word(span),
         advice.empty() ? "tgc ops lists the operations" : advice);
  }
};

} // namespace

std::optional<Error> checkNames(const Ast &ast, std::span<const std::string_view> operations) {
  for (std::size_t i = 0; i < ast.functions.size(); ++i)
    if (auto error = Checker(ast, operations, i).check()) return error;
  return std::nullopt;
}

} // namespace tgc::language
