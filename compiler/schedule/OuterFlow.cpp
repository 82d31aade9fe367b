#include "compiler/schedule/OuterFlow.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace tgc::schedule {

ElementsAttr constantOf(Operation &op) {
  if (auto constant = dyn_cast<exec::ConstantOp>(op)) return constant.getValue();
  ElementsAttr value;
  if (op.hasTrait<OpTrait::ConstantLike>()) matchPattern(op.getResult(0), m_Constant(&value));
  return value;
}

namespace {

class Reader {
public:
  Reader(const SymbolTable &symbols, const Planned &planned) : symbols(symbols), planned(planned) {}

  LogicalResult read(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments())
      add(argument, true);
    for (Operation &op : function.front().without_terminator())
      if (failed(readOp(op))) return failure();
    for (Value value : function.front().getTerminator()->getOperands())
      outer.flow.returned.push_back(outer.of.lookup(value));
    outer.flow.donated = pairsOf(function, exec::donatedAttr);
    outer.flow.carried = pairsOf(function, exec::carryAttr);
    return success();
  }

  OuterFlow outer;

private:
  void add(Value value, bool given) {
    outer.of[value] = std::uint32_t(outer.values.size());
    outer.values.push_back(value);
    outer.flow.values.push_back({exec::storageBytes(cast<ShapedType>(value.getType())), given});
  }

  LogicalResult readOp(Operation &op) {
    if (auto reshape = dyn_cast<exec::ReshapeOp>(op)) {
      outer.of[reshape.getOutput()] = outer.of.lookup(reshape.getInput());
    } else if (op.hasTrait<OpTrait::ConstantLike>() || isa<exec::ConstantOp>(op)) {
      if (!constantOf(op)) return op.emitOpError("is a constant without elements");
      add(op.getResult(0), true);
    } else if (auto run = dyn_cast<exec::RunOp>(op)) {
      return readRun(run);
    } else if (auto control = dyn_cast<exec::ControlOp>(op)) {
      return readControl(control);
    } else {
      return op.emitOpError("cannot stand in an outer program");
    }
    return success();
  }

  LogicalResult readRun(exec::RunOp run) {
    auto kernel = symbols.lookup<func::FuncOp>(run.getKernel());
    if (!kernel || !exec::isLoopForm(kernel))
      return run.emitOpError("runs a kernel that is not in loop form");
    auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr);
    FlowStep &step = addStep(run, pairs ? pairs.asArrayRef() : ArrayRef<int64_t>());
    step.once = kernel->hasAttr(exec::foreignAttr);
    if (auto time = kernel->getAttrOfType<IntegerAttr>(exec::nanosecondsAttr))
      step.nanoseconds = time.getInt();
    return success();
  }

  LogicalResult readControl(exec::ControlOp control) {
    for (StringRef name : bodyNames(control))
      if (!planned.contains(name)) return control.emitOpError("runs a function without planned memory");
    FlowStep &step = addStep(control, overwrittenInputs(control, planned));
    step.once = true; // whole loops are not calculated again
    const auto scratch = std::uint32_t(outer.values.size());
    outer.scratchOf[control] = scratch;
    outer.values.push_back(nullptr);
    outer.flow.values.push_back({scratchBytes(control, planned), false});
    step.outputs.push_back(scratch);
    return success();
  }

  FlowStep &addStep(Operation *op, ArrayRef<int64_t> pairs) {
    FlowStep step;
    step.origin = std::uint32_t(outer.steps.size());
    for (Value input : op->getOperands())
      step.inputs.push_back(outer.of.lookup(input));
    for (Value output : op->getResults()) {
      add(output, false);
      step.outputs.push_back(outer.of.lookup(output));
    }
    for (size_t at = 0; at + 1 < pairs.size(); at += 2)
      if (pairs[at] < op->getNumOperands() && pairs[at + 1] < op->getNumResults())
        step.inplace.push_back({std::uint32_t(pairs[at]), std::uint32_t(pairs[at + 1])});
    outer.steps.push_back(op);
    outer.flow.steps.push_back(std::move(step));
    return outer.flow.steps.back();
  }

  static std::vector<FlowDonation> pairsOf(func::FuncOp function, StringRef name) {
    std::vector<FlowDonation> out;
    if (auto pairs = function->getAttrOfType<DenseI64ArrayAttr>(name))
      for (int64_t at = 0; at + 1 < pairs.size(); at += 2)
        out.push_back({std::uint32_t(pairs[at]), std::uint32_t(pairs[at + 1])});
    return out;
  }

  const SymbolTable &symbols;
  const Planned &planned;
};

/// `value` in the shape a reader wants.
Value inShape(OpBuilder &builder, Value value, Type type) {
  if (value.getType() == type) return value;
  return exec::ReshapeOp::create(builder, value.getLoc(), type, value);
}

} // namespace

FailureOr<OuterFlow> readOuter(func::FuncOp function, const SymbolTable &symbols, const Planned &planned) {
  Reader reader(symbols, planned);
  if (failed(reader.read(function))) return failure();
  return std::move(reader.outer);
}

void writeOuter(func::FuncOp function, OuterFlow &outer, const Flow &wanted) {
  Operation *end = function.front().getTerminator();
  OpBuilder builder(end);
  std::vector<Value> values = outer.values;
  values.resize(wanted.values.size());
  std::vector<bool> ran(outer.steps.size());
  SmallVector<Operation *> reshapes;
  for (Operation &op : function.front())
    if (isa<exec::ReshapeOp>(op)) reshapes.push_back(&op);
  for (const FlowStep &step : wanted.steps) {
    Operation *op = outer.steps[step.origin];
    SmallVector<Type> types(op->getOperandTypes());
    if (ran[step.origin]) {
      op = builder.clone(*op);
      op->setDiscardableAttr(exec::againAttr, builder.getUnitAttr());
    } else {
      op->moveBefore(end);
      ran[step.origin] = true;
    }
    for (auto [k, value] : llvm::enumerate(op->getResults()))
      values[step.outputs[k]] = value;
    builder.setInsertionPoint(op);
    for (auto [k, input] : llvm::enumerate(step.inputs))
      op->setOperand(unsigned(k), inShape(builder, values[input], types[k]));
    builder.setInsertionPoint(end);
  }
  for (auto [k, value] : llvm::enumerate(wanted.returned))
    end->setOperand(k, inShape(builder, values[value], end->getOperand(k).getType()));
  for (Operation *reshape : llvm::reverse(reshapes))
    reshape->erase();
}

} // namespace tgc::schedule
