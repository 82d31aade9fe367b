// Cutting a hypergraph in two parts of similar size so that little crosses: levels of ever coarser
// hypergraphs, refined by moving single vertices.
#pragma once
#include "compiler/contract/Random.h"
#include <vector>

namespace tgc::contract {

/// Vertices with weights (how many tensors), edges with weights (log2 of their extent).
struct Hypergraph {
  std::vector<std::uint32_t> vertexWeight;
  std::vector<double> edgeWeight;
  std::vector<std::vector<std::uint32_t>> edges;    ///< the vertices of each edge
  std::vector<std::vector<std::uint32_t>> incident; ///< the edges of each vertex

  void addEdge(std::vector<std::uint32_t> vertices, double weight);
  std::uint32_t vertexCount() const { return std::uint32_t(vertexWeight.size()); }
};

/// 0 or 1 for each vertex; neither part is empty (two vertices at least) and none weighs more than (0.5 +
/// imbalance) of the whole, rounded up to a vertex.
std::vector<char> partition(const Hypergraph &graph, Random &random, double imbalance);

} // namespace tgc::contract
