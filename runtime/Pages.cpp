#include "runtime/Pages.h"
#include <cstdint>
#include <sys/mman.h>

namespace tgc {

static std::size_t roundUp(std::size_t bytes) {
  return (bytes + hugePageBytes - 1) / hugePageBytes * hugePageBytes;
}

/// Mapped at a multiple of the huge page, or the kernel could use none at either end.
void *takePages(std::size_t bytes) {
  const std::size_t size = roundUp(bytes), asked = size + hugePageBytes;
  if (size < bytes || asked < size) return nullptr;
  void *mapped = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  const auto begin = reinterpret_cast<std::uintptr_t>(mapped),
             start = (begin + hugePageBytes - 1) / hugePageBytes * hugePageBytes;
  if (start > begin) munmap(mapped, start - begin);
  if (begin + asked > start + size)
    munmap(reinterpret_cast<void *>(start + size), begin + asked - start - size);
  void *memory = reinterpret_cast<void *>(start);
  madvise(memory, size, MADV_HUGEPAGE); // advice: a kernel without huge pages is slower, not wrong
  return memory;
}

void givePages(void *start, std::size_t bytes) { munmap(start, roundUp(bytes)); }

} // namespace tgc
