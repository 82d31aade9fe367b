// MPFR's functions, and those it lacks as formulas of them at a precision where the formula does not matter.
#include "tools/accuracy/Functions.h"
#include <cmath>
#include <initializer_list>

namespace tgc::accuracy {
namespace {

constexpr mpfr_prec_t wide = 160;

/// A number that lives as long as the block.
struct Real {
  mpfr_t held;
  explicit Real(mpfr_prec_t precision = wide) { mpfr_init2(held, precision); }
  ~Real() { mpfr_clear(held); }
  Real(const Real &) = delete;
  Real &operator=(const Real &) = delete;
  operator mpfr_ptr() { return held; }
};

template <auto function> void one(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) { function(y, a, MPFR_RNDN); }
template <auto function> void two(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b) { function(y, a, b, MPFR_RNDN); }

void rsqrt(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) { // mpfr_rec_sqrt loses the sign of -0
  mpfr_sqrt(y, a, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

void lgamma(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) {
  int sign;
  mpfr_lgamma(y, &sign, a, MPFR_RNDN);
}

/// exp(-|a|), which is at most 1.
void decay(mpfr_ptr y, mpfr_srcptr a) {
  mpfr_abs(y, a, MPFR_RNDN);
  mpfr_neg(y, y, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
}

void sigmoid(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) {
  Real small, sum;
  decay(small, a);
  mpfr_add_ui(sum, small, 1, MPFR_RNDN);
  if (mpfr_sgn(a) < 0) return (void)mpfr_div(y, small, sum, MPFR_RNDN);
  mpfr_ui_div(y, 1, sum, MPFR_RNDN);
}

void softplus(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) {
  Real small;
  decay(small, a);
  mpfr_log1p(small, small, MPFR_RNDN);
  if (mpfr_sgn(a) > 0) mpfr_add(small, small, a, MPFR_RNDN);
  mpfr_set(y, mpfr_nan_p(a) ? a : static_cast<mpfr_srcptr>(small), MPFR_RNDN);
}

void logSigmoid(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b) {
  Real minus(mpfr_get_prec(a));
  mpfr_neg(minus, a, MPFR_RNDN);
  softplus(y, minus, b);
  mpfr_neg(y, y, MPFR_RNDN);
}

void logaddexp(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b) {
  mpfr_srcptr large = mpfr_cmp(a, b) < 0 ? b : a, small = large == a ? b : a;
  if (mpfr_nan_p(a) || mpfr_nan_p(b)) return mpfr_set_nan(y);
  if (mpfr_equal_p(a, b) && mpfr_inf_p(a)) return (void)mpfr_set(y, a, MPFR_RNDN);
  Real apart(2200), sum(2200); // numbers that cancel
  mpfr_sub(apart, small, large, MPFR_RNDN);
  mpfr_set_prec(sum, wide);
  mpfr_exp(sum, apart, MPFR_RNDN);
  mpfr_log1p(sum, sum, MPFR_RNDN);
  mpfr_add(y, sum, large, MPFR_RNDN);
}

/// Newton's method from M. Giles, Approximating the erfinv function (2011), on erfc, which keeps its digits.
void inverseErf(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr) {
  Real size, rest, x, value, slope;
  mpfr_abs(size, a, MPFR_RNDN);
  if (mpfr_nan_p(a) || mpfr_cmp_ui(size, 1) > 0) return mpfr_set_nan(y);
  if (mpfr_zero_p(a)) return (void)mpfr_set(y, a, MPFR_RNDN);
  if (mpfr_cmp_ui(size, 1) == 0) return mpfr_set_inf(y, mpfr_sgn(a));
  mpfr_ui_sub(rest, 1, size, MPFR_RNDN);
  const double p = mpfr_get_d(size, MPFR_RNDN), w = -std::log(mpfr_get_d(rest, MPFR_RNDN) * (1 + p));
  mpfr_set_d(x, w < 5 ? 0.886 * p * (1 + 0.131 * w) : std::sqrt(w - 0.5 * std::log(3.14159 * w)), MPFR_RNDN);
  const bool tail = p > 0.5;
  for (int step = 0; step < 7; ++step) {
    if (p < 1e-30) mpfr_set(x, size, MPFR_RNDN);
    tail ? mpfr_erfc(value, x, MPFR_RNDN) : mpfr_erf(value, x, MPFR_RNDN);
    mpfr_sub(value, value, tail ? rest : size, MPFR_RNDN);
    if (tail) mpfr_neg(value, value, MPFR_RNDN);
    mpfr_sqr(slope, x, MPFR_RNDN);
    mpfr_exp(slope, slope, MPFR_RNDN);
    mpfr_mul(value, value, slope, MPFR_RNDN);
    mpfr_const_pi(slope, MPFR_RNDN);
    mpfr_sqrt(slope, slope, MPFR_RNDN);
    mpfr_mul(value, value, slope, MPFR_RNDN);
    mpfr_div_ui(value, value, 2, MPFR_RNDN);
    mpfr_sub(x, x, value, MPFR_RNDN);
  }
  mpfr_setsign(y, x, mpfr_signbit(a), MPFR_RNDN);
}

const Function table[] = {
    {"exp", 1, one<mpfr_exp>, 2},
    {"exp2", 1, one<mpfr_exp2>, 2},
    {"expm1", 1, one<mpfr_expm1>, 2},
    {"log", 1, one<mpfr_log>, 2},
    {"log2", 1, one<mpfr_log2>, 2},
    {"log10", 1, one<mpfr_log10>, 2},
    {"log1p", 1, one<mpfr_log1p>, 2},
    {"sin", 1, one<mpfr_sin>, 2},
    {"cos", 1, one<mpfr_cos>, 2},
    {"tan", 1, one<mpfr_tan>, 2},
    {"tanh", 1, one<mpfr_tanh>, 2},
    {"sigmoid", 1, sigmoid, 3, false, false, "a quotient of exp"},
    {"softplus", 1, softplus, 2},
    {"log_sigmoid", 1, logSigmoid, 2},
    {"erf", 1, one<mpfr_erf>, 2},
    {"erfc", 1, one<mpfr_erfc>, 2, true},
    {"sqrt", 1, one<mpfr_sqrt>, 0.5},
    {"rsqrt", 1, rsqrt, 2},
    {"cbrt", 1, one<mpfr_cbrt>, 2},
    {"asin", 1, one<mpfr_asin>, 2},
    {"acos", 1, one<mpfr_acos>, 2},
    {"atan", 1, one<mpfr_atan>, 2},
    {"sinh", 1, one<mpfr_sinh>, 2},
    {"cosh", 1, one<mpfr_cosh>, 2},
    {"asinh", 1, one<mpfr_asinh>, 2},
    {"acosh", 1, one<mpfr_acosh>, 2},
    {"atanh", 1, one<mpfr_atanh>, 2},
    {"erf_inv", 1, inverseErf, 4, true, false, "a polynomial of log"},
    {"lgamma", 1, lgamma, 16, true, true, "a series; below 1 in units of the last place of 1"},
    {"digamma", 1, one<mpfr_digamma>, 64, true, true,
     "a series; left of 0 terms of the size of log |x| cancel; below 1 in units of the last place of 1"},
    {"power", 2, two<mpfr_pow>, 2},
    {"atan2", 2, two<mpfr_atan2>, 2},
    {"hypot", 2, two<mpfr_hypot>, 2},
    {"logaddexp", 2, logaddexp, 2, false, true, "below 1 in units of the last place of 1"},
};

} // namespace

std::span<const Function> functions() { return table; }

} // namespace tgc::accuracy
