// Blocks of csr_matmul, coo_matmul and sampled_matmul. They are closed under derivatives: a product's
// derivative by the dense side is the transposed product, by the values the sampled product, and the sampled
// product's are products again.
#include "dialects/graph/Ops.h"
#include "dialects/graph/SparseCode.h"
#include "dialects/graph/SparseMatrix.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tgc::graph {

constexpr int64_t productRanks[] = {1, 1, 1, 2}; // of places twice, values, dense
constexpr int64_t sampledRanks[] = {1, 1, 2, 2};

// C1 and C2 of the products: entries agree, and so do the dtypes; gives the batch axes.
static FailureOr<SmallVector<int64_t>> checkProduct(std::optional<Location> loc, llvm::StringRef name,
                                                    ValueRange operands) {
  auto batch = batchOf(loc, name, operands, productRanks);
  if (failed(batch)) return failure();
  Value values = operands[2], dense = operands[3];
  if (shapeOf(operands[1]).back() != shapeOf(values).back())
    return emitOptionalError(loc, name, ": ", textOf(operands[1]), " of columns and ", textOf(values),
                             " of values are not of one number of entries");
  if (elementOf(values) != elementOf(dense))
    return emitOptionalError(loc, name, ": ", textOf(values), " of values and ", textOf(dense),
                             " differ in dtype");
  return batch;
}

static FailureOr<RankedTensorType> productType(std::optional<Location> loc, SmallVector<int64_t> shape,
                                               int64_t rows, Value dense) {
  shape.append({rows, shapeOf(dense).back()});
  return checkedTensor(loc, shape, elementOf(dense));
}

// ---- what the references share ----
namespace {
/// Sums in doubles, or wrapping in 64 bits, brought into a tensor at the end.
struct Sums {
  explicit Sums(HostTensor &out) : out(out), reals(out.count(), 0), integers(out.count(), 0) {}
  void add(int64_t at, const HostTensor &a, int64_t i, const HostTensor &b, int64_t j) {
    if (out.isFloat())
      reals[at] += a.get<double>(i) * b.get<double>(j);
    else
      integers[at] += a.get<uint64_t>(i) * b.get<uint64_t>(j);
  }
  void finish() {
    for (int64_t at = 0; at < out.count(); ++at) {
      if (out.isFloat())
        out.set(at, reals[at]);
      else
        out.set(at, static_cast<int64_t>(integers[at]));
    }
  }
  HostTensor &out;
  std::vector<double> reals;
  std::vector<uint64_t> integers;
};
} // namespace

// Row `row` of the result grows by entry `p` of the matrix.
static void addEntry(Sums &sums, HostTensorsRef in, int64_t batch, int64_t row, int64_t p) {
  int64_t entries = in[2].shape().back(), m = in[3].shape()[in[3].rank() - 2], k = in[3].shape().back();
  int64_t column = entryAt(in[1], firstOf(in[1], entries, batch) + p, m);
  if (column < 0) return;
  for (int64_t j = 0; j < k; ++j)
    sums.add(row * k + j, in[2], firstOf(in[2], entries, batch) + p, in[3],
             firstOf(in[3], m * k, batch) + column * k + j);
}

// ---- csr_matmul ----
FailureOr<RankedTensorType> CsrMatmulOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto batch = checkProduct(loc, "csr_matmul", adaptor.getOperands());
  if (failed(batch)) return failure();
  int64_t offsets = shapeOf(adaptor.getOffsets()).back();
  if (offsets == 0)
    return emitOptionalError(loc, "csr_matmul: offsets (", textOf(adaptor.getOffsets()),
                             ") need one element more than there are rows");
  return productType(loc, *batch, offsets - 1, adaptor.getDense());
}

Sym CsrMatmulOp::adjoint(unsigned which, Ink &ink, Sym ct) {
  Sym columns = ink.sym(getColumns());
  Sym rows = csr_rows(ink.sym(getOffsets()), shapeOf(getValues()).back());
  if (which == 2) return sumTo(sampled_matmul(rows, columns, ct, ink.sym(getDense())), shapeOf(getValues()));
  Sym out = coo_matmul(columns, rows, ink.sym(getValues()), ct, ownShape(getDense(), 2)[0]);
  return sumTo(out, shapeOf(getDense()));
}

FailureOr<Syms> CsrMatmulOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchSparse(*this, ink, operands, mapped, extent, productRanks);
}

FailureOr<SmallVector<Value>> CsrMatmulOp::lower(Lowering &lowering, ValueRange operands) {
  if (tensorOf(getType()).getNumElements() == 0 || shapeOf(getValues()).back() == 0 ||
      tensorOf(getDense()).getNumElements() == 0)
    return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowerCsrMatmul(lowering, *this, operands)};
}

HostTensors CsrMatmulOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Sums sums(out);
  int64_t rows = in[0].shape().back() - 1, entries = in[2].shape().back();
  int64_t all = out.count() == 0 ? 0 : out.count() / out.shape().back();
  for (int64_t row = 0; row < all; ++row) {
    int64_t batch = row / rows, at = firstOf(in[0], rows + 1, batch) + row % rows;
    int64_t from = std::clamp<int64_t>(in[0].get<int64_t>(at), 0, entries);
    int64_t to = std::clamp<int64_t>(in[0].get<int64_t>(at + 1), 0, entries);
    for (int64_t p = from; p < to; ++p)
      addEntry(sums, in, batch, row, p);
  }
  sums.finish();
  return {out};
}

// ---- coo_matmul ----
FailureOr<RankedTensorType> CooMatmulOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto batch = checkProduct(loc, "coo_matmul", adaptor.getOperands());
  if (failed(batch)) return failure();
  auto size = static_cast<int64_t>(adaptor.getSize());
  if (size < 0 || size > maxElements)
    return emitOptionalError(loc, "coo_matmul: size is ", size, ", which is no number of rows");
  if (shapeOf(adaptor.getRows()).back() != shapeOf(adaptor.getValues()).back())
    return emitOptionalError(loc, "coo_matmul: ", textOf(adaptor.getRows()), " of rows and ",
                             textOf(adaptor.getValues()), " of values are not of one number of entries");
  return productType(loc, *batch, size, adaptor.getDense());
}

Sym CooMatmulOp::adjoint(unsigned which, Ink &ink, Sym ct) {
  Sym rows = ink.sym(getRows()), columns = ink.sym(getColumns());
  if (which == 2) return sumTo(sampled_matmul(rows, columns, ct, ink.sym(getDense())), shapeOf(getValues()));
  Sym out = coo_matmul(columns, rows, ink.sym(getValues()), ct, ownShape(getDense(), 2)[0]);
  return sumTo(out, shapeOf(getDense()));
}

FailureOr<Syms> CooMatmulOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchSparse(*this, ink, operands, mapped, extent, productRanks);
}

FailureOr<SmallVector<Value>> CooMatmulOp::lower(Lowering &lowering, ValueRange operands) {
  if (tensorOf(getType()).getNumElements() == 0 || shapeOf(getValues()).back() == 0 ||
      tensorOf(getDense()).getNumElements() == 0)
    return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowerCooMatmul(lowering, *this, operands)};
}

HostTensors CooMatmulOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Sums sums(out);
  auto rows = static_cast<int64_t>(getSize());
  int64_t entries = in[2].shape().back(), elements = rows * out.shape().back();
  for (int64_t batch = 0; batch * elements < out.count(); ++batch)
    for (int64_t p = 0; p < entries; ++p) {
      int64_t row = entryAt(in[0], firstOf(in[0], entries, batch) + p, rows);
      if (row >= 0) addEntry(sums, in, batch, batch * rows + row, p);
    }
  sums.finish();
  return {out};
}

namespace {
// coo_matmul with the rows of offsets is csr_matmul
struct ByRows : OpRewritePattern<CooMatmulOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(CooMatmulOp op, PatternRewriter &rewriter) const override {
    auto rows = op.getRows().getDefiningOp<CsrRowsOp>();
    if (!rows || shapeOf(rows.getOffsets()).back() != static_cast<int64_t>(op.getSize()) + 1)
      return failure();
    SmallVector<Value> operands = {rows.getOffsets(), op.getColumns(), op.getValues(), op.getDense()};
    auto batch = batchOf(std::nullopt, "", operands, productRanks);
    if (failed(batch) || batch->size() + 2 != static_cast<size_t>(tensorOf(op.getType()).getRank()))
      return failure();
    rewriter.replaceOpWithNewOp<CsrMatmulOp>(op, op.getType(), operands);
    return success();
  }
};
} // namespace

void CooMatmulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ByRows>(context);
}

// ---- sampled_matmul ----
FailureOr<RankedTensorType> SampledMatmulOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto batch = batchOf(loc, "sampled_matmul", adaptor.getOperands(), sampledRanks);
  if (failed(batch)) return failure();
  Value rows = adaptor.getRows(), columns = adaptor.getColumns(), x = adaptor.getX(), y = adaptor.getY();
  if (shapeOf(rows).back() != shapeOf(columns).back())
    return emitOptionalError(loc, "sampled_matmul: ", textOf(rows), " of rows and ", textOf(columns),
                             " of columns are not of one number of places");
  if (shapeOf(x).back() != shapeOf(y).back() || elementOf(x) != elementOf(y))
    return emitOptionalError(loc, "sampled_matmul: the last axes or the dtypes of ", textOf(x), " and ",
                             textOf(y), " differ");
  SmallVector<int64_t> shape(*batch);
  shape.push_back(shapeOf(rows).back());
  return checkedTensor(loc, shape, elementOf(x));
}

Sym SampledMatmulOp::adjoint(unsigned which, Ink &ink, Sym ct) {
  Sym rows = ink.sym(getRows()), columns = ink.sym(getColumns());
  if (which == 2)
    return sumTo(coo_matmul(rows, columns, ct, ink.sym(getY()), ownShape(getX(), 2)[0]), shapeOf(getX()));
  return sumTo(coo_matmul(columns, rows, ct, ink.sym(getX()), ownShape(getY(), 2)[0]), shapeOf(getY()));
}

FailureOr<Syms> SampledMatmulOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchSparse(*this, ink, operands, mapped, extent, sampledRanks);
}

FailureOr<SmallVector<Value>> SampledMatmulOp::lower(Lowering &lowering, ValueRange operands) {
  if (tensorOf(getType()).getNumElements() == 0 || tensorOf(getX()).getNumElements() == 0 ||
      tensorOf(getY()).getNumElements() == 0)
    return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowerSampledMatmul(lowering, *this, operands)};
}

HostTensors SampledMatmulOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  Sums sums(out);
  int64_t places = out.shape().back(), k = in[2].shape().back();
  int64_t n = in[2].shape()[in[2].rank() - 2], m = in[3].shape()[in[3].rank() - 2];
  for (int64_t at = 0; at < out.count(); ++at) {
    int64_t batch = at / places, p = at % places;
    int64_t row = entryAt(in[0], firstOf(in[0], places, batch) + p, n);
    int64_t column = entryAt(in[1], firstOf(in[1], places, batch) + p, m);
    for (int64_t j = 0; row >= 0 && column >= 0 && j < k; ++j)
      sums.add(at, in[2], firstOf(in[2], n * k, batch) + row * k + j, in[3],
               firstOf(in[3], m * k, batch) + column * k + j);
  }
  sums.finish();
  return {out};
}

} // namespace tgc::graph
