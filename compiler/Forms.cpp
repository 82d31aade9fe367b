// A form is a row: which dialects and ops may stand in the outer functions, in kernels, and inside their
// linalg bodies, and one predicate for what names cannot say.
#include "compiler/Forms.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir;

namespace tgc {
namespace {

using Names = ArrayRef<StringRef>;
using Predicate = LogicalResult (*)(Operation *op);

struct Form {
  StringRef name;
  Names outer, kernel, body; ///< a name without a dot is a dialect
  Names never;               ///< beats the three above
  Predicate predicate;
};

LogicalResult staticTensors(Operation *op) {
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return op->emitOpError() << "internal: has a result of type " << type
                               << "; values are ranked static tensors";
  }
  return success();
}

/// A tensor, a scale and the tensor again: the one contraction of three operands that has a kernel.
bool isScaledSquare(Operation *op) {
  return op->getNumOperands() == 3 && op->getOperand(0) == op->getOperand(2);
}

LogicalResult pairwise(Operation *op) {
  if (op->getName().getStringRef() == "graph.contract" && op->getNumOperands() > 2 && !isScaledSquare(op))
    return op->emitOpError() << "internal: still has " << op->getNumOperands() << " operands";
  return staticTensors(op);
}

LogicalResult permutedOutputs(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic) return success();
  for (OpOperand &output : generic.getDpsInitsMutable())
    if (!generic.getMatchingIndexingMap(&output).isProjectedPermutation())
      return op->emitOpError("internal: writes through a map that is no projected permutation");
  return success();
}

/// Kernels in loop form carry their schedule; their memory is static and contiguous.
LogicalResult scheduledKernel(Operation *op) {
  auto kernel = dyn_cast<func::FuncOp>(op);
  if (!kernel || !exec::isKernel(kernel)) return success();
  if (!exec::isLoopForm(kernel))
    return op->emitOpError("internal: is not (begin, end, memory...) without results");
  for (StringRef name : {exec::itemsAttr, exec::nanosecondsAttr})
    if (!op->hasAttr(name)) return op->emitOpError() << "internal: carries no " << name;
  for (Type type : kernel.getArgumentTypes().drop_front(2)) {
    auto memory = dyn_cast<MemRefType>(type);
    if (!memory || !memory.hasStaticShape() || !memory.getLayout().isIdentity())
      return op->emitOpError() << "internal: takes " << type << " where memory is static and contiguous";
  }
  return success();
}

LogicalResult anything(Operation *) { return success(); }

constexpr StringRef graphOuter[] = {"graph", "func.func", "func.return", "arith.constant", "exec.constant"};
constexpr StringRef outerRuns[] = {"func.func",    "func.return",   "exec.run",       "exec.control",
                                   "exec.reshape", "exec.constant", "arith.constant", "graph.constant"};
constexpr StringRef outerLaunches[] = {"func.func", "func.return", "exec.launch",  "exec.enter",
                                       "exec.slot", "exec.copy",   "exec.reshape", "exec.constant"};
constexpr StringRef kernelLinalg[] = {"func.func",    "func.return",    "linalg.generic", "linalg.fill",
                                      "tensor.empty", "arith.constant", "linalg.yield",   "exec.items"};
constexpr StringRef bodyLinalg[] = {"arith", "math", "linalg.index", "linalg.yield", "tensor.extract"};
constexpr StringRef bodyItems[] = {"arith", "math", "scf", "memref", "vector", "func.call"};
constexpr StringRef kernelLoops[] = {"func.func", "func.return", "func.call", "scf",       "arith",
                                     "math",      "memref",      "vector",    "ub.poison", "index"};
constexpr StringRef llvmOnly[] = {"llvm"};
constexpr StringRef neverRequests[] = {"graph.jvp", "graph.vjp", "graph.checkpoint"};
constexpr StringRef neverBatches[] = {"graph.jvp", "graph.vjp", "graph.checkpoint", "graph.vmap"};
constexpr StringRef neverCalls[] = {"graph.jvp", "graph.vjp", "graph.checkpoint", "graph.vmap", "graph.call"};
constexpr StringRef neverHeap[] = {"memref.alloc", "memref.dealloc", "memref.copy"};

const Form &formAfter(Stage stage) {
  static const Form forms[] = {
      {"graph", graphOuter, graphOuter, {}, {}, staticTensors},
      {"graph", graphOuter, graphOuter, {}, neverRequests, staticTensors},
      {"graph", graphOuter, graphOuter, {}, neverBatches, staticTensors},
      {"graph", graphOuter, graphOuter, {}, neverCalls, pairwise},
      {"kernels", outerRuns, graphOuter, {}, neverCalls, pairwise},
      {"linalg", outerRuns, kernelLinalg, bodyLinalg, {}, permutedOutputs},
      {"loops", outerLaunches, kernelLoops, {}, neverHeap, scheduledKernel},
      {"binary", llvmOnly, llvmOnly, {}, {}, anything},
  };
  return forms[static_cast<std::size_t>(stage)];
}

bool isNamed(Operation *op, Names names) {
  const StringRef name = op->getName().getStringRef(), dialect = op->getName().getDialectNamespace();
  return llvm::any_of(names, [&](StringRef allowed) { return allowed == name || allowed == dialect; });
}

/// Checks one top-level function (or global) and what it holds.
class Checker {
public:
  Checker(const Form &form, Stage stage) : form(form), stage(stage) {}

  LogicalResult check(Operation &top) {
    auto function = dyn_cast<func::FuncOp>(top);
    const bool kernel = function && !exec::isOuter(function);
    const WalkResult result = top.walk<WalkOrder::PreOrder>([&](Operation *op) {
      const bool inBody = !form.body.empty() && op->getParentOfType<linalg::GenericOp>();
      const bool inItems = op->getParentOfType<exec::ItemsOp>() != nullptr;
      const Names allowed = inItems  ? Names(bodyItems)
                            : inBody ? form.body
                            : kernel ? form.kernel
                                     : form.outer;
      if (!isNamed(op, allowed) || isNamed(op, form.never)) {
        report(op, inBody ? "a linalg body" : kernel ? "a kernel" : "an outer function");
        return WalkResult::interrupt();
      }
      return failed(form.predicate(op)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    return failure(result.wasInterrupted());
  }

private:
  void report(Operation *op, StringRef where) const {
    op->emitError() << "internal: " << op->getName() << " stands in " << where << " after stage "
                    << std::string(nameOf(stage)) << ", which leaves form " << form.name;
  }
  const Form &form;
  Stage stage;
};

class CheckFormPass : public PassWrapper<CheckFormPass, OperationPass<ModuleOp>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CheckFormPass)
  explicit CheckFormPass(Stage stage) : stage(stage) {}
  StringRef getName() const override { return "CheckForm"; }
  StringRef getDescription() const override { return "check that a stage left the form it promises"; }
  void runOnOperation() override {
    if (failed(checkForm(getOperation(), stage))) return signalPassFailure();
    markAllAnalysesPreserved();
  }

private:
  Stage stage;
};

} // namespace

LogicalResult checkForm(ModuleOp module, Stage stage) {
  Checker checker(formAfter(stage), stage);
  for (Operation &top : *module.getBody())
    if (failed(checker.check(top))) return failure();
  return success();
}

std::unique_ptr<Pass> createCheckForm(Stage stage) { return std::make_unique<CheckFormPass>(stage); }

} // namespace tgc
