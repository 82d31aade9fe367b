// Reference values in plain C++: scalars (templates over double, int64_t, uint64_t, bool) and whole tensors.
// Written from the standards, not from the formulas: a wrong formula has to disagree with this.
#pragma once
#include "dialects/graph/HostTensor.h"

namespace tgc::graph::reference {

/// Integers wrap: the arithmetic is done on unsigned numbers.
template <typename T> auto wrapping(T x) {
  if constexpr (std::is_same_v<T, int64_t>)
    return static_cast<uint64_t>(x);
  else
    return x;
}
template <typename T> T add(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a || b;
  else
    return static_cast<T>(wrapping(a) + wrapping(b));
}
template <typename T> T subtract(T a, T b) { return static_cast<T>(wrapping(a) - wrapping(b)); }
template <typename T> T multiply(T a, T b) {
  if constexpr (std::is_same_v<T, bool>)
    return a && b;
  else
    return static_cast<T>(wrapping(a) * wrapping(b));
}
template <typename T> T negative(T x) { return static_cast<T>(-wrapping(x)); }

HostTensor einsum(llvm::StringRef equation, HostTensorsRef operands);

} // namespace tgc::graph::reference
