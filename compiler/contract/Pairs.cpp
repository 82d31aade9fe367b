// Every contraction becomes contractions of one or two operands. All networks of a function are planned
// together (see Joint.h): a value and its cotangents share their intermediates.
#include "compiler/Passes.h"
#include "compiler/contract/Joint.h"
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

/// Tensors by number: what the planner sees of them.
class Numbers {
public:
  std::uint32_t of(Value value) {
    auto [place, fresh] = numbers.try_emplace(value, static_cast<std::uint32_t>(values.size()));
    if (fresh) values.push_back(value);
    return place->second;
  }
  void set(std::uint32_t number, Value value) {
    if (values.size() <= number) values.resize(number + 1);
    values[number] = value;
  }
  Value operator[](std::uint32_t number) const { return values[number]; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(values.size()); }

private:
  DenseMap<Value, std::uint32_t> numbers;
  std::vector<Value> values;
};

JointNetwork networkOf(graph::ContractOp op, Numbers &numbers) {
  StringRef text = op.getEquation();
  auto equation = std::get<graph::Equation>(graph::parseEquation({text.data(), text.size()}));
  std::vector<std::vector<std::int64_t>> shapes;
  JointNetwork joint;
  for (Value operand : op.getTensors()) {
    shapes.emplace_back(graph::shapeOf(operand).begin(), graph::shapeOf(operand).end());
    joint.values.push_back(numbers.of(operand));
  }
  joint.result = numbers.of(op.getResult());
  joint.bytesPerElement = graph::bitsOf(graph::elementOf(op.getType())) / 8.0;
  joint.network.extents = std::get<graph::Extents>(graph::bindExtents(equation, shapes)).of;
  joint.network.inputs = std::move(equation.operands);
  joint.network.output = std::move(equation.output);
  return joint;
}

/// One operand, all its axes, each once: a permutation rather than a contraction.
bool isPermutation(const JointStep &step) {
  if (step.operands.size() != 1 || step.inputs[0].size() != step.output.size()) return false;
  for (std::uint32_t index : step.inputs[0])
    if (!llvm::is_contained(step.output, index)) return false;
  return true;
}

Value build(OpBuilder &builder, Location loc, const JointStep &step, std::size_t indices,
            const Numbers &numbers) {
  SmallVector<Value> tensors;
  for (std::uint32_t operand : step.operands)
    tensors.push_back(numbers[operand]);
  if (isPermutation(step)) {
    SmallVector<std::int64_t> axes;
    for (std::uint32_t index : step.output)
      axes.push_back(llvm::find(step.inputs[0], index) - step.inputs[0].begin());
    return graph::PermuteDimsOp::create(builder, loc, tensors[0], axes).getResult();
  }
  graph::Equation equation{step.inputs, step.output, std::vector<char32_t>(indices, 0), {}};
  return graph::ContractOp::create(builder, loc, tensors, graph::printEquation(equation)).getResult();
}

struct PlanContractions : impl::PlanContractionsBase<PlanContractions> {
  using PlanContractionsBase::PlanContractionsBase;

  void runOnOperation() override {
    // Graph functions have one block, so what an earlier contraction made may be used by every later one.
    SmallVector<graph::ContractOp> contractions;
    getOperation().walk([&](graph::ContractOp op) { contractions.push_back(op); });
    Numbers numbers;
    std::vector<JointNetwork> networks;
    for (graph::ContractOp op : contractions)
      networks.push_back(networkOf(op, numbers));
    JointOptions options;
    options.maxRank = graph::maxRank;
    JointPlan plan = planJointly(networks, numbers.count(), options);
    if (plan.failed) {
      contractions[*plan.failed].emitError()
          << "contract: no order keeps every intermediate within " << graph::maxRank << " axes";
      return signalPassFailure();
    }
    for (auto [k, op] : llvm::enumerate(contractions)) {
      OpBuilder builder(op);
      for (const JointStep &step : plan.parts[k].steps)
        numbers.set(step.result,
                    build(builder, op.getLoc(), step, networks[k].network.extents.size(), numbers));
      Value value = numbers[plan.parts[k].value];
      numbers.set(networks[k].result, value);
      op.getResult().replaceAllUsesWith(value);
      op.erase();
    }
  }
};

} // namespace
} // namespace tgc::contract
