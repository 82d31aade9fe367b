// One run of consecutive elements, a full register at a time, with a masked tail.
#pragma once
#include "compiler/schedule/Elements.h"

namespace tgc::schedule {

struct Run {
  mlir::Value low, high;        // elements [low, high)
  std::optional<int64_t> count; // high - low, where known before running
  int64_t extent = 0;           // elements run from 0 to this; a rest comes only where high == extent
  int64_t unroll = 1;           // registers a round
};

// Calls `round` for each piece of code: the scope to write in, one variable per register, whether all lanes
// are active.
void forLanes(Elements &elements, Scope *scope, const Run &run,
              llvm::function_ref<void(Scope *, llvm::ArrayRef<mlir::AffineExpr>, bool)> round);

} // namespace tgc::schedule
