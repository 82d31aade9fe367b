// CATALOGUE: sparse matrices. One is three ordinary tensors with as many places as one likes (a stated maximum): by rows
// (CSR) the offsets of the rows (extent rows + 1, ascending, within the places), the columns and the values; by places
// (COO) rows, columns and values in any order, equal places added. An entry whose row or column is out of range, negative
// ones included, is not there: nothing is read or written for it. `csr` and `coo` are the matrix as an operand: a
// contraction (einsum, matmul, @, index notation) multiplies with its entries, any other op reads it as a dense tensor.
// Blocks in SparseMatrix.cpp and SparseProduct.cpp, their code in SparseCode.cpp, formulas in SparseForms.cpp, the way
// of contractions to these products in SparsePlan.cpp, references in SparseReference.cpp.

let group = "sparse matrices", source = "jax.experimental.sparse" in {

def Graph_CsrRowsOp : Custom<"csr_rows", (ins IntTensor:$offsets, Int:$size)> {
  let summary = "the row of each of `size` places of a matrix by rows";
  let description = [{ Of places before the first row -1, of those behind the last one the number of rows: entries there are not there. Axes of the
    offsets in front of the last are batches. Offsets that do not ascend give rows without meaning. C1: the offsets have an axis and an element.
    C2: size is not negative. }];
  let noDerivative = "its result counts positions";
  let call = "csr_rows(offsets, size: int)";
  let sample = "offsets: i64 4 in 0 .. 7 sorted, size: 7; offsets: i64 2x3 in 0 .. 9 sorted, size: 6; offsets: i64 1 in 0 .. 3 sorted, size: 5; offsets: i64 3, size: 0";
}
def Graph_CooOp : Linear<"coo", (ins IntTensor:$rows, IntTensor:$columns, Tensor:$values, Ints:$shape), [2]> {
  let summary = "the matrix of these extents with values added at places that rows and columns name";
  let description = [{ As an operand of contractions it stays sparse. Axes in front of the last are batches; each operand has all of them or none. Floats of 16 bits
    are added in f32. C1: as many rows as columns and values. C2: two extents, not negative. }];
  let call = "coo(rows, columns, values, shape: ints)";
  let sample = "rows: i64 7 in -1 .. 4, columns: i64 7 in -1 .. 3, values: 7, shape: [4, 3]; rows: i64 2x5 in 0 .. 2, columns: i64 5 in 0 .. 1, values: 5, shape: [3, 2]; rows: i32 5 in 0 .. 2, columns: u8 5 in 0 .. 1, values: 3x5, shape: [3, 2]; rows: i64 0, columns: i64 0, values: 0, shape: [2, 3]; rows: i64 2, columns: i64 2, values: 2, shape: [0, 3]";
}
def Graph_CsrOp : Composite<"csr", (ins IntTensor:$offsets, IntTensor:$columns, Tensor:$values, Ints:$shape)> {
  let summary = "the matrix of these extents, by rows: columns and values, and where each row begins among them";
  let description = [{ As an operand of contractions it stays sparse. Row i has the places from offsets[i] to offsets[i + 1]. Axes in front of the last are batches; each
    operand has all of them or none. C1: one offset more than rows. C2: as many columns as values. C3: two extents, not negative. }];
  let types = Anything;
  let call = "csr(offsets, columns, values, shape: ints)";
  let formula = "formulas::csr(ink, offsets, columns, values, shape)";
  let value = "reference::csr(offsets, columns, values, shape)";
  let sample = "offsets: i64 4 in 0 .. 7 sorted, columns: i64 7 in -1 .. 3, values: 7, shape: [3, 3]; offsets: i64 4 in 0 .. 5 sorted, columns: i64 2x5 in 0 .. 1, values: 5, shape: [3, 2]; offsets: i64 3 in 0 .. 9 sorted, columns: i64 0, values: 0, shape: [2, 3]; offsets: i64 1 in 0 .. 2 sorted, columns: i64 2, values: 2, shape: [0, 3]";
}
def Graph_CsrMatmulOp : Linear<"csr_matmul", (ins IntTensor:$offsets, IntTensor:$columns, Tensor:$values, Tensor:$dense), [2, 3], /*multilinear*/1> {
  let summary = "a matrix by rows times a dense one";
  let description = [{ What `csr(...) @ dense` becomes. The rows are shared out among threads. Axes in front are batches; each operand has all of them or none. Floats of
    16 bits are added in f32. C1: as many columns as values. C2: dense has two axes of its own and the values' dtype. }];
  let call = "csr_matmul(offsets, columns, values, dense)";
  let sample = "offsets: i64 4 in 0 .. 7 sorted, columns: i64 7 in -1 .. 5, values: 7, dense: 5x4; offsets: i64 3 in 0 .. 40 sorted, columns: i64 40 in 0 .. 6, values: 40, dense: 6x1; offsets: i64 4 in 0 .. 6 sorted, columns: i32 6 in 0 .. 1, values: 6, dense: 2x83; offsets: i64 2x3 in 0 .. 5 sorted, columns: i64 5 in 0 .. 2, values: 5, dense: 2x3x2; offsets: i64 3 in 0 .. 5 sorted, columns: i64 5 in 0 .. 2, values: 2x5, dense: 3x2; offsets: i64 3, columns: i64 0, values: 0, dense: 0x3; offsets: i64 1 in 0 .. 2 sorted, columns: i64 2, values: 2, dense: 3x2; offsets: i64 3 in 0 .. 2 sorted, columns: i64 2 in 0 .. 1, values: 2, dense: 2x0";
}
def Graph_CooMatmulOp : Linear<"coo_matmul", (ins IntTensor:$rows, IntTensor:$columns, Tensor:$values, Tensor:$dense, Int:$size), [2, 3], /*multilinear*/1> {
  let hasCanonicalizer = 1;
  let summary = "a matrix of `size` rows, by places, times a dense one";
  let description = [{ What `coo(...) @ dense` and the transpose of csr become. Entries are added in the order they stand, on any number of threads: threads share the
    columns of the result, so a narrow one is made by one. Batches and halves as for csr_matmul. C1: as many rows as columns and values.
    C2: dense has two axes of its own and the values' dtype. C3: size is not negative. }];
  let call = "coo_matmul(rows, columns, values, dense, size: int)";
  let sample = "rows: i64 7 in -1 .. 3, columns: i64 7 in -1 .. 5, values: 7, dense: 5x4, size: 3; rows: i64 9 in 0 .. 2, columns: i64 9 in 0 .. 5, values: 9, dense: 6x1, size: 3; rows: i64 6 in 0 .. 2, columns: u8 6 in 0 .. 1, values: 6, dense: 2x83, size: 4; rows: i64 2x5 in 0 .. 1, columns: i64 5 in 0 .. 2, values: 5, dense: 2x3x2, size: 2; rows: i64 0, columns: i64 0, values: 0, dense: 0x3, size: 2; rows: i64 2, columns: i64 2, values: 2, dense: 3x2, size: 0";
}
def Graph_SampledMatmulOp : Linear<"sampled_matmul", (ins IntTensor:$rows, IntTensor:$columns, Tensor:$x, Tensor:$y), [2, 3], /*multilinear*/1> {
  let summary = "the elements of x times the transpose of y at places that rows and columns name";
  let description = [{ The derivative of a sparse product by its values; the scores of attention on a graph. Zero for places that are not there. Batches as for csr_matmul.
    C1: as many rows as columns. C2: x and y have two axes of their own, the last of one extent, and one dtype. }];
  let source = "torch";
  let call = "sampled_matmul(rows, columns, x, y)";
  let sample = "rows: i64 7 in -1 .. 3, columns: i64 7 in -1 .. 5, x: 3x4, y: 5x4; rows: i64 4 in 0 .. 2, columns: i64 4 in 0 .. 1, x: 3x1, y: 2x1; rows: i64 4 in 0 .. 2, columns: u8 4 in 0 .. 1, x: 3x83, y: 2x83; rows: i64 3 in 0 .. 2, columns: i64 3 in 0 .. 1, x: 3x150, y: 2x150; rows: i64 2x5 in 0 .. 2, columns: i64 5 in 0 .. 2, x: 2x3x2, y: 3x2; rows: i64 0, columns: i64 0, x: 3x2, y: 0x2; rows: i64 3, columns: i64 3, x: 2x0, y: 2x0";
}

let types = Anything, results = (outs Variadic<Tensor>:$results_) in {

def Graph_ToCooOp : Composite<"to_coo", (ins Tensor:$x, Int:$size)> {
  let summary = "rows, columns and values of the elements of a matrix that are not zero, and their number";
  let description = [{ In row-major order, in vectors of `size`; what does not fit is left out. Places behind the last one have value 0 and the extents as row and column.
    C1: x is a matrix. C2: size is not negative. }];
  let call = "to_coo(x, size: int)";
  let formula = "formulas::toCoo(ink, x, size)";
  let value = "reference::toCoo(x, size)";
  let sample = "x: 3x4 in 1 .. 2, size: 14; x: 3x4 in 1 .. 2, size: 5; x: 2x0, size: 2";
}
def Graph_ToCsrOp : Composite<"to_csr", (ins Tensor:$x, Int:$size)> {
  let summary = "offsets, columns and values of the elements of a matrix that are not zero, and their number";
  let description = [{ As to_coo, by rows. C1: x is a matrix. C2: size is not negative. }];
  let call = "to_csr(x, size: int)";
  let formula = "formulas::toCsr(ink, x, size)";
  let value = "reference::toCsr(x, size)";
  let sample = "x: 3x4 in 1 .. 2, size: 14; x: 3x4 in 1 .. 2, size: 5; x: 0x2, size: 2";
}
def Graph_CooToCsrOp : Composite<"coo_to_csr", (ins IntTensor:$rows, IntTensor:$columns, Tensor:$values, Int:$size)> {
  let summary = "offsets, columns and values of a matrix of `size` rows that is given by places";
  let description = [{ Entries of a row keep their order; those without a row stand behind the last one. C1: vectors of one extent. C2: size is not negative. }];
  let call = "coo_to_csr(rows, columns, values, size: int)";
  let formula = "formulas::cooToCsr(ink, rows, columns, values, size)";
  let value = "reference::cooToCsr(rows, columns, values, size)";
  let sample = "rows: i64 7 in -1 .. 3, columns: i64 7 in -1 .. 5, values: 7, size: 3; rows: i64 0, columns: i64 0, values: 0, size: 2";
}
def Graph_CsrTransposeOp : Composite<"csr_transpose", (ins IntTensor:$offsets, IntTensor:$columns, Tensor:$values, Int:$size)> {
  let summary = "offsets, columns and values of the transpose of a matrix by rows that has `size` columns";
  let description = [{ Products with it are by rows, so that threads share them. C1: vectors, as many columns as values. C2: size is not negative. }];
  let call = "csr_transpose(offsets, columns, values, size: int)";
  let formula = "formulas::csrTranspose(ink, offsets, columns, values, size)";
  let value = "reference::csrTranspose(offsets, columns, values, size)";
  let sample = "offsets: i64 4 in 0 .. 7 sorted, columns: i64 7 in -1 .. 5, values: 7, size: 5; offsets: i64 3, columns: i64 0, values: 0, size: 2";
}

} // several results
} // sparse matrices
