// Element types: one table. bool is one byte in memory; bf16 and f16 are stored as 16 bits, computed in f32;
// a complex number is its real part and behind it its imaginary one, as in std::complex.
#pragma once
#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace tgc {

// name, bytes, kind (f float, i signed, u unsigned, b bool, c complex), C++ type in memory
#define TGC_DTYPES(ROW)                                                                                      \
  ROW(f64, 8, 'f', double)                                                                                   \
  ROW(f32, 4, 'f', float)                                                                                    \
  ROW(bf16, 2, 'f', std::uint16_t)                                                                           \
  ROW(f16, 2, 'f', std::uint16_t)                                                                            \
  ROW(i64, 8, 'i', std::int64_t)                                                                             \
  ROW(i32, 4, 'i', std::int32_t)                                                                             \
  ROW(i16, 2, 'i', std::int16_t)                                                                             \
  ROW(i8, 1, 'i', std::int8_t)                                                                               \
  ROW(u64, 8, 'u', std::uint64_t)                                                                            \
  ROW(u32, 4, 'u', std::uint32_t)                                                                            \
  ROW(u16, 2, 'u', std::uint16_t)                                                                            \
  ROW(u8, 1, 'u', std::uint8_t)                                                                              \
  ROW(boolean, 1, 'b', std::uint8_t)                                                                         \
  ROW(c64, 8, 'c', std::complex<float>)                                                                      \
  ROW(c128, 16, 'c', std::complex<double>)

enum class DType : std::uint8_t {
#define ROW(name, bytes, kind, type) name,
  TGC_DTYPES(ROW)
#undef ROW
};

#define ROW(name, bytes, kind, type) inline constexpr DType name = DType::name;
TGC_DTYPES(ROW)
#undef ROW

/// How many element types there are; they count from 0.
inline constexpr int dtypeCount = 15;

constexpr std::size_t sizeBytes(DType dtype) {
  constexpr std::size_t table[] = {
#define ROW(name, bytes, kind, type) bytes,
      TGC_DTYPES(ROW)
#undef ROW
  };
  return table[static_cast<int>(dtype)];
}

/// 'f', 'i', 'u', 'b' or 'c'.
constexpr char kindOf(DType dtype) {
  constexpr char table[] = {
#define ROW(name, bytes, kind, type) kind,
      TGC_DTYPES(ROW)
#undef ROW
  };
  return table[static_cast<int>(dtype)];
}

constexpr bool isFloat(DType dtype) { return kindOf(dtype) == 'f'; }
constexpr bool isComplex(DType dtype) { return kindOf(dtype) == 'c'; }
/// What has tangents and cotangents.
constexpr bool isDifferentiable(DType dtype) { return isFloat(dtype) || isComplex(dtype); }
/// The dtype of the parts of a complex one; any other is its own.
constexpr DType realOf(DType dtype) {
  return dtype == DType::c128 ? DType::f64 : dtype == DType::c64 ? DType::f32 : dtype;
}

/// "f64", "i32", ...; bool is "bool".
std::string_view nameOf(DType dtype);

/// The dtype of a name as the language writes it; nothing for an unknown one.
std::optional<DType> dtypeNamed(std::string_view name);

/// Storage conversions of the 16-bit floats; rounding is to nearest, ties to even; NaN stays NaN.
/// A double is rounded once, not by way of a rounded float.
std::uint16_t bf16Of(float value);
std::uint16_t bf16Of(double value);
std::uint16_t f16Of(float value);
std::uint16_t f16Of(double value);
float floatOfBf16(std::uint16_t bits);
float floatOfF16(std::uint16_t bits);

/// C++ types whose arrays are tensors.
template <typename T>
concept Element = std::is_arithmetic_v<T> || std::is_same_v<T, std::complex<float>> ||
                  std::is_same_v<T, std::complex<double>>;

/// The element type that stores a C++ type; char-like and long types are covered by their size.
template <typename T> constexpr DType dtypeOf() {
  constexpr bool complex = Element<T> && !std::is_arithmetic_v<T>;
  static_assert(complex || (Element<T> && sizeof(T) <= 8), "no element type stores this C++ type");
  if constexpr (complex)
    return sizeof(T) == 16 ? DType::c128 : DType::c64;
  else if constexpr (std::is_same_v<T, bool>)
    return DType::boolean;
  else if constexpr (std::is_floating_point_v<T>)
    return sizeof(T) == 8 ? DType::f64 : DType::f32;
  else if constexpr (std::is_signed_v<T>)
    return sizeof(T) == 8   ? DType::i64
           : sizeof(T) == 4 ? DType::i32
           : sizeof(T) == 2 ? DType::i16
                            : DType::i8;
  else
    return sizeof(T) == 8   ? DType::u64
           : sizeof(T) == 4 ? DType::u32
           : sizeof(T) == 2 ? DType::u16
                            : DType::u8;
}

} // namespace tgc
