// Counts what a call allocates, by standing in front of malloc. Sanitizers own malloc, so there this file is
// empty and says so.
#include <doctest/doctest.h>
#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
TEST_CASE("run: nothing is allocated on the way of a call (not counted under a sanitizer)" *
          doctest::skip()) {}
#else
#include "runtime/Run.h"
#include <cstdlib>

namespace {
std::atomic<int> allocations{0};
std::atomic<bool> counting{false};
} // namespace

extern "C" {
void *__libc_malloc(std::size_t);
void *__libc_calloc(std::size_t, std::size_t);
void *__libc_realloc(void *, std::size_t);
void *__libc_memalign(std::size_t, std::size_t);

static void note() {
  if (counting.load(std::memory_order_relaxed)) ++allocations;
}
// Visible to libstdc++, whose allocations are to be counted too.
#define TGC_SEEN __attribute__((visibility("default")))
TGC_SEEN void *malloc(std::size_t bytes) { return note(), __libc_malloc(bytes); }
TGC_SEEN void *calloc(std::size_t count, std::size_t bytes) { return note(), __libc_calloc(count, bytes); }
TGC_SEEN void *realloc(void *old, std::size_t bytes) { return note(), __libc_realloc(old, bytes); }
TGC_SEEN void *memalign(std::size_t alignment, std::size_t bytes) {
  return note(), __libc_memalign(alignment, bytes);
}
TGC_SEEN void *aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return note(), __libc_memalign(alignment, bytes);
}
}

using namespace tgc;

namespace {

void twice(std::int64_t begin, std::int64_t end, void **buffers) {
  for (std::int64_t i = begin; i < end; ++i)
    static_cast<float *>(buffers[1])[i] = 2 * static_cast<const float *>(buffers[0])[i];
}

Program doubling(std::int64_t extent, std::int64_t nanoseconds) {
  ProgramParts parts;
  parts.arguments = {{"x", f32, {extent}}};
  parts.results = {{"y", f32, {extent}}};
  parts.buffers = {{BufferRef::Kind::Argument, 0, 0}, {BufferRef::Kind::Result, 0, 0}};
  parts.steps = {{twice, 0, 2, extent, nanoseconds, "twice"}};
  return Program::make(std::move(parts)).value();
}

template <typename Body> int allocationsIn(Body body) {
  allocations = 0;
  counting = true;
  body();
  counting = false;
  return allocations;
}

} // namespace

TEST_CASE("run: nothing is allocated on the way of a call") {
  CHECK(allocationsIn([] { // the counter counts; volatile, or the pairs are optimised away
          void *volatile block = std::malloc(5);
          std::free(block);
          int *volatile number = new int(3);
          delete number;
        }) == 2);
  const Program program = doubling(16, 0);
  Workspace space(program);
  std::vector<float> x(16, 1), y(16), strided(64);
  bool good = true;
  CHECK(allocationsIn([&] {
          for (int i = 0; i < 100; ++i) {
            const View arguments[] = {x};
            const MutableView results[] = {y};
            good &= bool(run(program, arguments, results, space));
          }
        }) == 0);
  const std::int64_t stride[] = {4};
  REQUIRE(space.reserveTail(program.packBytes()));
  CHECK(allocationsIn([&] {
          const View arguments[] = {View(strided.data(), {16}, stride)};
          const MutableView results[] = {y};
          good &= bool(run(program, arguments, results, space));
        }) == 0);
  CHECK(good);
}

TEST_CASE("run: nor is it with several threads, once the pool is there") {
  const Program program = doubling(10000, 1'000'000);
  Workspace space(program);
  std::vector<float> x(10000, 1), y(10000);
  const auto call = [&] {
    const View arguments[] = {x};
    const MutableView results[] = {y};
    return bool(run(program, arguments, results, space, {.threads = 2}));
  };
  REQUIRE(call());
  CHECK(allocationsIn([&] {
          for (int i = 0; i < 100; ++i)
            call();
        }) == 0);
}
#endif
