// See Greedy.h.
#include "compiler/contract/Greedy.h"
#include "compiler/contract/Random.h"
#include <algorithm>
#include <array>
#include <bit>
#include <queue>

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);

/// Legs of living nodes in one block; freed pieces are reused by size class.
class LegPool {
public:
  LegPool(const Problem &problem) : place(2 * std::size_t(problem.leafCount), 0), length(place.size(), 0) {
    pool.reserve(problem.legs.size() * 2);
  }
  void set(std::uint32_t node, const Leg *legs, std::size_t count) {
    unsigned kind = classOf(count);
    if (!freed[kind].empty()) {
      place[node] = freed[kind].back();
      freed[kind].pop_back();
    } else {
      place[node] = pool.size();
      pool.resize(pool.size() + (std::size_t(1) << kind));
    }
    length[node] = std::uint32_t(count);
    std::copy(legs, legs + count, pool.begin() + std::ptrdiff_t(place[node]));
  }
  std::span<const Leg> of(std::uint32_t node) const { return {pool.data() + place[node], length[node]}; }
  void free(std::uint32_t node) { freed[classOf(length[node])].push_back(place[node]); }

private:
  static unsigned classOf(std::size_t count) { return unsigned(std::bit_width(count)); }
  std::vector<Leg> pool;
  std::vector<std::size_t> place;
  std::vector<std::uint32_t> length;
  std::array<std::vector<std::size_t>, 40> freed;
};

struct Candidate {
  double score;
  std::uint32_t node, partner;
  bool operator<(const Candidate &other) const { // std heaps are max heaps
    if (score != other.score) return score > other.score;
    return node != other.node ? node > other.node : partner > other.partner;
  }
};

class Greedy {
public:
  Greedy(const Problem &problem, const GreedyOptions &options)
      : problem(problem), options(options), random(options.seed), legs(problem),
        representative(2 * std::size_t(problem.leafCount)), size(representative.size(), 0.0),
        linear(representative.size(), 0.0), alone(problem.leafCount, 0.0), shared(representative.size(), 0.0),
        vanishing(representative.size(), 0.0), stamp(representative.size(), none) {
    tree.leafCount = problem.leafCount;
    tree.steps.reserve(problem.leafCount);
    for (std::uint32_t i = 0; i < representative.size(); ++i)
      representative[i] = i;
  }

  Tree run() {
    addHolders();
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      addLeaf(leaf);
    std::vector<Candidate> first;
    first.reserve(problem.leafCount);
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      if (Candidate best = bestPartner(leaf); best.partner != none) first.push_back(best);
    queue = std::priority_queue<Candidate>({}, std::move(first));
    while (!queue.empty()) {
      Candidate top = queue.top();
      queue.pop();
      if (representative[top.node] != top.node) continue;
      std::uint32_t node = top.node;
      if (representative[top.partner] == top.partner) node = contract(top.node, top.partner);
      if (Candidate best = bestPartner(node); best.partner != none) queue.push(best);
    }
    joinComponents();
    return std::move(tree);
  }

private:
  /// Who holds an index: nodes with their leaf counts, brought up to date when they are read.
  struct Holder {
    std::uint32_t node, count;
  };

  void addHolders() {
    std::vector<std::uint32_t> degree(problem.weight.size() + 1, 0);
    for (Leg leg : problem.legs)
      ++degree[leg.index];
    holderBegin.resize(problem.weight.size() + 1, 0);
    for (std::size_t i = 0; i < problem.weight.size(); ++i)
      holderBegin[i + 1] = holderBegin[i] + degree[i];
    holders.resize(problem.legs.size());
    holderCount.assign(problem.weight.size(), 0);
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      for (Leg leg : problem.leaf(leaf))
        holders[holderBegin[leg.index] + holderCount[leg.index]++] = {leaf, 1};
  }

  void addLeaf(std::uint32_t leaf) {
    auto own = problem.leaf(leaf);
    legs.set(leaf, own.data(), own.size());
    setSize(leaf, sizeLog2(problem, own));
    for (Leg leg : own)
      if (problem.appearances[leg.index] == 1) alone[leaf] += problem.weight[leg.index];
  }

  void setSize(std::uint32_t node, double log2) {
    size[node] = log2;
    linear[node] = std::exp2(std::min(log2, 1000.0));
  }

  std::uint32_t find(std::uint32_t node) {
    while (representative[node] != node)
      node = representative[node] = representative[representative[node]];
    return node;
  }

  /// Brings up to `limit` holders of an index up to date and merges equal ones. Returns how many lead the
  /// list.
  std::size_t refresh(std::uint32_t index, std::size_t limit) {
    Holder *list = holders.data() + holderBegin[index];
    std::size_t count = holderCount[index], kept = 0, read = 0;
    for (; read < count && kept < limit; ++read) {
      Holder holder{find(list[read].node), list[read].count};
      std::size_t same = 0;
      while (same < kept && list[same].node != holder.node)
        ++same;
      if (same < kept)
        list[same].count += holder.count;
      else
        list[kept++] = holder;
    }
    if (kept != read) {
      std::copy(list + read, list + count, list + kept);
      holderCount[index] = std::uint32_t(count - (read - kept));
    }
    return kept;
  }

  /// The neighbour with the best score. Indices held by very many tensors say little about who belongs
  /// together, so they are read only as far as `crowd`; without that bound a shared batch index would make
  /// the search quadratic.
  Candidate bestPartner(std::uint32_t node) {
    neighbours.clear();
    for (Leg leg : legs.of(node)) {
      std::size_t count = refresh(leg.index, crowd);
      const Holder *list = holders.data() + holderBegin[leg.index];
      double weight = problem.weight[leg.index];
      for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t other = list[i].node;
        if (other == node) continue;
        if (stamp[other] != node) {
          stamp[other] = node;
          shared[other] = vanishing[other] = 0;
          neighbours.push_back(other);
        }
        shared[other] += weight;
        if (leg.count + list[i].count == problem.appearances[leg.index]) vanishing[other] += weight;
      }
    }
    Candidate best{0, node, none};
    for (std::uint32_t other : neighbours) {
      double score = scoreOf(node, other);
      if (best.partner == none || score < best.score || (score == best.score && other < best.partner))
        best = {score, node, other};
    }
    // A lone neighbour list needs its stamps cleared: the same node may be scored again later.
    for (std::uint32_t other : neighbours)
      stamp[other] = none;
    return best;
  }

  double aloneOf(std::uint32_t node) const { return node < problem.leafCount ? alone[node] : 0.0; }

  double scoreOf(std::uint32_t a, std::uint32_t b) {
    double joint = size[a] + size[b] - shared[b];
    double result = joint - vanishing[b] - aloneOf(a) - aloneOf(b);
    double score;
    if (options.score == GreedyOptions::Score::Ratio) {
      score = result - options.weight * (size[a] + size[b]);
      return options.temperature > 0 ? score - options.temperature * random.gumbel() : score;
    }
    double gain = options.score == GreedyOptions::Score::Flops ? joint : result;
    if (std::max({gain, size[a], size[b]}) < 1000) {
      score = std::exp2(gain) - options.weight * (linear[a] + linear[b]);
    } else { // beyond doubles only the leading term counts
      double operands = std::max(size[a], size[b]);
      score = gain > operands ? 1e300 * (1 + gain * 1e-6) : -1e300 * (1 + operands * 1e-6);
    }
    if (options.temperature <= 0) return score;
    double signedLog = score > 0 ? std::log1p(score) : -std::log1p(-score);
    return signedLog - options.temperature * random.gumbel();
  }

  std::uint32_t contract(std::uint32_t a, std::uint32_t b) {
    std::uint32_t node = tree.nodeCount();
    tree.steps.push_back({a, b});
    auto left = legs.of(a), right = legs.of(b);
    scratch.resize(left.size() + right.size());
    std::size_t count = mergeLegs(problem, left, right, scratch.data());
    legs.free(a);
    legs.free(b);
    legs.set(node, scratch.data(), count);
    setSize(node, sizeLog2(problem, legs.of(node)));
    representative[a] = representative[b] = node;
    return node;
  }

  void joinComponents() {
    std::priority_queue<Candidate> parts;
    for (std::uint32_t node = 0; node < tree.nodeCount(); ++node)
      if (representative[node] == node) parts.push({size[node], node, none});
    while (parts.size() > 1) {
      std::uint32_t a = parts.top().node;
      parts.pop();
      std::uint32_t b = parts.top().node;
      parts.pop();
      std::uint32_t node = contract(a, b);
      parts.push({size[node], node, none});
    }
  }

  static constexpr std::size_t crowd = 32;
  const Problem &problem;
  const GreedyOptions &options;
  Random random;
  LegPool legs;
  std::vector<std::uint32_t> representative;
  std::vector<double> size, linear, alone, shared, vanishing;
  std::vector<std::uint32_t> stamp;
  std::vector<std::size_t> holderBegin;
  std::vector<Holder> holders;
  std::vector<std::uint32_t> holderCount;
  std::vector<std::uint32_t> neighbours;
  std::vector<Leg> scratch;
  std::priority_queue<Candidate> queue;
  Tree tree;
};

} // namespace

Tree greedyTree(const Problem &problem, const GreedyOptions &options) {
  return Greedy(problem, options).run();
}

} // namespace tgc::contract
