// Arithmetic among plain numbers: i64, f64 and bool, before they meet a tensor.
#pragma once
#include "dialects/graph/Call.h"
#include "frontend/language/Ast.h"
#include "tgc/Result.h"

namespace tgc::language {

/// The value, or a message: integers that do not fit i64, division by zero, operators that bools or floats
/// lack.
/// `/` of integers is a float, `//` and `%` round to minus infinity, a negative integer exponent gives a
/// float.
struct Folded {
  graph::Argument value;
  std::string error; ///< empty on success
};
Folded foldUnary(Operator op, const graph::Argument &x);
Folded foldBinary(Operator op, const graph::Argument &a, const graph::Argument &b);

} // namespace tgc::language
