// CATALOGUE: linear algebra on the last two axes; the axes in front are batches. Blocks in Factor.cpp, formulas in
// LinearAlgebra.cpp, references in LinearAlgebraReference.cpp. What has no answer (a matrix that is singular, or not
// positive definite) gives NaN: kernels cannot fail. Floats of 16 bits are computed in f32. `scale` says what rounding
// errors are relative to: with a condition number, or for determinants Hadamard's bound.

let group = "linear algebra", source = "array-api" in {

def Graph_CholeskyFactorOp : Custom<"cholesky_factor", (ins Tensor:$x)> {
  let summary = "the lower factor L of L L^T = x from the lower triangle of x";
  let breaks = 1;
  let description = [{ Derivatives: I. Murray, Differentiation of the Cholesky decomposition (2016). C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x4 in -1 .. 1 dominant";
  let scale = "reference::choleskyScale(x, true)";
}
def Graph_SolveTriangularOp : Custom<"solve_triangular", (ins Tensor:$a, Tensor:$b, Flag:$lower, Flag:$transposed, Flag:$unit)> {
  let types = Floats;
  let summary = "x of a x = b with one triangle of a";
  let breaks = 1;
  let description = [{ `transposed` solves with the transpose of that triangle, `unit_diagonal` takes the diagonal as ones. b is matrices of as many columns as one likes.
    C1: square matrices of a floating-point dtype. C2: b has their rows, batches and dtype. }];
  let source = "jax.scipy.linalg";
  let call = "solve_triangular(a, b, lower: flag = false, transposed: flag = false, unit as unit_diagonal: flag = false)";
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3x2, lower: true; a: 2x3x3 in -1 .. 1 dominant, b: 2x3x1, transposed: true; a: 3x3, b: 3x2, unit_diagonal: true";
  let scale = "reference::triangularScale(a, b, lower, transposed, unit)";
}
def Graph_SolveMatrixOp : Custom<"solve_matrix", (ins Tensor:$a, Tensor:$b)> {
  let summary = "x of a x = b by elimination with row exchanges";
  let breaks = 1;
  let description = [{ C1: square matrices of a floating-point dtype. C2: b has their rows, batches and dtype. }];
  let internal = 1;
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3x2; a: 2x4x4, b: 2x4x3";
  let scale = "reference::solveScale(a, b)";
}
def Graph_DetOp : Custom<"det", (ins Tensor:$x)> {
  let complex = "complexes::det(ink, x)";
  let types = Floats;
  let summary = "determinant";
  let description = [{ By elimination with row exchanges; of 0 x 0, 1. The derivative is that of an invertible matrix. C1: square matrices of a floating-point dtype. }];
  let call = "det(x)";
  let sample = "x: 3x3; x: 2x2x2";
  let scale = "reference::detScale(x)";
}
def Graph_LogAbsDetOp : Custom<"log_abs_det", (ins Tensor:$x)> {
  let summary = "logarithm of the absolute value of the determinant";
  let breaks = 1;
  let description = [{ C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let sample = "x: 3x3; x: 3x2x2 in -1 .. 1 dominant";
  let scale = "reference::logDetScale(x)";
}
def Graph_DetSignOp : Custom<"det_sign", (ins Tensor:$x)> {
  let summary = "sign of the determinant";
  let description = [{ Its derivative is zero. C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let noDerivative = "its result is a sign";
  let sample = "x: 3x3; x: 2x2x2";
  let scale = "reference::logDetScale(x)";
}

def Graph_CholeskyOp : Composite<"cholesky", (ins Tensor:$x, Flag:$upper)> {
  let complex = "complexes::cholesky(ink, x, upper)";
  let summary = "the lower (or upper) triangular factor of a symmetric positive definite matrix";
  let description = [{ Of the symmetric part of x. Where that is not positive definite: NaN. C1: square matrices of a floating-point dtype. }];
  let call = "cholesky(x, upper: flag = false)";
  let formula = "formulas::cholesky(ink, x, upper)";
  let value = "reference::cholesky(x, upper)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x4 in -1 .. 1 dominant, upper: true";
  let scale = "reference::choleskyScale(x, false)";
}
def Graph_SolveOp : Composite<"solve", (ins Tensor:$a, Tensor:$b)> {
  let complex = "complexes::solve(ink, a, b)";
  let summary = "x of a x = b";
  let description = [{ b of one axis is a vector, else its last two axes are matrices; the axes in front broadcast. C1: square matrices of a floating-point dtype. C2: b has their rows. }];
  let call = "solve(a, b)";
  let formula = "formulas::solve(ink, a, b)";
  let value = "reference::solve(a, b)";
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3; a: 2x3x3, b: 3x4; a: 3x3, b: 2x3x2";
  let scale = "reference::solveScale(a, b)";
}
def Graph_InverseOp : Composite<"inverse", (ins Tensor:$x)> {
  let complex = "complexes::inverse(ink, x)";
  let summary = "inverse matrix";
  let description = [{ C1: square matrices of a floating-point dtype. }];
  let call = "inverse(x)";
  let formula = "formulas::inverse(ink, x)";
  let value = "reference::inverse(x)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x2x2";
  let scale = "reference::inverseScale(x, 1)";
}
def Graph_SlogdetOp : Composite<"slogdet", (ins Tensor:$x)> {
  let complex = "complexes::slogdet(ink, x)";
  let summary = "sign of the determinant, and the logarithm of its absolute value";
  let description = [{ C1: square matrices of a floating-point dtype. }];
  let call = "slogdet(x)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "Syms{det_sign(x), log_abs_det(x)}";
  let value = "reference::slogdet(x)";
  let sample = "x: 3x3; x: 3x2x2 in -1 .. 1 dominant";
  let scale = "reference::logDetScale(x)";
}
def Graph_MatrixPowerOp : Composite<"matrix_power", (ins Tensor:$x, Int:$exponent)> {
  let complex = "formula";
  let summary = "a square matrix multiplied with itself, or for a negative exponent its inverse";
  let description = [{ C1: square matrices. C2: a floating-point dtype where the exponent is negative. }];
  let call = "matrix_power(x, exponent as n: int)";
  let formula = "formulas::matrixPower(ink, x, exponent)";
  let value = "reference::matrixPower(x, exponent)";
  let sample = "x: 2x2, n: 3; x: 2x3x3, n: 0; x: 3x3 in -1 .. 1 dominant, n: -2";
  let scale = "reference::powerScale(x, exponent)";
}

// ---- orthogonal factorisations: blocks in Decompose.cpp, references in DecompositionReference.cpp ----

def Graph_QrPackedOp : Custom<"qr_packed", (ins Tensor:$x)> {
  let summary = "q and r of a matrix with no more columns than rows, one after the other";
  let breaks = 1;
  let description = [{ C1: matrices of a floating-point dtype with no more columns than rows. }];
  let internal = 1;
  let scale = "reference::qrScale(x)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x3 in -1 .. 1 dominant";
}
def Graph_EighPackedOp : Custom<"eigh_packed", (ins Tensor:$x)> {
  let summary = "eigenvalues and vectors of the symmetric matrix with the lower triangle of x, one after the other";
  let breaks = 1;
  let description = [{ C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let scale = "reference::eighScale(x, true, true)";
  let sample = "x: 3x3; x: 2x4x4";
}
def Graph_SvdPackedOp : Custom<"svd_packed", (ins Tensor:$x)> {
  let summary = "u, s and v^T of a matrix with no more columns than rows, one after the other";
  let breaks = 1;
  let description = [{ C1: matrices of a floating-point dtype with no more columns than rows. }];
  let internal = 1;
  let scale = "reference::svdScale(x, true)";
  let sample = "x: 3x3; x: 2x4x3";
}

def Graph_QrOp : Composite<"qr", (ins Tensor:$x)> {
  let complex = "complexes::qr(ink, x)";
  let summary = "a matrix with orthonormal columns and an upper triangular one whose product is x";
  let description = [{ Reduced: q is m x k and r is k x n with k = min(m, n). The diagonal of r is not negative, which makes both unique where the first k columns of x are
    independent; derivatives need that. By Householder reflections. C1: matrices of a floating-point dtype. }];
  let call = "qr(x)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::qr(ink, x)";
  let value = "reference::qr(x)";
  let scale = "reference::qrScale(x)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x3 in -1 .. 1 dominant; x: 3x5 in -1 .. 1 dominant";
}
def Graph_EighOp : Composite<"eigh", (ins Tensor:$x)> {
  let complex = "complexes::eigh(ink, x)";
  let summary = "eigenvalues, ascending, and eigenvectors (columns) of a symmetric matrix";
  let description = [{ Of the symmetric part of x. Each vector's first large element (at least 0.9 of the largest) is positive. Derivatives leave out the turning of the
    vectors of equal eigenvalues into each other, which has none. By reflections to a tridiagonal matrix and QL steps.
    C1: square matrices of a floating-point dtype. }];
  let call = "eigh(x)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::eigh(ink, x)";
  let value = "reference::eigh(x, false)";
  let scale = "reference::eighScale(x, false, true)";
  let sample = "x: 3x3; x: 2x4x4";
}
def Graph_EigvalshOp : Composite<"eigvalsh", (ins Tensor:$x)> {
  let complex = "complexes::eigvalsh(ink, x)";
  let summary = "eigenvalues of a symmetric matrix, ascending";
  let description = [{ Of the symmetric part of x. C1: square matrices of a floating-point dtype. }];
  let call = "eigvalsh(x)";
  let formula = "formulas::eigh(ink, x).front()";
  let value = "reference::eigvalsh(x)";
  let scale = "reference::eighScale(x, false, false)";
  let sample = "x: 3x3; x: 2x4x4";
}
def Graph_SvdOp : Composite<"svd", (ins Tensor:$x)> {
  let complex = "complexes::svd(ink, x)";
  let summary = "u, singular values (descending) and v^T of a matrix";
  let description = [{ Reduced: u is m x k and v^T k x n with k = min(m, n). The first large element (at least 0.9 of the largest) of each row of v^T (of each column of u
    where x is wider than high) is positive. Derivatives of u and v^T leave out the turning of vectors of equal singular values into each other. By one-sided Jacobi
    rotations: small singular values are accurate, too; meant for matrices up to a few hundred rows. C1: matrices of a floating-point dtype. }];
  let call = "svd(x)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::svd(ink, x)";
  let value = "reference::svd(x)";
  let scale = "reference::svdScale(x, true)";
  let sample = "x: 3x3; x: 2x4x3; x: 2x5";
}
def Graph_SvdvalsOp : Composite<"svdvals", (ins Tensor:$x)> {
  let complex = "complexes::svdvals(ink, x)";
  let summary = "singular values of a matrix, descending";
  let description = [{ C1: matrices of a floating-point dtype. }];
  let call = "svdvals(x)";
  let formula = "formulas::svdvals(ink, x)";
  let value = "reference::svdvals(x)";
  let scale = "reference::svdScale(x, false)";
  let sample = "x: 3x3; x: 2x4x3; x: 2x5";
}
def Graph_MatrixNormOp : Composite<"matrix_norm", (ins Tensor:$x, Order:$ord, Flag:$keepdims)> {
  let complex = "formula";
  let summary = "norm of a matrix";
  let description = [{ ord: "fro" the root of the sum of squares, "nuc" the sum of the singular values, 2 and -2 the largest and the smallest of them, 1 and -1 the
    largest and the smallest sum of sizes of a column, inf and -inf of a row. C1: matrices of a floating-point dtype. C2: 1, -1, 2, -2, inf and -inf need a row and a column. }];
  let call = "matrix_norm(x, ord: order = \"fro\", keepdims: flag = false)";
  let formula = "formulas::matrixNorm(ink, x, ord, keepdims)";
  let value = "reference::matrixNorm(x, ord, keepdims)";
  let sample = "x: 3x4; x: 2x3x4, ord: \"nuc\"; x: 2x3x2, ord: 2, keepdims: true; x: 3x4, ord: -2; x: 3x4, ord: 1; x: 3x4, ord: inf; x: 2x3x4, ord: -1";
}

} // linear algebra
