#include "compiler/Sparsity.h"
#include "compiler/Diagnostics.h"
#include "compiler/Pipeline.h"
#include "compiler/autodiff/Colour.h"
#include "compiler/autodiff/Spread.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Ops.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tgc {
namespace {

constexpr const char *probeName = "tgc_sparsity";

func::FuncOp made(ModuleOp module, StringRef name, TypeRange inputs, Location loc,
                  llvm::function_ref<SmallVector<Value>(OpBuilder &, ValueRange)> body) {
  OpBuilder builder(module.getBodyRegion());
  auto out = func::FuncOp::create(builder, loc, name, builder.getFunctionType(inputs, {}));
  SymbolTable(module).insert(out);
  Block *block = out.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  SmallVector<Value> results = body(builder, block->getArguments());
  func::ReturnOp::create(builder, loc, results);
  out.setFunctionType(builder.getFunctionType(inputs, ValueRange(results).getTypes()));
  out.setPrivate();
  return out;
}

/// The function and what it names, in a module of their own: others may be half built.
OwningOpRef<ModuleOp> reached(ModuleOp from, StringRef name) {
  OwningOpRef<ModuleOp> out = ModuleOp::create(from.getLoc());
  SymbolTable symbols(from);
  llvm::SetVector<Operation *> functions;
  if (Operation *first = symbols.lookup(name)) functions.insert(first);
  for (size_t k = 0; k < functions.size(); ++k) {
    if (auto uses = SymbolTable::getSymbolUses(functions[k]))
      for (SymbolTable::SymbolUse use : *uses)
        if (Operation *named = symbols.lookup(use.getSymbolRef().getRootReference())) functions.insert(named);
    out->push_back(functions[k]->clone());
    cast<func::FuncOp>(out->getBody()->back()).setPrivate();
  }
  return out;
}

/// The gradient of the first result.
func::FuncOp gradientOf(ModuleOp module, func::FuncOp f, ArrayRef<int64_t> wrt) {
  Location loc = f.getLoc();
  return made(module, "tgc_gradient", f.getArgumentTypes(), loc, [&](OpBuilder &builder, ValueRange values) {
    graph::Ink ink(builder, loc);
    SmallVector<Value> operands(values);
    SmallVector<Type> types(f.getResultTypes());
    for (auto [k, type] : llvm::enumerate(f.getResultTypes()))
      if (graph::isFloatTensor(type))
        operands.push_back(
            ink.full(graph::tensorOf(type).getShape(), graph::elementOf(type), k == 0).value());
    for (int64_t position : wrt)
      types.push_back(f.getArgumentTypes()[position]);
    auto request = graph::VjpOp::create(ink.builder, loc, types, operands, f.getName(), wrt);
    return SmallVector<Value>(request.getResults().drop_front(f.getNumResults()));
  });
}

/// The tangents of all results by tangents of `wrt`, which are the last arguments.
func::FuncOp tangentOf(ModuleOp module, func::FuncOp f, ArrayRef<int64_t> wrt) {
  SmallVector<Type> inputs(f.getArgumentTypes());
  for (int64_t position : wrt)
    inputs.push_back(f.getArgumentTypes()[position]);
  return made(module, probeName, inputs, f.getLoc(), [&](OpBuilder &builder, ValueRange values) {
    SmallVector<Type> types(f.getResultTypes());
    types.append(f.getResultTypes().begin(), f.getResultTypes().end());
    auto request = graph::JvpOp::create(builder, f.getLoc(), types, values, f.getName(), wrt);
    return SmallVector<Value>(request.getResults().drop_front(f.getNumResults()));
  });
}

} // namespace

Result<Pattern> sparsity(const SparsityRequest &request) {
  MLIRContext *context = request.module.getContext();
  DialectRegistry registry;
  registerDialects(registry);
  context->appendDialectRegistry(registry);
  context->loadAllAvailableDialects();
  ArrayRef<int64_t> wrt(request.wrt.data(), request.wrt.size());
  OwningOpRef<ModuleOp> copy = reached(request.module, request.function);
  auto f = copy->lookupSymbol<func::FuncOp>(request.function);
  if (!f) return Error{ErrorKind::Invalid, "no function is named " + request.function, {}, 1, {}};
  if (request.second) f = gradientOf(*copy, f, wrt);
  auto probe = tangentOf(*copy, f, wrt);
  probe.setPublic();
  for (Stage stage : {Stage::Algebra, Stage::Autodiff, Stage::Batch}) {
    DiagnosticCollector said(context);
    PassManager passes(context, ModuleOp::getOperationName());
    passes.enableVerifier(false);
    addStage(passes, stage, {});
    if (failed(passes.run(*copy))) return said.take(stage);
  }
  probe = copy->lookupSymbol<func::FuncOp>(probeName);
  SmallVector<int64_t> tangents;
  for (size_t k = 0; k < wrt.size(); ++k)
    tangents.push_back(static_cast<int64_t>(probe.getNumArguments() - wrt.size() + k));
  auto pattern = autodiff::colouredPattern(autodiff::spread(probe, tangents), request.second);
  if (pattern) return std::move(*pattern);
  return Error{ErrorKind::Limit,
               "the sparse form has more than 2^25 nonzeros without a regular structure",
               {},
               1,
               {{"the dense form, or a derivative by fewer arguments", {}, Note::Kind::Help}}};
}

} // namespace tgc
