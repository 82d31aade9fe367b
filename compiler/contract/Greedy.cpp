// See Greedy.h.
#include "compiler/contract/Greedy.h"
#include "compiler/contract/IndexCounts.h"
#include "compiler/contract/Random.h"
#include <algorithm>
#include <array>
#include <bit>
#include <queue>
#include <utility>

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);

/// Legs of living nodes in one block; freed pieces are reused by size class.
class LegPool {
public:
  LegPool(const Problem &problem) : pieces(2 * std::size_t(problem.leafCount)) {
    pool.reserve(problem.legs.size() * 2);
  }
  std::size_t count(std::uint32_t node) const { return pieces[node].length; }
  void set(std::uint32_t node, const Leg *legs, std::size_t count) {
    unsigned kind = classOf(count);
    if (!freed[kind].empty()) {
      pieces[node].place = freed[kind].back();
      freed[kind].pop_back();
    } else {
      pieces[node].place = pool.size();
      pool.resize(pool.size() + (std::size_t(1) << kind));
    }
    pieces[node].length = std::uint32_t(count);
    std::copy(legs, legs + count, pool.begin() + std::ptrdiff_t(pieces[node].place));
  }
  std::span<const Leg> of(std::uint32_t node) const {
    return {pool.data() + pieces[node].place, pieces[node].length};
  }
  void free(std::uint32_t node) { freed[classOf(pieces[node].length)].push_back(pieces[node].place); }

private:
  static unsigned classOf(std::size_t count) { return unsigned(std::bit_width(count)); }
  std::vector<Leg> pool;
  struct Piece {
    std::size_t place = 0;
    std::uint32_t length = 0;
  };
  std::vector<Piece> pieces;
  std::array<std::vector<std::size_t>, 40> freed;
};

/// A node with very many legs: counted by index, so that taking in a small node costs what that one has.
using Hub = IndexCounts;

struct Candidate {
  double score;
  std::uint32_t node, partner;
  std::uint32_t version = 0;                     ///< only a node's newest entry counts
  bool operator<(const Candidate &other) const { // std heaps are max heaps
    if (score != other.score) return score > other.score;
    return node != other.node ? node > other.node : partner > other.partner;
  }
};

class Greedy {
public:
  Greedy(const Problem &problem, const GreedyOptions &options)
      : problem(problem), options(options), random(options.seed), legs(problem),
        nodes(2 * std::size_t(problem.leafCount)), indices(problem.weight.size() + 1),
        alone(problem.leafCount, 0.0) {
    tree.leafCount = problem.leafCount;
    tree.steps.reserve(problem.leafCount);
    for (std::uint32_t i = 0; i < nodes.size(); ++i)
      nodes[i].representative = i;
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
      if (nodes[top.node].representative != top.node || top.version != nodes[top.node].newest) continue;
      std::uint32_t node = top.node;
      if (nodes[top.partner].representative == top.partner) node = contract(top.node, top.partner);
      propose(node);
    }
    joinComponents();
    return std::move(tree);
  }

private:
  /// What is looked at together lies together: searching large networks is waiting for memory.
  struct Node {
    double size = 0, linear = 0;      ///< log2 of elements, and elements
    double shared = 0, vanishing = 0; ///< with the node `stamp`, while that one is scored
    std::uint32_t representative = 0, stamp = none;
    std::uint32_t newest = 0, hubOf = none, links = 0; ///< links: indices that hubs were seen to share
  };
  struct IndexUse {
    std::size_t begin = 0;
    double weight = 0;
    std::uint32_t holderCount = 0, appearances = 0;
  };

  /// Who holds an index: nodes with their leaf counts, brought up to date when they are read.
  struct Holder {
    std::uint32_t node, count;
  };

  void addHolders() {
    for (Leg leg : problem.legs)
      ++indices[leg.index + 1].begin;
    for (std::size_t i = 0; i < problem.weight.size(); ++i) {
      indices[i + 1].begin += indices[i].begin;
      indices[i].appearances = problem.appearances[i];
      indices[i].weight = problem.weight[i];
    }
    holders.resize(problem.legs.size());
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      for (Leg leg : problem.leaf(leaf))
        holders[indices[leg.index].begin + indices[leg.index].holderCount++] = {leaf, 1};
  }

  void addLeaf(std::uint32_t leaf) {
    auto own = problem.leaf(leaf);
    legs.set(leaf, own.data(), own.size());
    setSize(leaf, sizeLog2(problem, own));
    for (Leg leg : own)
      if (problem.appearances[leg.index] == 1) alone[leaf] += problem.weight[leg.index];
  }

  void setSize(std::uint32_t node, double log2) {
    nodes[node].size = log2;
    nodes[node].linear = std::exp2(std::min(log2, 1000.0));
  }

  std::uint32_t find(std::uint32_t node) {
    while (nodes[node].representative != node)
      node = nodes[node].representative = nodes[nodes[node].representative].representative;
    return node;
  }

  /// Brings up to `limit` holders of an index up to date and merges equal ones. Returns how many lead the
  /// list.
  std::size_t refresh(std::uint32_t index, std::size_t limit) {
    Holder *list = holders.data() + indices[index].begin;
    std::size_t count = indices[index].holderCount, kept = 0, read = 0;
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
      indices[index].holderCount = std::uint32_t(count - (read - kept));
    }
    return kept;
  }

  void propose(std::uint32_t node) {
    if (nodes[node].hubOf != none) return proposeAround(node);
    Candidate best = bestPartner(node);
    if (best.partner == none) return;
    best.version = ++nodes[node].newest;
    queue.push(best);
  }

  /// A hub looks for nobody: those that share more than one index with it by what it just took in look again,
  /// the rest when their entries come up. So scores against a hub may be old; all of them are dominated by
  /// its size.
  void proposeAround(std::uint32_t hub) {
    around.clear();
    for (std::uint32_t index : taken) {
      std::size_t count = refresh(index, crowd);
      const Holder *list = holders.data() + indices[index].begin;
      for (std::size_t i = 0; i < count; ++i)
        if (list[i].node != hub && nodes[list[i].node].hubOf == none && ++nodes[list[i].node].links > 1)
          around.push_back(list[i].node);
    }
    std::sort(around.begin(), around.end());
    around.erase(std::unique(around.begin(), around.end()), around.end());
    for (std::uint32_t node : around)
      propose(node);
  }

  /// Large networks wait for memory: asks for all that scoring will read, one kind after the other, so that
  /// the waits of different legs overlap.
  void fetchAhead(std::span<const Leg> own) const {
    for (Leg leg : own)
      __builtin_prefetch(&indices[leg.index]);
    for (Leg leg : own)
      __builtin_prefetch(&holders[indices[leg.index].begin]);
    for (Leg leg : own) {
      const Holder *list = holders.data() + indices[leg.index].begin;
      for (std::size_t i = 0, count = std::min<std::size_t>(4, indices[leg.index].holderCount); i < count;
           ++i)
        __builtin_prefetch(&nodes[list[i].node]);
    }
  }

  /// The neighbour with the best score. Indices held by very many tensors say little about who belongs
  /// together, so they are read only as far as `crowd`; without that bound a shared batch index would make
  /// the search quadratic.
  Candidate bestPartner(std::uint32_t node) {
    neighbours.clear();
    fetchAhead(legs.of(node));
    for (Leg leg : legs.of(node)) {
      std::size_t count = refresh(leg.index, crowd);
      const IndexUse &use = indices[leg.index];
      const Holder *list = holders.data() + use.begin;
      for (std::size_t i = 0; i < count; ++i) {
        if (list[i].node == node) continue;
        Node &other = nodes[list[i].node];
        if (other.stamp != node) {
          other.stamp = node;
          other.shared = other.vanishing = 0;
          neighbours.push_back(list[i].node);
        }
        other.shared += use.weight;
        if (leg.count + list[i].count == use.appearances) other.vanishing += use.weight;
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
      nodes[other].stamp = none;
    return best;
  }

  double aloneOf(std::uint32_t node) const { return node < problem.leafCount ? alone[node] : 0.0; }

  double scoreOf(std::uint32_t a, std::uint32_t b) {
    double joint = nodes[a].size + nodes[b].size - nodes[b].shared;
    double result = joint - nodes[b].vanishing - aloneOf(a) - aloneOf(b);
    double score;
    if (options.score == GreedyOptions::Score::Ratio) {
      score = result - options.weight * (nodes[a].size + nodes[b].size);
      return options.temperature > 0 ? score - options.temperature * random.gumbel() : score;
    }
    double gain = options.score == GreedyOptions::Score::Flops ? joint : result;
    if (std::max({gain, nodes[a].size, nodes[b].size}) < 1000) {
      score = std::exp2(gain) - options.weight * (nodes[a].linear + nodes[b].linear);
    } else { // beyond doubles only the leading term counts
      double operands = std::max(nodes[a].size, nodes[b].size);
      score = gain > operands ? 1e300 * (1 + gain * 1e-6) : -1e300 * (1 + operands * 1e-6);
    }
    if (options.temperature <= 0) return score;
    double signedLog = score > 0 ? std::log1p(score) : -std::log1p(-score);
    return signedLog - options.temperature * random.gumbel();
  }

  /// From how many legs on a node is a hub. Earlier is faster and worse: at 64 a lattice of 580,000 ends at
  /// 10^7610 instead of 10^3260.
  static constexpr std::size_t hubLegs = 128;

  std::size_t legCount(std::uint32_t node) const {
    return nodes[node].hubOf == none ? legs.count(node) : hubs[nodes[node].hubOf].size();
  }

  std::uint32_t contract(std::uint32_t a, std::uint32_t b) {
    std::uint32_t node = tree.nodeCount();
    tree.steps.push_back({a, b});
    if (legCount(a) + legCount(b) > hubLegs) {
      std::uint32_t big = legCount(a) < legCount(b) ? b : a;
      setSize(node, takeIn(big, big == a ? b : a));
      nodes[node].hubOf = std::exchange(nodes[big].hubOf, none);
      nodes[a].representative = nodes[b].representative = node;
      return node;
    }
    auto left = legs.of(a), right = legs.of(b);
    scratch.resize(left.size() + right.size());
    std::size_t count = mergeLegs(problem, left, right, scratch.data());
    legs.free(a);
    legs.free(b);
    legs.set(node, scratch.data(), count);
    nodes[node].links = nodes[a].links + nodes[b].links;
    setSize(node, sizeLog2(problem, legs.of(node)));
    nodes[a].representative = nodes[b].representative = node;
    return node;
  }

  /// Makes `big` a hub if it is none, adds the legs of `small`; returns the size of what remains and leaves
  /// the indices of `small` in `taken`.
  double takeIn(std::uint32_t big, std::uint32_t small) {
    double total = nodes[big].size;
    if (nodes[big].hubOf == none) {
      nodes[big].hubOf = std::uint32_t(hubs.size());
      Hub &fresh = hubs.emplace_back();
      for (Leg leg : legs.of(big))
        if (leg.count == problem.appearances[leg.index])
          total -= problem.weight[leg.index];
        else
          fresh.add(leg.index, leg.count);
      legs.free(big);
    }
    taken.clear();
    Hub &hub = hubs[nodes[big].hubOf];
    auto take = [&](std::uint32_t index, std::uint32_t count) {
      taken.push_back(index);
      if (count == problem.appearances[index]) return;
      std::uint32_t sum = hub.add(index, count);
      if (sum == count) {
        total += problem.weight[index];
      } else if (sum == problem.appearances[index]) {
        total -= problem.weight[index];
        hub.erase(index);
      }
    };
    if (nodes[small].hubOf == none) {
      for (Leg leg : legs.of(small))
        take(leg.index, leg.count);
      legs.free(small);
    } else {
      std::exchange(hubs[nodes[small].hubOf], Hub()).each(take);
      nodes[small].hubOf = none;
    }
    return total;
  }

  void joinComponents() {
    std::priority_queue<Candidate> parts;
    for (std::uint32_t node = 0; node < tree.nodeCount(); ++node)
      if (nodes[node].representative == node) parts.push({nodes[node].size, node, none});
    while (parts.size() > 1) {
      std::uint32_t a = parts.top().node;
      parts.pop();
      std::uint32_t b = parts.top().node;
      parts.pop();
      std::uint32_t node = contract(a, b);
      parts.push({nodes[node].size, node, none});
    }
  }

  static constexpr std::size_t crowd = 32;
  const Problem &problem;
  const GreedyOptions &options;
  Random random;
  LegPool legs;
  std::vector<Node> nodes;
  std::vector<IndexUse> indices;
  std::vector<double> alone;
  std::vector<Holder> holders;
  std::vector<Hub> hubs;
  std::vector<std::uint32_t> taken, around;
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
