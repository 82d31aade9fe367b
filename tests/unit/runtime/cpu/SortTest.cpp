// The order of rows, and its first places alone, against std::sort with positions, for every kind of key,
// both lengths of row and both directions.
#include "runtime/Calls.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

namespace {

template <typename T>
std::vector<std::int64_t> order(const std::vector<T> &keys, char kind, bool descending) {
  const auto count = std::int64_t(keys.size());
  std::vector<std::int64_t> out(count), scratch(4 * count);
  tgc_argsort(kind, 8 * sizeof(T), std::int64_t(keys.data()), 1, std::int64_t(out.data()), 1,
              std::int64_t(scratch.data()), count, descending);
  return out;
}

template <typename T>
std::vector<std::int64_t> first(const std::vector<T> &keys, char kind, bool descending, std::int64_t wanted) {
  std::vector<std::int64_t> out(wanted), scratch(8 * wanted + 128);
  tgc_top_places(kind, 8 * sizeof(T), std::int64_t(keys.data()), 1, std::int64_t(out.data()), 1,
                 std::int64_t(scratch.data()), std::int64_t(keys.size()), descending, wanted);
  return out;
}

template <typename T> bool before(T a, T b) { return b != b ? a == a : a < b; }

template <typename T> void check(const std::vector<T> &keys, char kind) {
  for (bool descending : {false, true}) {
    std::vector<std::int64_t> expected(keys.size());
    for (std::size_t k = 0; k < keys.size(); ++k)
      expected[k] = std::int64_t(k);
    std::sort(expected.begin(), expected.end(), [&](std::int64_t a, std::int64_t b) {
      const T left = keys[a], right = keys[b];
      if (before(left, right)) return !descending;
      if (before(right, left)) return descending;
      return a < b;
    });
    CHECK(order(keys, kind, descending) == expected);
    for (std::size_t wanted : {std::size_t(1), std::size_t(7), keys.size() / 2, keys.size()}) {
      if (wanted == 0 || wanted > keys.size()) continue;
      std::vector<std::int64_t> head(expected.begin(), expected.begin() + std::ptrdiff_t(wanted));
      CHECK(first(keys, kind, descending, std::int64_t(wanted)) == head);
    }
  }
}

std::uint64_t next(std::uint64_t &state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

template <typename T> void integers(char kind) {
  for (std::size_t count : {1, 2, 100, 127, 128, 5000}) {
    std::uint64_t state = count;
    std::vector<T> keys(count), few(count);
    for (std::size_t k = 0; k < count; ++k) {
      keys[k] = T(next(state));
      few[k] = T(next(state) % 5) - T(2);
    }
    check(keys, kind);
    check(few, kind);
  }
}

template <typename T> void reals() {
  const T infinity = std::numeric_limits<T>::infinity();
  const T special[] = {T(0),
                       -T(0),
                       infinity,
                       -infinity,
                       std::numeric_limits<T>::quiet_NaN(),
                       -std::numeric_limits<T>::quiet_NaN(),
                       std::numeric_limits<T>::denorm_min(),
                       std::numeric_limits<T>::max(),
                       T(-1)};
  for (std::size_t count : {1, 9, 127, 128, 5000}) {
    std::uint64_t state = count;
    std::vector<T> keys(count);
    for (std::size_t k = 0; k < count; ++k) {
      const std::uint64_t bits = next(state);
      keys[k] = bits % 4 == 0 ? special[bits / 4 % 9] : T(double(std::int64_t(bits)) * 1e-18);
    }
    check(keys, 'f');
  }
}

} // namespace

TEST_CASE("argsort: integers of every width") {
  integers<std::int8_t>('i');
  integers<std::int16_t>('i');
  integers<std::int32_t>('i');
  integers<std::int64_t>('i');
  integers<std::uint8_t>('u');
  integers<std::uint16_t>('u');
  integers<std::uint32_t>('u');
  integers<std::uint64_t>('u');
}

TEST_CASE("argsort: floats, zeros alike and NaN last") {
  reals<float>();
  reals<double>();
  // f16: 1, NaN, -inf, -0, 0, -1; bf16: the same
  CHECK(order<std::uint16_t>({0x3c00, 0x7e00, 0xfc00, 0x8000, 0, 0xbc00}, 'f', false) ==
        std::vector<std::int64_t>{2, 5, 3, 4, 0, 1});
  CHECK(order<std::uint16_t>({0x3f80, 0x7fc0, 0xff80, 0x8000, 0, 0xbf80}, 'B', false) ==
        std::vector<std::int64_t>{2, 5, 3, 4, 0, 1});
}
