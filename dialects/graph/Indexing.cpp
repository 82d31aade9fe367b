// Formulas that read and write along an axis, masks, grids.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

static Sym broadcast(Sym x, Ints shape) { return !x || x.shape() == shape ? x : broadcast_to(x, shape); }

Sym take(Ink &ink, Sym x, Sym indices, int64_t axis, llvm::StringRef mode) {
  int64_t others = 1;
  for (int64_t k = 0; k < x.rank(); ++k)
    others *= k == axis ? 1 : x.extent(k);
  if (x.extent(axis) == 0 && others * countOf(indices.shape()) > 0 && mode != "fill")
    return refuse(ink, "take: axis " + Twine(axis) + " of " + textOf(x.value()) +
                           " has no element to take, but there are indices: " + textOf(indices.value()));
  return gather(x, {indices}, {axis}, 0, axis, mode);
}

namespace {
/// x and indices with `axis` last and all other axes broadcast against each other: those are batch axes.
struct Rows {
  Sym x, indices;
  int64_t batch = 0;
};
} // namespace

static std::optional<Rows> rowsAlong(Ink &ink, llvm::StringRef name, Sym x, Sym indices, int64_t axis) {
  if (x.rank() != indices.rank() || x.rank() == 0) {
    refuse(ink, name + ": " + textOf(x.value()) + " and indices (" + textOf(indices.value()) +
                    ") need one rank, which is at least 1");
    return std::nullopt;
  }
  int64_t last = x.rank() - 1;
  Rows rows{movedAxis(x, axis, last), movedAxis(indices, axis, last), last};
  SmallVector<int64_t> shape;
  for (int64_t k = 0; k < last; ++k) {
    int64_t a = rows.x.extent(k), b = rows.indices.extent(k);
    if (a != b && a != 1 && b != 1) {
      refuse(ink, name + ": " + textOf(x.value()) + " and indices (" + textOf(indices.value()) +
                      ") do not broadcast outside of axis " + Twine(axis));
      return std::nullopt;
    }
    shape.push_back(a == 1 ? b : a);
  }
  shape.push_back(rows.x.extent(last));
  rows.x = broadcast(rows.x, shape);
  shape.back() = rows.indices.extent(last);
  rows.indices = broadcast(rows.indices, shape);
  return rows;
}

Sym takeAlongAxis(Ink &ink, Sym x, Sym indices, int64_t axis, llvm::StringRef mode) {
  auto rows = rowsAlong(ink, "take_along_axis", x, indices, axis);
  if (!rows) return {};
  return movedAxis(gather(rows->x, {rows->indices}, {rows->batch}, rows->batch, 0, mode), rows->batch, axis);
}

Sym putAlongAxis(Ink &ink, Sym x, Sym indices, Sym values, int64_t axis, llvm::StringRef how,
                 llvm::StringRef mode) {
  auto rows = rowsAlong(ink, "put_along_axis", x, indices, axis);
  if (!rows) return {};
  if (rows->x.shape() != movedAxis(x, axis, rows->batch).shape())
    return refuse(ink, "put_along_axis: indices (" + textOf(indices.value()) + ") have an axis that " +
                           textOf(x.value()) + " has not");
  SmallVector<int64_t> shape(movedAxis(rows->indices, rows->batch, axis).shape());
  auto common = broadcastShape(ink, "put_along_axis", {values, ink.full(shape, values.element(), 0)});
  if (failed(common)) return {};
  if (ArrayRef<int64_t>(*common) != ArrayRef<int64_t>(shape))
    return refuse(ink, "put_along_axis: values (" + textOf(values.value()) +
                           ") do not broadcast to the indices (" + textOf(indices.value()) + ")");
  values = movedAxis(broadcast(values, shape), axis, rows->batch);
  Sym out = scatter(rows->x, {rows->indices}, values, {rows->batch}, rows->batch, 0, how, mode);
  return movedAxis(out, rows->batch, axis);
}

Sym lengthMask(Ink &ink, Sym lengths, int64_t size) {
  if (size < 0) return refuse(ink, "length_mask: size is " + Twine(size));
  SmallVector<int64_t> shape(lengths.shape()), flat(lengths.rank(), 1);
  shape.push_back(1), flat.push_back(size);
  Sym place = graph::iota(ink, flat, lengths.rank(), ink.builder.getI64Type());
  // Unsigned lengths beyond i64 are beyond any size, too.
  bool isUnsigned = kindOf(lengths.element()) == 'u';
  Sym most = isUnsigned ? callOne(ink, "minimum",
                                  {astype(lengths, typeNamed(ink.context(), "u64")),
                                   ink.full({}, typeNamed(ink.context(), "u64"), static_cast<double>(size))})
                        : lengths;
  return place < reshape(astype(most, ink.builder.getI64Type()), shape);
}

Sym causalMask(Ink &ink, int64_t rows, std::optional<int64_t> columns, int64_t offset) {
  if (rows < 0 || columns.value_or(0) < 0) return refuse(ink, "causal_mask: an extent is negative");
  SmallVector<int64_t> shape = {rows, columns.value_or(rows)};
  Type i64 = ink.builder.getI64Type();
  // An offset beyond both extents says no more than the extents do.
  int64_t most = shape[0] + shape[1];
  Sym shift = ink.full({}, i64, static_cast<double>(std::clamp(offset, -most, most)));
  return graph::iota(ink, shape, 1, i64) <= graph::iota(ink, shape, 0, i64) + shift;
}

Syms meshgrid(Ink &ink, const Syms &tensors, llvm::StringRef indexing) {
  bool exchanged = indexing == "xy" && tensors.size() > 1;
  if (indexing != "xy" && indexing != "ij")
    return refuse(ink, "meshgrid: indexing is \"xy\" or \"ij\", got \"" + indexing + "\"");
  if (tensors.empty()) return refuse(ink, "meshgrid: the list of tensors is empty");
  if (tensors.size() > static_cast<size_t>(maxRank))
    return refuse(ink, "meshgrid: " + Twine(tensors.size()) + " vectors, but a tensor has at most 8 axes");
  SmallVector<int64_t> shape;
  for (Sym vector : tensors) {
    if (vector.rank() > 1) return refuse(ink, "meshgrid takes vectors, got " + textOf(vector.value()));
    shape.push_back(countOf(vector.shape()));
  }
  if (exchanged) std::swap(shape[0], shape[1]);
  Syms out;
  for (auto [k, vector] : llvm::enumerate(tensors)) {
    size_t axis = exchanged && k < 2 ? 1 - k : k;
    SmallVector<int64_t> own(shape.size(), 1);
    own[axis] = shape[axis];
    out.push_back(broadcast(reshape(vector, own), shape));
  }
  return out;
}

} // namespace tgc::graph::formulas
