// A tangent against the values of the function nearby.
#pragma once
#include "frontend/Reals.h"
#include "tgc/Check.h"

namespace tgc::detail {

struct Tangent {
  const Function &f;
  const Evaluator &value;
  const Buffers &at;
  const std::vector<std::size_t> &by; ///< positions of the parameters that move
  const Buffers &direction;           ///< of those
  const Buffers &pushed;              ///< what the jvp gives: f's results, then tangents
};

/// The claim that the tangents are the function's, without a name. Errors: of running f.
Result<CheckedClaim> againstDifferences(const Tangent &tangent, double allowed);

} // namespace tgc::detail
