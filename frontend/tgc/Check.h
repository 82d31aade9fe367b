// Checking derivatives and batching of a function at a point: of the operations it is made of, and of rules
// of one's own.
#pragma once
#include "tgc/Transforms.h"
#include "tgc/View.h"

namespace tgc {

struct CheckOptions {
  /// The parameters to differentiate by; empty takes every floating-point one.
  Wrt wrt = {};
  /// 1 or 2: up to which order.
  int order = 2;
  /// Instances of a map that are compared with a loop; 0 leaves that out.
  std::int64_t batch = 3;
  /// Relative error of a tangent against differences; 0 takes 1e-6, or 2e-2 where something is narrower than
  /// f64. Products that must be equal are held to 1e-10, or 2e-2.
  double tolerance = 0;
  std::uint64_t seed = 1;
};

/// Something that must hold, and how far it is from holding.
struct CheckedClaim {
  std::string name;
  bool holds = true;
  /// Relative to the size of the whole tensor, or of the terms of a product.
  double error = 0, allowed = 0;
  /// Of claims about differences: the power of the step with which the remainder of the linear model falls; 2
  /// where the tangent is right and the function curved, 1 where it is wrong, infinity where nothing remains.
  double order = 0;
  /// The worst element and both numbers, where the claim fails.
  std::string where = {};
};

struct CheckReport {
  std::vector<CheckedClaim> claims;
  /// Where a claim fails: the first call of a function with own rules, else the first operation, that fails
  /// alone at the values it gets here, and how. Empty where none does.
  std::string culprit;

  bool holds() const;
  /// A line for each claim, then the culprit.
  std::string text() const;
};

/// Compiles f and its derivatives and compares them at `inputs` (one for each parameter) along random
/// directions: tangents against the remainder of the linear model, whose order must be 2 (a kink within the
/// step is no mistake); derivatives along no direction against zero; cotangents against tangents (<ct, J t> =
/// <J' ct, t>); with order 2 the same of f's jvp and vjp, and the symmetry of second derivatives; maps
/// against a loop. Cost: some eleven compilations and a hundred runs; a failure adds up to as many for each
/// operation of f. Errors: Invalid where nothing can be differentiated, as compile and run.
Result<CheckReport> check_derivatives(const Function &f, std::span<const View> inputs,
                                      const CheckOptions &options = {});
inline Result<CheckReport> check_derivatives(const Function &f, std::initializer_list<View> inputs,
                                             const CheckOptions &options = {}) {
  return check_derivatives(f, std::span(inputs.begin(), inputs.size()), options);
}

} // namespace tgc
