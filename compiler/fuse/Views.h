// Views: ops that only say where an element is read. A view costs nothing inside the kernel that reads
// through it.
#pragma once
#include "dialects/graph/Graph.h"

namespace tgc::fuse {

/// GraphOp::viewMap, and null for what is no op of the graph.
mlir::AffineMap viewMap(mlir::Operation *op);

/// A renaming that moves index positions: free between kernels, but not inside one.
bool isAlias(mlir::Operation *op);

/// Numbers made of nothing (unit matrices, counters, a few instructions on them), and single numbers made of
/// arguments and constants by one instruction, that only kernels read, element by element: every such kernel
/// makes its own, and nothing is written to memory.
bool isMadeWhereRead(mlir::Operation *op);

/// A value seen through views.
struct Access {
  mlir::Value base;    ///< not a view's result
  mlir::AffineMap map; ///< index of the reader -> index of the base
};
Access throughViews(mlir::Value value);

/// Whether each step of an index moves as far as any other: no reshape, no repetition.
bool isLinear(mlir::AffineMap map);

} // namespace tgc::fuse
