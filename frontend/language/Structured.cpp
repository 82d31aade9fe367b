// The forms of jacobian and hessian that are not dense. How many values a sparse form has is known before its
// function is built, from the pattern.
#include "compiler/Structure.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "frontend/language/Build.h"

namespace tgc::language {

std::optional<Values> Build::structured(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                        Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  if (!tensors(ink, arguments, place)) return std::nullopt;
  if (!derivable(step, arguments)) return failure->place = ast.source->place(place.begin), std::nullopt;
  std::vector<mlir::Value> operands;
  for (const Argument &argument : arguments)
    operands.push_back(argument.as<graph::Sym>()->value());
  mlir::func::FuncOp callee = functionFor(value, level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee || !hasDerivative(step, callee, place)) return std::nullopt;
  if (step.form == "sparse") return sparse(ink, step, callee, operands, place);
  return compressed(ink, step, callee, operands, place);
}

std::optional<Values> Build::compressed(graph::Ink &ink, const Step &step, mlir::func::FuncOp callee,
                                        const std::vector<mlir::Value> &operands, Span place) {
  std::vector<std::int64_t> wrt(step.wrt.begin(), step.wrt.end());
  bool second = step.transformation == "hessian";
  auto made = tgc::compressed({module, callee.getSymName().str(), wrt, second});
  if (!made) return refuse(made.error(), place);
  // What the blocks are made of, for `tgc explain`.
  llvm::SmallVector<llvm::StringRef> words;
  std::vector<std::string> texts;
  for (const UnitFactors &factors : made->blocks)
    texts.push_back(factors.text());
  words.assign(texts.begin(), texts.end());
  ink.builder.getBlock()->getParentOp()->setAttr("graph.structure", ink.builder.getStrArrayAttr(words));
  Values results;
  for (mlir::Value core : writeCores(*made, ink.builder, module, operands))
    results.push_back(Argument(ink.sym(core)));
  return results;
}

std::nullopt_t Build::refuse(Error error, Span place) {
  if (!error.place.known()) error.place = ast.source->place(place.begin);
  take(std::move(error));
  return std::nullopt;
}

std::optional<Values> Build::sparse(graph::Ink &ink, const Step &step, mlir::func::FuncOp callee,
                                    const std::vector<mlir::Value> &operands, Span place) {
  bool hessian = step.transformation == "hessian";
  std::vector<std::int64_t> wrt(step.wrt.begin(), step.wrt.end());
  mlir::Type element = graph::elementOf(operands[static_cast<std::size_t>(wrt[0])]);
  std::vector<mlir::Type> all;
  for (std::int64_t position : wrt)
    all.push_back(operands[static_cast<std::size_t>(position)].getType());
  for (mlir::Type type : callee.getResultTypes().take_front(hessian ? 1 : callee.getNumResults()))
    all.push_back(type);
  for (mlir::Type type : all)
    if (graph::elementOf(type) != element)
      return fail(place,
                  "the sparse form is one matrix of one dtype, and here " + graph::textOf(type) + " meets " +
                      graph::nameOf(element),
                  "astype in the function makes them agree");
  auto pattern = sparsity({module, callee.getSymName().str(), wrt, hessian});
  if (!pattern) return refuse(pattern.error(), place);
  std::int64_t count = pattern->nonzeros();
  mlir::Type wide = ink.builder.getI64Type();
  mlir::Type types[] = {mlir::RankedTensorType::get({count}, element),
                        mlir::RankedTensorType::get({pattern->rows + 1}, wide),
                        mlir::RankedTensorType::get({count}, wide)};
  auto request =
      graph::SparseDerivativeOp::create(ink.builder, location(place), mlir::TypeRange(types), operands,
                                        callee.getSymName(), wrt, hessian ? 2 : 1, pattern->coded());
  Values results;
  for (mlir::Value result : request->getResults())
    results.push_back(Argument(ink.sym(result)));
  return results;
}

} // namespace tgc::language
