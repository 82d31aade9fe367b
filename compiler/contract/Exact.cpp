// See Exact.h.
#include "compiler/contract/Exact.h"
#include <algorithm>
#include <bit>
#include <unordered_map>

namespace tgc::contract {

static double priceOf(const StepSums &sums, const Tree &tree, const Pricing &pricing) {
  double price = 0;
  for (std::size_t i = 0; i < tree.steps.size(); ++i)
    price = pricing.join(
        price, pricing.step(sums.steps[i], sums.sizes[tree.steps[i].left], sums.sizes[tree.steps[i].right]));
  return price;
}

static double scaleOf(const StepSums &sums) {
  double scale = 0;
  for (const Merge &merge : sums.steps)
    scale = std::max(scale, merge.joint);
  return scale;
}

double priceOf(const Problem &problem, const Tree &tree, const Pricing &pricing) {
  return priceOf(sumSteps(problem, tree), tree, pricing);
}

double scaleOf(const Problem &problem, const Tree &tree, const Pricing &) {
  return scaleOf(sumSteps(problem, tree));
}

double logPriceOf(const Problem &problem, const Tree &tree, Pricing pricing) {
  StepSums sums = sumSteps(problem, tree);
  pricing.scale = scaleOf(sums);
  return std::log2(priceOf(sums, tree, pricing)) + pricing.scale;
}

namespace {

using Mask = std::uint64_t;

/// A connected subset that was reached under the cap: its open indices as a bitset, its size and best price.
struct Subset {
  Mask mask = 0, neighbours = 0;
  double size = 0, price = 0;
  std::uint32_t left = 0, right = 0; // entries
};

class CappedSearch {
public:
  CappedSearch(const Problem &problem, const ExactOptions &options)
      : problem(problem), options(options), words((problem.weight.size() + 63) / 64),
        holders(problem.weight.size(), 0), open(problem.weight.size(), 0) {
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      for (Leg leg : problem.leaf(leaf)) {
        holders[leg.index] |= Mask(1) << leaf;
        ++open[leg.index];
      }
    for (std::size_t i = 0; i < open.size(); ++i)
      open[i] = problem.appearances[i] > open[i]; // kept by the output
  }

  std::optional<Tree> run(double known) {
    double limit = known * (1 + 1e-9);
    double cap = std::min(limit, startingCap(known));
    for (;;) {
      if (!round(cap)) return std::nullopt;
      if (auto found = whole.find((problem.leafCount == 64 ? 0 : Mask(1) << problem.leafCount) - 1);
          found != whole.end())
        return treeOf(found->second);
      if (cap >= limit) return std::nullopt;
      cap = std::min(limit, cap * 16);
    }
  }

private:
  /// Each operand is read whole by its first step, so no tree is cheaper than its largest operand's step.
  double startingCap(double known) const {
    if (options.pricing.objective != Objective::Flops) return known * 1e-6;
    double cap = 1e-300;
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      cap = std::max(cap, std::exp2(sizeLog2(problem, problem.leaf(leaf)) - options.pricing.scale));
    return cap * 4;
  }

  std::uint32_t add(const Subset &subset) {
    entries.push_back(subset);
    bits.resize(bits.size() + words, 0);
    return std::uint32_t(entries.size() - 1);
  }

  void addLeaves() {
    entries.clear();
    bits.clear();
    whole.clear();
    levels.assign(problem.leafCount + 1, {});
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf) {
      Subset subset;
      subset.mask = Mask(1) << leaf;
      subset.size = sizeLog2(problem, problem.leaf(leaf));
      std::uint32_t entry = add(subset);
      for (Leg leg : problem.leaf(leaf)) {
        bits[entry * words + leg.index / 64] |= Mask(1) << (leg.index % 64);
        entries[entry].neighbours |= holders[leg.index];
      }
      levels[1].push_back(entry);
    }
  }

  bool round(double cap) {
    addLeaves();
    for (std::uint32_t level = 2; level <= problem.leafCount; ++level) {
      for (std::uint32_t part = 1; part <= level / 2; ++part)
        if (!pairs(levels[part], levels[level - part], part * 2 == level, cap, levels[level])) return false;
      // Cheap ones first: the inner loop then stops at the cap.
      std::sort(levels[level].begin(), levels[level].end(), [&](std::uint32_t a, std::uint32_t b) {
        return entries[a].price != entries[b].price ? entries[a].price < entries[b].price : a < b;
      });
    }
    return true;
  }

  bool pairs(const std::vector<std::uint32_t> &small, const std::vector<std::uint32_t> &large, bool same,
             double cap, std::vector<std::uint32_t> &level) {
    for (std::size_t i = 0; i < small.size(); ++i) {
      Mask mask = entries[small[i]].mask;
      Mask near = options.outerProducts ? ~Mask(0) : entries[small[i]].neighbours;
      double price = entries[small[i]].price;
      for (std::size_t j = same ? i + 1 : 0; j < large.size(); ++j) {
        const Subset &other = entries[large[j]];
        if (options.pricing.join(price, other.price) > cap) break;
        ++spent;
        if ((mask & other.mask) || !(near & other.mask)) continue;
        join(small[i], large[j], cap, level);
      }
      if (spent > options.budget || options.time.over()) return false;
    }
    return true;
  }

  void join(std::uint32_t a, std::uint32_t b, double cap, std::vector<std::uint32_t> &level) {
    Subset both;
    both.mask = entries[a].mask | entries[b].mask;
    Merge merge = figures(a, b, both.mask);
    double below = options.pricing.join(entries[a].price, entries[b].price);
    both.price = options.pricing.join(below, options.pricing.step(merge, entries[a].size, entries[b].size));
    if (both.price > cap) return;
    auto [place, fresh] = whole.try_emplace(both.mask, std::uint32_t(entries.size()));
    if (!fresh) {
      Subset &known = entries[place->second];
      if (both.price >= known.price) return;
      known.price = both.price;
      known.left = a;
      known.right = b;
      return;
    }
    both.neighbours = entries[a].neighbours | entries[b].neighbours;
    both.size = merge.result;
    both.left = a;
    both.right = b;
    std::uint32_t entry = add(both);
    for (std::size_t w = 0; w < words; ++w)
      bits[entry * words + w] = result[w];
    level.push_back(entry);
  }

  /// Figures of joining two entries; leaves the open indices of the result in `result`.
  Merge figures(std::uint32_t a, std::uint32_t b, Mask mask) {
    Merge merge;
    merge.joint = entries[a].size + entries[b].size;
    double gone = 0;
    result.resize(words);
    bool leaves = std::has_single_bit(entries[a].mask) || std::has_single_bit(entries[b].mask);
    for (std::size_t w = 0; w < words; ++w) {
      Mask x = bits[a * words + w], y = bits[b * words + w], shared = x & y;
      result[w] = x | y;
      // Only shared indices can vanish, and those a single operand has.
      for (Mask rest = leaves ? result[w] : shared; rest; rest &= rest - 1) {
        auto bit = unsigned(std::countr_zero(rest));
        std::size_t index = w * 64 + bit;
        double weight = problem.weight[index];
        if (shared >> bit & 1) merge.joint -= weight;
        if (open[index] || (holders[index] & ~mask)) continue;
        gone += weight;
        merge.inner = true;
        result[w] &= ~(Mask(1) << bit);
      }
    }
    merge.result = merge.joint - gone;
    return merge;
  }

  Tree treeOf(std::uint32_t root) const {
    std::vector<std::uint32_t> order{root};
    for (std::size_t i = 0; i < order.size(); ++i)
      for (std::uint32_t child : {entries[order[i]].left, entries[order[i]].right})
        if (!std::has_single_bit(entries[child].mask)) order.push_back(child);
    std::reverse(order.begin(), order.end());
    std::unordered_map<std::uint32_t, std::uint32_t> node;
    Tree tree{problem.leafCount, {}};
    auto nodeOf = [&](std::uint32_t entry) {
      return std::has_single_bit(entries[entry].mask) ? std::uint32_t(std::countr_zero(entries[entry].mask))
                                                      : node.at(entry);
    };
    for (std::uint32_t entry : order) {
      tree.steps.push_back({nodeOf(entries[entry].left), nodeOf(entries[entry].right)});
      node[entry] = tree.nodeCount() - 1;
    }
    return tree;
  }

  const Problem &problem;
  const ExactOptions &options;
  std::size_t words;
  std::vector<Mask> holders;
  std::vector<std::uint32_t> open;
  std::vector<Subset> entries;
  std::vector<Mask> bits, result;
  std::vector<std::vector<std::uint32_t>> levels;
  std::unordered_map<Mask, std::uint32_t> whole;
  std::uint64_t spent = 0;
};

} // namespace

std::optional<Tree> exactTree(const Problem &problem, const Tree &known, const ExactOptions &options) {
  if (problem.leafCount <= 2) return known;
  ExactOptions scaled = options;
  scaled.pricing.scale = scaleOf(problem, known, options.pricing);
  if (problem.leafCount <= std::min(options.denseLeaves, WindowSolver::maxLeaves)) {
    WindowSolver solver(problem);
    std::vector<WindowSolver::Tensor> tensors;
    for (std::uint32_t leaf = 0; leaf < problem.leafCount; ++leaf)
      tensors.push_back(problem.leaf(leaf));
    double price = 0;
    if (auto tree = solver.solve(tensors, scaled.pricing, price)) return tree;
  }
  if (problem.leafCount > 63) return std::nullopt;
  return CappedSearch(problem, scaled).run(priceOf(problem, known, scaled.pricing));
}

} // namespace tgc::contract
