// Reference values in plain C++: scalars (templates over double, int64_t, uint64_t, bool) and whole tensors.
// Written from the standards, not from the formulas: a wrong formula has to disagree with this.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/TensorReference.h"

namespace tgc::graph::reference {

/// Integers wrap: the arithmetic is done on unsigned numbers.
template <typename T> auto wrapping(T x) {
  if constexpr (std::is_same_v<T, int64_t>)
    return static_cast<uint64_t>(x);
  else
    return x;
}
template <typename T> inline constexpr bool isReal = std::is_same_v<T, double>;
template <typename T> bool isBelowZero(T x) {
  if constexpr (std::is_unsigned_v<T>)
    return false;
  else
    return x < 0;
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
template <typename T> T absolute(T x) {
  if constexpr (isReal<T>)
    return std::fabs(x);
  else
    return isBelowZero(x) ? negative(x) : x;
}
template <typename T> T sign(T x) {
  if constexpr (isReal<T>)
    if (std::isnan(x)) return x;
  return isBelowZero(x) ? negative(T(1)) : x == T(0) ? T(0) : T(1);
}

/// The quotient rounded down; integers by zero give 0, the smallest // -1 wraps.
template <typename T> T floorDivide(T a, T b) {
  if constexpr (isReal<T>) {
    // At infinities as Python and NumPy have it.
    if (std::isinf(a) && b != 0) return std::nan("");
    if (b == 0 || std::isnan(a) || std::isnan(b)) return a / b;
    if (std::isinf(b)) return a != 0 && (a < 0) != (b < 0) ? -1.0 : std::copysign(0.0, a / b);
    // In long double: a / b may round up to a whole number that the quotient stays below.
    double quotient = static_cast<double>(std::floor(static_cast<long double>(a) / b));
    return quotient == 0 ? std::copysign(0.0, a / b) : quotient;
  } else {
    if (b == T(0)) return T(0);
    if (isBelowZero(b) && b == negative(T(1))) return negative(a);
    T quotient = a / b;
    return a % b != T(0) && isBelowZero(a) != isBelowZero(b) ? quotient - T(1) : quotient;
  }
}
/// What floorDivide leaves, with the sign of the divisor.
template <typename T> T remainder(T a, T b) {
  if constexpr (isReal<T>) {
    double rest = std::fmod(a, b);
    if (rest == 0) return std::copysign(0.0, b);
    return (rest < 0) != (b < 0) ? rest + b : rest;
  } else {
    if (b == T(0) || (isBelowZero(b) && b == negative(T(1)))) return T(0);
    T rest = a % b;
    return rest != T(0) && isBelowZero(rest) != isBelowZero(b) ? rest + b : rest;
  }
}
template <typename T> T power(T a, T b) {
  if constexpr (isReal<T>) {
    return std::pow(a, b);
  } else {
    if (isBelowZero(b)) {
      T one = T(1), minusOne = negative(T(1));
      return a == one ? one : a == minusOne ? (b % T(2) != T(0) ? minusOne : one) : T(0);
    }
    T result = T(1);
    for (; b != T(0); b /= T(2), a = multiply(a, a))
      if (b % T(2) != T(0)) result = multiply(result, a);
    return result;
  }
}

/// NaN passes on.
template <typename T> T maximum(T a, T b) {
  if constexpr (isReal<T>)
    if (std::isnan(a) || std::isnan(b)) return a + b;
  return a > b ? a : b;
}
template <typename T> T minimum(T a, T b) {
  if constexpr (isReal<T>)
    if (std::isnan(a) || std::isnan(b)) return a + b;
  return a < b ? a : b;
}

#define ROUNDING(name, function)                                                                             \
  template <typename T> T name(T x) {                                                                        \
    if constexpr (isReal<T>)                                                                                 \
      return function(x);                                                                                    \
    else                                                                                                     \
      return x;                                                                                              \
  }
ROUNDING(floor, std::floor)
ROUNDING(ceil, std::ceil)
ROUNDING(round, std::nearbyint)
ROUNDING(trunc, std::trunc)
#undef ROUNDING

template <typename T> T invert(T x) {
  if constexpr (std::is_same_v<T, bool>)
    return !x;
  else
    return ~x;
}
/// Shifts by the width or more, or by negative numbers, leave nothing, or the sign.
template <typename T> T shiftLeft(T a, T b, int width) {
  return static_cast<uint64_t>(b) >= static_cast<uint64_t>(width)
             ? T(0)
             : static_cast<T>(wrapping(a) << wrapping(b));
}
template <typename T> T shiftRight(T a, T b, int width) {
  if (static_cast<uint64_t>(b) >= static_cast<uint64_t>(width)) return isBelowZero(a) ? negative(T(1)) : T(0);
  return static_cast<T>(a >> b);
}

/// The neighbour in the dtype itself, halves included.
double nextAfter(mlir::Type element, double from, double to);

// In long double, where the definitions neither overflow nor cancel for any f64 that matters.
inline double softplus(double x) {
  return static_cast<double>(x > 11000 ? static_cast<long double>(x)
                                       : std::log1p(std::exp(static_cast<long double>(x))));
}
inline double sigmoid(double x) {
  return static_cast<double>(1 / (1 + std::exp(-static_cast<long double>(x))));
}
double erfInv(double x);
double logGamma(double x);
double digamma(double x);
double i0e(double x);
/// One word of Threefry-2x32 with 20 rounds.
uint32_t threefry2x32(uint32_t k0, uint32_t k1, uint32_t c0, uint32_t c1, bool second);
template <typename T> int64_t threefry(T k0, T k1, T c0, T c1, int64_t word) {
  auto low = [](T x) { return static_cast<uint32_t>(static_cast<uint64_t>(x)); };
  return threefry2x32(low(k0), low(k1), low(c0), low(c1), word != 0);
}
inline double logaddexp(double a, double b) {
  double top = maximum(a, b), low = minimum(a, b);
  if (std::isinf(top) || std::isnan(top)) return top;
  return static_cast<double>(top + std::log1p(std::exp(static_cast<long double>(low) - top)));
}

HostTensor einsum(llvm::StringRef equation, HostTensorsRef operands);
HostTensor gelu(const HostTensor &x, llvm::StringRef approximate);
/// A bound without a type does not cut.
HostTensor clip(const HostTensor &x, const HostTensor &min, const HostTensor &max);

} // namespace tgc::graph::reference
