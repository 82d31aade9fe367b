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
  explicit Reader(const SymbolTable &symbols) : symbols(symbols) {}

  LogicalResult read(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments())
      add(argument, true);
    for (Operation &op : function.front().without_terminator())
      if (failed(readOp(op))) return failure();
    for (Value value : function.front().getTerminator()->getOperands())
      outer.flow.returned.push_back(outer.of.lookup(value));
    if (auto pairs = function->getAttrOfType<DenseI64ArrayAttr>(exec::donatedAttr))
      for (int64_t at = 0; at + 1 < pairs.size(); at += 2)
        outer.flow.donated.push_back({std::uint32_t(pairs[at]), std::uint32_t(pairs[at + 1])});
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
    } else {
      return op.emitOpError("cannot stand in an outer program");
    }
    return success();
  }

  LogicalResult readRun(exec::RunOp run) {
    auto kernel = symbols.lookup<func::FuncOp>(run.getKernel());
    if (!kernel || !exec::isLoopForm(kernel))
      return run.emitOpError("runs a kernel that is not in loop form");
    FlowStep step;
    step.origin = std::uint32_t(outer.steps.size());
    for (Value input : run.getInputs())
      step.inputs.push_back(outer.of.lookup(input));
    for (Value output : run.getOutputs()) {
      add(output, false);
      step.outputs.push_back(outer.of.lookup(output));
    }
    if (auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr))
      for (int64_t at = 0; at + 1 < pairs.size(); at += 2)
        if (pairs[at] < int64_t(step.inputs.size()) && pairs[at + 1] < int64_t(step.outputs.size()))
          step.inplace.push_back({std::uint32_t(pairs[at]), std::uint32_t(pairs[at + 1])});
    if (auto time = kernel->getAttrOfType<IntegerAttr>(exec::nanosecondsAttr))
      step.nanoseconds = time.getInt();
    step.once = kernel->hasAttr(exec::foreignAttr);
    outer.steps.push_back(run);
    outer.flow.steps.push_back(std::move(step));
    return success();
  }

  const SymbolTable &symbols;
};

/// `value` in the shape a reader wants.
Value inShape(OpBuilder &builder, Value value, Type type) {
  if (value.getType() == type) return value;
  return exec::ReshapeOp::create(builder, value.getLoc(), type, value);
}

} // namespace

FailureOr<OuterFlow> readOuter(func::FuncOp function, const SymbolTable &symbols) {
  Reader reader(symbols);
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
    exec::RunOp run = outer.steps[step.origin];
    SmallVector<Type> types(run.getInputs().getTypes());
    const bool again = ran[step.origin];
    if (again) {
      run = cast<exec::RunOp>(builder.clone(*run));
      run->setDiscardableAttr(exec::againAttr, builder.getUnitAttr());
    } else {
      run->moveBefore(end);
      ran[step.origin] = true;
    }
    for (auto [output, value] : llvm::zip_equal(step.outputs, run.getOutputs()))
      values[output] = value;
    builder.setInsertionPoint(run);
    for (auto [k, input] : llvm::enumerate(step.inputs))
      run.getInputsMutable()[k].set(inShape(builder, values[input], types[k]));
    builder.setInsertionPoint(end);
  }
  for (auto [k, value] : llvm::enumerate(wanted.returned))
    end->setOperand(k, inShape(builder, values[value], end->getOperand(k).getType()));
  for (Operation *reshape : llvm::reverse(reshapes))
    reshape->erase();
}

} // namespace tgc::schedule
