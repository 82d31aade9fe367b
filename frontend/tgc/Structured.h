// Jacobians and Hessians that are not written out: sparse ones as the values of their pattern.
#pragma once
#include "tgc/Pattern.h"
#include "tgc/Transforms.h"

namespace tgc {

/// A derivative as the values of its nonzeros, in compressed sparse rows: `values` has one result of that
/// name, f64[nonzeros] where f is of f64; `pattern` gives row offsets and columns, and says how many products
/// with the matrix the values cost (`pattern.colours.count`). An error of building is in `values`.
struct SparseFunction {
  Function values;
  Pattern pattern;
};

/// The Jacobian of f's results, one after the other in row-major order (rows), by the elements of `wrt`, one
/// after the other (columns). The pattern follows from f's ops; no value decides it, so a nonzero of it can
/// be zero. Cost: as many tangents or cotangents as colours, at once, and a read of each value. Compile time
/// and the program's size do not follow the extents where the structure is regular.
/// Errors: as jacobian; Invalid where results and parameters differ in dtype; Limit where the pattern is
/// neither regular nor has fewer than 2^25 nonzeros.
SparseFunction sparse_jacobian(const Function &f, const Wrt &wrt);
/// The same of the second derivatives of f's first result, a scalar. Both triangles are in it.
SparseFunction sparse_hessian(const Function &f, const Wrt &wrt);

} // namespace tgc
