// See AxisGroups.h.
#include "compiler/contract/AxisGroups.h"
#include <algorithm>
#include <array>
#include <unordered_map>

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0), conflict = none - 1;

/// What follows and what comes before an index, in all lists that have it.
struct Neighbours {
  std::uint32_t before = none, after = none;
  bool seen = false;
};

} // namespace

std::size_t AxisGroups::mostAxes() const {
  std::size_t most = 0;
  for (const IndexList &tensor : tensors)
    most = std::max(most, tensor.size());
  return most;
}

AxisGroups groupAxes(std::span<const IndexList> tensors) {
  std::unordered_map<std::uint32_t, Neighbours> known;
  for (const IndexList &list : tensors)
    for (std::size_t i = 0; i < list.size(); ++i) {
      std::uint32_t before = i ? list[i - 1] : conflict;
      std::uint32_t after = i + 1 < list.size() ? list[i + 1] : conflict;
      Neighbours &place = known[list[i]];
      if (place.seen && place.before != before) before = conflict;
      if (place.seen && place.after != after) after = conflict;
      place = {before, after, true};
    }
  AxisGroups result;
  std::unordered_map<std::uint32_t, std::uint32_t> groupOf;
  for (const IndexList &list : tensors) {
    IndexList &axes = result.tensors.emplace_back();
    for (std::uint32_t index : list) {
      std::uint32_t before = known[index].before;
      bool joined = before != conflict && known[before].after == index;
      if (joined && groupOf.contains(index)) continue;
      if (joined) {
        groupOf[index] = groupOf[before];
        result.groups[groupOf[index]].push_back(index);
        continue;
      }
      auto [place, fresh] = groupOf.try_emplace(index, std::uint32_t(result.groups.size()));
      if (fresh) result.groups.push_back({index});
      axes.push_back(place->second);
    }
  }
  return result;
}

IndexList permutationPass(const IndexList &from, const IndexList &to, std::size_t mostAxes) {
  std::array<IndexList, 2> both = {from, to};
  AxisGroups groups = groupAxes(both);
  if (groups.groups.size() <= mostAxes) return to;
  // What is in place already is one axis; each run that moves in front splits the rest once more.
  std::size_t placed = 0;
  while (placed < groups.tensors[1].size() && groups.tensors[0][placed] == groups.tensors[1][placed])
    ++placed;
  std::size_t runs = std::max<std::size_t>(1, (mostAxes - (placed ? 1 : 0) - 1) / 2);
  std::vector<char> moved(groups.groups.size(), 0);
  IndexList order;
  auto take = [&](std::uint32_t group) {
    moved[group] = 1;
    order.insert(order.end(), groups.groups[group].begin(), groups.groups[group].end());
  };
  for (std::size_t i = 0; i < std::min(placed + runs, groups.tensors[1].size()); ++i)
    take(groups.tensors[1][i]);
  for (std::uint32_t group : groups.tensors[0])
    if (!moved[group]) take(group);
  return order;
}

} // namespace tgc::contract
