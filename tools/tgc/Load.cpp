#include "tools/tgc/Load.h"
#include "compiler/Diagnostics.h"
#include "compiler/Pipeline.h"
#include "dialects/graph/Types.h"
#include "frontend/language/Print.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "tools/tgc/Sources.h"
#include <algorithm>
#include <charconv>
#include <cstdio>

namespace tgc::tools {
namespace {

Error usage(ExitCode &code, std::string message) {
  code = Usage;
  return {ErrorKind::Invalid, std::move(message), {}, 1, {}};
}

/// The declared dtype of a parameter, before anything is built: of NAME itself, or of what d_NAME is a
/// tangent of.
std::optional<DType> declaredType(const language::Ast &ast, const language::FunctionValue &value,
                                  std::string name) {
  const auto &params = ast.functions[value.function].parameters;
  for (;; name = name.substr(2)) {
    for (const auto &param : params)
      if (ast.text(param.name) == name) return param.dtype;
    if (!name.starts_with("d_")) return std::nullopt;
  }
}

Result<void> bindTypes(const CommandLine &line, const language::Ast &ast, const language::Choice &choice,
                       language::Bindings &bindings, std::map<std::string, Buffer> &inputs, ExitCode &code) {
  auto known = [&](const std::string &option, const std::string &name) -> Result<void> {
    const auto &names = choice.value.signature.parameters;
    if (std::ranges::find(names, name) != names.end()) return {};
    Error error = usage(code, "--" + option + " names " + name + ", which is no parameter");
    std::string near = didYouMean(name, names);
    if (!near.empty()) error.notes.push_back({near, {}, Note::Kind::Help});
    return error;
  };
  auto given = line.pairs("in");
  if (!given) return code = Usage, given.error();
  for (const auto &[name, source] : *given) {
    if (auto ok = known("in", name); !ok) return ok;
    auto buffer = readSource(source, declaredType(ast, choice.value, name));
    if (!buffer) {
      if (buffer.error().kind == ErrorKind::Invalid && !source.ends_with(".npy")) code = Usage;
      Error error = buffer.error();
      if (!source.ends_with(".npy")) error.message = "--in " + name + ": " + error.message;
      return error;
    }
    bindings.inputs.push_back({name, {buffer->dtype(), buffer->shape().vector()}});
    inputs.insert_or_assign(name, std::move(*buffer));
  }
  auto shapes = line.pairs("shape");
  if (!shapes) return code = Usage, shapes.error();
  for (const auto &[name, text] : *shapes) {
    if (auto ok = known("shape", name); !ok) return ok;
    auto type = readType(text);
    if (!type) return usage(code, "--shape " + name + ": " + type.error().message);
    bindings.inputs.push_back({name, {type->first, type->second.vector()}});
  }
  auto sizes = line.pairs("size");
  if (!sizes) return code = Usage, sizes.error();
  for (const auto &[name, text] : *sizes) {
    std::int64_t extent = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), extent);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || extent < 0)
      return usage(code, "--size " + name + " takes an extent, got " + text);
    bindings.extents.emplace_back(name, extent);
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
  language::Bindings bindings;
  if (auto ok = bindTypes(line, *program->ast, *choice, bindings, loaded.inputs, code); !ok)
    return ok.error();
  loaded.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  auto instance = language::instantiate(*program, *choice, bindings, *loaded.context);
  if (!instance) return instance.error();
  loaded.module = std::move(instance->module);
  loaded.function = instance->function;
  loaded.params = instance->parameters;
  loaded.results = instance->results;
  return loaded;
}

language::Named portOf(mlir::Type type, std::string name) {
  auto tensor = graph::tensorOf(type);
  return {std::move(name),
          {*dtypeNamed(graph::nameOf(tensor.getElementType())),
           {tensor.getShape().begin(), tensor.getShape().end()}}};
}

/// The public name the frontend left on an argument or a result; else PREFIXk.
std::string publicName(mlir::DictionaryAttr attributes, const std::string &prefix, std::size_t k) {
  auto name = attributes ? attributes.getAs<mlir::StringAttr>("graph.name") : mlir::StringAttr();
  return name ? name.str() : prefix + std::to_string(k);
}

/// The `--in` values of an .mlir file's parameters.
Result<void> readInputs(const CommandLine &line, Loaded &loaded, ExitCode &code) {
  auto given = line.pairs("in");
  if (!given) return code = Usage, given.error();
  for (const auto &[name, source] : *given) {
    auto found = std::ranges::find(loaded.params, name, &language::Named::name);
    if (found == loaded.params.end()) return usage(code, "--in names " + name + ", which is no parameter");
    auto buffer = readSource(source, found->type.dtype);
    if (!buffer) {
      if (buffer.error().kind == ErrorKind::Invalid && !source.ends_with(".npy")) code = Usage;
      return buffer.error();
    }
    loaded.inputs.insert_or_assign(name, std::move(*buffer));
  }
  return {};
}

/// Depth of brackets in MLIR text, since its parser recurses; more than 256 is refused.
bool nestsTooDeep(const std::string &text) {
  int depth = 0;
  for (char c : text) {
    if (c == '(' || c == '[' || c == '{' || c == '<')
      ++depth;
    else if ((c == ')' || c == ']' || c == '}' || c == '>') && depth > 0)
      --depth;
    if (depth > 256) return true;
  }
  return false;
}

Result<Loaded> loadMlir(const CommandLine &line, Console &console, std::string text, ExitCode &code) {
  console.sources.push_back(std::make_shared<language::Source>(line.file, text));
  if (nestsTooDeep(text))
    return Error{ErrorKind::Limit, line.file + " nests more than 256 brackets", {line.file, 1, 1}, 1, {}};
  Loaded loaded;
  loaded.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  mlir::DialectRegistry registry;
  registerDialects(registry);
  loaded.context->appendDialectRegistry(registry);
  DiagnosticCollector diagnostics(loaded.context.get());
  loaded.module =
      mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(loaded.context.get()), line.file);
  if (!loaded.module) return diagnostics.take(Stage::Algebra);
  mlir::func::FuncOp chosen;
  std::string wanted = line.value("fn");
  for (auto function : loaded.module->getOps<mlir::func::FuncOp>())
    if (!function.isExternal() && (wanted.empty() ? function.isPublic() : function.getName() == wanted))
      chosen = function;
  if (!chosen)
    return Error{ErrorKind::Invalid,
                 wanted.empty() ? "no public function in the file" : "no function is called " + wanted,
                 {line.file, 1, 1},
                 1,
                 {}};
  loaded.function = chosen.getName().str();
  for (auto [k, type] : llvm::enumerate(chosen.getArgumentTypes())) {
    if (!graph::isTensor(type))
      return Error{ErrorKind::Invalid,
                   "argument " + std::to_string(k) + " is not a tensor of a tgc dtype",
                   {line.file, 1, 1},
                   1,
                   {}};
    loaded.params.push_back(portOf(type, publicName(chosen.getArgAttrDict(k), "arg", k)));
  }
  for (auto [k, type] : llvm::enumerate(chosen.getResultTypes()))
    loaded.results.push_back(portOf(type, publicName(chosen.getResultAttrDict(k), "out", k)));
  if (auto ok = readInputs(line, loaded, code); !ok) return ok.error();
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
  if (!stream) return Error{ErrorKind::Unavailable, file + ": cannot be opened", {}, 1, {}};
  std::string text;
  char block[1 << 16];
  std::size_t got = 0;
  while ((got = std::fread(block, 1, sizeof block, stream)) > 0 && text.size() <= language::sourceLimitBytes)
    text.append(block, got);
  bool bad = std::ferror(stream) != 0;
  if (stream != stdin) std::fclose(stream);
  if (bad) return Error{ErrorKind::Unavailable, file + ": cannot be read", {}, 1, {}};
  return text;
}

Result<Loaded> load(const CommandLine &line, Console &console, ExitCode &code) {
  auto text = readText(line.file);
  if (!text) return text.error();
  if (line.file.ends_with(".mlir")) return loadMlir(line, console, std::move(*text), code);
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
