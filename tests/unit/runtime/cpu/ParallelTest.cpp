#include "runtime/cpu/Parallel.h"
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <doctest/doctest.h>
#include <mutex>
#include <set>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

using namespace tgc;

namespace {

struct Visits {
  explicit Visits(std::int64_t items) : count(std::size_t(items)) {}
  std::vector<std::atomic<int>> count;
  std::mutex lock;
  std::set<std::thread::id> threads;
  int ranges = 0;

  static void body(std::int64_t begin, std::int64_t end, void *context) {
    auto &visits = *static_cast<Visits *>(context);
    for (std::int64_t i = begin; i < end; ++i)
      ++visits.count[std::size_t(i)];
    const std::lock_guard guard(visits.lock);
    visits.threads.insert(std::this_thread::get_id());
    ++visits.ranges;
  }
  bool allOnce() const {
    for (const auto &one : count)
      if (one != 1) return false;
    return true;
  }
};

/// Threads of this process, as the kernel counts them.
int threadCount() {
  std::FILE *file = std::fopen("/proc/self/status", "r");
  char line[256];
  int count = -1;
  while (file && std::fgets(line, sizeof line, file))
    if (std::sscanf(line, "Threads: %d", &count) == 1) break;
  if (file) std::fclose(file);
  return count;
}

} // namespace

// First in this binary by name order is not promised, so the claim is that the count does not grow.
TEST_CASE("parallel: one thread means that none is created") {
  const int before = threadCount();
  Visits visits(1000);
  parallelFor(1000, 1, 1, Visits::body, &visits);
  CHECK(visits.allOnce());
  CHECK(visits.ranges == 1);
  CHECK(*visits.threads.begin() == std::this_thread::get_id());
  CHECK(threadCount() == before);
}

TEST_CASE("parallel: every item runs exactly once for any split") {
  for (std::int64_t items : {1, 2, 3, 7, 64, 1000})
    for (int threads : {1, 2, 3, 4, 8, 300}) {
      Visits visits(items);
      parallelFor(items, threads, 1, Visits::body, &visits);
      CHECK(visits.allOnce());
      const std::int64_t each = threads > 1 && items >= 8 * threads ? 4 * threads : threads;
      CHECK(visits.ranges == std::min<std::int64_t>({items, each, 256}));
    }
}

TEST_CASE("parallel: no items call nothing, the grain limits the split") {
  Visits visits(100);
  parallelFor(0, 4, 1, Visits::body, &visits);
  CHECK(visits.ranges == 0);
  parallelFor(100, 4, 60, Visits::body, &visits);
  CHECK(visits.ranges == 1);
}

TEST_CASE("parallel: a nested call runs where it is made") {
  struct Outer {
    std::atomic<int> inner{0};
    std::atomic<bool> moved{false}, marked{true};
  } outer;
  parallelFor(
      4, 2, 1,
      [](std::int64_t begin, std::int64_t end, void *context) {
        auto &outer = *static_cast<Outer *>(context);
        if (!insideParallelFor()) outer.marked = false;
        for (std::int64_t i = begin; i < end; ++i) {
          Visits visits(10);
          parallelFor(10, 4, 1, Visits::body, &visits);
          if (*visits.threads.begin() != std::this_thread::get_id() || visits.ranges != 1) outer.moved = true;
          ++outer.inner;
        }
      },
      &outer);
  CHECK(outer.inner == 4);
  CHECK_FALSE(outer.moved);
  CHECK(outer.marked);
  CHECK_FALSE(insideParallelFor());
}

TEST_CASE("parallel: calls from several threads at once") {
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        Visits visits(97);
        parallelFor(97, 2, 1, Visits::body, &visits);
        good += visits.allOnce();
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  CHECK(good == 200);
}

TEST_CASE("parallel: a call beside another does not wait for it") {
  struct Gate {
    std::atomic<bool> entered{false}, open{false};
  } gate;
  std::thread first([&] {
    parallelFor(
        2, 2, 1,
        [](std::int64_t, std::int64_t, void *context) {
          auto &gate = *static_cast<Gate *>(context);
          gate.entered = true;
          while (!gate.open)
            std::this_thread::yield();
        },
        &gate);
  });
  while (!gate.entered)
    std::this_thread::yield();
  Visits visits(97);
  parallelFor(97, 2, 1, Visits::body, &visits); // the pool is the other call's
  CHECK(visits.allOnce());
  CHECK(*visits.threads.begin() == std::this_thread::get_id());
  gate.open = true;
  first.join();
}

TEST_CASE("parallel: a child process has no helpers and computes all the same") {
  Visits before(64);
  parallelFor(64, 2, 1, Visits::body, &before);
  const pid_t child = fork();
  if (child == 0) {
    Visits visits(64);
    parallelFor(64, 2, 1, Visits::body, &visits);
    _exit(visits.allOnce() && visits.threads.size() == 1 ? 0 : 1);
  }
  int status = 1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("parallel: a host's executor runs the ranges on its own threads") {
  struct Pool {
    int calls = 0;
    static void parallelFor(void *self, std::int64_t items, void (*body)(std::int64_t, std::int64_t, void *),
                            void *context) {
      ++static_cast<Pool *>(self)->calls;
      std::vector<std::thread> threads;
      for (std::int64_t begin = 0; begin < items; begin += 10)
        threads.emplace_back(body, begin, std::min<std::int64_t>(begin + 10, items), context);
      for (std::thread &thread : threads)
        thread.join();
    }
  } pool;
  const Executor executor{Pool::parallelFor, &pool};
  Visits visits(35);
  parallelFor(executor, 35, Visits::body, &visits);
  CHECK(visits.allOnce());
  CHECK(visits.ranges == 4);
  CHECK(visits.threads.count(std::this_thread::get_id()) == 0);
  // A call inside such a body stays on the host's thread.
  struct Inner {
    const Executor *executor;
    std::atomic<int> sequential{0};
  } inner{&executor};
  parallelFor(
      executor, 20,
      [](std::int64_t, std::int64_t, void *context) {
        auto &inner = *static_cast<Inner *>(context);
        Visits visits(30);
        parallelFor(*inner.executor, 30, Visits::body, &visits);
        inner.sequential += visits.ranges == 1;
      },
      &inner);
  CHECK(inner.sequential == 2);
  CHECK(pool.calls == 2);
}

#if defined(__SSE__)
TEST_CASE("parallel: pool threads compute in the caller's floating-point mode and keep their own") {
  const auto modes = [] {
    struct Seen {
      std::atomic<unsigned> all{0};
    } seen;
    parallelFor(
        2, 2, 1,
        [](std::int64_t begin, std::int64_t, void *context) {
          static_cast<Seen *>(context)->all += (_mm_getcsr() & 0x8040) ? 1u : 0u;
        },
        &seen);
    return seen.all.load();
  };
  const unsigned before = _mm_getcsr();
  CHECK(modes() == 0);
  _mm_setcsr(before | 0x8040); // flush subnormals, as a host may have chosen
  CHECK(modes() == 2);
  _mm_setcsr(before);
  CHECK(modes() == 0);
}
#endif
