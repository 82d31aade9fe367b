#include "compiler/schedule/Pieces.h"
#include "llvm/ADT/STLExtras.h"

namespace tgc::schedule {

llvm::SmallVector<Piece, 2> piecesOf(int64_t extent, int64_t lanes, int64_t most,
                                     llvm::function_ref<llvm::SmallVector<int64_t>(Piece)> edges) {
  constexpr int mostLooks = 16;
  int64_t least = std::max(4 * lanes, extent / 8);
  llvm::SmallVector<Piece, 2> found;
  llvm::SmallVector<Piece> open = {{0, extent}};
  for (int looks = 0; looks < mostLooks && !open.empty(); ++looks) {
    Piece piece = open.pop_back_val();
    llvm::SmallVector<int64_t> cuts = edges(piece);
    if (cuts.empty()) {
      found.push_back(piece);
      continue;
    }
    llvm::sort(cuts);
    cuts.push_back(piece.to - piece.from);
    int64_t from = 0;
    for (int64_t to : cuts) {
      if (to - from >= least) open.push_back({piece.from + from, piece.from + to});
      from = to;
    }
  }
  if (found.size() == 1 && found[0].to - found[0].from == extent) return {};
  llvm::sort(found, [](Piece a, Piece b) { return a.to - a.from > b.to - b.from; });
  if (static_cast<int64_t>(found.size()) > most) found.resize(most);
  llvm::sort(found, [](Piece a, Piece b) { return a.from < b.from; });
  return found;
}

} // namespace tgc::schedule
