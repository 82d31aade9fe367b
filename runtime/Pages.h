// Memory straight from the system, on huge pages where it has them: for blocks of at least one such page.
#pragma once
#include <cstddef>

namespace tgc {

/// From this size on blocks are worth mapping: x86-64 and AArch64 with 4 KiB base pages.
constexpr std::size_t hugePageBytes = std::size_t(2) << 20;

/// Zeroed, aligned to a huge page; null if there is no memory, or more is asked for than the system could
/// back.
void *takePages(std::size_t bytes);
/// Gives back what `takePages` gave for the same `bytes`.
void givePages(void *start, std::size_t bytes);

} // namespace tgc
