// See ContractKernel.h. The nest, outermost first: items, cells of an item, second tiles, vector tiles, first
// tiles, summed loops, then the register tile written out. Edge tiles have their own static code; only the
// last vector is masked.
#include "compiler/schedule/ContractKernel.h"
#include "compiler/schedule/ContractTail.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

/// One register tile's static sizes.
struct TileSizes {
  int64_t first, second, vectors;
  int64_t lastCount; // real lanes of the last vector
};

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
      : contraction(contraction), tile(tile), grid(grid), code(contraction.product->getLoc(), body),
        body(body) {}

  void write() {
    int inputs = contraction.product->getParentOfType<func::FuncOp>().getNumArguments();
    for (const ContractArray &array : contraction.arrays)
      memories.push_back(
          code.flat(body.getArgument(2 + (array.result >= 0 ? inputs + array.result : array.argument))));
    for (int at = 0; at < static_cast<int>(contraction.indices.size()); ++at)
      if (contraction.indices[at].summed && at != tile.step) outerSums.push_back(at);
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
      auto atSecond = moved(offsets, tile.second, secondAt);
      writeTiles(
          tile.vectorCut, grid.vectorBlocks, vectorBlock, masked(), [&](Index vectorAt, TileRun vectors) {
            auto atVector =
                tile.lanesSummed ? atSecond : moved(atSecond, tile.lane, code.scale(vectorAt, tile.lanes));
            writeTiles(tile.firstCut, grid.firstBlocks, firstBlock, false, [&](Index firstAt, TileRun first) {
              writeTile({first.size, second.size, vectors.size, vectors.masked ? lastLanes() : tile.lanes},
                        moved(atVector, tile.first, firstAt));
            });
          });
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

  void writeTile(const TileSizes &sizes, const ContractOffsets &offsets) {
    current = sizes;
    int64_t accumulators = sizes.first * sizes.second * sizes.vectors;
    SmallVector<Value> sums(accumulators * tile.splits, code.zeros(contraction.sumType, tile.lanes));
    sums = writeSums(0, {offsets[0], offsets[1]}, sums);
    for (int64_t width = tile.splits; width > 1; width /= 2)
      for (int64_t at = 0; at < accumulators * width / 2; ++at)
        sums[at] = plus(sums[at], sums[at + accumulators * width / 2]);
    int64_t at = 0;
    for (int64_t first = 0; first < sizes.first; ++first)
      for (int64_t second = 0; second < sizes.second; ++second)
        for (int64_t vector = 0; vector < sizes.vectors; ++vector) {
          auto here = moved(moved(offsets, tile.first, {Value(), first}), tile.second, {Value(), second});
          if (!tile.lanesSummed) here = moved(here, tile.lane, {Value(), vector * tile.lanes});
          Value value = tile.lanesSummed ? acrossLanes(sums[at]) : sums[at];
          ++at;
          writeContractTail(code, contraction, memories, value, here, tile.lanesSummed ? -1 : tile.lane,
                            vector + 1 == sizes.vectors ? sizes.lastCount : tile.lanes);
        }
  }

  /// Offsets of the two factors only.
  using Factors = std::array<Index, 2>;

  Factors movedFactors(Factors at, int index, Index steps) {
    for (int array = 0; array < 2 && index >= 0; ++array)
      at[array] = code.add(at[array], code.scale(steps, contraction.indices[index].strides[array]));
    return at;
  }

  /// A loop that carries the accumulators; straight-line for a single round.
  SmallVector<Value> carry(int64_t rounds, ArrayRef<Value> sums,
                           llvm::function_ref<SmallVector<Value>(Index, ArrayRef<Value>)> round) {
    if (rounds == 1) return round({}, sums);
    auto loop = scf::ForOp::create(code, code.indexConstant(0), code.indexConstant(rounds),
                                   code.indexConstant(1), SmallVector<Value>(sums));
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(loop.getBody());
    auto next = round({loop.getInductionVar(), 0}, SmallVector<Value>(loop.getRegionIterArgs()));
    scf::YieldOp::create(code, next);
    return SmallVector<Value>(loop.getResults());
  }

  SmallVector<Value> writeSums(size_t level, Factors at, ArrayRef<Value> sums) {
    if (level == outerSums.size()) return writeInnermost(at, sums);
    int index = outerSums[level];
    int64_t extent = contraction.indices[index].extent;
    if (extent == 0) return SmallVector<Value>(sums);
    return carry(extent, sums, [&](Index step, ArrayRef<Value> inner) {
      return writeSums(level + 1, movedFactors(at, index, step), inner);
    });
  }

  SmallVector<Value> writeInnermost(Factors at, ArrayRef<Value> start) {
    SmallVector<Value> sums(start);
    if (tile.step < 0) {
      writeStep(at, sums, 0, tile.lanes);
      return sums;
    }
    int64_t width = tile.lanesSummed ? tile.lanes : 1;
    int64_t extent = contraction.indices[tile.step].extent, steps = extent / width;
    int64_t accumulators = current.first * current.second * current.vectors;
    int64_t rounds = steps * accumulators <= mostWrittenOut ? 0 : steps / tile.unroll;
    auto run = [&](Factors from, int64_t count, SmallVector<Value> values) {
      for (int64_t step = 0; step < count; ++step)
        writeStep(movedFactors(from, tile.step, {Value(), step * width}), values, step % tile.splits,
                  tile.lanes);
      return values;
    };
    if (rounds > 0)
      sums = carry(rounds, sums, [&](Index round, ArrayRef<Value> inner) {
        return run(movedFactors(at, tile.step, code.scale(round, tile.unroll * width)), tile.unroll,
                   SmallVector<Value>(inner));
      });
    Factors rest = movedFactors(at, tile.step, {Value(), rounds * tile.unroll * width});
    sums = run(rest, steps - rounds * tile.unroll, sums);
    if (tile.lanesSummed && extent % width)
      writeStep(movedFactors(at, tile.step, {Value(), steps * width}), sums, 0, extent % width);
    return sums;
  }

  Value loadFactor(int array, Factors at, int64_t count) {
    int64_t stride = tile.lane < 0 ? 0 : contraction.indices[tile.lane].strides[array];
    Type element = cast<MemRefType>(memories[array].getType()).getElementType();
    // With summed lanes a factor that does not move still must be zero behind the mask; the other factor's
    // zeros do it, except for infinities, so the mask is applied to the repeated element too.
    Value loaded = code.load(memories[array], at[array], stride, tile.lanes, count);
    if (stride == 0 && count < tile.lanes && tile.lanesSummed)
      loaded = arith::SelectOp::create(code, code.prefixMask(count, tile.lanes), loaded,
                                       code.zeros(element, tile.lanes));
    return widen(loaded, element);
  }

  Value widen(Value vector, Type element) {
    if (element == contraction.sumType) return vector;
    Type type = VectorType::get({tile.lanes}, contraction.sumType);
    if (contraction.arithmetic == ContractArithmetic::Float) return arith::ExtFOp::create(code, type, vector);
    return arith::ExtSIOp::create(code, type, vector);
  }

  /// One value of the innermost sum for every accumulator of split `split`.
  void writeStep(Factors at, SmallVectorImpl<Value> &sums, int64_t split, int64_t stepLanes) {
    llvm::DenseMap<std::pair<int, int64_t>, Value> loaded;
    auto factor = [&](int array, int64_t first, int64_t second, int64_t vector) {
      auto stride = [&](int index) { return index < 0 ? 0 : contraction.indices[index].strides[array]; };
      int64_t along = tile.lanesSummed ? 0 : stride(tile.lane) * tile.lanes;
      int64_t away = first * stride(tile.first) + second * stride(tile.second) + vector * along;
      bool isLast = vector + 1 == current.vectors && !tile.lanesSummed;
      int64_t count = tile.lanesSummed ? stepLanes : isLast ? current.lastCount : tile.lanes;
      // Two vectors at the same place differ only when the index does not move the array at all.
      Value &value = loaded[{array, away}];
      if (!value) {
        Factors here = at;
        here[array] = code.add(at[array], {Value(), away});
        value = loadFactor(array, here, count);
      }
      return value;
    };
    int64_t accumulators = current.first * current.second * current.vectors;
    int64_t sum = split * accumulators;
    for (int64_t first = 0; first < current.first; ++first)
      for (int64_t second = 0; second < current.second; ++second)
        for (int64_t vector = 0; vector < current.vectors; ++vector, ++sum)
          sums[sum] =
              multiplyAdd(factor(0, first, second, vector), factor(1, first, second, vector), sums[sum]);
  }

  Value multiplyAdd(Value left, Value right, Value sum) {
    switch (contraction.arithmetic) {
    case ContractArithmetic::Float:
      return vector::FMAOp::create(code, left, right, sum);
    case ContractArithmetic::Integer:
      return arith::AddIOp::create(code, sum, arith::MulIOp::create(code, left, right));
    case ContractArithmetic::Boolean:
      return arith::OrIOp::create(code, sum, arith::AndIOp::create(code, left, right));
    }
    llvm_unreachable("all kinds handled");
  }

  Value plus(Value left, Value right) {
    switch (contraction.arithmetic) {
    case ContractArithmetic::Float:
      return arith::AddFOp::create(code, left, right);
    case ContractArithmetic::Integer:
      return arith::AddIOp::create(code, left, right);
    case ContractArithmetic::Boolean:
      return arith::OrIOp::create(code, left, right);
    }
    llvm_unreachable("all kinds handled");
  }

  /// The sum of a vector's lanes as a one-lane vector, always in the same order: upper half onto lower half.
  Value acrossLanes(Value vector) {
    for (int64_t lanes = tile.lanes; lanes > 1; lanes /= 2) {
      auto low = llvm::to_vector(llvm::seq<int64_t>(0, lanes / 2));
      auto high = llvm::to_vector(llvm::seq<int64_t>(lanes / 2, lanes));
      vector = plus(vector::ShuffleOp::create(code, vector, vector, low),
                    vector::ShuffleOp::create(code, vector, vector, high));
    }
    return vector;
  }

  /// Register tiles whose whole sum is at most this many multiply-adds have no loop (a 6 x 6 x 6 product has
  /// 36).
  static constexpr int64_t mostWrittenOut = 96;

  const Contraction &contraction;
  const ContractTile &tile;
  const ContractGrid &grid;
  ContractCode code;
  Block &body;
  SmallVector<Value> memories;
  SmallVector<int> outerSums;
  TileSizes current{};
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
  auto wanted = std::clamp<int64_t>(grid.nanoseconds / itemNanoseconds, 1, 256);
  auto split = [&](const ContractCut &tiles) {
    int64_t blocks = std::clamp<int64_t>((wanted + grid.cells - 1) / grid.cells, 1, tiles.pieces);
    auto cut = ContractCut::balanced(tiles.pieces, (tiles.pieces + blocks - 1) / blocks);
    grid.cells *= cut.pieces;
    return cut;
  };
  grid.secondBlocks = split(tile.secondCut);
  grid.vectorBlocks = split(tile.vectorCut);
  grid.firstBlocks = split(tile.firstCut);
  grid.cellsPerItem = std::max<int64_t>(1, grid.cells / wanted);
  grid.items = (grid.cells + grid.cellsPerItem - 1) / grid.cellsPerItem;
  return grid;
}

void writeContractKernel(Block &body, const Contraction &contraction, const ContractTile &tile,
                         const ContractGrid &grid) {
  KernelWriter(body, contraction, tile, grid).write();
}

} // namespace tgc::schedule
