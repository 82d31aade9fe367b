// What the rows of Pointwise.td and Activations.td need beyond one line, over Sym: numbers, guards, formulas.
#pragma once
#include "dialects/graph/Sym.h"
#include <numbers>

namespace tgc::graph {

inline constexpr double ln2 = std::numbers::ln2;
inline constexpr double ln10 = std::numbers::ln10;
inline constexpr double twoOverSqrtPi = 2 * std::numbers::inv_sqrtpi;

/// x, and 1 where x is 0: a divisor for partials that are 0 there.
Sym nonzero(Sym x);

namespace formulas {
/// Reports an `approximate` other than "none" and "tanh".
Sym gelu(Ink &ink, Sym x, llvm::StringRef approximate);
/// Bounds that are absent do not cut; reports a bound of another type than x.
Sym clip(Sym x, Sym min, Sym max);
} // namespace formulas
} // namespace tgc::graph
