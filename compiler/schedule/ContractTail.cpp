// See ContractTail.h. Bodies of the tail are copied op by op onto vectors: every op was checked to be
// elementwise.
#include "compiler/schedule/ContractTail.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

class TailWriter {
public:
  TailWriter(ContractCode &code, const Contraction &contraction, const ContractAccess &access, int64_t lanes)
      : code(code), contraction(contraction), access(access), lanes(lanes) {}

  void write(Value sums) {
    computed[contraction.product.getResult(0)] = narrow(sums);
    for (linalg::GenericOp op : contraction.tail)
      computed[op.getResult(0)] = evaluate(op);
    for (auto [number, array] : llvm::enumerate(contraction.arrays))
      if (array.result >= 0) access.store(number, computed.lookup(array.written));
  }

private:
  Value narrow(Value sums) {
    if (contraction.productType == contraction.sumType) return sums;
    return arith::TruncFOp::create(code, VectorType::get({lanes}, contraction.productType), sums);
  }

  Value read(OpOperand &use) {
    if (Value known = computed.lookup(contractSource(use.get()))) return known;
    for (auto [number, array] : llvm::enumerate(contraction.arrays))
      if (array.use == &use) return access.load(number);
    llvm_unreachable("every operand of the tail was given an array when it was matched");
  }

  Value onLanes(Value scalar, IRMapping &map) {
    if (Value known = map.lookupOrNull(scalar)) return known;
    TypedAttr constant;
    matchPattern(scalar, m_Constant(&constant));
    return code.splat(constant, lanes);
  }

  Value evaluate(linalg::GenericOp op) {
    IRMapping map;
    for (OpOperand *use : op.getDpsInputOperands())
      if (BlockArgument argument = op.getMatchingBlockArgument(use); !argument.use_empty())
        map.map(argument, read(*use));
    for (Operation &inner : op.getBody()->without_terminator()) {
      if (inner.hasTrait<OpTrait::ConstantLike>()) continue;
      for (Value operand : inner.getOperands())
        map.map(operand, onLanes(operand, map));
      Operation *copy = code.clone(inner, map);
      for (OpResult result : copy->getResults())
        result.setType(VectorType::get({lanes}, result.getType()));
    }
    return onLanes(op.getBody()->getTerminator()->getOperand(0), map);
  }

  ContractCode &code;
  const Contraction &contraction;
  const ContractAccess &access;
  int64_t lanes;
  llvm::DenseMap<Value, Value> computed;
};

} // namespace

void writeContractTail(ContractCode &code, const Contraction &contraction, Value sums,
                       const ContractAccess &access) {
  TailWriter(code, contraction, access, cast<VectorType>(sums.getType()).getNumElements()).write(sums);
}

void writeContractTail(ContractCode &code, const Contraction &contraction, ArrayRef<Value> memories,
                       Value sums, const ContractOffsets &offsets, int lane, int64_t count) {
  int64_t lanes = cast<VectorType>(sums.getType()).getNumElements();
  count = std::min(count, lanes);
  // A kernel without lanes still stores its single element as a one-lane vector.
  auto stride = [&](size_t array) { return lane < 0 ? 1 : contraction.indices[lane].strides[array]; };
  auto load = [&](size_t array) {
    return code.load(memories[array], offsets[array], stride(array), lanes, count);
  };
  auto store = [&](size_t array, Value vector) {
    code.store(vector, memories[array], offsets[array], stride(array), count);
  };
  writeContractTail(code, contraction, sums, {load, store});
}

} // namespace tgc::schedule
