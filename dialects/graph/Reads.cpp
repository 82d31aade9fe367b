// GraphOp::reads: which elements of an operand an element of the result is made of. What views, kinds and
// reduced axes say serves most ops; the others answer for themselves, beneath.
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/Places.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace tgc::graph {
namespace {

using Extents = std::vector<int64_t>;

Extents extentsOf(Value value) { return Extents(shapeOf(value).begin(), shapeOf(value).end()); }

/// A relation of one lattice under construction: axes of the result, then of the operand.
class Draft {
public:
  Draft(Value result, Value operand)
      : relation(extentsOf(result), extentsOf(operand)), results(shapeOf(result).size()) {
    lattice.base.assign(results + shapeOf(operand).size(), 0);
  }
  /// Both axes go on together; -1 where only the other one does.
  void together(int64_t resultAxis, int64_t operandAxis, int64_t extent) {
    step(extent, {{resultAxis, 1}}, {{operandAxis, 1}});
  }
  using Moves = ArrayRef<std::pair<int64_t, int64_t>>; ///< axis, by how much
  void step(int64_t extent, Moves result, Moves operand) {
    Loop loop{extent, Extents(lattice.base.size(), 0)};
    for (auto [axis, by] : result)
      if (axis >= 0) loop.step[axis] += by;
    for (auto [axis, by] : operand)
      if (axis >= 0) loop.step[results + axis] += by;
    lattice.loops.push_back(std::move(loop));
  }
  void begin(int64_t resultAxis, int64_t at) { lattice.base[resultAxis] = at; }
  void beginOperand(int64_t operandAxis, int64_t at) { lattice.base[results + operandAxis] = at; }
  Relation done() {
    bool any = llvm::all_of(lattice.loops, [](const Loop &loop) { return loop.extent > 0; });
    if (any) relation.add(std::move(lattice));
    return std::move(relation);
  }

private:
  Relation relation;
  Lattice lattice;
  size_t results;
};

bool isLinear(AffineMap map) {
  bool linear = map.getNumSymbols() == 0;
  for (AffineExpr expr : map.getResults())
    expr.walk([&](AffineExpr part) {
      linear &= part.getKind() == AffineExprKind::Add || part.getKind() == AffineExprKind::Mul ||
                part.getKind() == AffineExprKind::Constant || part.getKind() == AffineExprKind::DimId;
    });
  return linear;
}

Relation ofView(Value result, Value operand, AffineMap map) {
  Draft draft(result, operand);
  SmallVector<int64_t> at(map.getNumDims(), 0);
  SmallVector<int64_t> start = map.compose(at);
  for (auto [axis, place] : llvm::enumerate(start))
    draft.beginOperand(static_cast<int64_t>(axis), place);
  for (auto [axis, extent] : llvm::enumerate(shapeOf(result))) {
    at[axis] = 1;
    SmallVector<std::pair<int64_t, int64_t>> moves;
    for (auto [k, place] : llvm::enumerate(map.compose(at)))
      moves.emplace_back(k, place - start[k]);
    at[axis] = 0;
    draft.step(extent, {{static_cast<int64_t>(axis), 1}}, moves);
  }
  return draft.done();
}

Relation ofReduction(Value result, Value operand, ArrayRef<int64_t> axes) {
  Draft draft(result, operand);
  bool kept = shapeOf(result).size() == shapeOf(operand).size();
  int64_t next = 0;
  for (auto [axis, extent] : llvm::enumerate(shapeOf(operand))) {
    bool reduced = llvm::is_contained(axes, static_cast<int64_t>(axis));
    draft.together(reduced ? -1 : next, static_cast<int64_t>(axis), extent);
    next += kept || !reduced;
  }
  return draft.done();
}

constexpr size_t mostIndexOps = 64; ///< ops that may make one index tensor
constexpr int64_t mostIndices = int64_t(1) << 22;

/// The ops a value is made of, operands first; nothing where an argument of the function is among them.
std::optional<SmallVector<Operation *>> madeOf(Value value) {
  llvm::SetVector<Operation *> seen;
  SmallVector<Value> open = {value};
  for (size_t steps = 0; !open.empty(); ++steps) {
    Value next = open.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (!isa_and_nonnull<GraphOp>(op) || seen.size() > mostIndexOps || steps > 64 * mostIndexOps ||
        tensorOf(next).getNumElements() > mostIndices)
      return std::nullopt;
    seen.remove(op); // again, behind those that read it
    seen.insert(op);
    llvm::append_range(open, op->getOperands());
  }
  return SmallVector<Operation *>(llvm::reverse(seen));
}

/// The value of a tensor that depends on constants and counters only.
std::optional<HostTensor> closedValue(Value value) {
  auto ops = madeOf(value);
  if (!ops) return std::nullopt;
  llvm::DenseMap<Value, HostTensor> known;
  for (Operation *op : *ops) {
    SmallVector<HostTensor> operands;
    for (Value operand : op->getOperands())
      operands.push_back(known.find(operand)->second);
    HostTensors results = cast<GraphOp>(op).evaluate(operands);
    for (auto [result, host] : llvm::zip_equal(op->getResults(), results))
      known.try_emplace(result, host);
  }
  return known.find(value)->second;
}

/// How far the indices move along each of their axes, where they move evenly and stay within `extent`.
std::optional<SmallVector<int64_t>> evenSteps(const HostTensor &indices, int64_t extent) {
  auto shape = indices.shape();
  SmallVector<int64_t> steps;
  if (indices.count() == 0) return std::nullopt;
  auto first = indices.get<int64_t>(0);
  for (size_t axis = 0, count = shape.size(); axis < count; ++axis) {
    int64_t stride = countOf(shape.drop_front(axis + 1));
    steps.push_back(shape[axis] > 1 ? indices.get<int64_t>(stride) - first : 0);
  }
  bool even = true;
  int64_t at = 0;
  forEachIndex(shape, [&](ArrayRef<int64_t> place) {
    int64_t wanted = first;
    for (auto [k, step] : llvm::zip_equal(place, steps))
      wanted += k * step;
    auto index = indices.get<int64_t>(at++);
    even &= index == wanted && index >= 0 && index < extent;
  });
  if (!even) return std::nullopt;
  return steps;
}

/// What is known of indices: their values, and whether they are evenly spaced.
struct KnownIndices {
  SmallVector<HostTensor> values;
  SmallVector<SmallVector<int64_t>> steps; ///< of each tensor along each axis; empty: not even
  explicit KnownIndices(const Layout &layout, ValueRange indices) {
    bool even = true;
    for (auto [index, axis] : llvm::zip_equal(indices, layout.axes)) {
      auto value = closedValue(index);
      if (!value) {
        values.clear();
        return;
      }
      auto moves = evenSteps(*value, layout.x[axis]);
      even &= moves.has_value();
      if (even) steps.push_back(*moves);
      values.push_back(std::move(*value));
    }
    if (!even) steps.clear();
  }
  bool known() const { return !values.empty(); }
};

/// The places of indices, one by one; nothing where there are too many.
std::optional<Table> placesOf(const Layout &layout, ArrayRef<HostTensor> indices) {
  auto window = layout.window();
  if (countOf(window) > RelationLimits().pairs) return std::nullopt;
  Table pairs;
  int64_t at = 0;
  forEachIndex(window, [&](ArrayRef<int64_t> place) {
    SmallVector<int64_t> places;
    bool inside = true;
    for (auto [k, axis] : llvm::enumerate(layout.axes)) {
      HostPlace one = placeOf(indices[k], layout.indexPosition(place), layout.x[axis], layout.outside);
      places.push_back(one.at);
      inside &= one.inside;
    }
    if (inside) pairs.emplace_back(at, layout.position(place, places));
    ++at;
  });
  return pairs;
}

/// The window of gather and scatter, with x. Where indices are not known the axes that are not indexed still
/// go along with each other.
Relation windowRelation(const Layout &layout, ValueRange indices, Value window, Value x, bool intoX) {
  KnownIndices known(layout, indices);
  bool even = known.known() && !known.steps.empty();
  if (known.known() && !even)
    if (auto places = placesOf(layout, known.values)) {
      if (intoX)
        for (auto &[at, place] : *places)
          std::swap(at, place);
      return Relation::listed(extentsOf(intoX ? x : window), extentsOf(intoX ? window : x),
                              std::move(*places));
    }
  Draft draft(intoX ? x : window, intoX ? window : x);
  auto step = [&](int64_t extent, Draft::Moves ofWindow, Draft::Moves ofX) {
    draft.step(extent, intoX ? ofX : ofWindow, intoX ? ofWindow : ofX);
  };
  for (auto [k, axis] : llvm::enumerate(layout.rest))
    step(layout.x[axis], {{layout.restAxis(static_cast<int64_t>(k)), 1}}, {{axis, 1}});
  for (int64_t k = 0; k < static_cast<int64_t>(layout.index.size()); ++k) {
    SmallVector<std::pair<int64_t, int64_t>> moves;
    if (k < layout.batch) moves.emplace_back(k, 1);
    for (size_t which = 0; even && which < known.steps.size(); ++which)
      moves.emplace_back(layout.axes[which], known.steps[which][static_cast<size_t>(k)]);
    step(layout.index[static_cast<size_t>(k)], {{layout.indexAxis(k), 1}}, moves);
  }
  for (auto [which, axis] : llvm::enumerate(layout.axes)) {
    if (!even)
      step(layout.x[axis], {}, {{axis, 1}});
    else if (intoX)
      draft.begin(axis, known.values[which].get<int64_t>(0));
    else
      draft.beginOperand(axis, known.values[which].get<int64_t>(0));
  }
  return draft.done();
}

} // namespace

std::optional<Relation> usualReads(Operation *op, unsigned which) {
  auto row = cast<GraphOp>(op);
  if (op->getNumResults() != 1) return std::nullopt;
  Value result = op->getResult(0), operand = op->getOperand(which);
  if (row.kind() == Kind::Pointwise) return Relation::same(extentsOf(result));
  if (row.renames()) return Relation::renamed(extentsOf(result), extentsOf(operand));
  if (AffineMap map = row.viewMap(); map && isLinear(map)) return ofView(result, operand, map);
  if (auto axes = row.reducedAxes()) return ofReduction(result, operand, *axes);
  return std::nullopt;
}

// An index of the operand moves it, and the result where it is kept; the result's others are free.
std::optional<Relation> ContractOp::reads(unsigned which) {
  auto equation = std::get<Equation>(parseEquation({getEquation().data(), getEquation().size()}));
  Draft draft(getResult(), getTensors()[which]);
  std::vector<bool> seen(equation.indexCount(), false);
  auto loop = [&](Index index, int64_t extent) {
    if (seen[index]) return;
    seen[index] = true;
    SmallVector<std::pair<int64_t, int64_t>> result, operand;
    for (auto [axis, letter] : llvm::enumerate(equation.output))
      if (letter == index) result.emplace_back(axis, 1);
    for (auto [axis, letter] : llvm::enumerate(equation.operands[which]))
      if (letter == index) operand.emplace_back(axis, 1);
    draft.step(extent, result, operand);
  };
  for (auto [axis, letter] : llvm::enumerate(equation.operands[which]))
    loop(letter, shapeOf(getTensors()[which])[axis]);
  for (auto [axis, letter] : llvm::enumerate(equation.output))
    loop(letter, shapeOf(getResult())[axis]);
  return draft.done();
}

std::optional<Relation> PadZeroOp::reads(unsigned) {
  Draft draft(getResult(), getX());
  for (auto [axis, extent] : llvm::enumerate(shapeOf(getX()))) {
    auto at = static_cast<int64_t>(axis);
    draft.begin(at, getLow()[axis]);
    draft.step(extent, {{at, getInterior()[axis] + 1}}, {{at, 1}});
  }
  return draft.done();
}

std::optional<Relation> ConcatOp::reads(unsigned which) {
  Draft draft(getResult(), getTensors()[which]);
  int64_t offset = 0;
  for (Value before : getTensors().take_front(which))
    offset += shapeOf(before)[getAxis()];
  draft.begin(static_cast<int64_t>(getAxis()), offset);
  for (auto [axis, extent] : llvm::enumerate(shapeOf(getTensors()[which])))
    draft.together(static_cast<int64_t>(axis), static_cast<int64_t>(axis), extent);
  return draft.done();
}

std::optional<Relation> GatherOp::reads(unsigned which) {
  if (which > 0) return std::nullopt; // indices have no derivative
  return windowRelation(layoutOf(*this), getIndices(), getResult(), getX(), false);
}

std::optional<Relation> ScatterOp::reads(unsigned which) {
  if (which == 0) return Relation::same(extentsOf(getResult()));
  if (which > 1) return std::nullopt;
  return windowRelation(layoutOf(*this), getIndices(), getUpdates(), getResult(), true);
}

std::optional<Relation> WindowSumOp::reads(unsigned) {
  Draft draft(getResult(), getX());
  auto from = shapeOf(getX());
  auto place = static_cast<int64_t>(getPlace()), count = static_cast<int64_t>(getAxes().size());
  for (int64_t axis = 0; axis < static_cast<int64_t>(getShape().size()); ++axis) {
    int64_t outer = axis + (axis >= place ? count : 0), stride = 1;
    for (auto [k, windowed] : llvm::enumerate(getAxes()))
      if (windowed == axis) stride = getStrides()[k];
    draft.step(from[outer], {{axis, stride}}, {{outer, 1}});
  }
  for (auto [k, axis] : llvm::enumerate(getAxes())) {
    int64_t inner = place + static_cast<int64_t>(k);
    draft.step(from[inner], {{axis, getDilations()[k]}}, {{inner, 1}});
  }
  return draft.done();
}

// Along the axis each step may be made of all of them.
std::optional<Relation> LinearRecurrenceOp::reads(unsigned) {
  Draft draft(getResult(), getResult());
  for (auto [axis, extent] : llvm::enumerate(shapeOf(getResult()))) {
    auto at = static_cast<int64_t>(axis);
    if (at != static_cast<int64_t>(getAxis())) {
      draft.together(at, at, extent);
      continue;
    }
    draft.together(at, -1, extent);
    draft.together(-1, at, extent);
  }
  return draft.done();
}

} // namespace tgc::graph
