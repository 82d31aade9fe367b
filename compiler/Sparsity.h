// Where the nonzeros of a derivative are, before it is built: the frontends need to know how many values a
// sparse form has.
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include "tgc/Pattern.h"
#include "tgc/Result.h"
#include <span>
#include <string>

namespace tgc {

struct SparsityRequest {
  mlir::ModuleOp module; ///< read, not changed
  std::string function;
  std::span<const std::int64_t> wrt; ///< positions of arguments, floating-point
  bool second = false;               ///< the Hessian of the first result, a scalar; else the Jacobian of all
};

/// The coloured pattern. It follows from the ops of the tangent, simplified: nothing is evaluated, and where
/// the structure is regular neither time nor memory follow the extents. Errors: as differentiating the
/// function; Limit for a pattern that is neither regular nor has fewer than 2^25 nonzeros.
Result<Pattern> sparsity(const SparsityRequest &request);

} // namespace tgc
