#include "tools/tgc/Load.h"
#include "frontend/language/Print.h"
#include "tools/tgc/GraphFile.h"
#include "tools/tgc/Inputs.h"
#include "tools/tgc/Sources.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace tgc::tools {
namespace {

/// The dtype of each parameter as far as declarations give it; a cotangent has that of a result below.
std::vector<std::optional<DType>> declaredTypes(const language::Ast &ast,
                                                const language::FunctionValue &value) {
  std::vector<std::optional<DType>> out;
  for (const auto &param : ast.functions[value.function].parameters)
    out.emplace_back(param.dtype);
  for (const language::Step &step : value.steps) {
    if (step.transformation == "jvp" || step.transformation == "hvp")
      for (std::size_t position : step.wrt)
        out.push_back(std::optional(out[position]));
    if (step.transformation == "vjp") out.resize(out.size() + step.resultsBelow);
  }
  return out;
}

/// The extents that parameters name, and those that maps add.
std::vector<std::string> extentNames(const language::Ast &ast, const language::FunctionValue &value) {
  std::vector<std::string> out;
  for (const auto &param : ast.functions[value.function].parameters)
    for (const auto &extent : param.extents)
      if (extent.number < 0) out.emplace_back(ast.text(extent.span));
  std::string name = "batch";
  for (const language::Step &step : value.steps) {
    if (step.transformation != "vmap") continue;
    for (std::size_t k = 2; std::ranges::find(out, name) != out.end(); ++k)
      name = "batch_" + std::to_string(k);
    out.push_back(name);
  }
  return out;
}

/// What the command line says of a program's inputs.
struct Given {
  language::Bindings bindings;
  std::map<std::string, Buffer> inputs;
  std::vector<std::pair<std::string, std::string>> literals; ///< read when their parameters have types
};

Result<void> bindInputs(const CommandLine &line, const language::Ast &ast,
                        const language::FunctionValue &value, Given &given, ExitCode &code) {
  auto sources = sourcesOf(line, code);
  if (!sources) return sources.error();
  const auto &names = value.signature.parameters;
  const auto declared = declaredTypes(ast, value);
  for (const auto &[name, source] : *sources) {
    auto found = std::ranges::find(names, name);
    if (found == names.end()) return unknownName(code, "in", name, "parameter", names);
    auto shape = literalInput(name, source, code);
    if (!shape) return shape.error();
    if (*shape) {
      given.bindings.inputs.push_back({name, {DType::f64, (*shape)->vector()}});
      given.bindings.untyped.push_back(name);
      given.literals.emplace_back(name, source);
      continue;
    }
    auto buffer = readInput(name, source, declared[static_cast<std::size_t>(found - names.begin())], code);
    if (!buffer) return buffer.error();
    given.bindings.inputs.push_back({name, {buffer->dtype(), buffer->shape().vector()}});
    given.inputs.insert_or_assign(name, std::move(*buffer));
  }
  return {};
}

Result<Given> bind(const CommandLine &line, const language::Ast &ast, const language::FunctionValue &value,
                   ExitCode &code) {
  Given given;
  if (auto ok = bindInputs(line, ast, value, given, code); !ok) return ok.error();
  auto shapes = shapesOf(line, code);
  if (!shapes) return shapes.error();
  const auto &names = value.signature.parameters;
  for (const AskedType &asked : *shapes) {
    if (std::ranges::find(names, asked.name) == names.end())
      return unknownName(code, "shape", asked.name, "parameter", names);
    given.bindings.inputs.push_back({asked.name, {asked.dtype, asked.shape.vector()}});
  }
  auto sizes = sizesOf(line, code);
  if (!sizes) return sizes.error();
  const auto extents = extentNames(ast, value);
  for (const auto &[name, extent] : *sizes)
    if (std::ranges::find(extents, name) == extents.end())
      return unknownName(code, "size", name, "extent of a parameter", extents);
  given.bindings.extents = std::move(*sizes);
  return given;
}

Result<void> readLiterals(const Given &given, Loaded &loaded, ExitCode &code) {
  for (const auto &[name, source] : given.literals) {
    auto param = std::ranges::find(loaded.params, name, &language::Named::name);
    auto buffer = readInput(name, source, param->type.dtype, code);
    if (!buffer) return buffer.error();
    loaded.inputs.insert_or_assign(name, std::move(*buffer));
  }
  return {};
}

Result<Loaded> loadProgram(const CommandLine &line, Console &console, std::string text, ExitCode &code) {
  Loaded loaded;
  auto program = language::parse(text, line.file == "-" ? "<stdin>" : line.file);
  if (!program) {
    console.sources.push_back(
        std::make_shared<language::Source>(line.file == "-" ? "<stdin>" : line.file, std::move(text)));
    return program.error();
  }
  console.sources.push_back(program->ast->source);
  loaded.astText = language::print(*program->ast);
  std::string expression = line.value("fn");
  if (!expression.empty()) console.sources.push_back(std::make_shared<language::Source>("--fn", expression));
  auto choice = language::choose(*program, expression);
  if (!choice) return choice.error();
  auto given = bind(line, *program->ast, choice->value, code);
  if (!given) return given.error();
  loaded.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  auto instance = language::instantiate(*program, *choice, given->bindings, *loaded.context);
  if (!instance) return instance.error();
  loaded.module = std::move(instance->module);
  loaded.function = instance->function;
  loaded.params = instance->parameters;
  loaded.results = instance->results;
  loaded.inputs = std::move(given->inputs);
  if (auto ok = readLiterals(*given, loaded, code); !ok) return ok.error();
  return loaded;
}

} // namespace

CompileInput Loaded::input() {
  CompileInput out{*module, function};
  for (const auto &param : params)
    out.argumentNames.push_back(param.name);
  for (const auto &result : results)
    out.resultNames.push_back(result.name);
  return out;
}

Result<std::vector<Donation>> donationsOf(const CommandLine &line, const Loaded &loaded) {
  auto pairs = line.pairs("donate");
  if (!pairs) return pairs.error();
  std::vector<Donation> out;
  for (const auto &[argument, result] : *pairs) {
    auto from = std::ranges::find(loaded.params, argument, &language::Named::name);
    auto to = std::ranges::find(loaded.results, result, &language::Named::name);
    auto refuse = [](std::string message) {
      return Error{ErrorKind::Invalid, std::move(message), {}, 1, {}};
    };
    if (from == loaded.params.end()) return refuse("--donate names " + argument + ", which is no parameter");
    if (to == loaded.results.end()) return refuse("--donate names " + result + ", which is no result");
    const std::string given = typeText(from->type.dtype, Shape(from->type.extents)),
                      wanted = typeText(to->type.dtype, Shape(to->type.extents));
    if (given != wanted)
      return refuse("--donate " + argument + "=" + result + ": the parameter is " + given + ", the result " +
                    wanted);
    out.push_back({std::uint32_t(from - loaded.params.begin()), std::uint32_t(to - loaded.results.begin())});
  }
  return out;
}

Result<std::string> readText(const std::string &file) {
  std::FILE *stream = file == "-" ? stdin : std::fopen(file.c_str(), "rb");
  if (!stream) return fileError(file, "cannot open", errno);
  std::string text;
  char block[1 << 16];
  std::size_t got = 0;
  while ((got = std::fread(block, 1, sizeof block, stream)) > 0 && text.size() <= language::sourceLimitBytes)
    text.append(block, got);
  const int code = std::ferror(stream) ? errno : 0;
  if (stream != stdin) std::fclose(stream);
  if (code) return fileError(file == "-" ? "<stdin>" : file, "cannot read", code);
  return text;
}

Result<Loaded> load(const CommandLine &line, Console &console, ExitCode &code) {
  if (auto once = sourcesOf(line, code); !once) return once.error();
  auto text = readText(line.file);
  if (!text) return text.error();
  const std::string from = line.value("from");
  if (from == "llvm") return loadKernels(line, console, std::move(*text), code);
  if (from.empty() ? line.file.ends_with(".mlir") : from != "ast")
    return loadGraphFile(line, console, std::move(*text), code);
  return loadProgram(line, console, std::move(*text), code);
}

Result<std::vector<Buffer>> argumentsOf(Loaded &loaded, bool generate, ExitCode &code) {
  std::vector<Buffer> out;
  for (const auto &param : loaded.params) {
    auto found = loaded.inputs.find(param.name);
    if (found == loaded.inputs.end()) {
      if (!generate)
        return usage(code, "no input for parameter " + param.name + ": " + language::textOf(param.type) +
                               "; give --in " + param.name + "=SOURCE");
      std::string type = typeText(param.type.dtype, Shape(param.type.extents));
      auto made = readSource((isFloat(param.type.dtype) ? "randn:" : "ones:") + type, param.type.dtype);
      if (!made) return made.error();
      out.push_back(std::move(*made));
      continue;
    }
    Buffer &buffer = found->second;
    if (buffer.dtype() != param.type.dtype || buffer.shape().vector() != param.type.extents)
      return Error{ErrorKind::Invalid,
                   "parameter " + param.name + " is " + language::textOf(param.type) + ", its input is " +
                       buffer.typeText(),
                   {},
                   1,
                   {}};
    auto copy = buffer.clone();
    if (!copy) return copy.error();
    out.push_back(std::move(*copy));
  }
  return out;
}

} // namespace tgc::tools
