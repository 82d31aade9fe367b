// Seeded networks for tests of the planner.
#pragma once
#include "compiler/contract/Network.h"
#include "compiler/contract/Random.h"

namespace tgc::test {

/// Any network of `count` tensors: hyperedges, lone and kept indices, scalars, extents 1 to 4.
inline contract::Network randomNetwork(contract::Random &random, std::uint32_t count) {
  contract::Network network;
  std::uint32_t indices = 1 + random.below(2 * count);
  for (std::uint32_t i = 0; i < indices; ++i)
    network.extents.push_back(1 + random.below(4));
  network.inputs.resize(count);
  std::vector<char> used(indices, 0);
  for (auto &input : network.inputs)
    for (std::uint32_t k = random.below(5); k > 0; --k) {
      input.push_back(random.below(indices));
      used[input.back()] = 1;
    }
  for (std::uint32_t i = 0; i < indices; ++i)
    if (used[i] && random.below(5) == 0) network.output.push_back(i);
  return network;
}

/// A random 3-regular graph, extents 2 and 3.
inline contract::Network regularNetwork(contract::Random &random, std::uint32_t count) {
  contract::Network network;
  network.inputs.resize(count);
  std::vector<std::uint32_t> ends;
  for (std::uint32_t i = 0; i < 3 * count; ++i)
    ends.push_back(i / 3);
  for (std::size_t i = ends.size() - 1; i > 0; --i)
    std::swap(ends[i], ends[random.below(std::uint32_t(i) + 1)]);
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
    if (ends[i] == ends[i + 1]) continue;
    auto index = std::uint32_t(network.extents.size());
    network.extents.push_back(2 + random.below(2));
    network.inputs[ends[i]].push_back(index);
    network.inputs[ends[i + 1]].push_back(index);
  }
  return network;
}

/// A chain of matrices with open ends.
inline contract::Network chainNetwork(std::uint32_t count) {
  contract::Network network;
  for (std::uint32_t i = 0; i < count; ++i) {
    network.inputs.push_back({i, i + 1});
    network.extents.push_back(2 + i % 5);
  }
  network.extents.push_back(3);
  network.output = {0, count};
  return network;
}

/// A side x side lattice, extent 2.
inline contract::Network latticeNetwork(std::uint32_t side) {
  contract::Network network;
  network.inputs.resize(std::size_t(side) * side);
  auto link = [&](std::uint32_t a, std::uint32_t b) {
    auto index = std::uint32_t(network.extents.size());
    network.extents.push_back(2);
    network.inputs[a].push_back(index);
    network.inputs[b].push_back(index);
  };
  for (std::uint32_t y = 0; y < side; ++y)
    for (std::uint32_t x = 0; x < side; ++x) {
      if (x + 1 < side) link(y * side + x, y * side + x + 1);
      if (y + 1 < side) link(y * side + x, (y + 1) * side + x);
    }
  return network;
}

} // namespace tgc::test
