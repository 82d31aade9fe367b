// See ContractPanelPack.h. Where the sum's steps are neighbours in memory, squares are transposed in
// registers; else vectors are loaded or gathered, step by step of the sum, so that a cache line met once is
// used up.
#include "compiler/schedule/ContractPanelPack.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

class PanelPacker {
public:
  PanelPacker(ContractCode &code, const ContractPanelPlan &plan, int array, Index from, Index length,
              Index steps)
      : code(code), plan(plan), panels(plan.panels), array(array), isRows(array == panels.rowArray),
        group(isRows ? panels.rows : panels.columns),
        table(isRows ? plan.rowOffsets[array] : plan.columnOffsets[array]), lanes(panels.lanes),
        width(isRows ? panels.tileRows : plan.tileColumns()), from(from), length(length), steps(steps),
        target(isRows ? plan.rowCopy : plan.columnCopy) {}

  void write() {
    int64_t run = sumRun();
    if (run >= 8 && lanes <= 16 && lanes > 1) return writeSquares(run);
    code.forEach({}, steps, [&](Index step) {
      Index source = code.add(from, sumOffset(step));
      forEachTile(
          [&](Index tile) {
            forEachChunk([&](int64_t at, int64_t count) { copyVector(source, step, tile, at, count); });
          },
          [&](Index tile, Index left) {
            forEachChunk([&](int64_t at, int64_t count) {
              Index real = code.min(code.add(left, {Value(), -at}), {Value(), count});
              Value mask = code.laneMask(real, lanes);
              Value vector = code.gather(plan.memories[array], source, offsets(tile, at), mask);
              put(vector, tile, at, step, count);
            });
          });
    });
  }

private:
  int64_t stride(int index) const { return plan.contraction.indices[index].strides[array]; }

  /// Neighbouring steps of the sum that are neighbours in memory and whole in every block; 0: the innermost
  /// index is cut, and all steps of a block are neighbours.
  int64_t sumRun() const {
    const ContractGroup &sum = panels.sum;
    if (sum.order.empty() || stride(sum.order[0]) != 1) return 0;
    return sum.level == 0 ? std::max<int64_t>(sum.steps, 0) : plan.contraction.indices[sum.order[0]].extent;
  }

  Index sumOffset(Index step) {
    if (panels.sum.level == 0 || panels.sum.order.size() == 1)
      return code.scale(step, stride(panels.sum.order[0]));
    return plan.sumOffsets[array] ? code.readIndex(plan.sumOffsets[array], step) : Index{};
  }

  Value offsets(Index tile, int64_t at) {
    return code.load(table, code.add(code.scale(tile, width), {Value(), at}), 1, lanes, lanes);
  }

  void forEachChunk(llvm::function_ref<void(int64_t at, int64_t count)> visit) {
    for (int64_t at = 0; at < width; at += lanes)
      visit(at, std::min(lanes, width - at));
  }

  /// Whole tiles, then the one that is not (with the positions left).
  void forEachTile(llvm::function_ref<void(Index)> whole, llvm::function_ref<void(Index, Index)> rest) {
    Index tiles = code.quotient(length, width);
    code.forEach({}, tiles, whole);
    if (group.block() % width == 0 && group.lastBlock() % width == 0) return;
    Index left = code.add(length, code.scale(tiles, -width));
    if (left.isConstant()) return rest(tiles, left);
    code.when(code.compare(arith::CmpIPredicate::sgt, left, {}), [&] { rest(tiles, left); });
  }

  void put(Value vector, Index tile, int64_t at, Index step, int64_t count) {
    Index to = code.add(target, code.scale(tile, width * panels.sum.block()));
    code.store(contractWiden(code, plan.contraction, vector), plan.copies,
               code.add(code.add(to, code.scale(step, width)), {Value(), at}), 1, count);
  }

  /// `count` positions of one step: one load where they are neighbours in memory.
  void copyVector(Index source, Index step, Index tile, int64_t at, int64_t count) {
    Value memory = plan.memories[array];
    Index position = code.add(code.scale(tile, width), {Value(), at});
    bool linear = group.level == 0 || group.order.size() == 1;
    if (linear && stride(group.order[0]) == 1)
      return put(code.load(memory, code.add(source, position), 1, lanes, count), tile, at, step, count);
    Value all = code.prefixMask(count, lanes);
    auto gathered = [&] { return code.gather(memory, source, offsets(tile, at), all); };
    if (group.order.empty() || stride(group.order[0]) != 1) return put(gathered(), tile, at, step, count);
    Index first = code.readIndex(table, position);
    Index last = code.readIndex(table, code.add(position, {Value(), count - 1}));
    Value near = code.compare(arith::CmpIPredicate::eq, last, code.add(first, {Value(), count - 1}));
    Type element = cast<MemRefType>(memory.getType()).getElementType();
    Value vector = code.choose(
        near, VectorType::get({lanes}, element),
        [&] { return SmallVector<Value>{code.load(memory, code.add(source, first), 1, lanes, count)}; },
        [&] { return SmallVector<Value>{gathered()}; })[0];
    put(vector, tile, at, step, count);
  }

  /// Squares of `lanes` positions by `lanes` steps, tile by tile.
  void writeSquares(int64_t run) {
    auto tileOf = [&](Index tile, llvm::function_ref<Index(int64_t)> position) {
      forEachChunk([&](int64_t at, int64_t count) {
        SmallVector<Index> rows;
        for (int64_t lane = 0; lane < count; ++lane) {
          Index where = position(at + lane);
          bool linear = group.level == 0 || group.order.size() == 1;
          rows.push_back(code.add(from, !table   ? Index{}
                                        : linear ? code.scale(where, stride(group.order[0]))
                                                 : code.readIndex(table, where)));
        }
        writeRuns(run, tile, at, rows);
      });
    };
    forEachTile(
        [&](Index tile) {
          tileOf(tile, [&](int64_t at) { return code.add(code.scale(tile, width), {Value(), at}); });
        },
        [&](Index tile, Index left) {
          // Positions behind the last repeat it; nobody reads their copies.
          Index last = code.add(left, {Value(), -1});
          tileOf(tile, [&](int64_t at) {
            return code.add(code.scale(tile, width), code.min({Value(), at}, last));
          });
        });
  }

  void writeRuns(int64_t run, Index tile, int64_t at, ArrayRef<Index> rows) {
    if (panels.sum.level == 0) return writeRun(steps, tile, at, rows, {});
    code.forEach({}, code.quotient(steps, run),
                 [&](Index number) { writeRun({Value(), run}, tile, at, rows, code.scale(number, run)); });
  }

  void writeRun(Index run, Index tile, int64_t at, ArrayRef<Index> rows, Index start) {
    Index squares = code.quotient(run, lanes), offset = sumOffset(start);
    code.forEach({}, squares, [&](Index square) {
      Index step = code.scale(square, lanes);
      writeSquare(tile, at, rows, code.add(offset, step), code.add(start, step), lanes);
    });
    Index done = code.scale(squares, lanes);
    if (run.isConstant()) {
      if (int64_t rest = run.constant % lanes)
        writeSquare(tile, at, rows, code.add(offset, done), code.add(start, done), rest);
      return;
    }
    // Only the last part's length is not a whole number of squares.
    int64_t rest = panels.sum.lastBlock() % lanes;
    if (rest == 0) return;
    code.when(code.compare(arith::CmpIPredicate::ne, run, done),
              [&] { writeSquare(tile, at, rows, code.add(offset, done), code.add(start, done), rest); });
  }

  void writeSquare(Index tile, int64_t at, ArrayRef<Index> rows, Index offset, Index step, int64_t count) {
    Value memory = plan.memories[array];
    Type element = cast<MemRefType>(memory.getType()).getElementType();
    SmallVector<Value> square;
    for (int64_t lane = 0; lane < lanes; ++lane)
      square.push_back(lane < static_cast<int64_t>(rows.size())
                           ? code.load(memory, code.add(rows[lane], offset), 1, lanes, count)
                           : code.zeros(element, lanes));
    transposeSquare(code, square);
    for (int64_t k = 0; k < count; ++k)
      put(square[k], tile, at, code.add(step, {Value(), k}), rows.size());
  }

  ContractCode &code;
  const ContractPanelPlan &plan;
  const ContractPanels &panels;
  int array;
  bool isRows;
  const ContractGroup &group;
  Value table;
  int64_t lanes, width;
  Index from, length, steps, target;
};

} // namespace

void writeContractPanelPack(ContractCode &code, const ContractPanelPlan &plan, int array, Index from,
                            Index length, Index steps) {
  PanelPacker(code, plan, array, from, length, steps).write();
}

} // namespace tgc::schedule
