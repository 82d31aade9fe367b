// Parameters and results that lie in memory in another order than row-major.
#pragma once
#include "frontend/Graph.h"
#include "tgc/Executable.h"

namespace tgc::detail {

/// Replaces the entry of `input` by a function on tensors as they lie in memory, which are permuted and
/// repeated where they are read: views, which kernels read through. Adds what the runtime must know to
/// `input`. Errors: Invalid for a layout that names nothing or does not fit.
Result<void> storeAs(const FunctionState &f, const std::vector<Layout> &layouts, CompileInput &input);

} // namespace tgc::detail
