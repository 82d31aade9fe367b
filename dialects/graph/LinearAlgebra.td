// CATALOGUE: linear algebra on the last two axes; the axes in front are batches. Blocks in Factor.cpp, formulas in
// LinearAlgebra.cpp, references in LinearAlgebraReference.cpp. What has no answer (a matrix that is singular, or not
// positive definite) gives NaN: kernels cannot fail. Floats of 16 bits are computed in f32. `scale` says what rounding
// errors are relative to: with a condition number, or for determinants Hadamard's bound.

let group = "linear algebra", source = "array-api" in {

def Graph_CholeskyFactorOp : Custom<"cholesky_factor", (ins Tensor:$x)> {
  let summary = "the lower factor L of L L^T = x from the lower triangle of x";
  let description = [{ Derivatives: I. Murray, Differentiation of the Cholesky decomposition (2016). C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x4 in -1 .. 1 dominant";
  let scale = "reference::choleskyScale(x, true)";
}
def Graph_SolveTriangularOp : Custom<"solve_triangular", (ins Tensor:$a, Tensor:$b, Flag:$lower, Flag:$transposed, Flag:$unit)> {
  let summary = "x of a x = b with one triangle of a";
  let description = [{ `transposed` solves with the transpose of that triangle, `unit_diagonal` takes the diagonal as ones. b is matrices of as many columns as one likes.
    C1: square matrices of a floating-point dtype. C2: b has their rows, batches and dtype. }];
  let source = "jax.scipy.linalg";
  let call = "solve_triangular(a, b, lower: flag = false, transposed: flag = false, unit as unit_diagonal: flag = false)";
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3x2, lower: true; a: 2x3x3 in -1 .. 1 dominant, b: 2x3x1, transposed: true; a: 3x3, b: 3x2, unit_diagonal: true";
  let scale = "reference::triangularScale(a, b, lower, transposed, unit)";
}
def Graph_SolveMatrixOp : Custom<"solve_matrix", (ins Tensor:$a, Tensor:$b)> {
  let summary = "x of a x = b by elimination with row exchanges";
  let description = [{ C1: square matrices of a floating-point dtype. C2: b has their rows, batches and dtype. }];
  let internal = 1;
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3x2; a: 2x4x4, b: 2x4x3";
  let scale = "reference::solveScale(a, b)";
}
def Graph_DetOp : Custom<"det", (ins Tensor:$x)> {
  let summary = "determinant";
  let description = [{ By elimination with row exchanges; of 0 x 0, 1. The derivative is that of an invertible matrix. C1: square matrices of a floating-point dtype. }];
  let call = "det(x)";
  let sample = "x: 3x3; x: 2x2x2";
  let scale = "reference::detScale(x)";
}
def Graph_LogAbsDetOp : Custom<"log_abs_det", (ins Tensor:$x)> {
  let summary = "logarithm of the absolute value of the determinant";
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
  let summary = "the lower (or upper) triangular factor of a symmetric positive definite matrix";
  let description = [{ Of the symmetric part of x. Where that is not positive definite: NaN. C1: square matrices of a floating-point dtype. }];
  let call = "cholesky(x, upper: flag = false)";
  let formula = "formulas::cholesky(ink, x, upper)";
  let value = "reference::cholesky(x, upper)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x4x4 in -1 .. 1 dominant, upper: true";
  let scale = "reference::choleskyScale(x, false)";
}
def Graph_SolveOp : Composite<"solve", (ins Tensor:$a, Tensor:$b)> {
  let summary = "x of a x = b";
  let description = [{ b of one axis is a vector, else its last two axes are matrices; the axes in front broadcast. C1: square matrices of a floating-point dtype. C2: b has their rows. }];
  let call = "solve(a, b)";
  let formula = "formulas::solve(ink, a, b)";
  let value = "reference::solve(a, b)";
  let sample = "a: 3x3 in -1 .. 1 dominant, b: 3; a: 2x3x3, b: 3x4; a: 3x3, b: 2x3x2";
  let scale = "reference::solveScale(a, b)";
}
def Graph_InverseOp : Composite<"inverse", (ins Tensor:$x)> {
  let summary = "inverse matrix";
  let description = [{ C1: square matrices of a floating-point dtype. }];
  let call = "inverse(x)";
  let formula = "formulas::inverse(ink, x)";
  let value = "reference::inverse(x)";
  let sample = "x: 3x3 in -1 .. 1 dominant; x: 2x2x2";
  let scale = "reference::inverseScale(x, 1)";
}
def Graph_SlogdetOp : Composite<"slogdet", (ins Tensor:$x)> {
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
  let summary = "a square matrix multiplied with itself, or for a negative exponent its inverse";
  let description = [{ C1: square matrices. C2: a floating-point dtype where the exponent is negative. }];
  let call = "matrix_power(x, exponent as n: int)";
  let formula = "formulas::matrixPower(ink, x, exponent)";
  let value = "reference::matrixPower(x, exponent)";
  let sample = "x: 2x2, n: 3; x: 2x3x3, n: 0; x: 3x3 in -1 .. 1 dominant, n: -2";
  let scale = "reference::powerScale(x, exponent)";
}

} // linear algebra
