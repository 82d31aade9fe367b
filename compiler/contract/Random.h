// A small seeded generator; the standard library's distributions differ between libraries, these do not.
#pragma once
#include <cmath>
#include <cstdint>

namespace tgc::contract {

/// SplitMix64: every seed is a good seed.
class Random {
public:
  explicit Random(std::uint64_t seed) : state(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// In [0, 1).
  double uniform() { return double(next() >> 11) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  std::uint32_t below(std::uint32_t bound) { return std::uint32_t((next() >> 32) * bound >> 32); }
  /// Standard Gumbel noise: adding it to scores samples by softmax.
  double gumbel() { return -std::log(-std::log(uniform() + 1e-300)); }

private:
  std::uint64_t state;
};

} // namespace tgc::contract
