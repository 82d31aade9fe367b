// Writes the loop form of a contraction for a chosen tile: scf, memref and one-dimensional vectors only.
#pragma once
#include "compiler/schedule/ContractTile.h"

namespace tgc::schedule {

/// How the output is shared out: cells of the grid (outer indices x tiles) and how many make one item.
struct ContractGrid {
  llvm::SmallVector<int> outer; // output indices that are neither lane nor tiled, slowest first
  ContractCut firstBlocks, secondBlocks, vectorBlocks; // tiles cut into blocks; one block of each is a cell
  int64_t cells = 1, cellsPerItem = 1, items = 1;
  int64_t blockRow = 0, blockElements = 0; // of the block an item copies the other factor to; 0: no block
  int64_t panelsElements = 0; // at the end of the block, for all panels of a cell; 0: one panel on the stack
  double nanoseconds = 0;
};

ContractGrid chooseContractGrid(const Contraction &contraction, const ContractTile &tile);

/// Fills `body` (whose arguments are begin, end, inputs..., results... in memory, then items x blockElements
/// of scratch if the grid has blocks) with the kernel.
void writeContractKernel(mlir::Block &body, const Contraction &contraction, const ContractTile &tile,
                         const ContractGrid &grid);

} // namespace tgc::schedule
