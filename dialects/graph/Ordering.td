// CATALOGUE: order. Blocks in Order.cpp, formulas in Ordering.cpp, references in IndexReference.cpp. NaN is ordered
// after every number, and both zeros are equal.

let group = "ordering" in {

def Graph_ArgsortOp : Custom<"argsort", (ins Tensor:$x, Axis:$axis, Flag:$descending)> {
  let summary = "the positions of the elements in order along an axis";
  let description = [{ Always stable: equal elements keep their order, descending too. NaN comes last, descending first. }];
  let call = "argsort(x, axis: axis = -1, descending: flag = false)";
  let noDerivative = "its result counts positions";
  let sample = "x: 7; x: 5x4 in -2 .. 2, axis: 0; x: 2x3x4, axis: 1, descending: true; x: 130 in -4 .. 4";
}
def Graph_TopPlacesOp : Custom<"top_places", (ins Tensor:$x, Int:$count, Axis:$axis, Flag:$descending)> {
  let summary = "the first `count` positions of argsort";
  let description = [{ Found without sorting the rest: O(n) for counts that are small beside n. C1: 0 <= count <= the extent of the axis. }];
  let internal = 1;
  let call = "top_places(x, count: int, axis: axis = -1, descending: flag = false)";
  let noDerivative = "its result counts positions";
  let sample = "x: 7, count: 3; x: 5x4 in -2 .. 2, count: 4, axis: 0; x: 2x3x4, count: 1, axis: 1, descending: true; x: 1300 in -40 .. 40, count: 9; x: 1300 in -40 .. 40, count: 600, descending: true; x: 5, count: 0";
}
def Graph_SearchsortedOp : Custom<"searchsorted", (ins Tensor:$sorted, Tensor:$x, Text:$side)> {
  let map = 1;
  let summary = "the position in a sorted row at which x keeps it sorted";
  let description = [{ The number of elements less than x ("left") or not greater than it ("right"). Axes of `x1` in front of the last go along with the first axes of
    `x2`. C1: they agree. C2: the rows are sorted, else any position may come out. }];
  let call = "searchsorted(sorted as x1, x as x2, side: text = \"left\")";
  let noDerivative = "its result counts positions";
  let sample = "x1: 1, x2: 4; x1: 2x1, x2: 2x3, side: \"right\"; x1: 0, x2: 3";
}
def Graph_SortOp : Composite<"sort", (ins Tensor:$x, Axis:$axis, Flag:$descending)> {
  let summary = "the elements in order along an axis";
  let description = [{ The order is that of argsort. Derivatives go with the elements. }];
  let types = Anything;
  let call = "sort(x, axis: axis = -1, descending: flag = false)";
  let formula = "formulas::sort(ink, x, axis, descending)";
  let value = "reference::sort(x, axis, descending)";
  let sample = "x: 7; x: 5x4 in -2 .. 2, axis: 0; x: 2x3x4, axis: 1, descending: true";
}
def Graph_TopkOp : Composite<"topk", (ins Tensor:$x, Int:$count, Axis:$axis, Flag:$largest)> {
  let summary = "the k largest (or smallest) elements along an axis, in order, and their positions";
  let description = [{ Of equal elements the first one comes first. C1: 0 <= k <= the extent of the axis. }];
  let types = Anything;
  let source = "jax.lax";
  let call = "topk(x, count as k: int, axis: axis = -1, largest: flag = true)";
  let results = (outs Variadic<Tensor>:$results_);
  let formula = "formulas::topk(ink, x, count, axis, largest)";
  let value = "reference::topk(x, count, axis, largest)";
  let sample = "x: 7, k: 3; x: 5x4, k: 2, axis: 0, largest: false";
}
def Graph_QuantileOp : Composite<"quantile", (ins Tensor:$x, FreeTensor:$q, Ints:$axes, Text:$method, Flag:$keepdims)> {
  let summary = "the value below which a given part of the elements lies";
  let description = [{ `q` is between 0 and 1; its axes come first in the result. Between two elements `method` decides, as in NumPy: linear, lower, higher, nearest,
    midpoint, inverted_cdf, averaged_inverted_cdf, closest_observation, interpolated_inverted_cdf, hazen, weibull, median_unbiased, normal_unbiased.
    Beyond 0 and 1 it is the first and the last element. NaN where a row holds one, or q is one. C1: a row has an element. }];
  let source = "numpy";
  let call = "quantile(x, q, axes as axis: axes = none, method: text = \"linear\", keepdims: flag = false)";
  let formula = "formulas::quantile(ink, x, q, axes, method, keepdims)";
  let value = "reference::quantile(x, q, axes, method, keepdims)";
  let sample = "x: 7, q: f64 scalar in 0.1 .. 0.9; x: 5x4, q: f64 3 in 0.05 .. 0.95, axis: [0], keepdims: true; x: 6x2, q: f64 2 in 0 .. 1, axis: [0], method: \"hazen\"; x: 6, q: f64 scalar in 0.3 .. 0.4, method: \"median_unbiased\"";
}
def Graph_MedianOp : Composite<"median", (ins Tensor:$x, Ints:$axes, Flag:$keepdims)> {
  let summary = "the middle element, or the mean of the two";
  let description = [{ NaN where a row holds one. C1: a row has an element. }];
  let source = "numpy";
  let call = "median(x, axes as axis: axes = none, keepdims: flag = false)";
  let formula = "formulas::median(ink, x, axes, keepdims)";
  let value = "reference::median(x, axes, keepdims)";
  let sample = "x: 7; x: 2x3x4, axis: [1, 2]; x: 4x3, axis: [0], keepdims: true";
}

} // ordering
