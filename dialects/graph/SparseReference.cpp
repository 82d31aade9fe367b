// References of sparse matrices: plain loops.
#include "dialects/graph/SparseMatrix.h"
#include "dialects/graph/TensorReference.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::graph::reference {

static HostTensor wholeNumbers(const HostTensor &like, Ints shape) {
  return blank(shape, IntegerType::get(like.element().getContext(), 64));
}

HostTensor csr(const HostTensor &offsets, const HostTensor &columns, const HostTensor &values, Ints shape) {
  const HostTensor *leader = &values;
  for (const HostTensor *other : {&offsets, &columns})
    if (other->rank() > leader->rank()) leader = other;
  SmallVector<int64_t> extents(leader->shape().drop_back());
  int64_t batches = countOf(extents), n = shape[0], m = shape[1], entries = values.shape().back();
  llvm::append_range(extents, shape);
  HostTensor out = blank(extents, values.element());
  std::vector<double> reals(out.count(), 0);
  std::vector<uint64_t> integers(out.count(), 0);
  HostTensor rows = rowsOnHost(offsets, entries);
  for (int64_t at = 0; at < batches * entries && out.count() > 0; ++at) {
    int64_t batch = at / entries, p = at % entries;
    int64_t row = entryAt(rows, firstOf(rows, entries, batch) + p, n);
    int64_t column = entryAt(columns, firstOf(columns, entries, batch) + p, m);
    if (row < 0 || column < 0) continue;
    int64_t to = (batch * n + row) * m + column, from = firstOf(values, entries, batch) + p;
    if (out.isFloat())
      reals[to] += values.get<double>(from);
    else
      integers[to] += values.get<uint64_t>(from);
  }
  for (int64_t at = 0; at < out.count(); ++at) {
    if (out.isFloat())
      out.set(at, reals[at]);
    else
      out.set(at, static_cast<int64_t>(integers[at]));
  }
  return out;
}

HostTensors toCoo(const HostTensor &x, int64_t size) {
  HostTensor rows = wholeNumbers(x, {size}), columns = wholeNumbers(x, {size}), count = wholeNumbers(x, {});
  HostTensor values = blank({size}, x.element());
  int64_t found = 0;
  for (int64_t at = 0; at < x.count(); ++at) {
    if (!x.get<bool>(at)) continue;
    if (found < size) {
      rows.set(found, at / x.shape()[1]), columns.set(found, at % x.shape()[1]);
      values.copy(found, x, at);
    }
    ++found;
  }
  count.set(0, found);
  for (; found < size; ++found)
    rows.set(found, x.shape()[0]), columns.set(found, x.shape()[1]);
  return {rows, columns, values, count};
}

static HostTensor offsetsOf(const HostTensor &rows, int64_t size) {
  HostTensor out = wholeNumbers(rows, {size + 1});
  for (int64_t row = 0; row <= size; ++row) {
    int64_t before = 0;
    for (int64_t p = 0; p < rows.count(); ++p)
      before += rows.get<int64_t>(p) < row;
    out.set(row, before);
  }
  return out;
}

HostTensors toCsr(const HostTensor &x, int64_t size) {
  HostTensors parts = toCoo(x, size);
  return {offsetsOf(parts[0], x.shape()[0]), parts[1], parts[2], parts[3]};
}

HostTensors cooToCsr(const HostTensor &rows, const HostTensor &columns, const HostTensor &values,
                     int64_t size) {
  HostTensor sorted = wholeNumbers(rows, {rows.count()}), to = blank({rows.count()}, columns.element()),
             kept = blank({rows.count()}, values.element());
  int64_t next = 0;
  for (int64_t row = 0; row <= size; ++row)
    for (int64_t p = 0; p < rows.count(); ++p) {
      int64_t own = entryAt(rows, p, size);
      if ((own < 0 ? size : own) != row) continue;
      sorted.set(next, row), to.copy(next, columns, p), kept.copy(next, values, p);
      ++next;
    }
  return {offsetsOf(sorted, size), to, kept};
}

HostTensors csrTranspose(const HostTensor &offsets, const HostTensor &columns, const HostTensor &values,
                         int64_t size) {
  HostTensor rows = rowsOnHost(offsets, columns.count());
  return cooToCsr(columns, rows, values, size);
}

} // namespace tgc::graph::reference
