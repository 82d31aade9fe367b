// CATALOGUE: linear in the operands listed. Blocks by family: Contract.cpp Reduce.cpp Reshape.cpp Slice.cpp.

def Graph_ContractOp : Linear<"contract", (ins Variadic<Tensor>:$tensors, Text:$equation), /*linear in*/[0], /*multilinear*/1> {
  let complex = "complexes::contract(tensors, equation)";  let whole = 1;
  let relates = 1;
  let hasCanonicalizer = 1;
  let summary = "sum of products over shared indices, in canonical form";
  let description = [{ `equation` is explicit, without ellipsis or broadcasting; an output index stands once.
    C1: every index has one extent. C2: every output index stands in an operand. }];
  let group = "contraction";
  let call = "contract(equation: text, tensors: rest)";
  let internal = 1;
  let sample = "equation: \"ij,jk->ik\", tensors: [2x3, 3x4]; equation: \"bi,bij,bj->b\", tensors: [2x3, 2x3x4, 2x4]";
}
def Graph_SumOp : Linear<"sum", (ins Tensor:$x, Ints:$axes, Flag:$keepdims), [0]> {
  let complex = "parts";
  let reduces = 1; let hasCanonicalizer = 1;
  let summary = "sum of the elements along axes";
  let description = [{ Sums of bool and of integers narrower than 64 bits give i64 (u64 for unsigned). }];
  let group = "reductions";
  let call = "sum(x, axes as axis: axes = none, keepdims: flag = false)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]; x: 2x3x4, axis: [0, 2], keepdims: true";
}
def Graph_BroadcastToOp : Linear<"broadcast_to", (ins Tensor:$x, Ints:$shape), [0]> {
  let complex = "parts";
  let view = 1; let map = 1; let hasCanonicalizer = 1;
  let summary = "repeat along new leading axes and axes of extent 1";
  let group = "shape";
  let call = "broadcast_to(x, shape: shape)";
  let sample = "x: 3x1, shape: [2, 3, 4]; x: scalar, shape: [2, 3]; x: 2x3, shape: [2, 3]";
}
def Graph_ReshapeOp : Linear<"reshape", (ins Tensor:$x, Ints:$shape), [0]> {
  let complex = "parts";
  let view = 1; let renames = 1; let map = 1; let hasCanonicalizer = 1;
  let summary = "the same elements in row-major order under other extents";
  let description = [{ One extent may be -1 in the call: it is computed from the others. }];
  let group = "shape";
  let call = "reshape(x, shape: shape)";
  let sample = "x: 2x6, shape: [3, 4]; x: 2x3x4, shape: [6, -1]; x: 1x1, shape: []; x: 4x9, shape: [6, 6]";
}
def Graph_PermuteDimsOp : Linear<"permute_dims", (ins Tensor:$x, Ints:$axes), [0]> {
  let complex = "parts";
  let view = 1; let map = 1; let hasCanonicalizer = 1;
  let summary = "reorder the axes";
  let group = "shape";
  let call = "permute_dims(x, axes: axis_list)";
  let sample = "x: 2x3x4, axes: [2, 0, 1]";
}
def Graph_FlipOp : Linear<"flip", (ins Tensor:$x, Ints:$axes), [0]> {
  let complex = "parts";
  let view = 1; let map = 1;
  let summary = "reverse the order of the elements along axes";
  let group = "shape";
  let call = "flip(x, axes as axis: axes = none)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [0, 2]";
}
def Graph_ConcatOp : Linear<"concat", (ins Variadic<Tensor>:$tensors, Axis:$axis), [0]> {
  let complex = "parts";
  let relates = 1;
  let map = 1;
  let summary = "tensors one after the other along an axis";
  let description = [{ C1: all other extents are equal. C2: at least one tensor. }];
  let group = "shape";
  let call = "concat(tensors, axis: axis = 0)";
  let sample = "tensors: [2x3, 2x1], axis: 1; tensors: [2x3, 0x3, 1x3], axis: 0";
}
def Graph_SliceOp : Linear<"slice", (ins Tensor:$x, Ints:$starts, Ints:$stops, Ints:$strides), [0]> {
  let complex = "parts";
  let view = 1; let map = 1;
  let summary = "the elements start, start + stride, ... before stop, along every axis";
  let hides = 1;
  let description = [{ One entry for each axis; no strides means 1 everywhere.
    C1: 0 <= start <= stop <= extent. C2: stride >= 1; `flip` reverses. }];
  let group = "slicing, indexing";
  let source = "jax.lax";
  let call = "slice(x, starts: ints, stops: ints, strides: ints = [])";
  let sample = "x: 5x6, starts: [1, 0], stops: [4, 6], strides: [1, 2]; x: 7, starts: [1], stops: [7], strides: [3]";
}
def Graph_PadZeroOp : Linear<"pad_zero", (ins Tensor:$x, Ints:$low, Ints:$high, Ints:$interior), [0]> {
  let complex = "parts";
  let relates = 1;
  let map = 1;
  let summary = "zeros before, after and between the elements along every axis";
  let description = [{ The adjoint of slice. C1: no entry is negative. }];
  let group = "shape";
  let source = "jax.lax";
  let internal = 1;
  let sample = "x: 2x3, low: [1, 0], high: [0, 2], interior: [0, 1]; x: 3, low: [1], high: [0], interior: [2]";
}
