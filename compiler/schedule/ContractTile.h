// Chooses how a contraction is cut: which index runs along the lanes of a vector, which two are unrolled into
// registers, how large that register tile is. A cost model in cycles on plain numbers, no IR, no search at
// run time.
#pragma once
#include "compiler/schedule/ContractShape.h"
#include "compiler/schedule/Machine.h"

namespace tgc::schedule {

/// `total` things cut into equal pieces: the first `larger` hold `size + 1`, the others `size`.
struct ContractCut {
  int64_t total = 1, pieces = 1, size = 1, larger = 0;

  static ContractCut balanced(int64_t total, int64_t most);
  int64_t largest() const { return larger ? size + 1 : size; }
};

/// The register tile: first x second x vectors accumulators (times splits along the sum).
struct ContractTile {
  bool lanesSummed = false; // lanes run along a summed index and are added up at the end
  int lane = -1;            // index along the lanes; -1: the kernel is scalar
  int first = -1;           // indices unrolled into registers; -1: none
  int second = -1;
  int step = -1;                              // innermost summed loop; -1: none
  int64_t lanes = 1;                          // elements of one vector
  ContractCut firstCut, secondCut, vectorCut; // in rows, rows, vectors
  int64_t splits = 1;                         // independent accumulators along the innermost sum
  int64_t unroll = 1;                         // steps of the innermost summed loop written out
  llvm::SmallVector<int> sums;                // summed indices, outermost first; `step` is the last
  int packed = -1;                            // the factor copied into a panel before use; -1: none
  bool blocked = false;                       // the other factor is copied too, a block of rows for each item
  size_t partLevel = 0;  // with several parts: position in `sums` that is cut into parts,
  int64_t partSteps = 1; // steps of it in one part,
  int64_t parts = 1;     // and how many parts the whole sum has
  double cycles = 0;     // the model's time for the whole kernel
};

/// Numbers of the contraction the model needs and the index list cannot tell.
struct ContractNumbers {
  int64_t sumBytes = 4;            // bytes of one accumulator element
  double multiplyAdd = 0.5;        // cycles of one vector multiply-add when many are in flight
  int64_t latency = 4;             // cycles until its result can be used
  int64_t factorBytes[2] = {4, 4}; // bytes of one element of each factor
  bool sameFactors = true;         // both factors have one element type
  bool partialSums = true;         // sums may wait in the result's memory
};

ContractNumbers contractNumbers(const Contraction &contraction, const Machine &machine);

/// Elements between neighbouring summed steps of the panel.
int64_t contractPanelRow(llvm::ArrayRef<ContractIndex> indices, const ContractTile &tile);

/// One line for people: "14 x 1 x 2 vectors of 16, panel of right in 4 parts, unroll 2".
std::string describe(const ContractTile &tile);

/// The cheapest tile under the model. Pure: equal arguments give equal tiles.
ContractTile chooseContractTile(llvm::ArrayRef<ContractIndex> indices, const ContractNumbers &numbers,
                                const Machine &machine);

} // namespace tgc::schedule
