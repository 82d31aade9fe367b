// Blocks of linear algebra: cholesky_factor, solve_triangular, solve_matrix, det, log_abs_det, det_sign. Each
// is a call of the runtime for each matrix of a batch.
#include "dialects/graph/Factor.h"
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::graph {

LogicalResult checkMatrices(std::optional<Location> loc, llvm::StringRef name, Value x) {
  if (shapeOf(x).size() < 2) return emitOptionalError(loc, name, " takes matrices, got ", textOf(x));
  if (!isFloatTensor(x.getType()))
    return emitOptionalError(loc, name, " takes floating-point matrices, got ", textOf(x));
  return success();
}

LogicalResult checkSquare(std::optional<Location> loc, llvm::StringRef name, Value x) {
  auto shape = shapeOf(x);
  if (shape.size() < 2 || shape.back() != shape[shape.size() - 2])
    return emitOptionalError(loc, name, " takes square matrices, got ", textOf(x));
  return checkMatrices(loc, name, x);
}

// ---- rules over matrices ----
Sym transposed(Sym x) { return swapaxes(x, x.rank() - 2, x.rank() - 1); }
Sym halfLower(Sym x) { return (tril(x, 0) + tril(x, -1)) * 0.5; }

// ---- code: a call for each matrix ----
FailureOr<SmallVector<Value>> callEach(Operation *op, Lowering &lowering, ValueRange operands,
                                       const FactorCall &call) {
  auto type = tensorOf(op->getResult(0).getType());
  if (type.getNumElements() == 0) return SmallVector<Value>{lowering.zeros(type)};
  auto shape = shapeOf(op->getOperand(0));
  Lowering::ItemsPlan plan;
  plan.count = countOf(shape.drop_back(call.matrixAxes));
  plan.nanoseconds = static_cast<double>(plan.count) * (20 + call.work * 0.3);
  Type own = type.getElementType();
  bool half = bitsOf(own) == 16; // computed in f32, in scratch
  Type wide = half ? Type(Float32Type::get(op->getContext())) : own;
  auto memory = [&](int64_t each) {
    plan.scratch.push_back(RankedTensorType::get({plan.count, std::max<int64_t>(each, 1)}, wide));
  };
  auto eachOf = [&](Value x) { return tensorOf(x).getNumElements() / plan.count; };
  if (call.scratch) memory(call.scratch);
  for (Value operand : op->getOperands())
    if (half) memory(eachOf(operand));
  if (half) memory(eachOf(op->getResult(0)));
  auto rule = [&](ItemInk &ink) {
    auto number = [&](int64_t value) -> Value {
      return arith::ConstantOp::create(ink.builder, ink.loc, ink.builder.getI64IntegerAttr(value));
    };
    auto copy = [&](const ItemInk::Memory &from, const ItemInk::Memory &to, int64_t each) {
      ink.loop(ink.number(0), ink.number(each), [&](Value k) {
        Value at = ink.add(ink.multiply(ink.item, each), k);
        ink.store(to, ink.load(from, at), at);
      });
    };
    SmallVector<Value> arguments = {number(bitsOf(wide))};
    size_t next = 1; // of the scratch
    Value room =
        call.scratch ? ink.address(ink.outputs[next++], ink.multiply(ink.item, call.scratch)) : Value();
    for (auto [k, operand] : llvm::enumerate(op->getOperands())) {
      const ItemInk::Memory &from = half ? ink.outputs[next++] : ink.inputs[k];
      if (half) copy(ink.inputs[k], from, eachOf(operand));
      arguments.push_back(ink.address(from, ink.multiply(ink.item, eachOf(operand))));
      // A literal stands for all elements: read with steps of 0.
      arguments.push_back(number(from.splat ? 0 : 1));
    }
    int64_t each = eachOf(op->getResult(0));
    const ItemInk::Memory &to = ink.outputs[half ? next : 0];
    arguments.push_back(ink.address(to, ink.multiply(ink.item, each)));
    if (call.scratch) arguments.push_back(room);
    arguments.push_back(number(call.n));
    for (int64_t value : call.numbers)
      arguments.push_back(number(value));
    ink.call(call.name, arguments);
    if (half) copy(to, ink.outputs[0], each);
  };
  return SmallVector<Value>{lowering.items(type, operands, op->getOperandTypes(), plan, rule)};
}

namespace {

LogicalResult checkSystem(std::optional<Location> loc, llvm::StringRef name, Value a, Value b) {
  if (failed(checkSquare(loc, name, a))) return failure();
  auto own = shapeOf(a), right = shapeOf(b);
  if (right.size() == own.size() && right.drop_back() == own.drop_back() && elementOf(a) == elementOf(b))
    return success();
  return emitOptionalError(loc, name, ": b (", textOf(b),
                           ") does not have the rows, batches and dtype of a (", textOf(a), ")");
}

RankedTensorType withoutMatrix(Value x) {
  return RankedTensorType::get(shapeOf(x).drop_back(2), elementOf(x));
}

Sym byColumns(Sym perBatch) {
  SmallVector<int64_t> shape(perBatch.shape());
  shape.append({1, 1});
  return reshape(perBatch, shape);
}
Sym identityLike(Ink &ink, Value x) {
  return broadcast_to(eye(ink, shapeOf(x).back(), std::nullopt, 0, elementOf(x)), shapeOf(x));
}

template <typename Op>
FailureOr<Syms> batchAll(Op, Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent,
                         llvm::function_ref<Sym(SymsRef)> again) {
  Syms all;
  for (auto [operand, has] : llvm::zip(operands, mapped))
    all.push_back(withLeadingAxis(ink, operand, has, extent));
  return Syms{again(all)};
}

/// n and the cost of a call that takes n^2 (n + columns) multiplications.
FactorCall callOf(Value a, llvm::StringRef name, int64_t columns, bool scratch, ArrayRef<int64_t> numbers) {
  int64_t n = shapeOf(a).back();
  auto width = static_cast<double>(n);
  return {name, n, SmallVector<int64_t>(numbers), scratch ? std::max<int64_t>(n * n, 1) : 0,
          width * width * (width + static_cast<double>(columns))};
}

// ---- references, in long double ----
using Matrix = std::vector<long double>;

Matrix matrixAt(const HostTensor &x, int64_t which, int64_t each) {
  Matrix out(each);
  for (int64_t k = 0; k < each; ++k)
    out[k] = x.get<double>(which * each + k);
  return out;
}

/// Eliminates with the largest pivot of the column; right-hand sides of `m` columns go along. Gives the
/// determinant's pivots; a zero one where there is no inverse.
std::vector<long double> eliminated(Matrix &a, Matrix &b, int64_t n, int64_t m) {
  std::vector<long double> pivots;
  for (int64_t k = 0; k < n; ++k) {
    int64_t best = k;
    for (int64_t i = k + 1; i < n; ++i)
      if (std::fabs(a[i * n + k]) > std::fabs(a[best * n + k])) best = i;
    for (int64_t j = 0; j < n && best != k; ++j)
      std::swap(a[k * n + j], a[best * n + j]);
    for (int64_t j = 0; j < m && best != k; ++j)
      std::swap(b[k * m + j], b[best * m + j]);
    long double pivot = a[k * n + k];
    pivots.push_back(best != k ? -pivot : pivot);
    for (int64_t i = 0; i < n; ++i) {
      if (i == k || pivot == 0) continue;
      long double factor = a[i * n + k] / pivot;
      for (int64_t j = k; j < n; ++j)
        a[i * n + j] -= factor * a[k * n + j];
      for (int64_t j = 0; j < m; ++j)
        b[i * m + j] -= factor * b[k * m + j];
    }
  }
  bool singular = llvm::is_contained(pivots, 0.0L);
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < m; ++j)
      b[i * m + j] = singular ? std::nanl("") : b[i * m + j] / a[i * n + i];
  return pivots;
}

HostTensor determinants(const HostTensor &x, mlir::RankedTensorType type, char what) {
  HostTensor out(type);
  int64_t n = x.shape().back();
  for (int64_t which = 0; which < out.count(); ++which) {
    Matrix a = matrixAt(x, which, n * n), none;
    long double product = 1, logarithm = 0, sign = 1;
    for (long double pivot : eliminated(a, none, n, 0)) {
      product *= pivot, logarithm += std::log(std::fabs(pivot));
      sign *= pivot == 0 ? 0 : pivot < 0 ? -1 : 1;
    }
    out.set(which, static_cast<double>(what == 'd' ? product : what == 'l' ? logarithm : sign));
  }
  return out;
}

} // namespace

// ---- cholesky_factor ----
FailureOr<RankedTensorType> CholeskyFactorOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSquare(loc, "cholesky", adaptor.getX()))) return failure();
  return tensorOf(adaptor.getX());
}
FailureOr<Syms> CholeskyFactorOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  Sym factor = ink.sym(getResult());
  Sym change = tril(tangents[0], 0) + transposed(tril(tangents[0], -1));
  Sym half = solve_triangular(factor, change, true);
  Sym inner = solve_triangular(factor, transposed(half), true);
  return Syms{matmul(factor, halfLower(transposed(inner)))};
}
FailureOr<Syms> CholeskyFactorOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  Sym factor = ink.sym(getResult());
  Sym inner = halfLower(matmul(transposed(factor), cotangents[0]));
  Sym half = solve_triangular(factor, inner, true, true);
  Sym whole = solve_triangular(factor, transposed(half), true, true);
  return Syms{halfLower(whole + transposed(whole))};
}
FailureOr<Syms> CholeskyFactorOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{cholesky_factor(operands[0])};
}
FailureOr<SmallVector<Value>> CholeskyFactorOp::lower(Lowering &lowering, ValueRange operands) {
  return callEach(*this, lowering, operands, callOf(getX(), "tgc_cholesky", 0, false, {}));
}
HostTensors CholeskyFactorOp::evaluate(HostTensorsRef in) {
  HostTensor out(in[0].type());
  int64_t n = in[0].shape().back(), count = n ? out.count() / (n * n) : 0;
  for (int64_t which = 0; which < count; ++which) {
    Matrix a = matrixAt(in[0], which, n * n), factor(n * n, 0);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j <= i; ++j) {
        long double sum = a[i * n + j];
        for (int64_t k = 0; k < j; ++k)
          sum -= factor[i * n + k] * factor[j * n + k];
        factor[i * n + j] = i == j ? (sum > 0 ? std::sqrt(sum) : std::nanl("")) : sum / factor[j * n + j];
      }
    for (int64_t k = 0; k < n * n; ++k)
      out.set(which * n * n + k, static_cast<double>(factor[k]));
  }
  return {out};
}

// ---- solve_triangular ----
static Sym triangleOf(SolveTriangularOp op, Sym x) {
  int64_t inside = op.getUnit() ? 1 : 0;
  return op.getLower() ? tril(x, -inside) : triu(x, inside);
}

FailureOr<RankedTensorType> SolveTriangularOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSystem(loc, "solve_triangular", adaptor.getA(), adaptor.getB()))) return failure();
  return tensorOf(adaptor.getB());
}
FailureOr<Syms> SolveTriangularOp::tangent(Ink &ink, SymsRef tangents) {
  Sym right = tangents[1];
  if (!tangents[0].isZero()) {
    Sym change = triangleOf(*this, tangents[0]);
    right = right - matmul(getTransposed() ? transposed(change) : change, ink.sym(getResult()));
  }
  if (right.isZero()) return Syms{ink.zero(getType())};
  return Syms{solve_triangular(ink.sym(getA()), right, getLower(), getTransposed(), getUnit())};
}
FailureOr<Syms> SolveTriangularOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  Syms out = {ink.zero(getA().getType()), ink.zero(getB().getType())};
  if (cotangents[0].isZero()) return out;
  out[1] = solve_triangular(ink.sym(getA()), cotangents[0], getLower(), !getTransposed(), getUnit());
  if (!wanted[0]) return out;
  Sym outer = matmul(out[1], transposed(ink.sym(getResult())));
  out[0] = -triangleOf(*this, getTransposed() ? transposed(outer) : outer);
  return out;
}
FailureOr<Syms> SolveTriangularOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchAll(*this, ink, operands, mapped, extent, [&](SymsRef all) {
    return solve_triangular(all[0], all[1], getLower(), getTransposed(), getUnit());
  });
}
FailureOr<SmallVector<Value>> SolveTriangularOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t columns = shapeOf(getB()).back();
  return callEach(*this, lowering, operands,
                  callOf(getA(), "tgc_solve_triangular", columns, false,
                         {columns, getLower(), getTransposed(), getUnit()}));
}
HostTensors SolveTriangularOp::evaluate(HostTensorsRef in) {
  HostTensor out(in[1].type());
  int64_t n = in[0].shape().back(), m = in[1].shape().back(), count = out.count() ? out.count() / (n * m) : 0;
  for (int64_t which = 0; which < count; ++which) {
    Matrix a = matrixAt(in[0], which, n * n), b = matrixAt(in[1], which, n * m), triangle(n * n, 0);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        if (i == j || (getLower() ? j < i : j > i))
          triangle[getTransposed() ? j * n + i : i * n + j] = i == j && getUnit() ? 1 : a[i * n + j];
    bool singular = false;
    for (int64_t i = 0; i < n; ++i)
      singular |= triangle[i * (n + 1)] == 0;
    eliminated(triangle, b, n, m);
    for (int64_t k = 0; k < n * m; ++k)
      out.set(which * n * m + k, singular ? std::nan("") : static_cast<double>(b[k]));
  }
  return {out};
}

// ---- solve_matrix ----
FailureOr<RankedTensorType> SolveMatrixOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSystem(loc, "solve", adaptor.getA(), adaptor.getB()))) return failure();
  return tensorOf(adaptor.getB());
}
FailureOr<Syms> SolveMatrixOp::tangent(Ink &ink, SymsRef tangents) {
  Sym right = tangents[1];
  if (!tangents[0].isZero()) right = right - matmul(tangents[0], ink.sym(getResult()));
  return Syms{right.isZero() ? ink.zero(getType()) : solve_matrix(ink.sym(getA()), right)};
}
FailureOr<Syms> SolveMatrixOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool> wanted) {
  Syms out = {ink.zero(getA().getType()), ink.zero(getB().getType())};
  if (cotangents[0].isZero()) return out;
  out[1] = solve_matrix(transposed(ink.sym(getA())), cotangents[0]);
  if (wanted[0]) out[0] = -matmul(out[1], transposed(ink.sym(getResult())));
  return out;
}
FailureOr<Syms> SolveMatrixOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchAll(*this, ink, operands, mapped, extent,
                  [&](SymsRef all) { return solve_matrix(all[0], all[1]); });
}
FailureOr<SmallVector<Value>> SolveMatrixOp::lower(Lowering &lowering, ValueRange operands) {
  int64_t columns = shapeOf(getB()).back();
  return callEach(*this, lowering, operands, callOf(getA(), "tgc_solve", columns, true, {columns}));
}
HostTensors SolveMatrixOp::evaluate(HostTensorsRef in) {
  HostTensor out(in[1].type());
  int64_t n = in[0].shape().back(), m = in[1].shape().back(), count = out.count() ? out.count() / (n * m) : 0;
  for (int64_t which = 0; which < count; ++which) {
    Matrix a = matrixAt(in[0], which, n * n), b = matrixAt(in[1], which, n * m);
    eliminated(a, b, n, m);
    for (int64_t k = 0; k < n * m; ++k)
      out.set(which * n * m + k, static_cast<double>(b[k]));
  }
  return {out};
}

// ---- det, log_abs_det, det_sign ----
FailureOr<RankedTensorType> DetOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSquare(loc, "det", adaptor.getX()))) return failure();
  return withoutMatrix(adaptor.getX());
}
FailureOr<RankedTensorType> LogAbsDetOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSquare(loc, "slogdet", adaptor.getX()))) return failure();
  return withoutMatrix(adaptor.getX());
}
FailureOr<RankedTensorType> DetSignOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  if (failed(checkSquare(loc, "slogdet", adaptor.getX()))) return failure();
  return withoutMatrix(adaptor.getX());
}

// Jacobi: d log|det x| = trace(x^-1 dx).
static Sym logTangent(Ink &ink, Value x, Sym t) { return trace(solve_matrix(ink.sym(x), t)); }
static Sym logCotangent(Ink &ink, Value x, Sym ct) {
  return byColumns(ct) * solve_matrix(transposed(ink.sym(x)), identityLike(ink, x));
}

FailureOr<Syms> DetOp::tangent(Ink &ink, SymsRef tangents) {
  if (tangents[0].isZero()) return Syms{ink.zero(getType())};
  return Syms{ink.sym(getResult()) * logTangent(ink, getX(), tangents[0])};
}
FailureOr<Syms> DetOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  if (cotangents[0].isZero()) return Syms{ink.zero(getX().getType())};
  return Syms{logCotangent(ink, getX(), cotangents[0] * ink.sym(getResult()))};
}
FailureOr<Syms> LogAbsDetOp::tangent(Ink &ink, SymsRef tangents) {
  return Syms{tangents[0].isZero() ? ink.zero(getType()) : logTangent(ink, getX(), tangents[0])};
}
FailureOr<Syms> LogAbsDetOp::cotangent(Ink &ink, SymsRef cotangents, ArrayRef<bool>) {
  return Syms{cotangents[0].isZero() ? ink.zero(getX().getType()) : logCotangent(ink, getX(), cotangents[0])};
}
FailureOr<Syms> DetSignOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> DetSignOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getX().getType())};
}

FailureOr<Syms> DetOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{det(operands[0])};
}
FailureOr<Syms> LogAbsDetOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{log_abs_det(operands[0])};
}
FailureOr<Syms> DetSignOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{det_sign(operands[0])};
}

FailureOr<SmallVector<Value>> DetOp::lower(Lowering &lowering, ValueRange operands) {
  return callEach(*this, lowering, operands, callOf(getX(), "tgc_determinant", 0, true, {'d'}));
}
FailureOr<SmallVector<Value>> LogAbsDetOp::lower(Lowering &lowering, ValueRange operands) {
  return callEach(*this, lowering, operands, callOf(getX(), "tgc_determinant", 0, true, {'l'}));
}
FailureOr<SmallVector<Value>> DetSignOp::lower(Lowering &lowering, ValueRange operands) {
  return callEach(*this, lowering, operands, callOf(getX(), "tgc_determinant", 0, true, {'s'}));
}
HostTensors DetOp::evaluate(HostTensorsRef in) { return {determinants(in[0], tensorOf(getType()), 'd')}; }
HostTensors LogAbsDetOp::evaluate(HostTensorsRef in) {
  return {determinants(in[0], tensorOf(getType()), 'l')};
}
HostTensors DetSignOp::evaluate(HostTensorsRef in) { return {determinants(in[0], tensorOf(getType()), 's')}; }

} // namespace tgc::graph
