// The machine's ceilings and the libraries it has, for the figures to be read against.
#pragma once
#include <string>

namespace tgc::bench {

double seconds();

/// The processor's name, cores, caches and load.
std::string machineText();

/// GFLOP/s of multiply-adds in registers on one core, in the widest vectors it has; 0 without AVX2. Cost:
/// some milliseconds.
double peakGflops(bool isDouble);

/// GB/s, read plus written, of one core copying memory much larger than the second-level cache; the best of
/// several.
double copyGbytes();

/// OpenBLAS through its C interface, if the machine has it; null functions otherwise.
struct OpenBlas {
  using Single = void (*)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                          float *, int);
  using Double = void (*)(int, int, int, int, int, int, double, const double *, int, const double *, int,
                          double, double *, int);
  Single single = nullptr;
  Double twice = nullptr;

  explicit OpenBlas(int threads);
};

} // namespace tgc::bench
