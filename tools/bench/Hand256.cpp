// The loops with eight lanes. Each function names the instructions it may use, so nothing of other headers is
// compiled for them.
#include "tools/bench/HandLoops.h"
#include <immintrin.h>
#include <math.h>

#define TGC_WIDE __attribute__((target("avx2,fma")))
#define TGC_WIDE_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace tgc::bench::hand {
namespace {

constexpr int lanes = 8;
constexpr int chains = 4;              // covers the latency of an addition on two units
constexpr std::int64_t longest = 4096; // floats of a row kept in the first-level cache

/// e^x for x <= 0, about 1 ULP: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial of degree 7 in r (Cephes'
/// coefficients). Adding 1.5 * 2^23 rounds to an integer and leaves it in the lowest bits, where a shift
/// makes it an exponent. What is below the least normal number gives that.
TGC_WIDE_INLINE __m256 exponential(__m256 x) {
  const __m256 rounder = _mm256_set1_ps(12582912.f);
  x = _mm256_max_ps(x, _mm256_set1_ps(-87.3365f));
  __m256 rounded = _mm256_fmadd_ps(x, _mm256_set1_ps(1.44269504f), rounder);
  __m256 n = _mm256_sub_ps(rounded, rounder);
  __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
  r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
  __m256 p = _mm256_set1_ps(1.9875691500e-4f);
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.3981999507e-3f));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(8.3334519073e-3f));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(4.1665795894e-2f));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.6666665459e-1f));
  p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(5.0000001201e-1f));
  p = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, _mm256_set1_ps(1)));
  __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(rounded), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
}

TGC_WIDE_INLINE void store(float *to, __m256 value, bool streaming) {
  if (streaming)
    _mm256_stream_ps(to, value);
  else
    _mm256_store_ps(to, value);
}

TGC_WIDE_INLINE float total(const __m256 (&sums)[chains]) {
  __m256 all = _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]));
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

TGC_WIDE_INLINE float largest(const float *row, std::int64_t columns) {
  __m256 most[chains];
  for (__m256 &one : most)
    one = _mm256_set1_ps(-__builtin_inff());
  for (std::int64_t at = 0; at < columns; at += chains * lanes)
    for (int part = 0; part < chains; ++part)
      most[part] = _mm256_max_ps(most[part], _mm256_load_ps(row + at + part * lanes));
  __m256 all = _mm256_max_ps(_mm256_max_ps(most[0], most[1]), _mm256_max_ps(most[2], most[3]));
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

/// Sum of e^(x - most); the terms are kept where `kept` is not null. One vector a round: the exponential's
/// constants fill the registers, and the processor overlaps the rounds, whose sum is the shorter chain. The
/// next row comes meanwhile: this pass waits for no memory, the one that looks for its largest would.
TGC_WIDE_INLINE float sumOfExponentials(const float *row, float *kept, float most, std::int64_t columns) {
  __m256 sums[chains] = {}, shift = _mm256_set1_ps(most);
#pragma clang loop unroll(disable)
  for (std::int64_t at = 0; at < columns; at += lanes) {
    _mm_prefetch(reinterpret_cast<const char *>(row + columns + at), _MM_HINT_T1);
    __m256 term = exponential(_mm256_sub_ps(_mm256_load_ps(row + at), shift));
    if (kept) _mm256_store_ps(kept + at, term);
    sums[0] = _mm256_add_ps(sums[0], term);
  }
  return total(sums);
}

/// to = (from - shift) * factor
TGC_WIDE_INLINE void scaled(const float *from, float *to, float shift, float factor, std::int64_t columns,
                            bool streaming) {
  __m256 off = _mm256_set1_ps(shift), by = _mm256_set1_ps(factor);
  for (std::int64_t at = 0; at < columns; at += chains * lanes)
    for (int part = 0; part < chains; ++part) {
      std::int64_t place = at + part * lanes;
      store(to + place, _mm256_mul_ps(_mm256_sub_ps(_mm256_load_ps(from + place), off), by), streaming);
    }
}

TGC_WIDE void softmax(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming) {
  alignas(64) float kept[longest];
  for (std::int64_t row = 0; row < rows; ++row, in += columns, out += columns) {
    float *terms = streaming && columns <= longest ? kept : out;
    float sum = sumOfExponentials(in, terms, largest(in, columns), columns);
    scaled(terms, out, 0, 1 / sum, columns, streaming);
  }
  _mm_sfence();
}

TGC_WIDE void layerNorm(const float *in, float *out, std::int64_t rows, std::int64_t columns,
                        bool streaming) {
  for (std::int64_t row = 0; row < rows; ++row, in += columns, out += columns) {
    __m256 sums[chains] = {}, squares[chains] = {};
    for (std::int64_t at = 0; at < columns; at += chains * lanes)
      for (int part = 0; part < chains; ++part)
        sums[part] = _mm256_add_ps(sums[part], _mm256_load_ps(in + at + part * lanes));
    float mean = total(sums) / static_cast<float>(columns);
    __m256 shift = _mm256_set1_ps(mean);
    for (std::int64_t at = 0; at < columns; at += chains * lanes)
      for (int part = 0; part < chains; ++part) {
        __m256 off = _mm256_sub_ps(_mm256_load_ps(in + at + part * lanes), shift);
        squares[part] = _mm256_fmadd_ps(off, off, squares[part]);
      }
    float factor = 1 / sqrtf(total(squares) / static_cast<float>(columns) + 1e-5f);
    scaled(in, out, mean, factor, columns, streaming);
  }
  _mm_sfence();
}

TGC_WIDE void logsumexp(const float *in, float *out, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row, in += columns) {
    float most = largest(in, columns);
    out[row] = most + logf(sumOfExponentials(in, nullptr, most, columns));
  }
}

TGC_WIDE void copy(const float *in, float *out, std::int64_t elements, bool streaming) {
  for (std::int64_t at = 0; at < elements; at += lanes)
    store(out + at, _mm256_loadu_ps(in + at), streaming);
  _mm_sfence();
}

} // namespace

const Loops loops256 = {softmax, layerNorm, logsumexp, copy};

} // namespace tgc::bench::hand
