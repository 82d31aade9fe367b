// The outer program meets memory here and nowhere else: every tensor becomes an argument, a result of the
// caller, a constant, or a slot of one arena. Values that never live at the same time share bytes; a kernel
// that allows it writes over an input that dies. The planned arena is exact: it is the type of the function's
// last argument.
#include "compiler/Passes.h"
#include "compiler/schedule/Carry.h"
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
  Planner(func::FuncOp function, const SymbolTable &symbols, const Planned &planned)
      : old(function), returned(cast<func::ReturnOp>(function.front().getTerminator())), symbols(symbols),
        planned(planned) {}

  /// The function on memory; the old one is gone.
  FailureOr<func::FuncOp> run() {
    if (failed(collect())) return failure();
    bindResults();
    writeInPlace();
    writeOverArguments();
    layOut();
    return rewrite();
  }

private:
  LogicalResult collect();
  LogicalResult collectRun(exec::RunOp run);
  LogicalResult collectControl(exec::ControlOp control);
  void collectStep(Operation *op);
  void bindResults();
  SmallVector<int64_t> inPlacePairs(Operation *op);
  void writeInPlace();
  void tryInPlace(Operation *op, int64_t input, int64_t output, int64_t step);
  void writeOverArguments();
  bool overwrites(int64_t argument, int64_t result);
  void layOut();
  func::FuncOp rewrite();
  func::FuncOp declare(OpBuilder &builder);
  void rewriteOp(OpBuilder &builder, Operation &op);
  Value place(OpBuilder &builder, Value value);
  Value scratch(OpBuilder &builder, Operation &op);

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
  const Planned &planned;
  SmallVector<Operation *> steps; ///< runs and control ops in their order
  llvm::DenseMap<Operation *, size_t> scratchOf;
  SmallVector<int64_t> overwriting; ///< results that are written over the argument they go round to
  std::vector<Storage> storages;
  llvm::DenseMap<Value, size_t> storageOf; // read by key only: its order never matters
  llvm::DenseMap<Value, Value> placeOf;
  SmallVector<unsigned> copiedResults;
  Layout layout;
  Block *block = nullptr; ///< of the new function
};

LogicalResult Planner::collect() {
  for (BlockArgument argument : old.getArguments())
    add(argument, {.kind = Storage::Kind::Argument, .index = argument.getArgNumber(), .life = {0, 0, -1}});
  for (Operation &op : old.front().without_terminator()) {
    if (auto reshape = dyn_cast<exec::ReshapeOp>(op)) {
      storageOf[reshape.getOutput()] = storageIndex(reshape.getInput());
    } else if (isConstant(op)) {
      if (!elementsOf(op)) return op.emitOpError("is a constant without elements");
      add(op.getResult(0), {.kind = Storage::Kind::Constant});
    } else if (auto run = dyn_cast<exec::RunOp>(op)) {
      if (failed(collectRun(run))) return failure();
    } else if (auto control = dyn_cast<exec::ControlOp>(op)) {
      if (failed(collectControl(control))) return failure();
    } else {
      return op.emitOpError("cannot stand in an outer program");
    }
  }
  return success();
}

LogicalResult Planner::collectRun(exec::RunOp run) {
  auto kernel = symbols.lookup<func::FuncOp>(run.getKernel());
  if (!kernel || !exec::isLoopForm(kernel)) return run.emitOpError("runs a kernel that is not in loop form");
  collectStep(run);
  return success();
}

LogicalResult Planner::collectControl(exec::ControlOp control) {
  for (StringRef name : bodyNames(control))
    if (!planned.contains(name)) return control.emitOpError("runs a function without planned memory");
  const auto step = int64_t(steps.size());
  collectStep(control);
  scratchOf[control] = storages.size();
  storages.push_back({.life = {scratchBytes(control, planned), step, step}});
  return success();
}

void Planner::collectStep(Operation *op) {
  const auto step = int64_t(steps.size());
  steps.push_back(op);
  for (Value input : op->getOperands())
    storage(input).life.last = step;
  for (Value output : op->getResults())
    add(output, {.life = {exec::storageBytes(cast<ShapedType>(output.getType())), step, step}});
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

/// Pairs of an operand and a result that may be the same memory.
SmallVector<int64_t> Planner::inPlacePairs(Operation *op) {
  if (auto control = dyn_cast<exec::ControlOp>(op)) return overwrittenInputs(control, planned);
  auto kernel = symbols.lookup<func::FuncOp>(cast<exec::RunOp>(op).getKernel());
  auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr);
  return pairs ? SmallVector<int64_t>(pairs.asArrayRef()) : SmallVector<int64_t>();
}

void Planner::writeInPlace() {
  for (auto [step, op] : llvm::enumerate(steps)) {
    SmallVector<int64_t> pairs = inPlacePairs(op);
    for (size_t at = 0; at + 1 < pairs.size(); at += 2)
      tryInPlace(op, pairs[at], pairs[at + 1], int64_t(step));
  }
}

void Planner::tryInPlace(Operation *op, int64_t input, int64_t output, int64_t step) {
  if (input >= op->getNumOperands() || output >= op->getNumResults()) return;
  const size_t from = storageIndex(op->getOperand(unsigned(input)));
  Storage &source = storages[from], &target = storage(op->getResult(unsigned(output)));
  const bool bothFree = source.kind == Storage::Kind::Arena && target.kind == Storage::Kind::Arena;
  if (!bothFree || source.life.last != step || target.life.sizeBytes > source.life.sizeBytes) return;
  if (target.life.first != step) return; // it is written over another input already
  const auto readsIt = [&](Value value) { return storageIndex(value) == from; };
  if (llvm::count_if(op->getOperands(), readsIt) != 1) return;
  // Two results must not take the same bytes.
  for (Value other : op->getResults())
    if (storageIndex(other) == from) return;
  source.life.last = target.life.last;
  target.mergedInto = int64_t(from);
}

/// What goes round in a loop needs one place instead of two where its step writes it over its argument.
void Planner::writeOverArguments() {
  auto pairs = old->getAttrOfType<DenseI64ArrayAttr>(exec::carryAttr);
  if (!pairs) return;
  for (int64_t at = 0; at + 1 < pairs.size(); at += 2)
    if (overwrites(pairs[at], pairs[at + 1])) overwriting.push_back(pairs[at + 1]);
}

bool Planner::overwrites(int64_t argument, int64_t result) {
  const size_t from = storageIndex(old.getArgument(unsigned(argument)));
  Value value = returned.getOperand(unsigned(result));
  if (storageIndex(value) == from) { // it goes round as it is
    llvm::erase(copiedResults, unsigned(result));
    return true;
  }
  const Storage &source = storages[from], &target = storage(value);
  if (target.kind != Storage::Kind::Result || target.index != unsigned(result)) return false;
  // Copies to other results run at the end.
  for (unsigned copied : copiedResults)
    if (storageIndex(returned.getOperand(copied)) == from) return false;
  if (source.life.last != target.life.first) return source.life.last < target.life.first;
  Operation *maker = steps[size_t(target.life.first)];
  const auto readsIt = [&](Value operand) { return storageIndex(operand) == from; };
  if (llvm::count_if(maker->getOperands(), readsIt) != 1) return false;
  SmallVector<int64_t> pairs = inPlacePairs(maker);
  for (size_t at = 0; at + 1 < pairs.size(); at += 2)
    if (pairs[at] < maker->getNumOperands() && pairs[at + 1] < maker->getNumResults() &&
        readsIt(maker->getOperand(unsigned(pairs[at]))) &&
        storageIndex(maker->getResult(unsigned(pairs[at + 1]))) == storageIndex(value))
      return true;
  return false;
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

Value Planner::scratch(OpBuilder &builder, Operation &op) {
  const Storage &home = storages[scratchOf.lookup(&op)];
  auto type = MemRefType::get({home.life.sizeBytes}, builder.getI8Type());
  return exec::SlotOp::create(builder, op.getLoc(), type, block->getArguments().back(),
                              builder.getI64IntegerAttr(layout.offsetsBytes[home.slot]));
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
  if (!overwriting.empty()) made->setAttr(exec::mergedAttr, builder.getDenseI64ArrayAttr(overwriting));
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
  for (unsigned index : copiedResults) {
    Value target = block->getArgument(old.getNumArguments() + index);
    Value source = place(builder, returned.getOperand(index));
    if (source.getType() != target.getType())
      source = exec::ReshapeOp::create(builder, returned.getLoc(), target.getType(), source);
    exec::CopyOp::create(builder, returned.getLoc(), source, target);
  }
  func::ReturnOp::create(builder, returned.getLoc());
  old.erase();
  return made;
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
  } else if (isConstant(op)) {
    auto type = exec::storageOf(cast<ShapedType>(op.getResult(0).getType()));
    placeOf[op.getResult(0)] = exec::ConstantOp::create(builder, op.getLoc(), type, elementsOf(op));
  }
}

class PlanMemoryPass : public impl::PlanMemoryBase<PlanMemoryPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    Planned planned;
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (exec::isOuter(function) && failed(plan(function, symbols, planned))) return signalPassFailure();
  }

  /// Bodies of loops before the loops; as deep as loops nest.
  static LogicalResult plan(func::FuncOp function, const SymbolTable &symbols, Planned &planned) {
    const std::string name = function.getName().str();
    if (planned.contains(name)) return success();
    if (function->hasAttr(exec::argumentsAttr)) return planned[name] = function, success();
    for (auto control : function.getOps<exec::ControlOp>())
      for (StringRef body : bodyNames(control)) {
        if (planned.contains(body)) continue;
        auto inner = symbols.lookup<func::FuncOp>(body);
        if (!inner || inner == function || failed(plan(inner, symbols, planned))) return failure();
      }
    auto made = Planner(function, symbols, planned).run();
    if (failed(made)) return failure();
    planned[name] = *made;
    return success();
  }
};

} // namespace
} // namespace tgc::schedule
