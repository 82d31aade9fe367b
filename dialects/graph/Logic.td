// CATALOGUE: functions of one element that round, test, compare, choose or work on bits.

let group = "rounding, tests" in {

def Graph_FloorOp : Pointwise<"floor", (ins Tensor:$x)> {
  let instructions = 1;
  let summary = "largest whole number not above x";
  let types = Numbers;
  let value = "reference::floor(x)";  let emit = "rounded<mlir::math::FloorOp>(x)";
  let partials = ["0"];
  let sample = "x: -3 .. 3";
}
def Graph_CeilOp : Pointwise<"ceil", (ins Tensor:$x)> {
  let instructions = 1;
  let summary = "smallest whole number not below x";
  let types = Numbers;
  let value = "reference::ceil(x)";  let emit = "rounded<mlir::math::CeilOp>(x)";
  let partials = ["0"];
  let sample = "x: -3 .. 3";
}
def Graph_RoundOp : Pointwise<"round", (ins Tensor:$x)> {
  let summary = "nearest whole number, halves to the even one";
  let types = Numbers;
  let value = "reference::round(x)";  let emit = "rounded<mlir::math::RoundEvenOp>(x)";
  let partials = ["0"];
  let sample = "x: -3 .. 3";
}
def Graph_TruncOp : Pointwise<"trunc", (ins Tensor:$x)> {
  let instructions = 1;
  let summary = "the whole part, rounded towards 0";
  let types = Numbers;
  let value = "reference::trunc(x)";  let emit = "rounded<mlir::math::TruncOp>(x)";
  let partials = ["0"];
  let sample = "x: -3 .. 3";
}
def Graph_IsfiniteOp : Pointwise<"isfinite", (ins Tensor:$x)> {
  let complex = "isfinite(x.re) & isfinite(x.im)";
  let summary = "whether x is neither infinite nor NaN";
  let types = Numbers;
  let result = "bool";
  let value = "std::isfinite(static_cast<double>(x))";  let emit = "isFinite(x)";
  let sample = "x: -3 .. 3";
}
def Graph_IsinfOp : Pointwise<"isinf", (ins Tensor:$x)> {
  let complex = "isinf(x.re) | isinf(x.im)";
  let summary = "whether x is infinite";
  let types = Numbers;
  let result = "bool";
  let value = "std::isinf(static_cast<double>(x))";  let emit = "isInf(x)";
  let sample = "x: -3 .. 3";
}
def Graph_IsnanOp : Pointwise<"isnan", (ins Tensor:$x)> {
  let complex = "isnan(x.re) | isnan(x.im)";
  let summary = "whether x is NaN";
  let types = Numbers;
  let result = "bool";
  let value = "std::isnan(static_cast<double>(x))";  let emit = "isNan(x)";
  let sample = "x: -3 .. 3";
}
def Graph_SignbitOp : Pointwise<"signbit", (ins Tensor:$x)> {
  let summary = "whether the sign bit is set, also of -0 and NaN";
  let result = "bool";
  let value = "std::signbit(x)";  let emit = "signBit(x)";
  let sample = "x: -3 .. 3";
}

} // rounding, tests

let group = "logic, bits" in {

def Graph_EqualOp : Pointwise<"equal", (ins Tensor:$a, Tensor:$b)> {
  let complex = "complexes::equal(a, b)";
  let instructions = 1;
  let summary = "whether a == b; never for NaN";
  let types = Anything;  let result = "bool";
  let value = "a == b";  let emit = "a == b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_NotEqualOp : Pointwise<"not_equal", (ins Tensor:$a, Tensor:$b)> {
  let complex = "logical_not(complexes::equal(a, b))";
  let instructions = 1;
  let summary = "whether a != b; always for NaN";
  let types = Anything;  let result = "bool";
  let value = "a != b";  let emit = "a != b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_LessOp : Pointwise<"less", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether a < b";
  let types = Anything;  let result = "bool";
  let value = "a < b";  let emit = "a < b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_LessEqualOp : Pointwise<"less_equal", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether a <= b";
  let types = Anything;  let result = "bool";
  let value = "a <= b";  let emit = "a <= b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_GreaterOp : Pointwise<"greater", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether a > b";
  let types = Anything;  let result = "bool";
  let value = "a > b";  let emit = "a > b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_GreaterEqualOp : Pointwise<"greater_equal", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether a >= b";
  let types = Anything;  let result = "bool";
  let value = "a >= b";  let emit = "a >= b";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_LogicalAndOp : Pointwise<"logical_and", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether both hold";
  let types = Booleans;
  let value = "a && b";  let emit = "a & b";
  let sample = "a: any, b: any";
}
def Graph_LogicalOrOp : Pointwise<"logical_or", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "whether at least one holds";
  let types = Booleans;
  let value = "a || b";  let emit = "a | b";
  let sample = "a: any, b: any";
}
def Graph_LogicalXorOp : Pointwise<"logical_xor", (ins Tensor:$a, Tensor:$b)> {
  let summary = "whether exactly one holds";
  let types = Booleans;
  let value = "a != b";  let emit = "a ^ b";
  let sample = "a: any, b: any";
}
def Graph_LogicalNotOp : Pointwise<"logical_not", (ins Tensor:$x)> {
  let instructions = 1;
  let summary = "whether x does not hold";
  let types = Booleans;
  let value = "!x";  let emit = "!x";
  let sample = "x: any";
}
def Graph_BitwiseAndOp : Pointwise<"bitwise_and", (ins Tensor:$a, Tensor:$b)> {
  let summary = "and of the bits";
  let types = Bits;
  let value = "a & b";  let emit = "a & b";
  let sample = "a: any, b: any";
}
def Graph_BitwiseOrOp : Pointwise<"bitwise_or", (ins Tensor:$a, Tensor:$b)> {
  let summary = "or of the bits";
  let types = Bits;
  let value = "a | b";  let emit = "a | b";
  let sample = "a: any, b: any";
}
def Graph_BitwiseXorOp : Pointwise<"bitwise_xor", (ins Tensor:$a, Tensor:$b)> {
  let summary = "exclusive or of the bits";
  let types = Bits;
  let value = "a ^ b";  let emit = "a ^ b";
  let sample = "a: any, b: any";
}
def Graph_BitwiseInvertOp : Pointwise<"bitwise_invert", (ins Tensor:$x)> {
  let summary = "every bit flipped";
  let types = Bits;
  let value = "reference::invert(x)";  let emit = "!x";
  let sample = "x: any";
}
def Graph_BitwiseLeftShiftOp : Pointwise<"bitwise_left_shift", (ins Tensor:$a, Tensor:$b)> {
  let summary = "bits moved b places up";
  let description = [{ A shift by the width or more, or by a negative number, gives 0. }];
  let types = Integers;
  let value = "reference::shiftLeft(a, b, width_)";  let emit = "shiftLeft(a, b)";
  let sample = "a: any, b: 0 .. 70";
}
def Graph_BitwiseRightShiftOp : Pointwise<"bitwise_right_shift", (ins Tensor:$a, Tensor:$b)> {
  let summary = "bits moved b places down, the sign kept";
  let description = [{ A shift by the width or more, or by a negative number, gives 0, or -1 below 0. }];
  let types = Integers;
  let value = "reference::shiftRight(a, b, width_)";  let emit = "shiftRight(a, b)";
  let sample = "a: any, b: 0 .. 70";
}

} // logic, bits

let group = "choice" in {

def Graph_WhereOp : Pointwise<"where", (ins BoolTensor:$condition, Tensor:$a, Tensor:$b)> {
  let complex = "parts";
  let instructions = 1;
  let summary = "a where the condition holds, else b";
  let hides = 1;
  let description = [{ The branch not taken never reaches a value or a derivative, whatever it holds. }];
  let types = Anything;
  let value = "condition != T(0) ? a : b";  let emit = "select(condition, a, b)";
  let adjoints = ["none", "where(condition, ct, 0)", "where(condition, 0, ct)"];
  let sample = "condition: any, a: -3 .. 3, b: -3 .. 3";
}
def Graph_MaskedFillOp : Pointwise<"masked_fill", (ins Tensor:$x, BoolTensor:$mask, Tensor:$value)> {
  let complex = "parts";
  let instructions = 1;
  let summary = "value where the mask holds, else x";
  let hides = 1;
  let source = "torch";
  let types = Anything;
  let value = "mask != T(0) ? value : x";  let emit = "select(mask, value, x)";
  let adjoints = ["where(mask, 0, ct)", "none", "where(mask, ct, 0)"];
  let sample = "x: -3 .. 3, mask: any, value: -3 .. 3";
}

} // choice
