// Cutting a run where what it reads changes.
#pragma once
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace tgc::schedule {

// Elements [from, to) of a run.
struct Piece {
  int64_t from, to;
};

// The longest pieces of [0, extent), at most `most` and in order, that no edge lies within, so that they are
// read without looking at bounds; what is left between them is little. None where there are no edges at all.
// `edges` gives those inside a piece, in elements from its start. More edges may appear in a smaller piece:
// what is read through bounds is seen only where these do not act.
llvm::SmallVector<Piece, 2> piecesOf(int64_t extent, int64_t lanes, int64_t most,
                                     llvm::function_ref<llvm::SmallVector<int64_t>(Piece)> edges);

} // namespace tgc::schedule
