#include "tgc/Workspace.h"
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <utility>

using namespace tgc;

namespace {

struct Counter {
  std::int64_t allocated = 0, freed = 0;
  std::size_t shift = 0;
};

MemoryHook counting(Counter &counter) {
  return {[](std::size_t bytes, void *context) {
            auto &counter = *static_cast<Counter *>(context);
            counter.allocated += std::int64_t(bytes);
            return static_cast<void *>(static_cast<char *>(std::aligned_alloc(64, bytes + 64)) +
                                       counter.shift);
          },
          [](void *memory, std::size_t bytes, void *context) {
            auto &counter = *static_cast<Counter *>(context);
            counter.freed += std::int64_t(bytes);
            std::free(static_cast<char *>(memory) - counter.shift);
          },
          &counter};
}

struct Runnable {
  std::int64_t workspaceBytes() const { return 1000; }
};

} // namespace

TEST_CASE("workspace: small and large ones are aligned and usable to the last byte") {
  for (std::int64_t bytes : {std::int64_t(1), std::int64_t(100), std::int64_t(5) << 20}) {
    Workspace space(bytes);
    CHECK(space.sizeBytes() >= bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(space.data()) % (bytes >= (2 << 20) ? 2 << 20 : 64) == 0);
    std::memset(space.data(), 1, std::size_t(space.sizeBytes()));
  }
  CHECK(Workspace(Runnable{}).sizeBytes() >= 1000);
  CHECK(Workspace(0).sizeBytes() == 0);
}

TEST_CASE("workspace: the hook gets back all it gave, also through moves and the tail") {
  Counter counter;
  {
    Workspace first(500, counting(counter)), second;
    CHECK(first.reserveTail(300));
    CHECK(first.reserveTail(200)); // already there
    CHECK(first.reserveTail(3000));
    second = std::move(first);
    Workspace third(std::move(second));
    CHECK(third.sizeBytes() == 512);
    CHECK(second.sizeBytes() == 0);
  }
  CHECK(counter.allocated == 512 + 320 + 3008);
  CHECK(counter.freed == counter.allocated);
}

TEST_CASE("workspace: a hook without memory or alignment leaves it empty") {
  MemoryHook none{[](std::size_t, void *) -> void * { return nullptr; }, [](void *, std::size_t, void *) {},
                  nullptr};
  CHECK(Workspace(100, none).sizeBytes() == 0);
  CHECK_FALSE(Workspace(0, none).reserveTail(1));
  Counter counter;
  counter.shift = 8;
  CHECK(Workspace(100, counting(counter)).sizeBytes() == 0);
  CHECK(counter.freed == counter.allocated);
}

TEST_CASE("workspace: an unthinkable size is refused, not a crash") {
  CHECK(Workspace(std::int64_t(1) << 60).sizeBytes() == 0);
  CHECK(Workspace(-5).sizeBytes() == 0);
}

TEST_CASE("workspace: one holder at a time") {
  Workspace space(64);
  CHECK(space.acquire());
  CHECK_FALSE(space.acquire());
  space.release();
  CHECK(space.acquire());
}
