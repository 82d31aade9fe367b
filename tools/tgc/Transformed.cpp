#include "tools/tgc/Transformed.h"
#include "frontend/Graph.h"
#include "frontend/language/Build.h"
#include "frontend/language/Lexer.h"
#include "frontend/language/Parser.h"
#include "tgc/Transforms.h"
#include "tools/tgc/Inputs.h"

namespace tgc::tools {
namespace {

using Sizes = std::vector<std::pair<std::string, std::int64_t>>;

/// A name of the file as one of the language.
std::string asName(const std::string &name) {
  std::string out = name;
  for (char &c : out)
    if (language::nameLength("x" + std::string(1, c)) != 2) c = '_';
  return language::nameLength(out) == out.size() && !language::constantNamed(out) ? out : "_" + out;
}

/// The file's functions as a program without their bodies, so that the language can resolve expressions.
std::string declarations(const std::vector<GraphFunction> &functions) {
  std::string out;
  for (const GraphFunction &function : functions) {
    std::string params, results;
    for (const language::Named &param : function.params)
      params += (params.empty() ? "" : ", ") + asName(param.name) + ": " + language::textOf(param.type);
    for (const language::Named &result : function.results)
      results += (results.empty() ? "" : ", ") + asName(result.name);
    out += "fn " + asName(function.name) + "(" + params + ") {\n  return " + results + "\n}\n";
  }
  return out;
}

std::vector<Param> paramsOf(const std::vector<language::Named> &named) {
  std::vector<Param> out;
  for (const language::Named &one : named)
    out.push_back({one.name, one.type.dtype, one.type.extents});
  return out;
}

std::vector<language::Named> namedOf(const std::vector<Param> &params) {
  std::vector<language::Named> out;
  for (const Param &param : params)
    out.push_back({param.name, {param.dtype, param.extents}});
  return out;
}

/// Applies the steps of a tower one by one.
class Tower {
public:
  Tower(const language::Ast &holder, const Sizes &sizes, ExitCode &code)
      : holder(holder), sizes(sizes), code(code) {}

  Result<Function> step(const Function &f, const language::Step &step) {
    Wrt wrt(std::vector<std::string>{});
    for (std::size_t position : step.wrt)
      wrt.push_back(f.params()[position].name);
    const std::string_view name = step.transformation;
    if (step.form != "dense")
      return refuse(step, "form=\"" + std::string(step.form) +
                              "\" of a function of an .mlir file is not built yet");
    if (name == "custom_derivative")
      return refuse(step, "custom_derivative of functions of an .mlir file is not built yet");
    if (name == "vmap") return mapped(f, step);
    if (name == "checkpoint") return checkpoint(f, nowhere);
    if (name == "jacobian" || name == "hessian") return dense(f, step, wrt);
    return (name == "grad"             ? grad
            : name == "value_and_grad" ? value_and_grad
            : name == "jvp"            ? jvp
            : name == "vjp"            ? vjp
                                       : hvp)(f, wrt, nowhere);
  }

  std::size_t maps = 0;

private:
  static constexpr Arg::Here nowhere = {}; ///< errors get the place of their step, not one in this file

  const language::Ast &holder;
  const Sizes &sizes;
  ExitCode &code;

  Error at(const language::Step &step, std::string message) {
    return holder.source->error(step.place, std::move(message));
  }
  Error refuse(const language::Step &step, std::string message) {
    Error error = at(step, std::move(message));
    error.kind = ErrorKind::Unsupported;
    return error;
  }

  Result<Function> dense(const Function &f, const language::Step &step, const Wrt &wrt) {
    const std::string mode = step.mode == language::noNode ? "\"auto\"" : std::string(holder.text(step.mode));
    const JacobianMode modes[] = {JacobianMode::Auto, JacobianMode::Forward, JacobianMode::Reverse};
    const std::string names[] = {"\"auto\"", "\"forward\"", "\"reverse\""};
    for (int k = 0; k < 3; ++k)
      if (mode == names[k])
        return (step.transformation == "hessian" ? hessian : jacobian)(f, wrt, modes[k], nowhere);
    Error error = at(step, std::string(step.transformation) + " has no mode " + mode);
    error.notes.push_back(language::help("modes are \"auto\", \"forward\" and \"reverse\""));
    return error;
  }

  Result<Function> mapped(const Function &f, const language::Step &step) {
    const std::string name = ++maps == 1 ? "batch" : "batch_" + std::to_string(maps);
    const std::int64_t *extent = nullptr;
    for (const auto &[size, number] : sizes)
      if (size == name) extent = &number;
    if (!extent) {
      code = Usage;
      Error error = at(step, "the extent that this map adds is not known");
      error.notes.push_back(language::help("give --size " + name + "=N"));
      return error;
    }
    auto axes = language::mapAxes(holder, step.axes, f.params().size());
    if (!axes.error.empty()) return at(step, axes.error);
    auto outward = language::mapAxes(holder, step.outAxes, f.results().size());
    if (!outward.error.empty()) return at(step, "out_" + outward.error);
    Ints moved;
    for (const auto &axis : outward.axes)
      moved.push_back(axis.value_or(0));
    return vmap(f, *extent, axes.axes, moved, nowhere);
  }
};

/// The module behind a function, with places.
std::string textOf(const Function &f) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  f.state->graph->module->print(stream, mlir::OpPrintingFlags().enableDebugInfo());
  return text;
}

} // namespace

Result<Transformed> transformed(mlir::ModuleOp module, const std::vector<GraphFunction> &functions,
                                const std::string &expression, const Sizes &sizes, ExitCode &code) {
  auto declared =
      language::parseFile(std::make_shared<language::Source>("declarations", declarations(functions)));
  if (!declared) return declared.error();
  auto holder = language::parseExpression(std::make_shared<language::Source>("--fn", expression));
  if (!holder) return holder.error();
  auto value = language::resolveFunction({*declared, functions.size()}, *holder, holder->expression);
  if (!value) return value.error();
  const GraphFunction &base = functions[value->function];
  Function f = detail::functionOf(module, base.name, paramsOf(base.params), paramsOf(base.results));
  Tower tower(*holder, sizes, code);
  for (const language::Step &step : value->steps) {
    auto next = tower.step(f, step);
    if (!next) return next.error();
    f = std::move(*next);
    if (!f.error()) continue;
    Error error = *f.error();
    if (!error.place.known()) error.place = holder->source->place(step.place.begin);
    return error;
  }
  std::vector<std::string> known;
  for (std::size_t k = 1; k <= tower.maps; ++k)
    known.push_back(k == 1 ? "batch" : "batch_" + std::to_string(k));
  for (const auto &[name, extent] : sizes)
    if (std::find(known.begin(), known.end(), name) == known.end())
      return unknownName(code, "size", name, "extent that a map adds", known);
  std::lock_guard lock(f.state->graph->mutex);
  return Transformed{textOf(f), {f.state->symbol, namedOf(f.params()), namedOf(f.results())}};
}

} // namespace tgc::tools
