// Seconds of each step of a program, one thread.
#pragma once
#include "runtime/Program.h"

namespace tgc::tools {

/// Runs the program on the arguments for about `budget` seconds, three times at least, and gives the median
/// seconds of each step (wall time: a step that was interrupted is an outlier, not a figure). Errors: Limit
/// where memory for results or scratch cannot be had.
Result<std::vector<double>> stepSecondsOf(const Program &program, const std::vector<Buffer> &arguments,
                                          double budget);

} // namespace tgc::tools
