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
        plan{contraction, panels, {}, {}, {}, {}, {}, {}, {}, {}} {}

  void write() {
    int inputs = contraction.product->getParentOfType<func::FuncOp>().getNumArguments();
    for (const ContractArray &array : contraction.arrays)
      plan.memories.push_back(
          code.flat(body.getArgument(2 + (array.result >= 0 ? inputs + array.result : array.argument))));
    for (size_t array = 0; array < contraction.arrays.size(); ++array) {
      plan.rowOffsets.push_back(makeTable(panels.rows, array, panels.tileRows));
      plan.columnOffsets.push_back(makeTable(panels.columns, array, plan.tileColumns()));
      bool inSum = array < 2 || (array == 2 && contraction.scaled);
      plan.sumOffsets.push_back(inSum ? makeTable(panels.sum, array, 1) : Value());
    }
    if (panels.symmetric) makeStarts();
    if (panels.streams) plan.streams = alignedToLines(plan.memories[plan.resultArray()]);
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

  Value alignedToLines(Value memory) {
    Value address = memref::ExtractAlignedPointerAsIndexOp::create(code, memory);
    return code.compare(arith::CmpIPredicate::eq, code.remainder({address, 0}, 64), {});
  }

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

  /// Column block and row block with which every piece of a triangle starts.
  void makeStarts() {
    auto count = static_cast<int64_t>(panels.triangle.starts.size());
    starts = memref::AllocaOp::create(code, MemRefType::get({2 * count}, code.getI32Type()));
    for (auto [piece, start] : llvm::enumerate(panels.triangle.starts)) {
      code.writeIndex({Value(), start.columnBlock}, starts, {Value(), static_cast<int64_t>(2 * piece)});
      code.writeIndex({Value(), start.rowBlock}, starts, {Value(), static_cast<int64_t>(2 * piece + 1)});
    }
  }

  /// The cells of the call's items. Those that follow each other and read the same block of columns are done
  /// together: the block is copied once for all of them.
  void writeCells() {
    if (panels.symmetric) return writeTriangles();
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

  void writeTriangles() {
    int64_t pieces = panels.triangle.pieces();
    Index low = code.scale({body.getArgument(0), 0}, panels.cellsPerItem);
    Index high = code.min(code.scale({body.getArgument(1), 0}, panels.cellsPerItem), {Value(), panels.cells});
    Index last = code.quotient(code.add(high, {Value(), pieces - 1}), pieces);
    code.forEach(code.quotient(low, pieces), last, [&](Index matrix) {
      Index start = code.scale(matrix, pieces);
      writeTriangle(matrix, code.max(code.add(low, code.scale(start, -1)), {}),
                    code.min(code.add(high, code.scale(start, -1)), {Value(), pieces}));
    });
  }

  Index choose(Index a, Index b, Index then, Index otherwise) {
    Value equal = code.compare(arith::CmpIPredicate::eq, a, b);
    return {arith::SelectOp::create(code, equal, code.materialize(then), code.materialize(otherwise)), 0};
  }

  /// Pieces [`from`, `to`) of one matrix: of the first and the last block of columns only some rows.
  void writeTriangle(Index matrix, Index from, Index to) {
    auto entry = [&](Index piece, int64_t which) {
      return code.readIndex(starts, code.add(code.scale(piece, 2), {Value(), which}));
    };
    Index firstBlock = entry(from, 0), firstRow = entry(from, 1), lastBlock = entry(to, 0),
          lastRow = entry(to, 1);
    Value more = code.compare(arith::CmpIPredicate::sgt, lastRow, {});
    Index behind = {arith::SelectOp::create(code, more, code.indexConstant(1), code.indexConstant(0)), 0};
    int64_t left = panels.cells / panels.triangle.pieces();
    ContractOffsets origin = enterMatrix(matrix, left);
    code.forEach(firstBlock, code.add(lastBlock, behind), [&](Index block) {
      Index end = code.scale(code.add(block, {Value(), 1}), panels.columns.block());
      end = code.min(end, {Value(), panels.columns.total});
      Index rows = code.quotient(code.add(end, {Value(), panels.rows.block() - 1}), panels.rows.block());
      Place place{origin,
                  {},
                  choose(block, firstBlock, firstRow, {}),
                  choose(block, lastBlock, lastRow, rows),
                  code.scale(block, panels.columns.block()),
                  origin,
                  {}};
      place.columns = enterBlock(panels.columns, block, place.start);
      writeParts(place);
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
    Index next = code.min(code.add(number, {Value(), 1}), {Value(), left - 1});
    Index columnBlock = take(number, left, panels.columns.blocks());
    Place place{enterMatrix(number, left), {}, from, to, {}, {}, {}};
    place.columns = enterBlock(panels.columns, columnBlock, place.start);
    if (panels.fetchesNext) place.next = startOfBlock(next);
    writeParts(place);
  }

  /// Where the columns' factor starts in a block of columns.
  Index startOfBlock(Index number) {
    int64_t left = panels.cells / panels.rowRanges;
    Index columnBlock = take(number, left, panels.columns.blocks());
    ContractOffsets start = enterMatrix(number, left);
    enterBlock(panels.columns, columnBlock, start);
    return start[panels.columnArray];
  }

  /// The first element of a matrix in every array; `number` counts the `left` matrices.
  ContractOffsets enterMatrix(Index number, int64_t left) {
    ContractOffsets start;
    for (const ContractArray &array : contraction.arrays)
      start.push_back({Value(), array.offset});
    for (int index : llvm::reverse(panels.batch))
      move(start, index, take(number, left, panels.indices[index].extent));
    return start;
  }

  /// Some blocks of rows by one block of columns.
  struct Place {
    ContractOffsets start;   // of the columns
    Index columns, from, to; // how many columns there are, which blocks of rows
    Index column;            // of a symmetric product: position of the first column
    ContractOffsets matrix;  // and where the matrix starts
    Index next;              // where the columns' factor starts in the block after this one
  };

  void writeParts(const Place &place) {
    code.forEach({}, {Value(), panels.sum.blocks()}, [&](Index number) { writePart(place, number); });
  }

  void writePart(const Place &place, Index number) {
    ContractOffsets start = place.start;
    Index steps = enterBlock(panels.sum, number, start);
    writeContractPanelPack(code, plan, panels.columnArray, start, place.columns, steps);
    code.forEach(place.from, place.to, [&](Index block) {
      ContractPanelPart part{number, steps, start, place.matrix, {}, place.column, place.next};
      Index rows = enterBlock(panels.rows, block, part.start);
      part.row = code.scale(block, panels.rows.block());
      writeContractPanelPack(code, plan, panels.rowArray, part.start, rows, steps);
      writeTiles(part, rows, place.columns);
    });
  }

  void writeTiles(const ContractPanelPart &part, Index rows, Index columns) {
    if (panels.columnsOutside) {
      forEachTile(
          {}, panels.columns, columns, plan.tileColumns(), [&](Index columnTile, int64_t realColumns) {
            ContractFetch fetch;
            if (panels.fetchesNext) fetch = contractFetches(code, plan, part.next, columnTile);
            forEachTile({}, panels.rows, rows, panels.tileRows, [&](Index rowTile, int64_t realRows) {
              writeContractPanelTile(code, plan, part, rowTile, realRows, columnTile, realColumns, fetch);
            });
          });
      return;
    }
    forEachTile({}, panels.rows, rows, panels.tileRows, [&](Index rowTile, int64_t realRows) {
      forEachTile(firstTile(part, rowTile), panels.columns, columns, plan.tileColumns(),
                  [&](Index columnTile, int64_t realColumns) {
                    writeContractPanelTile(code, plan, part, rowTile, realRows, columnTile, realColumns);
                  });
    });
  }

  /// Tiles of columns before it lie below the diagonal of a symmetric product.
  Index firstTile(const ContractPanelPart &part, Index rowTile) {
    if (!panels.symmetric) return {};
    Index row = code.add(part.row, code.scale(rowTile, panels.tileRows));
    return code.quotient(code.max(code.add(row, code.scale(part.column, -1)), {}), plan.tileColumns());
  }

  /// Whole tiles from `first` on, then the rest of the block; its size is one of two.
  void forEachTile(Index first, const ContractGroup &group, Index length, int64_t width,
                   llvm::function_ref<void(Index, int64_t)> visit) {
    if (panels.symmetric) { // tiles know themselves what of them is real
      Index tiles = code.quotient(code.add(length, {Value(), width - 1}), width);
      return code.forEach(first, tiles, [&](Index tile) { visit(tile, width); });
    }
    Index tiles = code.quotient(length, width);
    code.forEach(first, tiles, [&](Index tile) { visit(tile, width); });
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
  Value starts; // table of the triangle
};

} // namespace

int64_t contractPanelScratch(const ContractPanels &panels) {
  return panels.items * (panels.rowCopy + panels.columnCopy) + panels.lanes;
}

void writeContractPanelKernel(Block &body, const Contraction &contraction, const ContractPanels &panels) {
  PanelKernelWriter(body, contraction, panels).write();
}

} // namespace tgc::schedule
