// What the factorisations share: matrices by address, in rows.
#pragma once
#include <algorithm>
#include <cstdint>

namespace tgc {

using Index = std::int64_t;

template <typename T> T *at(Index address) { return reinterpret_cast<T *>(address); }

/// Calls with a float or a double.
template <typename Body> void withReal(Index bits, Body body) {
  if (bits == 32)
    body(float());
  else
    body(double());
}

template <typename T> void swapRows(T *x, Index width, Index a, Index b) {
  std::swap_ranges(x + a * width, x + (a + 1) * width, x + b * width);
}

template <typename T> void makeIdentity(T *x, Index n) {
  std::fill(x, x + n * n, T(0));
  for (Index k = 0; k < n; ++k)
    x[k * n + k] = 1;
}

/// Puts numbers in order by exchanging them; `swap` takes what belongs to two of them along.
template <typename T, typename Swap> void order(T *values, Index n, bool descending, Swap swap) {
  for (Index k = 0; k < n; ++k) {
    Index best = k;
    for (Index i = k + 1; i < n; ++i)
      if (descending ? values[best] < values[i] : values[i] < values[best]) best = i;
    if (best == k) continue;
    std::swap(values[k], values[best]);
    swap(k, best);
  }
}

} // namespace tgc
