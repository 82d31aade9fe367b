// See Bisect.h.
#include "compiler/contract/Bisect.h"
#include "compiler/contract/Greedy.h"
#include "compiler/contract/Partition.h"
#include <algorithm>

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);

/// A part of the network that is still to be ordered; its node in the tree comes when its halves have theirs.
struct Part {
  std::vector<std::uint32_t> tensors;
  std::uint32_t parent = none;
  std::uint32_t nodes[2] = {none, none};
};

class Bisector {
public:
  Bisector(const Problem &problem, Random &random, const BisectOptions &options)
      : problem(problem), random(random), options(options), local(problem.weight.size(), none) {
    tree.leafCount = problem.leafCount;
  }

  Tree run() {
    Part whole;
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      whole.tensors.push_back(leaf);
    parts.push_back(std::move(whole));
    for (std::size_t i = 0; i < parts.size(); ++i)
      divide(i);
    // Children come after their parents, so backwards every part finds its halves done.
    for (std::size_t i = parts.size(); i-- > 0;)
      finish(i);
    return std::move(tree);
  }

private:
  void divide(std::size_t i) {
    if (parts[i].tensors.size() <= options.small || options.budget.over()) return;
    std::vector<std::uint32_t> tensors = std::move(parts[i].tensors);
    parts[i].tensors.clear();
    std::vector<char> sides = partition(hypergraphOf(tensors), random, options.imbalance);
    for (char side : {0, 1}) {
      Part &half = parts.emplace_back();
      half.parent = std::uint32_t(i);
      for (std::size_t k = 0; k < tensors.size(); ++k)
        if (sides[k] == side) half.tensors.push_back(tensors[k]);
    }
  }

  Hypergraph hypergraphOf(const std::vector<std::uint32_t> &tensors) {
    Hypergraph graph;
    graph.vertexWeight.assign(tensors.size(), 1);
    graph.incident.resize(tensors.size());
    std::vector<std::uint32_t> indices;
    std::vector<std::vector<std::uint32_t>> holders;
    for (std::uint32_t k = 0; k < tensors.size(); ++k)
      for (Leg leg : problem.leaf(tensors[k])) {
        if (local[leg.index] == none) {
          local[leg.index] = std::uint32_t(indices.size());
          indices.push_back(leg.index);
          holders.emplace_back();
        }
        holders[local[leg.index]].push_back(k);
      }
    for (std::size_t i = 0; i < indices.size(); ++i) {
      local[indices[i]] = none;
      if (holders[i].size() > 1) graph.addEdge(std::move(holders[i]), problem.weight[indices[i]]);
    }
    return graph;
  }

  void finish(std::size_t i) {
    Part &part = parts[i];
    std::uint32_t node = part.tensors.empty() ? pair(part.nodes[0], part.nodes[1]) : ordered(part.tensors);
    if (part.parent == none) return;
    Part &above = parts[part.parent];
    above.nodes[above.nodes[0] == none ? 0 : 1] = node;
  }

  std::uint32_t pair(std::uint32_t a, std::uint32_t b) {
    tree.steps.push_back({a, b});
    return tree.nodeCount() - 1;
  }

  /// Greedy within a part, seen as a network whose result keeps what the rest still needs.
  std::uint32_t ordered(const std::vector<std::uint32_t> &tensors) {
    if (tensors.size() == 1) return tensors[0];
    Problem inner = problem.part(tensors);
    Tree small = greedyTree(inner);
    std::vector<std::uint32_t> nodes = tensors;
    for (auto [a, b] : small.steps)
      nodes.push_back(pair(nodes[a], nodes[b]));
    return nodes.back();
  }

  const Problem &problem;
  Random &random;
  const BisectOptions &options;
  std::vector<std::uint32_t> local;
  std::vector<Part> parts;
  Tree tree;
};

} // namespace

Tree bisectionTree(const Problem &problem, Random &random, const BisectOptions &options) {
  return Bisector(problem, random, options).run();
}

} // namespace tgc::contract
