// libgomp is called through its own entry points: clang's -fopenmp would bring libomp, a second pool whose
// spinning threads fight with the one oneDNN uses, and makes -fopenmp=libgomp ignore the pragmas.
#include "runtime/cpu/Parallel.h"
#include <algorithm>
#include <atomic>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

extern "C" {
void GOMP_parallel(void (*function)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_max_threads(void);
int omp_get_thread_num(void);
int omp_in_parallel(void);
}

namespace tgc {
namespace {

// The host's executor may run bodies on threads OpenMP knows nothing of.
// state: a mark of each thread, not of the process
constinit thread_local bool insideBody = false;

class BodyMark {
public:
  BodyMark() : before(insideBody) { insideBody = true; }
  ~BodyMark() { insideBody = before; }

private:
  bool before;
};

/// Pool threads keep the floating-point mode of the day they were made; results must not depend on who runs a
/// range, so they take the caller's for the length of a range.
class CallersFloatMode {
public:
#if defined(__SSE__)
  static unsigned current() { return _mm_getcsr(); }
  explicit CallersFloatMode(unsigned callers) : own(_mm_getcsr()) {
    if ((own ^ callers) & ~flags) _mm_setcsr(callers);
  }
  ~CallersFloatMode() {
    if ((own ^ _mm_getcsr()) & ~flags) _mm_setcsr(own);
  }

private:
  static constexpr unsigned flags = 0x3f; // what happened, not how to compute
  unsigned own;
#else
  static unsigned current() { return 0; }
  explicit CallersFloatMode(unsigned) {}
#endif
};

constexpr int maxRanges = 256;

struct Region {
  RangeBody body;
  void *context;
  std::int64_t items;
  int ranges;
  unsigned floatMode;
  std::atomic<bool> taken[maxRanges];
};

void runRange(const Region &region, int range) {
  const std::int64_t whole = region.items / region.ranges, rest = region.items % region.ranges;
  const std::int64_t begin = range * whole + std::min<std::int64_t>(range, rest);
  region.body(begin, begin + whole + (range < rest ? 1 : 0), region.context);
}

/// Each thread starts with the range of its own number, so that repeated calls find their data in the same
/// caches. Ranges are claimed rather than assumed: every range runs exactly once even if the team is smaller
/// than asked for, or if the numbers come from another OpenMP runtime than the team (seen when libomp and
/// libgomp meet in one process).
void work(void *data) {
  auto &region = *static_cast<Region *>(data);
  const BodyMark mark;
  const CallersFloatMode mode(region.floatMode);
  const int first = std::max(omp_get_thread_num(), 0) % region.ranges;
  for (int i = 0; i < region.ranges; ++i) {
    const int range = (first + i) % region.ranges;
    if (!region.taken[range].exchange(true, std::memory_order_relaxed)) runRange(region, range);
  }
}

struct MarkedBody {
  RangeBody body;
  void *context;
  unsigned floatMode;
};

void runMarked(std::int64_t begin, std::int64_t end, void *data) {
  const auto &marked = *static_cast<const MarkedBody *>(data);
  const BodyMark mark;
  const CallersFloatMode mode(marked.floatMode);
  marked.body(begin, end, marked.context);
}

} // namespace

int availableThreads() { return std::max(omp_get_max_threads(), 1); }

bool insideParallelFor() { return insideBody || omp_in_parallel(); }

void parallelFor(std::int64_t items, int threads, std::int64_t grain, RangeBody body, void *context) {
  if (items <= 0) return;
  const std::int64_t most = std::max<std::int64_t>(items / std::max<std::int64_t>(grain, 1), 1);
  const int ranges = int(std::min<std::int64_t>({most, std::max(threads, 1), maxRanges}));
  if (ranges == 1 || insideParallelFor()) {
    const BodyMark mark;
    body(0, items, context);
    return;
  }
  Region region;
  region.body = body;
  region.context = context;
  region.items = items;
  region.ranges = ranges;
  region.floatMode = CallersFloatMode::current();
  for (int i = 0; i < ranges; ++i)
    region.taken[i].store(false, std::memory_order_relaxed);
  GOMP_parallel(work, &region, unsigned(ranges),
                0); // its barrier orders the stores above before the team's reads
}

void parallelFor(const Executor &executor, std::int64_t items, RangeBody body, void *context) {
  if (items <= 0) return;
  if (items == 1 || insideBody) {
    const BodyMark mark;
    body(0, items, context);
    return;
  }
  MarkedBody marked{body, context, CallersFloatMode::current()};
  executor.parallelFor(executor.self, items, runMarked, &marked);
}

} // namespace tgc
