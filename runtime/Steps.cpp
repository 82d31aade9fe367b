// Addresses, threads or none, the kernel; the same for the steps of a call and for those of a loop's body.
#include "runtime/Steps.h"
#include "runtime/cpu/Parallel.h"
#include <algorithm>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace tgc {
namespace {

/// Below this a region costs more than a second thread saves (measured break-even 2 to 3 us of work).
constexpr std::int64_t parallelAboveNanoseconds = 5000;
/// The least work worth waking one thread for.
constexpr std::int64_t nanosecondsPerThread = 2500;

/// Kernels on large results store past the caches. To other threads such stores are in order with what
/// follows them only behind a fence.
void orderStores() {
#if defined(__SSE__)
  _mm_sfence();
#endif
}

struct StepBody {
  Kernel kernel;
  void **buffers;
};

void runItems(std::int64_t begin, std::int64_t end, void *context) {
  const auto &body = *static_cast<const StepBody *>(context);
  body.kernel(begin, end, body.buffers);
  orderStores();
}

void runParallel(const Step &step, const Call &call) {
  StepBody body{step.kernel, call.buffers};
  if (call.options.executor.parallelFor) {
    parallelFor(call.options.executor, step.items, runItems, &body);
    return;
  }
  const int allowed = call.options.threads > 0 ? call.options.threads : availableThreads();
  const std::int64_t worth = std::max<std::int64_t>(step.nanoseconds / nanosecondsPerThread, 1);
  parallelFor(step.items, int(std::min<std::int64_t>(allowed, worth)), 1, runItems, &body);
}

} // namespace

Result<void> runSteps(const Call &call, std::span<const Step> steps, std::byte **bases) {
  const Program::Slot *slots = call.program.slots().data();
  for (const Step &step : steps) {
    if (step.control >= 0) [[unlikely]] {
      if (auto done = runControl(call, step, bases); !done) return done;
      continue;
    }
    void **buffer = call.buffers;
    for (std::uint32_t i = step.firstBuffer; i < step.lastBuffer; ++i)
      *buffer++ = reinterpret_cast<void *>(reinterpret_cast<std::uintptr_t>(bases[slots[i].base]) +
                                           slots[i].offsetBytes);
    if (!step.kernel) [[unlikely]] {
      auto called = callForeign(call.program.foreign()[step.foreign], step.items, call.buffers, call.options);
      if (!called) return called;
    } else if (step.items > 1 && step.nanoseconds > parallelAboveNanoseconds && call.options.threads != 1)
      runParallel(step, call);
    else if (step.items > 0) {
      step.kernel(0, step.items, call.buffers);
      if (step.nanoseconds > parallelAboveNanoseconds) orderStores();
    }
  }
  return {};
}

} // namespace tgc
