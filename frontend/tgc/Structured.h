// Jacobians and Hessians that are not written out: sparse ones as the values of their pattern, those that are
// a small tensor times unit matrices as the small tensor.
#pragma once
#include "tgc/Pattern.h"
#include "tgc/Transforms.h"
#include "tgc/UnitFactors.h"

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
SparseFunction sparse_jacobian(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());
/// The same of the second derivatives of f's first result, a scalar. Both triangles are in it.
SparseFunction sparse_hessian(const Function &f, const Wrt &wrt, Arg::Here here = Arg::Here::current());

/// A derivative without its outer unit matrices. `cores` takes f's arguments and gives the core of each
/// block, row by row (out0, out1, ...); `blocks` says how each dense block is made of its core. A block
/// without unit matrices is its own core. An error of building is in `cores`.
struct CompressedFunction {
  Function cores;
  std::vector<UnitFactors> blocks;
  std::vector<Param> columns; ///< the parameters in `wrt`
};

/// Cost of the cores: that of the dense derivative without its zeros. Errors: as jacobian and hessian.
CompressedFunction compressed_jacobian(const Function &f, const Wrt &wrt,
                                       Arg::Here here = Arg::Here::current());
CompressedFunction compressed_hessian(const Function &f, const Wrt &wrt,
                                      Arg::Here here = Arg::Here::current());

/// The dense blocks.
Function expanded(const CompressedFunction &derivative);
/// Takes f's arguments, then v_NAME for each parameter of `wrt`, a tensor like it; gives the derivative times
/// those, a tensor for each row of blocks. Cost: a contraction with each core.
Function times(const CompressedFunction &derivative);
/// Takes f's arguments, then `b`, a tensor of the extents of the only block's rows; gives the x for which the
/// derivative times x is b. What unit matrices tie is solved apart: n blocks of k by k, or one for n right
/// sides. Errors: Invalid for several blocks, or one that is not square. A singular block gives NaN.
Function solved(const CompressedFunction &derivative, Arg::Here here = Arg::Here::current());

} // namespace tgc
