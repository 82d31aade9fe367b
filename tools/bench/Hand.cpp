// Chooses the loops of the widest vectors this processor has.
#include "tools/bench/Hand.h"
#include "tools/bench/HandLoops.h"

namespace tgc::bench::hand {
namespace {

const Loops *chosen() {
  if (__builtin_cpu_supports("avx512f")) return &loops512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &loops256;
  return nullptr;
}

} // namespace

bool available() { return chosen() != nullptr; }

void softmax(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming) {
  chosen()->softmax(in, out, rows, columns, streaming);
}

void layerNorm(const float *in, float *out, std::int64_t rows, std::int64_t columns, bool streaming) {
  chosen()->layerNorm(in, out, rows, columns, streaming);
}

void logsumexp(const float *in, float *out, std::int64_t rows, std::int64_t columns) {
  chosen()->logsumexp(in, out, rows, columns);
}

void copy(const float *in, float *out, std::int64_t elements, bool streaming) {
  chosen()->copy(in, out, elements, streaming);
}

} // namespace tgc::bench::hand
