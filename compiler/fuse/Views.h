// Views: ops that only say where an element is read. A view costs nothing inside the kernel that reads
// through it.
#pragma once
#include "dialects/graph/Graph.h"

namespace tgc::fuse {

/// Where the result's element comes from in operand 0, as an affine map, if the op is a view that any kernel
/// may read through (broadcast, permutation, slice, flip, a reshape that only adds or drops extents of 1);
/// null otherwise.
mlir::AffineMap viewMap(mlir::Operation *op);

/// A reshape that moves index positions: free between kernels, where it renames a buffer, but not inside one.
bool isAlias(mlir::Operation *op);

/// A value seen through views.
struct Access {
  mlir::Value base;    ///< not a view's result
  mlir::AffineMap map; ///< index of the reader -> index of the base
};
Access throughViews(mlir::Value value);

} // namespace tgc::fuse
