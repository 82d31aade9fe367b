// Which ops share a kernel. A group is an index space: `space` are the extents of its full values; after a
// reduction joined, `reduced` are the axes it runs over and the values without them are row values. Every op
// is offered to the last group among those its operands come from; groups run in the order they were opened,
// so no cycle can arise. A contraction takes what follows it element by element.
#pragma once
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::fuse {

struct Group {
  llvm::SmallVector<mlir::Operation *> ops; ///< in program order, without views
  llvm::SmallVector<int64_t> space;
  llvm::SmallVector<int64_t> reduced;
  bool hasReduction = false;
  bool closed = false;  ///< nothing may join
  bool product = false; ///< its first op is a contraction, the others follow it element by element
  int64_t instructions =
      0;           ///< at most, for a register of results: what is read elsewhere is made again there
  std::string why; ///< why its first op did not join the group before it
};

struct Grouping {
  std::vector<Group> groups;
  llvm::DenseMap<mlir::Operation *, unsigned>
      of; ///< the group of an op; views, constants and aliases have none
};

/// Groups the ops of a function body; `most` ops at most in a group, `alone` puts each op in its own.
Grouping groupOps(mlir::Block &body, int most, bool alone);

/// Axes an op reduces over, where it is a reduction a row kernel can hold.
std::optional<llvm::SmallVector<int64_t>> reductionAxes(mlir::Operation *op);

} // namespace tgc::fuse
