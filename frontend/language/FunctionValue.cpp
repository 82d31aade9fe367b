#include "frontend/language/FunctionValue.h"
#include "frontend/language/Nearest.h"
#include <algorithm>
#include <array>
#include <unordered_set>

namespace tgc::language {

namespace {

struct Form {
  std::string_view name;
  std::array<std::string_view, 3> takes; ///< arguments after the function
};
constexpr Form forms[] = {
    {"grad", {"wrt"}},
    {"value_and_grad", {"wrt"}},
    {"jvp", {"wrt"}},
    {"vjp", {"wrt"}},
    {"hvp", {"wrt"}},
    {"jacobian", {"wrt", "mode", "form"}},
    {"hessian", {"wrt", "mode", "form"}},
    {"vmap", {"axes", "out_axes"}},
    {"checkpoint", {}},
    {"custom_derivative", {"jvp", "vjp", "batch"}},
};

Error errorAt(const Ast &ast, Span span, std::string message, std::string advice = {}) {
  Error error = ast.source->error(span, std::move(message));
  if (!advice.empty()) error.notes.push_back(help(std::move(advice)));
  return error;
}

std::string joined(const std::vector<std::string> &names) {
  std::string out;
  for (const std::string &name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

constexpr std::size_t signatureLimit = 10000; ///< jvp doubles the results each time

/// Adds parameters; two of one name could not be told apart by --in, so later ones are numbered.
void addParameters(Signature &signature, const std::vector<std::string> &names) {
  std::unordered_set<std::string> taken(signature.parameters.begin(), signature.parameters.end());
  for (const std::string &name : names) {
    std::string unique = name;
    for (int k = 2; !taken.insert(unique).second; ++k)
      unique = name + "_" + std::to_string(k);
    signature.parameters.push_back(unique);
  }
}

/// Nothing over the limit.
std::optional<Signature> apply(const Step &step, const Signature &f) {
  Signature out;
  std::string_view name = step.transformation;
  if (name == "custom_derivative") return f;
  std::vector<std::string> added;
  if (name == "jvp" || name == "hvp")
    for (std::size_t position : step.wrt)
      added.push_back("d_" + f.parameters[position]);
  if (name == "vjp")
    for (const std::string &result : f.results)
      added.push_back("ct_" + result);
  std::size_t results = f.results.size(), wrt = step.wrt.size(), count = results;
  if (name == "grad" || name == "hvp") count = wrt;
  if (name == "value_and_grad" || name == "vjp") count = results + wrt;
  if (name == "jvp") count = 2 * results;
  if (name == "jacobian") count = results * wrt;
  if (name == "hessian") count = wrt * wrt;
  if (step.form == "sparse") count = 3; // values, row offsets, columns
  if (count > signatureLimit || f.parameters.size() + added.size() > signatureLimit) return std::nullopt;
  out.parameters = f.parameters;
  addParameters(out, added);
  for (std::size_t k = 0; k < count; ++k)
    out.results.push_back("out" + std::to_string(k));
  return out;
}

class Resolver {
public:
  Resolver(const FunctionScope &scope, const Ast &holder) : scope(scope), holder(holder) {}

  Result<FunctionValue> resolve(NodeId expression) {
    std::vector<NodeId> calls; // outermost first
    while (givesFunction(holder, expression)) {
      calls.push_back(expression);
      if (holder.children(expression).size() < 2 ||
          holder[holder.child(expression, 1)].kind == NodeKind::Named)
        return errorAt(holder, holder[holder.child(expression, 0)].span,
                       std::string(holder.text(holder.child(expression, 0))) + " needs a function",
                       "write the function first, for example grad(f, wrt=x)");
      expression = holder.child(expression, 1);
    }
    auto base = named(expression);
    if (!base) return base;
    for (std::size_t i = calls.size(); i-- > 0;) {
      auto step = stepOf(calls[i], base->signature);
      if (!step) return step.error();
      auto signature = apply(*step, base->signature);
      if (!signature) {
        Error error =
            errorAt(holder, step->place, "a transformation has at most 10000 parameters and 10000 results");
        error.kind = ErrorKind::Limit;
        return error;
      }
      base->signature = std::move(*signature);
      if (base->steps.size() >= 256) {
        Error error = errorAt(holder, step->place, "more than 256 nested transformations");
        error.kind = ErrorKind::Limit;
        return error;
      }
      base->steps.push_back(std::move(*step));
    }
    return base;
  }

private:
  const FunctionScope &scope;
  const Ast &holder;

  Result<FunctionValue> named(NodeId id) {
    const Node &node = holder[id];
    if (node.kind == NodeKind::Call)
      if (auto error = misspelt(holder, id)) return *error;
    if (node.kind != NodeKind::Name)
      return errorAt(holder, node.span, "expected a function",
                     "a transformation takes the name of a function, or another transformation");
    std::string_view name = holder.text(id);
    if (auto local = scope.locals.find(name); local != scope.locals.end()) return local->second;
    auto place = scope.ast.functionNumbers.find(name);
    if (place != scope.ast.functionNumbers.end()) {
      const Function &function = scope.ast.functions[place->second];
      if (place->second < scope.visible)
        return FunctionValue{place->second, {}, nullptr, signatureOf(scope.ast, function)};
      return invisible(node.span, function, place->second == scope.visible);
    }
    if (std::ranges::find(scope.operations, name) != scope.operations.end())
      return errorAt(holder, node.span, std::string(name) + " is an operation, and a function is needed here",
                     "declare a function that calls it: fn f(x: f64[n]) { return " + std::string(name) +
                         "(...) }");
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < scope.visible; ++i)
      known.push_back(scope.ast.text(scope.ast.functions[i].name));
    return errorAt(holder, node.span, "there is no function " + std::string(name), suggestion(name, known));
  }

  Error invisible(Span span, const Function &function, bool itself) {
    std::string name(scope.ast.text(function.name));
    Error error =
        holder.source->error(span, itself ? name + " calls itself" : name + " is declared below its use");
    error.notes.push_back(scope.ast.source->note(function.name, name + " is declared here"));
    error.notes.push_back(help(itself ? "there is no recursion" : "a function sees the functions above it"));
    return error;
  }

  Result<Step> stepOf(NodeId call, const Signature &below) {
    auto children = holder.children(call);
    Step step;
    step.transformation = holder.text(children[0]);
    step.place = holder[children[0]].span;
    step.parametersBelow = below.parameters.size();
    step.resultsBelow = below.results.size();
    const Form &form = *std::find_if(std::begin(forms), std::end(forms), [&](const Form &candidate) {
      return candidate.name == step.transformation;
    });
    std::vector<std::string_view> takes;
    for (std::string_view name : form.takes)
      if (!name.empty()) takes.push_back(name);
    std::array<NodeId, 3> given = {noNode, noNode, noNode};
    for (std::size_t i = 2; i < children.size(); ++i) {
      const Node &node = holder[children[i]];
      bool isNamed = node.kind == NodeKind::Named;
      std::string_view name = isNamed ? holder.text(node.mark) : i - 2 < takes.size() ? takes[i - 2] : "";
      auto place = std::find(takes.begin(), takes.end(), name);
      if (place == takes.end()) return unknownArgument(children[i], step, takes);
      NodeId &slot = given[static_cast<std::size_t>(place - takes.begin())];
      if (slot != noNode)
        return errorAt(holder, node.span, "argument " + std::string(name) + " is given twice");
      slot = isNamed ? holder.child(children[i], 0) : children[i];
    }
    auto error = step.transformation == "custom_derivative" ? readRules(given, step)
                                                            : readArguments(takes, given, below, step);
    if (error) return *error;
    return step;
  }

  std::optional<Error> readArguments(std::span<const std::string_view> takes, std::span<const NodeId> given,
                                     const Signature &below, Step &step) {
    NodeId wrt = noNode, form = noNode;
    bool takesWrt = false;
    for (std::size_t k = 0; k < takes.size(); ++k) {
      takesWrt |= takes[k] == "wrt";
      NodeId &slot = takes[k] == "wrt"        ? wrt
                     : takes[k] == "form"     ? form
                     : takes[k] == "axes"     ? step.axes
                     : takes[k] == "out_axes" ? step.outAxes
                                              : step.mode;
      slot = given[k];
    }
    if (takesWrt && wrt == noNode)
      return errorAt(holder, step.place,
                     std::string(step.transformation) + " needs wrt, what to differentiate by",
                     "the parameters are " + joined(below.parameters));
    if (auto error = wrt == noNode ? std::nullopt : readWrt(wrt, below, step)) return error;
    return form == noNode ? std::nullopt : readForm(form, step);
  }

  std::optional<Error> readRules(std::span<const NodeId> given, Step &step) {
    std::shared_ptr<FunctionValue> *slots[] = {&step.jvp, &step.vjp, &step.batch};
    bool any = false;
    for (std::size_t k = 0; k < given.size(); ++k) {
      if (given[k] == noNode) continue;
      auto rule = resolve(given[k]);
      if (!rule) return rule.error();
      *slots[k] = std::make_shared<FunctionValue>(std::move(*rule));
      any = true;
    }
    if (any) return std::nullopt;
    return errorAt(
        holder, step.place, "custom_derivative needs a rule",
        "write custom_derivative(f, jvp=g), where g takes f's arguments, f's results and tangents");
  }

  Error unknownArgument(NodeId id, const Step &step, std::span<const std::string_view> takes) {
    const Node &node = holder[id];
    bool isNamed = node.kind == NodeKind::Named;
    std::string message = std::string(step.transformation) + " takes no ";
    message += isNamed ? "argument " + std::string(holder.text(node.mark)) : "further argument";
    std::string advice = "it takes a function";
    for (std::string_view name : takes)
      advice += " and " + std::string(name);
    std::string near = isNamed ? suggestion(holder.text(node.mark), takes) : "";
    if (!near.empty()) advice = near;
    return errorAt(holder, isNamed ? node.mark : node.span, message, advice);
  }

  std::optional<Error> readForm(NodeId node, Step &step) {
    std::string_view text = holder.text(node);
    if (holder[node].kind == NodeKind::String)
      for (std::string_view known : {"dense", "sparse", "compressed"})
        if (text.substr(1, text.size() - 2) == known) step.form = known;
    bool found = holder[node].kind == NodeKind::String && text.substr(1, text.size() - 2) == step.form;
    if (!found)
      return errorAt(holder, holder[node].span,
                     std::string(step.transformation) + " has no form " + std::string(text),
                     "forms are \"dense\", \"sparse\" and \"compressed\"");
    if (step.form != "dense" && step.mode != noNode)
      return errorAt(holder, holder[step.mode].span,
                     "mode is of the dense form; this one is " + std::string(step.form),
                     "the sparse form takes whichever way needs fewer products");
    return std::nullopt;
  }

  std::optional<Error> readWrt(NodeId wrt, const Signature &below, Step &step) {
    bool several = holder[wrt].kind == NodeKind::List;
    if (several && holder.children(wrt).empty())
      return errorAt(holder, holder[wrt].span, "wrt names no parameter");
    std::span<const NodeId> items = several ? holder.children(wrt) : std::span<const NodeId>(&wrt, 1);
    std::unordered_map<std::string_view, std::size_t> positions;
    for (std::size_t i = 0; i < below.parameters.size(); ++i)
      positions.emplace(below.parameters[i], i);
    std::unordered_set<std::size_t> seen;
    for (NodeId id : items) {
      if (holder[id].kind != NodeKind::Name)
        return errorAt(holder, holder[id].span, "wrt takes names of parameters");
      std::string_view name = holder.text(id);
      auto found = positions.find(name);
      if (found == positions.end()) {
        std::vector<std::string_view> known(below.parameters.begin(), below.parameters.end());
        std::string advice = suggestion(name, known);
        if (advice.empty()) advice = "the parameters are " + joined(below.parameters);
        return errorAt(holder, holder[id].span,
                       "there is no parameter " + std::string(name) + " to differentiate by", advice);
      }
      if (!seen.insert(found->second).second)
        return errorAt(holder, holder[id].span, "wrt names " + std::string(name) + " twice");
      step.wrt.push_back(found->second);
    }
    return std::nullopt;
  }
};

} // namespace

Signature signatureOf(const Ast &ast, const Function &function) {
  Signature out;
  for (const Parameter &parameter : function.parameters)
    out.parameters.emplace_back(ast.text(parameter.name));
  const auto &values = function.statements.back().values;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const Node &node = ast[values[k]];
    bool plain = node.kind == NodeKind::Name && !constantNamed(ast.text(node.span));
    out.results.push_back(plain ? std::string(ast.text(node.span)) : "out" + std::to_string(k));
  }
  return out;
}

void setHolder(FunctionValue &value, const std::shared_ptr<const Ast> &holder) {
  value.holder = holder;
  for (Step &step : value.steps)
    for (auto *rule : {&step.jvp, &step.vjp, &step.batch})
      if (*rule) setHolder(**rule, holder);
}

std::string keyOf(const Ast &ast, const FunctionValue &value, std::size_t level) {
  const Ast &holder = value.holder ? *value.holder : ast;
  std::string key = std::to_string(value.function);
  for (std::size_t k = 0; k < level; ++k) {
    const Step &step = value.steps[k];
    key += "|" + std::string(step.transformation);
    for (std::size_t position : step.wrt)
      key += "," + std::to_string(position);
    for (NodeId node : {step.axes, step.outAxes, step.mode})
      key += node == noNode ? "@" : "@" + std::string(holder.text(node));
    key += "@" + std::string(step.form);
    for (const auto *rule : {&step.jvp, &step.vjp, &step.batch})
      key += *rule ? "<" + keyOf(ast, **rule, (*rule)->steps.size()) + ">" : "<>";
  }
  return key;
}

std::optional<Error> misspelt(const Ast &ast, NodeId call) {
  const Node &callee = ast[ast.child(call, 0)];
  if (callee.kind != NodeKind::Name) return std::nullopt;
  std::string_view name = ast.text(callee.span);
  std::string near = suggestion(name, transformationNames());
  if (near.empty() || isTransformation(name)) return std::nullopt;
  return errorAt(ast, callee.span, "there is no transformation " + std::string(name), near);
}

bool givesFunction(const Ast &ast, NodeId node) {
  if (ast[node].kind != NodeKind::Call) return false;
  NodeId callee = ast.child(node, 0);
  return ast[callee].kind == NodeKind::Name && isTransformation(ast.text(callee));
}

Result<FunctionValue> resolveFunction(const FunctionScope &scope, const Ast &holder, NodeId expression) {
  return Resolver(scope, holder).resolve(expression);
}

} // namespace tgc::language
