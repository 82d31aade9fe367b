// See ContractMicro.h.
#include "compiler/schedule/ContractMicro.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;
/// Offsets of the two factors only.
using Factors = std::array<Index, 2>;
using Sums = SmallVector<Value>;

/// Register tiles whose whole sum is at most this many multiply-adds have no loop (a 6 x 6 x 6 product has
/// 36).
constexpr int64_t mostWrittenOut = 96;

class MicroWriter {
public:
  MicroWriter(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
              const ContractSumPart &part)
      : code(code), plan(plan), contraction(plan.contraction), tile(plan.tile), sizes(sizes), part(part),
        accumulators(sizes.first * sizes.second * sizes.vectors) {}

  void write(const ContractOffsets &offsets) {
    Sums sums(accumulators * tile.splits, code.zeros(contraction.sumType, tile.lanes));
    if (part.parts > 1) start(sums, offsets);
    Factors at{offsets[0], offsets[1]};
    sums = writeSums(part.level, at, sums);
    for (int64_t width = tile.splits; width > 1; width /= 2)
      for (int64_t sum = 0; sum < accumulators * width / 2; ++sum)
        sums[sum] =
            contractPlus(code, contraction.arithmetic, sums[sum], sums[sum + accumulators * width / 2]);
    if (part.parts > 1 && (!contraction.tail.empty() || contraction.arrays.size() > 3))
      finishLastOnly(sums, offsets);
    else
      finish(sums, offsets);
  }

private:
  using OnVector = llvm::function_ref<void(int64_t sum, const ContractOffsets &at, int64_t count)>;

  /// Visits every accumulator with its place in memory.
  void forEachVector(const ContractOffsets &offsets, OnVector visit) {
    int64_t sum = 0;
    for (int64_t first = 0; first < sizes.first; ++first)
      for (int64_t second = 0; second < sizes.second; ++second)
        for (int64_t vector = 0; vector < sizes.vectors; ++vector, ++sum) {
          ContractOffsets here;
          for (auto [array, offset] : llvm::enumerate(offsets)) {
            auto stride = [&](int index) {
              return index < 0 ? 0 : contraction.indices[index].strides[array];
            };
            int64_t along = tile.lanesSummed ? 0 : vector * tile.lanes * stride(tile.lane);
            int64_t away = first * stride(tile.first) + second * stride(tile.second) + along;
            here.push_back(code.add(offset, {Value(), away}));
          }
          visit(sum, here, vector + 1 == sizes.vectors ? sizes.lastCount : tile.lanes);
        }
  }

  size_t resultArray() const {
    return llvm::find_if(contraction.arrays, [](const ContractArray &a) { return a.result >= 0; }) -
           contraction.arrays.begin();
  }

  int64_t resultLaneStride() const {
    return tile.lane < 0 || tile.lanesSummed ? 1 : contraction.indices[tile.lane].strides[resultArray()];
  }

  /// The accumulators of a later part go on from what the part before it stored.
  void start(Sums &sums, const ContractOffsets &offsets) {
    Value later = arith::CmpIOp::create(code, arith::CmpIPredicate::ne, code.materialize(part.number),
                                        code.indexConstant(0));
    SmallVector<Type> types(accumulators, sums[0].getType());
    auto branch = scf::IfOp::create(code, types, later, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(code, Sums(sums.begin(), sums.begin() + accumulators));
    code.setInsertionPointToStart(branch.thenBlock());
    Sums stored;
    size_t result = resultArray();
    forEachVector(offsets, [&](int64_t, const ContractOffsets &at, int64_t count) {
      stored.push_back(code.load(plan.memories[result], at[result], resultLaneStride(), tile.lanes, count));
    });
    scf::YieldOp::create(code, stored);
    for (int64_t sum = 0; sum < accumulators; ++sum)
      sums[sum] = branch.getResult(sum);
  }

  void finish(const Sums &sums, const ContractOffsets &offsets) {
    forEachVector(offsets, [&](int64_t sum, const ContractOffsets &at, int64_t count) {
      Value value = tile.lanesSummed ? acrossLanes(sums[sum]) : sums[sum];
      writeContractTail(code, contraction, plan.memories, value, at, tile.lanesSummed ? -1 : tile.lane,
                        count);
    });
  }

  void finishLastOnly(const Sums &sums, const ContractOffsets &offsets) {
    Value last = arith::CmpIOp::create(code, arith::CmpIPredicate::eq, code.materialize(part.number),
                                       code.indexConstant(part.parts - 1));
    auto branch = scf::IfOp::create(code, last, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(branch.thenBlock());
    finish(sums, offsets);
    code.setInsertionPointToStart(branch.elseBlock());
    size_t result = resultArray();
    forEachVector(offsets, [&](int64_t sum, const ContractOffsets &at, int64_t count) {
      code.store(sums[sum], plan.memories[result], at[result], resultLaneStride(), count);
    });
  }

  Factors moved(Factors at, int index, Index steps) {
    for (int array = 0; array < 2; ++array)
      at[array] = code.add(at[array], code.scale(steps, plan.stride(index, array)));
    return at;
  }

  /// A loop over [0, rounds) that carries the accumulators; straight-line for a single round.
  Sums carry(Index rounds, ArrayRef<Value> sums, llvm::function_ref<Sums(Index, ArrayRef<Value>)> round) {
    if (rounds.isConstant() && rounds.constant == 0) return Sums(sums);
    if (rounds.isConstant() && rounds.constant == 1) return round({}, sums);
    auto loop = scf::ForOp::create(code, code.indexConstant(0), code.materialize(rounds),
                                   code.indexConstant(1), Sums(sums));
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(loop.getBody());
    Sums next = round({loop.getInductionVar(), 0}, Sums(loop.getRegionIterArgs()));
    scf::YieldOp::create(code, next);
    return Sums(loop.getResults());
  }

  Index length(size_t level) const {
    if (level == part.level && part.parts > 1) return part.length;
    return {Value(), contraction.indices[plan.sums[level]].extent};
  }

  Sums writeSums(size_t level, Factors at, ArrayRef<Value> start) {
    Sums sums(start);
    if (plan.sums.empty()) {
      writeStep(at, sums, 0, tile.lanes);
      return sums;
    }
    if (level + 1 == plan.sums.size()) return writeInnermost(at, length(level), sums);
    return carry(length(level), sums, [&](Index step, ArrayRef<Value> inner) {
      return writeSums(level + 1, moved(at, plan.sums[level], step), inner);
    });
  }

  /// `count` steps of the innermost sum, written out.
  Sums writeSteps(Factors from, int64_t count, ArrayRef<Value> start) {
    Sums sums(start);
    int64_t width = tile.lanesSummed ? tile.lanes : 1;
    for (int64_t step = 0; step < count; ++step)
      writeStep(moved(from, tile.step, {Value(), step * width}), sums, step % tile.splits, tile.lanes);
    return sums;
  }

  Sums writeInnermost(Factors at, Index extent, ArrayRef<Value> start) {
    int64_t width = tile.lanesSummed ? tile.lanes : 1;
    Index steps = code.quotient(extent, width), rounds = code.quotient(steps, tile.unroll);
    if (steps.isConstant() && steps.constant * accumulators <= mostWrittenOut) rounds = {};
    Sums sums = carry(rounds, start, [&](Index round, ArrayRef<Value> inner) {
      return writeSteps(moved(at, tile.step, code.scale(round, tile.unroll * width)), tile.unroll, inner);
    });
    if (!steps.isConstant()) return sums; // blocks of a sum are whole rounds
    sums = writeSteps(moved(at, tile.step, {Value(), rounds.constant * tile.unroll * width}),
                      steps.constant - rounds.constant * tile.unroll, sums);
    if (tile.lanesSummed && extent.constant % width)
      writeStep(moved(at, tile.step, {Value(), steps.constant * width}), sums, 0, extent.constant % width);
    return sums;
  }

  Value loadFactor(int array, Index at, int64_t count) {
    int64_t stride = plan.stride(tile.lane, array);
    bool fromCopy = static_cast<bool>(plan.copies[array].memory);
    Value memory = fromCopy ? plan.copies[array].memory : plan.memories[array];
    Type element = cast<MemRefType>(memory.getType()).getElementType();
    Value loaded = code.load(memory, at, stride, tile.lanes, fromCopy ? tile.lanes : count);
    // A factor repeated along summed lanes must be zero behind the mask too: zero times infinity is not zero.
    if (stride == 0 && count < tile.lanes && tile.lanesSummed)
      loaded = arith::SelectOp::create(code, code.prefixMask(count, tile.lanes), loaded,
                                       code.zeros(element, tile.lanes));
    return contractWiden(code, contraction, loaded);
  }

  /// One value of the innermost sum for every accumulator of split `split`.
  void writeStep(Factors at, Sums &sums, int64_t split, int64_t stepLanes) {
    llvm::DenseMap<std::pair<int, int64_t>, Value> loaded;
    auto factor = [&](int array, int64_t first, int64_t second, int64_t vector) {
      int64_t along = tile.lanesSummed ? 0 : plan.stride(tile.lane, array) * tile.lanes;
      int64_t away =
          first * plan.stride(tile.first, array) + second * plan.stride(tile.second, array) + vector * along;
      bool isLast = vector + 1 == sizes.vectors && !tile.lanesSummed;
      int64_t count = tile.lanesSummed ? stepLanes : isLast ? sizes.lastCount : tile.lanes;
      Value &value = loaded[{array, away}];
      if (!value) value = loadFactor(array, code.add(at[array], {Value(), away}), count);
      return value;
    };
    int64_t sum = split * accumulators;
    for (int64_t first = 0; first < sizes.first; ++first)
      for (int64_t second = 0; second < sizes.second; ++second)
        for (int64_t vector = 0; vector < sizes.vectors; ++vector, ++sum)
          sums[sum] = contractMultiplyAdd(code, contraction.arithmetic, factor(0, first, second, vector),
                                          factor(1, first, second, vector), sums[sum]);
  }

  /// The sum of a vector's lanes as a one-lane vector, always in the same order: upper half onto lower half.
  Value acrossLanes(Value vector) {
    for (int64_t lanes = tile.lanes; lanes > 1; lanes /= 2) {
      auto low = llvm::to_vector(llvm::seq<int64_t>(0, lanes / 2));
      auto high = llvm::to_vector(llvm::seq<int64_t>(lanes / 2, lanes));
      vector =
          contractPlus(code, contraction.arithmetic, vector::ShuffleOp::create(code, vector, vector, low),
                       vector::ShuffleOp::create(code, vector, vector, high));
    }
    return vector;
  }

  ContractCode &code;
  const ContractMicroPlan &plan;
  const Contraction &contraction;
  const ContractTile &tile;
  const ContractMicroSizes &sizes;
  const ContractSumPart &part;
  int64_t accumulators;
};

} // namespace

Value contractMultiplyAdd(ContractCode &code, ContractArithmetic arithmetic, Value left, Value right,
                          Value sum) {
  switch (arithmetic) {
  case ContractArithmetic::Float:
    return vector::FMAOp::create(code, left, right, sum);
  case ContractArithmetic::Integer:
    return arith::AddIOp::create(code, sum, arith::MulIOp::create(code, left, right));
  case ContractArithmetic::Boolean:
    return arith::OrIOp::create(code, sum, arith::AndIOp::create(code, left, right));
  }
  llvm_unreachable("all kinds handled");
}

Value contractTimes(ContractCode &code, ContractArithmetic arithmetic, Value left, Value right) {
  switch (arithmetic) {
  case ContractArithmetic::Float:
    return arith::MulFOp::create(code, left, right);
  case ContractArithmetic::Integer:
    return arith::MulIOp::create(code, left, right);
  case ContractArithmetic::Boolean:
    return arith::AndIOp::create(code, left, right);
  }
  llvm_unreachable("all kinds handled");
}

Value contractPlus(ContractCode &code, ContractArithmetic arithmetic, Value left, Value right) {
  switch (arithmetic) {
  case ContractArithmetic::Float:
    return arith::AddFOp::create(code, left, right);
  case ContractArithmetic::Integer:
    return arith::AddIOp::create(code, left, right);
  case ContractArithmetic::Boolean:
    return arith::OrIOp::create(code, left, right);
  }
  llvm_unreachable("all kinds handled");
}

Value contractWiden(ContractCode &code, const Contraction &contraction, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  if (type.getElementType() == contraction.sumType) return vector;
  Type wide = VectorType::get(type.getShape(), contraction.sumType);
  if (contraction.arithmetic == ContractArithmetic::Float) return arith::ExtFOp::create(code, wide, vector);
  return arith::ExtSIOp::create(code, wide, vector);
}

int64_t ContractMicroPlan::stride(int index, int array) const {
  if (index < 0) return 0;
  if (copies[array].memory) return copies[array].strides[index];
  return contraction.indices[index].strides[array];
}

void writeContractMicro(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                        const ContractOffsets &offsets, const ContractSumPart &part) {
  MicroWriter(code, plan, sizes, part).write(offsets);
}

} // namespace tgc::schedule
