#include "compiler/schedule/Machine.h"

#include <algorithm>
#include <sched.h>
#include <unistd.h>

namespace tgc::schedule {

static int64_t cacheBytes(int name, int64_t otherwise) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : otherwise;
}

static int64_t usableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1L, sysconf(_SC_NPROCESSORS_ONLN));
}

Machine Machine::withVectorBytes(int64_t vectorBytes) {
  Machine machine;
  machine.vectorBytes = vectorBytes;
  machine.vectorRegisters = vectorBytes == 64 ? 32 : 16;
  machine.maskedMemory = vectorBytes == 64;
  machine.fusedMultiplyAdd = vectorBytes >= 32;
  return machine;
}

Machine Machine::host() {
  int64_t vectorBytes = 16;
  bool fused = false;
#if defined(__x86_64__)
  __builtin_cpu_init();
  fused = __builtin_cpu_supports("fma");
  if (__builtin_cpu_supports("avx2") && fused) vectorBytes = 32;
  // Half-way AVX-512 (no byte, word or 256-bit forms) has masks for some element widths only.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    vectorBytes = 64;
#endif
  Machine machine = withVectorBytes(vectorBytes);
  machine.fusedMultiplyAdd = fused;
  machine.l1Bytes = cacheBytes(_SC_LEVEL1_DCACHE_SIZE, machine.l1Bytes);
  machine.l2Bytes = cacheBytes(_SC_LEVEL2_CACHE_SIZE, machine.l2Bytes);
  machine.lastLevelBytes = cacheBytes(_SC_LEVEL3_CACHE_SIZE, machine.lastLevelBytes);
  machine.cores = usableCores();
  return machine;
}

} // namespace tgc::schedule
