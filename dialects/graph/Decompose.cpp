// Blocks of the orthogonal factorisations: qr_packed, eigh_packed, svd_packed. An op has one result, so the
// factors of each matrix lie one after the other along a last axis; the formulas of LinearAlgebra.cpp take
// them apart.
#include "dialects/graph/Factor.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/TensorReference.h"

using namespace mlir;

namespace tgc::graph {

Sym piece(Sym packed, int64_t from, ArrayRef<int64_t> tail) {
  if (!packed) return {};
  int64_t axis = packed.rank() - 1;
  SmallVector<int64_t> starts(packed.rank(), 0), stops(packed.shape()), ones(packed.rank(), 1);
  starts[axis] = from, stops[axis] = from + countOf(tail);
  SmallVector<int64_t> shape(packed.shape().drop_back());
  llvm::append_range(shape, tail);
  return reshape(graph::slice(packed, starts, stops, ones), shape);
}

Sym packed(const Syms &pieces, size_t batch) {
  Syms flat;
  for (Sym each : pieces) {
    SmallVector<int64_t> shape(each.shape().take_front(batch));
    shape.push_back(countOf(each.shape().drop_front(batch)));
    flat.push_back(reshape(each, shape));
  }
  return concat(flat, static_cast<int64_t>(batch));
}

Sym byRows(Sym vector, bool rows) {
  SmallVector<int64_t> shape(vector.shape());
  shape.insert(rows ? shape.end() - 1 : shape.end(), 1);
  return reshape(vector, shape);
}

Sym inverseOrZero(Sym x) {
  Sym none = x == 0;
  return where(none, 0, 1 / where(none, 1, x));
}
Sym inverseGaps(Sym v) { return inverseOrZero(byRows(v, true) - byRows(v, false)); }
Sym inverseSums(Sym v) { return inverseOrZero(byRows(v, true) + byRows(v, false)); }

namespace {

using Ints = ArrayRef<int64_t>;

RankedTensorType packedType(Value x, int64_t count) {
  SmallVector<int64_t> shape(shapeOf(x).drop_back(2));
  shape.push_back(count);
  return RankedTensorType::get(shape, elementOf(x));
}

Sym identity(Ink &ink, Sym like) {
  return broadcast_to(eye(ink, like.shape().back(), std::nullopt, 0, like.element()), like.shape());
}
Sym ofDiagonal(Ink &ink, Sym vector, Sym like) { return identity(ink, like) * byRows(vector, true); }
double cube(int64_t n) { return static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n); }

} // namespace

// ---- qr_packed ----
namespace {
struct QrParts {
  Sym q, r;
  QrParts(Sym packed, int64_t m, int64_t n) : q(piece(packed, 0, {m, n})), r(piece(packed, m * n, {n, n})) {}
};
} // namespace

FailureOr<RankedTensorType> QrPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkMatrices(loc, "qr", adaptor.getX()))) return failure();
  int64_t n = shapeOf(adaptor.getX()).back(), m = shapeOf(adaptor.getX()).drop_back().back();
  if (m < n)
    return emitOptionalError(loc, "qr_packed: ", textOf(adaptor.getX()), " has more columns than rows");
  return packedType(adaptor.getX(), m * n + n * n);
}
// dA R^-1 = Q (Omega + dR R^-1) + the part outside of Q's columns, with Omega skew and dR R^-1 upper
// triangular.
FailureOr<Syms> QrPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  QrParts parts(ink.sym(getResult()), m, n);
  Sym x = transposed(solve_triangular(parts.r, transposed(tangents[0]), false, true));
  Sym c = matmul(transposed(parts.q), x), below = tril(c, -1);
  Sym upper = c - below + transposed(below);
  return Syms{packed({x - matmul(parts.q, upper), matmul(upper, parts.r)}, shapeOf(getX()).size() - 2)};
}
// S. F. Walter, L. Lehmann, Algorithmic differentiation of linear algebra functions (2010).
FailureOr<Syms> QrPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  QrParts parts(ink.sym(getResult()), m, n), bars(cotangents[0], m, n);
  Sym inner = matmul(parts.r, transposed(triu(bars.r, 0))) - matmul(transposed(bars.q), parts.q);
  Sym mirrored = tril(inner, 0) + transposed(tril(inner, -1));
  Sym whole = bars.q + matmul(parts.q, mirrored);
  return Syms{transposed(solve_triangular(parts.r, transposed(whole)))};
}
FailureOr<Syms> QrPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{qr_packed(operands[0])};
}
FailureOr<SmallVector<Value>> QrPackedOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  double work = 3.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(n);
  return callEach(*this, lowering, operands, {"tgc_qr", n, {m}, 2 * m * n, work});
}
HostTensors QrPackedOp::evaluate(HostTensorsRef in) {
  return {reference::packed(reference::qr(in[0]), tensorOf(getType()))};
}

// ---- eigh_packed ----
namespace {
struct EighParts {
  Sym values, vectors;
  EighParts(Sym packed, int64_t n) : values(piece(packed, 0, {n})), vectors(piece(packed, n, {n, n})) {}
};
} // namespace

FailureOr<RankedTensorType> EighPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSquare(loc, "eigh", adaptor.getX()))) return failure();
  int64_t n = shapeOf(adaptor.getX()).back();
  return packedType(adaptor.getX(), n + n * n);
}
// M. Giles, An extended collection of matrix derivative results (2008).
FailureOr<Syms> EighPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  EighParts parts(ink.sym(getResult()), shapeOf(getX()).back());
  Sym change = tril(tangents[0], 0) + transposed(tril(tangents[0], -1));
  Sym inner = matmul(matmul(transposed(parts.vectors), change), parts.vectors);
  Sym turn = inverseGaps(parts.values) * inner;
  return Syms{packed({diagonal(inner), matmul(parts.vectors, turn)}, shapeOf(getX()).size() - 2)};
}
FailureOr<Syms> EighPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  int64_t n = shapeOf(getX()).back();
  EighParts parts(ink.sym(getResult()), n), bars(cotangents[0], n);
  Sym turned = inverseGaps(parts.values) * matmul(transposed(parts.vectors), bars.vectors);
  Sym inner = turned + ofDiagonal(ink, bars.values, turned);
  Sym whole = matmul(matmul(parts.vectors, inner), transposed(parts.vectors));
  return Syms{halfLower(whole + transposed(whole))};
}
FailureOr<Syms> EighPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{eigh_packed(operands[0])};
}
FailureOr<SmallVector<Value>> EighPackedOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t n = shapeOf(getX()).back();
  return callEach(*this, lowering, operands,
                  {"tgc_eigh", n, {}, std::max<int64_t>(2 * n * n, 1), 40 * cube(n)});
}
HostTensors EighPackedOp::evaluate(HostTensorsRef in) {
  return {reference::packed(reference::eigh(in[0], true), tensorOf(getType()))};
}

// ---- svd_packed ----
namespace {
struct SvdParts {
  Sym u, values, v;
  SvdParts(Sym packed, int64_t m, int64_t n)
      : u(piece(packed, 0, {m, n})), values(piece(packed, m * n, {n})),
        v(transposed(piece(packed, m * n + n, {n, n}))) {}
};
} // namespace

FailureOr<RankedTensorType> SvdPackedOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkMatrices(loc, "svd", adaptor.getX()))) return failure();
  int64_t n = shapeOf(adaptor.getX()).back(), m = shapeOf(adaptor.getX()).drop_back().back();
  if (m < n)
    return emitOptionalError(loc, "svd_packed: ", textOf(adaptor.getX()), " has more columns than rows");
  return packedType(adaptor.getX(), m * n + n + n * n);
}
// J. Townsend, Differentiating the singular value decomposition (2016).
FailureOr<Syms> SvdPackedOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  SvdParts parts(ink.sym(getResult()), m, n);
  Sym along = matmul(tangents[0], parts.v), inner = matmul(transposed(parts.u), along);
  Sym together = inverseGaps(parts.values) * (inner + transposed(inner)) * 0.5;
  Sym apart = inverseSums(parts.values) * (inner - transposed(inner)) * 0.5;
  Sym outside = (along - matmul(parts.u, inner)) * byRows(inverseOrZero(parts.values), true);
  Sym u = matmul(parts.u, together + apart) + outside, v = matmul(parts.v, together - apart);
  return Syms{packed({u, diagonal(inner), transposed(v)}, shapeOf(getX()).size() - 2)};
}
FailureOr<Syms> SvdPackedOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  SvdParts parts(ink.sym(getResult()), m, n), bars(cotangents[0], m, n);
  Sym ofU = matmul(transposed(parts.u), bars.u), ofV = matmul(transposed(parts.v), bars.v);
  Sym turnU = ofU - transposed(ofU), turnV = ofV - transposed(ofV);
  Sym inner =
      (inverseGaps(parts.values) * (turnU + turnV) + inverseSums(parts.values) * (turnU - turnV)) * 0.5;
  inner = inner + ofDiagonal(ink, bars.values, inner);
  Sym outside = (bars.u - matmul(parts.u, ofU)) * byRows(inverseOrZero(parts.values), true);
  return Syms{matmul(matmul(parts.u, inner) + outside, transposed(parts.v))};
}
FailureOr<Syms> SvdPackedOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{svd_packed(operands[0])};
}
FailureOr<SmallVector<Value>> SvdPackedOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t n = shapeOf(getX()).back(), m = shapeOf(getX()).drop_back().back();
  double work = 20.0 * static_cast<double>(m + n) * static_cast<double>(n) * static_cast<double>(n);
  return callEach(*this, lowering, operands, {"tgc_svd", n, {m}, 2 * (m * n + n * n), work});
}
HostTensors SvdPackedOp::evaluate(HostTensorsRef in) {
  return {reference::packed(reference::svd(in[0]), tensorOf(getType()))};
}

} // namespace tgc::graph
