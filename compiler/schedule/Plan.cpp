// The outer program meets memory here and nowhere else: every tensor becomes an argument, a result of the
// caller, a constant, or a slot of one arena. Values that never live at the same time share bytes; a kernel
// that allows it writes over an input that dies. The planned arena is exact: it is the type of the function's
// last argument.
#include "compiler/Passes.h"
#include "compiler/schedule/Fit.h"
#include "compiler/schedule/OuterFlow.h"
#include "compiler/schedule/Reorder.h"
#include "mlir/IR/Builders.h"

namespace tgc {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::schedule {
namespace {

class Planner {
public:
  Planner(func::FuncOp function, const SymbolTable &symbols, const Planned &planned)
      : old(function), returned(cast<func::ReturnOp>(function.front().getTerminator())), symbols(symbols),
        planned(planned) {}

  /// The function on memory; the old one is gone.
  FailureOr<func::FuncOp> run(int64_t budgetBytes);

private:
  LogicalResult fit(int64_t budgetBytes);
  LogicalResult tellBudget(int64_t budgetBytes);
  func::FuncOp rewrite();
  func::FuncOp declare(OpBuilder &builder);
  void rewriteOp(OpBuilder &builder, Operation &op);
  void copyResults(OpBuilder &builder);
  Value place(OpBuilder &builder, Value value);
  Value scratch(OpBuilder &builder, Operation &op);

  func::FuncOp old;
  func::ReturnOp returned;
  const SymbolTable &symbols;
  const Planned &planned;
  OuterFlow outer;
  Placement placement;
  llvm::DenseMap<Value, Value> placeOf; // read by key only: its order never matters
  Block *block = nullptr;               ///< of the new function
};

FailureOr<func::FuncOp> Planner::run(int64_t budgetBytes) {
  if (failed(fit(budgetBytes))) return failure();
  auto read = readOuter(old, symbols, planned);
  if (failed(read)) return failure();
  outer = std::move(*read);
  placement = placeValues(outer.flow);
  if (placement.exchanged)
    return old.emitError() << "unsupported: results " << placement.exchanged->first << " and "
                           << placement.exchanged->second
                           << " exchange the memory of their donated arguments";
  if (budgetBytes > 0 && placement.arenaBytes > budgetBytes) return tellBudget(budgetBytes);
  return rewrite();
}

/// Steps in another order, and steps that run again, where the caller's terms ask for them.
LogicalResult Planner::fit(int64_t budgetBytes) {
  if (budgetBytes == 0 && !old->hasAttr(exec::donatedAttr)) return success();
  auto read = readOuter(old, symbols, planned);
  if (failed(read)) return failure();
  Flow flow = withDonationsLast(read->flow);
  if (budgetBytes > 0) flow = fitInto(flow, budgetBytes).flow;
  writeOuter(old, *read, flow);
  return success();
}

/// Which op needs how much, where a budget cannot be met.
LogicalResult Planner::tellBudget(int64_t budgetBytes) {
  const Bottleneck most = bottleneckOf(outer.flow);
  Operation *op = outer.steps[most.step];
  auto run = dyn_cast<exec::RunOp>(op);
  const std::string what =
      run ? "kernel " + run.getKernel().str() : "a " + cast<exec::ControlOp>(op).getKind().str();
  InFlightDiagnostic error = emitError(op->getLoc())
                             << "limit: the program does not fit in a memory budget of " << budgetBytes
                             << " bytes; the least found is " << placement.arenaBytes;
  error.attachNote(op->getLoc()) << what << " alone reads " << most.readBytes
                                 << " bytes of intermediates and makes " << most.madeBytes;
  return error;
}

/// The memory of a tensor in the new function, made where it is first needed.
Value Planner::place(OpBuilder &builder, Value value) {
  if (Value known = placeOf.lookup(value)) return known;
  const auto type = exec::storageOf(cast<ShapedType>(value.getType()));
  const Home &home = placement.homes[outer.of.lookup(value)];
  Value made;
  if (home.kind == Home::Kind::Arena) {
    made = exec::SlotOp::create(builder, value.getLoc(), type, block->getArguments().back(),
                                builder.getI64IntegerAttr(home.offsetBytes));
  } else if (home.kind == Home::Kind::Result) {
    made = block->getArgument(old.getNumArguments() + home.result);
  } else { // a reshape of an argument or constant: `exec.reshape` folds chains, and walking one is a loop
    Value origin = value;
    while (auto reshape = origin.getDefiningOp<exec::ReshapeOp>())
      origin = reshape.getInput();
    made = placeOf.lookup(origin);
  }
  if (made.getType() != type) made = exec::ReshapeOp::create(builder, value.getLoc(), type, made);
  return placeOf[value] = made;
}

Value Planner::scratch(OpBuilder &builder, Operation &op) {
  const std::uint32_t value = outer.scratchOf.lookup(&op);
  auto type = MemRefType::get({outer.flow.values[value].bytes}, builder.getI8Type());
  return exec::SlotOp::create(builder, op.getLoc(), type, block->getArguments().back(),
                              builder.getI64IntegerAttr(placement.homes[value].offsetBytes));
}

func::FuncOp Planner::declare(OpBuilder &builder) {
  SmallVector<Type> types;
  for (Type type : old.getArgumentTypes())
    types.push_back(exec::storageOf(cast<ShapedType>(type)));
  for (Type type : old.getResultTypes())
    types.push_back(exec::storageOf(cast<ShapedType>(type)));
  types.push_back(MemRefType::get({placement.arenaBytes}, builder.getI8Type()));
  auto made = func::FuncOp::create(builder, old.getLoc(), old.getName(), builder.getFunctionType(types, {}));
  made->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  made->setAttr(exec::argumentsAttr, builder.getI64IntegerAttr(old.getNumArguments()));
  if (!placement.merged.empty())
    made->setAttr(exec::mergedAttr, builder.getDenseI64ArrayAttr(SmallVector<int64_t>(
                                        placement.merged.begin(), placement.merged.end())));
  made.setVisibility(old.getVisibility());
  return made;
}

func::FuncOp Planner::rewrite() {
  OpBuilder builder(old);
  func::FuncOp made = declare(builder);
  block = made.addEntryBlock();
  for (BlockArgument argument : old.getArguments()) {
    placeOf[argument] = block->getArgument(argument.getArgNumber());
    block->getArgument(argument.getArgNumber()).setLoc(argument.getLoc());
  }
  builder.setInsertionPointToEnd(block);
  for (Operation &op : old.front().without_terminator())
    rewriteOp(builder, op);
  copyResults(builder);
  func::ReturnOp::create(builder, returned.getLoc());
  old.erase();
  return made;
}

/// What is not computed in the caller's buffer, in the plan's order.
void Planner::copyResults(OpBuilder &builder) {
  for (const CopiedResult &copied : placement.copied) {
    Value target = block->getArgument(old.getNumArguments() + copied.result);
    Value source = place(builder, returned.getOperand(copied.result));
    if (source.getType() != target.getType())
      source = exec::ReshapeOp::create(builder, returned.getLoc(), target.getType(), source);
    auto copy = exec::CopyOp::create(builder, returned.getLoc(), source, target);
    copy->setDiscardableAttr("why", builder.getStringAttr(copied.why));
  }
}

void Planner::rewriteOp(OpBuilder &builder, Operation &op) {
  if (isa<exec::RunOp, exec::ControlOp>(op)) {
    SmallVector<Value> inputs, outputs;
    for (Value input : op.getOperands())
      inputs.push_back(place(builder, input));
    for (Value output : op.getResults())
      outputs.push_back(place(builder, output));
    Operation *made = nullptr;
    if (auto run = dyn_cast<exec::RunOp>(op))
      made = exec::LaunchOp::create(builder, run.getLoc(), run.getKernelAttr(), inputs, outputs);
    else
      made = entered(builder, cast<exec::ControlOp>(op), inputs, outputs, scratch(builder, op));
    for (NamedAttribute note : op.getDiscardableAttrs())
      made->setDiscardableAttr(note.getName(), note.getValue());
  } else if (ElementsAttr elements = constantOf(op)) {
    auto type = exec::storageOf(cast<ShapedType>(op.getResult(0).getType()));
    placeOf[op.getResult(0)] = exec::ConstantOp::create(builder, op.getLoc(), type, elements);
  }
}

class PlanMemoryPass : public impl::PlanMemoryBase<PlanMemoryPass> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    Planned planned;
    // By name: a body is planned, and its old function gone, when the loop that names it comes first.
    std::vector<std::string> names;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (exec::isOuter(function)) names.push_back(function.getName().str());
    for (const std::string &name : names)
      if (!planned.contains(name) && failed(plan(symbols.lookup<func::FuncOp>(name), symbols, planned)))
        return signalPassFailure();
  }

  /// Bodies of loops before the loops; as deep as loops nest.
  LogicalResult plan(func::FuncOp function, const SymbolTable &symbols, Planned &planned) {
    const std::string name = function.getName().str();
    if (planned.contains(name)) return success();
    if (function->hasAttr(exec::argumentsAttr)) return planned[name] = function, success();
    for (auto control : function.getOps<exec::ControlOp>())
      for (StringRef body : bodyNames(control)) {
        if (planned.contains(body)) continue;
        auto inner = symbols.lookup<func::FuncOp>(body);
        if (!inner || inner == function || failed(plan(inner, symbols, planned))) return failure();
      }
    // The scratch of a loop holds its body's arena, so the budget is the entry's to keep.
    auto made = Planner(function, symbols, planned).run(function.isPublic() ? int64_t(budgetBytes) : 0);
    if (failed(made)) return failure();
    planned[name] = *made;
    return success();
  }
};

} // namespace
} // namespace tgc::schedule
