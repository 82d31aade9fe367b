// CATALOGUE: functions of one element, in the order of the catalogue page. References are in Reference.h, longer
// element code in Scalar.h.

let group = "arithmetic" in {

def Graph_AddOp : Pointwise<"add", (ins Tensor:$a, Tensor:$b)> {
  let complex = "a + b";
  let instructions = 1;
  let summary = "sum of two tensors; on bool, or";
  let types = Anything;
  let value = "reference::add(a, b)";  let emit = "a + b";
  let partials = ["1", "1"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_SubtractOp : Pointwise<"subtract", (ins Tensor:$a, Tensor:$b)> {
  let complex = "a - b";
  let instructions = 1;
  let summary = "difference of two tensors";
  let types = Numbers;
  let value = "reference::subtract(a, b)";  let emit = "a - b";
  let partials = ["1", "-1"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_MultiplyOp : Pointwise<"multiply", (ins Tensor:$a, Tensor:$b)> {
  let complex = "a * b";
  let instructions = 1;
  let summary = "product of two tensors; on bool, and";
  let types = Anything;
  let value = "reference::multiply(a, b)";  let emit = "a * b";
  let partials = ["b", "a"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_StrongMultiplyOp : Pointwise<"strong_multiply", (ins FloatTensor:$factor, FloatTensor:$t)> {
  let summary = "factor * t, and 0 wherever t is 0, whatever the factor";
  let description = [{ Multiplies a partial that may be infinite or NaN with a tangent or cotangent. }];
  let internal = 1;
  let value = "t == 0 ? t : factor * t";  let emit = "select(t == 0.0, t, factor * t)";
  let adjoints = ["strong(ct, t)", "strong(factor, ct)"];
  let multilinear = 1;
  let breaks = 1;
  let sample = "factor: -3 .. 3, t: -3 .. 3";
}
def Graph_DivideOp : Pointwise<"divide", (ins Tensor:$a, Tensor:$b)> {
  let complex = "a / b";
  let instructions = 6;
  let summary = "quotient of two tensors";
  let advice = "use // (floor_divide) for integers, or astype to a floating-point dtype first";
  let value = "a / b";  let emit = "a / b";
  let partials = ["1.0 / b", "-(y / b)"];
  let singular = 1;
  let sample = "a: -3 .. 3, b: 0.5 .. 3";
}
def Graph_FloorDivideOp : Pointwise<"floor_divide", (ins Tensor:$a, Tensor:$b)> {
  let summary = "quotient rounded towards minus infinity";
  let description = [{ Integer division by zero gives 0; the smallest integer // -1 wraps. }];
  let types = Numbers;
  let value = "reference::floorDivide(a, b)";  let emit = "floorDivide(a, b)";
  let partials = ["0", "0"];
  let sample = "a: -9 .. 9, b: 1 .. 4";
}
def Graph_RemainderOp : Pointwise<"remainder", (ins Tensor:$a, Tensor:$b)> {
  let summary = "a - b * floor_divide(a, b), with the sign of b";
  let description = [{ An integer remainder by zero gives 0. }];
  let types = Numbers;
  let value = "reference::remainder(a, b)";  let emit = "remainder(a, b)";
  let partials = ["1", "-floor_divide(a, b)"];
  let sample = "a: -9 .. 9, b: 1 .. 4";
}
def Graph_PowerOp : Pointwise<"power", (ins Tensor:$a, Tensor:$b)> {
  let complex = "complexes::power(a, b)";
  let summary = "a to the power b";
  let description = [{ Integers wrap; a negative integer exponent gives 0 unless a is 1 or -1. `x ** 0` and `0 ** n`
    have finite derivatives of every order. }];
  let types = Numbers;
  let value = "reference::power(a, b)";  let emit = "power(a, b)";
  let partials = ["b * power(where((a == 0) & (b == 0), 1, a), b - 1.0)", "y * log(where(a == 0, 1, a))"];
  let singular = 1;
  let sample = "a: 0.5 .. 2, b: -2 .. 2; a: 0 .. 3, b: 2 .. 4";
}
def Graph_NegativeOp : Pointwise<"negative", (ins Tensor:$x)> {
  let complex = "-x";
  let instructions = 1;
  let summary = "the number with the other sign";
  let types = Numbers;
  let value = "reference::negative(x)";  let emit = "-x";
  let adjoints = ["-ct"];
  let sample = "x: -3 .. 3";
}
def Graph_PositiveOp : Pointwise<"positive", (ins Tensor:$x)> {
  let complex = "x";
  let instructions = 1;
  let summary = "the number itself";
  let types = Numbers;
  let value = "x";  let emit = "x";
  let adjoints = ["ct"];
  let sample = "x: -3 .. 3";
}
def Graph_AbsOp : Pointwise<"abs", (ins Tensor:$x)> {
  let complex = "complexes::size(x)";
  let instructions = 1;
  let summary = "absolute value";
  let description = [{ The smallest integer wraps to itself. The derivative at 0 is 1, as JAX's. }];
  let types = Numbers;
  let value = "reference::absolute(x)";  let emit = "absolute(x)";
  let partials = ["2.0 * astype(x >= 0, x.element()) - 1.0"];
  let sample = "x: -3 .. 3";
}
def Graph_SignOp : Pointwise<"sign", (ins Tensor:$x)> {
  let complex = "complexes::direction(x)";
  let summary = "-1, 0 or 1 by the sign; NaN for NaN";
  let types = Numbers;
  let value = "reference::sign(x)";  let emit = "sign(x)";
  let partials = ["0"];
  let sample = "x: -3 .. 3";
}
def Graph_SquareOp : Pointwise<"square", (ins Tensor:$x)> {
  let complex = "complexes::square(x)";
  let instructions = 1;
  let summary = "x * x";
  let types = Numbers;
  let value = "reference::multiply(x, x)";  let emit = "x * x";
  let partials = ["2.0 * x"];
  let sample = "x: -3 .. 3";
}
def Graph_SqrtOp : Pointwise<"sqrt", (ins Tensor:$x)> {
  let complex = "complexes::sqrt(x)";
  let instructions = 6;
  let summary = "square root; NaN below 0";
  let value = "std::sqrt(x)";  let emit = "math<mlir::math::SqrtOp>(x)";
  let partials = ["0.5 / y"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_RsqrtOp : Pointwise<"rsqrt", (ins Tensor:$x)> {
  let complex = "Complex{1.0, 0.0} / complexes::sqrt(x)";
  let instructions = 6;
  let summary = "1 / sqrt(x)";
  let source = "jax.lax";
  let value = "1.0 / std::sqrt(x)";  let emit = "1.0 / math<mlir::math::SqrtOp>(x)";
  let partials = ["-0.5 * (y / x)"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_CbrtOp : Pointwise<"cbrt", (ins Tensor:$x)> {
  let summary = "cube root, also of negative numbers";
  let source = "numpy";
  let value = "std::cbrt(x)";  let emit = "math<mlir::math::CbrtOp>(x)";
  let partials = ["1.0 / (3.0 * square(y))"];
  let singular = 1;
  let sample = "x: 0.5 .. 4; x: -4 .. -0.5";
}
def Graph_ReciprocalOp : Pointwise<"reciprocal", (ins Tensor:$x)> {
  let complex = "Complex{1.0, 0.0} / x";
  let instructions = 6;
  let summary = "1 / x";
  let value = "1.0 / x";  let emit = "1.0 / x";
  let partials = ["-square(y)"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_FmaOp : Pointwise<"fma", (ins Tensor:$a, Tensor:$b, Tensor:$c)> {
  let complex = "a * b + c";
  let instructions = 1;
  let summary = "a * b + c, rounded once";
  let source = "c++";
  let value = "std::fma(a, b, c)";  let emit = "math<mlir::math::FmaOp>(a, b, c)";
  let partials = ["b", "a", "1"];
  let sample = "a: -3 .. 3, b: -3 .. 3, c: -3 .. 3";
}
def Graph_HypotOp : Pointwise<"hypot", (ins Tensor:$a, Tensor:$b)> {
  let summary = "sqrt(a*a + b*b) without overflow";
  let description = [{ Infinite where either operand is. The derivative at the origin is 0. }];
  let value = "std::hypot(a, b)";  let emit = "hypotenuse(a, b)";
  let partials = ["a / nonzero(y)", "b / nonzero(y)"];
  let singular = 1;
  let sample = "a: -3 .. 3, b: 0.5 .. 3";
}
def Graph_LogaddexpOp : Pointwise<"logaddexp", (ins Tensor:$a, Tensor:$b)> {
  let summary = "log(exp(a) + exp(b)) without overflow";
  let value = "reference::logaddexp(a, b)";  let emit = "logAddExp(a, b)";
  let partials = ["sigmoid(a - b)", "sigmoid(b - a)"];
  let singular = 1;
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_CopysignOp : Pointwise<"copysign", (ins Tensor:$a, Tensor:$b)> {
  let summary = "the size of a with the sign of b";
  let value = "std::copysign(a, b)";  let emit = "math<mlir::math::CopySignOp>(a, b)";
  let partials = ["copysign(1.0, a) * copysign(1.0, b)", "0"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_NextafterOp : Pointwise<"nextafter", (ins Tensor:$a, Tensor:$b)> {
  let summary = "the number of the dtype next to a in the direction of b";
  let noDerivative = "it steps between neighbouring numbers of the dtype";
  let value = "reference::nextAfter(elementOf(getA()), a, b)";  let emit = "nextAfter(a, b, elementOf(getA()))";
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_MaximumOp : Pointwise<"maximum", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "the larger of two; NaN where either is NaN";
  let hides = 1;
  let description = [{ Equal operands share the derivative half and half. }];
  let types = Numbers;
  let value = "reference::maximum(a, b)";  let emit = "maximum(a, b)";
  let partials = ["where(a == b, 0.5, astype(a > b, a.element()))", "where(a == b, 0.5, astype(b > a, b.element()))"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_MinimumOp : Pointwise<"minimum", (ins Tensor:$a, Tensor:$b)> {
  let instructions = 1;
  let summary = "the smaller of two; NaN where either is NaN";
  let hides = 1;
  let description = [{ Equal operands share the derivative half and half. }];
  let types = Numbers;
  let value = "reference::minimum(a, b)";  let emit = "minimum(a, b)";
  let partials = ["where(a == b, 0.5, astype(a < b, a.element()))", "where(a == b, 0.5, astype(b < a, b.element()))"];
  let sample = "a: -3 .. 3, b: -3 .. 3";
}
def Graph_LerpOp : Pointwise<"lerp", (ins Tensor:$a, Tensor:$b, Tensor:$weight)> {
  let complex = "a + weight * (b - a)";
  let summary = "(1 - weight) * a + weight * b";
  let description = [{ Exact at weight 0 and 1, and without overflow between. }];
  let source = "torch";
  let value = "(1 - weight) * a + weight * b";  let emit = "(1.0 - weight) * a + weight * b";
  let partials = ["1.0 - weight", "weight", "b - a"];
  let sample = "a: -3 .. 3, b: -3 .. 3, weight: 0 .. 1";
}

} // arithmetic

let group = "exponential, trigonometric" in {

def Graph_ExpOp : Pointwise<"exp", (ins Tensor:$x)> {
  let complex = "complexes::exp(x)";
  let summary = "e to the power x";
  let breaks = 1;
  let value = "std::exp(x)";  let emit = "math<mlir::math::ExpOp>(x)";
  let partials = ["y"];
  let sample = "x: -3 .. 3";
}
def Graph_Exp2Op : Pointwise<"exp2", (ins Tensor:$x)> {
  let complex = "complexes::exp(Complex{x.re * 0.69314718055994530942, x.im * 0.69314718055994530942})";
  let summary = "2 to the power x";
  let breaks = 1;
  let source = "numpy";
  let value = "std::exp2(x)";  let emit = "math<mlir::math::Exp2Op>(x)";
  let partials = ["y * ln2"];
  let sample = "x: -3 .. 3";
}
def Graph_Expm1Op : Pointwise<"expm1", (ins Tensor:$x)> {
  let complex = "complexes::expm1(x)";
  let summary = "exp(x) - 1, accurate near 0";
  let breaks = 1;
  let value = "std::expm1(x)";  let emit = "math<mlir::math::ExpM1Op>(x)";
  let partials = ["y + 1.0"];
  let sample = "x: -3 .. 3";
}
def Graph_LogOp : Pointwise<"log", (ins Tensor:$x)> {
  let complex = "complexes::log(x)";
  let summary = "natural logarithm";
  let value = "std::log(x)";  let emit = "math<mlir::math::LogOp>(x)";
  let partials = ["1.0 / x"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_Log2Op : Pointwise<"log2", (ins Tensor:$x)> {
  let complex = "complexes::scaledLog(x, 2)";
  let summary = "logarithm to base 2";
  let value = "std::log2(x)";  let emit = "math<mlir::math::Log2Op>(x)";
  let partials = ["(1.0 / ln2) / x"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_Log10Op : Pointwise<"log10", (ins Tensor:$x)> {
  let complex = "complexes::scaledLog(x, 10)";
  let summary = "logarithm to base 10";
  let value = "std::log10(x)";  let emit = "math<mlir::math::Log10Op>(x)";
  let partials = ["(1.0 / ln10) / x"];
  let singular = 1;
  let sample = "x: 0.5 .. 4";
}
def Graph_Log1pOp : Pointwise<"log1p", (ins Tensor:$x)> {
  let complex = "complexes::log1p(x)";
  let summary = "log(1 + x), accurate near 0";
  let value = "std::log1p(x)";  let emit = "math<mlir::math::Log1pOp>(x)";
  let partials = ["1.0 / (1.0 + x)"];
  let singular = 1;
  let sample = "x: -0.5 .. 4";
}
def Graph_SinOp : Pointwise<"sin", (ins Tensor:$x)> {
  let complex = "complexes::sin(x)";
  let summary = "sine of an angle in radians";
  let value = "std::sin(x)";  let emit = "math<mlir::math::SinOp>(x)";
  let partials = ["cos(x)"];
  let sample = "x: -3 .. 3";
}
def Graph_CosOp : Pointwise<"cos", (ins Tensor:$x)> {
  let complex = "complexes::cos(x)";
  let summary = "cosine of an angle in radians";
  let value = "std::cos(x)";  let emit = "math<mlir::math::CosOp>(x)";
  let partials = ["-sin(x)"];
  let sample = "x: -3 .. 3";
}
def Graph_TanOp : Pointwise<"tan", (ins Tensor:$x)> {
  let complex = "complexes::tan(x)";
  let summary = "tangent of an angle in radians";
  let breaks = 1;
  let value = "std::tan(x)";  let emit = "math<mlir::math::TanOp>(x)";
  let partials = ["1.0 + square(y)"];
  let sample = "x: -1.3 .. 1.3";
}
def Graph_AsinOp : Pointwise<"asin", (ins Tensor:$x)> {
  let complex = "complexes::asin(x)";
  let summary = "angle in radians whose sine is x";
  let value = "std::asin(x)";  let emit = "math<mlir::math::AsinOp>(x)";
  let partials = ["rsqrt((1.0 - x) * (1.0 + x))"];
  let singular = 1;
  let sample = "x: -0.9 .. 0.9";
}
def Graph_AcosOp : Pointwise<"acos", (ins Tensor:$x)> {
  let complex = "complexes::acos(x)";
  let summary = "angle in radians whose cosine is x";
  let value = "std::acos(x)";  let emit = "math<mlir::math::AcosOp>(x)";
  let partials = ["-rsqrt((1.0 - x) * (1.0 + x))"];
  let singular = 1;
  let sample = "x: -0.9 .. 0.9";
}
def Graph_AtanOp : Pointwise<"atan", (ins Tensor:$x)> {
  let complex = "complexes::atan(x)";
  let summary = "angle in radians whose tangent is x";
  let value = "std::atan(x)";  let emit = "math<mlir::math::AtanOp>(x)";
  let partials = ["1.0 / (1.0 + square(x))"];
  let sample = "x: -3 .. 3";
}
def Graph_Atan2Op : Pointwise<"atan2", (ins Tensor:$a, Tensor:$b)> {
  let summary = "angle in radians of the point with height a and width b";
  let description = [{ The derivative at the origin is 0. }];
  let value = "std::atan2(a, b)";  let emit = "arctangent(a, b)";
  let partials = ["b / nonzero(hypot(a, b)) / nonzero(hypot(a, b))", "-a / nonzero(hypot(a, b)) / nonzero(hypot(a, b))"];
  let singular = 1;
  let sample = "a: 0.5 .. 3, b: -3 .. 3";
}
def Graph_SinhOp : Pointwise<"sinh", (ins Tensor:$x)> {
  let complex = "complexes::sinh(x)";
  let summary = "hyperbolic sine";
  let breaks = 1;
  let value = "std::sinh(x)";  let emit = "math<mlir::math::SinhOp>(x)";
  let partials = ["cosh(x)"];
  let sample = "x: -3 .. 3";
}
def Graph_CoshOp : Pointwise<"cosh", (ins Tensor:$x)> {
  let complex = "complexes::cosh(x)";
  let summary = "hyperbolic cosine";
  let breaks = 1;
  let value = "std::cosh(x)";  let emit = "math<mlir::math::CoshOp>(x)";
  let partials = ["sinh(x)"];
  let sample = "x: -3 .. 3";
}
def Graph_TanhOp : Pointwise<"tanh", (ins Tensor:$x)> {
  let complex = "complexes::tanh(x)";
  let summary = "hyperbolic tangent";
  let value = "std::tanh(x)";  let emit = "math<mlir::math::TanhOp>(x)";
  let partials = ["1.0 - square(y)"];
  let sample = "x: -3 .. 3";
}
def Graph_AsinhOp : Pointwise<"asinh", (ins Tensor:$x)> {
  let complex = "complexes::asinh(x)";
  let summary = "inverse of sinh";
  let value = "std::asinh(x)";  let emit = "math<mlir::math::AsinhOp>(x)";
  let partials = ["1.0 / hypot(1.0, x)"];
  let sample = "x: -3 .. 3";
}
def Graph_AcoshOp : Pointwise<"acosh", (ins Tensor:$x)> {
  let complex = "complexes::acosh(x)";
  let summary = "inverse of cosh on x >= 1";
  let value = "std::acosh(x)";  let emit = "math<mlir::math::AcoshOp>(x)";
  let partials = ["rsqrt(x - 1.0) * rsqrt(x + 1.0)"];
  let singular = 1;
  let sample = "x: 1.5 .. 4";
}
def Graph_AtanhOp : Pointwise<"atanh", (ins Tensor:$x)> {
  let complex = "complexes::atanh(x)";
  let summary = "inverse of tanh";
  let value = "std::atanh(x)";  let emit = "math<mlir::math::AtanhOp>(x)";
  let partials = ["1.0 / ((1.0 - x) * (1.0 + x))"];
  let singular = 1;
  let sample = "x: -0.9 .. 0.9";
}

} // exponential, trigonometric

let group = "special" in {

def Graph_ErfOp : Pointwise<"erf", (ins Tensor:$x)> {
  let summary = "error function";
  let source = "jax.lax";
  let value = "std::erf(x)";  let emit = "math<mlir::math::ErfOp>(x)";
  let partials = ["twoOverSqrtPi * exp(-square(x))"];
  let sample = "x: -2 .. 2";
}
def Graph_ErfcOp : Pointwise<"erfc", (ins Tensor:$x)> {
  let summary = "1 - erf(x), accurate for large x";
  let source = "jax.lax";
  let value = "std::erfc(x)";  let emit = "math<mlir::math::ErfcOp>(x)";
  let partials = ["-twoOverSqrtPi * exp(-square(x))"];
  let sample = "x: -2 .. 2";
}

def Graph_ErfInvOp : Pointwise<"erf_inv", (ins Tensor:$x)> {
  let summary = "the number whose error function is x";
  let description = [{ Infinite at 1 and -1, NaN beyond. }];
  let source = "jax.lax";
  let value = "reference::erfInv(x)";  let emit = "inverseErf(x)";
  let partials = ["exp(square(y)) / twoOverSqrtPi"];
  let singular = 1;
  let sample = "x: -0.95 .. 0.95";
}

} // special

def Graph_AstypeOp : Pointwise<"astype", (ins Tensor:$x, DTypeOf:$dtype)> {
  let complex = "complexes::convert(call, x, dtype)";
  let instructions = 1;
  let summary = "the value as another dtype";
  let description = [{ Float to integer truncates and saturates, NaN gives 0; to bool means != 0; integers wrap. }];
  let group = "conversion";
  let types = Anything;
  let result = "dtype";
  let call = "astype(x, dtype: dtype)";
  let value = "x";  let emit = "convert(x, dtype, kindOf(dtype))";
  let adjoints = ["astype(ct, x.element())"];
  let sample = "x: -3 .. 3, dtype: f32; x: -3 .. 3, dtype: i16; x: -3 .. 3, dtype: bool; x: -3 .. 3, dtype: f64";
}
def Graph_StopGradientOp : Pointwise<"stop_gradient", (ins Tensor:$x)> {
  let complex = "parts";
  let instructions = 1;
  let summary = "x, through which no derivative passes";
  let group = "derivative control";
  let source = "jax.lax";
  let types = Anything;
  let noDerivative = "it stops derivatives: tangents and cotangents are 0";
  let value = "x";  let emit = "x";
  let partials = ["none"];
  let sample = "x: -3 .. 3";
}
def Graph_CopyOp : Pointwise<"copy", (ins Tensor:$x)> {
  let complex = "parts";
  let instructions = 1;
  let summary = "the same values in memory of their own";
  let description = [{ The compiler makes a view real with it. }];
  let group = "shape";
  let internal = 1;
  let types = Anything;
  let value = "x";  let emit = "x";
  let adjoints = ["ct"];
  let sample = "x: -3 .. 3";
}
