// See Anneal.h.
#include "compiler/contract/Anneal.h"
#include <algorithm>

namespace tgc::contract {
namespace {

class Annealer {
public:
  Annealer(Plan &plan, Random &random) : plan(plan), random(random) {}

  /// Rotates at the edge between `node` and its parent: ((x, y), s) becomes ((x, s), y) or ((s, y), x).
  void propose(std::uint32_t node, double temperature) {
    std::uint32_t top = plan.parent[node];
    if (top == Plan::none) return;
    std::uint32_t sibling = plan.left[top] == node ? plan.right[top] : plan.left[top];
    std::uint32_t keep = plan.left[node], lift = plan.right[node];
    if (random.next() >> 63) std::swap(keep, lift);

    auto a = plan.legs(keep), b = plan.legs(sibling), c = plan.legs(lift);
    Merge lower = mergeFigures(plan.problem, a, b);
    joined.resize(a.size() + b.size());
    joined.resize(mergeLegs(plan.problem, a, b, joined.data()));
    Merge upper = mergeFigures(plan.problem, joined, c);
    double lowerPrice = plan.pricing.step(lower, plan.size[keep], plan.size[sibling]);
    double upperPrice = plan.pricing.step(upper, lower.result, plan.size[lift]);
    double before = plan.pricing.join(plan.price[node], plan.price[top]);
    double after = plan.pricing.join(lowerPrice, upperPrice);
    if (after > before && !(random.uniform() < std::exp2(-std::log2(after / before) / temperature))) return;
    plan.setChildren(node, keep, sibling);
    plan.setChildren(top, node, lift);
    plan.refresh(node);
    plan.refresh(top);
  }

private:
  Plan &plan;
  Random &random;
  std::vector<Leg> joined;
};

} // namespace

void anneal(Plan &plan, Random &random, const AnnealOptions &options) {
  std::uint32_t inner = plan.nodeCount() - plan.leafCount();
  if (inner < 2) return;
  Annealer annealer(plan, random);
  for (std::uint32_t i = 0; i < options.temperatures; ++i) {
    double progress = options.temperatures > 1 ? double(i) / (options.temperatures - 1) : 1;
    double temperature = options.hot * std::pow(options.cold / options.hot, progress);
    for (std::uint32_t sweep = 0; sweep < options.sweeps; ++sweep)
      for (std::uint32_t k = 0; k < inner; ++k) {
        annealer.propose(plan.leafCount() + random.below(inner), temperature);
        if (k % 64 == 63 && options.budget.over()) return;
      }
  }
}

} // namespace tgc::contract
