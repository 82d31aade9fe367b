// The host's terms for a call: how many threads, or whose.
#pragma once
#include <cstdint>

namespace tgc {

/// A parallel-for of the host. With one, tgc creates no thread: `parallelFor` must call `body(begin, end,
/// context)` on ranges that together cover [0, items) exactly once, on any threads in any order, and return
/// when all are done. `self` is handed back untouched. The body neither throws nor waits for other ranges.
struct Executor {
  void (*parallelFor)(void *self, std::int64_t items,
                      void (*body)(std::int64_t begin, std::int64_t end, void *context),
                      void *context) = nullptr;
  void *self = nullptr;
};

/// What one call may use. The results do not depend on it, bit for bit.
struct RunOptions {
  /// 0: all cores that the process's affinity allows; 1: no thread is created.
  int threads = 0;
  /// Used instead of own threads when its function is set.
  Executor executor = {};
};

} // namespace tgc
