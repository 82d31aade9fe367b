// The loops of Hand.h for each width of vectors.
#pragma once
#include <cstdint>

namespace tgc::bench::hand {

struct Loops {
  void (*softmax)(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming);
  void (*layerNorm)(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming);
  void (*logsumexp)(const float *in, float *out, std::int64_t rows, std::int64_t columns);
  void (*copy)(const float *in, float *out, std::int64_t elements, bool streaming);
};

extern const Loops loops512; ///< AVX-512
extern const Loops loops256; ///< AVX2 and FMA

} // namespace tgc::bench::hand
