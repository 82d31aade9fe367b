// CATALOGUE: linear in the operands listed. Blocks by family: Contract.cpp Reduce.cpp Reshape.cpp Slice.cpp Gather.cpp.

def Graph_ContractOp : Linear<"contract", (ins Variadic<Tensor>:$tensors, Text:$equation), /*linear in*/[0], /*multilinear*/1> {
  let summary = "sum of products over shared indices, in canonical form";
  let description = [{ `equation` is explicit, without ellipsis or broadcasting; an output index stands once.
    C1: every index has one extent. C2: every output index stands in an operand. }];
  let group = "contraction";
  let call = "contract(equation: text, tensors: rest)";
  let internal = 1;
  let sample = "equation: \"ij,jk->ik\", tensors: [2x3, 3x4]; equation: \"bi,bij,bj->b\", tensors: [2x3, 2x3x4, 2x4]";
}
def Graph_SumOp : Linear<"sum", (ins Tensor:$x, Ints:$axes, Flag:$keepdims), [0]> {
  let summary = "sum of the elements along axes";
  let description = [{ Sums of bool and of integers narrower than 64 bits give i64 (u64 for unsigned). }];
  let group = "reductions";
  let call = "sum(x, axes: axes = none, keepdims: flag = false)";
  let sample = "x: 2x3x4, axes: [1]";
}
def Graph_BroadcastToOp : Linear<"broadcast_to", (ins Tensor:$x, Ints:$shape), [0]> {
  let summary = "repeat along new leading axes and axes of extent 1";
  let group = "shape";
  let call = "broadcast_to(x, shape: shape)";
  let sample = "x: 3x1, shape: [2, 3, 4]";
}
def Graph_ReshapeOp : Linear<"reshape", (ins Tensor:$x, Ints:$shape), [0]> {
  let summary = "the same elements in row-major order under other extents";
  let description = [{ One extent may be -1 in the call: it is computed from the others. }];
  let group = "shape";
  let call = "reshape(x, shape: shape)";
  let sample = "x: 2x6, shape: [3, 4]";
}
def Graph_PermuteDimsOp : Linear<"permute_dims", (ins Tensor:$x, Ints:$axes), [0]> {
  let summary = "reorder the axes";
  let group = "shape";
  let call = "permute_dims(x, axes: ints)";
  let sample = "x: 2x3x4, axes: [2, 0, 1]";
}
