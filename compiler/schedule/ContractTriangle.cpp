// See ContractTriangle.h. Work is counted in register tiles; copying a tile's rows or columns is about a
// quarter of using it once.
#include "compiler/schedule/ContractTriangle.h"
#include "compiler/schedule/ContractGroups.h"
#include <algorithm>

namespace tgc::schedule {
namespace {

constexpr double copyOfTile = 0.25;

int64_t tilesIn(int64_t length, int64_t size) { return (length + size - 1) / size; }

int64_t lengthOf(const ContractGroup &group, int64_t block) {
  return std::min(group.block(), group.total - block * group.block());
}

/// Tiles of a row block that reach the diagonal or lie beyond it.
double workOf(const ContractPanels &panels, int64_t columnBlock, int64_t rowBlock) {
  int64_t width = panels.vectors * panels.lanes, columnsFrom = columnBlock * panels.columns.block();
  int64_t tiles = tilesIn(lengthOf(panels.columns, columnBlock), width);
  double work = 0;
  for (int64_t row = 0; row < lengthOf(panels.rows, rowBlock); row += panels.tileRows) {
    int64_t first = std::max<int64_t>(0, rowBlock * panels.rows.block() + row - columnsFrom) / width;
    work += static_cast<double>(std::max<int64_t>(0, tiles - first)) + copyOfTile;
  }
  return work;
}

struct Unit {
  int64_t columnBlock, rowBlock;
  double work;
};

llvm::SmallVector<Unit> unitsOf(const ContractPanels &panels) {
  llvm::SmallVector<Unit> units;
  for (int64_t column = 0; column < panels.columns.blocks(); ++column) {
    int64_t end = column * panels.columns.block() + lengthOf(panels.columns, column);
    for (int64_t row = 0; row * panels.rows.block() < end && row < panels.rows.blocks(); ++row)
      units.push_back({column, row, workOf(panels, column, row)});
  }
  return units;
}

} // namespace

ContractTriangle cutTriangle(const ContractPanels &panels, int64_t most) {
  ContractTriangle triangle;
  auto units = unitsOf(panels);
  double whole = 0, done = 0;
  for (const Unit &unit : units)
    whole += unit.work;
  triangle.starts.push_back({0, 0});
  for (const Unit &unit : units) {
    // A piece ends where half of the next unit would be too much.
    auto begun = static_cast<double>(triangle.starts.size());
    bool next = triangle.starts.size() < static_cast<size_t>(most) && done > 0 &&
                done + unit.work / 2 > whole * begun / static_cast<double>(most);
    if (next) triangle.starts.push_back({unit.columnBlock, unit.rowBlock});
    done += unit.work;
  }
  triangle.starts.push_back({panels.columns.blocks(), 0});
  return triangle;
}

} // namespace tgc::schedule
