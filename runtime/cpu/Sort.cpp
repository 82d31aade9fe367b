// Stable order of a row of any dtype: keys become unsigned numbers of the same order, then they are sorted
// together with their positions, by radix where the row is long. Nothing is allocated: scratch comes from the
// caller.
#include "runtime/Calls.h"
#include "runtime/cpu/OrderKey.h"
#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace tgc {
namespace {

/// A key beside the position it came from.
struct Pair {
  std::uint64_t key, at;
};
std::uint64_t sortedBy(const Pair &pair) { return pair.key; }
/// Keys of up to 32 bits: the key above the position, in one word.
std::uint64_t sortedBy(std::uint64_t word) { return word >> 32; }
std::int64_t positionOf(const Pair &pair) { return std::int64_t(pair.at); }
std::int64_t positionOf(std::uint64_t word) { return std::int64_t(word & 0xffffffff); }

/// Short rows: merges of runs that grow by doubling. The result is where the function says.
template <typename T> T *mergeSort(T *from, T *to, std::int64_t count) {
  for (std::int64_t width = 1; width < count; width *= 2) {
    for (std::int64_t low = 0; low < count; low += 2 * width) {
      const std::int64_t middle = std::min(low + width, count), high = std::min(low + 2 * width, count);
      std::int64_t a = low, b = middle, out = low;
      while (a < middle && b < high)
        to[out++] = sortedBy(from[b]) < sortedBy(from[a]) ? from[b++] : from[a++];
      while (a < middle)
        to[out++] = from[a++];
      while (b < high)
        to[out++] = from[b++];
    }
    std::swap(from, to);
  }
  return from;
}

/// Long rows: one byte of the key after another, lowest first; bytes that all keys share are passed over.
template <typename T> T *radixSort(T *from, T *to, std::int64_t count, int bytes) {
  for (int byte = 0; byte < bytes; ++byte) {
    std::array<std::int64_t, 256> starts = {};
    const auto digit = [byte](const T &value) { return (sortedBy(value) >> (8 * byte)) & 0xff; };
    for (std::int64_t at = 0; at < count; ++at)
      ++starts[digit(from[at])];
    if (starts[digit(from[0])] == count) continue;
    std::int64_t sum = 0;
    for (std::int64_t &start : starts)
      sum += std::exchange(start, sum);
    for (std::int64_t at = 0; at < count; ++at)
      to[starts[digit(from[at])]++] = from[at];
    std::swap(from, to);
  }
  return from;
}

template <typename Bits, typename T>
void sortRow(const KeyedRow &row, char kind, Bits infinity, T *scratch, bool descending) {
  for (std::int64_t at = 0; at < row.count; ++at) {
    Bits key = keyOf(bitsAt<Bits>(row, at), kind, infinity);
    if (descending) key = Bits(~key);
    if constexpr (std::is_same_v<T, Pair>)
      scratch[at] = {key, std::uint64_t(at)};
    else
      scratch[at] = (std::uint64_t(key) << 32) | std::uint64_t(at);
  }
  T *other = scratch + row.count;
  const T *sorted = row.count < 128 ? mergeSort(scratch, other, row.count)
                                    : radixSort(scratch, other, row.count, int(sizeof(Bits)));
  for (std::int64_t at = 0; at < row.count; ++at)
    row.order[at * row.orderStride] = positionOf(sorted[at]);
}

} // namespace
} // namespace tgc

void tgc_argsort(std::int64_t kind, std::int64_t bits, std::int64_t keys, std::int64_t keyStride,
                 std::int64_t order, std::int64_t orderStride, std::int64_t scratch, std::int64_t count,
                 std::int64_t descending) {
  using namespace tgc;
  const char plain = kind == 'B' ? 'f' : char(kind);
  const KeyedRow row = {reinterpret_cast<const char *>(keys), keyStride,
                        reinterpret_cast<std::int64_t *>(order), orderStride, count};
  auto *words = reinterpret_cast<std::uint64_t *>(scratch);
  auto *pairs = reinterpret_cast<Pair *>(scratch);
  const bool many = count > std::int64_t(0xffffffff);
  withBitsOf(char(kind), bits, [&]<typename Bits>(Bits infinity) {
    if (many || sizeof(Bits) == 8)
      sortRow(row, plain, infinity, pairs, descending != 0);
    else
      sortRow(row, plain, infinity, words, descending != 0);
  });
}
