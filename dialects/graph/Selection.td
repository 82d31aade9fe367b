// CATALOGUE: results whose number of elements depends on the data, padded to a stated maximum: `size` places are
// filled in order, what does not fit is left out, and the last result is the number there would be without a
// maximum. Formulas in Selections.cpp, references in SelectionReference.cpp.

let group = "slicing, indexing", types = Anything, results = (outs Variadic<Tensor>:$results_) in {

def Graph_NonzeroOp : Composite<"nonzero", (ins Tensor:$x, Int:$size, Int:$fill)> {
  let summary = "the indices of the elements that are not zero, a vector for each axis, and their number";
  let description = [{ In row-major order, in vectors of `size`; `fill` behind them. NaN is not zero. C1: x has an axis. C2: size is not negative. }];
  let call = "nonzero(x, size: int, fill: int = 0)";
  let noDerivative = "its results count positions";
  let formula = "formulas::nonzero(ink, x, size, fill)";
  let value = "reference::nonzero(x, size, fill)";
  let sample = "x: 7, size: 9; x: 3x4 in -1 .. 1, size: 5, fill: -1; x: 2x1x3, size: 6";
}
def Graph_MaskedSelectOp : Composite<"masked_select", (ins Tensor:$x, BoolTensor:$mask, Int:$size, Number:$fill)> {
  let summary = "the elements of x where the mask is true, and their number";
  let description = [{ x and the mask broadcast. In row-major order, in a vector of `size`; `fill` behind them. C1: size is not negative. C2: fill fits the dtype. }];
  let source = "torch";
  let call = "masked_select(x, mask, size: int, fill: number = 0)";
  let formula = "formulas::maskedSelect(ink, x, mask, size, fill)";
  let value = "reference::maskedSelect(x, mask, size, fill)";
  let sample = "x: 7, mask: 7, size: 9; x: 3x4, mask: 3x1, size: 5; x: 2x3, mask: 2x3, size: 2, fill: 7";
}
def Graph_UniqueOp : Composite<"unique", (ins Tensor:$x, Int:$size, Number:$fill)> {
  let summary = "the different elements in order, and their number";
  let description = [{ In a vector of `size`; `fill` behind them. Every NaN differs from every other one. The derivative goes to the first of equal
    elements. C1: size is not negative. C2: fill fits the dtype. }];
  let call = "unique(x, size: int, fill: number = 0)";
  let formula = "formulas::unique(ink, x, size, fill)";
  let value = "reference::unique(x, size, fill)";
  let sample = "x: 7 apart, size: 9; x: 3x4 in -2 .. 2 apart, size: 5";
}
def Graph_UniqueCountsOp : Composite<"unique_counts", (ins Tensor:$x, Int:$size, Number:$fill)> {
  let summary = "the different elements in order, how often each stands in x, and their number";
  let description = [{ As unique; behind the last one counts are 0. }];
  let call = "unique_counts(x, size: int, fill: number = 0)";
  let formula = "formulas::uniqueCounts(ink, x, size, fill)";
  let value = "reference::uniqueCounts(x, size, fill)";
  let sample = "x: 7 apart, size: 9; x: 3x4 in -2 .. 2 apart, size: 5";
}
def Graph_UniqueInverseOp : Composite<"unique_inverse", (ins Tensor:$x, Int:$size, Number:$fill)> {
  let summary = "the different elements in order, for each element of x the place of its like, and their number";
  let description = [{ As unique; places may lie beyond the maximum. }];
  let call = "unique_inverse(x, size: int, fill: number = 0)";
  let formula = "formulas::uniqueInverse(ink, x, size, fill)";
  let value = "reference::uniqueInverse(x, size, fill)";
  let sample = "x: 7 apart, size: 9; x: 3x4 in -2 .. 2 apart, size: 5";
}

} // slicing, indexing
