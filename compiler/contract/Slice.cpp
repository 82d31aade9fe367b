// See Slice.h.
#include "compiler/contract/Slice.h"
#include <algorithm>

namespace tgc::contract {

double peakLog2(const Plan &plan) {
  double top = 0;
  for (std::uint32_t node = plan.leafCount(); node < plan.nodeCount(); ++node)
    top = std::max(top, plan.size[node]);
  std::vector<double> own(plan.nodeCount(), 0.0), peak(plan.nodeCount(), 0.0);
  for (std::uint32_t node : plan.bottomUp()) {
    std::uint32_t a = plan.left[node], b = plan.right[node];
    if (peak[b] - own[b] > peak[a] - own[a]) std::swap(a, b);
    own[node] = std::exp2(plan.size[node] - top);
    peak[node] = std::max({peak[a], own[a] + peak[b], own[a] + own[b] + own[node]});
  }
  double highest = peak[plan.root()];
  return highest > 0 ? top + std::log2(highest) : 0;
}

namespace {

class Slicer {
public:
  Slicer(Plan &plan, Problem &problem, WindowSolver &solver, Random &random, const SliceOptions &options)
      : plan(plan), problem(problem), solver(solver), random(random), options(options),
        original(problem.weight) {}

  std::vector<std::uint32_t> run() {
    while (peakLog2(plan) > options.limitLog2 && !options.budget.over()) {
      std::uint32_t index = chooseIndex();
      if (index == Plan::none) break;
      chosen.push_back(index);
      problem.weight[index] = 0;
      plan.refreshAll();
      tune();
    }
    restore();
    std::sort(chosen.begin(), chosen.end());
    return chosen;
  }

private:
  /// Reconfigures, and takes it back if that broke a limit that was kept.
  void tune() {
    bool kept = peakLog2(plan) <= options.limitLog2;
    auto left = plan.left, right = plan.right, parent = plan.parent;
    reconfigure(plan, solver, random, {8, 3, options.budget});
    if (kept && peakLog2(plan) > options.limitLog2) {
      plan.left = std::move(left);
      plan.right = std::move(right);
      plan.parent = std::move(parent);
      plan.refreshAll();
    }
  }

  /// What each index would cost and bring: one walk over the tree sums, for each index, the prices of the
  /// steps it takes part in (those shrink by its extent) and how much of the too large nodes it holds.
  std::uint32_t chooseIndex() {
    std::vector<double> touched(problem.weight.size(), 0.0), relief(problem.weight.size(), 0.0);
    double total = 0, largest = 0;
    for (std::uint32_t node = plan.leafCount(); node < plan.nodeCount(); ++node)
      largest = std::max(largest, plan.size[node]);
    double bar = std::min(options.limitLog2, largest - 1);
    for (std::uint32_t node = plan.leafCount(); node < plan.nodeCount(); ++node) {
      total += plan.price[node];
      addStep(node, touched);
      if (plan.size[node] > bar)
        for (Leg leg : plan.legs(node))
          relief[leg.index] += std::exp2(plan.size[node] - largest);
    }
    double best = std::numeric_limits<double>::infinity();
    std::uint32_t index = Plan::none;
    for (std::uint32_t i = 0; i < relief.size(); ++i) {
      double weight = problem.weight[i];
      if (relief[i] <= 0 || weight <= 0) continue;
      double extent = std::exp2(weight);
      double after = extent * (total - touched[i]) + touched[i];
      double score = (std::log2(after / total) + 0.02) / (weight * relief[i]);
      if (options.noise > 0) score *= std::exp(options.noise * random.uniform(-1, 1));
      if (score < best) {
        best = score;
        index = i;
      }
    }
    return index;
  }

  void addStep(std::uint32_t node, std::vector<double> &touched) {
    double price = plan.price[node];
    for (Leg leg : plan.legs(plan.left[node]))
      touched[leg.index] += price;
    // An index of both operands counts once: the left one's legs are sorted, so walk them again.
    auto left = plan.legs(plan.left[node]);
    std::size_t at = 0;
    for (Leg leg : plan.legs(plan.right[node])) {
      while (at < left.size() && left[at].index < leg.index)
        ++at;
      if (at == left.size() || left[at].index != leg.index) touched[leg.index] += price;
    }
  }

  /// Later choices can make earlier ones needless: takes back what the limit allows, dearest first.
  void restore() {
    for (std::size_t i = 0; i < chosen.size();) {
      problem.weight[chosen[i]] = original[chosen[i]];
      plan.refreshAll();
      if (peakLog2(plan) <= options.limitLog2) {
        chosen.erase(chosen.begin() + std::ptrdiff_t(i));
        continue;
      }
      problem.weight[chosen[i]] = 0;
      ++i;
    }
    plan.refreshAll();
  }

  Plan &plan;
  Problem &problem;
  WindowSolver &solver;
  Random &random;
  const SliceOptions &options;
  std::vector<double> original;
  std::vector<std::uint32_t> chosen;
};

} // namespace

std::vector<std::uint32_t> slicePlan(Plan &plan, Problem &sliced, WindowSolver &solver, Random &random,
                                     const SliceOptions &options) {
  return Slicer(plan, sliced, solver, random, options).run();
}

} // namespace tgc::contract
