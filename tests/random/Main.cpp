// tgc-random [--graphs=N] [--seed=S] [doctest's own arguments]
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/random/Random.h"
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>

namespace tgc::random {
Extent &extent() {
  static Extent held;
  return held;
}
} // namespace tgc::random

int main(int count, char **words) {
  for (int at = 1; at < count; ++at) {
    if (!std::strncmp(words[at], "--graphs=", 9)) tgc::random::extent().graphs = std::atoi(words[at] + 9);
    if (!std::strncmp(words[at], "--seed=", 7))
      tgc::random::extent().seed = std::strtoull(words[at] + 7, nullptr, 10);
  }
  return doctest::Context(count, words).run();
}
