// The nestings of a tower as requests to the compiler's autodiff stage, so that compiled derivatives can be
// compared with those the ops gave.
#pragma once
#include "tests/derivatives/Tower.h"

namespace tgc::derivatives {

/// A module whose function `entry` gives the scalars of these nestings. `function` is a tower of no order
/// yet, `shape` the grown one with the same inputs, whose arguments (up to `orders`) the entry takes.
catalogue::Written requestsOf(Tower function, const Tower &shape, llvm::ArrayRef<std::string> modes,
                              unsigned orders);

} // namespace tgc::derivatives
