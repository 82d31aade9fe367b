// Fresh pages cost more than most kernels (256 MiB: 150 ms with small pages, 33 ms with huge ones, 10 ms when
// reused), so large workspaces ask for huge pages and every workspace is kept between calls.
#include "tgc/Workspace.h"
#include "runtime/Pages.h"
#include <cstdlib>
#include <utility>

namespace tgc {
namespace {

std::size_t roundUp(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

} // namespace

Workspace::Workspace(std::int64_t sizeBytes, MemoryHook hook) : hook(hook) { main = take(sizeBytes); }

Workspace::Workspace(Workspace &&other) noexcept
    : hook(other.hook), main(std::exchange(other.main, {})), packed(std::exchange(other.packed, {})),
      highWater(std::exchange(other.highWater, 0)) {}

Workspace &Workspace::operator=(Workspace &&other) noexcept {
  if (this == &other) return *this;
  give(main);
  give(packed);
  hook = other.hook;
  main = std::exchange(other.main, {});
  packed = std::exchange(other.packed, {});
  highWater = std::exchange(other.highWater, 0);
  return *this;
}

Workspace::~Workspace() {
  give(main);
  give(packed);
}

bool Workspace::reserveTail(std::int64_t bytes) {
  if (bytes <= packed.bytes) return true;
  give(packed);
  packed = take(bytes);
  return packed.bytes >= bytes;
}

Workspace::Block Workspace::take(std::int64_t bytes) const {
  if (bytes <= 0) return {};
  const std::size_t size = roundUp(std::size_t(bytes), 64);
  void *memory = hook.allocate           ? hook.allocate(size, hook.context)
                 : size >= hugePageBytes ? takePages(size)
                                         : std::aligned_alloc(64, size);
  if (!memory) return {};
  if (reinterpret_cast<std::uintptr_t>(memory) % 64 !=
      0) { // a hook that breaks its word counts as having no memory
    Block refused{static_cast<std::byte *>(memory), std::int64_t(size)};
    give(refused);
    return {};
  }
  return {static_cast<std::byte *>(memory), std::int64_t(size)};
}

void Workspace::give(Block &block) const {
  if (!block.start) return;
  const auto size = std::size_t(block.bytes);
  if (hook.allocate) {
    if (hook.deallocate) hook.deallocate(block.start, size, hook.context);
  } else if (size >= hugePageBytes) {
    givePages(block.start, size);
  } else {
    std::free(block.start);
  }
  block = {};
}

} // namespace tgc
