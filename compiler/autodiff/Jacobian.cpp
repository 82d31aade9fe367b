// Dense derivatives: a product with every unit vector, mapped. A direction over several axes is an outer
// product of one unit vector an axis, each mapped by a map of its own, so that what the maps run over are
// unit matrices; algebra and contract absorb those by renaming indices, and no basis is written to memory.
#include "compiler/autodiff/Derive.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {

static SmallVector<int64_t> joined(ArrayRef<int64_t> first, ArrayRef<int64_t> second) {
  SmallVector<int64_t> shape(first);
  llvm::append_range(shape, second);
  return shape;
}

/// Axes rotated so that the first `count` come last.
static Sym leadingLast(Sym x, int64_t count) {
  SmallVector<int64_t> order;
  for (int64_t k = 0; k < x.rank(); ++k)
    order.push_back((k + count) % x.rank());
  return permute_dims(x, ArrayRef<int64_t>(order));
}

static Sym asDtype(Sym x, Type element) { return x.element() == element ? x : astype(x, element); }

/// The outer product of vectors; one without any is the scalar one.
static Sym outer(Ink &ink, SymsRef vectors, Type element) {
  if (vectors.empty()) return ink.full({}, element, 1);
  if (vectors.size() == 1) return vectors[0];
  std::string inputs, output;
  for (size_t k = 0; k < vectors.size(); ++k) {
    inputs += std::string(k ? "," : "") + static_cast<char>('a' + k);
    output += static_cast<char>('a' + k);
  }
  return contract(inputs + "->" + output, Syms(vectors.begin(), vectors.end()));
}

int64_t Derive::mostAxes(func::FuncOp f) {
  int64_t most = 0;
  for (Operation &op : f.front()) {
    for (Value value : op.getOperands())
      most = std::max(most, tensorOf(value.getType()).getRank());
    if (isa<VmapOp>(op)) most = std::max(most, 1 + mostAxes(callee(&op)));
    if (isControl(&op))
      for (FunctionOpInterface body : bodiesOf(&op))
        most = std::max(most, 1 + mostAxes(cast<func::FuncOp>(body.getOperation())));
    if (isa<CallOp, CheckpointOp>(op)) most = std::max(most, mostAxes(callee(&op)));
  }
  return most;
}

FailureOr<Syms> Derive::mapped(StringRef name, Ink &ink, ValueRange arguments, ArrayRef<int64_t> extents,
                               Type element, Syms units, Directional emit) {
  if (units.size() == extents.size()) return emit(ink, arguments, units);
  int64_t extent = extents[units.size()];
  SmallVector<Value> operands(arguments);
  for (Sym unit : units)
    operands.push_back(unit.value());
  SmallVector<int64_t> axes(operands.size(), -1);
  axes.push_back(0);
  operands.push_back(delta(ink, extent, element).value());
  if (ink.failed()) return failure();
  SmallVector<Type> inputs(ValueRange(operands).drop_back().getTypes());
  inputs.push_back(RankedTensorType::get({extent}, element));
  func::FuncOp each = function(name, inputs, ink.loc(), [&](Ink &inner, ValueRange all) -> FailureOr<Syms> {
    Syms more = inner.syms(all.drop_front(arguments.size()));
    return mapped(name, inner, all.take_front(arguments.size()), extents, element, more, emit);
  });
  if (!each) return failure();
  SmallVector<Type> types;
  for (Type type : each.getResultTypes()) {
    auto lifted = checkedTensor(ink.loc(), joined({extent}, tensorOf(type).getShape()), elementOf(type));
    if (failed(lifted)) return failure();
    types.push_back(*lifted);
  }
  auto made = VmapOp::create(ink.builder, ink.loc(), types, operands, each.getName(), axes, extent);
  return ink.syms(made.getResults());
}

FailureOr<Syms> Derive::alongUnits(func::FuncOp f, Ink &ink, ValueRange arguments, RankedTensorType type,
                                   llvm::function_ref<FailureOr<Syms>(Ink &, ValueRange, Sym)> product) {
  ArrayRef<int64_t> shape = type.getShape();
  bool flat = mostAxes(f) + type.getRank() > maxRank;
  SmallVector<int64_t> extents(shape);
  if (flat) extents = {countOf(shape)};
  auto emit = [&](Ink &inner, ValueRange values, SymsRef units) -> FailureOr<Syms> {
    Sym direction = flat ? reshape(units[0], shape) : outer(inner, units, type.getElementType());
    return inner.failed() ? FailureOr<Syms>(failure()) : product(inner, values, direction);
  };
  auto columns =
      mapped((f.getName() + "_units").str(), ink, arguments, extents, type.getElementType(), {}, emit);
  if (failed(columns)) return failure();
  for (Sym &column : *columns) {
    if (flat) column = reshape(column, joined(shape, column.shape().drop_front()));
    column = leadingLast(column, type.getRank());
  }
  return columns;
}

// Forward: one map an argument gives a column of blocks. Reverse: one map a result gives a row.
LogicalResult Derive::jacobian(func::FuncOp f, Ink &ink, ValueRange arguments, ArrayRef<int64_t> wrt,
                               bool byForward, Syms &blocks) {
  auto results = f.getResultTypes();
  blocks.assign(results.size() * wrt.size(), Sym());
  if (byForward) {
    for (auto [column, position] : llvm::enumerate(wrt)) {
      auto type = tensorOf(arguments[position].getType());
      auto product = [&](Ink &inner, ValueRange values, Sym direction) -> FailureOr<Syms> {
        Syms tangents, primal, out;
        for (Value value : values)
          tangents.push_back(inner.zero(value.getType()));
        tangents[position] = direction;
        if (failed(forward(f, inner, values, tangents, primal, out))) return failure();
        return out;
      };
      auto made = alongUnits(f, ink, arguments, type, product);
      if (failed(made)) return failure();
      for (auto [row, block] : llvm::enumerate(*made))
        blocks[row * wrt.size() + column] = block;
    }
    return success();
  }
  SmallVector<bool> wanted(arguments.size(), false);
  for (int64_t position : wrt)
    wanted[position] = true;
  for (auto [row, type] : llvm::enumerate(results)) {
    auto product = [&](Ink &inner, ValueRange values, Sym direction) -> FailureOr<Syms> {
      Syms cotangents, primal, all, out;
      for (Type each : results)
        cotangents.push_back(inner.zero(each));
      cotangents[row] = direction;
      if (failed(reverse(f, inner, values, cotangents, wanted, primal, all))) return failure();
      for (int64_t position : wrt)
        out.push_back(all[position]);
      return out;
    };
    auto made = alongUnits(f, ink, arguments, tensorOf(type), product);
    if (failed(made)) return failure();
    // The units lead in `made` and have been put last; here they are the result's axes and come first.
    for (auto [column, block] : llvm::enumerate(*made))
      blocks[row * wrt.size() + column] =
          asDtype(leadingLast(block, block.rank() - tensorOf(type).getRank()), elementOf(type));
  }
  return success();
}

LogicalResult Derive::resolveJacobian(JacobianOp request, Ink &ink, Syms &blocks) {
  func::FuncOp f = callee(request);
  int64_t inputs = 0, outputs = 0;
  for (int64_t position : request.getWrt())
    inputs += countOf(tensorOf(f.getArgumentTypes()[position]).getShape());
  for (Type type : f.getResultTypes())
    outputs += countOf(tensorOf(type).getShape());
  bool byForward = request.getMode() == "forward" || (request.getMode() == "auto" && inputs <= outputs);
  return jacobian(f, ink, request.getOperands(), request.getWrt(), byForward, blocks);
}

func::FuncOp Derive::gradientOf(func::FuncOp f, ArrayRef<int64_t> wrt, Location loc) {
  SmallVector<bool> wanted(f.getNumArguments(), false);
  for (int64_t position : wrt)
    wanted[position] = true;
  auto emit = [&](Ink &inner, ValueRange arguments) -> FailureOr<Syms> {
    Syms cotangents, primal, all, out;
    for (Type type : f.getResultTypes())
      cotangents.push_back(inner.zero(type));
    cotangents[0] = inner.full({}, elementOf(f.getResultTypes()[0]), 1);
    if (failed(reverse(f, inner, arguments, cotangents, wanted, primal, all))) return failure();
    for (int64_t position : wrt)
      out.push_back(all[position]);
    return out;
  };
  return function((f.getName() + "_gradient").str(), f.getArgumentTypes(), loc, emit);
}

// Forward over reverse. The Hessian is symmetric: blocks below the diagonal are those above, transposed.
LogicalResult Derive::resolveHessian(HessianOp request, Ink &ink, Syms &blocks) {
  func::FuncOp f = callee(request), gradient = gradientOf(f, request.getWrt(), request.getLoc());
  if (!gradient || failed(jacobian(gradient, ink, request.getOperands(), request.getWrt(), true, blocks)))
    return failure();
  auto count = static_cast<int64_t>(request.getWrt().size());
  // A block on the diagonal equals its transpose: the one without a permutation is taken.
  for (int64_t row = 0; row < count; ++row)
    blocks[row * (count + 1)] = leadingLast(blocks[row * (count + 1)], blocks[row * (count + 1)].rank() / 2);
  for (int64_t row = 0; row < count; ++row)
    for (int64_t column = 0; column < row; ++column) {
      Sym above = blocks[column * count + row];
      int64_t leading = tensorOf(f.getArgumentTypes()[request.getWrt()[column]]).getRank();
      blocks[row * count + column] =
          asDtype(leadingLast(above, leading), elementOf(f.getArgumentTypes()[request.getWrt()[row]]));
    }
  return success();
}

} // namespace tgc::autodiff
