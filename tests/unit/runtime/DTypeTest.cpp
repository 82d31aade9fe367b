#include "tgc/DType.h"
#include <bit>
#include <cmath>
#include <doctest/doctest.h>

using namespace tgc;

TEST_CASE("dtype: every name reads back, unknown names give nothing") {
  for (int i = 0; i < dtypeCount; ++i)
    CHECK(dtypeNamed(nameOf(DType(i))) == DType(i));
  CHECK(nameOf(DType::boolean) == "bool");
  CHECK_FALSE(dtypeNamed("f33"));
  CHECK_FALSE(dtypeNamed(""));
  CHECK(dtypeOf<std::uint16_t>() == DType::u16);
  CHECK(dtypeOf<long>() == DType::i64);
}

TEST_CASE("dtype: every f16 and bf16 value returns to its own bits") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float f16Value = floatOfF16(std::uint16_t(bits)), bf16Value = floatOfBf16(std::uint16_t(bits));
    if (std::isnan(f16Value))
      CHECK((f16Of(f16Value) == (bits | 0x200)));
    else if (f16Of(f16Value) != bits)
      FAIL_CHECK("f16 bits ", bits);
    if (std::isnan(bf16Value))
      CHECK((bf16Of(bf16Value) == (bits | 0x40)));
    else if (bf16Of(bf16Value) != bits)
      FAIL_CHECK("bf16 bits ", bits);
  }
}

TEST_CASE("dtype: rounding is to nearest, ties to even, at every border of f16") {
  // Between neighbours a < b: the midpoint goes to the even one, one ulp of f32 to either side goes to the
  // nearer one.
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float a = floatOfF16(std::uint16_t(bits)), b = floatOfF16(std::uint16_t(bits + 1)),
                middle = (a + b) / 2;
    const std::uint32_t even = bits + (bits & 1);
    if (f16Of(middle) != even) FAIL_CHECK("tie at ", bits);
    if (f16Of(std::nextafter(middle, a)) != bits) FAIL_CHECK("below the tie at ", bits);
    if (f16Of(std::nextafter(middle, b)) != bits + 1) FAIL_CHECK("above the tie at ", bits);
    if (f16Of(-middle) != (even | 0x8000)) FAIL_CHECK("negative tie at ", bits);
  }
  CHECK(f16Of(65519.996f) == 0x7bff);
  CHECK(f16Of(65520.0f) == 0x7c00);
  CHECK(f16Of(INFINITY) == 0x7c00);
  CHECK(f16Of(1e30f) == 0x7c00);
  CHECK(f16Of(0x1p-149f) == 0);
  CHECK(f16Of(-0.0f) == 0x8000);
}

#if defined(__clang__) && defined(__x86_64__)
TEST_CASE("dtype: f16 agrees with the compiler's _Float16 on a stride through all f32 bits") {
  for (std::uint64_t bits = 0; bits < (1ull << 32); bits += 4099) {
    const float value = std::bit_cast<float>(std::uint32_t(bits));
    if (std::isnan(value)) continue;
    if (f16Of(value) != std::bit_cast<std::uint16_t>(static_cast<_Float16>(value)))
      FAIL_CHECK("f32 bits ", bits);
  }
}
#endif

TEST_CASE("dtype: bf16 ties go to even and NaN stays NaN") {
  CHECK(bf16Of(std::bit_cast<float>(0x3f808000u)) == 0x3f80);
  CHECK(bf16Of(std::bit_cast<float>(0x3f818000u)) == 0x3f82);
  CHECK(bf16Of(std::bit_cast<float>(0x3f808001u)) == 0x3f81);
  CHECK(bf16Of(std::bit_cast<float>(0x7f7fffffu)) == 0x7f80);
  CHECK(std::isnan(
      floatOfBf16(bf16Of(std::bit_cast<float>(0x7f800001u))))); // a payload that truncation would lose
  CHECK(std::isnan(floatOfF16(f16Of(std::bit_cast<float>(0xff800001u)))));
  CHECK(bf16Of(std::bit_cast<float>(0x00008001u)) == 0x0001); // subnormals are kept
}

TEST_CASE("dtype: a double is rounded once") {
  // Just above a tie of f16, by less than half a unit of f32: through float it would fall to the even side.
  CHECK(f16Of(1.0 + 0x1p-11 + 0x1p-40) == 0x3c01);
  CHECK(f16Of(1.0 + 0x1p-11 - 0x1p-40) == 0x3c00);
  CHECK(f16Of(1.0 + 0x1p-11) == 0x3c00);
  CHECK(bf16Of(1.0 + 0x1p-8 + 0x1p-40) == 0x3f81);
  CHECK(bf16Of(-(1.0 + 0x1p-8 + 0x1p-40)) == 0xbf81);
  CHECK(f16Of(1e300) == 0x7c00);
  CHECK(f16Of(-1e300) == 0xfc00);
  CHECK(f16Of(1e-300) == 0);
  CHECK(bf16Of(1e-300) == 0);
  CHECK(std::isnan(floatOfF16(f16Of(double(NAN)))));
  for (std::uint32_t bits = 0; bits < 0x7c00; ++bits) {
    const double a = floatOfF16(std::uint16_t(bits)),
                 b = bits == 0x7bff ? 65536.0 : floatOfF16(std::uint16_t(bits + 1));
    const double middle = (a + b) / 2;
    if (f16Of(std::nextafter(middle, a)) != bits) FAIL_CHECK("below the tie at ", bits);
    if (f16Of(std::nextafter(middle, b)) != bits + 1) FAIL_CHECK("above the tie at ", bits);
  }
}
