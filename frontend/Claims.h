// What must hold of a function's derivatives at a point, each claim compiled and measured.
#pragma once
#include "frontend/Reals.h"
#include "tgc/Check.h"

namespace tgc::detail {

/// Largest relative errors: of a tangent against differences, of products that must be equal.
struct Tolerances {
  double differences = 1e-6, products = 1e-10;
};

/// Gathers claims about functions at points. Every member gives the first error of compiling or running.
class Claims {
public:
  Claims(const CheckOptions &options, Tolerances allowed) : options(options), allowed(allowed) {}

  /// Everything the options ask for, of f and its derivatives.
  Result<void> all(const Function &f, const Wrt &wrt, const Buffers &at);
  std::vector<CheckedClaim> made;

private:
  /// Along no direction nothing changes: what a rule that is affine, not linear, gets wrong.
  Result<void> zeroDirections(const Function &f, const Wrt &wrt, const Buffers &at);
  /// Tangents against differences, cotangents against tangents.
  Result<void> firstOrder(const Function &f, const Wrt &wrt, const Buffers &at, const std::string &prefix);
  /// Second derivatives of <ct, f> by two directions in either order; `back` is f's vjp.
  Result<void> symmetry(const Function &f, const Function &back, const Wrt &wrt, const Buffers &at);
  /// A map over instances near the point against calls one by one.
  Result<void> batch(const Function &f, const Buffers &at, const std::string &prefix);
  void add(CheckedClaim claim) { made.push_back(std::move(claim)); }

  const CheckOptions &options;
  Tolerances allowed;
};

/// The floating-point parameters, or those of `wanted` where it names some. Errors: Invalid for none, or for
/// a name that is no floating-point parameter.
Result<Wrt> differentiable(const Function &f, const Wrt &wanted);
Tolerances tolerancesOf(const Function &f, const CheckOptions &options);

} // namespace tgc::detail
