#include "compiler/schedule/KernelPair.h"

#include "dialects/exec/Exec.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

// Removes what nobody reads; gives the arguments that are left.
SmallVector<unsigned> dropUnused(func::FuncOp function) {
  Block &body = function.front();
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    ops.push_back(&op);
  for (Operation *op : llvm::reverse(ops))
    if (op->use_empty()) op->erase();
  SmallVector<unsigned> read;
  llvm::BitVector unread(body.getNumArguments());
  for (BlockArgument argument : body.getArguments())
    argument.use_empty() ? void(unread.set(argument.getArgNumber()))
                         : read.push_back(argument.getArgNumber());
  (void)function.eraseArguments(unread);
  return read;
}

exec::RunOp runOf(OpBuilder &builder, exec::RunOp old, func::FuncOp kernel, ArrayRef<Value> values,
                  ArrayRef<unsigned> read, TypeRange types) {
  SmallVector<Value> inputs;
  for (unsigned number : read)
    inputs.push_back(values[number]);
  auto run = exec::RunOp::create(builder, old.getLoc(), types, kernel.getName(), inputs);
  run->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  return run;
}

} // namespace

KernelPair::KernelPair(func::FuncOp kernel) : kernel(kernel), symbols(kernel->getParentOp()) {
  auto copy = [&](StringRef suffix) {
    auto made = cast<func::FuncOp>(kernel->clone());
    made.setName((kernel.getName() + suffix).str());
    symbols.insert(made, Block::iterator(kernel)); // renames it where the name is taken
    return made;
  };
  first = copy("_parts"), second = copy("_joined");
}

SmallVector<Value> KernelPair::pass(ValueRange values) {
  first.front().getTerminator()->setOperands(values);
  first.setFunctionType(FunctionType::get(first.getContext(), first.getArgumentTypes(), values.getTypes()));
  first->removeAttr("res_attrs");
  SmallVector<Type> types(second.getArgumentTypes());
  llvm::append_range(types, values.getTypes());
  second.setFunctionType(FunctionType::get(second.getContext(), types, second.getResultTypes()));
  second->removeAttr("arg_attrs"), second->removeAttr("res_attrs");
  SmallVector<Value> arguments;
  for (Type type : values.getTypes())
    arguments.push_back(second.front().addArgument(type, second.getLoc()));
  return arguments;
}

// Results that are arguments need no kernel: gives the argument's number for those, in place of the result.
static SmallVector<std::optional<unsigned>> passedThrough(func::FuncOp kernel) {
  SmallVector<std::optional<unsigned>> passed;
  SmallVector<Value> computed;
  for (Value value : kernel.front().getTerminator()->getOperands()) {
    auto argument = dyn_cast<BlockArgument>(value);
    passed.push_back(argument ? std::optional(argument.getArgNumber()) : std::nullopt);
    if (!argument) computed.push_back(value);
  }
  kernel.front().getTerminator()->setOperands(computed);
  kernel.setFunctionType(
      FunctionType::get(kernel.getContext(), kernel.getArgumentTypes(), ValueRange(computed).getTypes()));
  return passed;
}

void KernelPair::commit() {
  auto passed = passedThrough(second);
  SmallVector<unsigned> readByFirst = dropUnused(first), readBySecond = dropUnused(second);
  SmallVector<exec::RunOp> runs;
  kernel->getParentOfType<ModuleOp>().walk([&](exec::RunOp run) {
    if (run.getKernel() == kernel.getName()) runs.push_back(run);
  });
  for (exec::RunOp run : runs) {
    OpBuilder builder(run);
    SmallVector<Value> values(run.getInputs());
    auto parts = runOf(builder, run, first, values, readByFirst, first.getResultTypes());
    llvm::append_range(values, parts.getOutputs());
    auto joined = runOf(builder, run, second, values, readBySecond, second.getResultTypes());
    size_t next = 0;
    for (auto [result, argument] : llvm::zip_equal(run.getOutputs(), passed))
      result.replaceAllUsesWith(argument ? values[*argument] : Value(joined.getOutputs()[next++]));
    run.erase();
  }
  kernel.erase();
}

} // namespace tgc::schedule
