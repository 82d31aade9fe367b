#include "frontend/language/Program.h"
#include "dialects/graph/Graph.h"
#include "frontend/language/Build.h"
#include "frontend/language/ControlForm.h"
#include "frontend/language/Diagnose.h"
#include "frontend/language/Names.h"
#include "frontend/language/Parser.h"
#include "frontend/language/Patterns.h"

namespace tgc::language {

std::string textOf(const TensorType &type) {
  std::string out(nameOf(type.dtype));
  for (std::size_t i = 0; i < type.extents.size(); ++i)
    out += (i == 0 ? "[" : ", ") + std::to_string(type.extents[i]);
  return type.extents.empty() ? out : out + "]";
}

/// What a program may call without declaring it.
static std::vector<std::string_view> operationNames() {
  std::vector<std::string_view> names;
  for (const graph::Row &row : graph::rows())
    if (!row.internal) names.push_back(row.name);
  for (const ControlForm &form : controlForms)
    names.push_back(form.name);
  names.insert(names.end(), {"get", "set"}); // reads and writes at an index: Indexing.cpp
  return names;
}

Result<Program> parse(std::string text, std::string fileName) {
  auto ast = parseFile(std::make_shared<Source>(std::move(fileName), std::move(text)));
  if (!ast) return ast.error();
  if (auto error = checkNames(*ast, operationNames())) return *error;
  return Program{std::make_shared<Ast>(std::move(*ast))};
}

Result<Choice> choose(const Program &program, const std::string &expression) {
  const Ast &ast = *program.ast;
  if (ast.functions.empty()) {
    Error error{ErrorKind::Invalid, "this program has no function", {program.source().name(), 1, 1}, 1, {}};
    error.notes.push_back(help("write fn name(x: f64[n]) { return x }"));
    return error;
  }
  if (expression.empty())
    return Choice{{ast.functions.size() - 1, {}, nullptr, signatureOf(ast, ast.functions.back())}, nullptr};
  auto parsed = parseExpression(std::make_shared<Source>("--fn", expression));
  if (!parsed) return parsed.error();
  auto holder = std::make_shared<Ast>(std::move(*parsed));
  const auto operations = operationNames();
  auto value = resolveFunction({ast, ast.functions.size(), {}, operations}, *holder, holder->expression);
  if (!value) return value.error();
  setHolder(*value, holder);
  return Choice{std::move(*value), holder->source};
}

namespace {

TensorType typeOf(mlir::Type type) {
  auto tensor = graph::tensorOf(type);
  return {*dtypeNamed(graph::nameOf(tensor.getElementType())),
          {tensor.getShape().begin(), tensor.getShape().end()}};
}

} // namespace

Result<Instance> instantiate(const Program &program, const Choice &choice, const Bindings &bindings,
                             mlir::MLIRContext &context) {
  context.loadDialect<graph::GraphDialect, mlir::func::FuncDialect>();
  Instance instance;
  instance.module =
      mlir::ModuleOp::create(mlir::FileLineColLoc::get(&context, program.source().name(), 1, 1));
  Build build(*program.ast, *instance.module);
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error) build.take(errorOf(diagnostic));
    return mlir::success();
  });
  auto types = inputTypes(*program.ast, choice.value, bindings, build, context);
  if (!types) return types.error();
  mlir::func::FuncOp made = build.functionFor(choice.value, choice.value.steps.size(), *types, true);
  if (!made) return *build.failure;
  instance.function = made.getSymName().str();
  const Signature &signature = choice.value.signature;
  for (std::size_t i = 0; i < signature.parameters.size(); ++i)
    instance.parameters.push_back({signature.parameters[i], typeOf(made.getArgumentTypes()[i])});
  for (std::size_t i = 0; i < signature.results.size(); ++i) {
    instance.results.push_back({signature.results[i], typeOf(made.getResultTypes()[i])});
    made.setResultAttr(static_cast<unsigned>(i), "graph.name",
                       mlir::StringAttr::get(&context, signature.results[i]));
  }
  return instance;
}

Result<Instance> instantiate(const Program &program, const Choice &choice, const Bindings &bindings) {
  auto context = std::make_shared<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  auto instance = instantiate(program, choice, bindings, *context);
  if (instance) instance->context = context;
  return instance;
}

} // namespace tgc::language
