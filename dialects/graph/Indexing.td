// CATALOGUE: reads and writes at computed places. Blocks in Gather.cpp, Scatter.cpp and Window.cpp, formulas in
// Indexing.cpp, references in IndexReference.cpp.

let group = "slicing, indexing" in {

def Graph_GatherOp : Linear<"gather", (ins Tensor:$x, Variadic<IntTensor>:$indices, Ints:$axes, Int:$batch_axes, Int:$place, Text:$mode), [0]> {
  let complex = "parts";
  let relates = 1;
  let map = 1;
  let summary = "the elements of x at places that index tensors name, one tensor for each axis listed";
  let hides = 1;
  let description = [{ The index tensors have one shape. The first `batch` axes of x and of the indices go along with each other. The result has these,
    then the indices' other axes, then those of x that are not indexed; the first `place` of the last kind stand in front of the indices' axes.
    Negative indices count from the end; what is beyond is by `mode` the nearest element ("clamp"), zero ("fill") or the remainder ("wrap").
    C1: as many index tensors as axes, of one shape, each axis once and none of the batch. C2: the batch axes agree. C3: unless the mode is "fill", an
    indexed axis has an element where there are indices. }];
  let source = "jax.lax";
  let call = "gather(x, indices: tensors, axes: ints, batch_axes as batch: int = 0, place: int = 0, mode: text = \"clamp\")";
  let sample = "x: 4x3, indices: [2 in -5 .. 5], axes: [0]; x: 4x3, indices: [2x2 in -4 .. 3, 2x2 in 0 .. 2], axes: [0, 1]; x: 2x4x3, indices: [2x5 in -6 .. 6], axes: [1], batch: 1, mode: \"fill\"; x: 2x3x4x2, indices: [3 in -7 .. 7, 3 in 0 .. 1], axes: [2, 0], place: 1, mode: \"wrap\"";
}
def Graph_ScatterOp : Custom<"scatter", (ins Tensor:$x, Tensor:$updates, Variadic<IntTensor>:$indices, Ints:$axes, Int:$batch_axes, Int:$place, Text:$how, Text:$mode)> {
  let complex = "complexes::scatter(call, how)";
  let relates = 1;
  let summary = "x with updates set, added, multiplied, or taken the larger or smaller of, at places that index tensors name";
  let hides = 1;
  let description = [{ The places are those of `gather` with the same arguments, and the updates have the shape it gives. Updates of one place are applied in the
    row-major order of the indices, whatever the number of threads: of several set, the last stays. `how` is "set", "add", "multiply", "max" or "min". In mode
    "fill" an update beyond the axis is dropped. Floats of 16 bits are added and multiplied in f32 and rounded once. The derivative of equal extrema is shared
    equally; second derivatives of "multiply" are those at places with at most one factor that is zero.
    C1 to C3 as for gather. C4: the updates have the shape that gather would give. }];
  let source = "jax.lax";
  let call = "scatter(x, indices: tensors, updates, axes: ints, batch_axes as batch: int = 0, place: int = 0, how: text = \"set\", mode: text = \"clamp\")";
  let sample = "x: 4x3, indices: [2 in -5 .. 5], updates: 2x3, axes: [0]; x: 4x3, indices: [2x2 in -4 .. 3, 2x2 in 0 .. 2], updates: 2x2, axes: [0, 1], how: \"add\"; x: 2x4x3, indices: [2x5 in -6 .. 6], updates: 2x5x3, axes: [1], batch: 1, mode: \"fill\", how: \"add\"; x: 3 in 1 .. 2, indices: [5 in 0 .. 2], updates: 5 in 1 .. 2, axes: [0], how: \"multiply\"; x: 3x4 in 0 .. 1, indices: [5 in 0 .. 3], updates: 3x5, axes: [1], place: 1, how: \"max\"; x: 3 in -1 .. 0, indices: [2x2 in -7 .. 7], updates: 2x2, axes: [0], mode: \"wrap\", how: \"min\"";
}
def Graph_DynamicSliceOp : Linear<"dynamic_slice", (ins Tensor:$x, IntTensor:$starts, Ints:$sizes), [0]> {
  let complex = "parts";
  let map = 1;
  let summary = "a box of given extents that begins at computed places";
  let hides = 1;
  let description = [{ One start for each axis. Negative starts count from the end; a box that would leave x is moved inside. Axes of the starts in front of
    the last go along with the first axes of x. C1: a start and a size for each other axis. C2: the box fits. }];
  let source = "jax.lax";
  let call = "dynamic_slice(x, starts, sizes: ints)";
  let sample = "x: 5x4, starts: 2 in -2 .. 6, sizes: [2, 3]; x: 2x6, starts: 2x1 in 0 .. 5, sizes: [3]";
}
def Graph_DynamicUpdateSliceOp : Linear<"dynamic_update_slice", (ins Tensor:$x, Tensor:$update, IntTensor:$starts), [0, 1]> {
  let complex = "parts";
  let map = 1;
  let summary = "x with a box that begins at computed places replaced";
  let hides = 1;
  let description = [{ The box is the one `dynamic_slice` reads. C1: update has the rank of x and its dtype. C2: it fits. }];
  let source = "jax.lax";
  let call = "dynamic_update_slice(x, update, starts)";
  let sample = "x: 5x4, update: 2x3, starts: 2 in -2 .. 6; x: 2x6, update: 2x3, starts: 2x1 in 0 .. 5";
}

def Graph_TakeOp : Composite<"take", (ins Tensor:$x, IntTensor:$indices, Axis:$axis, Text:$mode)> {
  let complex = "parts";
  let summary = "the slices of x that indices name along an axis";
  let description = [{ The indices' axes stand where `axis` stood. Negative indices count from the end; beyond either end `mode` decides as for gather: the
    nearest element unless it is said otherwise. C1: the axis has an element, unless the result is empty. }];
  let types = Anything;
  let source = "array-api";
  let call = "take(x, indices, axis: axis, mode: text = \"clamp\")";
  let formula = "formulas::take(ink, x, indices, axis, mode)";
  let value = "reference::take(x, indices, axis, mode)";
  let sample = "x: 4x3, indices: 2 in -5 .. 5, axis: 0; x: 2x3x4, indices: 2x2 in 0 .. 2, axis: 1; x: 3, indices: scalar in 0 .. 2, axis: 0; x: 3x4, indices: 5 in -9 .. 9, axis: 1, mode: \"wrap\"";
}
def Graph_TakeAlongAxisOp : Composite<"take_along_axis", (ins Tensor:$x, IntTensor:$indices, Axis:$axis, Text:$mode)> {
  let complex = "parts";
  let summary = "for each index the element of its own row along an axis";
  let description = [{ The other axes broadcast. Indices as for take. C1: x and the indices have one rank. }];
  let types = Anything;
  let source = "array-api";
  let call = "take_along_axis(x, indices, axis: axis = -1, mode: text = \"clamp\")";
  let formula = "formulas::takeAlongAxis(ink, x, indices, axis, mode)";
  let value = "reference::takeAlongAxis(x, indices, axis, mode)";
  let sample = "x: 3x4, indices: 3x2 in -4 .. 3, axis: 1; x: 3x4x2, indices: 5x1x2 in 0 .. 2, axis: 0; x: 3, indices: 2 in -9 .. 9, mode: \"fill\"";
}
def Graph_PutAlongAxisOp : Composite<"put_along_axis", (ins Tensor:$x, IntTensor:$indices, Tensor:$values, Axis:$axis, Text:$how, Text:$mode)> {
  let complex = "formula";
  let summary = "x with values written, for each index, into its own row along an axis";
  let description = [{ The indices, and the values to their shape, broadcast against the other axes of x. Several values for one place: as for scatter, whose `how`
    and `mode` these are. C1: x and the indices have one rank. }];
  let types = Anything;
  let source = "numpy";
  let call = "put_along_axis(x, indices, values, axis: axis = -1, how: text = \"set\", mode: text = \"clamp\")";
  let formula = "formulas::putAlongAxis(ink, x, indices, values, axis, how, mode)";
  let value = "reference::putAlongAxis(x, indices, values, axis, how, mode)";
  let sample = "x: 3x4, indices: 3x2 in -4 .. 3, values: 3x2, axis: 1; x: 3x4, indices: 5x4 in 0 .. 2, values: scalar, axis: 0, how: \"add\"";
}
def Graph_IndexAddOp : Composite<"index_add", (ins Tensor:$x, IntTensor:$indices, Tensor:$values, Axis:$axis, Text:$mode)> {
  let complex = "parts";
  let summary = "x with slices added at the places that indices name along an axis";
  let description = [{ The values have the shape that take gives for these indices. Several for one place are all added, in order. }];
  let types = Anything;
  let source = "torch";
  let call = "index_add(x, indices, values, axis: axis, mode: text = \"clamp\")";
  let formula = "scatter(x, {indices}, values, {static_cast<int64_t>(axis)}, 0, axis, \"add\", mode)";
  let value = "reference::indexAdd(x, indices, values, axis, mode)";
  let sample = "x: 4x3, indices: 5 in -5 .. 5, values: 5x3, axis: 0; x: 2x3, indices: scalar in 0 .. 2, values: 2, axis: 1";
}

} // slicing, indexing

let group = "choice", types = Anything in {

def Graph_LengthMaskOp : Composite<"length_mask", (ins IntTensor:$lengths, Int:$size)> {
  let summary = "true at the first `length` places of a new last axis";
  let description = [{ For padded batches: one length for each row. }];
  let source = "jax.nn";
  let dtypes = "integers to bool";
  let call = "length_mask(lengths, size: int)";
  let noDerivative = "its result is bool";
  let formula = "formulas::lengthMask(ink, lengths, size)";
  let value = "reference::lengthMask(lengths, size)";
  let sample = "lengths: 4 in -1 .. 6, size: 5; lengths: scalar in 0 .. 3, size: 3";
}
def Graph_CausalMaskOp : Composite<"causal_mask", (ins Int:$rows, OptionalAttr<Int>:$columns, Int:$offset)> {
  let summary = "true where column <= row + offset";
  let description = [{ Columns are as many as rows where they are not given. }];
  let source = "jax.nn";
  let dtypes = "bool results";
  let call = "causal_mask(rows: int, columns: optional_int = none, offset: int = 0)";
  let noDerivative = "its result is bool";
  let formula = "formulas::causalMask(ink, rows, columns, offset)";
  let value = "reference::causalMask(getContext(), rows, columns, offset)";
  let sample = "rows: 3, columns: 5, offset: 1; rows: 4";
}

} // choice

def Graph_MeshgridOp : Composite<"meshgrid", (ins Variadic<Tensor>:$tensors, Text:$indexing)> {
  let complex = "parts";
  let summary = "the coordinates of a grid: each vector repeated along all other axes";
  let description = [{ One result for each vector. indexing: "xy" exchanges the first two axes, "ij" keeps their order. C1: vectors or scalars, at least one. }];
  let group = "shape";
  let types = Anything;
  let call = "meshgrid(tensors, indexing: text = \"xy\")";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::meshgrid(ink, tensors, indexing)";
  let value = "reference::meshgrid(tensors, indexing)";
  let sample = "tensors: [3, 2]; tensors: [3, 2, 4], indexing: \"ij\"";
}
