// A failing graph made small: the first value that is wrong alone, with what it is computed from.
#pragma once
#include "tests/random/Graph.h"

namespace tgc::random {

/// The text of the smallest part for which `fails` still says yes; each part returns one value.
std::string smallestText(const RandomGraph &graph, llvm::function_ref<bool(const RandomGraph &)> fails);

} // namespace tgc::random
