// Formulas of sparse matrices: the form by rows said by places, and conversions.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

// Places as i64; those that are not there as the extent, behind every other one.
static Sym within(Ink &ink, Sym places, int64_t extent) {
  Type i64 = ink.builder.getI64Type();
  Sym wide = places.element() == i64 ? places : astype(places, i64);
  Sym last = ink.full(wide.shape(), i64, static_cast<double>(extent));
  return where((wide < 0) | (wide >= last), last, wide);
}

Sym entriesAt(Ink &ink, Sym x, Sym rows, Sym columns) {
  int64_t batch = x.rank() - 2, own = rows.rank() - 1;
  Sym row = within(ink, rows, x.extent(batch)), column = within(ink, columns, x.extent(batch + 1));
  if (columns.rank() - 1 > own) own = columns.rank() - 1;
  for (Sym *place : {&row, &column})
    if (place->rank() - 1 < own) {
      SmallVector<int64_t> shape(columns.rank() - 1 == own ? columns.shape() : rows.shape());
      *place = broadcast_to(*place, shape);
    }
  // Indices of one's own batch go along with the batch axes; shared ones read every batch element alike.
  int64_t along = own == 0 ? 0 : batch;
  return gather(x, {row, column}, {batch, batch + 1}, along, own == 0 ? batch : 0, "fill");
}

Sym csr(Ink &ink, Sym offsets, Sym columns, Sym values, Ints shape) {
  if (shape.size() != 2 || shape[0] < 0 || shape[1] < 0)
    return refuse(ink, "csr: shape is two extents, not negative");
  if (offsets.rank() == 0 || offsets.shape().back() != shape[0] + 1)
    return refuse(ink, "csr: " + Twine(shape[0]) + " rows need " + Twine(shape[0] + 1) + " offsets, got " +
                           textOf(offsets.value()));
  if (columns.rank() == 0 || values.rank() == 0 || columns.shape().back() != values.shape().back())
    return refuse(ink, "csr: " + textOf(columns.value()) + " of columns and " + textOf(values.value()) +
                           " of values are not of one number of entries");
  Sym rows = csr_rows(offsets, values.shape().back());
  return rows ? coo(rows, columns, values, shape) : rows;
}

static bool isMatrix(Ink &ink, llvm::StringRef name, Sym x, int64_t size) {
  if (x.rank() != 2)
    refuse(ink, name + ": " + textOf(x.value()) + " is no matrix");
  else if (size > maxElements)
    refuse(ink, "limit: " + name + ": size is " + Twine(size) + ", which is more than 2^48 elements");
  else if (size < 0)
    refuse(ink, name + ": size is " + Twine(size) + ", which is no number of elements");
  return !ink.failed();
}

Syms toCoo(Ink &ink, Sym x, int64_t size) {
  if (!isMatrix(ink, "to_coo", x, size)) return {};
  Syms places = nonzero(ink, x, size, -1);
  if (places.size() != 3) return {};
  Sym rows = within(ink, places[0], x.extent(0)), columns = within(ink, places[1], x.extent(1));
  return {rows, columns, entriesAt(ink, x, rows, columns), places[2]};
}

// Where each of `count` rows begins in a list of rows in order, and where the last one ends.
static Sym offsetsOf(Ink &ink, Sym sortedRows, int64_t count) {
  return searchsorted(sortedRows, iota(ink, {count + 1}, 0, ink.builder.getI64Type()));
}

Syms toCsr(Ink &ink, Sym x, int64_t size) {
  if (!isMatrix(ink, "to_csr", x, size)) return {};
  Syms parts = toCoo(ink, x, size);
  if (parts.size() != 4) return {};
  return {offsetsOf(ink, parts[0], x.extent(0)), parts[1], parts[2], parts[3]};
}

static bool areEntries(Ink &ink, llvm::StringRef name, Sym first, Sym columns, Sym values, int64_t size) {
  if (first.rank() != 1 || columns.rank() != 1 || values.shape() != columns.shape())
    refuse(ink, name + ": " + textOf(columns.value()) + " of columns and " + textOf(values.value()) +
                    " of values have to be vectors of one extent");
  else if (size < 0 || size > maxElements)
    refuse(ink, name + ": size is " + Twine(size) + ", which is no extent");
  return !ink.failed();
}

static Syms sortedByRow(Ink &ink, Sym rows, Sym columns, Sym values, int64_t size) {
  Sym row = within(ink, rows, size), order = argsort(row, 0);
  auto moved = [&](Sym x) { return x.extent(0) == 0 ? x : graph::take(x, order, 0); };
  return {offsetsOf(ink, moved(row), size), moved(columns), moved(values)};
}

Syms cooToCsr(Ink &ink, Sym rows, Sym columns, Sym values, int64_t size) {
  if (!areEntries(ink, "coo_to_csr", rows, columns, values, size)) return {};
  if (rows.shape() != columns.shape())
    return refuse(ink, "coo_to_csr: " + textOf(rows.value()) + " of rows and " + textOf(columns.value()) +
                           " of columns are not of one number of entries");
  return sortedByRow(ink, rows, columns, values, size);
}

Syms csrTranspose(Ink &ink, Sym offsets, Sym columns, Sym values, int64_t size) {
  if (!areEntries(ink, "csr_transpose", offsets, columns, values, size)) return {};
  Sym rows = csr_rows(offsets, values.extent(0));
  return rows ? sortedByRow(ink, columns, rows, values, size) : Syms();
}

} // namespace tgc::graph::formulas
