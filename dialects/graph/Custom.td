// CATALOGUE: rules written by hand. Blocks in Extremum.cpp (max, min), Product.cpp (prod) Logic.cpp (any, all)
// and Bits.cpp (bitcast).

def Graph_MaxOp : Custom<"max", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let reduces = 1;
  let summary = "largest element along axes";
  let hides = 1;
  let description = [{ NaN passes on. Equal largest elements share the derivative equally.
    C1: there is an element to choose from, unless the result is empty. }];
  let group = "reductions";
  let call = "max(x, axes as axis: axes = none, keepdims: flag = false)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]; x: 2x3x4, axis: [0, 2], keepdims: true";
}
def Graph_MinOp : Custom<"min", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let reduces = 1;
  let summary = "smallest element along axes";
  let hides = 1;
  let description = [{ NaN passes on. Equal smallest elements share the derivative equally.
    C1: there is an element to choose from, unless the result is empty. }];
  let group = "reductions";
  let call = "min(x, axes as axis: axes = none, keepdims: flag = false)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]; x: 2x3x4, axis: [0, 2], keepdims: true";
}
def Graph_ProdOp : Custom<"prod", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let complex = "complexes::prod(x, axes, keepdims)";
  let reduces = 1;
  let summary = "product of the elements along axes";
  let description = [{ Products of bool and of integers narrower than 64 bits give i64 (u64 for unsigned); of nothing, 1.
    Derivatives of every order are exact where elements are zero. }];
  let group = "reductions";
  let call = "prod(x, axes as axis: axes = none, keepdims: flag = false)";
  let sample = "x: -1 .. 2; x: 2x3x4, axis: [1]; x: 2x3x5, axis: [0, 2], keepdims: true";
}
def Graph_AnyOp : Custom<"any", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let complex = "any(complexes::isNonzero(x), axes, keepdims)";
  let reduces = 1;
  let summary = "whether an element along axes is not zero";
  let description = [{ NaN is not zero. Of nothing: false. }];
  let group = "reductions";
  let call = "any(x, axes as axis: axes = none, keepdims: flag = false)";
  let noDerivative = "its result is bool";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]; x: 2x3x4 in 0 .. 1, axis: [0, 2], keepdims: true";
}
def Graph_AllOp : Custom<"all", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let complex = "all(complexes::isNonzero(x), axes, keepdims)";
  let reduces = 1;
  let summary = "whether no element along axes is zero";
  let description = [{ NaN is not zero. Of nothing: true. }];
  let group = "reductions";
  let call = "all(x, axes as axis: axes = none, keepdims: flag = false)";
  let noDerivative = "its result is bool";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]; x: 2x3x4 in 0 .. 1, axis: [0, 2], keepdims: true";
}

def Graph_BitcastOp : Custom<"bitcast", (ins Tensor:$x, DTypeOf:$dtype)> {
  let map = 1;
  let summary = "the bits of each element as a number of another dtype of as many bits";
  let indexable = 1;
  let description = [{ Every NaN is read as the positive quiet one without further bits: which one an operation gives is nobody's promise. C1: both dtypes have as many bits;
    none is bool. }];
  let group = "conversion";
  let source = "jax.lax";
  let dtypes = "all but bool";
  let call = "bitcast(x, dtype: dtype)";
  let noDerivative = "it reads bits";
  let sample = "x: f64 3x5, dtype: i64; x: i64 3x5 in any, dtype: f64; x: f32 3x5, dtype: u32; x: u32 7 in any, dtype: f32; x: bf16 7, dtype: i16; x: i16 7 in any, dtype: f16; x: i8 7 in any, dtype: u8";
}
