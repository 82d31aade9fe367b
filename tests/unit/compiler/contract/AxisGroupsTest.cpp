#include "compiler/contract/AxisGroups.h"
#include "compiler/contract/Random.h"
#include <algorithm>
#include <doctest/doctest.h>

using namespace tgc::contract;

TEST_CASE("axis groups: neighbours everywhere are one axis, and expanding them gives the lists back") {
  std::vector<IndexList> lists = {{1, 2, 3, 4, 5}, {4, 5, 6, 7}, {1, 2, 3, 6, 7}};
  AxisGroups groups = groupAxes(lists);
  CHECK(groups.groups == std::vector<IndexList>{{1, 2, 3}, {4, 5}, {6, 7}});
  CHECK(groups.tensors == std::vector<IndexList>{{0, 1}, {1, 2}, {0, 2}});
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<IndexList> any(1 + random.below(3));
    for (IndexList &list : any) {
      for (std::uint32_t i = 0; i < 12; ++i)
        if (random.below(3)) list.push_back(i);
      for (std::uint32_t swaps = random.below(4); swaps > 0 && list.size() > 1; --swaps)
        std::swap(list[random.below(std::uint32_t(list.size()))],
                  list[random.below(std::uint32_t(list.size()))]);
    }
    AxisGroups merged = groupAxes(any);
    for (std::size_t k = 0; k < any.size(); ++k) {
      IndexList expanded;
      for (std::uint32_t group : merged.tensors[k])
        expanded.insert(expanded.end(), merged.groups[group].begin(), merged.groups[group].end());
      CHECK(expanded == any[k]);
    }
  }
}

TEST_CASE("axis groups: passes of eight axes lead to any order") {
  Random random(8);
  for (int round = 0; round < 200; ++round) {
    IndexList from(1 + random.below(40));
    for (std::uint32_t i = 0; i < from.size(); ++i)
      from[i] = i;
    IndexList to = from;
    for (std::size_t i = to.size(); i > 1; --i)
      std::swap(to[i - 1], to[random.below(std::uint32_t(i))]);
    int passes = 0;
    while (from != to && passes < 20) {
      IndexList next = permutationPass(from, to, 8);
      std::vector<IndexList> both = {from, next};
      CHECK(groupAxes(both).groups.size() <= 8);
      from = next;
      ++passes;
    }
    CHECK(from == to);
  }
}
