// See ContractPanelKernel.h. A cell is a batch, a block of columns and a range of row blocks; items are
// cells. The nest, outermost first: blocks of columns, parts of the sum, row blocks of all cells of the call,
// column tiles, row tiles, steps. The copy of a block of columns serves all row blocks.
#include "compiler/schedule/ContractPanelKernel.h"
#include "compiler/schedule/ContractPanelPack.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

class PanelKernelWriter {
public:
  PanelKernelWriter(Block &body, const Contraction &contraction, const ContractPanels &panels)
      : contraction(contraction), panels(panels), code(contraction.product.getLoc(), body), body(body),
        plan{contraction, panels, {}, {}, {}, {}, {}, {}, {}} {}

  void write() {
    int inputs = contraction.product->getParentOfType<func::FuncOp>().getNumArguments();
    for (const ContractArray &array : contraction.arrays)
      plan.memories.push_back(
          code.flat(body.getArgument(2 + (array.result >= 0 ? inputs + array.result : array.argument))));
    for (size_t array = 0; array < contraction.arrays.size(); ++array) {
      plan.rowOffsets.push_back(makeTable(panels.rows, array, panels.tileRows));
      plan.columnOffsets.push_back(makeTable(panels.columns, array, plan.tileColumns()));
      plan.sumOffsets.push_back(array < 2 ? makeTable(panels.sum, array, 1) : Value());
    }
    plan.copies = body.getArguments().back();
    // All items of one call share the slot of its first: ranges are disjoint, and it stays in the cache.
    plan.rowCopy = panels.items == 1
                       ? Index{}
                       : code.scale({body.getArgument(0), 0}, panels.rowCopy + panels.columnCopy);
    plan.columnCopy = code.add(plan.rowCopy, {Value(), panels.rowCopy});
    writeCells();
    code.setInsertionPointToEnd(&body);
  }

private:
  int64_t stride(int index, size_t array) const { return panels.indices[index].strides[array]; }

  /// Offsets of the positions of one block, `width` of them more so that whole vectors can be read.
  Value makeTable(const ContractGroup &group, size_t array, int64_t width) {
    if (llvm::none_of(group.order, [&](int index) { return stride(index, array) != 0; })) return {};
    auto type = MemRefType::get({group.block() + width + panels.lanes}, code.getI32Type());
    Value table = memref::AllocaOp::create(code, type, code.getI64IntegerAttr(64));
    fillTable(group, array, table, std::min(group.level + 1, group.order.size()), group.block(), {}, {});
    return table;
  }

  void fillTable(const ContractGroup &group, size_t array, Value table, size_t levels, int64_t positions,
                 Index position, Index offset) {
    if (levels == 0) return code.writeIndex(offset, table, position);
    int index = group.order[levels - 1];
    int64_t extent = levels - 1 == group.level ? group.steps : panels.indices[index].extent;
    code.forEach({}, {Value(), extent}, [&](Index at) {
      fillTable(group, array, table, levels - 1, positions / extent,
                code.add(position, code.scale(at, positions / extent)),
                code.add(offset, code.scale(at, stride(index, array))));
    });
  }

  /// The cells of the call's items. Those that follow each other and read the same block of columns are done
  /// together: the block is copied once for all of them.
  void writeCells() {
    int64_t blocks = panels.cells / panels.rowRanges;
    if (panels.items == 1) {
      // Whoever runs no item at all passes an empty range.
      auto some = code.compare(arith::CmpIPredicate::slt, {body.getArgument(0), 0}, {body.getArgument(1), 0});
      code.when(some, [&] {
        code.forEach({}, {Value(), blocks},
                     [&](Index block) { writeBlock(block, {}, {Value(), panels.rows.blocks()}); });
      });
      return;
    }
    Index low = code.scale({body.getArgument(0), 0}, panels.cellsPerItem);
    Index high = code.min(code.scale({body.getArgument(1), 0}, panels.cellsPerItem), {Value(), panels.cells});
    Index last = code.quotient(code.add(high, {Value(), panels.rowRanges - 1}), panels.rowRanges);
    code.forEach(code.quotient(low, panels.rowRanges), last, [&](Index block) {
      Index start = code.scale(block, panels.rowRanges);
      Index from = code.max(code.add(low, code.scale(start, -1)), {});
      Index to = code.min(code.add(high, code.scale(start, -1)), {Value(), panels.rowRanges});
      writeBlock(block, firstRows(from), firstRows(to));
    });
  }

  /// The first block of rows of a range of them.
  Index firstRows(Index range) {
    return code.quotient(code.scale(range, panels.rows.blocks()), panels.rowRanges);
  }

  /// Splits off the fastest digit of a number that counts `left` things.
  Index take(Index &number, int64_t &left, int64_t count) {
    left /= count;
    if (count == 1) return {};
    Index digit = left == 1 ? number : code.remainder(number, count);
    number = left == 1 ? Index{} : code.quotient(number, count);
    return digit;
  }

  void move(ContractOffsets &offsets, int index, Index steps) {
    for (auto [array, offset] : llvm::enumerate(offsets))
      offset = code.add(offset, code.scale(steps, stride(index, array)));
  }

  /// Moves to a block of a group; returns the positions it has.
  Index enterBlock(const ContractGroup &group, Index block, ContractOffsets &offsets) {
    int64_t left = group.blocks();
    Index piece = take(block, left, group.pieces);
    if (group.level < group.order.size())
      move(offsets, group.order[group.level], code.scale(piece, group.steps));
    for (size_t at = group.level + 1; at < group.order.size(); ++at)
      move(offsets, group.order[at], take(block, left, panels.indices[group.order[at]].extent));
    if (group.lastBlock() == group.block()) return {Value(), group.block()};
    Index rest = code.add({Value(), group.extent}, code.scale(piece, -group.steps));
    return code.scale(code.min(rest, {Value(), group.steps}), group.inner);
  }

  /// Blocks [`from`, `to`) of rows by one block of columns; `number` counts the blocks of columns of all
  /// batches.
  void writeBlock(Index number, Index from, Index to) {
    int64_t left = panels.cells / panels.rowRanges;
    Index columnBlock = take(number, left, panels.columns.blocks());
    ContractOffsets start;
    for (const ContractArray &array : contraction.arrays)
      start.push_back({Value(), array.offset});
    for (int index : llvm::reverse(panels.batch))
      move(start, index, take(number, left, panels.indices[index].extent));
    Index columns = enterBlock(panels.columns, columnBlock, start);
    code.forEach({}, {Value(), panels.sum.blocks()},
                 [&](Index part) { writePart(part, columns, from, to, start); });
  }

  void writePart(Index number, Index columns, Index from, Index to, ContractOffsets start) {
    Index steps = enterBlock(panels.sum, number, start);
    writeContractPanelPack(code, plan, panels.columnArray, start[panels.columnArray], columns, steps);
    code.forEach(from, to, [&](Index block) {
      ContractPanelPart part{number, steps, start};
      Index rows = enterBlock(panels.rows, block, part.start);
      writeContractPanelPack(code, plan, panels.rowArray, part.start[panels.rowArray], rows, steps);
      forEachTile(panels.rows, rows, panels.tileRows, [&](Index rowTile, int64_t realRows) {
        forEachTile(panels.columns, columns, plan.tileColumns(), [&](Index columnTile, int64_t realColumns) {
          writeContractPanelTile(code, plan, part, rowTile, realRows, columnTile, realColumns);
        });
      });
    });
  }

  /// Whole tiles, then the rest of the block; its size is one of two.
  void forEachTile(const ContractGroup &group, Index length, int64_t width,
                   llvm::function_ref<void(Index, int64_t)> visit) {
    Index tiles = code.quotient(length, width);
    code.forEach({}, tiles, [&](Index tile) { visit(tile, width); });
    Index rest = code.add(length, code.scale(tiles, -width));
    if (rest.isConstant()) {
      if (rest.constant > 0) visit(tiles, rest.constant);
      return;
    }
    int64_t usual = group.block() % width, last = group.lastBlock() % width;
    for (int64_t size : {usual, usual == last ? 0 : last})
      if (size > 0)
        code.when(code.compare(arith::CmpIPredicate::eq, rest, {Value(), size}), [&] { visit(tiles, size); });
  }

  const Contraction &contraction;
  const ContractPanels &panels;
  ContractCode code;
  Block &body;
  ContractPanelPlan plan;
};

} // namespace

int64_t contractPanelScratch(const ContractPanels &panels) {
  return panels.items * (panels.rowCopy + panels.columnCopy) + panels.lanes;
}

void writeContractPanelKernel(Block &body, const Contraction &contraction, const ContractPanels &panels) {
  PanelKernelWriter(body, contraction, panels).write();
}

} // namespace tgc::schedule
