// What an outer program runs, in order: kernels, and loops and branches with what they run.
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace tgc::tools {

struct Run {
  std::string kernel, why, ops, contraction;
  std::vector<std::string> calls; ///< functions with own rules that some of the ops came out of
  std::string keeps;              ///< what a loop keeps for reverse mode, in words
  int depth = 0;                  ///< loops and branches around it
};

/// The runs of a function as stage fuse leaves it; bodies follow their loop.
std::vector<Run> runsOf(mlir::ModuleOp module, const std::string &function);

} // namespace tgc::tools
