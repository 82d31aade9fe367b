// The product that blocked factorisations spend their time in, in the widest vectors of the machine.
#pragma once
#include <cstdint>

namespace tgc {

/// A matrix operand: element (i, k) is at data[i * row + k * step].
template <typename T> struct Strided {
  const T *data;
  std::int64_t row, step;
};

/// c(i, j) -= sum of a(i, k) b[k * strideB + j] over k < depth, for i < m and j < n; c is at c[i * strideC +
/// j]. Each element adds its terms in the order of k, so how a caller cuts m and n does not change bits. `c`
/// shares no memory with the operands. float and double. Cost: 2 m n depth operations; b is best a panel the
/// first cache holds.
template <typename T>
void subtractProduct(std::int64_t m, std::int64_t n, std::int64_t depth, Strided<T> a, const T *b,
                     std::int64_t strideB, T *c, std::int64_t strideC);

} // namespace tgc
