// Every contraction becomes contractions of one or two operands. All networks of a function are planned
// together (see Joint.h): a value and its cotangents share their intermediates. Symmetric products keep a
// third operand, a scale (see Symmetric.h).
#include "compiler/Passes.h"
#include "compiler/contract/Joint.h"
#include "compiler/contract/PairWriter.h"
#include "compiler/contract/StepNote.h"
#include "compiler/contract/Symmetric.h"
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

JointNetwork jointNetworkOf(graph::ContractOp op, Numbers &numbers) {
  JointNetwork joint;
  for (Value operand : op.getTensors())
    joint.values.push_back(numbers.of(operand));
  joint.result = numbers.of(op.getResult());
  joint.bytesPerElement = graph::bitsOf(graph::elementOf(op.getType())) / 8.0;
  joint.network = networkOf(op);
  return joint;
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
      networks.push_back(jointNetworkOf(op, numbers));
    JointOptions options;
    options.maxRank = graph::maxRank;
    JointPlan plan = planJointly(networks, numbers.count(), options);
    if (plan.failed) {
      contractions[*plan.failed].emitError()
          << "contract: no order keeps the figures of this network within the range of doubles";
      return signalPassFailure();
    }
    for (auto [k, op] : llvm::enumerate(contractions)) {
      OpBuilder builder(op);
      const std::vector<std::int64_t> &extents = networks[k].network.extents;
      for (auto [i, step] : llvm::enumerate(plan.parts[k].steps)) {
        StepPlace place{std::int64_t(k), std::int64_t(i), step.operands, step.result, step.seconds};
        PairWriter writer(builder, noted(op.getLoc(), place, step.inputs, step.output, extents), extents);
        SmallVector<Value> tensors;
        for (std::uint32_t operand : step.operands)
          tensors.push_back(numbers[operand]);
        Value made = writer.contract(tensors, step.inputs, step.output);
        if (!made) return signalPassFailure();
        numbers.set(step.result, made);
      }
      Value value = numbers[plan.parts[k].value];
      numbers.set(networks[k].result, value);
      op.getResult().replaceAllUsesWith(value);
      op.erase();
    }
    foldScales(getOperation());
    multiplyElementwise(getOperation());
  }
};

} // namespace
} // namespace tgc::contract
