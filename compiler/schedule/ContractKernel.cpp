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
        body(body), plan{contraction, tile, {}, tile.sums, {}, {}, 1} {}

  void write() {
    int inputs = contraction.product->getParentOfType<func::FuncOp>().getNumArguments();
    for (const ContractArray &array : contraction.arrays)
      plan.memories.push_back(
          code.flat(body.getArgument(2 + (array.result >= 0 ? inputs + array.result : array.argument))));
    if (tile.packed >= 0) makePanel();
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
    int64_t row = contractPanelRow(contraction.indices, tile), steps = 1;
    plan.panelStrides.assign(contraction.indices.size(), 0);
    plan.panelVectors = tile.vectorCut.largest();
    if (tile.second >= 0 && contraction.indices[tile.second].strides[tile.packed])
      plan.panelStrides[tile.second] = plan.panelVectors * tile.lanes;
    plan.panelStrides[tile.lane] = 1;
    for (size_t level = tile.sums.size(); level-- > (tile.parts > 1 ? tile.partLevel : 0);) {
      plan.panelStrides[tile.sums[level]] = steps * row;
      steps *= tile.parts > 1 && level == tile.partLevel ? tile.partSteps
                                                         : contraction.indices[tile.sums[level]].extent;
    }
    Type element = cast<MemRefType>(plan.memories[tile.packed].getType()).getElementType();
    plan.panel =
        memref::AllocaOp::create(code, MemRefType::get({steps * row}, element), code.getI64IntegerAttr(64));
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
      forEachPart(moved(offsets, tile.second, secondAt), [&](const ContractOffsets &inPart,
                                                             ContractSumPart part) {
        writeTiles(
            tile.vectorCut, grid.vectorBlocks, vectorBlock, masked(), [&](Index vectorAt, TileRun vectors) {
              auto atVector =
                  tile.lanesSummed ? inPart : moved(inPart, tile.lane, code.scale(vectorAt, tile.lanes));
              ContractMicroSizes sizes{1, second.size, vectors.size,
                                       vectors.masked ? lastLanes() : tile.lanes};
              if (plan.panel) writeContractPack(code, plan, sizes, atVector[tile.packed], part);
              writeTiles(tile.firstCut, grid.firstBlocks, firstBlock, false,
                         [&](Index firstAt, TileRun first) {
                           sizes.first = first.size;
                           writeContractMicro(code, plan, sizes, moved(atVector, tile.first, firstAt), part);
                         });
            });
      });
    });
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
      low = code.scale(block, blocks.size);
      high = code.add(low, {Value(), blocks.size});
      if (blocks.larger) {
        low = code.add(low, code.min(block, {Value(), blocks.larger}));
        Index next = code.add(block, {Value(), 1});
        high = code.add(code.scale(next, blocks.size), code.min(next, {Value(), blocks.larger}));
      }
    }
    for (const TileRun &run : tileRuns(tiles, maskLast)) {
      Index from = run.from == 0 ? low : code.max(low, {Value(), run.from});
      Index to = run.to == tiles.pieces ? high : code.min(high, {Value(), run.to});
      code.forEach(from, to, [&](Index number) {
        // Tiles before `larger` are one longer than `size`.
        Index at = run.from < tiles.larger
                       ? code.scale(number, tiles.size + 1)
                       : code.add(code.scale(number, tiles.size), {Value(), tiles.larger});
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
};

} // namespace

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
