// See ContractTile.h. The model: a step of the innermost sum costs the largest of what its multiply-adds, its
// loads, its instructions and the latency of one accumulator chain need; a tile adds its stores and a fixed
// start. Constants are those of current x86 cores with AVX-512 (two multiply-adds, two loads, six
// instructions a cycle).
#include "compiler/schedule/ContractTile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include <algorithm>
#include <cmath>
#include <numeric>

namespace tgc::schedule {
namespace {

constexpr int leftArray = 0, rightArray = 1, resultArray = 2;

/// One way to cut, before its tile sizes are fixed.
struct Layout {
  bool lanesSummed;
  int lane, first, second;
};

class Model {
public:
  Model(llvm::ArrayRef<ContractIndex> indices, const ContractNumbers &numbers, const Machine &machine)
      : indices(indices), numbers(numbers), machine(machine) {}

  ContractTile best() {
    ContractTile chosen;
    chosen.cycles = 1e300;
    for (const Layout &layout : layouts())
      for (int64_t lanes : laneCounts(layout))
        tryTiles(layout, lanes, chosen);
    chosen.step = innermostSum(chosen.lanesSummed ? chosen.lane : -1);
    finish(chosen);
    return chosen;
  }

private:
  int64_t extent(int index) const { return index < 0 ? 1 : indices[index].extent; }
  int64_t stride(int index, int array) const { return index < 0 ? 0 : indices[index].strides[array]; }

  /// Whether some array walks the index element by element.
  bool contiguous(int at) const {
    return indices[at].extent > 1 && (stride(at, leftArray) == 1 || stride(at, rightArray) == 1 ||
                                      (!indices[at].summed && stride(at, resultArray) == 1));
  }

  std::vector<Layout> layouts() const {
    std::vector<Layout> found;
    int count = static_cast<int>(indices.size());
    bool anyContiguous = llvm::any_of(llvm::seq(0, count), [&](int at) { return contiguous(at); });
    for (int lane = -1; lane < count; ++lane) {
      if (lane < 0 && count > 0 && llvm::any_of(indices, [](const ContractIndex &i) { return i.extent > 1; }))
        continue;
      if (lane >= 0 && !contiguous(lane) && anyContiguous) continue;
      bool lanesSummed = lane >= 0 && indices[lane].summed;
      for (int first = -1; first < count; ++first) {
        if (first >= 0 && (first == lane || indices[first].summed)) continue;
        for (int second = -1; second < count; ++second)
          if (second < 0 || (second != lane && second != first && first >= 0 && !indices[second].summed))
            found.push_back({lanesSummed, lane, first, second});
      }
    }
    return found;
  }

  /// Full registers, and the smallest power of two that holds a short index.
  llvm::SmallVector<int64_t> laneCounts(const Layout &layout) const {
    int64_t full = machine.lanes(numbers.sumBytes);
    if (layout.lane < 0) return {1};
    int64_t lanes = 1;
    while (lanes < full && lanes < extent(layout.lane))
      lanes *= 2;
    return {lanes};
  }

  /// Bytes between neighbouring steps of an index, and how many such steps pass before the first cache's sets
  /// repeat (4096 bytes of sets on every x86 core).
  int64_t setsPeriod(int index, int array) const {
    int64_t bytes = std::abs(stride(index, array)) * numbers.factorBytes[array];
    return bytes == 0 ? 1 : 4096 / std::gcd<int64_t>(bytes, 4096);
  }

  /// Cycles of the load ports for one vector of the array.
  double loadCycles(const ContractTile &tile, int array) const {
    int64_t step = tile.packed == array ? 1 : stride(tile.lane, array);
    return step == 0 || step == 1 || tile.lanes == 1 ? 0.5 : 1.0 * tile.lanes; // else element by element
  }

  /// Whether every full vector of the array starts on a cache line, if the array does.
  bool aligned(const ContractTile &tile, int array) const {
    int64_t bytes = numbers.factorBytes[array];
    if (tile.lanes * bytes < machine.vectorBytes) return true;
    for (int at = 0; at < static_cast<int>(indices.size()); ++at)
      if (at != tile.lane && stride(at, array) * bytes % machine.vectorBytes) return false;
    return true;
  }

  /// Cycles lost for one vector because its line left the first cache before its next use.
  double missCycles(const ContractTile &tile, int array, int64_t steps) const {
    if (tile.packed == array || tile.blocked) return 0;
    if (tile.lanesSummed || stride(tile.lane, array) == 1) {
      // Lines that one pass over the sum can use without evicting itself: eight ways of the sets it touches.
      int64_t vectors = tile.vectorCut.largest(), inner = innermostSum(-1);
      int64_t sets = tile.lanesSummed ? 64 : std::min<int64_t>(64, setsPeriod(inner, array) * vectors);
      return (steps * vectors > sets * 8 ? 1.5 : 0) + (aligned(tile, array) ? 0 : 0.35);
    }
    int64_t rows = stride(tile.first, array) ? tile.firstCut.largest() : 1;
    return rows > setsPeriod(tile.first, array) * 8 ? 0.7 : 0;
  }

  /// Whether the array's lanes may go through a panel: it must not move with `first`, whose tiles share the
  /// panel.
  bool packable(const ContractTile &tile, int array) const {
    return tile.lane >= 0 && !tile.lanesSummed && stride(tile.lane, array) != 0 &&
           stride(tile.lane, 1 - array) == 0 && stride(tile.first, array) == 0 && tile.firstCut.pieces >= 2;
  }

  double packCycles(const ContractTile &tile, int array, int64_t steps) const {
    int64_t vectors = loads(tile, array), lane = stride(tile.lane, array);
    bool square = tile.lanes <= 16 && stride(innermostSum(-1), array) == 1;
    return 50.0 + steps * vectors * (lane == 1 ? 2.5 : square ? 8.0 : 1.5 * tile.lanes);
  }

  void tryTiles(const Layout &layout, int64_t lanes, ContractTile &chosen) const {
    int64_t vectors = layout.lanesSummed ? 1 : (extent(layout.lane) + lanes - 1) / lanes;
    vectors = std::max<int64_t>(vectors, 1);
    int64_t mostAccumulators = machine.vectorRegisters - 2;
    // A matrix-vector product along its rows reuses nothing but the vector. As many rows as lanes are summed
    // together and hide the latency; more were measured to be no faster, and all are written out twice.
    bool rowsOnly = layout.lanesSummed && (layout.first < 0 || stride(layout.first, leftArray) == 0 ||
                                           stride(layout.first, rightArray) == 0);
    int64_t mostRows = rowsOnly ? std::clamp<int64_t>(lanes, 4, 8) : mostAccumulators;
    for (int64_t n = 1; n <= std::min<int64_t>(vectors, 8); ++n)
      for (int64_t p = 1; p <= std::clamp<int64_t>(extent(layout.first), 1, mostAccumulators / n); ++p)
        for (int64_t q = 1; q <= std::clamp<int64_t>(extent(layout.second), 1, mostAccumulators / (n * p));
             ++q) {
          if (q == 1 && p > mostRows) continue;
          ContractTile tile;
          tile.lanesSummed = layout.lanesSummed;
          tile.lane = layout.lane, tile.first = layout.first, tile.second = layout.second;
          tile.lanes = lanes;
          tile.firstCut = ContractCut::balanced(extent(layout.first), p);
          tile.secondCut = ContractCut::balanced(extent(layout.second), q);
          tile.vectorCut = ContractCut::balanced(vectors, n);
          for (int packed = -1; packed < 2; ++packed) {
            tile.packed = packed;
            if ((packed < 0 || packable(tile, packed)) && rate(tile) && tile.cycles < chosen.cycles)
              chosen = tile;
          }
        }
  }

  /// Vectors one step loads from an array.
  int64_t loads(const ContractTile &tile, int array) const {
    return (stride(tile.first, array) ? tile.firstCut.largest() : 1) *
           (stride(tile.second, array) ? tile.secondCut.largest() : 1) *
           (!tile.lanesSummed && stride(tile.lane, array) ? tile.vectorCut.largest() : 1);
  }

  /// Whether the other factor should be copied in blocks: it is larger than half the second cache or its rows
  /// collide in the first, its sum is contiguous, and the copy is used by many vector tiles.
  bool blockable(const ContractTile &tile) const {
    int other = 1 - tile.packed, inner = innermostSum(-1);
    if (!numbers.sameFactors || tile.packed < 0 || tile.first < 0 || inner < 0 || stride(inner, other) != 1 ||
        stride(tile.second, other) || tile.firstCut.pieces < 16 || tile.vectorCut.pieces < 8)
      return false;
    int64_t steps = 1;
    for (const ContractIndex &index : indices)
      steps *= index.summed ? index.extent : 1;
    bool large = extent(tile.first) * steps * numbers.factorBytes[other] > machine.l2Bytes / 2;
    return steps >= 128 && (large || tile.firstCut.largest() > setsPeriod(tile.first, other) * 8);
  }

  bool rate(ContractTile &tile) const {
    tile.blocked = blockable(tile);
    int64_t accumulators = tile.firstCut.largest() * tile.secondCut.largest() * tile.vectorCut.largest();
    int64_t left = loads(tile, leftArray), right = loads(tile, rightArray);
    // The code generator loads the held vectors of two steps at once; one more than the registers hold is
    // spilled in the innermost loop, which halves the speed (14 x 2 against 13 x 2 in f64,
    // tools/bench/Gemm.cpp at 512).
    if (accumulators + 2 * std::min(left, right) + 1 > machine.vectorRegisters - 1) return false;
    int64_t steps = 1, tiles = 1;
    for (auto [position, index] : llvm::enumerate(indices)) {
      int at = static_cast<int>(position);
      if (index.summed)
        steps *=
            tile.lanesSummed && at == tile.lane ? (index.extent + tile.lanes - 1) / tile.lanes : index.extent;
      else if (at != tile.lane && at != tile.first && at != tile.second)
        tiles *= index.extent;
    }
    tile.splits = splits(tile, accumulators, std::min(left, right), steps);
    double arithmetic = accumulators * numbers.multiplyAdd;
    double memory = left * loadCycles(tile, leftArray) + right * loadCycles(tile, rightArray);
    double issue = (accumulators + left + right + 1) / 5.0;
    double chain = static_cast<double>(numbers.latency) / tile.splits;
    // Misses of the first cache do not hide behind arithmetic: they come in bursts, whole rows at a time.
    double step = std::max({arithmetic, memory, issue, chain}) + left * missCycles(tile, leftArray, steps) +
                  right * missCycles(tile, rightArray, steps);
    double store = stride(tile.lane, resultArray) == 1 || tile.lanes == 1 ? 1.0 : 1.0 * tile.lanes;
    if (tile.lanesSummed) store = 2.0 * std::log2(tile.lanes) + 1;
    double perTile = steps * step + accumulators * store + accumulators * (tile.splits - 1) * 0.5 + 12;
    tiles *= tile.firstCut.pieces * tile.secondCut.pieces * tile.vectorCut.pieces;
    // Edge tiles are nearly as dear as full ones where they are bound by latency; count them by their share.
    double share = static_cast<double>(tile.firstCut.total) /
                   (tile.firstCut.pieces * tile.firstCut.largest()) * tile.secondCut.total /
                   (tile.secondCut.pieces * tile.secondCut.largest()) * tile.vectorCut.total /
                   (tile.vectorCut.pieces * tile.vectorCut.largest());
    tile.cycles = tiles * perTile * share;
    if (tile.packed >= 0) {
      if (!numbers.partialSums && steps > mostSteps(tile)) return false;
      tile.cycles += tiles / tile.firstCut.pieces * packCycles(tile, tile.packed, steps);
      tile.cycles += tiles * (steps / mostSteps(tile)) * accumulators * 2;
    }
    return true;
  }

  /// More accumulators along the sum where the tile alone cannot hide the latency.
  int64_t splits(const ContractTile &tile, int64_t accumulators, int64_t held, int64_t steps) const {
    int64_t wanted = static_cast<int64_t>(numbers.latency / numbers.multiplyAdd);
    int64_t count = 1;
    while (count < 8 && accumulators * count < wanted && steps >= count * 4 &&
           accumulators * count * 2 + held + 2 <= machine.vectorRegisters)
      count *= 2;
    return count;
  }

  /// The summed index walked innermost: the one with the smallest steps through memory.
  int innermostSum(int except) const {
    int found = -1;
    auto walk = [&](int index) {
      return std::abs(stride(index, leftArray)) + std::abs(stride(index, rightArray));
    };
    for (int at = 0; at < static_cast<int>(indices.size()); ++at)
      if (indices[at].summed && at != except && (found < 0 || walk(at) < walk(found))) found = at;
    return except >= 0 ? except : found;
  }

  /// Summed steps a panel holds: two thirds of the first cache, never more than a kernel's 64 KiB of scratch.
  int64_t mostSteps(const ContractTile &tile) const {
    int64_t bytes = std::min<int64_t>(machine.l1Bytes * 2 / 3, 64 << 10);
    return std::max<int64_t>(
        tile.lanes, bytes / (contractPanelRow(indices, tile) * numbers.factorBytes[tile.packed]) / 8 * 8);
  }

  /// Cuts the sum into parts whose panel fits.
  void cutSum(ContractTile &tile) const {
    int64_t most = mostSteps(tile), inner = 1, total = 1;
    for (int index : tile.sums)
      total *= extent(index);
    if (total <= most) return;
    tile.partLevel = tile.sums.size() - 1;
    while (tile.partLevel > 0 && inner * extent(tile.sums[tile.partLevel]) <= most)
      inner *= extent(tile.sums[tile.partLevel--]);
    int64_t length = extent(tile.sums[tile.partLevel]);
    auto cut = ContractCut::balanced(length, std::max<int64_t>(1, most / inner));
    tile.partSteps = cut.largest();
    if (tile.partLevel + 1 == tile.sums.size()) {
      // Parts must be whole rounds of the unrolled loop.
      while (length % tile.unroll)
        tile.unroll /= 2;
      tile.splits = std::min(tile.splits, tile.unroll);
      tile.partSteps = (tile.partSteps + tile.unroll - 1) / tile.unroll * tile.unroll;
    }
    tile.parts = (length + tile.partSteps - 1) / tile.partSteps;
    for (size_t level = 0; level < tile.partLevel; ++level)
      tile.parts *= extent(tile.sums[level]);
  }

  void finish(ContractTile &tile) const {
    for (int at = 0; at < static_cast<int>(indices.size()); ++at)
      if (indices[at].summed && at != tile.step) tile.sums.push_back(at);
    if (tile.step >= 0) tile.sums.push_back(tile.step);
    int64_t accumulators = tile.firstCut.largest() * tile.secondCut.largest() * tile.vectorCut.largest();
    int64_t steps = extent(tile.step);
    if (tile.lanesSummed) steps = steps / tile.lanes;
    int64_t writtenOut = std::max<int64_t>(1, 64 / accumulators);
    tile.unroll = tile.splits;
    while (tile.unroll * 2 <= writtenOut && tile.unroll * 4 <= steps)
      tile.unroll *= 2;
    if (tile.packed >= 0) cutSum(tile);
  }

  llvm::ArrayRef<ContractIndex> indices;
  const ContractNumbers &numbers;
  const Machine &machine;
};

} // namespace

ContractCut ContractCut::balanced(int64_t total, int64_t most) {
  ContractCut cut;
  cut.total = total;
  cut.pieces = std::max<int64_t>(1, (total + most - 1) / most);
  cut.size = total / cut.pieces;
  cut.larger = total % cut.pieces;
  return cut;
}

ContractNumbers contractNumbers(const Contraction &contraction, const Machine &machine) {
  auto bytesOf = [](mlir::Type type) { return std::max<int64_t>(1, type.getIntOrFloatBitWidth() / 8); };
  ContractNumbers numbers;
  numbers.sumBytes = bytesOf(contraction.sumType);
  for (int array = 0; array < 2; ++array)
    numbers.factorBytes[array] = bytesOf(
        llvm::cast<mlir::ShapedType>(contraction.arrays[array].use->get().getType()).getElementType());
  auto elementOf = [&](int array) {
    return llvm::cast<mlir::ShapedType>(contraction.arrays[array].use->get().getType()).getElementType();
  };
  numbers.sameFactors = elementOf(0) == elementOf(1);
  auto result = llvm::find_if(contraction.arrays, [](const ContractArray &a) { return a.result >= 0; });
  numbers.partialSums =
      contraction.productType == contraction.sumType &&
      llvm::cast<mlir::ShapedType>(result->written.getType()).getElementType() == contraction.sumType;
  if (contraction.arithmetic == ContractArithmetic::Boolean) numbers.latency = 1;
  if (contraction.arithmetic == ContractArithmetic::Integer) {
    numbers.multiplyAdd = numbers.sumBytes == 8 ? 2.5 : 1.5;
    numbers.latency = 1; // only the addition is in the chain
  }
  if (contraction.arithmetic == ContractArithmetic::Float && !machine.fusedMultiplyAdd)
    numbers.multiplyAdd = 1.0;
  return numbers;
}

int64_t contractPanelRow(llvm::ArrayRef<ContractIndex> indices, const ContractTile &tile) {
  bool moves = tile.second >= 0 && indices[tile.second].strides[tile.packed] != 0;
  return (moves ? tile.secondCut.largest() : 1) * tile.vectorCut.largest() * tile.lanes;
}

std::string describe(const ContractTile &tile) {
  std::string text =
      std::to_string(tile.firstCut.largest()) + " x " + std::to_string(tile.secondCut.largest()) + " x " +
      std::to_string(tile.vectorCut.largest()) +
      (tile.lanesSummed ? " vectors along the sum of " : " vectors of ") + std::to_string(tile.lanes);
  if (tile.packed >= 0)
    text += std::string(", panel of ") + (tile.packed == 0 ? "left" : "right") + " in " +
            std::to_string(tile.parts) + " parts of " + std::to_string(tile.partSteps);
  if (tile.blocked) text += std::string(", blocks of ") + (tile.packed == 0 ? "right" : "left");
  return text + ", unroll " + std::to_string(tile.unroll) + ", splits " + std::to_string(tile.splits);
}

ContractTile chooseContractTile(llvm::ArrayRef<ContractIndex> indices, const ContractNumbers &numbers,
                                const Machine &machine) {
  return Model(indices, numbers, machine).best();
}

} // namespace tgc::schedule
