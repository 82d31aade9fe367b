// One call under way: lists of steps, and the branches and loops in them.
#pragma once
#include "runtime/Program.h"
#include "tgc/Executor.h"

namespace tgc {

/// A call under way: the threads it may use, and room for pointers.
struct Call {
  const Program &program;
  const RunOptions &options;
  void **buffers;     ///< of the kernel that runs
  std::byte **nested; ///< tables of bodies and controls, see Program::bodyTable
};

/// Runs a list of steps whose references start at `bases`. Errors: what a function of the host's says.
Result<void> runSteps(const Call &call, std::span<const Step> steps, std::byte **bases);

/// Runs the branch or loop of a step, Control.cpp.
Result<void> runControl(const Call &call, const Step &step, std::byte **bases);

} // namespace tgc
