// See Partition.h.
#include "compiler/contract/Partition.h"
#include <algorithm>
#include <array>
#include <numeric>
#include <queue>
#include <unordered_map>

namespace tgc::contract {

void Hypergraph::addEdge(std::vector<std::uint32_t> vertices, double weight) {
  for (std::uint32_t vertex : vertices)
    incident[vertex].push_back(std::uint32_t(edges.size()));
  edges.push_back(std::move(vertices));
  edgeWeight.push_back(weight);
}

namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);
using Sides = std::vector<char>;

/// Moves single vertices, each at most once in a pass, best gain first; keeps the best prefix of the moves.
class Refiner {
public:
  Refiner(const Hypergraph &graph, Sides &sides, double imbalance) : graph(graph), sides(sides) {
    for (std::uint32_t v = 0; v < graph.vertexCount(); ++v)
      weight[std::size_t(sides[v])] += graph.vertexWeight[v];
    total = weight[0] + weight[1];
    std::uint32_t heaviest = *std::max_element(graph.vertexWeight.begin(), graph.vertexWeight.end());
    most = std::max<std::uint64_t>(std::uint64_t(double(total) * (0.5 + imbalance)), (total + heaviest) / 2);
    most = std::min(most, total - 1);
    counts.resize(graph.edges.size());
    for (std::size_t e = 0; e < graph.edges.size(); ++e) {
      counts[e] = {0, 0};
      for (std::uint32_t v : graph.edges[e])
        ++counts[e][std::size_t(sides[v])];
    }
  }

  void run() {
    for (int pass = 0; pass < 6; ++pass)
      if (!improve()) return;
  }
  double cut() const {
    double sum = 0;
    for (std::size_t e = 0; e < graph.edges.size(); ++e)
      if (counts[e][0] && counts[e][1]) sum += graph.edgeWeight[e];
    return sum;
  }
  bool balanced() const { return std::max(weight[0], weight[1]) <= most && weight[0] && weight[1]; }

private:
  struct Entry {
    double gain;
    std::uint32_t vertex;
    bool operator<(const Entry &other) const {
      return gain != other.gain ? gain < other.gain : vertex < other.vertex;
    }
  };

  double gainOf(std::uint32_t v) const {
    auto side = std::size_t(sides[v]);
    double gain = 0;
    for (std::uint32_t e : graph.incident[v]) {
      if (graph.edges[e].size() < 2) continue;
      if (counts[e][side] == 1) gain += graph.edgeWeight[e];
      if (counts[e][1 - side] == 0) gain -= graph.edgeWeight[e];
    }
    return gain;
  }

  void move(std::uint32_t v) {
    auto side = std::size_t(sides[v]);
    for (std::uint32_t e : graph.incident[v]) {
      --counts[e][side];
      ++counts[e][1 - side];
    }
    weight[side] -= graph.vertexWeight[v];
    weight[1 - side] += graph.vertexWeight[v];
    sides[v] = char(1 - side);
  }

  bool fits(std::uint32_t v) const {
    auto other = std::size_t(1 - sides[v]);
    bool heavy = weight[1 - other] > most; // too heavy already: anything out helps
    return weight[other] + graph.vertexWeight[v] <= most || (heavy && weight[other] < weight[1 - other]);
  }

  bool improve() {
    std::vector<char> locked(graph.vertexCount(), 0);
    std::vector<double> gains(graph.vertexCount());
    std::priority_queue<Entry> queue;
    for (std::uint32_t v = 0; v < graph.vertexCount(); ++v) {
      gains[v] = gainOf(v);
      if (gains[v] > -1e300 && onBorder(v)) queue.push({gains[v], v});
    }
    std::vector<std::uint32_t> moves;
    bool wasBalanced = balanced();
    double sum = 0, best = 0;
    std::size_t kept = 0, idle = 0;
    while (!queue.empty() && idle < 50 + graph.vertexCount() / 20) {
      Entry top = queue.top();
      queue.pop();
      if (locked[top.vertex] || top.gain != gains[top.vertex] || !fits(top.vertex)) continue;
      locked[top.vertex] = 1;
      sum += top.gain;
      move(top.vertex);
      moves.push_back(top.vertex);
      ++idle;
      bool good = balanced();
      if (good && (sum > best + 1e-9 || !wasBalanced)) {
        best = sum;
        kept = moves.size();
        wasBalanced = true;
        idle = 0;
      }
      for (std::uint32_t e : graph.incident[top.vertex]) {
        if (graph.edges[e].size() > 64) continue; // their gains change once in a long while
        for (std::uint32_t v : graph.edges[e])
          if (!locked[v]) queue.push({gains[v] = gainOf(v), v});
      }
    }
    for (std::size_t i = moves.size(); i > kept; --i)
      move(moves[i - 1]);
    return kept > 0;
  }

  bool onBorder(std::uint32_t v) const {
    if (graph.vertexCount() < 500 || !balanced()) return true;
    for (std::uint32_t e : graph.incident[v])
      if (counts[e][std::size_t(1 - sides[v])]) return true;
    return false;
  }

  const Hypergraph &graph;
  Sides &sides;
  std::array<std::uint64_t, 2> weight{};
  std::uint64_t total = 0, most = 0;
  std::vector<std::array<std::uint32_t, 2>> counts;
};

/// Joins pairs of vertices that share much, lightest first; `coarse` gives each vertex its joined one.
Hypergraph coarsen(const Hypergraph &graph, Random &random, std::vector<std::uint32_t> &coarse) {
  std::vector<std::uint32_t> order(graph.vertexCount());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random.below(std::uint32_t(i))]);
  std::uint64_t total =
      std::accumulate(graph.vertexWeight.begin(), graph.vertexWeight.end(), std::uint64_t(0));
  std::uint64_t heaviest = std::max<std::uint64_t>(1, total / 20);
  coarse.assign(graph.vertexCount(), none);
  Hypergraph small;
  std::vector<double> score(graph.vertexCount(), 0);
  std::vector<std::uint32_t> near;
  for (std::uint32_t v : order) {
    if (coarse[v] != none) continue;
    near.clear();
    for (std::uint32_t e : graph.incident[v]) {
      if (graph.edges[e].size() > 32) continue;
      for (std::uint32_t u : graph.edges[e]) {
        if (u == v || coarse[u] != none || graph.vertexWeight[u] + graph.vertexWeight[v] > heaviest) continue;
        if (score[u] == 0) near.push_back(u);
        score[u] += (graph.edgeWeight[e] + 1e-6) / double(graph.edges[e].size() - 1);
      }
    }
    std::uint32_t best = none;
    double most = 0;
    for (std::uint32_t u : near) {
      double value = score[u] / (double(graph.vertexWeight[u]) * graph.vertexWeight[v]);
      if (value > most) {
        most = value;
        best = u;
      }
      score[u] = 0;
    }
    coarse[v] = small.vertexCount();
    small.vertexWeight.push_back(graph.vertexWeight[v]);
    if (best == none) continue;
    coarse[best] = coarse[v];
    small.vertexWeight.back() += graph.vertexWeight[best];
  }
  small.incident.resize(small.vertexCount());
  std::unordered_map<std::uint64_t, std::uint32_t> pairs; // parallel edges of two vertices are one
  for (std::size_t e = 0; e < graph.edges.size(); ++e) {
    std::vector<std::uint32_t> vertices;
    for (std::uint32_t v : graph.edges[e])
      vertices.push_back(coarse[v]);
    std::sort(vertices.begin(), vertices.end());
    vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
    if (vertices.size() < 2) continue;
    if (vertices.size() == 2) {
      auto [place, fresh] = pairs.try_emplace(std::uint64_t(vertices[0]) << 32 | vertices[1],
                                              std::uint32_t(small.edges.size()));
      if (!fresh) {
        small.edgeWeight[place->second] += graph.edgeWeight[e];
        continue;
      }
    }
    small.addEdge(std::move(vertices), graph.edgeWeight[e]);
  }
  return small;
}

/// A part grown from a random vertex to half of the weight, nearest first.
Sides grown(const Hypergraph &graph, Random &random) {
  Sides sides(graph.vertexCount(), 1);
  std::uint64_t total =
      std::accumulate(graph.vertexWeight.begin(), graph.vertexWeight.end(), std::uint64_t(0));
  std::uint64_t taken = 0;
  std::vector<std::uint32_t> queue;
  std::vector<char> seen(graph.vertexCount(), 0);
  for (std::size_t next = 0; taken * 2 < total;) {
    if (next == queue.size()) {
      std::uint32_t start = random.below(graph.vertexCount());
      while (seen[start])
        start = (start + 1) % graph.vertexCount();
      seen[start] = 1;
      queue.push_back(start);
    }
    std::uint32_t v = queue[next++];
    if (next > 1 && next == graph.vertexCount()) break; // leave one for the other side
    sides[v] = 0;
    taken += graph.vertexWeight[v];
    for (std::uint32_t e : graph.incident[v])
      for (std::uint32_t u : graph.edges[e])
        if (!seen[u]) {
          seen[u] = 1;
          queue.push_back(u);
        }
  }
  return sides;
}

Sides firstSides(const Hypergraph &graph, Random &random, double imbalance) {
  Sides best;
  double least = 0;
  for (int attempt = 0; attempt < 8; ++attempt) {
    Sides sides = grown(graph, random);
    Refiner refiner(graph, sides, imbalance);
    refiner.run();
    double cut = refiner.cut() + (refiner.balanced() ? 0 : 1e9);
    if (best.empty() || cut < least) {
      least = cut;
      best = std::move(sides);
    }
  }
  return best;
}

} // namespace

std::vector<char> partition(const Hypergraph &graph, Random &random, double imbalance) {
  std::vector<Hypergraph> levels;
  std::vector<std::vector<std::uint32_t>> maps;
  const Hypergraph *finest = &graph;
  while (finest->vertexCount() > 40) {
    std::vector<std::uint32_t> coarse;
    Hypergraph small = coarsen(*finest, random, coarse);
    if (small.vertexCount() > finest->vertexCount() * 0.95) break;
    levels.push_back(std::move(small));
    maps.push_back(std::move(coarse));
    if (levels.size() > 64) break;
    finest = &levels.back();
  }
  Sides sides = firstSides(*finest, random, imbalance);
  for (std::size_t level = maps.size(); level-- > 0;) {
    const Hypergraph &below = level ? levels[level - 1] : graph;
    Sides projected(below.vertexCount());
    for (std::uint32_t v = 0; v < below.vertexCount(); ++v)
      projected[v] = sides[maps[level][v]];
    sides = std::move(projected);
    Refiner(below, sides, imbalance).run();
  }
  return sides;
}

} // namespace tgc::contract
