// Stable order of a row of any dtype: keys become unsigned numbers of the same order, then they are sorted
// together with their positions, by radix where the row is long. Nothing is allocated: scratch comes from the
// caller.
#include "runtime/Calls.h"
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace tgc {
namespace {

struct Row {
  const char *keys;
  std::int64_t keyStride; ///< elements
  std::int64_t *order;
  std::int64_t orderStride; ///< elements
  std::int64_t count;
};

/// The bits of a float as an unsigned number of the same order: both zeros alike, every NaN after infinity.
template <typename Bits> Bits floatKey(Bits bits, Bits infinity) {
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  const Bits magnitude = bits & Bits(~sign);
  if (magnitude > infinity) return Bits(~Bits(0));
  if (magnitude == 0) return sign;
  return bits & sign ? Bits(~bits) : Bits(bits | sign);
}

template <typename Bits> Bits keyOf(const Row &row, std::int64_t at, char kind, Bits infinity) {
  Bits bits;
  std::memcpy(&bits, row.keys + at * row.keyStride * std::int64_t(sizeof(Bits)), sizeof(Bits));
  constexpr Bits sign = Bits(1) << (8 * sizeof(Bits) - 1);
  return kind == 'f' ? floatKey(bits, infinity) : kind == 'i' ? Bits(bits ^ sign) : bits;
}

/// A key beside the position it came from.
struct Pair {
  std::uint64_t key, at;
};
std::uint64_t keyOf(const Pair &pair) { return pair.key; }
/// Keys of up to 32 bits: the key above the position, in one word.
std::uint64_t keyOf(std::uint64_t word) { return word >> 32; }
std::int64_t positionOf(const Pair &pair) { return std::int64_t(pair.at); }
std::int64_t positionOf(std::uint64_t word) { return std::int64_t(word & 0xffffffff); }

/// Short rows: merges of runs that grow by doubling. The result is where the function says.
template <typename T> T *mergeSort(T *from, T *to, std::int64_t count) {
  for (std::int64_t width = 1; width < count; width *= 2) {
    for (std::int64_t low = 0; low < count; low += 2 * width) {
      const std::int64_t middle = std::min(low + width, count), high = std::min(low + 2 * width, count);
      std::int64_t a = low, b = middle, out = low;
      while (a < middle && b < high)
        to[out++] = keyOf(from[b]) < keyOf(from[a]) ? from[b++] : from[a++];
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
    const auto digit = [byte](const T &value) { return (keyOf(value) >> (8 * byte)) & 0xff; };
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
void sortRow(const Row &row, char kind, Bits infinity, T *scratch, bool descending) {
  for (std::int64_t at = 0; at < row.count; ++at) {
    Bits key = keyOf<Bits>(row, at, kind, infinity);
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
  const bool brain = kind == 'B';
  const char plain = brain ? 'f' : char(kind);
  const Row row = {reinterpret_cast<const char *>(keys), keyStride, reinterpret_cast<std::int64_t *>(order),
                   orderStride, count};
  auto *words = reinterpret_cast<std::uint64_t *>(scratch);
  auto *pairs = reinterpret_cast<Pair *>(scratch);
  const bool many = count > std::int64_t(0xffffffff);
  const auto sort = [&]<typename Bits>(Bits infinity) {
    if (many || sizeof(Bits) == 8)
      sortRow(row, plain, infinity, pairs, descending != 0);
    else
      sortRow(row, plain, infinity, words, descending != 0);
  };
  if (bits == 8)
    sort(std::uint8_t(0));
  else if (bits == 16)
    sort(std::uint16_t(brain ? 0x7f80 : 0x7c00));
  else if (bits == 32)
    sort(std::uint32_t(0x7f800000));
  else
    sort(std::uint64_t(0x7ff0000000000000));
}
