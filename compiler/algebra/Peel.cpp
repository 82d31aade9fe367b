#include "compiler/algebra/Peel.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::algebra {
namespace {

/// For each axis of a value the axis of the dense tensor it runs along; -1 where its extent is 1.
using Axes = SmallVector<int64_t>;

/// One step down a view that moves, repeats, or adds and drops extents of 1; null where the value is none.
Value stepDown(Value value, Axes &axes) {
  Operation *op = value.getDefiningOp();
  if (auto permute = dyn_cast_or_null<PermuteDimsOp>(op)) {
    Axes inner(axes.size(), -1);
    for (auto [k, from] : llvm::enumerate(permute.getAxes()))
      inner[from] = axes[k];
    axes = inner;
    return permute.getX();
  }
  if (auto broadcast = dyn_cast_or_null<BroadcastToOp>(op)) {
    auto from = shapeOf(broadcast.getX()), to = shapeOf(value);
    Axes inner;
    for (size_t k = 0; k < from.size(); ++k) {
      size_t outer = k + to.size() - from.size();
      inner.push_back(from[k] == to[outer] ? axes[outer] : -1);
    }
    axes = inner;
    return broadcast.getX();
  }
  auto reshape = dyn_cast_or_null<ReshapeOp>(op);
  if (!reshape) return {};
  auto from = shapeOf(reshape.getX()), to = shapeOf(value);
  Axes inner;
  size_t outer = 0;
  for (int64_t extent : from) {
    if (extent == 1) {
      inner.push_back(-1);
      continue;
    }
    while (outer < to.size() && to[outer] == 1)
      ++outer;
    if (outer == to.size() || to[outer] != extent) return {};
    inner.push_back(axes[outer++]);
  }
  while (outer < to.size() && to[outer] == 1)
    ++outer;
  if (outer < to.size()) return {};
  axes = inner;
  return reshape.getX();
}

/// The dense axes a unit matrix ties, through views; nothing where the value is none.
std::optional<std::pair<int64_t, int64_t>> unitOf(Value value, Axes axes) {
  for (; value; value = stepDown(value, axes))
    if (value.getDefiningOp<DeltaOp>()) return std::pair(axes[0], axes[1]);
  return std::nullopt;
}

bool isSplat(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  return dense && dense.isSplat() && !dense.empty();
}

void tie(UnitFactors &factors, std::pair<int64_t, int64_t> axes) {
  if (axes.first < 0 || axes.second < 0 || axes.first == axes.second) return;
  if (axes.first > axes.second) std::swap(axes.first, axes.second);
  if (!llvm::is_contained(factors.units, axes)) factors.units.push_back(axes);
}

/// Axes that have a unit beside one that is there already are read on the diagonal, those of extent 1 are
/// dropped, the others brought in order.
Sym trimmed(Ink &ink, Sym core, const Axes &axes, UnitFactors &factors) {
  std::string dense = factors.letters(), from;
  SmallVector<std::pair<int64_t, char>> kept;
  SmallVector<int64_t> shape;
  for (auto [k, axis] : llvm::enumerate(axes)) {
    if (axis < 0) continue;
    shape.push_back(core.extent(static_cast<int64_t>(k)));
    char letter = dense[static_cast<size_t>(axis)];
    from += letter;
    auto first = static_cast<int64_t>(dense.find(letter)); // of the axes tied to this one
    if (!llvm::is_contained(kept, std::pair(first, letter))) kept.emplace_back(first, letter);
  }
  if (shape.size() != axes.size()) core = reshape(core, shape);
  llvm::sort(kept);
  std::string to;
  for (auto [axis, letter] : kept) {
    to += letter;
    factors.core.push_back(axis);
  }
  return from == to ? core : contract(from + "->" + to, {core});
}

} // namespace

Sym peel(Ink &ink, Value value, size_t rows, UnitFactors &factors) {
  factors = {};
  factors.extents.assign(shapeOf(value).begin(), shapeOf(value).end());
  factors.rows = rows;
  Axes axes = llvm::to_vector(llvm::seq<int64_t>(0, static_cast<int64_t>(factors.extents.size())));
  for (;;) {
    if (auto unit = unitOf(value, axes)) { // nothing but a unit
      tie(factors, *unit);
      return ink.full({}, elementOf(value), 1);
    }
    if (isSplat(value)) {
      auto dense = cast<DenseElementsAttr>(value.getDefiningOp<ConstantOp>().getValue());
      return ink.constant(dense.resizeSplat(RankedTensorType::get({}, elementOf(value))));
    }
    if (Operation *product = value.getDefiningOp(); isa_and_nonnull<MultiplyOp, StrongMultiplyOp>(product)) {
      bool found = false;
      for (unsigned side = 0; side < 2 && !found; ++side)
        if (auto unit = unitOf(product->getOperand(side), axes)) {
          tie(factors, *unit);
          value = product->getOperand(1 - side);
          found = true;
        }
      if (found) continue;
    }
    Value inner = stepDown(value, axes);
    if (!inner) break;
    value = inner;
  }
  return trimmed(ink, ink.sym(value), axes, factors);
}

} // namespace tgc::algebra
