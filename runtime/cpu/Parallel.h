// The one parallel-for of tgc: its own pool (Pool.h) or the host's threads.
#pragma once
#include "tgc/Executor.h"

namespace tgc {

using RangeBody = void (*)(std::int64_t begin, std::int64_t end, void *context);

/// How many threads "all cores" means: the processors the process was given when it first asked.
int availableThreads();

/// Whether the calling thread is inside a parallel-for of tgc.
bool insideParallelFor();

/// Calls `body` on ranges that cover [0, items) exactly once and returns when all are done.
/// The split is static, nearly equal: a range for each of min(threads, items / grain) threads, or four for
/// each where they still have two grains. Never more threads than processors. With one range, called from
/// inside a range, or while another thread has the pool, the body runs here on all items. The body must not
/// throw. Cost: below 1 us when the pool is awake.
void parallelFor(std::int64_t items, int threads, std::int64_t grain, RangeBody body, void *context);

/// The same on the host's threads; from inside a region the body runs here.
void parallelFor(const Executor &executor, std::int64_t items, RangeBody body, void *context);

} // namespace tgc
