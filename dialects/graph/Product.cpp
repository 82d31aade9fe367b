// Block of prod. Its derivative goes through a tree of pairwise products, log2(n) levels deep: no division,
// so zeros do no harm at any order.
#include "dialects/graph/Ops.h"
#include "dialects/graph/Reduce.h"

using namespace mlir;

namespace tgc::graph {

FailureOr<RankedTensorType> ProdOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  Value x = adaptor.getX();
  if (failed(checkAxes(loc, "prod", x.getType(), adaptor.getAxes()))) return failure();
  Type element = elementOf(x);
  char kind = kindOf(element);
  if (kind == 'b' || kind == 'i') element = IntegerType::get(x.getContext(), 64);
  if (kind == 'u') element = IntegerType::get(x.getContext(), 64, IntegerType::Unsigned);
  return RankedTensorType::get(reducedShape(shapeOf(x), adaptor.getAxes(), adaptor.getKeepdims()), element);
}

namespace {
// x with the reduced axes moved to the end and made one, [kept, n], and the way back.
struct Rows {
  SmallVector<int64_t> order, permuted, flat;
  Rows(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
    int64_t kept = 1, reduced = 1;
    for (int64_t axis = 0; axis < static_cast<int64_t>(shape.size()); ++axis)
      if (!llvm::is_contained(axes, axis)) order.push_back(axis), kept *= shape[axis];
    for (int64_t axis : axes)
      order.push_back(axis), reduced *= shape[axis];
    for (int64_t axis : order)
      permuted.push_back(shape[axis]);
    flat = {kept, reduced};
  }
  Sym in(Sym x) const { return reshape(permute_dims(x, ArrayRef<int64_t>(order)), flat); }
  Sym out(Sym x) const {
    SmallVector<int64_t> inverse(order.size());
    for (auto [k, axis] : llvm::enumerate(order))
      inverse[axis] = k;
    return permute_dims(reshape(x, permuted), ArrayRef<int64_t>(inverse));
  }
};
} // namespace

static Sym columns(Sym x, int64_t from, int64_t to) {
  return graph::slice(x, {0, from}, {x.extent(0), to}, {1, 1});
}

FailureOr<Syms> ProdOp::tangent(Ink &ink, SymsRef tangents) {
  if (!differentiable(*this) || tangents[0].isZero()) return Syms{ink.zero(getType())};
  Rows rows(shapeOf(getX()), getAxes());
  Sym x = rows.in(ink.sym(getX())), t = rows.in(tangents[0]);
  if (x.extent(1) == 0) return Syms{ink.zero(getType())};
  while (x.extent(1) > 1) {
    int64_t n = x.extent(1), half = n / 2;
    Sym a = columns(x, 0, half), b = columns(x, half, 2 * half);
    Sym product = a * b, slope = columns(t, 0, half) * b + a * columns(t, half, 2 * half);
    if (n % 2) {
      product = concat({product, columns(x, n - 1, n)}, 1);
      slope = concat({slope, columns(t, n - 1, n)}, 1);
    }
    x = product;
    t = slope;
  }
  return Syms{reshape(t, tensorOf(getType()).getShape())};
}

FailureOr<Syms> ProdOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  if (!differentiable(*this) || cotangents[0].isZero() || !wanted[0]) return Syms{ink.zero(getX().getType())};
  Rows rows(shapeOf(getX()), getAxes());
  SmallVector<Sym> levels = {rows.in(ink.sym(getX()))};
  if (countOf(levels[0].shape()) == 0) return Syms{ink.zero(getX().getType())};
  while (levels.back().extent(1) > 1) {
    Sym x = levels.back();
    int64_t n = x.extent(1), half = n / 2;
    Sym product = columns(x, 0, half) * columns(x, half, 2 * half);
    levels.push_back(n % 2 ? concat({product, columns(x, n - 1, n)}, 1) : product);
  }
  Sym ct = reshape(cotangents[0], {rows.flat[0], 1});
  levels.pop_back();
  while (!levels.empty()) {
    Sym x = levels.pop_back_val();
    int64_t n = x.extent(1), half = n / 2;
    Sym both = columns(ct, 0, half);
    Syms parts = {both * columns(x, half, 2 * half), both * columns(x, 0, half)};
    if (n % 2) parts.push_back(columns(ct, half, half + 1));
    ct = concat(parts, 1);
  }
  return Syms{rows.out(ct)};
}

FailureOr<Syms> ProdOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  auto axes = shifted(getAxes(), 1);
  return Syms{prod(operands[0], ArrayRef<int64_t>(axes), getKeepdims())};
}

FailureOr<SmallVector<Value>> ProdOp::lower(Lowering &lowering, ValueRange operands) {
  Type element = elementOf(getType()), wide = Lowering::computing(element);
  auto flat = RankedTensorType::get(reducedShape(shapeOf(getX()), getAxes(), false), element);
  auto loops = reduceLoops(getContext(), tensorOf(getX()).getRank(), getAxes(), false);
  TypedAttr one = kindOf(element) == 'f' ? TypedAttr(lowering.builder.getFloatAttr(wide, 1))
                                         : TypedAttr(lowering.builder.getIntegerAttr(wide, 1));
  Value product = lowering.reduce(
      flat, operands, getX().getType(), loops.input, loops.output, loops.iterators, one,
      [&](ScalarInk &, ArrayRef<Scalar> in) { return convert(in[0], element, kindOf(element)); },
      [](Scalar held, Scalar next) { return held * next; });
  return SmallVector<Value>{keepAxes(lowering, product, flat, getType(), getAxes())};
}

HostTensors ProdOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  std::vector<double> reals(out.count(), 1);
  std::vector<uint64_t> integers(out.count(), 1);
  int64_t at = 0;
  forEachIndex(in[0].shape(), [&](ArrayRef<int64_t> index) {
    int64_t to = reducedPosition(index, in[0].shape(), getAxes());
    reals[to] *= in[0].get<double>(at);
    integers[to] *= in[0].isFloat() ? 1 : in[0].get<uint64_t>(at);
    ++at;
  });
  for (int64_t k = 0; k < out.count(); ++k) {
    if (out.isFloat())
      out.set(k, reals[k]);
    else
      out.set(k, integers[k]);
  }
  return {out};
}

} // namespace tgc::graph
