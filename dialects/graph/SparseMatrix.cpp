// Blocks of csr_rows and coo, and what all sparse ops share.
#include "dialects/graph/SparseMatrix.h"
#include "dialects/graph/Composite.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/SparseCode.h"

using namespace mlir;

namespace tgc::graph {

ArrayRef<int64_t> ownShape(Value operand, int64_t rank) { return shapeOf(operand).take_back(rank); }

static ArrayRef<int64_t> batchAxes(Value operand, int64_t rank) { return shapeOf(operand).drop_back(rank); }

FailureOr<SmallVector<int64_t>> batchOf(std::optional<Location> loc, llvm::StringRef name,
                                        ValueRange operands, ArrayRef<int64_t> ranks) {
  Value leader;
  int64_t most = 0;
  for (auto [operand, rank] : llvm::zip(operands, ranks)) {
    int64_t extra = tensorOf(operand).getRank() - rank;
    if (extra < 0)
      return emitOptionalError(loc, name, ": ", textOf(operand), " has fewer than ", rank,
                               rank == 1 ? " axis" : " axes");
    if (extra > most || !leader) leader = operand, most = extra;
  }
  SmallVector<int64_t> batch(shapeOf(leader).take_front(most));
  for (auto [operand, rank] : llvm::zip(operands, ranks)) {
    ArrayRef<int64_t> own = batchAxes(operand, rank);
    if (!own.empty() && own != ArrayRef<int64_t>(batch))
      return emitOptionalError(loc, name, ": the axes in front differ between ", textOf(operand), " and ",
                               textOf(leader), "; an operand has all of them or none");
  }
  return batch;
}

FailureOr<Syms> batchSparse(Operation *op, Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent,
                            ArrayRef<int64_t> ranks) {
  auto batch = batchOf(std::nullopt, "", op->getOperands(), ranks);
  Syms all;
  for (auto [k, rank] : llvm::enumerate(ranks)) {
    bool shared = batchAxes(op->getOperand(k), rank).empty();
    if (!mapped[k]) {
      all.push_back(shared ? operands[k] : withLeadingAxis(ink, operands[k], false, extent));
      continue;
    }
    if (!shared || batch->empty()) {
      all.push_back(operands[k]);
      continue;
    }
    // Of its own only: the axes that were there before come between.
    SmallVector<int64_t> narrow = {extent}, wide = {extent};
    narrow.append(batch->size(), 1);
    llvm::append_range(wide, *batch);
    for (auto *shape : {&narrow, &wide})
      llvm::append_range(*shape, ownShape(op->getOperand(k), rank));
    all.push_back(broadcast_to(reshape(operands[k], narrow), wide));
  }
  return Syms{sameOp(op, ink, all)};
}

// ---- csr_rows ----
FailureOr<RankedTensorType> CsrRowsOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto shape = shapeOf(adaptor.getOffsets());
  if (shape.empty() || shape.back() == 0)
    return emitOptionalError(loc, "csr_rows: offsets (", textOf(adaptor.getOffsets()),
                             ") need one element more than there are rows");
  auto size = static_cast<int64_t>(adaptor.getSize());
  if (size > maxElements)
    return emitOptionalError(loc, "limit: csr_rows: size is ", size, ", which is more than 2^48 elements");
  if (size < 0) return emitOptionalError(loc, "csr_rows: size is ", size, ", which is no number of elements");
  SmallVector<int64_t> out(shape.drop_back());
  out.push_back(size);
  return checkedTensor(loc, out, IntegerType::get(adaptor.getOffsets().getContext(), 64));
}
FailureOr<Syms> CsrRowsOp::tangent(Ink &ink, SymsRef) { return Syms{ink.zero(getType())}; }
FailureOr<Syms> CsrRowsOp::cotangent(Ink &ink, SymsRef, ArrayRef<bool>) {
  return Syms{ink.zero(getOffsets().getType())};
}
FailureOr<Syms> CsrRowsOp::batch(Ink &, SymsRef operands, ArrayRef<bool>, int64_t) {
  return Syms{csr_rows(operands[0], static_cast<int64_t>(getSize()))};
}
FailureOr<SmallVector<Value>> CsrRowsOp::lower(Lowering &lowering, ValueRange operands) {
  if (tensorOf(getType()).getNumElements() == 0) return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowerCsrRows(lowering, *this, operands)};
}

HostTensors CsrRowsOp::evaluate(HostTensorsRef in) {
  return {rowsOnHost(in[0], shapeOf(getResult()).back())};
}

HostTensor rowsOnHost(const HostTensor &offsets, int64_t size) {
  SmallVector<int64_t> shape(offsets.shape());
  shape.back() = size;
  HostTensor out(RankedTensorType::get(shape, IntegerType::get(offsets.element().getContext(), 64)));
  int64_t count = offsets.shape().back();
  for (int64_t at = 0; at < out.count(); ++at) {
    int64_t first = at / size * count, place = at % size;
    auto offset = [&](int64_t k) { return offsets.get<int64_t>(first + k); };
    int64_t found = 0;
    if (place % placesOfRowSearch == 0) {
      for (auto span = static_cast<int64_t>(llvm::bit_floor(static_cast<uint64_t>(count))); span > 0;
           span /= 2)
        if (found + span <= count && offset(found + span - 1) <= place) found += span;
    } else {
      found = out.get<int64_t>(at - 1) + 1;
    }
    while (found < count && offset(found) <= place)
      ++found;
    out.set(at, found - 1);
  }
  return out;
}

// ---- coo ----
FailureOr<RankedTensorType> CooOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  ArrayRef<int64_t> shape = adaptor.getShape();
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0)
    return emitOptionalError(loc, "coo: shape is two extents, not negative");
  auto batch = batchOf(loc, "coo", adaptor.getOperands(), {1, 1, 1});
  if (failed(batch)) return failure();
  for (Value other : {adaptor.getColumns(), adaptor.getValues()})
    if (shapeOf(other).back() != shapeOf(adaptor.getRows()).back())
      return emitOptionalError(loc, "coo: ", textOf(adaptor.getRows()), " of rows and ", textOf(other),
                               " are not of one number of entries");
  SmallVector<int64_t> out(*batch);
  llvm::append_range(out, shape);
  return checkedTensor(loc, out, elementOf(adaptor.getValues()));
}
Sym CooOp::adjoint(unsigned, Ink &ink, Sym ct) {
  Sym at = formulas::entriesAt(ink, ct, ink.sym(getRows()), ink.sym(getColumns()));
  return at ? sumTo(at, shapeOf(getValues())) : at;
}
FailureOr<Syms> CooOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t extent) {
  return batchSparse(*this, ink, operands, mapped, extent, {1, 1, 1});
}
FailureOr<SmallVector<Value>> CooOp::lower(Lowering &lowering, ValueRange operands) {
  if (tensorOf(getType()).getNumElements() == 0 || shapeOf(getRows()).back() == 0)
    return SmallVector<Value>{lowering.zeros(getType())};
  return SmallVector<Value>{lowerCoo(lowering, *this, operands)};
}

HostTensors CooOp::evaluate(HostTensorsRef in) {
  HostTensor out(tensorOf(getType()));
  int64_t n = getShape()[0], m = getShape()[1], entries = in[0].shape().back();
  if (out.count() == 0) return {out};
  std::vector<double> reals(out.count(), 0);
  std::vector<int64_t> integers(out.count(), 0);
  for (int64_t batch = 0; batch * n * m < out.count(); ++batch)
    for (int64_t p = 0; p < entries; ++p) {
      int64_t row = entryAt(in[0], firstOf(in[0], entries, batch) + p, n);
      int64_t column = entryAt(in[1], firstOf(in[1], entries, batch) + p, m);
      if (row < 0 || column < 0) continue;
      int64_t to = (batch * n + row) * m + column, from = firstOf(in[2], entries, batch) + p;
      if (in[2].isFloat())
        reals[to] += in[2].get<double>(from);
      else
        integers[to] = static_cast<int64_t>(static_cast<uint64_t>(integers[to]) + in[2].get<uint64_t>(from));
    }
  for (int64_t at = 0; at < out.count(); ++at) {
    if (out.isFloat())
      out.set(at, reals[at]);
    else
      out.set(at, integers[at]);
  }
  return {out};
}

} // namespace tgc::graph
