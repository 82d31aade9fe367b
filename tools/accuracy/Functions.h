// The functions whose accuracy is measured, each with its value by MPFR.
#pragma once
#include <mpfr.h>
#include <span>

namespace tgc::accuracy {

/// A function of the catalogue. `exact` sets y to the value at (a, b), correctly rounded to y's precision or
/// a few units of it off; b is for functions of two operands.
struct Function {
  const char *name;
  int operands;
  void (*exact)(mpfr_ptr y, mpfr_srcptr a, mpfr_srcptr b);
  double aim;        ///< ULP that must not be exceeded, in f32 and f64
  bool slow = false; ///< MPFR takes tens of microseconds
  bool cancels =
      false; ///< results below 1 are measured in the last place of 1: they come of terms that cancel
  const char *note = ""; ///< why the aim is not 2
};

std::span<const Function> functions();

} // namespace tgc::accuracy
