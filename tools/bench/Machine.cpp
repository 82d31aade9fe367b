#include "tools/bench/Machine.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fstream>
#include <immintrin.h>
#include <memory>
#include <thread>
#include <vector>

namespace tgc::bench {
namespace {

// Ten independent chains cover the latency of four or five cycles on two units.
__attribute__((target("avx512f"))) double peakSingle512(int rounds) {
  __m512 x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(1e-3f);
  __m512 a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y;
  double start = seconds();
  for (int round = 0; round < rounds; ++round) {
    a = _mm512_fmadd_ps(a, x, y), b = _mm512_fmadd_ps(b, x, y), c = _mm512_fmadd_ps(c, x, y);
    d = _mm512_fmadd_ps(d, x, y), e = _mm512_fmadd_ps(e, x, y), f = _mm512_fmadd_ps(f, x, y);
    g = _mm512_fmadd_ps(g, x, y), h = _mm512_fmadd_ps(h, x, y), i = _mm512_fmadd_ps(i, x, y);
    j = _mm512_fmadd_ps(j, x, y);
    asm volatile(""
                 : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));
  }
  return rounds * 10 * 32.0 / (seconds() - start) * 1e-9;
}

__attribute__((target("avx512f"))) double peakDouble512(int rounds) {
  __m512d x = _mm512_set1_pd(0.999), y = _mm512_set1_pd(1e-3);
  __m512d a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y;
  double start = seconds();
  for (int round = 0; round < rounds; ++round) {
    a = _mm512_fmadd_pd(a, x, y), b = _mm512_fmadd_pd(b, x, y), c = _mm512_fmadd_pd(c, x, y);
    d = _mm512_fmadd_pd(d, x, y), e = _mm512_fmadd_pd(e, x, y), f = _mm512_fmadd_pd(f, x, y);
    g = _mm512_fmadd_pd(g, x, y), h = _mm512_fmadd_pd(h, x, y), i = _mm512_fmadd_pd(i, x, y);
    j = _mm512_fmadd_pd(j, x, y);
    asm volatile(""
                 : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));
  }
  return rounds * 10 * 16.0 / (seconds() - start) * 1e-9;
}

__attribute__((target("avx2,fma"))) double peakSingle256(int rounds) {
  __m256 x = _mm256_set1_ps(0.999f), y = _mm256_set1_ps(1e-3f);
  __m256 a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y;
  double start = seconds();
  for (int round = 0; round < rounds; ++round) {
    a = _mm256_fmadd_ps(a, x, y), b = _mm256_fmadd_ps(b, x, y), c = _mm256_fmadd_ps(c, x, y);
    d = _mm256_fmadd_ps(d, x, y), e = _mm256_fmadd_ps(e, x, y), f = _mm256_fmadd_ps(f, x, y);
    g = _mm256_fmadd_ps(g, x, y), h = _mm256_fmadd_ps(h, x, y), i = _mm256_fmadd_ps(i, x, y);
    j = _mm256_fmadd_ps(j, x, y);
    asm volatile(""
                 : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f), "+x"(g), "+x"(h), "+x"(i), "+x"(j));
  }
  return rounds * 10 * 16.0 / (seconds() - start) * 1e-9;
}

__attribute__((target("avx2,fma"))) double peakDouble256(int rounds) {
  __m256d x = _mm256_set1_pd(0.999), y = _mm256_set1_pd(1e-3);
  __m256d a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y;
  double start = seconds();
  for (int round = 0; round < rounds; ++round) {
    a = _mm256_fmadd_pd(a, x, y), b = _mm256_fmadd_pd(b, x, y), c = _mm256_fmadd_pd(c, x, y);
    d = _mm256_fmadd_pd(d, x, y), e = _mm256_fmadd_pd(e, x, y), f = _mm256_fmadd_pd(f, x, y);
    g = _mm256_fmadd_pd(g, x, y), h = _mm256_fmadd_pd(h, x, y), i = _mm256_fmadd_pd(i, x, y);
    j = _mm256_fmadd_pd(j, x, y);
    asm volatile(""
                 : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f), "+x"(g), "+x"(h), "+x"(i), "+x"(j));
  }
  return rounds * 10 * 8.0 / (seconds() - start) * 1e-9;
}

/// Processor time of this thread: a copy is too long to hope for a moment without other work on the machine.
double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::string lineOf(const char *file, const std::string &key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key)) {
      std::size_t colon = line.find(": ");
      return colon == std::string::npos ? line : line.substr(colon + 2);
    }
  return "unknown";
}

std::string cacheSize(int index) {
  return lineOf(("/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/size").c_str(), "");
}

} // namespace

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string machineText() {
  return lineOf("/proc/cpuinfo", "model name") + ", " + std::to_string(std::thread::hardware_concurrency()) +
         " cores, L1d " + cacheSize(0) + ", L2 " + cacheSize(2) + ", L3 " + cacheSize(3) + ", load " +
         lineOf("/proc/loadavg", "");
}

double peakGflops(bool isDouble) {
  double (*measure)(int) = nullptr;
  if (__builtin_cpu_supports("avx512f"))
    measure = isDouble ? peakDouble512 : peakSingle512;
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    measure = isDouble ? peakDouble256 : peakSingle256;
  double best = 0;
  for (int sample = 0; measure && sample < 25; ++sample)
    best = std::max(best, measure(40000));
  return best;
}

double copyGbytes() {
  constexpr std::size_t bytes = std::size_t(1) << 28;
  std::unique_ptr<void, decltype(&std::free)> from(std::aligned_alloc(4096, bytes), std::free),
      to(std::aligned_alloc(4096, bytes), std::free);
  if (!from || !to) return 0;
  std::memset(from.get(), 1, bytes);
  std::memset(to.get(), 2, bytes);
  double best = 0;
  for (int sample = 0; sample < 7; ++sample) {
    double start = threadSeconds();
    std::memcpy(to.get(), from.get(), bytes);
    asm volatile("" : : "r"(to.get()) : "memory"); // else nobody reads the copy and it goes
    best = std::max(best, 2.0 * double(bytes) / (threadSeconds() - start) * 1e-9);
  }
  return best;
}

OpenBlas::OpenBlas(int threads) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  single = reinterpret_cast<Single>(dlsym(library, "cblas_sgemm"));
  twice = reinterpret_cast<Double>(dlsym(library, "cblas_dgemm"));
  if (auto *set = reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"))) set(threads);
}

} // namespace tgc::bench
