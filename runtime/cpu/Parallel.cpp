#include "runtime/cpu/Parallel.h"
#include "runtime/cpu/Pool.h"
#include <algorithm>
#include <sched.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace tgc {
namespace {

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

constexpr int rangesOfThread = 4;

struct Region {
  RangeBody body;
  void *context;
  std::int64_t items;
  int ranges;
  unsigned floatMode;
};

void runRange(int range, void *data) {
  const auto &region = *static_cast<const Region *>(data);
  const BodyMark mark;
  const CallersFloatMode mode(region.floatMode);
  const std::int64_t whole = region.items / region.ranges, rest = region.items % region.ranges;
  const std::int64_t begin = range * whole + std::min<std::int64_t>(range, rest);
  region.body(begin, begin + whole + (range < rest ? 1 : 0), region.context);
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

int availableThreads() {
  // state: a fact of the process; asking the system in every step would cost as much as the pool
  static const int count = [] {
    cpu_set_t mine;
    CPU_ZERO(&mine);
    return sched_getaffinity(0, sizeof mine, &mine) ? 1 : std::max(CPU_COUNT(&mine), 1);
  }();
  return count;
}

bool insideParallelFor() { return insideBody; }

void parallelFor(std::int64_t items, int threads, std::int64_t grain, RangeBody body, void *context) {
  if (items <= 0) return;
  const std::int64_t most = std::max<std::int64_t>(items / std::max<std::int64_t>(grain, 1), 1);
  threads = int(std::min<std::int64_t>(most, std::max(threads, 1)));
  // A range is lost time if its thread loses the processor; shorter ones leave more to the others.
  const bool shorter = threads > 1 && most / threads >= 2 * rangesOfThread;
  const int ranges = std::min(shorter ? rangesOfThread * threads : threads, Pool::mostRanges);
  if (ranges > 1 && !insideBody) {
    Region region{body, context, items, ranges, CallersFloatMode::current()};
    if (Pool::shared().run(ranges, std::min(threads, availableThreads()) - 1, runRange, &region)) return;
  }
  const BodyMark mark;
  body(0, items, context);
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
