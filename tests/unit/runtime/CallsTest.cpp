#include "runtime/Calls.h"
#include "tgc/DType.h"
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <math.h>
#include <set>
#include <string>
#if defined(__AVX__) || defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace tgc;

TEST_CASE("calls: rows give the C library's functions by name") {
  REQUIRE(addressOf("sinf"));
  CHECK(reinterpret_cast<float (*)(float)>(*addressOf("sinf"))(1.0f) == sinf(1.0f));
  CHECK(reinterpret_cast<double (*)(double)>(*addressOf("sin"))(1.0) == ::sin(1.0));
  CHECK(reinterpret_cast<double (*)(double, double)>(*addressOf("pow"))(2, 10) == 1024);
  CHECK(reinterpret_cast<float (*)(float, float, float)>(*addressOf("fmaf"))(2, 3, 4) == 10);
  char text[4] = "abc";
  reinterpret_cast<void *(*)(void *, int, std::size_t)>(*addressOf("memset"))(text, 'x', 2);
  CHECK(std::string(text) == "xxc");
}

TEST_CASE("calls: names outside the table are not found, dangerous ones included") {
  for (const char *name : {"system", "malloc", "free", "sinff", "", "_ZGV", "_ZGVeN16v_system",
                           "_ZGVeN4v_sinf", "_ZGVeN16vv_sinf", "omp_get_thread_num", "__kmpc_fork_call"})
    CHECK_FALSE(addressOf(name));
}

TEST_CASE("calls: lgamma leaves signgam alone") {
  signgam = 7;
  CHECK(std::abs(tgc_lgamma(0.5) - 0.5 * std::log(std::acos(-1.0))) < 1e-15);
  CHECK(std::abs(tgc_lgammaf(-0.5f) - 1.2655121f) < 1e-6f); // gamma(-0.5) is negative
  CHECK(signgam == 7);
}

TEST_CASE("calls: every row is documented and resolves") {
  std::set<std::string_view> names;
  for (const CallRow &row : callRows()) {
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.signature.empty());
    CHECK_FALSE(row.text.empty());
    if (!row.name.starts_with("_ZGV")) CHECK(addressOf(row.name));
  }
  CHECK(names.count("tgc_cholesky") == 1);
}

#if defined(__x86_64__) && defined(__linux__)
TEST_CASE("calls: libmvec's functions are found and compute") {
  REQUIRE(addressOf("_ZGVbN4v_expf"));
  const __m128 out =
      reinterpret_cast<__m128 (*)(__m128)>(*addressOf("_ZGVbN4v_expf"))(_mm_set_ps(3, 2, 1, 0));
  float values[4];
  _mm_storeu_ps(values, out);
  for (int i = 0; i < 4; ++i)
    CHECK(std::abs(values[i] / std::exp(float(i)) - 1) < 4e-7f);
  for (const char *name : {"_ZGVeN16v_sinf", "_ZGVeN8v_sin", "_ZGVdN8v_tanhf", "_ZGVdN4v_log",
                           "_ZGVeN16vv_powf", "_ZGVeN8vv_atan2"})
    CHECK(addressOf(name));
}

TEST_CASE("calls: conversions LLVM may ask for") {
  const auto half =
      reinterpret_cast<_Float16 (*)(double)>(*addressOf("__truncdfhf2"))(1.0 + 0x1p-11 + 0x1p-40);
  std::uint16_t bits;
  std::memcpy(&bits, &half, 2);
  CHECK(bits == 0x3c01);
  CHECK(reinterpret_cast<float (*)(_Float16)>(*addressOf("__extendhfsf2"))(half) == floatOfF16(0x3c01));
}
#endif
