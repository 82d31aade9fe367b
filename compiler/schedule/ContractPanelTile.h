// One register tile over packed copies, and its way to the result: plain vectors where the tile's columns are
// neighbours there, two masked pieces or a scatter where they are not.
#pragma once
#include "compiler/schedule/ContractGroups.h"
#include "compiler/schedule/ContractMicro.h"
#include <functional>

namespace tgc::schedule {

/// What every piece of code of one kernel shares. Tables hold 32-bit offsets of a block's positions from its
/// first; null where the array does not move along the group.
struct ContractPanelPlan {
  const Contraction &contraction;
  const ContractPanels &panels;
  llvm::SmallVector<mlir::Value> memories; // flat, one an array
  llvm::SmallVector<mlir::Value> rowOffsets, columnOffsets, sumOffsets;
  mlir::Value copies; // of both factors' blocks, in the type of the sums
  ContractIndexValue rowCopy, columnCopy;
  mlir::Value streams; // whether the result is aligned to lines and stored past the caches; null: never

  int64_t tileColumns() const { return panels.vectors * panels.lanes; }
  size_t resultArray() const;
};

/// One part of one cell.
struct ContractPanelPart {
  ContractIndexValue number, steps; // which part of the sum, and how long it is
  ContractOffsets start;            // the cell's first element in every array
  // Of a symmetric product: the first element of its matrix in every array, and where the cell lies in it.
  ContractOffsets matrix;
  ContractIndexValue row, column;
  ContractIndexValue next; // where the columns' factor starts in the block after this one
};

/// Fetches the line of a number into the caches.
using ContractFetch = std::function<void(ContractIndexValue number)>;

/// Writes tile (`rowTile`, `columnTile`) with `rows` x `columns` of its elements real. A symmetric product's
/// tiles are whole; what is not real is not stored. Row tiles share the lines of `fetch`, if it is given,
/// between them: memory works while they multiply.
void writeContractPanelTile(ContractCode &code, const ContractPanelPlan &plan, const ContractPanelPart &part,
                            ContractIndexValue rowTile, int64_t rows, ContractIndexValue columnTile,
                            int64_t columns, const ContractFetch &fetch = nullptr);

} // namespace tgc::schedule
