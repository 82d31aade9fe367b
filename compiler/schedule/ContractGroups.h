// Large contractions of any index order: which indices are rows, columns, steps of the sum and batch, in
// which order each group is walked, and how it is cut into blocks whose copies fit in the caches. Plain
// numbers.
#pragma once
#include "compiler/schedule/ContractTile.h"
#include "compiler/schedule/ContractTriangle.h"

namespace tgc::schedule {

/// Indices walked as one: positions of the group count `order[0]` fastest. A block holds all of the indices
/// before `level`, `steps` of `order[level]` and one of each after it.
struct ContractGroup {
  llvm::SmallVector<int> order;
  int64_t total = 1, inner = 1; // positions of the group; of the indices before `level`
  size_t level = 0;
  int64_t steps = 1, pieces = 1, extent = 1; // of order[level]
  int64_t outer = 1;                         // of the indices after it

  int64_t block() const { return inner * steps; }
  int64_t lastBlock() const { return inner * (extent - (pieces - 1) * steps); }
  int64_t blocks() const { return pieces * outer; }
};

/// A contraction as products of copies: rows x steps of one factor, steps x columns of the other. The columns
/// run along the lanes; neighbouring columns are neighbours in the result as far as possible.
struct ContractPanels {
  llvm::SmallVector<ContractIndex> indices; // the contraction's, some of them split in two
  int rowArray = 0, columnArray = 1;        // the factor that is repeated over lanes, the one read by vectors
  llvm::SmallVector<int> batch;             // in both factors and the result
  ContractGroup rows, columns, sum;
  int64_t lanes = 1, vectors = 1, tileRows = 1; // the register tile: tileRows x vectors
  int64_t run = 1;                              // neighbouring columns that are neighbours in the result
  int64_t rowRanges = 1;                        // cells along the rows
  bool symmetric = false;                       // one row index, one column index; what is above the diagonal
  ContractTriangle triangle;                    // is computed, in these pieces
  int64_t cells = 1, cellsPerItem = 1, items = 1;
  int64_t rowCopy = 0, columnCopy = 0; // elements of one block's copy
  bool maskedStores = false;           // the machine's are as fast as others
  bool columnsOutside = false;         // tiles of one panel of columns follow each other, not of one of rows
  bool streams = false;                // whole lines are stored past the caches, where the result is aligned
  bool fetchesNext = false;            // they fetch what the next block of columns is copied from
  double nanoseconds = 0;
};

/// The cut of a contraction that is large enough for copies of both factors to pay; nothing if it is not, or
/// if the result's neighbouring elements belong to both factors.
std::optional<ContractPanels> chooseContractPanels(const Contraction &contraction,
                                                   const ContractNumbers &numbers, const Machine &machine);

/// One line for people.
std::string describe(const ContractPanels &panels);

} // namespace tgc::schedule
