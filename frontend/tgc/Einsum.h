// Einstein summation.
#pragma once
#include "tgc/Expr.h"

namespace tgc {

/// Sums products over indices: einsum("ij,jk->ik", a, b) maps (I,J),(J,K) to (I,K).
/// The text means what it means in NumPy: implicit and explicit output, ellipsis, repeated letters,
/// broadcasting. Cost: the order of pairwise contractions is chosen at compile time. Errors: Invalid if the
/// text does not parse or an index has two extents (letter, operands and extents named).
template <typename... Operands> Expr einsum(Arg equation, Operands &&...operands) {
  return apply("einsum", {{"equation", equation}, {"tensors", Arg::List{Arg(operands, equation.here)...}}},
               equation.here);
}

} // namespace tgc
