// CATALOGUE: activations. Pointwise where a formula of other ops would overflow or lose the derivative, else formulas
// as jax.nn has them, which also settles the derivative at kinks.

let group = "activations", source = "jax.nn" in {

def Graph_SigmoidOp : Pointwise<"sigmoid", (ins Tensor:$x)> {
  let complex = "Complex{1.0, 0.0} / (Complex{1.0, 0.0} + complexes::exp(-x))";
  let summary = "logistic curve 1 / (1 + exp(-x))";
  let value = "reference::sigmoid(x)";  let emit = "logistic(x)";
  let partials = ["y * (1.0 - y)"];
  let sample = "x: -4 .. 4";
}
def Graph_LogSigmoidOp : Pointwise<"log_sigmoid", (ins Tensor:$x)> {
  let summary = "log(sigmoid(x)) = -softplus(-x), without overflow";
  let value = "-reference::softplus(-x)";  let emit = "-softPlus(-x)";
  let partials = ["sigmoid(-x)"];
  let sample = "x: -4 .. 4";
}
def Graph_SoftplusOp : Pointwise<"softplus", (ins Tensor:$x)> {
  let summary = "log(1 + exp(x)), without overflow";
  let value = "reference::softplus(x)";  let emit = "softPlus(x)";
  let partials = ["sigmoid(x)"];
  let sample = "x: -4 .. 4";
}
def Graph_ReluOp : Pointwise<"relu", (ins Tensor:$x)> {
  let summary = "x where positive, else 0";
  let hides = 1;
  let description = [{ The derivative at 0 is 0. }];
  let types = Numbers;
  let value = "reference::maximum(x, T(0))";  let emit = "maximum(x, ink.number(0, x))";
  let partials = ["astype(x > 0, x.element())"];
  let sample = "x: -3 .. 3";
}
def Graph_Relu6Op : Composite<"relu6", (ins Tensor:$x)> {
  let summary = "x cut to 0 .. 6";
  let description = [{ The derivative at 0 and at 6 is 0. }];
  let elementwise = 1;
  let types = Numbers;
  let formula = "where(x <= 0, 0, where(x >= 6, 6, x))";
  let value = "x != x ? x : x < T(0) ? T(0) : x > T(6) ? T(6) : x";
  let sample = "x: -3 .. 9";
}
def Graph_LeakyReluOp : Composite<"leaky_relu", (ins Tensor:$x, Real:$negative_slope)> {
  let summary = "x where not negative, else negative_slope * x";
  let call = "leaky_relu(x, negative_slope: real = 0.01)";
  let elementwise = 1;
  let formula = "where(x >= 0, x, negative_slope * x)";
  let value = "x < 0 ? negative_slope * x : x";
  let sample = "x: -3 .. 3; x: -3 .. 3, negative_slope: 0.2";
}
def Graph_EluOp : Composite<"elu", (ins Tensor:$x, Real:$alpha)> {
  let summary = "x where positive, else alpha * (exp(x) - 1)";
  let call = "elu(x, alpha: real = 1.0)";
  let elementwise = 1;
  let formula = "where(x > 0, x, alpha * expm1(where(x > 0, 0, x)))";
  let value = "x > 0 ? x : alpha * std::expm1(x)";
  let sample = "x: -3 .. 3; x: -3 .. 3, alpha: 0.7";
}
def Graph_SeluOp : Composite<"selu", (ins Tensor:$x)> {
  let summary = "elu scaled so that layers keep mean 0 and variance 1";
  let elementwise = 1;
  let formula = "1.0507009873554804934 * elu(x, 1.6732632423543772848)";
  let value = "1.0507009873554804934 * (x > 0 ? x : 1.6732632423543772848 * std::expm1(x))";
  let sample = "x: -3 .. 3";
}
def Graph_CeluOp : Composite<"celu", (ins Tensor:$x, Real:$alpha)> {
  let summary = "x where positive, else alpha * (exp(x / alpha) - 1)";
  let call = "celu(x, alpha: real = 1.0)";
  let elementwise = 1;
  let formula = "maximum(x, 0) + alpha * expm1(minimum(x, 0) / alpha)";
  let value = "x > 0 ? x : alpha * std::expm1(x / alpha)";
  let sample = "x: -3 .. 3; x: -3 .. 3, alpha: 0.7";
}
def Graph_GeluOp : Composite<"gelu", (ins Tensor:$x, Text:$approximate)> {
  let summary = "x times the normal distribution function of x";
  let indexable = 1;
  let description = [{ `approximate`: "none" is exact, by erfc; "tanh" the usual approximation by tanh. }];
  let source = "torch";
  let call = "gelu(x, approximate: text = \"none\")";
  let formula = "formulas::gelu(ink, x, approximate)";
  let value = "reference::gelu(x, approximate)";
  let sample = "x: -3 .. 3; x: -3 .. 3, approximate: \"tanh\"";
}
def Graph_SiluOp : Composite<"silu", (ins Tensor:$x)> {
  let summary = "x * sigmoid(x)";
  let elementwise = 1;
  let formula = "x * sigmoid(x)";
  let value = "x * reference::sigmoid(x)";
  let sample = "x: -4 .. 4";
}
def Graph_HardTanhOp : Composite<"hard_tanh", (ins Tensor:$x)> {
  let summary = "x cut to -1 .. 1";
  let elementwise = 1;
  let formula = "where(x > 1, 1, where(x < -1, -1, x))";
  let value = "x > 1 ? 1.0 : x < -1 ? -1.0 : x";
  let sample = "x: -3 .. 3";
}
def Graph_HardSigmoidOp : Composite<"hard_sigmoid", (ins Tensor:$x)> {
  let summary = "relu6(x + 3) / 6";
  let elementwise = 1;
  let formula = "relu6(x + 3.0) / 6.0";
  let value = "x != x ? x : x <= -3 ? 0.0 : x >= 3 ? 1.0 : (x + 3) / 6";
  let sample = "x: -5 .. 5";
}
def Graph_SoftsignOp : Composite<"softsign", (ins Tensor:$x)> {
  let summary = "x / (1 + |x|)";
  let elementwise = 1;
  let formula = "x / (1.0 + abs(x))";
  let value = "x / (1 + std::fabs(x))";
  let sample = "x: -3 .. 3";
}
def Graph_MishOp : Composite<"mish", (ins Tensor:$x)> {
  let summary = "x * tanh(softplus(x))";
  let elementwise = 1;
  let formula = "x * tanh(softplus(x))";
  let value = "x * std::tanh(reference::softplus(x))";
  let sample = "x: -4 .. 4";
}

} // activations

def Graph_ClipOp : Composite<"clip", (ins Tensor:$x, Optional<Tensor>:$min, Optional<Tensor>:$max), [AttrSizedOperandSegments]> {
  let summary = "x cut to min .. max; a bound left out does not cut";
  let indexable = 1;
  let description = [{ Where min is above max the result is max. }];
  let group = "arithmetic";
  let types = Numbers;
  let broadcasts = 1;
  let call = "clip(x, min = none, max = none)";
  let formula = "formulas::clip(x, min, max)";
  let value = "reference::clip(x, min, max)";
  let sample = "x: -3 .. 3, min: -2 .. -1, max: 1 .. 2; x: -3 .. 3, min: -1 .. 1; x: -3 .. 3, max: -1 .. 1; x: -3 .. 3";
}

let group = "special", source = "jax.lax" in {

def Graph_LgammaOp : Composite<"lgamma", (ins Tensor:$x)> {
  let summary = "logarithm of the absolute value of the gamma function";
  let description = [{ Infinite at 0 and at negative whole numbers. By Stirling's series from 8 on, below it by the recurrence, left of 1/2 by reflection: errors are a few
    roundings of numbers of size 1 or of the result, so that near the zeros 1 and 2 only the absolute error is small. }];
  let elementwise = 1;
  let formula = "formulas::lgamma(ink, x)";
  let value = "reference::logGamma(x)";
  let sample = "x: 0.1 .. 5; x: 8 .. 40; x: -0.9 .. -0.1";
}
def Graph_DigammaOp : Composite<"digamma", (ins Tensor:$x)> {
  let summary = "derivative of lgamma";
  let description = [{ By its asymptotic series from 10 on, below it by the recurrence, left of 1/2 by reflection. NaN at 0 and the negative
    whole numbers. }];
  let elementwise = 1;
  let formula = "formulas::digamma(ink, x)";
  let value = "reference::digamma(x)";
  let sample = "x: 0.1 .. 5; x: 8 .. 40; x: -0.9 .. -0.1";
}
def Graph_I0eOp : Composite<"i0e", (ins Tensor:$x)> {
  let summary = "exp(-|x|) times the modified Bessel function of the first kind of order 0";
  let description = [{ By Chebyshev polynomials up to 8 and beyond. The derivative at 0 is 0. }];
  let source = "jax.scipy.special";
  let elementwise = 1;
  let formula = "formulas::i0e(ink, x)";
  let value = "reference::i0e(x)";
  let sample = "x: 0.2 .. 7; x: 9 .. 40; x: -7 .. -0.5";
}

} // special
