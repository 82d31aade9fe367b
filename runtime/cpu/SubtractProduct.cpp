// Tiles of the result are held in registers while all of depth goes by. One body, compiled for each
// instruction set.
#include "runtime/cpu/SubtractProduct.h"

namespace tgc {
namespace {

using Index = std::int64_t;

template <typename T> struct Operands {
  Index depth;
  Strided<T> a;
  const T *b;
  Index strideB;
  T *c;
  Index strideC;
  Operands at(Index i, Index j) const {
    return {depth, {a.data + i * a.row, a.row, a.step}, b + j, strideB, c + i * strideC + j, strideC};
  }
};

template <typename T, int bytes> struct Vector {
  typedef T Type __attribute__((vector_size(bytes), aligned(sizeof(T)), may_alias));
};

#define TGC_INLINE __attribute__((always_inline)) inline

/// A tile of `rows` rows and `vectors` vectors.
template <typename T, int bytes, int rows, int vectors> TGC_INLINE void tile(Operands<T> in) {
  using Vec = typename Vector<T, bytes>::Type;
  constexpr Index lanes = bytes / sizeof(T);
  Vec held[rows][vectors];
  for (int i = 0; i < rows; ++i)
    for (int v = 0; v < vectors; ++v)
      held[i][v] = *reinterpret_cast<const Vec *>(in.c + i * in.strideC + v * lanes);
  for (Index k = 0; k < in.depth; ++k) {
    Vec b[vectors];
    for (int v = 0; v < vectors; ++v)
      b[v] = *reinterpret_cast<const Vec *>(in.b + k * in.strideB + v * lanes);
    for (int i = 0; i < rows; ++i)
      for (int v = 0; v < vectors; ++v)
        held[i][v] -= in.a.data[i * in.a.row + k * in.a.step] * b[v];
  }
  for (int i = 0; i < rows; ++i)
    for (int v = 0; v < vectors; ++v)
      *reinterpret_cast<Vec *>(in.c + i * in.strideC + v * lanes) = held[i][v];
}

template <typename T, int bytes, int rows, int vectors> TGC_INLINE void column(Index m, Operands<T> in) {
  Index i = 0;
  for (; i + rows <= m; i += rows)
    tile<T, bytes, rows, vectors>(in.at(i, 0));
  for (; i < m; ++i)
    tile<T, bytes, 1, vectors>(in.at(i, 0));
}

template <typename T, int bytes, int rows> TGC_INLINE void product(Index m, Index n, Operands<T> in) {
  constexpr Index lanes = bytes / sizeof(T), mostPacked = 64;
  Index j = 0;
  T packed[mostPacked * 2 *
           lanes]; // rows of b a power of two apart would share few places of the first cache
  for (; j + 2 * lanes <= n; j += 2 * lanes) {
    Operands<T> strip = in.at(0, j);
    if (in.depth <= mostPacked && m > rows) {
      for (Index k = 0; k < in.depth; ++k)
        for (Index lane = 0; lane < 2 * lanes; ++lane)
          packed[k * 2 * lanes + lane] = strip.b[k * in.strideB + lane];
      strip.b = packed, strip.strideB = 2 * lanes;
    }
    column<T, bytes, rows, 2>(m, strip);
  }
  for (; j + lanes <= n; j += lanes)
    column<T, bytes, rows, 1>(m, in.at(0, j));
  for (; j < n; ++j)
    column<T, sizeof(T), rows, 1>(m, in.at(0, j));
}

#if defined(__x86_64__)
template <typename T>
__attribute__((target("avx512f,fma"))) void productAvx512(Index m, Index n, Operands<T> in) {
  product<T, 64, 8>(m, n, in);
}
template <typename T> __attribute__((target("avx2,fma"))) void productAvx2(Index m, Index n, Operands<T> in) {
  product<T, 32, 4>(m, n, in);
}
#endif

} // namespace

template <typename T>
void subtractProduct(Index m, Index n, Index depth, Strided<T> a, const T *b, Index strideB, T *c,
                     Index strideC) {
  const Operands<T> in = {depth, a, b, strideB, c, strideC};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return productAvx512(m, n, in);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return productAvx2(m, n, in);
#endif
  product<T, 16, 4>(m, n, in);
}

template void subtractProduct(Index, Index, Index, Strided<float>, const float *, Index, float *, Index);
template void subtractProduct(Index, Index, Index, Strided<double>, const double *, Index, double *, Index);

} // namespace tgc
