// CATALOGUE: formulas of other ops. Formulas longer than a line are functions in Composite.cpp (namespace formulas),
// references in Reference.cpp (namespace reference).

def Graph_EinsumOp : Composite<"einsum", (ins Variadic<Tensor>:$tensors, Text:$equation)> {
  let complex = "formula";
  let summary = "Einstein summation";
  let description = [{ NumPy's meaning: implicit and explicit output, ellipsis, repeated letters, broadcasting of
    extent 1, any Unicode letter. }];
  let group = "contraction";
  let source = "numpy";
  let types = Anything;
  let call = "einsum(equation: text, tensors: rest)";
  let formula = "formulas::einsum(ink, equation, tensors)";
  let value = "reference::einsum(equation, tensors)";
  let sample = "equation: \"ij,jk->ik\", tensors: [2x3, 3x4]";
}

// ---- contraction ----
def Graph_MatmulOp : Composite<"matmul", (ins Tensor:$a, Tensor:$b)> {
  let complex = "formula";
  let summary = "matrix product";
  let description = [{ The last two axes are matrices, the axes before them broadcast; an operand of one axis is a row on the left and a column on the
    right, and that axis is not in the result. On bool, or of ands. C1: no operand is a scalar. C2: the shared extents are equal. }];
  let group = "contraction";
  let types = Anything;
  let formula = "formulas::matmul(ink, a, b)";
  let value = "reference::matmul(a, b)";
  let sample = "a: 2x3, b: 3x4; a: 3, b: 3; a: 3, b: 2x3x4; a: 2x1x2x3, b: 5x3x4";
}
def Graph_TensordotOp : Composite<"tensordot", (ins Tensor:$a, Tensor:$b, Ints:$axes)> {
  let complex = "formula";
  let summary = "sum of products over pairs of axes";
  let description = [{ `axes` is a number n (the last n of a with the first n of b) or two lists [axes of a, axes of b]. }];
  let group = "contraction";
  let types = Anything;
  let call = "tensordot(a, b, axes: nested = 2)";
  let formula = "formulas::tensordot(ink, a, b, axes)";
  let value = "reference::tensordot(a, b, axes)";
  let sample = "a: 2x3x4, b: 4x3x5, axes: [[2, 1], [0, 1]]";
}
def Graph_VecdotOp : Composite<"vecdot", (ins Tensor:$a, Tensor:$b, Int:$axis)> {
  let complex = "complexes::vecdot(ink, a, b, axis)";
  let summary = "inner products along an axis";
  let description = [{ The other axes broadcast; a negative axis counts from each operand's end. The first operand is conjugated. }];
  let group = "contraction";
  let types = Anything;
  let call = "vecdot(a, b, axis: int = -1)";
  let formula = "formulas::vecdot(ink, a, b, axis)";
  let value = "reference::vecdot(a, b, axis)";
  let sample = "a: 2x3, b: 2x3; a: 2x3, b: 4x1x3";
}
def Graph_OuterOp : Composite<"outer", (ins Tensor:$a, Tensor:$b)> {
  let complex = "formula";
  let summary = "all products of two vectors";
  let description = [{ C1: both have one axis. }];
  let group = "contraction";
  let types = Anything;
  let formula = "formulas::outer(ink, a, b)";
  let value = "reference::outer(a, b)";
  let sample = "a: 3, b: 4";
}
def Graph_KronOp : Composite<"kron", (ins Tensor:$a, Tensor:$b)> {
  let complex = "formula";
  let summary = "Kronecker product";
  let description = [{ The operand with fewer axes gets axes of extent 1 in front. }];
  let group = "contraction";
  let source = "numpy";
  let types = Anything;
  let formula = "formulas::kron(ink, a, b)";
  let value = "reference::kron(a, b)";
  let sample = "a: 2x3, b: 3x2; a: 3, b: 2x2x2";
}
def Graph_DiagonalOp : Composite<"diagonal", (ins Tensor:$x, Int:$offset)> {
  let complex = "parts";
  let summary = "the diagonals of matrices";
  let description = [{ The matrices are the last two axes; a positive offset is above the main diagonal. C1: at least two axes. }];
  let group = "contraction";
  let types = Anything;
  let call = "diagonal(x, offset: int = 0)";
  let formula = "formulas::diagonal(ink, x, offset)";
  let value = "reference::diagonal(x, offset)";
  let sample = "x: 2x3x4, offset: 1; x: 3x4, offset: -1";
}
def Graph_TraceOp : Composite<"trace", (ins Tensor:$x, Int:$offset)> {
  let complex = "parts";
  let summary = "sums of the diagonals of matrices";
  let description = [{ The matrices are the last two axes. Integers and bool sum as in `sum`. C1: at least two axes. }];
  let group = "contraction";
  let types = Anything;
  let call = "trace(x, offset: int = 0)";
  let formula = "sum(formulas::diagonal(ink, x, offset), ::llvm::ArrayRef<int64_t>{std::max<int64_t>(x.rank() - 2, 0)})";
  let value = "reference::trace(x, offset)";
  let sample = "x: 2x3x4";
}
def Graph_DiagOp : Composite<"diag", (ins Tensor:$x, Int:$offset)> {
  let complex = "parts";
  let summary = "a matrix with a given diagonal, or the diagonal of a matrix";
  let description = [{ C1: one or two axes. }];
  let group = "contraction";
  let source = "numpy";
  let types = Anything;
  let call = "diag(x, offset as k: int = 0)";
  let formula = "formulas::diag(ink, x, offset)";
  let value = "reference::diag(x, offset)";
  let sample = "x: 3, k: 1; x: 3, k: -2; x: 3x4";
}
def Graph_BilinearOp : Composite<"bilinear", (ins Tensor:$a, Tensor:$b, Tensor:$weight, Optional<Tensor>:$bias)> {
  let complex = "formula";
  let summary = "a^T weight b for each of the weight's matrices, plus a bias";
  let description = [{ Extents: x1 (..., m), x2 (..., n), weight (o, m, n), bias (o); the result is (..., o). }];
  let group = "contraction";
  let source = "torch.nn.functional";
  let call = "bilinear(a as x1, b as x2, weight, bias = none)";
  let formula = "formulas::bilinear(ink, a, b, weight, bias)";
  let value = "reference::bilinear(a, b, weight, bias)";
  let sample = "x1: 5x2, x2: 5x3, weight: 4x2x3";
}

// ---- reductions ----
def Graph_MeanOp : Composite<"mean", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let complex = "parts";
  let summary = "arithmetic mean along axes";
  let description = [{ Of nothing: NaN. }];
  let group = "reductions";
  let call = "mean(x, axes as axis: axes = none, keepdims: flag = false)";
  let formula = "formulas::mean(ink, x, axes, keepdims)";
  let value = "reference::mean(x, axes, keepdims)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]";
}
def Graph_VarOp : Composite<"var", (ins Tensor:$x, Ints:$axes, Real:$correction, Flag:$keepdims)> {
  let complex = "var(x.re, axes, correction, keepdims) + var(x.im, axes, correction, keepdims)";
  let summary = "variance along axes";
  let description = [{ The mean of squares is over the number of elements less `correction`; where that is not positive the result is NaN or infinite. }];
  let group = "reductions";
  let call = "var(x, axes as axis: axes = none, correction: real = 0, keepdims: flag = false)";
  let formula = "formulas::var(ink, x, axes, correction, keepdims)";
  let value = "reference::var(x, axes, correction, keepdims)";
  let sample = "x: 2x3x4, axis: [1]; x: 2x3x4, axis: [0, 2], correction: 1, keepdims: true";
}
def Graph_StdOp : Composite<"std", (ins Tensor:$x, Ints:$axes, Real:$correction, Flag:$keepdims)> {
  let complex = "sqrt(var(x.re, axes, correction, keepdims) + var(x.im, axes, correction, keepdims))";
  let summary = "standard deviation along axes";
  let description = [{ The square root of `var`; where that is 0 the derivative is 0, as in torch. }];
  let group = "reductions";
  let call = "std(x, axes as axis: axes = none, correction: real = 0, keepdims: flag = false)";
  let formula = "formulas::deviation(ink, x, axes, correction, keepdims)";
  let value = "reference::deviation(x, axes, correction, keepdims)";
  let sample = "x: 2x3x4, axis: [1]";
}
def Graph_ArgmaxOp : Composite<"argmax", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let summary = "position of the largest element";
  let description = [{ i64; of equal ones the first; a NaN counts as largest. Over several axes (none: all) the position is row-major among them. }];
  let group = "reductions";
  let types = Anything;
  let call = "argmax(x, axes as axis: axes = none, keepdims: flag = false)";
  let noDerivative = "its result counts positions";
  let formula = "formulas::argument(ink, x, axes, keepdims, true)";
  let value = "reference::argument(x, axes, keepdims, true)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]";
}
def Graph_ArgminOp : Composite<"argmin", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let summary = "position of the smallest element";
  let description = [{ i64; of equal ones the first; a NaN counts as smallest. Over several axes (none: all) the position is row-major among them. }];
  let group = "reductions";
  let types = Anything;
  let call = "argmin(x, axes as axis: axes = none, keepdims: flag = false)";
  let noDerivative = "its result counts positions";
  let formula = "formulas::argument(ink, x, axes, keepdims, false)";
  let value = "reference::argument(x, axes, keepdims, false)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]";
}
def Graph_CountNonzeroOp : Composite<"count_nonzero", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let complex = "count_nonzero(complexes::isNonzero(x), axes, keepdims)";
  let summary = "how many elements along axes are not zero";
  let description = [{ i64. NaN is not zero. }];
  let group = "reductions";
  let types = Anything;
  let call = "count_nonzero(x, axes as axis: axes = none, keepdims: flag = false)";
  let noDerivative = "its result is a number of elements";
  let formula = "sum(astype(x, ink.builder.getI1Type()), axes, keepdims)";
  let value = "reference::countNonzero(x, axes, keepdims)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]";
}
def Graph_LogsumexpOp : Composite<"logsumexp", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let summary = "log of the sum of exponentials along axes";
  let description = [{ Does not overflow. Of nothing, or of -inf only: -inf. }];
  let group = "reductions";
  let source = "jax.nn";
  let call = "logsumexp(x, axes as axis: axes = none, keepdims: flag = false)";
  let formula = "formulas::logsumexp(ink, x, axes, keepdims)";
  let value = "reference::logsumexp(x, axes, keepdims)";
  let sample = "x: -3 .. 3; x: 2x3x4, axis: [1]";
}
def Graph_NormOp : Composite<"norm", (ins Tensor:$x, Real:$ord, Ints:$axes, Flag:$keepdims)> {
  let complex = "norm(complexes::size(x), ord, axes, keepdims)";
  let summary = "norm of vectors along axes";
  let description = [{ The p-norm of all elements along the axes taken as one vector: ord 0 counts, inf and -inf are the largest and the smallest
    absolute value, else sum(abs(x)**p)**(1/p). The derivative of the 2-norm at a zero vector is 0. }];
  let group = "reductions";
  let call = "norm(x, ord: real = 2, axes as axis: axes = none, keepdims: flag = false)";
  let formula = "formulas::norm(ink, x, ord, axes, keepdims)";
  let value = "reference::norm(x, ord, axes, keepdims)";
  let sample = "x: 2x3x4 in 0.5 .. 3, axis: [1]; x: 2x3 in 0.5 .. 3, ord: 1; x: 2x3 in 0.5 .. 3, ord: 3; x: 2x3 in 0.5 .. 3, ord: inf";
}

// ---- shape ----
def Graph_FlattenOp : Composite<"flatten", (ins Tensor:$x)> {
  let complex = "parts";
  let summary = "all elements in one axis, in row-major order";
  let group = "shape";
  let source = "numpy";
  let types = Anything;
  let formula = "reshape(x, {countOf(x.shape())})";
  let value = "reference::flatten(x)";
  let sample = "x: -3 .. 3";
}
def Graph_SwapaxesOp : Composite<"swapaxes", (ins Tensor:$x, Axis:$first, Axis:$second)> {
  let complex = "parts";
  let summary = "exchange two axes";
  let group = "shape";
  let source = "numpy";
  let types = Anything;
  let call = "swapaxes(x, first as axis1: axis, second as axis2: axis)";
  let formula = "formulas::swapaxes(x, first, second)";
  let value = "reference::swapaxes(x, first, second)";
  let sample = "x: 2x3x4, axis1: 0, axis2: 2";
}
def Graph_MoveaxisOp : Composite<"moveaxis", (ins Tensor:$x, Ints:$source, Ints:$destination)> {
  let complex = "parts";
  let summary = "move axes to other places";
  let description = [{ C1: as many destinations as sources, none twice. }];
  let group = "shape";
  let types = Anything;
  let call = "moveaxis(x, source: axis_list, destination: axis_list)";
  let formula = "formulas::moveaxis(ink, x, source, destination)";
  let value = "reference::moveaxis(x, source, destination)";
  let sample = "x: 2x3x4, source: [0], destination: [2]";
}
def Graph_ExpandDimsOp : Composite<"expand_dims", (ins Tensor:$x, Ints:$places)> {
  let complex = "parts";
  let summary = "insert axes of extent 1";
  let description = [{ The axes are those of the result; negative ones count from its end. }];
  let group = "shape";
  let types = Anything;
  let call = "expand_dims(x, places as axis: places = 0)";
  let formula = "formulas::expandDims(ink, x, places)";
  let value = "reference::expandDims(x, places)";
  let sample = "x: 2x3, axis: 1";
}
def Graph_SqueezeOp : Composite<"squeeze", (ins Tensor:$x, OptionalAttr<Ints>:$places)> {
  let complex = "parts";
  let summary = "remove axes of extent 1";
  let description = [{ None: all of them. C1: the axes named have extent 1. }];
  let group = "shape";
  let types = Anything;
  let call = "squeeze(x, places as axis: axis_list = none)";
  let formula = "formulas::squeeze(ink, x, places)";
  let value = "reference::squeeze(x, places)";
  let sample = "x: -3 .. 3; x: 2x1x3, axis: 1";
}
def Graph_TileOp : Composite<"tile", (ins Tensor:$x, Ints:$times)> {
  let complex = "parts";
  let summary = "copies of the whole tensor side by side";
  let description = [{ Fewer repetitions than axes: 1 in front; fewer axes than repetitions: axes of extent 1 in front. }];
  let group = "shape";
  let types = Anything;
  let call = "tile(x, times as repetitions: ints)";
  let formula = "formulas::tile(ink, x, times)";
  let value = "reference::tile(x, times)";
  let sample = "x: 2x3, repetitions: [2, 2]";
}
def Graph_RepeatOp : Composite<"repeat", (ins Tensor:$x, Int:$times, OptionalAttr<Ints>:$place)> {
  let complex = "parts";
  let summary = "each element several times in a row";
  let description = [{ None: of the flattened tensor. }];
  let group = "shape";
  let types = Anything;
  let call = "repeat(x, times as repeats: int, place as axis: axis_list = none)";
  let formula = "formulas::repeat(ink, x, times, place)";
  let value = "reference::repeat(x, times, place)";
  let sample = "x: 2x3, repeats: 2, axis: 1; x: 2x3, repeats: 2";
}
def Graph_StackOp : Composite<"stack", (ins Variadic<Tensor>:$tensors, Int:$place)> {
  let complex = "parts";
  let summary = "tensors of one shape along a new axis";
  let description = [{ C1: at least one tensor, all of one shape. }];
  let group = "shape";
  let types = Anything;
  let call = "stack(tensors, place as axis: int = 0)";
  let formula = "formulas::stack(ink, tensors, place)";
  let value = "reference::stack(tensors, place)";
  let sample = "tensors: [2x3, 2x3], axis: 1";
}
def Graph_SplitOp : Composite<"split", (ins Tensor:$x, Cuts:$cuts, Axis:$axis)> {
  let complex = "parts";
  let summary = "parts of a tensor along an axis";
  let description = [{ A number: that many equal parts. A list: the positions to cut at, as bounds of NumPy slices. C1: a number divides the extent. }];
  let group = "shape";
  let source = "numpy";
  let types = Anything;
  let call = "split(x, cuts as sections: cuts, axis: axis = 0)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::split(ink, x, cuts, axis)";
  let value = "reference::split(x, cuts, axis)";
  let sample = "x: 4x3, sections: 2; x: 6x2, sections: [1, -1]";
}
def Graph_UnstackOp : Composite<"unstack", (ins Tensor:$x, Axis:$axis)> {
  let complex = "parts";
  let summary = "the slices along an axis, without it";
  let description = [{ C1: the extent of the axis is at least 1. }];
  let group = "shape";
  let types = Anything;
  let call = "unstack(x, axis: axis = 0)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::unstack(ink, x, axis)";
  let value = "reference::unstack(x, axis)";
  let sample = "x: 3x2";
}
def Graph_RollOp : Composite<"roll", (ins Tensor:$x, Ints:$shift, OptionalAttr<Ints>:$places)> {
  let complex = "parts";
  let summary = "elements shifted along axes, those past the end at the start";
  let description = [{ None: of the flattened tensor. One shift serves all axes. C1: else as many shifts as axes. }];
  let group = "shape";
  let types = Anything;
  let call = "roll(x, shift: ints, places as axis: axis_list = none)";
  let formula = "formulas::roll(ink, x, shift, places)";
  let value = "reference::roll(x, shift, places)";
  let sample = "x: 3x4, shift: 1, axis: 1; x: 3x4, shift: -2; x: 3x4, shift: [1, 2], axis: [0, 1]";
}
def Graph_PadOp : Composite<"pad", (ins Tensor:$x, Ints:$widths, Text:$mode, Number:$fill)> {
  let complex = "formula";
  let summary = "more elements before and after each axis";
  let description = [{ A pair [before, after] for each axis, or one for all, or one number. mode: constant (`value`), edge (the nearest element), reflect (mirrored, the
    edge not repeated). C1: no width is negative. C2: edge needs an element to repeat, reflect two or a width of 0 (one element is repeated). }];
  let group = "shape";
  let source = "numpy";
  let types = Anything;
  let call = "pad(x, widths as pad_width: nested, mode: text = \"constant\", fill as value: number = 0)";
  let formula = "formulas::pad(ink, x, widths, mode, fill)";
  let value = "reference::pad(x, widths, mode, fill)";
  let sample = "x: 2x3, pad_width: [[1, 2], [0, 1]]; x: 2x3, pad_width: 1, value: 1; x: 2x3, pad_width: 2, mode: \"edge\"; x: 3x3, pad_width: [1, 3], mode: \"reflect\"";
}
def Graph_TrilOp : Composite<"tril", (ins Tensor:$x, Int:$offset)> {
  let complex = "parts";
  let summary = "lower triangles of matrices, zero elsewhere";
  let description = [{ The matrices are the last two axes; elements up to diagonal k are kept. C1: at least two axes. }];
  let group = "shape";
  let types = Anything;
  let call = "tril(x, offset as k: int = 0)";
  let formula = "formulas::triangle(ink, x, offset, true)";
  let value = "reference::triangle(x, offset, true)";
  let sample = "x: 3x4; x: 2x3x3, k: 1";
}
def Graph_TriuOp : Composite<"triu", (ins Tensor:$x, Int:$offset)> {
  let complex = "parts";
  let summary = "upper triangles of matrices, zero elsewhere";
  let description = [{ The matrices are the last two axes; elements from diagonal k on are kept. C1: at least two axes. }];
  let group = "shape";
  let types = Anything;
  let call = "triu(x, offset as k: int = 0)";
  let formula = "formulas::triangle(ink, x, offset, false)";
  let value = "reference::triangle(x, offset, false)";
  let sample = "x: 3x4; x: 2x3x3, k: -1";
}
def Graph_OneHotOp : Composite<"one_hot", (ins IntTensor:$x, Int:$classes, DTypeOf:$dtype, Int:$place)> {
  let complex = "parts";
  let summary = "1 at the place a number names along a new axis, 0 elsewhere";
  let description = [{ A number out of range gives zeros only. }];
  let group = "slicing, indexing";
  let source = "jax.nn";
  let types = Anything;
  let dtypes = "integers to all";
  let call = "one_hot(x, classes as num_classes: int, dtype: dtype = f64, place as axis: int = -1)";
  let noDerivative = "its operand counts positions";
  let formula = "formulas::oneHot(ink, x, classes, dtype, place)";
  let value = "reference::oneHot(x, classes, dtype, place)";
  let sample = "x: 3 in 0 .. 3, num_classes: 4";
}

// ---- creation ----
def Graph_ZerosOp : Composite<"zeros", (ins Ints:$shape, DTypeOf:$dtype)> {
  let complex = "parts";
  let summary = "all elements 0";
  let group = "creation";
  let types = Anything;
  let call = "zeros(shape: shape, dtype: dtype = f64)";
  let formula = "formulas::full(ink, shape, dtype, 0)";
  let value = "reference::full(shape, dtype, 0)";
  let sample = "shape: [2, 3]";
}
def Graph_OnesOp : Composite<"ones", (ins Ints:$shape, DTypeOf:$dtype)> {
  let complex = "parts";
  let summary = "all elements 1";
  let group = "creation";
  let types = Anything;
  let call = "ones(shape: shape, dtype: dtype = f64)";
  let formula = "formulas::full(ink, shape, dtype, 1)";
  let value = "reference::full(shape, dtype, 1)";
  let sample = "shape: [2, 3]";
}
def Graph_FullOp : Composite<"full", (ins Ints:$shape, Number:$fill, OptionalAttr<DTypeOf>:$dtype)> {
  let complex = "parts";
  let summary = "all elements one number";
  let description = [{ Without dtype a number gives f64, true and false bool. C1: the number fits the dtype. }];
  let group = "creation";
  let types = Anything;
  let call = "full(shape: shape, fill as fill_value: number, dtype: dtype = none)";
  let formula = "formulas::full(ink, shape, fill, dtype)";
  let value = "reference::full(shape, fill, dtype)";
  let sample = "shape: [2, 3], fill_value: 7; shape: [2], fill_value: 0.5; shape: [], fill_value: true";
}
def Graph_ZerosLikeOp : Composite<"zeros_like", (ins Tensor:$x, OptionalAttr<DTypeOf>:$dtype)> {
  let complex = "formula";
  let summary = "zeros of the shape and, without dtype, the dtype of x";
  let group = "creation";
  let types = Anything;
  let call = "zeros_like(x, dtype: dtype = none)";
  let noDerivative = "its result does not depend on the elements of x";
  let formula = "formulas::full(ink, x.shape(), dtype.value_or(x.element()), 0)";
  let value = "reference::full(x.shape(), dtype.value_or(x.element()), 0)";
  let sample = "x: -3 .. 3";
}
def Graph_OnesLikeOp : Composite<"ones_like", (ins Tensor:$x, OptionalAttr<DTypeOf>:$dtype)> {
  let complex = "formula";
  let summary = "ones of the shape and, without dtype, the dtype of x";
  let group = "creation";
  let types = Anything;
  let call = "ones_like(x, dtype: dtype = none)";
  let noDerivative = "its result does not depend on the elements of x";
  let formula = "formulas::full(ink, x.shape(), dtype.value_or(x.element()), 1)";
  let value = "reference::full(x.shape(), dtype.value_or(x.element()), 1)";
  let sample = "x: -3 .. 3";
}
def Graph_FullLikeOp : Composite<"full_like", (ins Tensor:$x, Number:$fill, OptionalAttr<DTypeOf>:$dtype)> {
  let complex = "formula";
  let summary = "one number in the shape and, without dtype, the dtype of x";
  let group = "creation";
  let types = Anything;
  let call = "full_like(x, fill as fill_value: number, dtype: dtype = none)";
  let noDerivative = "its result does not depend on the elements of x";
  let formula = "formulas::full(ink, x.shape(), fill, dtype.value_or(x.element()))";
  let value = "reference::full(x.shape(), fill, dtype.value_or(x.element()))";
  let sample = "x: 2x3, fill_value: 7";
}
def Graph_EyeOp : Composite<"eye", (ins Int:$rows, OptionalAttr<Int>:$columns, Int:$offset, DTypeOf:$dtype)> {
  let complex = "parts";
  let summary = "ones on a diagonal, zeros elsewhere";
  let group = "creation";
  let types = Anything;
  let call = "eye(rows as n_rows: int, columns as n_cols: optional_int = none, offset as k: int = 0, dtype: dtype = f64)";
  let formula = "formulas::eye(ink, rows, columns, offset, dtype)";
  let value = "reference::eye(rows, columns, offset, dtype)";
  let sample = "n_rows: 3; n_rows: 2, n_cols: 4, k: 1, dtype: i32";
}
def Graph_ArangeOp : Composite<"arange", (ins Number:$first, OptionalAttr<Number>:$last, Number:$step, OptionalAttr<DTypeOf>:$dtype)> {
  let summary = "numbers from start up to, not with, stop";
  let description = [{ One number is the stop. Of integers i64, else f64. C1: the step is not 0. }];
  let group = "creation";
  let types = Anything;
  let call = "arange(first as start: number, last as stop: number = none, step: number = 1, dtype: dtype = none)";
  let formula = "formulas::arange(ink, first, last, step, dtype)";
  let value = "reference::arange(first, last, step, dtype)";
  let sample = "start: 5; start: 5, stop: 1, step: -2; start: 0.5, stop: 2, step: 0.25, dtype: f32";
}
def Graph_LinspaceOp : Composite<"linspace", (ins Real:$first, Real:$last, Int:$count, Flag:$endpoint, DTypeOf:$dtype)> {
  let summary = "evenly spaced numbers between two";
  let description = [{ With `endpoint` the last is stop exactly. C1: a floating-point dtype. }];
  let group = "creation";
  let types = Anything;
  let call = "linspace(first as start: real, last as stop: real, count as num: int, endpoint: flag = true, dtype: dtype = f64)";
  let formula = "formulas::linspace(ink, first, last, count, endpoint, dtype)";
  let value = "reference::linspace(first, last, count, endpoint, dtype)";
  let sample = "start: 0, stop: 1, num: 5; start: 0, stop: 1, num: 4, endpoint: false, dtype: f32";
}

// ---- softmax family ----
def Graph_SoftmaxOp : Composite<"softmax", (ins Tensor:$x, Axis:$axis)> {
  let summary = "exponentials along an axis, scaled to the sum 1";
  let description = [{ Does not overflow; -inf gives 0; where all are -inf, NaN. }];
  let group = "softmax family";
  let source = "jax.nn";
  let call = "softmax(x, axis: axis = -1)";
  let formula = "formulas::softmax(ink, x, axis)";
  let value = "reference::softmax(x, axis)";
  let sample = "x: 3x4; x: 2x3x4, axis: 1; x: 5";
}
def Graph_LogSoftmaxOp : Composite<"log_softmax", (ins Tensor:$x, Axis:$axis)> {
  let summary = "logarithm of softmax";
  let description = [{ Does not overflow; -inf gives -inf; where all are -inf, NaN. }];
  let group = "softmax family";
  let source = "jax.nn";
  let call = "log_softmax(x, axis: axis = -1)";
  let formula = "formulas::logSoftmax(ink, x, axis)";
  let value = "reference::logSoftmax(x, axis)";
  let sample = "x: 3x4; x: 2x3x4, axis: 1; x: 5";
}
def Graph_LayerNormOp : Composite<"layer_norm", (ins Tensor:$x, Optional<Tensor>:$scale, Optional<Tensor>:$bias, Axis:$axis, Real:$eps), [AttrSizedOperandSegments]> {
  let summary = "(x - mean) / sqrt(var + eps) along an axis, then scale and bias";
  let description = [{ C1: scale and bias have the extent of the axis. }];
  let group = "softmax family";
  let source = "torch.nn.functional";
  let call = "layer_norm(x, scale = none, bias = none, axis: axis = -1, eps: real = 1e-5)";
  let formula = "formulas::layerNorm(ink, x, scale, bias, axis, eps)";
  let value = "reference::layerNorm(x, scale, bias, axis, eps)";
  let sample = "x: 3x4, scale: 4, bias: 4; x: 3x4, axis: 0; x: 3x4, bias: 4";
}
def Graph_RmsNormOp : Composite<"rms_norm", (ins Tensor:$x, Optional<Tensor>:$scale, Axis:$axis, Real:$eps)> {
  let summary = "x / sqrt(mean(x * x) + eps) along an axis, then scale";
  let description = [{ C1: scale has the extent of the axis. }];
  let group = "softmax family";
  let source = "torch.nn.functional";
  let call = "rms_norm(x, scale = none, axis: axis = -1, eps: real = 1e-6)";
  let formula = "formulas::rmsNorm(ink, x, scale, axis, eps)";
  let value = "reference::rmsNorm(x, scale, axis, eps)";
  let sample = "x: 3x4, scale: 4; x: 3x4, axis: 0";
}
def Graph_AttentionOp : Composite<"attention", (ins Tensor:$query, Tensor:$key, Tensor:$values, Optional<BoolTensor>:$mask, Optional<Tensor>:$bias, Flag:$causal, OptionalAttr<Real>:$scale), [AttrSizedOperandSegments]> {
  let summary = "softmax(query key^T * scale + bias) values";
  let description = [{ Extents (batch, heads, length, width); fewer heads of k and v serve groups of q's heads. scale: 1 / sqrt(width) if none. mask (true: seen)
    and bias broadcast to (batch, heads, length of q, length of k). causal: position i sees up to i. A row that sees nothing is NaN.
    C1: four axes each. C2: q's heads are a multiple of those of k and v. }];
  let group = "attention";
  let source = "torch.nn.functional";
  let call = "attention(query as q, key as k, values as v, mask = none, bias = none, causal: flag = false, scale: optional_real = none)";
  let formula = "formulas::attention(ink, query, key, values, mask, bias, causal, scale)";
  let value = "reference::attention(query, key, values, mask, bias, causal, scale)";
  let sample = "q: 2x4x3x5, k: 2x2x6x5, v: 2x2x6x7; q: 1x2x3x4, k: 1x2x3x4, v: 1x2x3x4, bias: 3x3, causal: true, scale: 0.5";
}

// ---- losses ----
def Graph_MseLossOp : Composite<"mse_loss", (ins Tensor:$prediction, Tensor:$target, Text:$reduction)> {
  let summary = "squared error";
  let description = [{ reduction: mean, sum or none. }];
  let group = "losses";
  let source = "torch.nn.functional";
  let call = "mse_loss(prediction as input, target, reduction: text = \"mean\")";
  let formula = "formulas::mseLoss(ink, prediction, target, reduction)";
  let value = "reference::mseLoss(prediction, target, reduction)";
  let sample = "input: 3x4, target: 3x4; input: 3x4, target: 3x4, reduction: \"none\"";
}
def Graph_HuberLossOp : Composite<"huber_loss", (ins Tensor:$prediction, Tensor:$target, Text:$reduction, Real:$delta)> {
  let summary = "squared error up to delta, linear beyond";
  let description = [{ d * d / 2 where abs(d) <= delta, else delta * (abs(d) - delta / 2). reduction: mean, sum or none. C1: delta > 0. }];
  let group = "losses";
  let source = "torch.nn.functional";
  let call = "huber_loss(prediction as input, target, reduction: text = \"mean\", delta: real = 1)";
  let formula = "formulas::huberLoss(ink, prediction, target, reduction, delta)";
  let value = "reference::huberLoss(prediction, target, reduction, delta)";
  let sample = "input: 3x4, target: 3x4";
}
def Graph_BinaryCrossEntropyOp : Composite<"binary_cross_entropy", (ins Tensor:$prediction, Tensor:$target, Text:$reduction)> {
  let summary = "cross entropy of probabilities of two classes";
  let description = [{ -(t log p + (1 - t) log(1 - p)); logarithms below -100 count as -100, as in torch. reduction: mean, sum or none. }];
  let group = "losses";
  let source = "torch.nn.functional";
  let call = "binary_cross_entropy(prediction as input, target, reduction: text = \"mean\")";
  let formula = "formulas::binaryCrossEntropy(ink, prediction, target, reduction)";
  let value = "reference::binaryCrossEntropy(prediction, target, reduction)";
  let sample = "input: 3x4 in 0.1 .. 0.9, target: 3x4 in 0 .. 1";
}
def Graph_CrossEntropyOp : Composite<"cross_entropy", (ins Tensor:$scores, FreeTensor:$target, Text:$reduction, Real:$smoothing)> {
  let summary = "cross entropy of scores with classes or probabilities";
  let description = [{ Classes are on axis 1 (axis 0 of a vector). An integer target names classes and lacks that axis (a number out of range is
    ignored, by the mean too); a floating-point one has the shape of the scores. mean is over the targets. reduction: mean, sum or none. }];
  let group = "losses";
  let source = "torch.nn.functional";
  let call = "cross_entropy(scores as input, target, reduction: text = \"mean\", smoothing as label_smoothing: real = 0)";
  let formula = "formulas::crossEntropy(ink, scores, target, reduction, smoothing)";
  let value = "reference::crossEntropy(scores, target, reduction, smoothing)";
  let sample = "input: 3x4, target: 3x4 in 0 .. 1; input: 3x4, target: i64 3 in 0 .. 3; input: 4, target: 4 in 0 .. 1, reduction: \"sum\", label_smoothing: 0.25";
}
def Graph_KlDivergenceOp : Composite<"kl_divergence", (ins Tensor:$prediction, Tensor:$target, Text:$reduction, Flag:$logs)> {
  let summary = "Kullback-Leibler divergence from log-probabilities";
  let description = [{ target * (log(target) - input), 0 where target is 0; log_target: the target is a logarithm. reduction: mean, sum, batchmean (the sum over
    the first extent) or none. }];
  let group = "losses";
  let source = "torch.nn.functional";
  let call = "kl_divergence(prediction as input, target, reduction: text = \"mean\", logs as log_target: flag = false)";
  let formula = "formulas::klDivergence(ink, prediction, target, reduction, logs)";
  let value = "reference::klDivergence(prediction, target, reduction, logs)";
  let sample = "input: 3x4, target: 3x4 in 0.1 .. 0.9; input: 3x4, target: 3x4, log_target: true, reduction: \"batchmean\"";
}
