// The largest error of one function in one dtype.
#pragma once
#include "tgc/Error.h"
#include "tools/accuracy/Functions.h"
#include <cstdint>
#include <optional>

namespace tgc::accuracy {

struct Plan {
  bool wide = false;        ///< f64; else f32
  std::uint64_t points = 0; ///< random ones; 0: every f32 there is (one operand)
  std::uint64_t every = 1;  ///< of all f32, one in so many
  std::uint64_t direct = 0; ///< of f32 points, how many go to MPFR whatever they look like
  std::uint64_t seed = 1;
};

struct Worst {
  std::uint64_t points = 0;
  double ulp = 0;               ///< 1e30: infinite or NaN where the exact value is not, or the other way
  double x = 0, y = 0, got = 0; ///< where
};

/// f64: every point beside MPFR. f32: every point beside the same function in f64, whose own error is some
/// 2^-28 ULP of f32; what comes near the worst seen, and `direct` points in any case, beside MPFR.
/// Errors: what compiling says.
std::optional<Error> measure(const Function &function, const Plan &plan, Worst &worst);

} // namespace tgc::accuracy
