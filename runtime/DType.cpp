// Names of element types and the storage conversions of the 16-bit floats.
// The conversions are integer arithmetic on the bits, so they do not depend on the rounding mode or on
// flushed subnormals.
#include "tgc/DType.h"
#include <bit>

namespace tgc {

std::string_view nameOf(DType dtype) {
  if (dtype == DType::boolean) return "bool"; // `bool` is a keyword, so the row cannot carry the name
  constexpr std::string_view table[] = {
#define ROW(name, bytes, kind, type) #name,
      TGC_DTYPES(ROW)
#undef ROW
  };
  return table[static_cast<int>(dtype)];
}

std::optional<DType> dtypeNamed(std::string_view name) {
  for (int i = 0; i < dtypeCount; ++i)
    if (nameOf(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  return std::nullopt;
}

std::uint16_t bf16Of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const bool isNaN = (bits & 0x7fffffffu) > 0x7f800000u;
  if (isNaN) return static_cast<std::uint16_t>((bits >> 16) | 0x40u); // quiet, and never turned into infinity
  const std::uint32_t odd = (bits >> 16) & 1u;
  return static_cast<std::uint16_t>((bits + 0x7fffu + odd) >> 16);
}

namespace {

/// The float whose last bit is odd unless the value is exact. It has more than two bits beyond the 16-bit
/// formats, so rounding it again gives what rounding the double once would (Boldo and Melquiond, "When double
/// rounding is odd").
float roundedToOdd(double value) {
  const float nearest = static_cast<float>(value);
  const bool isNaN = value != value;
  if (isNaN || static_cast<double>(nearest) == value) return nearest;
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  const double magnitude = value < 0 ? -value : value,
               rounded = nearest < 0 ? -static_cast<double>(nearest) : nearest;
  if (rounded > magnitude) --bits; // towards zero
  return std::bit_cast<float>(bits | 1u);
}

} // namespace

std::uint16_t bf16Of(double value) { return bf16Of(roundedToOdd(value)); }
std::uint16_t f16Of(double value) { return f16Of(roundedToOdd(value)); }

float floatOfBf16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t f16Of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u)
    return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
  if (magnitude >= 0x477ff000u)
    return static_cast<std::uint16_t>(sign | 0x7c00u); // 65520 and above round to infinity
  // Below 2^-14 the result is subnormal: the unit stays 2^-24, so more bits are dropped the smaller the
  // value.
  const bool subnormal = magnitude < 0x38800000u;
  if (magnitude < 0x33000000u)
    return static_cast<std::uint16_t>(sign); // below half of the smallest subnormal
  std::uint32_t kept, dropped, half;
  if (subnormal) {
    const std::uint32_t shift = 126u - (magnitude >> 23), full = (magnitude & 0x7fffffu) | 0x800000u;
    kept = full >> shift;
    dropped = full & ((1u << shift) - 1u);
    half = 1u << (shift - 1u);
  } else {
    kept = (magnitude - 0x38000000u) >> 13;
    dropped = magnitude & 0x1fffu;
    half = 0x1000u;
  }
  if (dropped > half || (dropped == half && (kept & 1u)))
    ++kept; // a carry into the exponent is the right result
  return static_cast<std::uint16_t>(sign | kept);
}

float floatOfF16(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = (bits >> 10) & 0x1fu,
                      mantissa = bits & 0x3ffu;
  if (exponent == 0x1fu) // infinity, or NaN made quiet
    return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13) | (mantissa ? 0x400000u : 0u));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24f; // exact: ten bits times a power of two
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
}

} // namespace tgc
