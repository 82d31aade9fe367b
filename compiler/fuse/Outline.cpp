// Cuts the function into kernels: each group becomes a private function of graph ops and one exec.run; equal
// kernels are one function. What is left outside: runs, constants, and reshapes that cost nothing.
#include "compiler/Notes.h"
#include "compiler/Passes.h"
#include "compiler/fuse/Control.h"
#include "compiler/fuse/Groups.h"
#include "compiler/fuse/Neighbours.h"
#include "compiler/fuse/Sink.h"
#include "compiler/fuse/Stage.h"
#include "compiler/fuse/Views.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_OUTLINE
#include "compiler/Passes.h.inc"

namespace {

class Outliner {
public:
  Outliner(func::FuncOp function, llvm::StringMap<func::FuncOp> &kernels, int most, bool alone)
      : function(function), kernels(kernels), most(most), alone(alone) {}
  LogicalResult run();

private:
  void cutViews();
  void runGroup(fuse::Group &group);
  void runControl(Operation *control, const std::string &why);
  void runForeign(ForeignOp op, const std::string &why);
  Value outside(Value value);
  Value inside(Value value, OpBuilder &builder, bool again = false);
  func::FuncOp kernelOf(func::FuncOp made);
  func::FuncOp addKernel(func::FuncOp made, StringRef name);
  bool readOutside(Value value, unsigned index);

  func::FuncOp function;
  llvm::StringMap<func::FuncOp> &kernels; ///< by text
  int most;
  bool alone;
  fuse::Grouping grouping;
  IRMapping placed; ///< old value -> value of the outer program
  OpBuilder outer{function.getContext()};
  Block *oldBody = nullptr;
  // the kernel under construction
  IRMapping made;
  SmallVector<Value> inputs; ///< old values
  Block *body = nullptr;
  unsigned current = 0;
};

// A value of the outer program: an argument, a run's result, a constant, or a reshape of one.
Value Outliner::outside(Value value) {
  // A barrier has done its work: the groups are in order.
  while (auto barrier = value.getDefiningOp<BarrierOp>())
    value = barrier.getTensors()[cast<OpResult>(value).getResultNumber()];
  if (Value known = placed.lookupOrNull(value)) return known;
  Operation *op = value.getDefiningOp();
  Value result;
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    result = exec::ConstantOp::create(outer, op->getLoc(), value.getType(), constant.getValue());
  } else {
    // Reshapes of reshapes are gone by now, so this goes one step deep.
    Value input = outside(op->getOperand(0));
    result = exec::ReshapeOp::create(outer, op->getLoc(), value.getType(), input);
  }
  placed.map(value, result);
  return result;
}

// A literal is a rank-0 parameter of the kernel, so that kernels that differ in numbers only are one.
static bool isLiteral(Operation *op) {
  auto constant = dyn_cast_or_null<ConstantOp>(op);
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  return dense && dense.isSplat() && tensorOf(constant.getType()).getNumElements() != 0 &&
         tensorOf(constant.getType()).getRank() > 0;
}

// A value inside the kernel: made there, a view of such, or a parameter. What a value made `again` is made of
// is made again too: it may be stored, but by a group that no order puts before this one.
Value Outliner::inside(Value value, OpBuilder &builder, bool again) {
  if (Value known = made.lookupOrNull(value)) return known;
  Operation *op = value.getDefiningOp();
  Value result;
  if (op && fuse::viewMap(op)) {
    // Iterative down the chain of views: the base first.
    SmallVector<Operation *> chain;
    Value base = value;
    while (Operation *view = base.getDefiningOp()) {
      if (made.contains(base) || !fuse::viewMap(view)) break;
      chain.push_back(view);
      base = view->getOperand(0);
    }
    inside(base, builder, again);
    for (Operation *view : llvm::reverse(chain))
      builder.clone(*view, made);
    return made.lookup(value);
  }
  bool grouped = grouping.of.contains(op);
  if (grouped ? again : fuse::isMadeWhereRead(op)) {
    for (Value operand : op->getOperands())
      inside(operand, builder, /*again=*/true);
    return builder.clone(*op, made)->getResult(0);
  }
  if (isLiteral(op)) {
    auto scalar = RankedTensorType::get({}, elementOf(value));
    Value parameter = body->addArgument(scalar, value.getLoc());
    inputs.push_back(value);
    result = BroadcastToOp::create(builder, value.getLoc(), value.getType(), parameter,
                                   builder.getDenseI64ArrayAttr(shapeOf(value)));
  } else {
    result = body->addArgument(value.getType(), value.getLoc());
    inputs.push_back(value);
  }
  made.map(value, result);
  return result;
}

bool Outliner::readOutside(Value value, unsigned index) {
  SmallVector<Value> work = {value};
  while (!work.empty()) {
    Value next = work.pop_back_val();
    for (Operation *user : next.getUsers()) {
      auto found = grouping.of.find(user);
      if (found != grouping.of.end() && found->second == index) continue;
      if (found == grouping.of.end() && fuse::viewMap(user)) {
        work.push_back(user->getResult(0));
        continue;
      }
      return true; // another kernel, an alias, or the function's end
    }
  }
  return false;
}

/// The kernel, or the equal one that is there already; called k{number}_{name}.
func::FuncOp Outliner::addKernel(func::FuncOp fresh, StringRef name) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  fresh.print(stream, OpPrintingFlags().enableDebugInfo(false).useLocalScope());
  auto [at, isNew] = kernels.try_emplace(text, fresh);
  if (!isNew) {
    fresh.erase();
    return at->second;
  }
  auto module = function->getParentOfType<ModuleOp>();
  module.push_back(fresh);
  std::string symbol = "k" + std::to_string(kernels.size() - 1) + (name.empty() ? "" : "_" + name.str());
  while (module.lookupSymbol(symbol)) // a function of the program may be called so
    symbol += "_";
  fresh.setName(symbol);
  return fresh;
}

// A branch or loop stands in the outer program as it is; its bodies are outer functions.
void Outliner::runControl(Operation *control, const std::string &why) {
  SmallVector<Value> operands =
      llvm::map_to_vector(control->getOperands(), [&](Value v) { return outside(v); });
  exec::ControlOp made = fuse::outerControl(outer, control, operands);
  made->setAttr("why", outer.getStringAttr(why));
  if (Attribute keeps = control->getAttr("keeps")) made->setAttr("keeps", keeps);
  for (auto [value, result] : llvm::zip_equal(control->getResults(), made.getOutputs()))
    placed.map(value, result);
}

// Named after its last op that is not a view: what a reader would call it.
func::FuncOp Outliner::kernelOf(func::FuncOp fresh) {
  for (Operation &op : llvm::reverse(fresh.front().without_terminator()))
    if (!fuse::viewMap(&op)) return addKernel(fresh, op.getName().stripDialect());
  return addKernel(fresh, "");
}

// The host's function is a kernel that exists already. Calls of one that may overlap count as long.
void Outliner::runForeign(ForeignOp op, const std::string &why) {
  constexpr int64_t nanosecondsOfCall = 10000;
  SmallVector<Value> operands;
  SmallVector<Type> types(2, outer.getIndexType());
  SmallVector<int64_t> strides;
  const int64_t items = countOf(op.getLeading());
  auto add = [&](Type type, bool moves) {
    types.push_back(exec::storageOf(cast<ShapedType>(type)));
    strides.push_back(moves && items ? exec::storageBytes(cast<ShapedType>(type)) / items : 0);
  };
  for (auto [operand, mapped] : llvm::zip_equal(op.getOperands(), op.getMapped())) {
    operands.push_back(outside(operand));
    add(operand.getType(), mapped);
  }
  for (Type type : op.getResultTypes())
    add(type, true);
  auto &known = op.getContext()->getLoadedDialect<GraphDialect>()->foreign;
  auto target = known.find(op.getTarget().str());
  const bool overlap = target != known.end() && !target->second.alone;
  auto kernel = func::FuncOp::create(op.getLoc(), "kernel", outer.getFunctionType(types, {}));
  kernel.setPrivate();
  kernel->setAttr(exec::kernelAttr, outer.getUnitAttr());
  kernel->setAttr(exec::itemsAttr, outer.getI64IntegerAttr(items));
  kernel->setAttr(exec::nanosecondsAttr, outer.getI64IntegerAttr(overlap ? items * nanosecondsOfCall : 0));
  kernel->setAttr(exec::stridesAttr, outer.getDenseI64ArrayAttr(strides));
  kernel->setAttr(exec::foreignAttr, op.getTargetAttr());
  auto run = exec::RunOp::create(outer, op.getLoc(), op.getResultTypes(),
                                 addKernel(kernel, op.getTarget()).getName(), operands);
  run->setAttr("why", outer.getStringAttr(why));
  for (auto [value, result] : llvm::zip_equal(op.getResults(), run.getResults()))
    placed.map(value, result);
}

void Outliner::runGroup(fuse::Group &group) {
  if (isControl(group.ops.front())) return runControl(group.ops.front(), group.why);
  if (auto foreign = dyn_cast<ForeignOp>(group.ops.front())) return runForeign(foreign, group.why);
  Location loc = group.ops.back()->getLoc();
  OpBuilder builder(function.getContext());
  auto fresh = func::FuncOp::create(loc, "kernel", builder.getFunctionType({}, {}));
  fresh.setPrivate();
  fresh->setAttr("exec.kernel", builder.getUnitAttr());
  body = fresh.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  made.clear();
  inputs.clear();
  SmallVector<Value> results, returned;
  for (Operation *op : group.ops) {
    for (Value operand : op->getOperands())
      inside(operand, builder);
    builder.clone(*op, made);
    for (Value value : op->getResults())
      if (readOutside(value, current)) {
        results.push_back(value);
        returned.push_back(made.lookup(value));
      }
  }
  if (results.empty()) { // nobody reads the group
    fresh.erase();
    return;
  }
  func::ReturnOp::create(builder, loc, returned);
  fresh.setFunctionType(builder.getFunctionType(body->getArgumentTypes(), ValueRange(returned).getTypes()));
  SmallVector<Value> operands;
  for (Value input : inputs) {
    if (!isLiteral(input.getDefiningOp())) {
      operands.push_back(outside(input));
      continue;
    }
    auto dense = cast<DenseElementsAttr>(input.getDefiningOp<ConstantOp>().getValue());
    auto scalar = RankedTensorType::get({}, dense.getElementType());
    operands.push_back(exec::ConstantOp::create(outer, input.getLoc(), scalar, dense.resizeSplat(scalar)));
  }
  func::FuncOp kernel = kernelOf(fresh);
  SmallVector<Location> places;
  for (Operation *op : group.ops)
    places.push_back(op->getLoc());
  auto run = exec::RunOp::create(outer, withNotesOf(loc, places), kernel.getResultTypes(), kernel.getName(),
                                 operands);
  run->setAttr("why", outer.getStringAttr(group.why));
  for (auto [value, result] : llvm::zip_equal(results, run.getResults()))
    placed.map(value, result);
}

LogicalResult Outliner::run() {
  oldBody = &function.front();
  fuse::fillSplats(*oldBody);
  cutViews();
  if (!alone) {
    fuse::bringTogether(*oldBody);
    fuse::sink(*oldBody);
  }
  grouping = fuse::groupOps(*oldBody, most, alone);
  Block *fresh = new Block;
  function.getBody().push_back(fresh);
  for (BlockArgument argument : oldBody->getArguments())
    placed.map(argument, fresh->addArgument(argument.getType(), argument.getLoc()));
  outer.setInsertionPointToEnd(fresh);
  for (auto [index, group] : llvm::enumerate(grouping.groups)) {
    current = index;
    runGroup(group);
  }
  SmallVector<Value> results;
  for (Value value : oldBody->getTerminator()->getOperands())
    results.push_back(outside(value));
  func::ReturnOp::create(outer, oldBody->getTerminator()->getLoc(), results);
  while (!oldBody->empty())
    oldBody->back().erase();
  oldBody->erase();
  return success();
}

// How far an expression moves with a dimension; it is linear.
static int64_t coefficientOf(AffineExpr expr, AffineExpr dim) {
  if (expr == dim) return 1;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary) return 0;
  int64_t left = coefficientOf(binary.getLHS(), dim);
  if (binary.getKind() == AffineExprKind::Add) return left + coefficientOf(binary.getRHS(), dim);
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return factor ? left * factor.getValue() : 0;
}

// Whether a product may read its operand where it lies: in runs along the last axis, at places linear in the
// index, which windows of stride 1 are too. Other orders are cheaper to copy once than to read again for
// every tile.
static bool readsInRuns(Operation *view) {
  Value value = view->getResult(0);
  AffineMap map = fuse::throughViews(value).map;
  if (map.getNumResults() == 0 || !fuse::isLinear(map)) return false;
  AffineExpr last = getAffineDimExpr(map.getNumDims() - 1, map.getContext());
  for (AffineExpr other : map.getResults().drop_back())
    if (other.isFunctionOfDim(map.getNumDims() - 1)) return false;
  int64_t step = coefficientOf(map.getResults().back(), last);
  return step >= 1 && step <= 4;
}

// A view that somebody reads from memory (the function's end, a kernel of its own, an alias) has to be made:
// a copy through the view, as an op that groups like a pointwise one.
void Outliner::cutViews() {
  for (Operation &op : llvm::make_early_inc_range(oldBody->without_terminator())) {
    if (!fuse::viewMap(&op)) continue;
    // A reshape of something in memory is free there too; of a view that moves elements it is not.
    Operation *base = op.getOperand(0).getDefiningOp();
    auto renames = [](Operation *view) { return cast<GraphOp>(view).renames(); };
    bool free = renames(&op) && !(base && fuse::viewMap(base) && !renames(base));
    auto needsMemory = [&](OpOperand &use) {
      Operation *user = use.getOwner();
      auto row = dyn_cast<GraphOp>(user);
      bool readsThrough = row && !fuse::isAlias(user) &&
                          (row.isMap() || row.reducedAxes() || (isa<ContractOp>(user) && readsInRuns(&op)));
      return !readsThrough;
    };
    if (free) continue;
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op.getResult(0).getUses())
      if (needsMemory(use)) uses.push_back(&use);
    if (uses.empty()) continue;
    OpBuilder builder(&op);
    builder.setInsertionPointAfter(&op);
    auto copy = CopyOp::create(builder, op.getLoc(), op.getResult(0).getType(), op.getResult(0));
    for (OpOperand *use : uses)
      use->set(copy);
  }
}

struct OutlinePass : impl::OutlineBase<OutlinePass> {
  using OutlineBase::OutlineBase;
  void runOnOperation() override {
    llvm::StringMap<func::FuncOp> kernels;
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (!function.isExternal() && !function->hasAttr("exec.kernel") &&
          failed(Outliner(function, kernels, most, alone).run()))
        return signalPassFailure();
  }
};
} // namespace

void addFuse(OpPassManager &pipeline, const Options &options) {
  pipeline.addPass(createOutline(OutlineOptions{options.kernelOps, options.level == 0}));
}

} // namespace tgc
