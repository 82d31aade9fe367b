// See Reconfigure.h.
#include "compiler/contract/Reconfigure.h"
#include <algorithm>

namespace tgc::contract {
namespace {

class Reconfigurer {
public:
  Reconfigurer(Plan &plan, WindowSolver &solver, Random &random, std::uint32_t limit)
      : plan(plan), solver(solver), random(random), limit(std::min(limit, WindowSolver::maxLeaves)) {}

  /// Rebuilds the window below `top`; true if that became cheaper.
  bool improve(std::uint32_t top) {
    grow(top);
    if (frontier.size() < 3) return false;
    double before = 0;
    for (std::uint32_t node : inner)
      before = plan.pricing.join(before, plan.price[node]);
    tensors.clear();
    for (std::uint32_t node : frontier)
      tensors.push_back(plan.legs(node));
    double after = 0;
    auto tree = solver.solve(tensors, plan.pricing, after);
    if (!tree || !(after < before * (1 - 1e-9))) return false;
    rebuild(top, *tree);
    return true;
  }

private:
  /// Opens nodes from `top` down until the window is full: mostly the largest, sometimes any, so that later
  /// sweeps see other windows.
  void grow(std::uint32_t top) {
    frontier.assign({plan.left[top], plan.right[top]});
    inner.assign({top});
    bool largest = random.below(4) != 0;
    while (frontier.size() < limit) {
      std::size_t chosen = frontier.size();
      double best = -1;
      for (std::size_t i = 0; i < frontier.size(); ++i) {
        if (plan.isLeaf(frontier[i])) continue;
        double rank = largest ? plan.size[frontier[i]] : random.uniform();
        if (rank > best) {
          best = rank;
          chosen = i;
        }
      }
      if (chosen == frontier.size()) return;
      std::uint32_t node = frontier[chosen];
      inner.push_back(node);
      frontier[chosen] = plan.left[node];
      frontier.push_back(plan.right[node]);
    }
  }

  /// Writes the solver's tree over the window's inner nodes; `top` stays on top.
  void rebuild(std::uint32_t top, const Tree &tree) {
    std::uint32_t spare = 1; // inner[0] is top
    nodes.assign(frontier.begin(), frontier.end());
    for (std::size_t i = 0; i < tree.steps.size(); ++i) {
      std::uint32_t node = i + 1 == tree.steps.size() ? top : inner[spare++];
      plan.setChildren(node, nodes[tree.steps[i].left], nodes[tree.steps[i].right]);
      plan.refresh(node);
      nodes.push_back(node);
    }
  }

  Plan &plan;
  WindowSolver &solver;
  Random &random;
  std::uint32_t limit;
  std::vector<std::uint32_t> frontier, inner, nodes;
  std::vector<WindowSolver::Tensor> tensors;
};

} // namespace

double reconfigure(Plan &plan, WindowSolver &solver, Random &random, const ReconfigureOptions &options) {
  Reconfigurer reconfigurer(plan, solver, random, options.window);
  double total = plan.total();
  for (std::uint32_t sweep = 0; sweep < options.sweeps; ++sweep) {
    bool changed = false;
    for (std::uint32_t node : plan.bottomUp()) {
      // A step too cheap to matter is not worth a window; summed up they stay below a millionth.
      if (plan.pricing.objective != Objective::Largest && sweep > 0 &&
          plan.price[node] * plan.nodeCount() < total * 1e-6)
        continue;
      changed |= reconfigurer.improve(node);
      if (options.budget.over()) return plan.total();
    }
    double now = plan.total();
    if (!changed || now > total * (1 - 1e-4)) return now;
    total = now;
  }
  return total;
}

} // namespace tgc::contract
