// See ContractPack.h. Three ways to make a vector: read it (lanes are neighbours), read a square block along
// the sum and transpose it in registers (the sum's steps are neighbours), or element by element.
#include "compiler/schedule/ContractPack.h"
#include "compiler/schedule/Square.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

class PackWriter {
public:
  PackWriter(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
             const ContractSumPart &part)
      : code(code), plan(plan), tile(plan.tile), sizes(sizes), part(part) {}

  void write(size_t level, Index from, Index to) {
    if (level == plan.sums.size()) return writeStep(from, to);
    int index = plan.sums[level];
    Index count = level == part.level && part.parts > 1
                      ? part.length
                      : Index{Value(), plan.contraction.indices[index].extent};
    if (level + 1 == plan.sums.size() && memoryStride(index) == 1 && memoryStride(tile.lane) > 1 &&
        tile.lanes > 1 && tile.lanes <= 16)
      return writeTransposed(from, to, count);
    code.forEach({}, count, [&](Index step) {
      write(level + 1, code.add(from, code.scale(step, memoryStride(index))),
            code.add(to, code.scale(step, plan.panel().strides[index])));
    });
  }

  void writeStep(Index from, Index to) {
    forEachVector(from, to, [&](Index source, Index target, int64_t count) {
      Value vector =
          code.load(plan.memories[tile.packed], source, memoryStride(tile.lane), tile.lanes, count);
      code.store(vector, plan.panel().memory, target, 1, tile.lanes);
    });
  }

private:
  int64_t memoryStride(int index) const {
    return index < 0 ? 0 : plan.contraction.indices[index].strides[tile.packed];
  }

  /// Visits each vector of one summed step: its place in memory, in the panel, and its real lanes.
  void forEachVector(Index from, Index to, llvm::function_ref<void(Index, Index, int64_t)> visit) {
    int64_t rows = memoryStride(tile.second) ? sizes.second : 1;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < sizes.vectors; ++vector)
        visit(code.add(from, {Value(), row * memoryStride(tile.second) +
                                           vector * tile.lanes * memoryStride(tile.lane)}),
              code.add(to, {Value(), (row * plan.panelVectors + vector) * tile.lanes}),
              vector + 1 == sizes.vectors ? sizes.lastCount : tile.lanes);
  }

  /// Square blocks: `lanes` rows of `lanes` neighbouring steps each become `lanes` vectors.
  void writeTransposed(Index from, Index to, Index steps) {
    int64_t step = plan.panel().strides[tile.step];
    Index blocks = code.quotient(steps, tile.lanes);
    code.forEach({}, blocks, [&](Index block) {
      writeSquare(code.add(from, code.scale(block, tile.lanes)),
                  code.add(to, code.scale(block, tile.lanes * step)), tile.lanes);
    });
    if (steps.isConstant()) {
      if (int64_t rest = steps.constant % tile.lanes)
        writeSquare(code.add(from, {Value(), steps.constant - rest}),
                    code.add(to, {Value(), (steps.constant - rest) * step}), rest);
      return;
    }
    code.forEach(code.scale(blocks, tile.lanes), steps,
                 [&](Index left) { writeStep(code.add(from, left), code.add(to, code.scale(left, step))); });
  }

  void writeSquare(Index from, Index to, int64_t steps) {
    forEachVector(from, to, [&](Index source, Index target, int64_t count) {
      SmallVector<Value> rows;
      Type element = cast<MemRefType>(plan.panel().memory.getType()).getElementType();
      for (int64_t lane = 0; lane < tile.lanes; ++lane)
        rows.push_back(lane < count ? code.load(plan.memories[tile.packed],
                                                code.add(source, {Value(), lane * memoryStride(tile.lane)}),
                                                1, tile.lanes, steps)
                                    : code.zeros(element, tile.lanes));
      transposeSquare(code, rows);
      for (int64_t step = 0; step < steps; ++step)
        code.store(rows[step], plan.panel().memory,
                   code.add(target, {Value(), step * plan.panel().strides[tile.step]}), 1, tile.lanes);
    });
  }

  ContractCode &code;
  const ContractMicroPlan &plan;
  const ContractTile &tile;
  const ContractMicroSizes &sizes;
  const ContractSumPart &part;
};

} // namespace

void transposeSquare(ContractCode &code, SmallVector<Value> &rows) {
  turnSquare(rows, [&](Value a, Value b, ArrayRef<int64_t> order) -> Value {
    return vector::ShuffleOp::create(code, a, b, order);
  });
}

void writeContractBlock(ContractCode &code, const ContractMicroPlan &plan, ContractIndexValue rows,
                        ContractIndexValue from, ContractIndexValue to, const ContractSumPart &part) {
  int array = 1 - plan.tile.packed;
  const ContractCopy &block = plan.copies[array];
  Value memory = plan.memories[array];
  int64_t width = plan.tile.lanes;
  auto stride = [&](int index) { return plan.contraction.indices[index].strides[array]; };
  std::function<void(size_t, Index, Index)> copy = [&](size_t level, Index source, Index target) {
    int index = plan.sums[level];
    Index count = level == part.level && part.parts > 1
                      ? part.length
                      : Index{Value(), plan.contraction.indices[index].extent};
    if (level + 1 < plan.sums.size())
      return code.forEach({}, count, [&](Index step) {
        copy(level + 1, code.add(source, code.scale(step, stride(index))),
             code.add(target, code.scale(step, block.strides[index])));
      });
    Index vectors = code.quotient(count, width), whole = code.scale(vectors, width);
    code.forEach({}, vectors, [&](Index vector) {
      Index at = code.scale(vector, width);
      code.store(code.load(memory, code.add(source, at), 1, width, width), block.memory, code.add(target, at),
                 1, width);
    });
    code.forEach(whole, count, [&](Index step) {
      code.store(code.load(memory, code.add(source, step), 1, 1, 1), block.memory, code.add(target, step), 1,
                 1);
    });
  };
  code.forEach({}, rows, [&](Index row) {
    copy(part.level, code.add(from, code.scale(row, stride(plan.tile.first))),
         code.add(to, code.scale(row, block.strides[plan.tile.first])));
  });
}

void writeContractPack(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                       ContractIndexValue from, ContractIndexValue to, const ContractSumPart &part) {
  PackWriter(code, plan, sizes, part).write(part.level, from, to);
}

void writeContractPackStep(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                           ContractIndexValue from, ContractIndexValue to) {
  PackWriter(code, plan, sizes, {}).writeStep(from, to);
}

void forEachContractStep(ContractCode &code, const ContractMicroPlan &plan, ContractIndexValue from,
                         ContractIndexValue to, const ContractSumPart &part,
                         llvm::function_ref<void(ContractIndexValue, ContractIndexValue)> visit) {
  int array = plan.tile.packed;
  std::function<void(size_t, Index, Index)> walk = [&](size_t level, Index source, Index target) {
    if (level == plan.sums.size()) return visit(source, target);
    int index = plan.sums[level];
    Index count = level == part.level && part.parts > 1
                      ? part.length
                      : Index{Value(), plan.contraction.indices[index].extent};
    code.forEach({}, count, [&](Index step) {
      walk(level + 1, code.add(source, code.scale(step, plan.contraction.indices[index].strides[array])),
           code.add(target, code.scale(step, plan.copies[array].strides[index])));
    });
  };
  walk(part.level, from, to);
}

} // namespace tgc::schedule
