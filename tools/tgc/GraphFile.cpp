#include "tools/tgc/GraphFile.h"
#include "compiler/Diagnostics.h"
#include "compiler/Pipeline.h"
#include "compiler/Resume.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Types.h"
#include "frontend/language/Diagnose.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "tools/tgc/Inputs.h"
#include "tools/tgc/Transformed.h"
#include <algorithm>

namespace tgc::tools {
namespace {

using Sizes = std::vector<std::pair<std::string, std::int64_t>>;

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

std::vector<std::string> namesOf(const std::vector<language::Named> &ports) {
  std::vector<std::string> out;
  for (const language::Named &port : ports)
    out.push_back(port.name);
  return out;
}

/// The `--in` values of the parameters, whose types are known.
Result<void> readInputs(const CommandLine &line, Loaded &loaded, ExitCode &code) {
  auto given = sourcesOf(line, code);
  if (!given) return given.error();
  for (const auto &[name, source] : *given) {
    auto found = std::ranges::find(loaded.params, name, &language::Named::name);
    if (found == loaded.params.end())
      return unknownName(code, "in", name, "parameter", namesOf(loaded.params));
    auto buffer = readInput(name, source, found->type.dtype, code);
    if (!buffer) return buffer.error();
    loaded.inputs.insert_or_assign(name, std::move(*buffer));
  }
  return {};
}

/// The types are in the file, so `--shape` can only agree.
Result<void> checkShapes(const CommandLine &line, const Loaded &loaded, ExitCode &code) {
  auto shapes = shapesOf(line, code);
  if (!shapes) return shapes.error();
  for (const AskedType &asked : *shapes) {
    auto found = std::ranges::find(loaded.params, asked.name, &language::Named::name);
    if (found == loaded.params.end())
      return unknownName(code, "shape", asked.name, "parameter", namesOf(loaded.params));
    const language::TensorType type{asked.dtype, asked.shape.vector()};
    if (!(type == found->type))
      return Error{ErrorKind::Invalid,
                   "--shape " + asked.name + " is " + language::textOf(type) + ", but " + line.file +
                       " has it as " + language::textOf(found->type),
                   {},
                   1,
                   {}};
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

Error inFile(const std::string &file, std::string message) {
  return {ErrorKind::Invalid, std::move(message), {file, 1, 1}, 1, {}};
}

Result<mlir::OwningOpRef<mlir::ModuleOp>> parsed(mlir::MLIRContext &context, const std::string &text,
                                                 const std::string &file) {
  DiagnosticCollector diagnostics(&context);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&context), file);
  if (!module) return diagnostics.take(Stage::Algebra);
  return module;
}

/// A file that no stage has worked on holds graph ops and returns, and bodies of all functions; the compiler
/// relies on it.
Result<void> checkGraph(mlir::ModuleOp module, const std::string &file) {
  std::optional<Error> wrong;
  auto refuse = [&](mlir::Operation *op, std::string message) {
    wrong = inFile(file, std::move(message));
    wrong->place = language::placeOf(op->getLoc(), wrong->length);
    return mlir::WalkResult::interrupt();
  };
  module->walk([&](mlir::Operation *op) {
    auto function = mlir::dyn_cast<mlir::func::FuncOp>(op);
    if (function && function.isExternal())
      return refuse(op, "function " + function.getName().str() + " has no body");
    if (function && !function.getBody().hasOneBlock())
      return refuse(op, "function " + function.getName().str() + " has several blocks");
    if (op != module && !function && op->getParentOp() == module)
      return refuse(op, op->getName().getStringRef().str() + " stands outside of all functions");
    const bool known = op == module || function || mlir::isa<mlir::func::ReturnOp>(op) ||
                       (op->getDialect() && op->getDialect()->getNamespace() == "graph");
    if (known) return mlir::WalkResult::advance();
    return refuse(op, op->getName().getStringRef().str() + " is no op of the graph dialect");
  });
  if (wrong) return *wrong;
  return {};
}

/// A listing that leaves elements out, as MLIR's tools print them on request, is no program.
Result<void> checkElements(mlir::ModuleOp module, const std::string &file) {
  std::optional<Error> wrong;
  module->walk([&](mlir::Operation *op) {
    for (mlir::NamedAttribute named : op->getAttrs()) {
      auto resource = mlir::dyn_cast<mlir::DenseResourceElementsAttr>(named.getValue());
      if (!resource || resource.getRawHandle().getBlob()) continue;
      wrong = inFile(file, op->getName().getStringRef().str() + " has elements that are not in the file");
      wrong->place = language::placeOf(op->getLoc(), wrong->length);
      return mlir::WalkResult::interrupt();
    }
    return mlir::WalkResult::advance();
  });
  if (wrong) return *wrong;
  return {};
}

/// Whether the file is what the stage that --from names leaves.
Result<void> checkStage(const CommandLine &line, mlir::ModuleOp module) {
  auto stage = stageNamed(line.value("from"));
  auto ok = stage ? checkResumed(module, *stage) : checkGraph(module, line.file);
  if (ok) return checkElements(module, line.file);
  Error error = ok.error();
  if (!error.place.known()) error.place = {line.file, 1, 1};
  const std::string name = stage ? std::string(nameOf(*stage)) : "STAGE";
  error.notes.push_back(
      language::help("--from=" + name + " reads what tgc compile --emit=" + name + " wrote"));
  return error;
}

/// Kernels alone have no functions to choose and no inputs.
Result<void> refuseChoices(const CommandLine &line, ExitCode &code) {
  for (const char *option : {"fn", "in", "size", "shape"})
    if (!line.all(option).empty())
      return usage(code, "--" + std::string(option) + " is about a function, and a file of stage " +
                             line.value("from") + " holds kernels alone");
  return {};
}

/// Fills the names and types of the function; a planned one has memory alone.
Result<void> describe(Loaded &loaded, mlir::func::FuncOp function, const std::string &file) {
  loaded.function = function.getName().str();
  if (!exec::isOuter(function))
    return inFile(file, loaded.function + " is a kernel, no function to begin with");
  if (function->hasAttr(exec::argumentsAttr)) return {};
  for (auto [k, type] : llvm::enumerate(function.getArgumentTypes())) {
    if (!graph::isTensor(type))
      return inFile(file, "argument " + std::to_string(k) + " is not a tensor of a tgc dtype");
    loaded.params.push_back(portOf(type, publicName(function.getArgAttrDict(k), "arg", k)));
  }
  for (auto [k, type] : llvm::enumerate(function.getResultTypes())) {
    if (!graph::isTensor(type))
      return inFile(file, "result " + std::to_string(k) + " is not a tensor of a tgc dtype");
    loaded.results.push_back(portOf(type, publicName(function.getResultAttrDict(k), "out", k)));
  }
  return {};
}

/// The function that --fn names, or the last public one; null where there is none.
mlir::func::FuncOp chosenFunction(mlir::ModuleOp module, const std::string &wanted) {
  mlir::func::FuncOp chosen;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (!function.isExternal() && (wanted.empty() ? function.isPublic() : function.getName() == wanted))
      chosen = function;
  return chosen;
}

/// Leaves the names of a function in the module and hides the others, so that the text of it says the same
/// when it is read again.
void publish(Loaded &loaded) {
  for (auto function : loaded.module->getOps<mlir::func::FuncOp>())
    function.setVisibility(function.getName() == loaded.function ? mlir::SymbolTable::Visibility::Public
                                                                 : mlir::SymbolTable::Visibility::Private);
  auto function = loaded.module->lookupSymbol<mlir::func::FuncOp>(loaded.function);
  mlir::Builder builder(loaded.context.get());
  for (auto [k, param] : llvm::enumerate(loaded.params))
    function.setArgAttr(static_cast<unsigned>(k), "graph.name", builder.getStringAttr(param.name));
  for (auto [k, result] : llvm::enumerate(loaded.results))
    function.setResultAttr(static_cast<unsigned>(k), "graph.name", builder.getStringAttr(result.name));
}

/// The text of FILE, within its limits, for messages too.
Result<void> takeText(const CommandLine &line, Console &console, const std::string &text) {
  console.sources.push_back(std::make_shared<language::Source>(line.file, text));
  if (auto wrong = console.sources.back()->check()) return *wrong;
  if (nestsTooDeep(text))
    return Error{ErrorKind::Limit, line.file + " nests more than 256 brackets", {line.file, 1, 1}, 1, {}};
  return {};
}

/// The file's module, in the form of the stage that --from names.
Result<void> readModule(const CommandLine &line, const std::string &text, Loaded &loaded) {
  loaded.context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  mlir::DialectRegistry registry;
  registerDialects(registry);
  loaded.context->appendDialectRegistry(registry);
  auto module = parsed(*loaded.context, text, line.file);
  if (!module) return module.error();
  loaded.module = std::move(*module);
  return checkStage(line, *loaded.module);
}

/// The function that `wanted` makes of those of the file, in a module of its own.
Result<void> transform(const CommandLine &line, const std::string &wanted, const Sizes &sizes, Loaded &loaded,
                       ExitCode &code) {
  if (const std::string from = line.value("from", "graph"); from != "graph" && from != "algebra")
    return inFile(line.file, "no function is named " + wanted +
                                 "; transformations are of --from=graph and --from=algebra");
  std::vector<GraphFunction> functions;
  for (auto function : loaded.module->getOps<mlir::func::FuncOp>()) {
    Loaded one;
    if (!function.isExternal() && describe(one, function, line.file))
      functions.push_back({one.function, one.params, one.results});
  }
  auto made = transformed(*loaded.module, functions, wanted, sizes, code);
  if (!made) return made.error();
  auto again = parsed(*loaded.context, made->text, line.file);
  if (!again) return again.error();
  loaded.module = std::move(*again);
  loaded.function = made->function.name;
  loaded.params = std::move(made->function.params);
  loaded.results = std::move(made->function.results);
  publish(loaded);
  return {};
}

} // namespace

Result<Loaded> loadGraphFile(const CommandLine &line, Console &console, std::string text, ExitCode &code) {
  const std::string wanted = line.value("fn");
  if (auto ok = takeText(line, console, text); !ok) return ok.error();
  if (!wanted.empty()) console.sources.push_back(std::make_shared<language::Source>("--fn", wanted));
  Loaded loaded;
  if (auto ok = readModule(line, text, loaded); !ok) return ok.error();
  if (line.value("from") == nameOf(Stage::Target)) {
    if (auto ok = refuseChoices(line, code); !ok) return ok.error();
    return loaded;
  }
  auto sizes = sizesOf(line, code);
  if (!sizes) return sizes.error();
  mlir::func::FuncOp chosen = chosenFunction(*loaded.module, wanted);
  if (!chosen && wanted.empty()) return inFile(line.file, "no public function in the file");
  if (chosen && !sizes->empty())
    return usage(code, "--size names " + sizes->front().first + ", and an .mlir file has no named extents");
  auto described =
      chosen ? describe(loaded, chosen, line.file) : transform(line, wanted, *sizes, loaded, code);
  if (!described) return described.error();
  if (auto ok = checkShapes(line, loaded, code); !ok) return ok.error();
  if (auto ok = readInputs(line, loaded, code); !ok) return ok.error();
  return loaded;
}

Result<Loaded> loadKernels(const CommandLine &line, Console &console, std::string text, ExitCode &code) {
  if (auto ok = takeText(line, console, text); !ok) return ok.error();
  if (auto ok = refuseChoices(line, code); !ok) return ok.error();
  Loaded loaded;
  loaded.llvmText = std::move(text);
  return loaded;
}

} // namespace tgc::tools
