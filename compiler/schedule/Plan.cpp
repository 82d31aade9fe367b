// The outer program meets memory here and nowhere else: every tensor becomes an argument, a result of the
// caller, a constant, or a slot of one arena. Values that never live at the same time share bytes; a kernel
// that allows it writes over an input that dies. The planned arena is exact: it is the type of the function's
// last argument.
#include "compiler/Passes.h"
#include "compiler/schedule/Offsets.h"
#include "dialects/exec/Exec.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace tgc {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::schedule {
namespace {

/// Bytes that one or more values share: a tensor, its reshapes, and what is written over it in place.
struct Storage {
  enum class Kind { Argument, Result, Constant, Arena } kind = Kind::Arena;
  unsigned index = 0;      ///< of the argument or result
  Lifetime life = {};      ///< arena and result
  int64_t mergedInto = -1; ///< this storage is that one's bytes
  size_t slot = 0;         ///< arena: which lifetime of the layout
};

bool isConstant(Operation &op) { return op.hasTrait<OpTrait::ConstantLike>() || isa<exec::ConstantOp>(op); }

ElementsAttr elementsOf(Operation &op) {
  if (auto constant = dyn_cast<exec::ConstantOp>(op)) return constant.getValue();
  ElementsAttr value;
  matchPattern(op.getResult(0), m_Constant(&value));
  return value;
}

class Planner {
public:
  Planner(func::FuncOp function, const SymbolTable &symbols)
      : old(function), returned(cast<func::ReturnOp>(function.front().getTerminator())), symbols(symbols) {}

  LogicalResult run() {
    if (failed(collect())) return failure();
    bindResults();
    writeInPlace();
    layOut();
    rewrite();
    return success();
  }

private:
  LogicalResult collect();
  LogicalResult collectRun(exec::RunOp run, int64_t step);
  void bindResults();
  void writeInPlace();
  void tryInPlace(exec::RunOp run, int64_t input, int64_t output, int64_t step);
  void layOut();
  void rewrite();
  func::FuncOp declare(OpBuilder &builder);
  void rewriteOp(OpBuilder &builder, Operation &op);
  Value place(OpBuilder &builder, Value value);

  size_t storageIndex(Value value) const {
    const size_t index = storageOf.lookup(value);
    return storages[index].mergedInto < 0 ? index : size_t(storages[index].mergedInto);
  }
  Storage &storage(Value value) { return storages[storageIndex(value)]; }
  void add(Value value, Storage storage) {
    storageOf[value] = storages.size();
    storages.push_back(storage);
  }

  func::FuncOp old;
  func::ReturnOp returned;
  const SymbolTable &symbols;
  std::vector<Storage> storages;
  llvm::DenseMap<Value, size_t> storageOf; // read by key only: its order never matters
  llvm::DenseMap<Value, Value> placeOf;
  SmallVector<unsigned> copiedResults;
  Layout layout;
  Block *block = nullptr; ///< of the new function
};

LogicalResult Planner::collect() {
  for (BlockArgument argument : old.getArguments())
    add(argument, {.kind = Storage::Kind::Argument, .index = argument.getArgNumber()});
  int64_t step = 0;
  for (Operation &op : old.front().without_terminator()) {
    if (auto reshape = dyn_cast<exec::ReshapeOp>(op)) {
      storageOf[reshape.getOutput()] = storageIndex(reshape.getInput());
    } else if (isConstant(op)) {
      if (!elementsOf(op)) return op.emitOpError("is a constant without elements");
      add(op.getResult(0), {.kind = Storage::Kind::Constant});
    } else if (auto run = dyn_cast<exec::RunOp>(op)) {
      if (failed(collectRun(run, step++))) return failure();
    } else {
      return op.emitOpError("cannot stand in an outer program");
    }
  }
  return success();
}

LogicalResult Planner::collectRun(exec::RunOp run, int64_t step) {
  auto kernel = symbols.lookup<func::FuncOp>(run.getKernel());
  if (!kernel || !exec::isLoopForm(kernel)) return run.emitOpError("runs a kernel that is not in loop form");
  for (Value input : run.getInputs())
    storage(input).life.last = step;
  for (Value output : run.getOutputs())
    add(output, {.life = {exec::storageBytes(cast<ShapedType>(output.getType())), step, step}});
  return success();
}

/// A returned value is computed right in the caller's buffer, unless it has a home already; then it is copied
/// at the end.
void Planner::bindResults() {
  for (auto [index, value] : llvm::enumerate(returned.getOperands())) {
    Storage &home = storage(value);
    if (home.kind != Storage::Kind::Arena) {
      copiedResults.push_back(index);
      continue;
    }
    home.kind = Storage::Kind::Result;
    home.index = index;
  }
}

void Planner::writeInPlace() {
  int64_t step = 0;
  for (auto run : old.front().getOps<exec::RunOp>()) {
    auto kernel = symbols.lookup<func::FuncOp>(run.getKernel());
    if (auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr))
      for (int64_t at = 0; at + 1 < pairs.size(); at += 2)
        tryInPlace(run, pairs[at], pairs[at + 1], step);
    ++step;
  }
}

void Planner::tryInPlace(exec::RunOp run, int64_t input, int64_t output, int64_t step) {
  if (input >= int64_t(run.getInputs().size()) || output >= int64_t(run.getOutputs().size())) return;
  const size_t from = storageIndex(run.getInputs()[input]);
  Storage &source = storages[from], &target = storage(run.getOutputs()[output]);
  const bool bothFree = source.kind == Storage::Kind::Arena && target.kind == Storage::Kind::Arena;
  if (!bothFree || source.life.last != step || target.life.sizeBytes > source.life.sizeBytes) return;
  if (target.life.first != step) return; // it is written over another input already
  const auto readsIt = [&](Value value) { return storageIndex(value) == from; };
  if (llvm::count_if(run.getInputs(), readsIt) != 1) return;
  // Two results must not take the same bytes.
  for (Value other : run.getOutputs())
    if (storageIndex(other) == from) return;
  source.life.last = target.life.last;
  target.mergedInto = int64_t(from);
}

void Planner::layOut() {
  std::vector<Lifetime> lifetimes;
  for (Storage &storage : storages)
    if (storage.kind == Storage::Kind::Arena && storage.mergedInto < 0) {
      storage.slot = lifetimes.size();
      lifetimes.push_back(storage.life);
    }
  layout = assignOffsets(lifetimes);
}

/// The memory of a tensor in the new function, made where it is first needed.
Value Planner::place(OpBuilder &builder, Value value) {
  if (Value known = placeOf.lookup(value)) return known;
  const auto type = exec::storageOf(cast<ShapedType>(value.getType()));
  const Storage &home = storage(value);
  Value made;
  if (home.kind == Storage::Kind::Arena) {
    made = exec::SlotOp::create(builder, value.getLoc(), type, block->getArguments().back(),
                                builder.getI64IntegerAttr(layout.offsetsBytes[home.slot]));
  } else if (home.kind == Storage::Kind::Result) {
    made = block->getArgument(old.getNumArguments() + home.index);
  } else { // a reshape of an argument or constant: `exec.reshape` folds chains, and walking one is a loop
    Value origin = value;
    while (auto reshape = origin.getDefiningOp<exec::ReshapeOp>())
      origin = reshape.getInput();
    made = placeOf.lookup(origin);
  }
  if (made.getType() != type) made = exec::ReshapeOp::create(builder, value.getLoc(), type, made);
  return placeOf[value] = made;
}

func::FuncOp Planner::declare(OpBuilder &builder) {
  SmallVector<Type> types;
  for (Type type : old.getArgumentTypes())
    types.push_back(exec::storageOf(cast<ShapedType>(type)));
  for (Type type : old.getResultTypes())
    types.push_back(exec::storageOf(cast<ShapedType>(type)));
  types.push_back(MemRefType::get({layout.totalBytes}, builder.getI8Type()));
  auto made = func::FuncOp::create(builder, old.getLoc(), old.getName(), builder.getFunctionType(types, {}));
  made->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  made->setAttr(exec::argumentsAttr, builder.getI64IntegerAttr(old.getNumArguments()));
  made.setVisibility(old.getVisibility());
  return made;
}

void Planner::rewrite() {
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
  for (unsigned index : copiedResults) {
    Value target = block->getArgument(old.getNumArguments() + index);
    Value source = place(builder, returned.getOperand(index));
    if (source.getType() != target.getType())
      source = exec::ReshapeOp::create(builder, returned.getLoc(), target.getType(), source);
    exec::CopyOp::create(builder, returned.getLoc(), source, target);
  }
  func::ReturnOp::create(builder, returned.getLoc());
  old.erase();
}

void Planner::rewriteOp(OpBuilder &builder, Operation &op) {
  if (auto run = dyn_cast<exec::RunOp>(op)) {
    SmallVector<Value> inputs, outputs;
    for (Value input : run.getInputs())
      inputs.push_back(place(builder, input));
    for (Value output : run.getOutputs())
      outputs.push_back(place(builder, output));
    auto launch = exec::LaunchOp::create(builder, run.getLoc(), run.getKernelAttr(), inputs, outputs);
    for (NamedAttribute note : run->getDiscardableAttrs())
      launch->setDiscardableAttr(note.getName(), note.getValue());
  } else if (isConstant(op)) {
    auto type = exec::storageOf(cast<ShapedType>(op.getResult(0).getType()));
    placeOf[op.getResult(0)] = exec::ConstantOp::create(builder, op.getLoc(), type, elementsOf(op));
  }
}

class PlanMemoryPass : public impl::PlanMemoryBase<PlanMemoryPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto function : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (exec::isOuter(function) && !function->hasAttr(exec::argumentsAttr))
        if (failed(Planner(function, symbols).run())) return signalPassFailure();
  }
};

} // namespace
} // namespace tgc::schedule
