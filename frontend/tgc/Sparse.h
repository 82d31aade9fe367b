// Sparse matrices: the tensors of one kept together, to be passed wherever a matrix is an operand of matmul
// or einsum. A product with one multiplies its entries only; its derivative by the values has their pattern,
// by the dense side it is dense. Any other operation reads the dense matrix.
//
//   Csr A{offsets, columns, values, {n, m}};
//   Expr y = relu(einsum("ij,jd,dk->ik", A, X, W)); // in the order with fewer multiplications
//
// An entry whose row or column is out of range is not there: places left over of a stated maximum.
#pragma once
#include "tgc/Ops.h"

namespace tgc {

namespace detail {
/// The operand that `kind` makes of places and values.
inline Expr sparseMatrix(const char *kind, Named places, const Expr &columns, const Expr &values,
                         const Ints &extents, Arg::Here here) {
  return apply(kind,
               {std::move(places),
                {"columns", Arg(columns, here)},
                {"values", Arg(values, here)},
                {"shape", Arg(extents, here)}},
               here);
}
} // namespace detail

/// By rows: row i has the columns and values from offsets[i] to offsets[i + 1]; offsets ascend and are one
/// more than the rows.
struct Csr {
  Expr offsets, columns, values;
  Ints extents; ///< rows and columns
  Arg::Here here = Arg::Here::current();

  /// The matrix as an operand.
  Expr matrix() const {
    return detail::sparseMatrix("csr", {"offsets", Arg(offsets, here)}, columns, values, extents, here);
  }
  operator Expr() const { return matrix(); }
  operator Arg() const { return Arg(matrix(), here); }
};

/// By places, in any order; values of one place are added.
struct Coo {
  Expr rows, columns, values;
  Ints extents;
  Arg::Here here = Arg::Here::current();

  Expr matrix() const {
    return detail::sparseMatrix("coo", {"rows", Arg(rows, here)}, columns, values, extents, here);
  }
  operator Expr() const { return matrix(); }
  operator Arg() const { return Arg(matrix(), here); }
};

namespace detail {
/// The tensors of a conversion; after an error all of them hold it.
inline Csr rowsOf(const std::vector<Expr> &parts, const Expr &from, Ints extents, Arg::Here here) {
  auto part = [&](std::size_t k) { return k < parts.size() ? parts[k] : Expr::of(from.trace, Expr::failed); };
  return {part(0), part(1), part(2), std::move(extents), here};
}
} // namespace detail

/// The elements of a matrix that are not zero, at most `most` of them, in row-major order; places behind the
/// last one are no entries. Cost: a pass over the matrix. Errors: Invalid if x is no matrix.
inline Csr toCsr(const Expr &x, std::int64_t most, Arg::Here here = Arg::Here::current()) {
  Result<Shape> shape = x.shape();
  Ints extents = shape && shape->rank() == 2 ? Ints{shape->extent(0), shape->extent(1)} : Ints{0, 0};
  return detail::rowsOf(to_csr(Arg(x, here), most), x, std::move(extents), here);
}

/// By rows, each in the order its entries stood. Cost: a stable sort of the entries by row.
inline Csr byRows(const Coo &x) {
  return detail::rowsOf(coo_to_csr(Arg(x.rows, x.here), Arg(x.columns, x.here), Arg(x.values, x.here),
                                   x.extents.empty() ? 0 : x.extents[0]),
                        x.rows, x.extents, x.here);
}

/// The transpose by rows, which threads share better than the product with a transposed operand. Cost: a
/// stable sort of the entries by column.
inline Csr transposed(const Csr &x) {
  Ints extents(x.extents.rbegin(), x.extents.rend());
  return detail::rowsOf(csr_transpose(Arg(x.offsets, x.here), Arg(x.columns, x.here), Arg(x.values, x.here),
                                      extents.empty() ? 0 : extents[0]),
                        x.offsets, std::move(extents), x.here);
}

} // namespace tgc
