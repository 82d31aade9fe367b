// The rules of joining, each with the reason it gives when it says no.
#include "compiler/fuse/Groups.h"
#include "compiler/fuse/Views.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Kinds.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::fuse {

std::optional<SmallVector<int64_t>> reductionAxes(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row ? row.reducedAxes() : std::nullopt;
}

namespace {

constexpr int mostNeighbours = 4; // groups looked at behind the one an op depends on
// What is calculated again where it is read elsewhere: so many instructions in all, fewer where the place is
// data, which is read lane by lane; by an op with so many operands; in so many times the elements.
constexpr int64_t mostAgain = 32, mostAgainByData = 16;
constexpr unsigned mostPieces = 4;
constexpr int64_t mostTimesAgain = 2;
constexpr int64_t leastTail =
    1 << 15; // elements: a pass over fewer costs less than compiling another product
constexpr int64_t mostRowElements = 8192; // 64 KiB of f64: the scratch a row kernel may keep

bool isElementwise(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row && (row.kind() == Kind::Pointwise || row.kind() == Kind::Leaf);
}

// An element of its own out of elements that lie elsewhere: padding, joining, reading at indices.
bool readsElsewhere(Operation *op) {
  auto row = dyn_cast<GraphOp>(op);
  return row && row.isMap() && !isElementwise(op);
}

class Grouper {
public:
  Grouper(int most, bool alone) : most(most), alone(alone) {}
  Grouping run(Block &body);

private:
  void place(Operation *op);
  std::string join(Operation *op, Group &group, unsigned index);
  std::string joinElementwise(Operation *op, Group &group, unsigned index);
  std::string joinReduction(Operation *op, Group &group, unsigned index, ArrayRef<int64_t> axes);
  std::string joinElsewhere(Operation *op, Group &group, unsigned index);
  std::string joinProduct(Operation *op, const Group &group, unsigned index);
  int64_t instructionsAgain(Operation *op, unsigned index) const;
  bool isReadOnlyBy(const Group &group, unsigned index, Operation *op) const;
  bool operandFits(Operation *op, Value operand, const Group &group, unsigned index, bool full);
  void add(Operation *op, int index);
  void open(Operation *op, std::string why);
  std::optional<unsigned> groupOf(Value value) const;
  void placeBarrier(BarrierOp barrier);
  bool waitsFor(Operation *op, unsigned index) const;

  Grouping result;
  llvm::DenseMap<Operation *, int64_t>
      instructions; ///< of its group up to an op: to make its value at a place
  llvm::DenseMap<Value, std::optional<unsigned>> held; ///< behind a barrier: the last group it waits for
  int most;
  bool alone;
};

Grouping Grouper::run(Block &body) {
  for (Operation &op : body.without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>() || viewMap(&op) || isAlias(&op)) continue;
    if (!alone && isMadeWhereRead(&op)) continue;
    if (auto barrier = dyn_cast<BarrierOp>(op))
      placeBarrier(barrier);
    else
      place(&op);
  }
  return std::move(result);
}

void Grouper::placeBarrier(BarrierOp barrier) {
  std::optional<unsigned> last;
  for (Value operand : barrier.getTensors())
    last = std::max(last, groupOf(operand));
  for (Value value : barrier.getResults())
    held[value] = last;
}

// What stands behind a barrier starts after the groups before it: nothing of it joins the last of them.
bool Grouper::waitsFor(Operation *op, unsigned index) const {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    auto found = held.find(throughViews(operand).base);
    return found != held.end() && found->second == index;
  });
}

std::optional<unsigned> Grouper::groupOf(Value value) const {
  if (auto found = held.find(throughViews(value).base); found != held.end()) return found->second;
  Operation *op = throughViews(value).base.getDefiningOp();
  if (op && isAlias(op)) return groupOf(op->getOperand(0));
  auto found = op ? result.of.find(op) : result.of.end();
  return found == result.of.end() ? std::nullopt : std::optional(found->second);
}

void Grouper::place(Operation *op) {
  int last = -1;
  for (Value operand : op->getOperands())
    if (auto group = groupOf(operand)) last = std::max(last, static_cast<int>(*group));
  std::string why = "reads only arguments and constants";
  if (alone)
    why = "level 0 keeps every op apart";
  else if (last >= 0)
    why = join(op, result.groups[last], last);
  if (last >= 0 && why.empty()) return add(op, last);
  // A later group over the same index space may take it too: neighbours share a pass over memory.
  auto newest = static_cast<int>(result.groups.size()) - 1;
  bool map = isElementwise(op) || readsElsewhere(op);
  for (int index = newest; !alone && map && index > last && index > newest - mostNeighbours; --index)
    if (!result.groups[index].hasReduction && join(op, result.groups[index], index).empty())
      return add(op, index);
  open(op, std::move(why));
}

// What the group's values that `op` reads at other places than its own cost there.
int64_t Grouper::instructionsAgain(Operation *op, unsigned index) const {
  int64_t total = 0;
  for (Value operand : op->getOperands())
    if (groupOf(operand) == index) total += instructions.lookup(throughViews(operand).base.getDefiningOp());
  return total;
}

void Grouper::add(Operation *op, int index) {
  Group &group = result.groups[index];
  if (readsElsewhere(op)) group.instructions += instructionsAgain(op, index);
  instructions[op] = group.instructions += cast<GraphOp>(op).instructions();
  group.ops.push_back(op);
  result.of[op] = index;
}

void Grouper::open(Operation *op, std::string why) {
  Group group;
  group.ops.push_back(op);
  if (auto row = dyn_cast<GraphOp>(op)) instructions[op] = group.instructions = row.instructions();
  group.why = std::move(why);
  Value shaped = op->getResult(0);
  if (auto axes = reductionAxes(op)) {
    group.hasReduction = true;
    group.reduced = *axes;
    shaped = op->getOperand(0);
  } else if (isa<ContractOp>(op) && op->getNumOperands() == 2) {
    group.product = true;
  } else if (!isElementwise(op) && !readsElsewhere(op)) {
    group.closed = true;
  }
  group.space = SmallVector<int64_t>(shapeOf(shaped));
  result.of[op] = result.groups.size();
  result.groups.push_back(std::move(group));
}

std::string Grouper::join(Operation *op, Group &group, unsigned index) {
  if (group.closed)
    return "its operand is made by a kernel of its own (" +
           group.ops.front()->getName().stripDialect().str() + ")";
  if (static_cast<int>(group.ops.size()) >= most) return "the kernel before it is full";
  if (waitsFor(op, index)) return "it is computed again, after the kernel before it";
  if (group.product) return joinProduct(op, group, index);
  if (auto axes = reductionAxes(op)) return joinReduction(op, group, index, *axes);
  if (isElementwise(op)) return joinElementwise(op, group, index);
  if (readsElsewhere(op)) return joinElsewhere(op, group, index);
  return op->getName().stripDialect().str() + " has a kernel of its own";
}

// Row values drop the reduced axes, or keep them with extent 1.
static bool isRowShape(const Group &group, ArrayRef<int64_t> shape) {
  return group.hasReduction && (shape == ArrayRef<int64_t>(reducedShape(group.space, group.reduced, false)) ||
                                shape == ArrayRef<int64_t>(reducedShape(group.space, group.reduced, true)));
}

// Each axis at its own index or at 0, in order: not a slice, a flip or a permutation.
static bool keepsOrder(AffineMap map) {
  int64_t last = -1;
  for (AffineExpr expr : map.getResults()) {
    if (isa<AffineConstantExpr>(expr)) continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || static_cast<int64_t>(dim.getPosition()) <= last) return false;
    last = dim.getPosition();
  }
  return true;
}

// What may be read inside the group: a full value at its own index, a row value at the row of the index;
// anything made elsewhere through any view.
bool Grouper::operandFits(Operation *op, Value operand, const Group &group, unsigned index, bool full) {
  Access access = throughViews(operand);
  Operation *maker = access.base.getDefiningOp();
  if (maker && isAlias(maker)) return groupOf(maker->getOperand(0)) != index;
  auto found = maker ? result.of.find(maker) : result.of.end();
  if (found == result.of.end() || found->second != index) return true;
  auto made = shapeOf(access.base);
  if (full && made == ArrayRef<int64_t>(group.space)) return access.map.isIdentity();
  if (!isRowShape(group, made)) return false;
  if (!full) return keepsOrder(access.map); // row values among themselves: equal up to extents of 1
  // The reader's index must select exactly its own row.
  SmallVector<AffineExpr> row;
  bool keeps = made.size() == group.space.size();
  for (size_t axis = 0; axis < group.space.size(); ++axis) {
    bool gone = llvm::is_contained(group.reduced, static_cast<int64_t>(axis));
    if (!gone && group.space[axis] == 1)
      row.push_back(getAffineConstantExpr(0, op->getContext()));
    else if (!gone)
      row.push_back(getAffineDimExpr(axis, op->getContext()));
    else if (keeps)
      row.push_back(getAffineConstantExpr(0, op->getContext()));
  }
  auto wanted = AffineMap::get(group.space.size(), 0, row, op->getContext());
  if (access.map == wanted) return true;
  // Extents of 1 may be written as the dimension or as 0.
  if (access.map.getNumResults() != wanted.getNumResults()) return false;
  for (auto [k, pair] : llvm::enumerate(llvm::zip(access.map.getResults(), wanted.getResults())))
    if (made[k] != 1 && std::get<0>(pair) != std::get<1>(pair)) return false;
  return true;
}

static bool trailing(const Group &group) {
  int64_t first = static_cast<int64_t>(group.space.size() - group.reduced.size());
  return llvm::all_of(group.reduced, [&](int64_t axis) { return axis >= first; });
}

std::string Grouper::joinElementwise(Operation *op, Group &group, unsigned index) {
  auto shape = shapeOf(op->getResult(0));
  bool full = shape == ArrayRef<int64_t>(group.space);
  bool row = !full && isRowShape(group, shape);
  if (!full && !row)
    return "its index space " + textOf(op->getResult(0).getType()) + " is not the one before it";
  bool readsRow = false;
  for (Value operand : op->getOperands()) {
    if (!operandFits(op, operand, group, index, full))
      return "it reads a value of the kernel before it in another order";
    auto maker = groupOf(operand);
    readsRow |=
        full && maker == index && shapeOf(throughViews(operand).base) != ArrayRef<int64_t>(group.space);
  }
  if (full && readsRow) {
    int64_t rowElements = 1;
    for (int64_t axis : group.reduced)
      rowElements *= group.space[axis];
    if (!trailing(group)) return "it needs all rows of a reduction over leading axes";
    if (rowElements > mostRowElements) return "a row of the reduction before it is too long to keep";
  }
  return "";
}

// Whether reductions alone read a value: their kernel calculates it on the fly.
static bool onlyReduced(Value value) {
  return !value.use_empty() && llvm::all_of(value.getUsers(), [](Operation *user) {
    return reductionAxes(user) || (viewMap(user) && onlyReduced(user->getResult(0)));
  });
}

// Whether one half of a product is the mirror image of the other: a tensor by itself, what the two do not
// share is kept. Schedule computes one half only, so nothing can follow in registers.
static bool isSquare(Operation *op) {
  auto product = dyn_cast<ContractOp>(op);
  if (!product || product.getTensors().size() < 2 ||
      product.getTensors().front() != product.getTensors().back())
    return false;
  StringRef text = product.getEquation();
  auto equation = std::get<Equation>(parseEquation({text.data(), text.size()}));
  auto kept = [&](Index letter) { return llvm::is_contained(equation.output, letter); };
  return llvm::all_of(llvm::zip_equal(equation.operands.front(), equation.operands.back()), [&](auto pair) {
    auto [left, right] = pair;
    return left == right || (kept(left) && kept(right));
  });
}

// What a contraction's tiles can do in registers before they are stored: the results of floats, read where
// they are made, and other floats at places that are linear in their index.
std::string Grouper::joinProduct(Operation *op, const Group &group, unsigned index) {
  const char *alone = "the product before it has a kernel of its own";
  auto row = dyn_cast<GraphOp>(op);
  if (!row || row.kind() != Kind::Pointwise || op->getNumResults() != 1 || op->getNumOperands() == 0)
    return alone;
  if (isSquare(group.ops.front())) return "half of the product before it is a mirror image";
  if (shapeOf(op->getResult(0)) != ArrayRef<int64_t>(group.space))
    return "its index space " + textOf(op->getResult(0).getType()) + " is not that of the product before it";
  if (tensorOf(op->getResult(0)).getNumElements() < leastTail)
    return "a pass over so few results costs less than another product's code";
  auto simple = [](Value value) { return isa<FloatType>(elementOf(value)) || elementOf(value).isInteger(1); };
  if (!isa<FloatType>(elementOf(op->getResult(0))) || !llvm::all_of(op->getOperands(), simple))
    return "only floats follow a product in its kernel";
  bool readsGroup = false;
  for (Value operand : op->getOperands()) {
    if (!operandFits(op, operand, group, index, true))
      return "it reads the product before it in another order";
    if (groupOf(operand) == index)
      readsGroup = true;
    else if (!isLinear(throughViews(operand).map))
      return "it reads " + textOf(operand) + " through a reshape";
  }
  if (!readsGroup) return alone;
  return onlyReduced(op->getResult(0)) ? "a reduction calculates it on the fly" : "";
}

// Whether nobody but ops of the group, `op`, and others of its shape that will be offered to the group, too,
// reads what the group makes.
bool Grouper::isReadOnlyBy(const Group &group, unsigned index, Operation *op) const {
  SmallVector<Value> work;
  for (Operation *member : group.ops)
    llvm::append_range(work, member->getResults());
  while (!work.empty())
    for (Operation *user : work.pop_back_val().getUsers()) {
      auto found = result.of.find(user);
      if (user == op || (found != result.of.end() && found->second == index)) continue;
      bool alike = found == result.of.end() && (readsElsewhere(user) || isElementwise(user)) &&
                   user->getBlock() == op->getBlock() &&
                   shapeOf(user->getResult(0)) == shapeOf(op->getResult(0));
      if (alike) continue;
      if (!viewMap(user)) return false;
      work.push_back(user->getResult(0));
    }
  return true;
}

// Values of the group that `op` reads are calculated again wherever it reads them: only few, only if that
// makes them superfluous in memory, and then the group's index space is that of `op`.
std::string Grouper::joinElsewhere(Operation *op, Group &group, unsigned index) {
  if (group.hasReduction) return "it reads elsewhere than at its own index, and the kernel before it reduces";
  auto shape = shapeOf(op->getResult(0));
  int64_t elements = tensorOf(op->getResult(0)).getNumElements();
  bool byData = isa<FloatType>(elementOf(op->getResult(0))) &&
                llvm::any_of(op->getOperands(), [](Value operand) { return elementOf(operand).isInteger(); });
  bool readsGroup = false, grows = false;
  for (Value operand : op->getOperands()) {
    if (groupOf(operand) != index) continue;
    Access access = throughViews(operand);
    if (isAlias(access.base.getDefiningOp()))
      return "it reads a value of the kernel before it in another order";
    readsGroup = true;
    // What is padded or joined is made again at its own elements only.
    grows |= byData && elements > mostTimesAgain * tensorOf(operand).getNumElements();
  }
  if (!readsGroup)
    return shape == ArrayRef<int64_t>(group.space)
               ? ""
               : "its index space " + textOf(op->getResult(0).getType()) + " is not the one before it";
  int64_t after = group.instructions + instructionsAgain(op, index);
  if (grows || op->getNumOperands() > mostPieces || after > (byData ? mostAgainByData : mostAgain))
    return "it would calculate values of the kernel before it many times";
  if (!isReadOnlyBy(group, index, op)) return "values of the kernel before it are read by others too";
  group.space = SmallVector<int64_t>(shape);
  return "";
}

std::string Grouper::joinReduction(Operation *op, Group &group, unsigned index, ArrayRef<int64_t> axes) {
  if (shapeOf(op->getOperand(0)) != ArrayRef<int64_t>(group.space)) return "it reduces another index space";
  if (group.hasReduction && ArrayRef<int64_t>(group.reduced) != axes) return "it reduces other axes";
  Group probe = {};
  probe.space = group.space;
  probe.hasReduction = true;
  probe.reduced = SmallVector<int64_t>(axes);
  if (!operandFits(op, op->getOperand(0), group.hasReduction ? group : probe, index, true))
    return "it reads a value of the kernel before it in another order";
  if (!group.hasReduction) {
    // A leading or full reduction ends its kernel's full values; results of the group that others read stay
    // legal.
    group.hasReduction = true;
    group.reduced = SmallVector<int64_t>(axes);
    return "";
  }
  int64_t rowElements = 1;
  for (int64_t axis : group.reduced)
    rowElements *= group.space[axis];
  if (!trailing(group) || rowElements > mostRowElements)
    return "a second pass over the reduction's rows would leave the cache";
  return "";
}

} // namespace

Grouping groupOps(Block &body, int most, bool alone) { return Grouper(most, alone).run(body); }

} // namespace tgc::fuse
