// Loops written by hand with AVX-512 or AVX2 intrinsics: what the row kernels are measured against.
#pragma once
#include <cstdint>

namespace tgc::bench::hand {

/// Whether this processor runs the loops below; calling them elsewhere is not allowed.
bool available();

/// Each works on `rows` rows of `columns` floats, a multiple of 64; arrays start at multiples of 64 bytes.
/// `streaming` writes the result past the cache.
void softmax(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming);
/// (x - mean) / sqrt(variance + 1e-5) of each row.
void layerNorm(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming);
/// One number a row.
void logsumexp(const float *in, float *out, std::int64_t rows, std::int64_t columns);
void copy(const float *in, float *out, std::int64_t elements, bool streaming);

} // namespace tgc::bench::hand
