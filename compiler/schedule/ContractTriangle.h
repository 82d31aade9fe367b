// A symmetric product: only register tiles that reach the diagonal or lie beyond it are computed, their sums
// are stored on both sides. How that triangle is cut into pieces of equal work. Plain numbers.
#pragma once
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace tgc::schedule {

struct ContractPanels;

/// The triangle of one matrix is walked block of columns by block of columns, in each the blocks of rows that
/// reach the diagonal. Piece p goes from `starts[p]` to before `starts[p + 1]`.
struct ContractTriangle {
  struct Start {
    int64_t columnBlock = 0, rowBlock = 0;
  };
  llvm::SmallVector<Start> starts;

  int64_t pieces() const { return static_cast<int64_t>(starts.size()) - 1; }
};

/// Cuts the triangle into at most `most` pieces. The blocks of rows and columns are chosen already; a block
/// of rows is the smallest unit.
ContractTriangle cutTriangle(const ContractPanels &panels, int64_t most);

} // namespace tgc::schedule
