// Which request is resolved when: a callee before the request that names it, so a request only ever meets
// plain ops and maps. Requests for values and tangents end as ops in place; nothing is called at run time.
#include "compiler/autodiff/Derive.h"
#include "compiler/Passes.h"
#include "compiler/autodiff/Stage.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/PrivateFunction.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_DERIVE
#include "compiler/Passes.h.inc"

namespace autodiff {

static bool isRequest(Operation *op) {
  return isa<JvpOp, VjpOp, JacobianOp, HessianOp, SparseDerivativeOp, VmapOp, CallOp, CheckpointOp>(op);
}
/// Requests that stay until everything is differentiated.
static bool waits(Operation *request) { return isa<VmapOp, CallOp, CheckpointOp>(request); }

func::FuncOp Derive::callee(Operation *request) {
  auto name = request->getAttrOfType<FlatSymbolRefAttr>("callee");
  return symbols.lookup<func::FuncOp>(name.getValue());
}

LogicalResult Derive::resolveAll() {
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (failed(resolve(function))) return failure();
  inlineCheckpoints();
  return success();
}

LogicalResult Derive::resolveNamed(Operation *op) {
  auto visited = op->getAttrDictionary().walk([&](FlatSymbolRefAttr name) {
    auto function = symbols.lookup<func::FuncOp>(name.getValue());
    return function && failed(resolve(function)) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(visited.wasInterrupted());
}

LogicalResult Derive::resolve(func::FuncOp function) {
  if (function.isExternal() || done.contains(function)) return success();
  if (!open.insert(function).second)
    return function.emitError() << "a transformation of " << function.getName() << " asks for itself";
  Block &body = function.front();
  if (failed(expandComposites(body))) return failure();
  SmallVector<Operation *> requests;
  for (Operation &op : body) {
    if (isRequest(&op)) requests.push_back(&op);
    if (!isControl(&op)) continue;
    for (FunctionOpInterface inner : bodiesOf(&op))
      if (failed(resolve(cast<func::FuncOp>(inner.getOperation())))) return failure();
  }
  for (Operation *request : requests) {
    if (failed(resolveNamed(request))) return failure();
    if (!waits(request) && failed(resolveRequest(request))) return failure();
  }
  if (failed(expandComposites(body))) return failure();
  open.erase(function);
  done.insert(function);
  return success();
}

LogicalResult Derive::resolveRequest(Operation *request) {
  Ink ink(OpBuilder(request), request->getLoc());
  Syms values;
  auto resolved = isa<JacobianOp>(request)  ? resolveJacobian(cast<JacobianOp>(request), ink, values)
                  : isa<HessianOp>(request) ? resolveHessian(cast<HessianOp>(request), ink, values)
                  : isa<SparseDerivativeOp>(request)
                      ? resolveSparse(cast<SparseDerivativeOp>(request), ink, values)
                      : resolveProduct(request, ink, values);
  if (failed(resolved) || ink.failed()) return failure();
  SmallVector<Value> replacement = llvm::map_to_vector(values, [](Sym value) { return value.value(); });
  request->replaceAllUsesWith(replacement);
  request->erase();
  return success();
}

LogicalResult Derive::resolveProduct(Operation *request, Ink &ink, Syms &values) {
  func::FuncOp f = callee(request);
  unsigned count = f.getNumArguments();
  ValueRange arguments = request->getOperands().take_front(count),
             extra = request->getOperands().drop_front(count);
  auto wrt = request->getAttrOfType<DenseI64ArrayAttr>("wrt").asArrayRef();
  Syms results, derivatives;
  if (isa<JvpOp>(request)) {
    Syms tangents;
    for (Value argument : arguments)
      tangents.push_back(ink.zero(argument.getType()));
    for (auto [position, tangent] : llvm::zip_equal(wrt, extra))
      tangents[position] = ink.sym(tangent);
    if (failed(forward(f, ink, arguments, tangents, results, derivatives))) return failure();
    values = results;
    for (auto [result, tangent] : llvm::zip_equal(results, derivatives))
      if (carriesTangent(result.value())) values.push_back(tangent);
  } else {
    Syms cotangents;
    unsigned next = 0;
    for (Type type : f.getResultTypes())
      cotangents.push_back(isDifferentiable(type) ? ink.sym(extra[next++]) : ink.zero(type));
    SmallVector<bool> wanted(count, false);
    for (int64_t position : wrt)
      wanted[position] = true;
    if (failed(reverse(f, ink, arguments, cotangents, wanted, results, derivatives))) return failure();
    values = results;
    for (int64_t position : wrt)
      values.push_back(derivatives[position]);
  }
  return success();
}

func::FuncOp Derive::function(llvm::StringRef name, TypeRange inputs, Location loc,
                              llvm::function_ref<FailureOr<Syms>(Ink &, ValueRange)> emit) {
  func::FuncOp made = privateFunction(symbols, name, inputs, loc, emit);
  if (made) done.insert(made);
  return made;
}

} // namespace autodiff

namespace {
struct DerivePass : impl::DeriveBase<DerivePass> {
  void runOnOperation() override {
    if (failed(autodiff::Derive(getOperation()).resolveAll())) signalPassFailure();
  }
};
} // namespace

void addAutodiff(OpPassManager &pipeline, const Options &) {
  pipeline.addPass(createDerive());
  pipeline.addPass(createDropUnused());
}

} // namespace tgc
