// See Layout.h.
#include "compiler/contract/Layout.h"
#include "compiler/contract/Cost.h"
#include <algorithm>

namespace tgc::contract {
namespace {

using Indices = std::vector<std::uint32_t>;

bool has(const Indices &list, std::uint32_t index) {
  return std::find(list.begin(), list.end(), index) != list.end();
}

class Orderer {
public:
  Orderer(const Network &network, const Tree &tree) : tree(tree), order(tree.nodeCount()) {
    for (std::uint32_t leaf = 0; leaf < tree.leafCount; ++leaf)
      order[leaf] = network.inputs[leaf];
    Problem problem(network);
    walkTree(problem, tree, [&](std::uint32_t step, auto, auto, std::span<const Leg> legs) {
      for (Leg leg : legs)
        order[tree.leafCount + step].push_back(leg.index);
    });
    order.back() = network.output;
  }

  std::vector<PairStep> run() {
    std::vector<PairStep> steps(tree.steps.size());
    // From the result down: a node's order is settled before its operands ask for it.
    for (std::size_t i = tree.steps.size(); i-- > 0;) {
      PairStep &step = steps[i];
      step.left = tree.steps[i].left;
      step.right = tree.steps[i].right;
      step.result = order[tree.leafCount + i];
      if (rowsFirst(step.right, step.left, step.result)) std::swap(step.left, step.right);
      Indices summed = summedOrder(step);
      arrange(step.left, step.right, step.result, summed, false);
      arrange(step.right, step.left, step.result, summed, true);
    }
    for (PairStep &step : steps) {
      step.leftIndices = order[step.left];
      step.rightIndices = order[step.right];
    }
    return steps;
  }

private:
  bool isLeaf(std::uint32_t node) const { return node < tree.leafCount; }

  /// Whether `a` should be the left operand: the other one holds the last index that only one of them has. A
  /// vector comes second.
  bool rowsFirst(std::uint32_t a, std::uint32_t b, const Indices &result) const {
    bool rowsOfA = false, rowsOfB = false, lastInB = false, found = false;
    for (auto index = result.rbegin(); index != result.rend(); ++index) {
      bool inA = has(order[a], *index), inB = has(order[b], *index);
      if (inA == inB) continue;
      if (!found) lastInB = inB;
      found = true;
      rowsOfA |= inA;
      rowsOfB |= inB;
    }
    return rowsOfA && rowsOfB ? lastInB : rowsOfA;
  }

  /// The summed indices in the order of an operand of the network if one takes part, so that both agree.
  Indices summedOrder(const PairStep &step) const {
    std::uint32_t model = isLeaf(step.right) ? step.right : step.left;
    std::uint32_t other = model == step.right ? step.left : step.right;
    Indices summed;
    for (std::uint32_t index : order[model])
      if (has(order[other], index) && !has(step.result, index) && !has(summed, index))
        summed.push_back(index);
    return summed;
  }

  void arrange(std::uint32_t node, std::uint32_t partner, const Indices &result, const Indices &summed,
               bool summedFirst) {
    if (isLeaf(node)) return;
    Indices batch, own;
    for (std::uint32_t index : result)
      if (has(order[node], index)) (has(order[partner], index) ? batch : own).push_back(index);
    const Indices &second = summedFirst ? summed : own, &third = summedFirst ? own : summed;
    batch.insert(batch.end(), second.begin(), second.end());
    batch.insert(batch.end(), third.begin(), third.end());
    order[node] = std::move(batch);
  }

  const Tree &tree;
  std::vector<Indices> order;
};

} // namespace

std::vector<PairStep> orderIndices(const Network &network, const Tree &tree) {
  if (tree.steps.empty()) return {};
  return Orderer(network, tree).run();
}

} // namespace tgc::contract
