// See ContractGroups.h. The blocks follow Goto and BLIS: columns x steps and rows x steps stay in the second
// cache, one panel of columns in the first; the groups are the bundled indices of Springer and Bientinesi's
// GETT.
#include "compiler/schedule/ContractGroups.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace tgc::schedule {
namespace {

/// From here on half of the work is worth the copies (tgc-bench-gemm --square).
constexpr int64_t symmetricVolume = 48 * 48 * 48;

class Chooser {
public:
  Chooser(const Contraction &contraction, const ContractNumbers &numbers, const Machine &machine)
      : contraction(contraction), numbers(numbers), machine(machine) {
    panels.indices.assign(contraction.indices.begin(), contraction.indices.end());
  }

  std::optional<ContractPanels> choose() {
    result = llvm::find_if(contraction.arrays, [](const ContractArray &a) { return a.result >= 0; }) -
             contraction.arrays.begin();
    if (!fitsIndices() || !classify()) return std::nullopt;
    panels.lanes = machine.lanes(numbers.sumBytes);
    panels.vectors = 2;
    panels.maskedStores = machine.maskedMemory;
    panels.symmetric = symmetryOf(contraction).has_value() && panels.rows.order.size() == 1 &&
                       panels.columns.order.size() == 1;
    if (!worthwhile()) return std::nullopt;
    order();
    cut();
    if (!numbers.partialSums && panels.sum.blocks() > 1) return std::nullopt;
    share();
    return panels;
  }

private:
  int64_t stride(int index, size_t array) const { return panels.indices[index].strides[array]; }

  /// Offsets are 32-bit numbers in the tables.
  bool fitsIndices() const {
    for (size_t array = 0; array < contraction.arrays.size(); ++array) {
      int64_t reach = contraction.arrays[array].offset;
      for (const ContractIndex &index : panels.indices) {
        if (index.strides[array] < 0) return false;
        reach += (index.extent - 1) * index.strides[array];
      }
      if (reach >= int64_t(1) << 31) return false;
    }
    return true;
  }

  /// Fills the groups; the columns belong to the factor that has the result's innermost index.
  bool classify() {
    llvm::SmallVector<int> own[2];
    int innermost = -1;
    for (int at = 0; at < static_cast<int>(panels.indices.size()); ++at) {
      bool left = stride(at, 0) != 0, right = stride(at, 1) != 0;
      if (panels.indices[at].summed)
        panels.sum.order.push_back(at);
      else if (left == right)
        panels.batch.push_back(at);
      else
        own[right ? 1 : 0].push_back(at);
      if (!panels.indices[at].summed && stride(at, result) == 1) innermost = at;
    }
    if (innermost < 0 || llvm::is_contained(panels.batch, innermost)) return false;
    panels.columnArray = llvm::is_contained(own[1], innermost) ? 1 : 0;
    panels.rowArray = 1 - panels.columnArray;
    panels.columns.order = own[panels.columnArray];
    panels.rows.order = own[panels.rowArray];
    for (ContractGroup *group : {&panels.rows, &panels.columns, &panels.sum})
      for (int index : group->order)
        group->total *= panels.indices[index].extent;
    return true;
  }

  bool worthwhile() const {
    // Plain matrices are read where they lie up to 300 x 300 x 300; others walk memory badly without copies,
    // and batches come from afar, one after the other.
    bool plain = panels.batch.empty() && panels.rows.order.size() == 1 && panels.columns.order.size() == 1 &&
                 panels.sum.order.size() == 1;
    double volume = static_cast<double>(panels.rows.total) * static_cast<double>(panels.columns.total) *
                    static_cast<double>(panels.sum.total);
    // Scaled sums are equal on both sides only if one of them is a copy of the other.
    if (panels.symmetric)
      return contraction.scaled ||
             volume >= static_cast<double>(std::min(machine.panelVolume, symmetricVolume));
    return panels.rows.total >= 4 && panels.columns.total >= panels.lanes && panels.sum.total >= 4 &&
           volume >= static_cast<double>(machine.panelVolume) * (plain && machine.panelVolume > 1 ? 30 : 1);
  }

  int64_t extent(int index) const { return panels.indices[index].extent; }

  void sortBy(ContractGroup &group, size_t array) const {
    llvm::sort(group.order, [&](int a, int b) {
      return stride(a, array) != stride(b, array) ? stride(a, array) < stride(b, array) : a < b;
    });
  }

  /// The place in the group's order of the index whose steps are neighbours in the array; -1: none.
  int neighbour(const ContractGroup &group, size_t array) const { return placeOf(group, array, 1); }

  int placeOf(const ContractGroup &group, size_t array, int64_t step) const {
    for (auto [place, index] : llvm::enumerate(group.order))
      if (stride(index, array) == step) return static_cast<int>(place);
    return -1;
  }

  /// Splits the index at `place` into a fast part of about `least` to `most` steps and a slow one at the end
  /// of the order, if its extent has such a divisor.
  void split(ContractGroup &group, size_t place, int64_t least, int64_t most) {
    int index = group.order[place];
    int64_t best = 0, bestScore = 0, line = 64 / numbers.sumBytes;
    for (int64_t size = least; size <= most && size < extent(index); ++size) {
      int64_t score = (size % line == 0           ? 3000
                       : size % panels.lanes == 0 ? 2000
                       : size % 8 == 0            ? 1000
                                                  : 0) +
                      size;
      if (extent(index) % size == 0 && score > bestScore) best = size, bestScore = score;
    }
    if (best == 0) return;
    ContractIndex slow = panels.indices[index];
    slow.extent /= best;
    for (int64_t &step : slow.strides)
      step *= best;
    panels.indices[index].extent = best;
    group.order.push_back(static_cast<int>(panels.indices.size()));
    panels.indices.push_back(slow);
  }

  /// Rows and columns: about `wanted` neighbours in the result, then the factor's neighbours, so that blocks
  /// read whole cache lines of the factor and tiles write whole ones of the result; then the rest.
  /// Memory gives short runs at a fraction of its speed, so the factor's run is continued to about half a
  /// KiB.
  void orderOwn(ContractGroup &group, size_t array, int64_t wanted) {
    sortBy(group, result);
    int near = neighbour(group, array);
    int64_t found = 1;
    size_t place = 0;
    for (; near > 0 && static_cast<int>(place) < near && found < wanted; ++place) {
      int64_t missing = (wanted + found - 1) / found;
      if (extent(group.order[place]) > 2 * missing)
        split(group, place, std::max<int64_t>(2, missing / 2), 2 * missing);
      found *= extent(group.order[place]);
    }
    if (near < static_cast<int>(place)) return;
    bring(group, near, place);
    int64_t run = extent(group.order[place]);
    for (int next = 0; run < factorRun(array) && next >= 0;
         run *= next < 0 ? 1 : extent(group.order[place])) {
      next = placeOf(group, array, run);
      if (next <= static_cast<int>(place)) return;
      bring(group, next, ++place);
    }
  }

  static void bring(ContractGroup &group, size_t from, size_t to) {
    std::rotate(group.order.begin() + to, group.order.begin() + from, group.order.begin() + from + 1);
  }

  /// Elements of a factor that should be read in one go.
  int64_t factorRun(size_t array) const { return 512 / numbers.factorBytes[array]; }

  /// Neighbours in the result a block should have: whole lines, more of them where the sum is short.
  int64_t resultRun() const {
    int64_t line = 64 / numbers.sumBytes, steps = std::min<int64_t>(panels.sum.total, 256);
    return std::clamp(mostColumns(steps * numbers.sumBytes) / factorRun(panels.columnArray), line, 4 * line);
  }

  /// The sum: neighbours in the factors first; those of both, if they differ, share a block.
  void orderSum() {
    ContractGroup &group = panels.sum;
    int columns = neighbour(group, panels.columnArray);
    sortBy(group, columns >= 0 ? panels.columnArray : panels.rowArray);
    int rows = neighbour(group, panels.rowArray);
    if (columns < 0 || rows <= 0) return;
    bothNear = true;
    if (extent(group.order[0]) > 32) split(group, 0, 12, 32);
    std::rotate(group.order.begin() + 1, group.order.begin() + rows, group.order.begin() + rows + 1);
  }

  void order() {
    orderOwn(panels.columns, panels.columnArray, resultRun());
    // A short sum spends its time writing the result; a long one reading the factors.
    orderOwn(panels.rows, panels.rowArray, panels.sum.total <= 128 ? 12 : 1);
    orderSum();
    panels.run = 1;
    for (int index : panels.columns.order) {
      if (stride(index, result) != panels.run) break;
      panels.run *= extent(index);
    }
  }

  /// Cuts a group into blocks of at most about `most` positions, near equal ones, whole multiples of
  /// `quantum` where the innermost index itself is cut.
  void cutGroup(ContractGroup &group, size_t array, int64_t most, int64_t quantum) const {
    while (group.level < group.order.size() &&
           group.inner * panels.indices[group.order[group.level]].extent <= most)
      group.inner *= panels.indices[group.order[group.level++]].extent;
    if (group.level == group.order.size()) return;
    group.extent = panels.indices[group.order[group.level]].extent;
    int64_t fit = std::max<int64_t>(1, most / group.inner);
    group.pieces = (group.extent + fit - 1) / fit;
    group.steps = (group.extent + group.pieces - 1) / group.pieces;
    int64_t line = 64 / numbers.factorBytes[array];
    if (group.level > 0 && stride(group.order[group.level], array) == 1 && group.inner * line <= 2 * most)
      group.steps = (group.steps + line - 1) / line * line;
    if (group.level == 0) group.steps = (group.steps + quantum - 1) / quantum * quantum;
    group.steps = std::min(group.steps, std::max<int64_t>(group.extent, 1));
    group.pieces = (group.extent + group.steps - 1) / group.steps;
    for (size_t at = group.level + 1; at < group.order.size(); ++at)
      group.outer *= panels.indices[group.order[at]].extent;
  }

  /// Rows of a register tile that waste least on blocks of `rows`.
  int64_t bestTileRows(int64_t rows, int64_t most) const {
    int64_t best = std::min(rows, most);
    auto cost = [&](int64_t size) {
      return ((rows + size - 1) / size) * (size * panels.vectors * 0.5 + 1.0);
    };
    for (int64_t size = best; size * 2 > most; --size)
      if (cost(size) < cost(best)) best = size;
    return best;
  }

  /// Rows of the register tile. The sums leave room for one repeated element and the vectors of a step; of 32
  /// registers there is also room for the next step's.
  int64_t mostTileRows() const {
    int64_t held = machine.vectorRegisters >= 32 ? 2 + 2 * panels.vectors : 1 + panels.vectors;
    return (machine.vectorRegisters - held) / panels.vectors;
  }

  /// Where 256 columns (or all there are) do not fit in the second cache, they live in the last one, and a
  /// panel of them stays in the first while all row tiles of a block pass, so that each is read from afar
  /// once a block of rows. Plain squares are as fast either way; short sums get blocks of longer runs.
  bool columnsLast() const {
    constexpr int64_t steps = 512, narrow = 256;
    int64_t near = machine.l2Bytes * 3 / 4 / (steps * numbers.sumBytes);
    return !panels.symmetric && near < std::min(narrow, panels.columns.total);
  }

  /// Columns of a block for sums of `bytes`. Few rows leave no time to copy from afar: then what the next
  /// block is copied from should fit in the second cache too.
  int64_t mostColumns(int64_t bytes) const {
    constexpr int64_t narrow = 256, wide = 1024, longest = 8192, lastBytes = 1 << 20;
    int64_t near = machine.l2Bytes * 3 / 4 / bytes;
    if (columnsLast() && panels.rows.total * bytes <= rowBytes()) return std::min(longest, near);
    if (columnsLast()) return std::min(longest, std::min(lastBytes, machine.lastLevelBytes / 8) / bytes);
    if (near >= narrow) return std::min<int64_t>(near, 1536);
    return std::max(near, std::min(wide, machine.lastLevelBytes / 8 / bytes));
  }

  /// Bytes of a block of rows.
  int64_t rowBytes() const { return columnsLast() ? machine.l2Bytes * 3 / 8 : machine.l2Bytes / 8; }

  /// Steps of a block. Two thirds of the first cache for a panel of rows, or half of it for one of columns.
  int64_t mostSteps(int64_t tileRows, int64_t tileColumns) const {
    if (!numbers.partialSums) return 2048;
    int64_t steps = columnsLast() ? machine.l1Bytes / 2 / (tileColumns * numbers.sumBytes)
                                  : machine.l1Bytes * 2 / 3 / (tileRows * numbers.sumBytes);
    steps = std::clamp<int64_t>(steps / 16 * 16, 192, 512);
    // A little more is better than another part.
    if (panels.sum.total <= steps * 4 / 3) steps = panels.sum.total;
    return bothNear ? std::max<int64_t>(steps, 384) : steps;
  }

  void cut() {
    int64_t mostRows = mostTileRows();
    int64_t columnsOfTile = panels.vectors * panels.lanes;
    panels.columnsOutside = columnsLast();
    cutGroup(panels.sum, panels.columnArray, mostSteps(mostRows, columnsOfTile), 16);
    int64_t bytes = std::max<int64_t>(1, panels.sum.block() * numbers.sumBytes);
    cutGroup(panels.columns, panels.columnArray, std::max(mostColumns(bytes), columnsOfTile), columnsOfTile);
    if (panels.symmetric) {
      // Small row blocks, so that the pieces of the triangle can be of one size.
      // A short sum spends its time mirroring: whole squares then.
      bool squares = panels.sum.total <= 256 && panels.lanes <= mostRows && panels.lanes >= 4;
      panels.tileRows =
          squares ? std::min(panels.rows.total, panels.lanes) : bestTileRows(panels.rows.total, mostRows);
      int64_t tiles = std::clamp<int64_t>(panels.rows.total / panels.tileRows / 16, 1, 8);
      cutGroup(panels.rows, panels.rowArray, tiles * panels.tileRows, panels.tileRows);
    } else {
      cutGroup(panels.rows, panels.rowArray, std::clamp<int64_t>(rowBytes() / bytes, mostRows, 512),
               mostRows);
      panels.tileRows = bestTileRows(panels.rows.block(), mostRows);
    }
    panels.streams = storesLines();
    panels.fetchesNext = panels.columnsOutside && panels.sum.blocks() == 1 && panels.rows.blocks() == 1 &&
                         panels.columns.blocks() > 1 && panels.rows.total >= panels.tileRows;
    auto tiles = [](int64_t length, int64_t size) { return (length + size - 1) / size; };
    panels.rowCopy = tiles(panels.rows.block(), panels.tileRows) * panels.tileRows * panels.sum.block();
    panels.columnCopy = tiles(panels.columns.block(), columnsOfTile) * columnsOfTile * panels.sum.block();
    panels.rowCopy = (panels.rowCopy + 63) / 64 * 64;
    panels.columnCopy = (panels.columnCopy + 63) / 64 * 64;
  }

  /// Whether a tile's row is a line of a result that no cache holds. Fetching such lines only to write over
  /// them is a third of a short sum's traffic.
  bool storesLines() const {
    int64_t width = panels.vectors * panels.lanes, line = 64 / numbers.sumBytes, elements = panels.run;
    for (auto [at, index] : llvm::enumerate(panels.indices)) {
      int64_t step = index.strides[result];
      if (step % line && step >= panels.run) return false;
      if (step >= panels.run) elements = std::max(elements, step * index.extent);
    }
    return contraction.tail.empty() && contraction.arrays.size() == 3 && !panels.symmetric &&
           contraction.productType == contraction.sumType && contraction.arrays[result].offset % line == 0 &&
           panels.sum.blocks() == 1 && panels.lanes * numbers.sumBytes == machine.vectorBytes &&
           width % line == 0 && panels.run % width == 0 && machine.leavesCaches(elements * numbers.sumBytes);
  }

  void share() {
    constexpr double cyclesPerNanosecond = 3.0;
    double volume = 1;
    for (const ContractIndex &index : panels.indices)
      volume *= static_cast<double>(index.extent);
    panels.nanoseconds = volume / panels.lanes * numbers.multiplyAdd * 1.2 / cyclesPerNanosecond;
    int64_t batches = 1;
    for (int index : panels.batch)
      batches *= panels.indices[index].extent;
    int64_t blocks = batches * panels.columns.blocks(), wanted = 2 * std::max<int64_t>(2, machine.cores);
    if (panels.symmetric) panels.nanoseconds *= 0.55;
    if (panels.nanoseconds < 20000) wanted = 1;
    if (panels.symmetric) {
      panels.triangle = cutTriangle(panels, (wanted + batches - 1) / batches);
      panels.cells = batches * panels.triangle.pieces();
    } else {
      panels.rowRanges = std::clamp<int64_t>((wanted + blocks - 1) / blocks, 1, panels.rows.blocks());
      panels.cells = blocks * panels.rowRanges;
    }
    // Every item has its own copies in the scratch.
    int64_t mostItems = std::max<int64_t>(16, wanted);
    panels.cellsPerItem = (panels.cells + mostItems - 1) / mostItems;
    panels.items = (panels.cells + panels.cellsPerItem - 1) / panels.cellsPerItem;
  }

  const Contraction &contraction;
  const ContractNumbers &numbers;
  const Machine &machine;
  size_t result = 2;
  bool bothNear = false; // the sum has neighbours in both factors, different ones
  ContractPanels panels;
};

std::string describe(const ContractGroup &group) {
  return std::to_string(group.total) + " in " + std::to_string(group.blocks()) + " of " +
         std::to_string(group.block());
}

} // namespace

std::optional<ContractPanels> chooseContractPanels(const Contraction &contraction,
                                                   const ContractNumbers &numbers, const Machine &machine) {
  return Chooser(contraction, numbers, machine).choose();
}

std::string describe(const ContractPanels &panels) {
  return std::to_string(panels.tileRows) + " x " + std::to_string(panels.vectors) + " vectors of " +
         std::to_string(panels.lanes) + ", rows " + describe(panels.rows) + ", columns " +
         describe(panels.columns) + ", sum " + describe(panels.sum) + ", run " + std::to_string(panels.run) +
         (panels.symmetric ? ", symmetric: half is computed, then mirrored" : "") +
         (panels.fetchesNext ? ", the next columns fetched meanwhile" : "") +
         (panels.streams ? ", stored past the caches" : "");
}

} // namespace tgc::schedule
