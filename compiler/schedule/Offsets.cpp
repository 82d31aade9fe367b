#include "compiler/schedule/Offsets.h"
#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace tgc::schedule {
namespace {

// Above this many buffers the quadratic search would be felt: 4,096 buffers take about 10 ms.
constexpr std::size_t quadraticLimit = 4096;

std::int64_t roundUp(std::int64_t bytes) {
  return (bytes + slotAlignmentBytes - 1) / slotAlignmentBytes * slotAlignmentBytes;
}

bool meet(const Lifetime &a, const Lifetime &b) { return a.first <= b.last && b.first <= a.last; }

/// The start of the smallest gap that fits `sizeBytes` between neighbours sorted by offset.
std::int64_t bestGap(std::span<const std::pair<std::int64_t, std::int64_t>> neighbours,
                     std::int64_t sizeBytes) {
  std::int64_t best = -1, bestSize = std::numeric_limits<std::int64_t>::max(), end = 0;
  for (auto [start, stop] : neighbours) {
    const std::int64_t gap = start - end;
    if (gap >= sizeBytes && gap < bestSize) {
      best = end;
      bestSize = gap;
    }
    end = std::max(end, stop);
  }
  return best < 0 ? end : best;
}

/// Places buffers in the given order, each beside those already placed that live at the same time.
Layout placeInOrder(std::span<const Lifetime> lifetimes, std::span<const std::size_t> order) {
  Layout layout{std::vector<std::int64_t>(lifetimes.size()), 0};
  std::vector<std::size_t> placed; // sorted by offset
  std::vector<std::pair<std::int64_t, std::int64_t>> neighbours;
  for (std::size_t index : order) {
    const std::int64_t size = roundUp(lifetimes[index].sizeBytes);
    neighbours.clear();
    for (std::size_t other : placed)
      if (meet(lifetimes[index], lifetimes[other]))
        neighbours.emplace_back(layout.offsetsBytes[other],
                                layout.offsetsBytes[other] + roundUp(lifetimes[other].sizeBytes));
    const std::int64_t offset = bestGap(neighbours, size);
    layout.offsetsBytes[index] = offset;
    layout.totalBytes = std::max(layout.totalBytes, offset + size);
    const auto after =
        std::upper_bound(placed.begin(), placed.end(), offset,
                         [&](std::int64_t at, std::size_t other) { return at < layout.offsetsBytes[other]; });
    placed.insert(after, index);
  }
  return layout;
}

/// Buffers by falling weight; equal weights by number, so that equal programs get equal plans.
std::vector<std::size_t> orderBy(std::span<const Lifetime> lifetimes, double (*weight)(const Lifetime &)) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double left = weight(lifetimes[a]), right = weight(lifetimes[b]);
    return left != right ? left > right : a < b;
  });
  return order;
}

Layout placeBySize(std::span<const Lifetime> lifetimes) {
  const auto size = [](const Lifetime &life) { return double(life.sizeBytes); };
  const auto area = [](const Lifetime &life) {
    return double(life.sizeBytes) * double(life.last - life.first + 1);
  };
  // Long-lived small buffers placed late split the arena; ordering by area helps just there. Keep the better.
  Layout bySize = placeInOrder(lifetimes, orderBy(lifetimes, size));
  Layout byArea = placeInOrder(lifetimes, orderBy(lifetimes, area));
  return byArea.totalBytes < bySize.totalBytes ? byArea : bySize;
}

/// Free gaps of the arena by start, joined with their neighbours as buffers die.
class FreeList {
public:
  std::int64_t take(std::int64_t size) {
    const auto fit = bySize.lower_bound({size, 0});
    if (fit == bySize.end()) return grow(size);
    const auto [length, start] = *fit;
    drop(gaps.find(start));
    if (length > size) add(start + size, length - size);
    return start;
  }
  void give(std::int64_t start, std::int64_t size) {
    if (auto after = gaps.find(start + size); after != gaps.end()) {
      size += after->second;
      drop(after);
    }
    auto before = gaps.lower_bound(start);
    if (before != gaps.begin() && std::prev(before)->first + std::prev(before)->second == start) {
      --before;
      start = before->first;
      size += before->second;
      drop(before);
    }
    add(start, size);
  }
  std::int64_t endBytes = 0;

private:
  using Gaps = std::map<std::int64_t, std::int64_t>;
  void add(std::int64_t start, std::int64_t size) {
    gaps.emplace(start, size);
    bySize.emplace(size, start);
  }
  void drop(Gaps::iterator gap) {
    bySize.erase({gap->second, gap->first});
    gaps.erase(gap);
  }
  std::int64_t grow(std::int64_t size) {
    // A gap at the very end is stretched rather than left behind.
    std::int64_t start = endBytes;
    if (!gaps.empty() && gaps.rbegin()->first + gaps.rbegin()->second == endBytes) {
      start = gaps.rbegin()->first;
      drop(std::prev(gaps.end()));
    }
    endBytes = start + size;
    return start;
  }
  Gaps gaps;
  std::set<std::pair<std::int64_t, std::int64_t>> bySize;
};

Layout placeInStepOrder(std::span<const Lifetime> lifetimes) {
  const auto births = orderBy(lifetimes, [](const Lifetime &life) { return -double(life.first); });
  const auto deaths = orderBy(lifetimes, [](const Lifetime &life) { return -double(life.last); });
  Layout layout{std::vector<std::int64_t>(lifetimes.size()), 0};
  FreeList free;
  std::size_t dead = 0;
  for (std::size_t index : births) {
    for (; dead < deaths.size() && lifetimes[deaths[dead]].last < lifetimes[index].first; ++dead)
      if (const std::int64_t size = roundUp(lifetimes[deaths[dead]].sizeBytes))
        free.give(layout.offsetsBytes[deaths[dead]], size);
    if (const std::int64_t size = roundUp(lifetimes[index].sizeBytes))
      layout.offsetsBytes[index] = free.take(size);
  }
  layout.totalBytes = free.endBytes;
  return layout;
}

} // namespace

Layout assignOffsets(std::span<const Lifetime> lifetimes) {
  return lifetimes.size() <= quadraticLimit ? placeBySize(lifetimes) : placeInStepOrder(lifetimes);
}

std::int64_t peakBytes(std::span<const Lifetime> lifetimes) {
  std::map<std::int64_t, std::int64_t> change; // by step
  for (const Lifetime &life : lifetimes) {
    change[life.first] += roundUp(life.sizeBytes);
    change[life.last + 1] -= roundUp(life.sizeBytes);
  }
  std::int64_t now = 0, peak = 0;
  for (auto [step, bytes] : change)
    peak = std::max(peak, now += bytes);
  return peak;
}

} // namespace tgc::schedule
