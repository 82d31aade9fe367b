// CATALOGUE: complex numbers. Three linear ops tie complex tensors to their parts, interleave is how memory holds
// those (blocks in ComplexParts.cpp);
// everything else on complex tensors is written on the parts by the call (`complex` of each row, ComplexCall.cpp).

let group = "complex numbers" in {

def Graph_JoinPartsOp : Linear<"join_parts", (ins Tensor:$re, Tensor:$im), [0, 1]> {
  let map = 1; let hasFolder = 1;
  let summary = "the complex tensor of two parts";
  let description = [{ The cotangent of the imaginary part is minus the imaginary part, JAX's convention. C1: f32 or f64, of one shape. }];
  let internal = 1;
  let sample = "none: its result is complex; tests/programs/complex.tg has it";
}
def Graph_RealPartOp : Linear<"real_part", (ins Tensor:$z), [0]> {
  let map = 1; let hasFolder = 1;
  let summary = "the real part of a complex tensor";
  let internal = 1;
  let sample = "none: it takes complex tensors only; tests/programs/complex.tg has it";
}
def Graph_ImagPartOp : Linear<"imag_part", (ins Tensor:$z), [0]> {
  let map = 1; let hasFolder = 1;
  let summary = "the imaginary part of a complex tensor";
  let internal = 1;
  let sample = "none: it takes complex tensors only; tests/programs/complex.tg has it";
}

def Graph_InterleaveOp : Linear<"interleave", (ins Tensor:$a, Tensor:$b), [0, 1]> {
  let summary = "the elements of two tensors in turn, along a new last axis";
  let description = [{ How memory holds complex tensors. C1: both have one shape and dtype. }];
  let internal = 1;
  let sample = "a: -3 .. 3, b: -3 .. 3";
}

def Graph_ComplexOp : Composite<"complex", (ins Tensor:$re, Tensor:$im)> {
  let summary = "re + 1j * im";
  let description = [{ f32 parts give c64, f64 parts c128. C1: parts are f32 or f64. }];
  let source = "jax.lax";
  let dtypes = "f64 to c128, f32 to c64";
  let broadcasts = 1;
  let formula = "formulas::complex(ink, re, im)";
  let value = "reference::complex(re, im)";
  let sample = "none: its result is complex; tests/programs/complex.tg has it";
}
def Graph_RealOp : Composite<"real", (ins Tensor:$x)> {
  let summary = "the real part; a real tensor itself";
  let types = Numbers;
  let formula = "positive(x)";
  let value = "reference::part(x, false)";
  let complex = "x.re";
  let sample = "x: -3 .. 3";
}
def Graph_ImagOp : Composite<"imag", (ins Tensor:$x)> {
  let summary = "the imaginary part; zeros of a real tensor";
  let types = Numbers;
  let formula = "ink.full(x.shape(), x.element(), 0)";
  let value = "reference::part(x, true)";
  let complex = "x.im";
  let sample = "x: -3 .. 3";
}
def Graph_ConjOp : Composite<"conj", (ins Tensor:$x)> {
  let summary = "the complex conjugate; a real tensor itself";
  let types = Numbers;
  let formula = "positive(x)";
  let value = "reference::part(x, false)";
  let complex = "complexes::conjugate(x)";
  let sample = "x: -3 .. 3";
}
def Graph_AngleOp : Composite<"angle", (ins Tensor:$x)> {
  let summary = "the angle to the positive real axis, in (-pi, pi]";
  let description = [{ Of a real number 0 or pi by its sign bit. }];
  let source = "numpy";
  let formula = "where(x != x, stop_gradient(x), where(signbit(x), ink.full(x.shape(), x.element(), 3.14159265358979323846), 0))";
  let value = "reference::angle(x)";
  let complex = "complexes::phase(x)";
  let sample = "x: -3 .. 3";
}

def Graph_ComplexDetPackedOp : Custom<"complex_det_packed", (ins Tensor:$x)> {
  let types = Floats;
  let summary = "the determinant, its direction and the logarithm of its size: 2, 2 and 1 numbers";
  let breaks = 1;
  let description = [{ The parts of matrices along the last axis. C1: square matrices of a floating-point dtype. }];
  let internal = 1;
  let sample = "x: 3x3x2; x: 2x2x2x2";
  let scale = "reference::complexScale(x, 0)";
}
def Graph_ComplexEighPackedOp : Custom<"complex_eigh_packed", (ins Tensor:$x)> {
  let types = Floats;
  let summary = "eigenvalues and vectors of the Hermitian part, one after the other";
  let breaks = 1;
  let description = [{ The parts of matrices along the last axis. Each vector's first large element (at least 0.9 of the largest) is positive. C1: square
    matrices of a floating-point dtype. }];
  let internal = 1;
  let sample = "x: 3x3x2; x: 2x2x2x2";
  let scale = "reference::complexScale(x, 1)";
}
def Graph_ComplexSvdPackedOp : Custom<"complex_svd_packed", (ins Tensor:$x)> {
  let types = Floats;
  let summary = "u, s and v^H of a matrix with no more columns than rows, one after the other";
  let breaks = 1;
  let description = [{ The parts of matrices along the last axis. The first large element of each row of v^H is positive. C1: matrices of a floating-point dtype
    with no more columns than rows. }];
  let internal = 1;
  let sample = "x: 3x2x2; x: 2x4x3x2";
  let scale = "reference::complexScale(x, 2)";
}

} // complex numbers
