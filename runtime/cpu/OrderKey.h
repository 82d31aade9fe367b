// Elements of any dtype as unsigned numbers of the same order, for everything that sorts or selects.
#pragma once
#include <cstdint>
#include <cstring>

namespace tgc {

/// A row to be put in order; strides count elements.
struct KeyedRow {
  const char *keys;
  std::int64_t keyStride;
  std::int64_t *order;
  std::int64_t orderStride;
  std::int64_t count;
};

/// The bits of a float as an unsigned number of the same order: both zeros alike, every NaN after infinity.
template <typename Bits> Bits floatKey(Bits bits, Bits infinity) {
  constexpr Bits sign = Bits(Bits(1) << (8 * sizeof(Bits) - 1));
  const Bits magnitude = bits & Bits(~sign);
  const Bits plain = bits & sign ? Bits(~bits) : Bits(bits | sign);
  const Bits ordered = magnitude == 0 ? sign : plain;
  return magnitude > infinity ? Bits(~Bits(0)) : ordered;
}

/// The key of an element of `kind` ('f', 'i', 'u', 'b'); `infinity` are the bits of a float's.
template <typename Bits> Bits keyOf(Bits bits, char kind, Bits infinity) {
  constexpr Bits sign = Bits(Bits(1) << (8 * sizeof(Bits) - 1));
  return kind == 'f' ? floatKey(bits, infinity) : kind == 'i' ? Bits(bits ^ sign) : bits;
}

template <typename Bits> Bits bitsAt(const KeyedRow &row, std::int64_t at) {
  Bits bits;
  std::memcpy(&bits, row.keys + at * row.keyStride * std::int64_t(sizeof(Bits)), sizeof(Bits));
  return bits;
}

/// Calls `body` with the bits of infinity in the unsigned type of the elements' width. 'B' is bf16.
template <typename Body> void withBitsOf(char kind, std::int64_t bits, Body body) {
  if (bits == 8)
    body(std::uint8_t(0));
  else if (bits == 16)
    body(std::uint16_t(kind == 'B' ? 0x7f80 : 0x7c00));
  else if (bits == 32)
    body(std::uint32_t(0x7f800000));
  else
    body(std::uint64_t(0x7ff0000000000000));
}

} // namespace tgc
