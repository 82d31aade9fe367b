// CATALOGUE: running results along an axis. Blocks in Cumulative.cpp (linear_recurrence, running_argument), formulas in
// Accumulation.cpp, references in CumulativeReference.cpp. `reverse` runs from the end of the axis to its start.

let group = "cumulative" in {

def Graph_LinearRecurrenceOp : Custom<"linear_recurrence", (ins Tensor:$a, Tensor:$b, Axis:$axis, Flag:$reverse)> {
  let relates = 1;
  let summary = "y with y[k] = a[k] * y[k - 1] + b[k] along an axis";
  let description = [{ y[0] is b[0]; a[0] is not read. One step after the other, in O(n); floats of 16 bits are carried in f32 and rounded once. All cumulative
    operations are made of it, and its derivatives of every order are recurrences again. C1: a and b have one shape and dtype, numeric. }];
  let source = "jax.lax";
  let types = Numbers;
  let broadcasts = 1;
  let call = "linear_recurrence(a, b, axis: axis = -1, reverse: flag = false)";
  let sample = "a: 2x5, b: 2x5, axis: 1; a: 4x3x2, b: 4x3x2, axis: 0, reverse: true; a: 5x9, b: 5x9, axis: 0";
}
def Graph_RunningArgumentOp : Custom<"running_argument", (ins Tensor:$x, Axis:$axis, Flag:$reverse, Flag:$largest)> {
  let summary = "the position of the largest (or smallest) element so far along an axis";
  let description = [{ The first one met of equal ones; a NaN is the extremum from where it stands. }];
  let source = "torch";
  let internal = 1;
  let call = "running_argument(x, axis: axis, reverse: flag, largest: flag)";
  let noDerivative = "its result counts positions";
  let sample = "x: 2x5 apart, axis: 1, reverse: false, largest: true; x: 4x3x2, axis: 0, reverse: true, largest: false";
}

let types = Anything in {

def Graph_CumulativeSumOp : Composite<"cumulative_sum", (ins Tensor:$x, Axis:$axis, Flag:$initial, Flag:$reverse)> {
  let complex = "parts";
  let summary = "sums of the elements up to each one along an axis";
  let description = [{ Sums of bool and of integers narrower than 64 bits give i64 (u64 for unsigned). `include_initial` puts the sum of nothing, 0, in front (behind, where
    it runs in reverse): without the last element these are the exclusive sums. }];
  let call = "cumulative_sum(x, axis: axis = -1, initial as include_initial: flag = false, reverse: flag = false)";
  let formula = "formulas::cumulative(ink, x, axis, initial, reverse, false)";
  let value = "reference::cumulative(x, axis, initial, reverse, false)";
  let sample = "x: 7; x: 2x3x4, axis: 1, include_initial: true; x: 5x4, axis: 0, reverse: true; x: 3x2, axis: 0, include_initial: true, reverse: true";
}
def Graph_CumulativeProdOp : Composite<"cumulative_prod", (ins Tensor:$x, Axis:$axis, Flag:$initial, Flag:$reverse)> {
  let summary = "products of the elements up to each one along an axis";
  let description = [{ Dtypes and arguments as for cumulative_sum; the product of nothing is 1. Derivatives of every order are exact where elements are zero. }];
  let call = "cumulative_prod(x, axis: axis = -1, initial as include_initial: flag = false, reverse: flag = false)";
  let formula = "formulas::cumulative(ink, x, axis, initial, reverse, true)";
  let value = "reference::cumulative(x, axis, initial, reverse, true)";
  let sample = "x: 7; x: 2x3x4, axis: 1, include_initial: true; x: 5x4, axis: 0, reverse: true; x: 3x2, axis: 0, include_initial: true, reverse: true";
}
def Graph_CummaxOp : Composite<"cummax", (ins Tensor:$x, Axis:$axis, Flag:$reverse)> {
  let summary = "the largest element so far along an axis";
  let description = [{ NaN passes on. The derivative goes to the first of equal elements. }];
  let source = "jax.lax";
  let call = "cummax(x, axis: axis = -1, reverse: flag = false)";
  let formula = "formulas::cumulativeExtremum(ink, x, axis, reverse, true)";
  let value = "reference::cumulativeExtremum(x, axis, reverse, true)";
  let sample = "x: 7 apart; x: 2x3x4 apart, axis: 1; x: 5x4 apart, axis: 0, reverse: true";
}
def Graph_CumminOp : Composite<"cummin", (ins Tensor:$x, Axis:$axis, Flag:$reverse)> {
  let summary = "the smallest element so far along an axis";
  let description = [{ NaN passes on. The derivative goes to the first of equal elements. }];
  let source = "jax.lax";
  let call = "cummin(x, axis: axis = -1, reverse: flag = false)";
  let formula = "formulas::cumulativeExtremum(ink, x, axis, reverse, false)";
  let value = "reference::cumulativeExtremum(x, axis, reverse, false)";
  let sample = "x: 7 apart; x: 2x3x4 apart, axis: 1; x: 5x4 apart, axis: 0, reverse: true";
}

} // types

def Graph_LogcumsumexpOp : Composite<"logcumsumexp", (ins Tensor:$x, Axis:$axis, Flag:$reverse)> {
  let summary = "logarithms of the running sums of exponentials along an axis";
  let description = [{ Exponentials are of numbers that are not positive, so nothing overflows. }];
  let source = "jax.lax";
  let call = "logcumsumexp(x, axis: axis = -1, reverse: flag = false)";
  let formula = "formulas::logcumsumexp(ink, x, axis, reverse)";
  let value = "reference::logcumsumexp(x, axis, reverse)";
  let sample = "x: 7; x: 2x3x4, axis: 1; x: 5x4, axis: 0, reverse: true";
}

} // cumulative
