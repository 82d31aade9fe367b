// Blocks of complex_det_packed, complex_eigh_packed and complex_svd_packed: the parts of a matrix along a
// last axis in, the factors one after the other out. Rules are those of complex matrices; <a, b> = Re(a^H b)
// pairs what is real.
#include "dialects/graph/Complex.h"
#include "dialects/graph/Composite.h"
#include "dialects/graph/Factor.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph {
namespace {

using Ints = ArrayRef<int64_t>;

/// `count` numbers for each m x n matrix; a failure, reported, where x is no matrices with their parts
/// behind.
FailureOr<RankedTensorType> inferPacked(std::optional<Location> loc, llvm::StringRef name, Value x,
                                        bool square, llvm::function_ref<int64_t(int64_t, int64_t)> count) {
  auto shape = shapeOf(x);
  size_t rank = shape.size();
  bool fits = rank >= 3 && shape.back() == 2 && isFloatTensor(x.getType());
  int64_t m = fits ? shape[rank - 3] : 0, n = fits ? shape[rank - 2] : 0;
  if (!fits || (square ? m != n : m < n))
    return emitOptionalError(loc, name, " takes the parts of ",
                             square ? "square matrices" : "matrices with no more columns than rows",
                             " along a last axis, got ", textOf(x));
  SmallVector<int64_t> out(shape.drop_back(3));
  out.push_back(count(m, n));
  return RankedTensorType::get(out, elementOf(x));
}

/// Complex numbers whose parts lie along the last axis, and back.
Sym whole(Ink &ink, Sym parts) {
  int64_t last = parts.rank() - 1;
  auto half = [&](int64_t which) {
    return reshape(formulas::part(parts, last, which, which + 1), parts.shape().drop_back());
  };
  return joined(ink, {half(0), half(1)});
}
Sym apart(Sym z) {
  Complex parts = partsOf(z);
  Ink &ink = *z.ink();
  return stack({ink.sym(parts.re.value()), ink.sym(parts.im.value())}, z.rank());
}

Sym adjointOf(Sym z) { return conj(transposed(z)); }
Sym onDiagonal(Sym v) {
  Sym unit = eye(*v.ink(), v.shape().back(), std::nullopt, 0, v.element());
  return unit * byRows(v, true);
}
/// Re(a^H b) of the columns.
Sym columnsProduct(Sym a, Sym b) { return sum(real(conj(a) * b), Ints{a.rank() - 2}, true); }

/// The phases of vectors (columns) are such that the first large element of each is positive: a change of it
/// that is not real turns the vector back.
class Phases {
public:
  explicit Phases(Sym vectors) {
    int64_t rows = vectors.rank() - 2;
    Sym size = abs(vectors), large = size >= max(size, Ints{rows}, true) * 0.9;
    Sym count = cumulative_sum(astype(large, vectors.ink()->builder.getI64Type()), rows);
    first = stop_gradient(astype(large & (count == 1), size.element()));
    scale = inverseOrZero(sum(first * size, Ints{rows}, true));
  }
  /// What each column turns by.
  Sym angles(Sym change) const { return sum(first * imag(change), Ints{change.rank() - 2}, true) * scale; }
  /// The adjoint of taking these turns out, `turns` being <cotangent, i vectors> of everything that turns
  /// along.
  Sym without(Sym cotangent, Sym turns) const {
    Sym part = first * scale * turns;
    return cotangent - joined(*cotangent.ink(), {cotangent.ink()->zero(part.type()), part});
  }

private:
  Sym first, scale; ///< 1 at those elements; 1 over their sizes
};
Sym times1j(Sym z) {
  Complex parts = partsOf(z);
  return joined(*z.ink(), {-parts.im, parts.re});
}

} // namespace

// ---- complex_det_packed ----
FailureOr<RankedTensorType> ComplexDetPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferPacked(loc, "det", adaptor.getX(), true, [](int64_t, int64_t) { return 5; });
}
FailureOr<Syms> ComplexDetPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  Sym result = ink.sym(getResult()), det = whole(ink, piece(result, 0, {2})),
      direction = whole(ink, piece(result, 2, {2}));
  Sym rate = trace(solve(whole(ink, ink.sym(getX())), whole(ink, tangents[0])));
  Sym turned = direction * times1j(joined(ink, {imag(rate), ink.zero(imag(rate).type())}));
  return Syms{packed({apart(det * rate), apart(turned), real(rate)}, shapeOf(getX()).size() - 3)};
}
FailureOr<Syms> ComplexDetPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  Sym result = ink.sym(getResult()), det = whole(ink, piece(result, 0, {2})),
      direction = whole(ink, piece(result, 2, {2}));
  Sym detBar = whole(ink, piece(cotangents[0], 0, {2})),
      directionBar = whole(ink, piece(cotangents[0], 2, {2}));
  Sym turn = real(conj(directionBar) * times1j(direction));
  Sym factor = detBar * conj(det) + joined(ink, {piece(cotangents[0], 4, {}), turn});
  SmallVector<int64_t> shape(factor.shape());
  shape.append({1, 1});
  return Syms{apart(reshape(factor, shape) * adjointOf(graph::inverse(whole(ink, ink.sym(getX())))))};
}
FailureOr<Syms> ComplexDetPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{complex_det_packed(operands[0])};
}
FailureOr<SmallVector<Value>> ComplexDetPackedOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t n = shapeOf(getX()).drop_back().back();
  auto wide = static_cast<double>(n);
  return callEach(
      *this, lowering, operands,
      {"tgc_complex_determinant", n, {}, std::max<int64_t>(2 * n * n, 1), 2 * wide * wide * wide, 3});
}
HostTensors ComplexDetPackedOp::evaluate(HostTensorsRef in) {
  return {reference::complexDeterminant(in[0], tensorOf(getType()))};
}

// ---- complex_eigh_packed ----
FailureOr<RankedTensorType> ComplexEighPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferPacked(loc, "eigh", adaptor.getX(), true, [](int64_t, int64_t n) { return n + 2 * n * n; });
}
// As for symmetric matrices, with the vectors' phases taken out.
FailureOr<Syms> ComplexEighPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  int64_t n = shapeOf(getX()).drop_back().back();
  Sym result = ink.sym(getResult()), values = piece(result, 0, {n}),
      vectors = whole(ink, piece(result, n, {n, n, 2}));
  Sym change = whole(ink, tangents[0]);
  Sym inner = matmul(adjointOf(vectors), matmul((change + adjointOf(change)) * 0.5, vectors));
  Sym turned = matmul(vectors, inverseGaps(values) * inner);
  Phases phases(vectors);
  turned = turned - times1j(vectors * phases.angles(turned));
  return Syms{packed({real(diagonal(inner)), apart(turned)}, shapeOf(getX()).size() - 3)};
}
FailureOr<Syms> ComplexEighPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  int64_t n = shapeOf(getX()).drop_back().back();
  Sym result = ink.sym(getResult()), values = piece(result, 0, {n}),
      vectors = whole(ink, piece(result, n, {n, n, 2}));
  Sym valuesBar = piece(cotangents[0], 0, {n}), bars = whole(ink, piece(cotangents[0], n, {n, n, 2}));
  bars = Phases(vectors).without(bars, columnsProduct(bars, times1j(vectors)));
  Sym inner = inverseGaps(values) * matmul(adjointOf(vectors), bars) + onDiagonal(valuesBar);
  Sym out = matmul(matmul(vectors, inner), adjointOf(vectors));
  return Syms{apart((out + adjointOf(out)) * 0.5)};
}
FailureOr<Syms> ComplexEighPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{complex_eigh_packed(operands[0])};
}
FailureOr<SmallVector<Value>> ComplexEighPackedOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t n = shapeOf(getX()).drop_back().back();
  auto wide = static_cast<double>(n);
  return callEach(*this, lowering, operands,
                  {"tgc_complex_eigh", n, {}, std::max<int64_t>(4 * n * n, 1), 200 * wide * wide * wide, 3});
}
HostTensors ComplexEighPackedOp::evaluate(HostTensorsRef in) {
  return {reference::complexEigh(in[0], tensorOf(getType()))};
}

// ---- complex_svd_packed ----
namespace {
struct ComplexSvd {
  Sym u, values, v;
  ComplexSvd(Ink &ink, Sym packed, int64_t m, int64_t n)
      : u(whole(ink, piece(packed, 0, {m, n, 2}))), values(piece(packed, 2 * m * n, {n})),
        v(adjointOf(whole(ink, piece(packed, 2 * m * n + n, {n, n, 2})))) {}
};
} // namespace

FailureOr<RankedTensorType> ComplexSvdPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  return inferPacked(loc, "svd", adaptor.getX(), false,
                     [](int64_t m, int64_t n) { return 2 * m * n + n + 2 * n * n; });
}
// As for real matrices (svd_packed), with the phases of the rows of v^H taken out of both.
FailureOr<Syms> ComplexSvdPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  auto shape = shapeOf(getX());
  int64_t n = shape[shape.size() - 2], m = shape[shape.size() - 3];
  ComplexSvd parts(ink, ink.sym(getResult()), m, n);
  Sym along = matmul(whole(ink, tangents[0]), parts.v), inner = matmul(adjointOf(parts.u), along);
  Sym together = inverseGaps(parts.values) * (inner + adjointOf(inner)) * 0.5;
  Sym against = inverseSums(parts.values) * (inner - adjointOf(inner)) * 0.5;
  Sym outside = (along - matmul(parts.u, inner)) * byRows(inverseOrZero(parts.values), true);
  Sym u = matmul(parts.u, together + against) + outside, v = matmul(parts.v, together - against);
  // The rows of v^H are conjugated columns of v: an element of one is real where the other's is.
  Sym angles = Phases(parts.v).angles(v);
  u = u - times1j(parts.u * angles), v = v - times1j(parts.v * angles);
  return Syms{packed({apart(u), real(diagonal(inner)), apart(adjointOf(v))}, shape.size() - 3)};
}
FailureOr<Syms> ComplexSvdPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  auto shape = shapeOf(getX());
  int64_t n = shape[shape.size() - 2], m = shape[shape.size() - 3];
  ComplexSvd parts(ink, ink.sym(getResult()), m, n), bars(ink, cotangents[0], m, n);
  Sym turns = columnsProduct(bars.u, times1j(parts.u)) + columnsProduct(bars.v, times1j(parts.v));
  bars.v = Phases(parts.v).without(bars.v, turns);
  Sym ofU = matmul(adjointOf(parts.u), bars.u), ofV = matmul(adjointOf(parts.v), bars.v);
  Sym turnU = ofU - adjointOf(ofU), turnV = ofV - adjointOf(ofV);
  Sym inner =
      (inverseGaps(parts.values) * (turnU + turnV) + inverseSums(parts.values) * (turnU - turnV)) * 0.5;
  inner = inner + onDiagonal(bars.values);
  Sym outside = (bars.u - matmul(parts.u, ofU)) * byRows(inverseOrZero(parts.values), true);
  return Syms{apart(matmul(matmul(parts.u, inner) + outside, adjointOf(parts.v)))};
}
FailureOr<Syms> ComplexSvdPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{complex_svd_packed(operands[0])};
}
FailureOr<SmallVector<Value>> ComplexSvdPackedOp::lower(Lowering &lowering, ValueRange operands) {
  auto shape = shapeOf(getX());
  int64_t n = shape[shape.size() - 2], m = shape[shape.size() - 3];
  double work = 100.0 * static_cast<double>(m + n) * static_cast<double>(n) * static_cast<double>(n);
  return callEach(*this, lowering, operands,
                  {"tgc_complex_svd", n, {m}, std::max<int64_t>(2 * (m * n + n * n), 1), work, 3});
}
HostTensors ComplexSvdPackedOp::evaluate(HostTensorsRef in) {
  return {reference::complexSvd(in[0], tensorOf(getType()))};
}

// ---- what calls on complex matrices give ----
namespace complexes {

static Sym partsAlong(Ink &ink, Complex x) { return apart(joined(ink, x)); }

Sym det(Ink &ink, Complex x) {
  if (!areMatrices(ink, "det", x, true)) return {};
  return whole(ink, piece(complex_det_packed(partsAlong(ink, x)), 0, {2}));
}
Syms slogdet(Ink &ink, Complex x) {
  if (!areMatrices(ink, "slogdet", x, true)) return {};
  Sym all = complex_det_packed(partsAlong(ink, x));
  return {whole(ink, piece(all, 2, {2})), piece(all, 4, {})};
}
Syms eigh(Ink &ink, Complex x) {
  if (!areMatrices(ink, "eigh", x, true)) return {};
  int64_t n = x.re.shape().back();
  Sym all = complex_eigh_packed(partsAlong(ink, x));
  return {piece(all, 0, {n}), whole(ink, piece(all, n, {n, n, 2}))};
}
Syms svd(Ink &ink, Complex x) {
  if (!areMatrices(ink, "svd", x, false)) return {};
  int64_t n = x.re.shape().back(), m = x.re.shape().drop_back().back();
  bool wide = m < n;
  if (wide) std::swap(m, n);
  Sym z = joined(ink, x), all = complex_svd_packed(apart(wide ? adjointOf(z) : z));
  if (!all) return {};
  Sym u = whole(ink, piece(all, 0, {m, n, 2})), values = piece(all, 2 * m * n, {n});
  Sym vh = whole(ink, piece(all, 2 * m * n + n, {n, n, 2}));
  return wide ? Syms{adjointOf(vh), values, adjointOf(u)} : Syms{u, values, vh};
}
Sym eigvalsh(Ink &ink, Complex x) {
  Syms all = eigh(ink, x);
  return all.empty() ? Sym() : all[0];
}
Sym svdvals(Ink &ink, Complex x) {
  Syms all = svd(ink, x);
  return all.empty() ? Sym() : all[1];
}

} // namespace complexes
} // namespace tgc::graph
