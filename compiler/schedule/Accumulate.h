// Loops that reduce: one or several reductions over the same elements in one nest, with vector accumulators.
#pragma once
#include "compiler/schedule/Elements.h"

namespace tgc::schedule {

// One reduction at one position of its results.
struct Reduction {
  mlir::linalg::GenericOp op;
  Position point; // iteration point; reduction dimensions are filled in by the loops
};

struct AccumulateOptions {
  bool lanes = false; // run the innermost reduced elements over vector lanes
  int64_t unroll = 1; // accumulators per result when lanes is set
};

// The operation of the body that joins the accumulator of result `number` with an element; null if the body
// does something else. And the element that changes nothing when joined; null where there is none.
mlir::Operation *combinerOf(mlir::linalg::GenericOp op, unsigned number);
mlir::TypedAttr neutralOf(mlir::Operation *combiner);

// Can elements be combined in any grouping by one operation with a known neutral element?
bool isRegrouping(mlir::linalg::GenericOp op);

// All reductions share the extents of their reduction dimensions. Their results are remembered by `elements`.
void emitReductions(Elements &elements, llvm::ArrayRef<Reduction> reductions, AccumulateOptions options);

// One reduction in plain loops at the place where its rows are known.
void reduceInLoops(Elements &elements, mlir::OpResult result, llvm::ArrayRef<mlir::AffineExpr> position);

// Number of trailing dimensions of `box` that can be one loop: `addresses(position)` lists what must stay
// linear.
size_t collapsible(
    Elements &elements, llvm::ArrayRef<int64_t> box,
    llvm::function_ref<llvm::SmallVector<mlir::AffineExpr>(llvm::ArrayRef<mlir::AffineExpr>)> addresses);

} // namespace tgc::schedule
