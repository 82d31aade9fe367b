// Blocks of windows and window_sum, each the adjoint of the other.
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::graph {
namespace {

/// How the axes of a tensor and of its windows correspond.
struct Windowing {
  SmallVector<int64_t> from;                            ///< extents of the tensor
  SmallVector<int64_t> axes, sizes, strides, dilations; ///< of the windowed ones
  SmallVector<int64_t> counts;                          ///< how many windows
  int64_t place = 0;

  /// The result's axis of axis `k` of the tensor, and of the windows' inner axis number `k`.
  int64_t outer(int64_t k) const { return k + (k >= place ? static_cast<int64_t>(axes.size()) : 0); }
  int64_t inner(int64_t k) const { return place + k; }
  SmallVector<int64_t> shape() const {
    SmallVector<int64_t> out = from;
    for (auto [axis, count] : llvm::zip(axes, counts))
      out[axis] = count;
    out.insert(out.begin() + place, sizes.begin(), sizes.end());
    return out;
  }
  /// The tensor's index of a window's element.
  SmallVector<int64_t> source(ArrayRef<int64_t> index) const {
    SmallVector<int64_t> at;
    for (size_t k = 0; k < from.size(); ++k)
      at.push_back(index[outer(static_cast<int64_t>(k))]);
    for (auto [k, axis] : llvm::enumerate(axes))
      at[axis] = at[axis] * strides[k] + index[inner(static_cast<int64_t>(k))] * dilations[k];
    return at;
  }
};

FailureOr<Windowing> windowing(std::optional<Location> loc, llvm::StringRef name, ArrayRef<int64_t> from,
                               Windowing lists) {
  Windowing w = std::move(lists);
  w.from = SmallVector<int64_t>(from);
  size_t count = w.axes.size();
  auto rank = static_cast<int64_t>(from.size());
  if (w.sizes.size() != count || w.strides.size() != count || w.dilations.size() != count || w.place < 0 ||
      w.place > rank)
    return emitOptionalError(loc, name, ": axes, sizes, strides and dilations need one entry for each axis");
  for (size_t k = 0; k < count; ++k) {
    int64_t axis = w.axes[k];
    if (axis < 0 || axis >= rank || (k > 0 && axis <= w.axes[k - 1]))
      return emitOptionalError(loc, name, ": axis ", axis, " is out of range or order");
    if (w.sizes[k] < 1 || w.strides[k] < 1 || w.dilations[k] < 1 || w.dilations[k] > maxElements)
      return emitOptionalError(loc, name, ": sizes, strides and dilations are at least 1");
    int64_t span = w.sizes[k] - 1;
    if (span > maxElements || (span > 0 && w.dilations[k] > maxElements / span) ||
        span * w.dilations[k] >= from[axis])
      return emitOptionalError(loc, name, ": a window of ", w.sizes[k], " elements, ", w.dilations[k],
                               " apart, does not fit axis ", axis, " of extent ", from[axis]);
    w.counts.push_back((from[axis] - span * w.dilations[k] - 1) / w.strides[k] + 1);
  }
  return w;
}

template <typename Op> Windowing listsOf(Op op) {
  Windowing w;
  w.axes = llvm::to_vector(op.getAxes());
  w.strides = llvm::to_vector(op.getStrides()), w.dilations = llvm::to_vector(op.getDilations());
  w.place = static_cast<int64_t>(op.getPlace());
  return w;
}

SmallVector<int64_t> innerSizes(ArrayRef<int64_t> shape, int64_t place, size_t count) {
  if (place < 0 || place + count > shape.size()) return {};
  return SmallVector<int64_t>(shape.slice(place, count));
}

Windowing windowingOf(WindowsOp op) {
  Windowing w = listsOf(op);
  w.sizes = llvm::to_vector(op.getSizes());
  return *windowing(std::nullopt, "", shapeOf(op.getX()), w);
}
Windowing windowingOf(WindowSumOp op) {
  Windowing w = listsOf(op);
  w.sizes = innerSizes(shapeOf(op.getX()), w.place, w.axes.size());
  return *windowing(std::nullopt, "", op.getShape(), w);
}

SmallVector<int64_t> later(ArrayRef<int64_t> axes) {
  return llvm::map_to_vector(axes, [](int64_t axis) { return axis + 1; });
}

SmallVector<int64_t> rowMajor(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> out(shape.size(), 1);
  for (auto k = static_cast<int64_t>(shape.size()) - 2; k >= 0; --k)
    out[k] = out[k + 1] * shape[k + 1];
  return out;
}

} // namespace

// ---- windows ----
FailureOr<RankedTensorType> WindowsOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Windowing lists = listsOf(adaptor);
  lists.sizes = llvm::to_vector(adaptor.getSizes());
  auto w = windowing(loc, "windows", shapeOf(adaptor.getX()), lists);
  if (failed(w)) return failure();
  return checkedTensor(loc, w->shape(), elementOf(adaptor.getX()));
}

Sym WindowsOp::adjoint(unsigned, Ink &, Sym ct) {
  return window_sum(ct, getAxes(), getStrides(), getDilations(), getPlace(), shapeOf(getX()));
}

FailureOr<Syms> WindowsOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{
      windows(operands[0], later(getAxes()), getSizes(), getStrides(), getDilations(), getPlace() + 1)};
}

AffineMap WindowsOp::viewMap() {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return {}; // nothing to read
  Windowing w = windowingOf(*this);
  SmallVector<AffineExpr> map;
  for (size_t k = 0; k < w.from.size(); ++k)
    map.push_back(getAffineDimExpr(w.outer(static_cast<int64_t>(k)), getContext()));
  for (auto [k, axis] : llvm::enumerate(w.axes))
    map[axis] = map[axis] * w.strides[k] +
                getAffineDimExpr(w.inner(static_cast<int64_t>(k)), getContext()) * w.dilations[k];
  return AffineMap::get(type.getRank(), 0, map, getContext());
}

FailureOr<SmallVector<Value>> WindowsOp::lower(Lowering &lowering, ValueRange operands) {
  AffineMap map = viewMap();
  if (!map) return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowering.view(getType(), operands[0], getX().getType(), map)};
}

HostTensors WindowsOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Windowing w = windowingOf(*this);
  int64_t at = 0;
  forEachIndex(out.shape(), [&](ArrayRef<int64_t> index) {
    out.copy(at++, in[0], positionOf(in[0].shape(), w.source(index)));
  });
  return {out};
}

// ---- window_sum ----
FailureOr<RankedTensorType> WindowSumOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto type = tensorOf(adaptor.getX());
  Windowing lists = listsOf(adaptor);
  lists.sizes = innerSizes(type.getShape(), lists.place, lists.axes.size());
  auto w = windowing(loc, "window_sum", adaptor.getShape(), lists);
  if (failed(w)) return failure();
  if (ArrayRef<int64_t>(w->shape()) != type.getShape())
    return emitOptionalError(loc, "window_sum: ", textOf(adaptor.getX()),
                             " are not the windows of that shape");
  return checkedTensor(loc, adaptor.getShape(), type.getElementType());
}

Sym WindowSumOp::adjoint(unsigned, Ink &, Sym ct) {
  Windowing w = windowingOf(*this);
  return windows(ct, getAxes(), w.sizes, getStrides(), getDilations(), getPlace());
}

FailureOr<Syms> WindowSumOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t extent) {
  SmallVector<int64_t> shape = {extent};
  llvm::append_range(shape, getShape());
  return Syms{window_sum(operands[0], later(getAxes()), getStrides(), getDilations(), getPlace() + 1, shape)};
}

namespace {
/// One item is all windowed axes at one index of the others: it starts from zero and adds the elements of the
/// windows, the inner axes outside, so that the loops inside run along rows of both.
class SumItems {
public:
  explicit SumItems(WindowSumOp op) : w(windowingOf(op)), type(tensorOf(op.getType())) {
    strideFrom = rowMajor(w.from), strideWindows = rowMajor(w.shape());
    wide = kindOf(type.getElementType()) == 'f' && bitsOf(type.getElementType()) == 16;
    for (size_t k = 0; k < w.from.size(); ++k)
      if (!llvm::is_contained(w.axes, static_cast<int64_t>(k))) others.push_back(static_cast<int64_t>(k));
  }
  Lowering::ItemsPlan plan(int64_t work) {
    Lowering::ItemsPlan plan;
    for (int64_t axis : others)
      plan.count *= w.from[axis];
    plan.nanoseconds = static_cast<double>(work);
    if (wide) plan.scratch.push_back(RankedTensorType::get(w.from, Float32Type::get(type.getContext())));
    return plan;
  }
  void write(ItemInk &ink) {
    Value rest = ink.item, to = ink.number(0), from = ink.number(0);
    for (int64_t axis : llvm::reverse(others)) {
      Value at = ink.modulo(rest, w.from[axis]);
      rest = ink.divide(rest, w.from[axis]);
      to = ink.add(to, ink.multiply(at, strideFrom[axis]));
      from = ink.add(from, ink.multiply(at, strideWindows[w.outer(axis)]));
    }
    const ItemInk::Memory &sums = ink.outputs.back();
    forAll(ink, to, 0, [&](Value at) {
      Value zero = arith::ConstantOp::create(ink.builder, ink.loc,
                                             ink.builder.getZeroAttr(Lowering::computing(sums.element)));
      ink.store(sums, ink.scalars.make(zero, kindOf(sums.element)), at);
    });
    add(ink, to, from, 0);
    if (wide) forAll(ink, to, 0, [&](Value at) { ink.store(ink.outputs[0], ink.load(sums, at), at); });
  }

private:
  void forAll(ItemInk &ink, Value at, size_t k, llvm::function_ref<void(Value)> body) {
    if (k == w.axes.size()) return body(at);
    int64_t axis = w.axes[k];
    ink.loop(ink.number(0), ink.number(w.from[axis]),
             [&](Value i) { forAll(ink, ink.add(at, ink.multiply(i, strideFrom[axis])), k + 1, body); });
  }
  // Levels: the inner axes, then the windows.
  void add(ItemInk &ink, Value to, Value from, size_t level) {
    size_t count = w.axes.size();
    if (level == 2 * count) {
      const ItemInk::Memory &sums = ink.outputs.back();
      Scalar held = ink.load(sums, to), next = ink.load(ink.inputs[0], from);
      return ink.store(sums, held.kind() == 'b' ? held | next : held + next, to);
    }
    size_t k = level % count;
    bool isInner = level < count;
    int64_t axis = w.axes[k], extent = isInner ? w.sizes[k] : w.counts[k];
    int64_t stepTo = strideFrom[axis] * (isInner ? w.dilations[k] : w.strides[k]);
    int64_t stepFrom = strideWindows[isInner ? w.inner(static_cast<int64_t>(k)) : w.outer(axis)];
    ink.loop(ink.number(0), ink.number(extent), [&](Value i) {
      add(ink, ink.add(to, ink.multiply(i, stepTo)), ink.add(from, ink.multiply(i, stepFrom)), level + 1);
    });
  }

  Windowing w;
  RankedTensorType type;
  SmallVector<int64_t> strideFrom, strideWindows, others;
  bool wide;
};
} // namespace

FailureOr<SmallVector<Value>> WindowSumOp::lower(Lowering &lowering, ValueRange operands) {
  auto type = tensorOf(getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  SumItems items(*this);
  auto plan = items.plan(tensorOf(getX()).getNumElements() + type.getNumElements());
  return SmallVector<Value>{
      lowering.items(type, operands, getX().getType(), plan, [&](ItemInk &ink) { items.write(ink); })};
}

HostTensors WindowSumOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Windowing w = windowingOf(*this);
  std::vector<double> reals(out.count(), 0);
  std::vector<uint64_t> integers(out.count(), 0);
  int64_t at = 0;
  forEachIndex(in[0].shape(), [&](ArrayRef<int64_t> index) {
    int64_t to = positionOf(out.shape(), w.source(index));
    if (out.isFloat())
      reals[to] += in[0].get<double>(at);
    else if (out.kind() == 'b')
      integers[to] |= in[0].get<uint64_t>(at);
    else
      integers[to] += in[0].get<uint64_t>(at);
    ++at;
  });
  for (int64_t k = 0; k < out.count(); ++k) {
    if (out.isFloat())
      out.set(k, reals[k]);
    else
      out.set(k, static_cast<int64_t>(integers[k]));
  }
  return {out};
}

} // namespace tgc::graph
