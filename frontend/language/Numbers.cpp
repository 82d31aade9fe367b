#include "frontend/language/Numbers.h"
#include <cmath>

namespace tgc::language {

using graph::Argument;

namespace {

std::string words(Operator op) { return "'" + std::string(textOf(op)) + "'"; }
Folded wrong(std::string message) { return {{}, std::move(message)}; }
Folded overflow(Operator op) { return wrong("the result of " + words(op) + " does not fit i64"); }

template <typename T> std::optional<bool> compare(Operator op, T a, T b) {
  switch (op) {
  case Operator::equal:
    return a == b;
  case Operator::not_equal:
    return a != b;
  case Operator::less:
    return a < b;
  case Operator::less_equal:
    return a <= b;
  case Operator::greater:
    return a > b;
  case Operator::greater_equal:
    return a >= b;
  default:
    return std::nullopt;
  }
}

Folded foldBools(Operator op, bool a, bool b) {
  switch (op) {
  case Operator::bitwise_and:
    return {Argument(a && b), {}};
  case Operator::bitwise_or:
    return {Argument(a || b), {}};
  case Operator::bitwise_xor:
  case Operator::not_equal:
    return {Argument(a != b), {}};
  case Operator::equal:
    return {Argument(a == b), {}};
  default:
    return wrong("there is no " + words(op) + " of true and false");
  }
}

/// The four rules; nothing for other operators.
template <typename T> std::optional<Argument> calculate(Operator op, T a, T b) {
  switch (op) {
  case Operator::add:
    return Argument(a + b);
  case Operator::subtract:
    return Argument(a - b);
  case Operator::multiply:
    return Argument(a * b);
  case Operator::divide:
    return Argument(a / b);
  default:
    return std::nullopt;
  }
}

Folded foldFloats(Operator op, double a, double b) {
  if (auto verdict = compare(op, a, b)) return {Argument(*verdict), {}};
  if (auto number = calculate(op, a, b)) return {*number, {}};
  switch (op) {
  case Operator::floor_divide:
    return {Argument(std::floor(a / b)), {}};
  case Operator::remainder:
    return {Argument(b == 0 ? NAN : a - b * std::floor(a / b)), {}};
  case Operator::power:
    return {Argument(std::pow(a, b)), {}};
  default:
    return wrong("there is no " + words(op) + " of plain floats");
  }
}

Folded foldPower(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return {Argument(std::pow(static_cast<double>(base), static_cast<double>(exponent))), {}};
  std::int64_t result = 1;
  while (exponent > 0) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result)) return overflow(Operator::power);
    exponent >>= 1;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return overflow(Operator::power);
  }
  return {Argument(result), {}};
}

Folded foldDivision(Operator op, std::int64_t a, std::int64_t b) {
  if (b == 0) return wrong("division of a plain number by zero");
  if (op == Operator::divide) return {Argument(static_cast<double>(a) / static_cast<double>(b)), {}};
  if (b == -1) { // the least i64 has no positive counterpart
    if (op == Operator::remainder) return {Argument(std::int64_t(0)), {}};
    return a == INT64_MIN ? overflow(op) : Folded{Argument(-a), {}};
  }
  std::int64_t quotient = a / b, rest = a % b;
  bool down = rest != 0 && (rest < 0) != (b < 0);
  return {Argument(op == Operator::remainder ? rest + (down ? b : 0) : quotient - (down ? 1 : 0)), {}};
}

Folded foldShift(Operator op, std::int64_t a, std::int64_t b) {
  if (b < 0) return wrong("a shift by a negative number");
  if (op == Operator::bitwise_right_shift) return {Argument(a >> std::min<std::int64_t>(b, 63)), {}};
  if (b > 62 && a != 0) return overflow(op);
  std::int64_t result = 0;
  if (a != 0 && __builtin_mul_overflow(a, std::int64_t(1) << b, &result)) return overflow(op);
  return {Argument(result), {}};
}

Folded foldIntegers(Operator op, std::int64_t a, std::int64_t b) {
  if (auto verdict = compare(op, a, b)) return {Argument(*verdict), {}};
  std::int64_t result = 0;
  switch (op) {
  case Operator::add:
    if (__builtin_add_overflow(a, b, &result)) return overflow(op);
    break;
  case Operator::subtract:
    if (__builtin_sub_overflow(a, b, &result)) return overflow(op);
    break;
  case Operator::multiply:
    if (__builtin_mul_overflow(a, b, &result)) return overflow(op);
    break;
  case Operator::divide:
  case Operator::floor_divide:
  case Operator::remainder:
    return foldDivision(op, a, b);
  case Operator::power:
    return foldPower(a, b);
  case Operator::bitwise_and:
    result = a & b;
    break;
  case Operator::bitwise_or:
    result = a | b;
    break;
  case Operator::bitwise_xor:
    result = a ^ b;
    break;
  case Operator::bitwise_left_shift:
  case Operator::bitwise_right_shift:
    return foldShift(op, a, b);
  default:
    return wrong("there is no " + words(op) + " of plain numbers");
  }
  return {Argument(result), {}};
}

/// Whole powers are exact where products are.
std::complex<double> powerOf(std::complex<double> a, std::complex<double> b) {
  const double whole = std::abs(b.real());
  if (b.imag() != 0 || whole != std::trunc(whole) || whole > 64) return std::pow(a, b);
  std::complex<double> result = 1;
  for (int k = 0; k < static_cast<int>(whole); ++k)
    result *= a;
  return b.real() < 0 ? 1.0 / result : result;
}

Folded foldComplex(Operator op, std::complex<double> a, std::complex<double> b) {
  if (auto number = calculate(op, a, b)) return {*number, {}};
  switch (op) {
  case Operator::equal:
    return {Argument(a == b), {}};
  case Operator::not_equal:
    return {Argument(a != b), {}};
  case Operator::power:
    return {Argument(powerOf(a, b)), {}};
  default:
    return wrong("there is no " + words(op) + " of complex numbers");
  }
}

double asDouble(const Argument &x) {
  if (auto *integer = x.as<int64_t>()) return static_cast<double>(*integer);
  return *x.as<double>();
}

std::complex<double> asComplex(const Argument &x) {
  auto *complex = x.as<std::complex<double>>();
  return complex ? *complex : asDouble(x);
}

} // namespace

Folded foldUnary(Operator op, const Argument &x) {
  if (auto *flag = x.as<bool>()) {
    if (op == Operator::bitwise_invert) return {Argument(!*flag), {}};
    return wrong("there is no " + words(op) + " of true and false");
  }
  if (op == Operator::positive) return {x, {}};
  if (auto *integer = x.as<int64_t>()) {
    if (op == Operator::bitwise_invert) return {Argument(~*integer), {}};
    return *integer == INT64_MIN ? overflow(op) : Folded{Argument(-*integer), {}};
  }
  if (op == Operator::bitwise_invert) return wrong("there is no '~' of plain floats");
  if (auto *complex = x.as<std::complex<double>>()) return {Argument(-*complex), {}};
  return {Argument(-*x.as<double>()), {}};
}

Folded foldBinary(Operator op, const Argument &a, const Argument &b) {
  auto *flagA = a.as<bool>(), *flagB = b.as<bool>();
  if (flagA && flagB) return foldBools(op, *flagA, *flagB);
  if (flagA || flagB) return wrong("there is no " + words(op) + " of a number and a truth value");
  if (a.as<std::complex<double>>() || b.as<std::complex<double>>())
    return foldComplex(op, asComplex(a), asComplex(b));
  auto *integerA = a.as<int64_t>(), *integerB = b.as<int64_t>();
  if (integerA && integerB) return foldIntegers(op, *integerA, *integerB);
  return foldFloats(op, asDouble(a), asDouble(b));
}

} // namespace tgc::language
