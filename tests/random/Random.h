// A small generator of numbers that gives the same sequence everywhere, and how much to test.
#pragma once
#include <cstdint>

namespace tgc::random {

/// splitmix64
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// One of low .. high, both included.
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(double probability) { return unit() < probability; }
  template <typename List> const auto &pick(const List &list) {
    return list[static_cast<size_t>(between(0, static_cast<int64_t>(list.size()) - 1))];
  }
};

/// What a run covers: graphs of the seeds seed, seed + 1, ...
struct Extent {
  int graphs = 2000;
  uint64_t seed = 1;
};
Extent &extent();

} // namespace tgc::random
