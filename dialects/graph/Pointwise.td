// CATALOGUE: functions of one element.

def Graph_AddOp : Pointwise<"add", (ins Tensor:$a, Tensor:$b)> {
  let summary = "sum of two tensors; on bool, or";
  let group = "arithmetic";
  let types = Anything;
  let value = "reference::add(a, b)";  let emit = "a + b";
  let partials = ["1", "1"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_SubtractOp : Pointwise<"subtract", (ins Tensor:$a, Tensor:$b)> {
  let summary = "difference of two tensors";
  let group = "arithmetic";
  let types = Numbers;
  let value = "reference::subtract(a, b)";  let emit = "a - b";
  let partials = ["1", "-1"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_MultiplyOp : Pointwise<"multiply", (ins Tensor:$a, Tensor:$b)> {
  let summary = "product of two tensors; on bool, and";
  let group = "arithmetic";
  let types = Anything;
  let value = "reference::multiply(a, b)";  let emit = "a * b";
  let partials = ["b", "a"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_StrongMultiplyOp : Pointwise<"strong_multiply", (ins FloatTensor:$factor, FloatTensor:$t)> {
  let summary = "factor * t, and 0 wherever t is 0, whatever the factor";
  let description = [{ Multiplies a partial that may be infinite or NaN with a tangent or cotangent. }];
  let group = "arithmetic";
  let internal = 1;
  let value = "t == 0 ? t : factor * t";  let emit = "select(t == 0.0, t, factor * t)";
  let partials = ["t", "factor"];
  let singular = 1;
  let sample = "factor: -3 .. 3, t: -3 .. 3";
}
def Graph_DivideOp : Pointwise<"divide", (ins Tensor:$a, Tensor:$b)> {
  let summary = "quotient of two tensors";
  let group = "arithmetic";
  let value = "a / b";  let emit = "a / b";
  let partials = ["1.0 / b", "-(y / b)"];
  let singular = 1;
  let sample = "a: -3 .. 3, b: 0.5 .. 3";
}
def Graph_NegativeOp : Pointwise<"negative", (ins Tensor:$x)> {
  let summary = "the number with the other sign";
  let group = "arithmetic";
  let types = Numbers;
  let value = "reference::negative(x)";  let emit = "-x";
  let adjoints = ["-ct"];
  let sample = "x: -3 .. 3";
}
def Graph_ExpOp : Pointwise<"exp", (ins Tensor:$x)> {
  let summary = "e to the power x";
  let group = "exponential, trigonometric";
  let value = "std::exp(x)";  let emit = "math<mlir::math::ExpOp>(x)";
  let partials = ["y"];
  let sample = "x: -3 .. 3";
}
def Graph_LogOp : Pointwise<"log", (ins Tensor:$x)> {
  let summary = "natural logarithm";
  let group = "exponential, trigonometric";
  let value = "std::log(x)";  let emit = "math<mlir::math::LogOp>(x)";
  let partials = ["1.0 / x"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_TanhOp : Pointwise<"tanh", (ins Tensor:$x)> {
  let summary = "hyperbolic tangent";
  let group = "exponential, trigonometric";
  let value = "std::tanh(x)";  let emit = "math<mlir::math::TanhOp>(x)";
  let partials = ["1.0 - y * y"];
  let sample = "x: -3 .. 3";
}
def Graph_LessOp : Pointwise<"less", (ins Tensor:$a, Tensor:$b)> {
  let summary = "whether a < b";
  let group = "logic, bits";
  let types = Anything;
  let result = "bool";
  let value = "a < b";  let emit = "a < b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_WhereOp : Pointwise<"where", (ins BoolTensor:$condition, Tensor:$a, Tensor:$b)> {
  let summary = "a where the condition holds, else b";
  let description = [{ The branch not taken never reaches a value or a derivative, whatever it holds. }];
  let group = "choice";
  let types = Anything;
  let value = "condition != T(0) ? a : b";  let emit = "select(condition, a, b)";
  let adjoints = ["none", "where(condition, ct, 0)", "where(condition, 0, ct)"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_AstypeOp : Pointwise<"astype", (ins Tensor:$x, DTypeOf:$dtype)> {
  let summary = "the value as another dtype";
  let description = [{ Float to integer truncates and saturates, NaN gives 0; to bool means != 0; integers wrap. }];
  let group = "conversion";
  let types = Anything;
  let result = "dtype";
  let call = "astype(x, dtype: dtype)";
  let value = "x";  let emit = "convert(x, dtype, kindOf(dtype))";
  let adjoints = ["astype(ct, x.element())"];
  let sample = "x: -3 .. 3, dtype: f32";
}
def Graph_CopyOp : Pointwise<"copy", (ins Tensor:$x)> {
  let summary = "the same values in memory of their own";
  let description = [{ The compiler makes a view real with it. }];
  let group = "shape";
  let internal = 1;
  let types = Anything;
  let value = "x";  let emit = "x";
  let adjoints = ["ct"];
  let sample = "x: -3 .. 3";
}
