// Compiled with -mavx512f, so no inline function of another header may be used here: the linker could keep
// this copy for machines without it.
#include "tools/bench/HandLoops.h"
#include <immintrin.h>
#include <math.h>

namespace tgc::bench::hand {
namespace {

constexpr int lanes = 16;
constexpr std::int64_t longest = 16384; // floats of a row kept in the first-level cache

/// e^x, about 1 ULP: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial of degree 7 in r (Cephes'
/// coefficients).
inline __m512 exponential(__m512 x) {
  __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 8);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.9875691500e-4f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.3981999507e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.3334519073e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.1665795894e-2f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.6666665459e-1f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.0000001201e-1f));
  p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1)));
  return _mm512_scalef_ps(p, n);
}

inline void store(float *to, __m512 value, bool streaming) {
  if (streaming)
    _mm512_stream_ps(to, value);
  else
    _mm512_store_ps(to, value);
}

inline float total(const __m512 (&sums)[4]) {
  return _mm512_reduce_add_ps(
      _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
}

inline float largest(const float *row, std::int64_t columns) {
  __m512 most[4];
  for (__m512 &one : most)
    one = _mm512_set1_ps(-__builtin_inff());
  for (std::int64_t at = 0; at < columns; at += 4 * lanes)
    for (int part = 0; part < 4; ++part)
      most[part] = _mm512_max_ps(most[part], _mm512_load_ps(row + at + part * lanes));
  return _mm512_reduce_max_ps(
      _mm512_max_ps(_mm512_max_ps(most[0], most[1]), _mm512_max_ps(most[2], most[3])));
}

/// Sum of e^(x - most); the terms are kept where `kept` is not null.
inline float sumOfExponentials(const float *row, float *kept, float most, std::int64_t columns) {
  __m512 sums[4] = {}, shift = _mm512_set1_ps(most);
  for (std::int64_t at = 0; at < columns; at += 4 * lanes)
    for (int part = 0; part < 4; ++part) {
      std::int64_t place = at + part * lanes;
      __m512 term = exponential(_mm512_sub_ps(_mm512_load_ps(row + place), shift));
      if (kept) _mm512_store_ps(kept + place, term);
      sums[part] = _mm512_add_ps(sums[part], term);
    }
  return total(sums);
}

void softmax(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming) {
  alignas(64) float kept[longest];
  for (std::int64_t row = 0; row < rows; ++row, in += columns, out += columns) {
    float *terms = streaming && columns <= longest ? kept : out;
    float sum = sumOfExponentials(in, terms, largest(in, columns), columns);
    __m512 factor = _mm512_set1_ps(1 / sum);
    for (std::int64_t at = 0; at < columns; at += lanes)
      store(out + at, _mm512_mul_ps(_mm512_load_ps(terms + at), factor), streaming);
  }
  _mm_sfence();
}

void layerNorm(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming) {
  for (std::int64_t row = 0; row < rows; ++row, in += columns, out += columns) {
    __m512 sums[4] = {}, squares[4] = {};
    for (std::int64_t at = 0; at < columns; at += 4 * lanes)
      for (int part = 0; part < 4; ++part)
        sums[part] = _mm512_add_ps(sums[part], _mm512_load_ps(in + at + part * lanes));
    __m512 mean = _mm512_set1_ps(total(sums) / static_cast<float>(columns));
    for (std::int64_t at = 0; at < columns; at += 4 * lanes)
      for (int part = 0; part < 4; ++part) {
        __m512 off = _mm512_sub_ps(_mm512_load_ps(in + at + part * lanes), mean);
        squares[part] = _mm512_fmadd_ps(off, off, squares[part]);
      }
    __m512 factor = _mm512_set1_ps(1 / sqrtf(total(squares) / static_cast<float>(columns) + 1e-5f));
    for (std::int64_t at = 0; at < columns; at += lanes)
      store(out + at, _mm512_mul_ps(_mm512_sub_ps(_mm512_load_ps(in + at), mean), factor), streaming);
  }
  _mm_sfence();
}

void logsumexp(const float *in, float *out, std::int64_t rows, std::int64_t columns) {
  for (std::int64_t row = 0; row < rows; ++row, in += columns) {
    float most = largest(in, columns);
    out[row] = most + logf(sumOfExponentials(in, nullptr, most, columns));
  }
}

void copy(const float *in, float *out, std::int64_t elements, bool streaming) {
  for (std::int64_t at = 0; at < elements; at += lanes)
    store(out + at, _mm512_loadu_ps(in + at), streaming);
  _mm_sfence();
}

} // namespace

const Loops loops512 = {softmax, layerNorm, logsumexp, copy};

} // namespace tgc::bench::hand
