// Offsets against a brute-force search, and on sizes where no search can follow.
#include "compiler/schedule/Offsets.h"
#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

using namespace tgc::schedule;

namespace {

std::int64_t rounded(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Whether two buffers of one step share a byte, a slot is misaligned, or the total is not the last end.
bool sound(const std::vector<Lifetime> &lives, const Layout &layout) {
  std::int64_t end = 0;
  for (std::size_t a = 0; a < lives.size(); ++a) {
    const std::int64_t from = layout.offsetsBytes[a], to = from + lives[a].sizeBytes;
    if (from < 0 || from % slotAlignmentBytes) return false;
    end = std::max(end, from + rounded(lives[a].sizeBytes));
    for (std::size_t b = 0; b < a; ++b) {
      const bool together = lives[a].first <= lives[b].last && lives[b].first <= lives[a].last;
      const std::int64_t start = layout.offsetsBytes[b], stop = start + lives[b].sizeBytes;
      if (together && from < stop && start < to) return false;
    }
  }
  return end == layout.totalBytes;
}

/// The smallest total over all orders of lowest-fit placement, which contains an optimal layout.
std::int64_t optimum(const std::vector<Lifetime> &lives) {
  std::vector<std::size_t> order(lives.size());
  std::iota(order.begin(), order.end(), 0);
  std::int64_t best = std::int64_t(1) << 60;
  do {
    std::vector<std::int64_t> offsets(lives.size());
    std::int64_t total = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      const Lifetime &life = lives[order[n]];
      std::int64_t at = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t m = 0; m < n; ++m) {
          const Lifetime &other = lives[order[m]];
          const std::int64_t start = offsets[order[m]], stop = start + rounded(other.sizeBytes);
          const bool together = life.first <= other.last && other.first <= life.last;
          if (together && at < stop && start < at + rounded(life.sizeBytes)) {
            at = stop;
            moved = true;
          }
        }
      }
      offsets[order[n]] = at;
      total = std::max(total, at + rounded(life.sizeBytes));
    }
    best = std::min(best, total);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

std::vector<Lifetime> randomLives(std::mt19937 &random, int count, int steps, int mostBytes) {
  std::vector<Lifetime> lives;
  for (int i = 0; i < count; ++i) {
    const std::int64_t first = random() % steps, last = first + random() % std::max(1, steps / 2);
    lives.push_back({std::int64_t(random() % mostBytes), first, last});
  }
  return lives;
}

} // namespace

TEST_CASE("offsets: never overlapping, and near the optimum that a full search finds") {
  std::mt19937 random(7);
  std::int64_t found = 0, best = 0;
  for (int round = 0; round < 200; ++round) {
    const auto lives = randomLives(random, 1 + round % 6, 6, 700);
    const Layout layout = assignOffsets(lives);
    REQUIRE(sound(lives, layout));
    const std::int64_t least = optimum(lives);
    REQUIRE(layout.totalBytes >= least);
    REQUIRE(least >= peakBytes(lives));
    REQUIRE(2 * layout.totalBytes <= 3 * least);
    found += layout.totalBytes;
    best += least;
  }
  CHECK(100 * found <= 103 * best); // three percent over the optimum in the sum
}

TEST_CASE("offsets: a chain needs two buffers") {
  std::vector<Lifetime> chain;
  for (std::int64_t step = 0; step < 100; ++step)
    chain.push_back({1000, step, step + 1});
  CHECK(assignOffsets(chain).totalBytes == 2048);
}

TEST_CASE("offsets: empty buffers and empty programs") {
  CHECK(assignOffsets({}).totalBytes == 0);
  const std::vector<Lifetime> lives{{0, 0, 3}, {1, 1, 2}, {0, 2, 2}};
  CHECK(sound(lives, assignOffsets(lives)));
  CHECK(assignOffsets(lives).totalBytes == 64);
}

TEST_CASE("offsets: above the quadratic limit the free list is sound and reuses memory") {
  std::mt19937 random(11);
  std::vector<Lifetime> lives;
  for (std::int64_t step = 0; step < 6000; ++step)
    lives.push_back({std::int64_t(random() % 5000), step, step + std::int64_t(random() % 20)});
  const Layout layout = assignOffsets(lives);
  CHECK(sound(lives, layout));
  CHECK(layout.totalBytes < 2 * peakBytes(lives));
}

TEST_CASE("offsets: equal inputs give equal layouts") {
  std::mt19937 random(3);
  const auto lives = randomLives(random, 300, 100, 5000);
  CHECK(assignOffsets(lives).offsetsBytes == assignOffsets(lives).offsetsBytes);
}
