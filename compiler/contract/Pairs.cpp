// Every contraction becomes contractions of one or two operands, in the order the search found. Networks are
// taken in program order and each may use what earlier ones made, so a value and its cotangents share their
// intermediates.
#include "compiler/Passes.h"
#include "compiler/contract/Layout.h"
#include "compiler/contract/Path.h"
#include "compiler/contract/Shared.h"
#include "compiler/contract/Window.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"
#include "llvm/ADT/DenseMap.h"

namespace tgc {
#define GEN_PASS_DEF_PLANCONTRACTIONS
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::contract {
namespace {

using graph::Equation;

/// What the roofline assumes of a core: enough to rank orders, not to predict a machine.
Roofline rooflineOf(Type element) {
  Roofline roofline;
  roofline.bytesPerElement = std::max(1U, graph::bitsOf(element) / 8);
  roofline.flopsPerSecond = 4e11 / roofline.bytesPerElement;
  roofline.stepSeconds = 2e-7;
  return roofline;
}

/// One contraction op being replaced.
class Planner {
public:
  Planner(graph::ContractOp op, SharedContractions &shared, std::vector<Value> &byNumber,
          DenseMap<Value, std::uint32_t> &numberOf)
      : op(op), builder(op), shared(shared), byNumber(byNumber), numberOf(numberOf) {
    StringRef text = op.getEquation();
    auto equation = std::get<Equation>(graph::parseEquation({text.data(), text.size()}));
    std::vector<std::vector<std::int64_t>> shapes;
    for (Value operand : op.getTensors())
      shapes.emplace_back(graph::shapeOf(operand).begin(), graph::shapeOf(operand).end());
    network.extents = std::get<graph::Extents>(graph::bindExtents(equation, shapes)).of;
    network.inputs = std::move(equation.operands);
    network.output = std::move(equation.output);
    for (Value operand : op.getTensors())
      values.push_back(number(operand));
  }

  /// The contraction's value, or null after an error.
  Value run() {
    sumLoneIndices();
    if (values.size() == 1) return single();
    auto tree = search();
    if (!tree) {
      op.emitError() << "contract: no order keeps every intermediate within " << graph::maxRank << " axes";
      return {};
    }
    return emit(*tree);
  }

private:
  std::uint32_t number(Value value) {
    auto [place, fresh] = numberOf.try_emplace(value, std::uint32_t(byNumber.size()));
    if (fresh) byNumber.push_back(value);
    return place->second;
  }

  Value contraction(ArrayRef<std::uint32_t> operands, std::vector<std::vector<std::uint32_t>> inputs,
                    const std::vector<std::uint32_t> &output) {
    Equation equation{std::move(inputs), output, std::vector<char32_t>(network.extents.size(), 0), {}};
    SmallVector<Value> tensors;
    for (std::uint32_t operand : operands)
      tensors.push_back(byNumber[operand]);
    return graph::ContractOp::create(builder, op.getLoc(), tensors, graph::printEquation(equation))
        .getResult();
  }

  /// An index of one operand only that the result lacks is summed before it multiplies other work.
  void sumLoneIndices() {
    if (values.size() == 1) return;
    Problem problem(network);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      std::vector<std::uint32_t> kept;
      bool lone = false;
      for (std::uint32_t index : network.inputs[i]) {
        if (llvm::is_contained(kept, index)) continue;
        if (problem.appearances[index] > 1 || network.extents[index] == 1)
          kept.push_back(index);
        else
          lone = true;
      }
      if (!lone) continue;
      SharedContractions::Name name =
          SharedContractions::nameOf(network, values, std::uint32_t(1) << (i % 32));
      name.text = "sum " + name.text;
      const SharedContractions::Entry *entry = i < 32 ? shared.find(name) : nullptr;
      if (!entry) {
        std::uint32_t sum = number(contraction({values[i]}, {network.inputs[i]}, kept));
        if (i < 32) shared.add(name, sum, kept);
        values[i] = sum;
        network.inputs[i] = kept;
        continue;
      }
      values[i] = entry->value;
      network.inputs[i].clear();
      for (std::uint32_t axis : entry->axes)
        network.inputs[i].push_back(name.indices[axis]);
    }
  }

  /// One operand: nothing to order. Without sums and diagonals it is a permutation or the operand itself.
  Value single() {
    const auto &input = network.inputs[0];
    Value x = byNumber[values[0]];
    if (input.size() != network.output.size()) return contraction(values, network.inputs, network.output);
    SmallVector<std::int64_t> axes;
    for (std::uint32_t index : network.output)
      axes.push_back(llvm::find(input, index) - input.begin());
    if (llvm::is_sorted(axes)) return x;
    return graph::PermuteDimsOp::create(builder, op.getLoc(), x, axes).getResult();
  }

  /// The tree over `leaves`: subsets of the operands, as masks when there are few of them.
  std::optional<Tree> search() {
    Pricing pricing{Objective::Seconds, rooflineOf(graph::elementOf(op.getType())), 0, graph::maxRank};
    if (values.size() > WindowSolver::maxLeaves) return searchLarge(pricing);
    Problem problem(network);
    std::vector<WindowSolver::Tensor> tensors;
    for (std::uint32_t i = 0; i < values.size(); ++i)
      tensors.push_back(problem.leaf(i));
    WindowSolver solver(problem);
    double price = 0;
    auto tree = solver.solve(tensors, pricing, price, known());
    leaves = solver.leaves();
    return tree;
  }

  std::optional<Tree> searchLarge(const Pricing &pricing) {
    SearchOptions options;
    options.objective = pricing.objective;
    options.roofline = pricing.roofline;
    options.rounds = 5;
    SearchResult result;
    if (findPath(network, options, result)) return std::nullopt;
    Problem problem(network);
    bool fits = true;
    walkTree(problem, result.tree, [&](std::uint32_t, auto, auto, std::span<const Leg> made) {
      fits &= made.size() <= static_cast<std::size_t>(graph::maxRank);
    });
    if (!fits) return std::nullopt;
    return std::move(result.tree);
  }

  /// Subsets of at least two operands that exist already.
  std::vector<std::uint32_t> known() const {
    std::vector<std::uint32_t> masks;
    std::uint32_t candidates = 0;
    for (std::uint32_t i = 0; i < values.size(); ++i)
      if (shared.knows(values[i])) candidates |= std::uint32_t(1) << i;
    std::uint32_t all = (std::uint32_t(1) << values.size()) - 1;
    for (std::uint32_t mask = candidates; mask; mask = (mask - 1) & candidates)
      if ((mask & (mask - 1)) && (mask != all) &&
          shared.find(SharedContractions::nameOf(network, values, mask)))
        masks.push_back(mask);
    return masks;
  }

  /// Contracts along the tree. With few operands, `leaves` says which are there already and each result is
  /// noted.
  Value emit(const Tree &tree) {
    bool noted = !leaves.empty();
    Network tensors = network;
    std::vector<std::uint32_t> node = values, mask;
    if (noted) {
      tensors.inputs.clear();
      node.clear();
      for (std::uint32_t leaf : leaves)
        addLeaf(leaf, tensors, node);
      mask = leaves;
    }
    for (const PairStep &step : orderIndices(tensors, tree)) {
      node.push_back(number(contraction({node[step.left], node[step.right]},
                                        {step.leftIndices, step.rightIndices}, step.result)));
      if (!noted) continue;
      mask.push_back(mask[step.left] | mask[step.right]);
      shared.add(SharedContractions::nameOf(network, values, mask.back()), node.back(), step.result);
    }
    if (noted)
      for (std::uint32_t value : values)
        shared.noteMember(value);
    return byNumber[node.back()];
  }

  void addLeaf(std::uint32_t leaf, Network &tensors, std::vector<std::uint32_t> &node) {
    if (!(leaf & (leaf - 1))) {
      std::uint32_t operand = llvm::countr_zero(leaf);
      tensors.inputs.push_back(network.inputs[operand]);
      node.push_back(values[operand]);
      return;
    }
    SharedContractions::Name name = SharedContractions::nameOf(network, values, leaf);
    const SharedContractions::Entry *entry = shared.find(name);
    auto &indices = tensors.inputs.emplace_back();
    for (std::uint32_t axis : entry->axes)
      indices.push_back(name.indices[axis]);
    node.push_back(entry->value);
  }

  graph::ContractOp op;
  OpBuilder builder;
  SharedContractions &shared;
  std::vector<Value> &byNumber;
  DenseMap<Value, std::uint32_t> &numberOf;
  Network network;
  std::vector<std::uint32_t> values; ///< numbers of the operands
  std::vector<std::uint32_t> leaves;
};

struct PlanContractions : impl::PlanContractionsBase<PlanContractions> {
  using PlanContractionsBase::PlanContractionsBase;

  void runOnOperation() override {
    // Graph functions have one block, so what an earlier contraction made may be used by every later one.
    SharedContractions shared;
    std::vector<Value> byNumber;
    DenseMap<Value, std::uint32_t> numberOf;
    SmallVector<graph::ContractOp> contractions;
    getOperation().walk([&](graph::ContractOp op) { contractions.push_back(op); });
    for (graph::ContractOp op : contractions) {
      Value value = Planner(op, shared, byNumber, numberOf).run();
      if (!value) return signalPassFailure();
      op.getResult().replaceAllUsesWith(value);
      numberOf.erase(op.getResult());
      op.erase();
    }
  }
};

} // namespace
} // namespace tgc::contract
