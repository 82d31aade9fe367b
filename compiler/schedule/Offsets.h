// Where buffers that live for a while lie in one arena. Plain C++ on plain data; the IR is Plan.cpp's
// business. Greedy by size with the smallest fitting gap, after "Efficient Memory Management for Deep Neural
// Net Inference" (Pisarchyk and Lee, 2020); optimal assignment is NP-hard.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace tgc::schedule {

/// Every offset is a multiple of this: a cache line and the widest vector.
inline constexpr std::int64_t slotAlignmentBytes = 64;

/// A buffer needed from step `first` to step `last`, both included.
struct Lifetime {
  std::int64_t sizeBytes = 0;
  std::int64_t first = 0, last = 0;
};

struct Layout {
  std::vector<std::int64_t> offsetsBytes; ///< one for each lifetime
  std::int64_t totalBytes = 0;            ///< end of the last byte, rounded up to the alignment
};

/// Places buffers so that two that live in one step never share a byte.
/// Cost: quadratic up to 4,096 buffers, then n log n with a free list in step order.
Layout assignOffsets(std::span<const Lifetime> lifetimes);

/// The most bytes alive in one step, sizes rounded up: no layout is smaller.
std::int64_t peakBytes(std::span<const Lifetime> lifetimes);

} // namespace tgc::schedule
