// See ContractKernel.h. The nest, outermost first: items, cells of an item, second tiles, vector tiles, first
// tiles, summed loops, then the register tile written out. Edge tiles have their own static code; only the
// last vector is masked.
#include "compiler/schedule/ContractKernel.h"
#include "compiler/schedule/ContractPack.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

/// A run of equal tiles: tile numbers [from, to) of a cut.
struct TileRun {
  int64_t from, to, size;
  bool masked = false;
  Index number = {}; // of the tile at hand
};

SmallVector<TileRun> tileRuns(const ContractCut &cut, bool maskLast) {
  SmallVector<TileRun> runs;
  auto add = [&](int64_t from, int64_t to, int64_t size, bool masked) {
    if (from < to) runs.push_back({from, to, size, masked});
  };
  int64_t plain = maskLast ? cut.pieces - 1 : cut.pieces;
  add(0, std::min(cut.larger, plain), cut.size + 1, false);
  add(cut.larger, plain, cut.size, false);
  if (maskLast) add(plain, cut.pieces, plain < cut.larger ? cut.size + 1 : cut.size, true);
  return runs;
}

class KernelWriter {
public:
  KernelWriter(Block &body, const Contraction &contraction, const ContractTile &tile,
               const ContractGrid &grid)
      : contraction(contraction), tile(tile), grid(grid), code(contraction.product.getLoc(), body),
        body(body), plan{contraction, tile, {}, tile.sums} {}

  void write() {
    int inputs = contraction.product->getParentOfType<func::FuncOp>().getNumArguments();
    for (const ContractArray &array : contraction.arrays)
      plan.memories.push_back(
          code.flat(body.getArgument(2 + (array.result >= 0 ? inputs + array.result : array.argument))));
    if (tile.packed >= 0) makePanel();
    if (grid.blockElements) makeBlock();
    // All items of one call share the slot of its first: ranges are disjoint, and the slot stays in the
    // second cache.
    blockStart = grid.items == 1 ? Index{} : code.scale({body.getArgument(0), 0}, grid.blockElements);
    ContractOffsets start;
    for (const ContractArray &array : contraction.arrays)
      start.push_back({Value(), array.offset});
    auto loop = scf::ForOp::create(code, body.getArgument(0), body.getArgument(1), code.indexConstant(1));
    {
      OpBuilder::InsertionGuard guard(code);
      code.setInsertionPointToStart(loop.getBody());
      writeItem(grid.items == 1 ? Index{} : Index{loop.getInductionVar(), 0}, start);
    }
    code.setInsertionPointToEnd(&body);
  }

private:
  /// Scratch for one packed panel; its rows are one summed step long.
  void makePanel() {
    int64_t row = contractPanelRow(contraction.indices, tile);
    ContractCopy &panel = plan.copies[tile.packed];
    panel.strides.assign(contraction.indices.size(), 0);
    plan.panelVectors = tile.vectorCut.largest();
    if (tile.second >= 0 && contraction.indices[tile.second].strides[tile.packed])
      panel.strides[tile.second] = plan.panelVectors * tile.lanes;
    panel.strides[tile.lane] = 1;
    panelElements = strideSums(panel, row);
    if (grid.panelsElements) {
      panel.memory = code.flat(body.getArguments().back());
      return;
    }
    Type element = cast<MemRefType>(plan.memories[tile.packed].getType()).getElementType();
    panel.memory =
        memref::AllocaOp::create(code, MemRefType::get({panelElements}, element), code.getI64IntegerAttr(64));
  }

  /// Gives the summed loops of one part their strides in a copy, `step` for the innermost; returns the part's
  /// size.
  int64_t strideSums(ContractCopy &copy, int64_t step) {
    for (size_t level = tile.sums.size(); level-- > (tile.parts > 1 ? tile.partLevel : 0);) {
      copy.strides[tile.sums[level]] = step;
      step *= tile.parts > 1 && level == tile.partLevel ? tile.partSteps
                                                        : contraction.indices[tile.sums[level]].extent;
    }
    return step;
  }

  /// The items' scratch for blocks of the other factor is the last argument.
  void makeBlock() {
    ContractCopy &block = plan.copies[1 - tile.packed];
    block.strides.assign(contraction.indices.size(), 0);
    strideSums(block, 1);
    block.strides[tile.first] = grid.blockRow;
    block.memory = code.flat(body.getArguments().back());
  }

  ContractOffsets moved(const ContractOffsets &offsets, int index, Index steps) {
    if (index < 0) return offsets;
    ContractOffsets result;
    for (auto [array, offset] : llvm::enumerate(offsets))
      result.push_back(code.add(offset, code.scale(steps, contraction.indices[index].strides[array])));
    return result;
  }

  void writeItem(Index item, const ContractOffsets &offsets) {
    Index low = code.scale(item, grid.cellsPerItem);
    Index high = code.add(low, {Value(), grid.cellsPerItem});
    if (grid.cells % grid.cellsPerItem) high = code.min(high, {Value(), grid.cells});
    if (grid.cellsPerItem == 1) return writeCell(low, offsets);
    code.forEach(low, high, [&](Index cell) { writeCell(cell, offsets); });
  }

  /// Splits the cell's number into outer coordinates and blocks; the first block moves fastest.
  void writeCell(Index cell, ContractOffsets offsets) {
    int64_t left = grid.cells;
    auto take = [&](int64_t count) {
      left /= count;
      Index digit = left == 1 ? cell : code.remainder(cell, count);
      cell = left == 1 ? Index{} : code.quotient(cell, count);
      return count == 1 ? Index{} : digit;
    };
    Index firstBlock = take(grid.firstBlocks.pieces);
    Index vectorBlock = take(grid.vectorBlocks.pieces);
    Index secondBlock = take(grid.secondBlocks.pieces);
    for (int index : llvm::reverse(grid.outer))
      offsets = moved(offsets, index, take(contraction.indices[index].extent));
    writeTiles(tile.secondCut, grid.secondBlocks, secondBlock, false, [&](Index secondAt, TileRun second) {
      forEachPart(moved(offsets, tile.second, secondAt),
                  [&](const ContractOffsets &at, ContractSumPart part) {
                    writePart(at, part, second.size, vectorBlock, firstBlock);
                  });
    });
  }

  /// One part of the sum for one cell: copies first, then vector tiles, and inside them the first tiles that
  /// share a panel.
  void writePart(const ContractOffsets &offsets, const ContractSumPart &part, int64_t second,
                 Index vectorBlock, Index firstBlock) {
    Index firstRow = startOf(tile.firstCut, startOf(grid.firstBlocks, firstBlock));
    Index firstVector = startOf(grid.vectorBlocks, vectorBlock);
    Index panels = code.add(blockStart, {Value(), grid.blockElements - grid.panelsElements});
    if (grid.blockElements) {
      Index next = startOf(tile.firstCut, startOf(grid.firstBlocks, code.add(firstBlock, {Value(), 1})));
      writeContractBlock(code, plan, code.add(next, code.scale(firstRow, -1)),
                         moved(offsets, tile.first, firstRow)[1 - tile.packed], blockStart, part);
    }
    if (grid.panelsElements) fillPanels(offsets, part, second, vectorBlock, panels);
    writeTiles(
        tile.vectorCut, grid.vectorBlocks, vectorBlock, masked(), [&](Index vectorAt, TileRun vectors) {
          auto atVector =
              tile.lanesSummed ? offsets : moved(offsets, tile.lane, code.scale(vectorAt, tile.lanes));
          ContractMicroSizes sizes{1, second, vectors.size, vectors.masked ? lastLanes() : tile.lanes};
          if (grid.panelsElements) {
            Index number = code.add(vectors.number, code.scale(firstVector, -1));
            atVector[tile.packed] = code.add(panels, code.scale(number, panelElements));
          } else if (tile.packed >= 0) {
            writeContractPack(code, plan, sizes, atVector[tile.packed], {}, part);
            atVector[tile.packed] = {};
          }
          writeTiles(tile.firstCut, grid.firstBlocks, firstBlock, false, [&](Index firstAt, TileRun first) {
            sizes.first = first.size;
            auto at = moved(atVector, tile.first, firstAt);
            if (tile.packed >= 0) at[tile.packed] = atVector[tile.packed];
            if (grid.blockElements) {
              Index row = code.add(firstAt, code.scale(firstRow, -1));
              at[1 - tile.packed] = code.add(blockStart, code.scale(row, grid.blockRow));
            }
            writeContractMicro(code, plan, sizes, at, part);
          });
        });
  }

  /// All panels of a cell, step by step of the sum: whole rows of the factor are read in the order they lie
  /// in memory.
  void fillPanels(const ContractOffsets &offsets, const ContractSumPart &part, int64_t second,
                  Index vectorBlock, Index panels) {
    Index firstVector = startOf(grid.vectorBlocks, vectorBlock);
    forEachContractStep(code, plan, offsets[tile.packed], panels, part, [&](Index from, Index to) {
      writeTiles(
          tile.vectorCut, grid.vectorBlocks, vectorBlock, masked(), [&](Index vectorAt, TileRun vectors) {
            ContractMicroSizes sizes{1, second, vectors.size, vectors.masked ? lastLanes() : tile.lanes};
            Index number = code.add(vectors.number, code.scale(firstVector, -1));
            int64_t stride = tile.lanes * contraction.indices[tile.lane].strides[tile.packed];
            writeContractPackStep(code, plan, sizes, code.add(from, code.scale(vectorAt, stride)),
                                  code.add(to, code.scale(number, panelElements)));
          });
    });
  }

  /// Where a piece of a cut starts; the total for the piece after the last.
  Index startOf(const ContractCut &cut, Index piece) {
    Index at = code.scale(piece, cut.size);
    return cut.larger ? code.add(at, code.min(piece, {Value(), cut.larger})) : at;
  }

  /// Runs `inner` for each part of the sum, in order.
  void forEachPart(const ContractOffsets &offsets,
                   llvm::function_ref<void(const ContractOffsets &, ContractSumPart)> inner, size_t level = 0,
                   Index number = {}) {
    if (tile.parts == 1) return inner(offsets, {});
    int index = tile.sums[level];
    int64_t extent = contraction.indices[index].extent;
    if (level < tile.partLevel)
      return code.forEach({}, {Value(), extent}, [&](Index at) {
        forEachPart(moved(offsets, index, at), inner, level + 1, code.add(code.scale(number, extent), at));
      });
    int64_t pieces = (extent + tile.partSteps - 1) / tile.partSteps;
    code.forEach({}, {Value(), pieces}, [&](Index piece) {
      Index start = code.scale(piece, tile.partSteps);
      Index left = code.add({Value(), extent}, code.scale(start, -1));
      inner(moved(offsets, index, start), {code.add(code.scale(number, pieces), piece), tile.parts, level,
                                           code.min(left, {Value(), tile.partSteps})});
    });
  }

  int64_t laneExtent() const { return tile.lane < 0 ? 1 : contraction.indices[tile.lane].extent; }
  bool masked() const { return !tile.lanesSummed && laneExtent() % tile.lanes; }
  int64_t lastLanes() const { return laneExtent() % tile.lanes; }

  /// Loops over the tiles of one block, one loop for each run of equal tiles; gives the tile's first row or
  /// vector.
  void writeTiles(const ContractCut &tiles, const ContractCut &blocks, Index block, bool maskLast,
                  llvm::function_ref<void(Index, TileRun)> inner) {
    Index low{}, high{Value(), tiles.pieces};
    if (blocks.pieces > 1) {
      low = startOf(blocks, block);
      high = startOf(blocks, code.add(block, {Value(), 1}));
    }
    for (TileRun run : tileRuns(tiles, maskLast)) {
      Index from = run.from == 0 ? low : code.max(low, {Value(), run.from});
      Index to = run.to == tiles.pieces ? high : code.min(high, {Value(), run.to});
      code.forEach(from, to, [&](Index number) {
        // Tiles before `larger` are one longer than `size`.
        Index at = run.from < tiles.larger
                       ? code.scale(number, tiles.size + 1)
                       : code.add(code.scale(number, tiles.size), {Value(), tiles.larger});
        run.number = number;
        inner(at, run);
      });
    }
  }

  const Contraction &contraction;
  const ContractTile &tile;
  const ContractGrid &grid;
  ContractCode code;
  Block &body;
  ContractMicroPlan plan;
  Index blockStart;          // of this call's block in the scratch
  int64_t panelElements = 0; // of one panel
};

} // namespace

/// Large products: cells of about 512 rows x 8 vector tiles, each with its own block of the other factor,
/// half the second cache at most. Copying a block costs 2 % of using it with eight vector tiles.
static void chooseBlocks(ContractGrid &grid, const Contraction &contraction, const ContractTile &tile) {
  constexpr int64_t cellRows = 512, cellVectors = 16;
  int64_t rows = tile.firstCut.largest();
  int64_t tiles = std::clamp<int64_t>(tile.firstCut.pieces / 2, 8, std::max<int64_t>(8, cellRows / rows));
  grid.firstBlocks = ContractCut::balanced(tile.firstCut.pieces, tiles);
  grid.vectorBlocks = ContractCut::balanced(tile.vectorCut.pieces,
                                            std::clamp<int64_t>(tile.vectorCut.pieces / 2, 1, cellVectors));
  grid.secondBlocks = ContractCut::balanced(tile.secondCut.pieces, tile.secondCut.pieces);
  grid.cells *= grid.firstBlocks.pieces * grid.vectorBlocks.pieces;
  grid.items = grid.cells;
  int64_t steps = 1;
  for (size_t level = tile.parts > 1 ? tile.partLevel : 0; level < tile.sums.size(); ++level)
    steps *= tile.parts > 1 && level == tile.partLevel ? tile.partSteps
                                                       : contraction.indices[tile.sums[level]].extent;
  int64_t line = 2 * tile.lanes; // at least a cache line, whatever the element
  grid.blockRow = (steps + line - 1) / line * line + line / 2 + 1;
  grid.blockElements = (grid.blockRow * grid.firstBlocks.largest() * rows + line - 1) / line * line;
  if (contraction.indices[tile.lane].strides[tile.packed] == 1) {
    grid.panelsElements = grid.vectorBlocks.largest() * contractPanelRow(contraction.indices, tile) * steps;
    grid.blockElements += grid.panelsElements;
  }
}

ContractGrid chooseContractGrid(const Contraction &contraction, const ContractTile &tile) {
  // 3 GHz turns the model's cycles into time; 5 us is ten times what starting an item costs.
  constexpr double cyclesPerNanosecond = 3.0, itemNanoseconds = 5000;
  ContractGrid grid;
  grid.nanoseconds = tile.cycles / cyclesPerNanosecond;
  for (int at = 0; at < static_cast<int>(contraction.indices.size()); ++at)
    if (!contraction.indices[at].summed && at != tile.lane && at != tile.first && at != tile.second) {
      grid.outer.push_back(at);
      grid.cells *= contraction.indices[at].extent;
    }
  llvm::sort(grid.outer, [&](int a, int b) {
    int64_t far = contraction.indices[a].strides.back(), near = contraction.indices[b].strides.back();
    return far != near ? far > near : a < b;
  });
  if (grid.cells == 0) return grid.items = 0, grid;
  if (tile.blocked) return chooseBlocks(grid, contraction, tile), grid;
  // A panel is filled once for each block of first tiles, so those are split last and as little as possible;
  // a few vector tiles stay together and read the other factor while it is in the second cache.
  auto wanted = std::clamp<int64_t>(grid.nanoseconds / itemNanoseconds, 1, tile.packed >= 0 ? 32 : 256);
  auto split = [&](const ContractCut &tiles, int64_t fewestTiles) {
    int64_t blocks = std::clamp<int64_t>((wanted + grid.cells - 1) / grid.cells, 1, tiles.pieces);
    int64_t size = std::max((tiles.pieces + blocks - 1) / blocks, std::min(fewestTiles, tiles.pieces));
    auto cut = ContractCut::balanced(tiles.pieces, size);
    grid.cells *= cut.pieces;
    return cut;
  };
  grid.secondBlocks = split(tile.secondCut, 1);
  grid.vectorBlocks =
      split(tile.vectorCut, tile.packed >= 0 ? std::min<int64_t>(4, tile.vectorCut.pieces / 8) : 1);
  grid.firstBlocks = split(tile.firstCut, tile.packed >= 0 ? 16 : 1);
  grid.cellsPerItem = std::max<int64_t>(1, grid.cells / wanted);
  grid.items = (grid.cells + grid.cellsPerItem - 1) / grid.cellsPerItem;
  return grid;
}

void writeContractKernel(Block &body, const Contraction &contraction, const ContractTile &tile,
                         const ContractGrid &grid) {
  KernelWriter(body, contraction, tile, grid).write();
}

} // namespace tgc::schedule
