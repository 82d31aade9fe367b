// Seconds of each step of a program and the memory of a call, one thread.
#pragma once
#include "runtime/Program.h"

namespace tgc::tools {

struct Measured {
  std::vector<double>
      stepSeconds; ///< medians (wall time: a step that was interrupted is an outlier, not a figure)
  /// Bytes by which the process grew at most while the program ran for the first time, beyond arguments and
  /// results; -1 where the system does not tell.
  std::int64_t peakBytes = -1;
};

/// Runs the program on the arguments for about `budget` seconds, three times at least. Errors: Limit where
/// memory for results or scratch cannot be had.
Result<Measured> measure(const Program &program, const std::vector<Buffer> &arguments, double budget);

} // namespace tgc::tools
