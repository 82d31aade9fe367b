// CATALOGUE: no operands. Blocks in Leaf.cpp.

def Graph_ConstantOp : Leaf<"constant", (ins ElementsAttr:$value), [ConstantLike]> {
  let summary = "a tensor of given values";
  let group = "creation";
  let internal = 1;
  let sample = "value: 2x3; value: scalar";
  let hasFolder = 1;
}
def Graph_IotaOp : Leaf<"iota", (ins Ints:$shape, Axis:$axis, DTypeOf:$dtype)> {
  let summary = "the index along one axis";
  let group = "creation";
  let call = "iota(shape: shape, axis: int = 0, dtype: dtype = i64)";
  let source = "jax.lax";
  let sample = "shape: [2, 3], axis: 1; shape: [17], dtype: f32";
}
def Graph_DeltaOp : Leaf<"delta", (ins Int:$extent, DTypeOf:$dtype)> {
  let complex = "parts";
  let summary = "the unit matrix, kept symbolic so that contractions absorb it";
  let group = "creation";
  let internal = 1;
  let sample = "extent: 3, dtype: f64; extent: 5, dtype: i32; extent: 1, dtype: f32; extent: 0, dtype: f64";
}
