// The one parallel-for of tgc: libgomp's pool, shared with oneDNN, or the host's own.
#pragma once
#include "tgc/Executor.h"

namespace tgc {

using RangeBody = void (*)(std::int64_t begin, std::int64_t end, void *context);

/// How many threads "all cores" means: OpenMP's count, which honours the process's affinity.
int availableThreads();

/// Whether the calling thread is inside a parallel-for of tgc or an OpenMP region.
bool insideParallelFor();

/// Calls `body` on ranges that cover [0, items) exactly once and returns when all are done.
/// The split is static: min(threads, items / grain) ranges of nearly equal length. With one range, or when
/// called from inside a region, the body runs here and no thread is created. The body must not throw. Cost:
/// about 1 us when the pool is awake.
void parallelFor(std::int64_t items, int threads, std::int64_t grain, RangeBody body, void *context);

/// The same on the host's threads; from inside a region the body runs here.
void parallelFor(const Executor &executor, std::int64_t items, RangeBody body, void *context);

} // namespace tgc
