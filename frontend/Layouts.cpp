#include "frontend/Layouts.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Kinds.h"
#include "dialects/graph/Ops.h"
#include <algorithm>

using namespace mlir;

namespace tgc::detail {
namespace {

Error refused(std::string message) { return Error{ErrorKind::Invalid, "layouts: " + std::move(message)}; }

/// Each axis at most once; all of them where none may repeat.
Result<void> check(const Layout &layout, const Param &param, bool mayRepeat) {
  const auto rank = static_cast<std::int64_t>(param.extents.size());
  std::vector<bool> seen(param.extents.size());
  for (std::int64_t axis : layout.order) {
    const bool known = axis >= 0 && axis < rank;
    if (!known || seen[static_cast<std::size_t>(axis)])
      return refused("the order of " + layout.name + " names axis " + std::to_string(axis) +
                     (known ? " twice" : ", and it has " + std::to_string(rank) + " axes"));
    seen[static_cast<std::size_t>(axis)] = true;
  }
  if (!mayRepeat && layout.order.size() != param.extents.size())
    return refused("the order of result " + layout.name + " names " + std::to_string(layout.order.size()) +
                   " of " + std::to_string(rank) + " axes; only arguments may repeat along an axis");
  return {};
}

StoredPort storedPort(const Layout &layout, const Param &param, bool isResult, std::size_t position) {
  StoredPort port{isResult, static_cast<std::uint32_t>(position), Shape(param.extents),
                  std::vector<std::int64_t>(param.extents.size(), 0)};
  std::int64_t stride = 1;
  for (auto axis = layout.order.rbegin(); axis != layout.order.rend(); ++axis) {
    port.strides[static_cast<std::size_t>(*axis)] = stride;
    stride *= param.extents[static_cast<std::size_t>(*axis)];
  }
  return port;
}

const Layout *layoutOf(const std::vector<Layout> &layouts, const std::string &name) {
  const auto found = llvm::find_if(layouts, [&](const Layout &layout) { return layout.name == name; });
  return found == layouts.end() ? nullptr : &*found;
}

Type storedType(MLIRContext *context, const Layout &layout, const Param &param) {
  Ints extents;
  for (std::int64_t axis : layout.order)
    extents.push_back(param.extents[static_cast<std::size_t>(axis)]);
  return typeOf(context, {param.name, param.dtype, extents});
}

/// The tensor that the function knows, out of what lies in memory.
graph::Sym asDeclared(graph::Sym stored, const Layout &layout, const Param &param) {
  Ints sorted = layout.order, axes, ones;
  std::sort(sorted.begin(), sorted.end());
  for (std::int64_t axis : sorted)
    axes.push_back(llvm::find(layout.order, axis) - layout.order.begin());
  graph::Sym ordered = permute_dims(stored, ArrayRef<std::int64_t>(axes));
  if (sorted.size() == param.extents.size()) return ordered;
  for (auto [axis, extent] : llvm::enumerate(param.extents))
    ones.push_back(llvm::is_contained(sorted, std::int64_t(axis)) ? extent : 1);
  return broadcast_to(reshape(ordered, ArrayRef<std::int64_t>(ones)), ArrayRef<std::int64_t>(param.extents));
}

bool isPointwise(Operation *op) {
  auto row = dyn_cast_or_null<graph::GraphOp>(op);
  return row && row.kind() == graph::Kind::Pointwise && op->getNumResults() == 1 && op->hasOneUse();
}

/// Whether elementwise ops that end in `value` read nothing that lies in memory in the function's own order.
bool readsViewsOnly(Value value) {
  constexpr int mostOps = 64; // a longer end of a function is not worth the look
  SmallVector<Value> work = {value};
  for (int seen = 0; !work.empty(); ++seen) {
    if (seen == mostOps) return false;
    Operation *op = work.pop_back_val().getDefiningOp();
    if (isPointwise(op)) {
      llvm::append_range(work, op->getOperands());
      continue;
    }
    auto row = dyn_cast_or_null<graph::GraphOp>(op);
    if (!row || (!row.viewMap() && row.kind() != graph::Kind::Leaf)) return false;
  }
  return true;
}

// permute(f(a, b)) = f(permute(a), permute(b)): elementwise ops at the end work in the order in which their
// result lies; permutations of arguments that lie likewise vanish.
void moveUp(SmallVector<graph::PermuteDimsOp> work) {
  while (!work.empty()) {
    graph::PermuteDimsOp permutation = work.pop_back_val();
    Operation *op = permutation.getX().getDefiningOp();
    if (!isPointwise(op) || !readsViewsOnly(permutation.getX())) continue;
    OpBuilder builder(permutation);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      work.push_back(
          graph::PermuteDimsOp::create(builder, permutation.getLoc(), operand, permutation.getAxes()));
      operands.push_back(work.back());
    }
    Operation *moved = builder.clone(*op);
    moved->setOperands(operands);
    moved->getResult(0).setType(permutation.getType());
    permutation.replaceAllUsesWith(moved->getResult(0));
    permutation.erase();
    op->erase();
  }
}

/// A function like `old` on tensors as they lie in memory.
func::FuncOp wrapped(func::FuncOp old, const FunctionState &f, const std::vector<Layout> &layouts) {
  SmallVector<Type> inputs;
  for (auto [param, type] : llvm::zip_equal(f.params, old.getArgumentTypes())) {
    const Layout *layout = layoutOf(layouts, param.name);
    inputs.push_back(layout ? storedType(old.getContext(), *layout, param) : type);
  }
  OpBuilder builder(old);
  auto made = func::FuncOp::create(builder, old.getLoc(), (old.getName() + "_stored").str(),
                                   builder.getFunctionType(inputs, {}));
  Block *body = made.addEntryBlock();
  graph::Ink ink(OpBuilder::atBlockEnd(body), old.getLoc());
  IRMapping map;
  for (auto [inner, outer, param] : llvm::zip_equal(old.getArguments(), body->getArguments(), f.params)) {
    outer.setLoc(inner.getLoc());
    const Layout *layout = layoutOf(layouts, param.name);
    map.map(inner, layout ? asDeclared(ink.sym(outer), *layout, param).value() : Value(outer));
  }
  for (Operation &op : old.front().without_terminator())
    ink.builder.clone(op, map);
  SmallVector<Value> results;
  for (auto [value, param] : llvm::zip_equal(old.front().getTerminator()->getOperands(), f.results)) {
    results.push_back(map.lookup(value));
    if (const Layout *layout = layoutOf(layouts, param.name))
      results.back() = permute_dims(ink.sym(results.back()), ArrayRef<std::int64_t>(layout->order)).value();
  }
  SmallVector<graph::PermuteDimsOp> last;
  for (Value result : results)
    if (auto permutation = result.getDefiningOp<graph::PermuteDimsOp>();
        permutation && !llvm::is_contained(last, permutation))
      last.push_back(permutation);
  auto end = func::ReturnOp::create(ink.builder, old.getLoc(), results);
  moveUp(std::move(last)); // replaces results
  made.setFunctionType(builder.getFunctionType(inputs, end.getOperandTypes()));
  return made;
}

/// Notes the ports called as the layout; whether there are any.
Result<bool> addPorts(const Layout &layout, const std::vector<Param> &params, bool isResult,
                      CompileInput &input) {
  bool known = false;
  for (auto [position, param] : llvm::enumerate(params)) {
    if (param.name != layout.name) continue;
    known = true;
    if (auto fits = check(layout, param, !isResult); !fits) return fits.error();
    input.stored.push_back(storedPort(layout, param, isResult, position));
  }
  return known;
}

std::vector<std::int64_t> stridesOf(const CompileInput &input, std::size_t position, bool isResult) {
  for (const StoredPort &port : input.stored)
    if (port.position == position && port.isResult == isResult) return port.strides;
  return {};
}

} // namespace

Result<void> storeAs(const FunctionState &f, const std::vector<Layout> &layouts, CompileInput &input) {
  if (layouts.empty()) return {};
  for (const Layout &layout : layouts) {
    if (layoutOf(layouts, layout.name) != &layout) return refused(layout.name + " is named twice");
    auto argument = addPorts(layout, f.params, false, input),
         result = addPorts(layout, f.results, true, input);
    if (!argument) return argument.error();
    if (!result) return result.error();
    if (!*argument && !*result) return refused(f.name + " has no parameter or result " + layout.name);
  }
  for (const Donation &donation : input.donated)
    if (stridesOf(input, donation.argument, false) != stridesOf(input, donation.result, true))
      return Error{ErrorKind::Invalid, "donated: parameter " + f.params[donation.argument].name +
                                           " and result " + f.results[donation.result].name +
                                           " lie in memory in different orders"};
  auto old = input.module.lookupSymbol<func::FuncOp>(input.entry);
  func::FuncOp made = wrapped(old, f, layouts);
  old.setPrivate();
  input.entry = made.getName().str();
  return {};
}

} // namespace tgc::detail
