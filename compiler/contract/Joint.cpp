// See Joint.h.
#include "compiler/contract/Joint.h"
#include "compiler/contract/Layout.h"
#include "compiler/contract/Path.h"
#include "compiler/contract/SubsetName.h"
#include "compiler/contract/Window.h"
#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

namespace tgc::contract {

Roofline planningRoofline(double bytesPerElement) {
  Roofline roofline;
  roofline.bytesPerElement = std::max(1.0, bytesPerElement);
  roofline.flopsPerSecond = 4e11 / roofline.bytesPerElement;
  roofline.stepSeconds = 2e-7;
  return roofline;
}

double predictedSeconds(const std::vector<std::vector<std::uint32_t>> &inputs,
                        const std::vector<std::uint32_t> &output, const std::vector<std::int64_t> &extents,
                        const Roofline &roofline) {
  std::vector<char> seen(extents.size(), 0);
  double products = 1, elements = 0;
  auto size = [&](const std::vector<std::uint32_t> &list) {
    double count = 1;
    for (std::uint32_t index : list)
      count *= double(extents[index]);
    return count;
  };
  for (const auto &input : inputs) {
    elements += size(input);
    for (std::uint32_t index : input)
      if (!std::exchange(seen[index], 1)) products *= double(extents[index]);
  }
  double result = size(output), flops = products > result ? 2 * products : products;
  double bytes = (elements + result) * roofline.bytesPerElement;
  return std::max(flops / roofline.flopsPerSecond, bytes / roofline.bytesPerSecond) + roofline.stepSeconds;
}

namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);
using Indices = std::vector<std::uint32_t>;

/// How much cheaper an intermediate counts that several networks still to be planned could use.
enum class Rule : std::uint8_t {
  Alone, ///< not at all
  Tie,   ///< it wins ties: among equal orders of a value the one its cotangents can follow
  Root,
  Full, ///< its price is divided among all who could use it
};
double discountOf(Rule rule, std::uint32_t uses) {
  if (rule == Rule::Alone || uses < 2) return 1;
  if (rule == Rule::Tie) return 1 - 1e-4;
  return rule == Rule::Root ? 1 / std::sqrt(double(uses)) : 1 / double(uses);
}

/// A network after its lone indices are summed, and the names of its subsets that others may share.
struct Prepared {
  Network network;
  Indices values;
  std::uint32_t result;
  Roofline roofline;
  std::vector<JointStep> sums;
  std::vector<std::uint32_t>
      nameOf; ///< by mask; `none` where nobody else could want it; empty for large networks
};

class JointPlanner {
public:
  JointPlanner(const std::vector<JointNetwork> &networks, std::uint32_t valueCount,
               const JointOptions &options)
      : options(options), nextValue(valueCount), alias(valueCount) {
    for (std::uint32_t value = 0; value < valueCount; ++value)
      alias[value] = value;
    for (const JointNetwork &network : networks)
      prepare(network);
    nameSubsets();
  }

  JointPlan run() {
    JointPlan best;
    for (Rule rule : {Rule::Alone, Rule::Tie, Rule::Root, Rule::Full}) {
      if (rule != Rule::Alone && !shares) break;
      JointPlan plan = planBy(rule);
      if (plan.failed) return plan;
      if (best.parts.empty() || plan.seconds < best.seconds) best = std::move(plan);
    }
    return best;
  }

private:
  // ---- what does not depend on the rule ----

  void prepare(const JointNetwork &source) {
    Prepared part{
        source.network, source.values, source.result, planningRoofline(source.bytesPerElement), {}, {}};
    for (std::uint32_t &value : part.values)
      value = alias[value];
    if (part.values.size() > 1) sumLoneIndices(part);
    if (part.values.size() == 1 && part.network.inputs[0] == part.network.output)
      alias[part.result] = part.values[0];
    prepared.push_back(std::move(part));
  }

  /// An index of one operand only that the result lacks is summed before it multiplies other work.
  void sumLoneIndices(Prepared &part) {
    Problem problem(part.network);
    for (std::uint32_t i = 0; i < part.values.size(); ++i) {
      Indices &input = part.network.inputs[i], kept;
      for (std::uint32_t index : input)
        if ((problem.appearances[index] > 1 || part.network.extents[index] == 1) &&
            std::find(kept.begin(), kept.end(), index) == kept.end())
          kept.push_back(index);
      bool lone = std::any_of(input.begin(), input.end(), [&](std::uint32_t index) {
        return std::find(kept.begin(), kept.end(), index) == kept.end();
      });
      if (!lone) continue;
      std::string name = sumName(part.values[i], input, kept);
      auto [made, fresh] = sums.try_emplace(name, nextValue);
      if (fresh) part.sums.push_back({{part.values[i]}, {input}, kept, nextValue++});
      part.values[i] = made->second;
      input = kept;
    }
  }

  static std::string sumName(std::uint32_t value, const Indices &input, const Indices &kept) {
    std::string name = std::to_string(value) + ":";
    for (const Indices *list : {&input, &kept}) {
      for (std::uint32_t index : *list)
        name += std::to_string(std::find(input.begin(), input.end(), index) - input.begin()) + ".";
      name += "->";
    }
    return name;
  }

  /// Names every subset whose operands all stand in two networks or more, and counts who could use it.
  void nameSubsets() {
    std::vector<std::uint32_t> networksWith(nextValue, 0), last(nextValue, none);
    for (std::uint32_t k = 0; k < prepared.size(); ++k)
      for (std::uint32_t value : prepared[k].values)
        if (last[value] != k) {
          last[value] = k;
          ++networksWith[value];
        }
    std::unordered_map<std::string, std::uint32_t> known;
    for (Prepared &part : prepared) {
      if (part.values.size() < 2 || part.values.size() > options.sharedOperands) continue;
      std::uint32_t candidates = 0;
      for (std::uint32_t i = 0; i < part.values.size(); ++i)
        if (networksWith[part.values[i]] > 1) candidates |= std::uint32_t(1) << i;
      part.nameOf.assign(std::size_t(1) << part.values.size(), none);
      for (std::uint32_t mask = candidates; mask; mask = (mask - 1) & candidates) {
        if (std::has_single_bit(mask)) continue;
        auto name = nameSubset(part.network, part.values, mask);
        auto [place, fresh] = known.try_emplace(std::move(name.text), std::uint32_t(uses.size()));
        if (fresh) uses.push_back(0);
        shares |= ++uses[place->second] > 1;
        part.nameOf[mask] = place->second;
      }
    }
  }

  // ---- one plan by one rule ----

  struct Made {
    std::uint32_t value = none;
    Indices axes; ///< numbers within the name
  };

  JointPlan planBy(Rule rule) {
    JointPlan plan;
    made.assign(uses.size(), {});
    remaining = uses;
    fresh = nextValue;
    for (std::size_t k = 0; k < prepared.size(); ++k) {
      auto part = planPart(prepared[k], rule);
      if (!part) {
        plan.failed = k;
        return plan;
      }
      for (JointStep &step : part->steps) {
        step.seconds =
            predictedSeconds(step.inputs, step.output, prepared[k].network.extents, prepared[k].roofline);
        plan.seconds += step.seconds;
      }
      plan.parts.push_back(std::move(*part));
      for (std::uint32_t name : prepared[k].nameOf)
        if (name != none) --remaining[name];
    }
    return plan;
  }

  std::optional<JointPlan::Part> planPart(const Prepared &part, Rule rule) {
    JointPlan::Part planned{part.sums, part.result};
    if (part.values.size() == 1) {
      if (alias[part.result] != part.result)
        planned.value = alias[part.result];
      else
        planned.steps.push_back({part.values, part.network.inputs, part.network.output, part.result});
      return planned;
    }
    Pricing pricing{Objective::Seconds, part.roofline, 0, options.maxRank};
    std::vector<std::uint32_t> leaves;
    bool small = part.values.size() <= WindowSolver::maxLeaves;
    std::optional<Tree> tree = small ? searchSmall(part, pricing, rule, leaves) : searchLarge(part, pricing);
    if (!tree && small && pricing.maxRank) { // axes of such intermediates are merged where pairs are written
      pricing.maxRank = 0;
      tree = searchSmall(part, pricing, rule, leaves);
    }
    if (!tree) return std::nullopt;
    addSteps(part, *tree, leaves, planned);
    return planned;
  }

  std::optional<Tree> searchSmall(const Prepared &part, const Pricing &pricing, Rule rule,
                                  std::vector<std::uint32_t> &leaves) {
    Problem problem(part.network);
    std::vector<WindowSolver::Tensor> tensors;
    for (std::uint32_t i = 0; i < part.values.size(); ++i)
      tensors.push_back(problem.leaf(i));
    std::vector<std::uint32_t> given;
    std::vector<double> discount;
    if (rule != Rule::Alone && !part.nameOf.empty()) discount.assign(part.nameOf.size(), 1);
    for (std::uint32_t mask = 0; mask + 1 < part.nameOf.size(); ++mask) { // all but the whole network
      std::uint32_t name = part.nameOf[mask];
      if (name == none) continue;
      if (made[name].value != none) given.push_back(mask);
      if (!discount.empty()) discount[mask] = discountOf(rule, remaining[name]);
    }
    WindowSolver solver(problem);
    double price = 0;
    auto tree = solver.solve(tensors, pricing, price, given, discount);
    leaves = solver.leaves();
    return tree;
  }

  std::optional<Tree> searchLarge(const Prepared &part, const Pricing &pricing) const {
    SearchOptions search;
    search.objective = pricing.objective;
    search.roofline = pricing.roofline;
    search.rounds = 5;
    SearchResult result;
    if (findWorthwhilePath(part.network, search, result)) return std::nullopt;
    return std::move(result.tree);
  }

  void addSteps(const Prepared &part, const Tree &tree, const std::vector<std::uint32_t> &leaves,
                JointPlan::Part &planned) {
    Network tensors = part.network;
    Indices node = part.values, mask = leaves;
    if (!leaves.empty()) {
      tensors.inputs.clear();
      node.clear();
      for (std::uint32_t leaf : leaves)
        addLeaf(part, leaf, tensors, node);
    }
    std::vector<PairStep> steps = orderIndices(tensors, tree);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      PairStep &step = steps[i];
      node.push_back(i + 1 == steps.size() ? part.result : fresh++);
      if (!mask.empty()) {
        mask.push_back(mask[step.left] | mask[step.right]);
        note(part, mask.back(), node.back(), step.result);
      }
      planned.steps.push_back({{node[step.left], node[step.right]},
                               {std::move(step.leftIndices), std::move(step.rightIndices)},
                               std::move(step.result),
                               node.back()});
    }
  }

  /// A leaf of a small tree: one operand, or a subset that an earlier network made.
  void addLeaf(const Prepared &part, std::uint32_t leaf, Network &tensors, Indices &node) const {
    if (std::has_single_bit(leaf)) {
      auto operand = std::uint32_t(std::countr_zero(leaf));
      tensors.inputs.push_back(part.network.inputs[operand]);
      node.push_back(part.values[operand]);
      return;
    }
    const Made &found = made[part.nameOf[leaf]];
    auto name = nameSubset(part.network, part.values, leaf);
    Indices &indices = tensors.inputs.emplace_back();
    for (std::uint32_t axis : found.axes)
      indices.push_back(name.indices[axis]);
    node.push_back(found.value);
  }

  void note(const Prepared &part, std::uint32_t mask, std::uint32_t value, const Indices &order) {
    std::uint32_t number = part.nameOf.empty() ? none : part.nameOf[mask];
    if (number == none || made[number].value != none) return;
    auto name = nameSubset(part.network, part.values, mask);
    made[number].value = value;
    for (std::uint32_t index : order)
      made[number].axes.push_back(
          std::uint32_t(std::find(name.indices.begin(), name.indices.end(), index) - name.indices.begin()));
  }

  JointOptions options;
  std::uint32_t nextValue, fresh = 0;
  Indices alias;
  std::unordered_map<std::string, std::uint32_t> sums;
  std::vector<Prepared> prepared;
  std::vector<std::uint32_t> uses;      ///< by name: networks that could use it
  std::vector<std::uint32_t> remaining; ///< those still to be planned
  std::vector<Made> made;               ///< by name, in the plan being made
  bool shares = false;
};

} // namespace

JointPlan planJointly(const std::vector<JointNetwork> &networks, std::uint32_t valueCount,
                      const JointOptions &options) {
  return JointPlanner(networks, valueCount, options).run();
}

} // namespace tgc::contract
