// What the sparse ops have in common: operands with batch axes in front, each with all of them or with none,
// and what an entry's place means.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Sym.h"

namespace mlir {
class RewritePatternSet;
}

namespace tgc::graph {

/// The batch axes of operands that have `ranks` axes of their own. Error: an operand with fewer axes, or with
/// some of the batch axes only.
llvm::FailureOr<llvm::SmallVector<int64_t>> batchOf(std::optional<mlir::Location> loc, llvm::StringRef name,
                                                    mlir::ValueRange operands, llvm::ArrayRef<int64_t> ranks);
/// The extents of an operand behind its batch axes.
llvm::ArrayRef<int64_t> ownShape(mlir::Value operand, int64_t rank);
/// An op whose operands have `ranks` axes of their own, with one more batch axis.
llvm::FailureOr<Syms> batchSparse(mlir::Operation *op, Ink &ink, SymsRef operands,
                                  llvm::ArrayRef<bool> mapped, int64_t extent, llvm::ArrayRef<int64_t> ranks);

/// The place of batch element `batch` in a host operand with `own` elements of its own.
inline int64_t firstOf(const HostTensor &tensor, int64_t own, int64_t batch) {
  return tensor.count() == own ? 0 : batch * own;
}
/// A row or column; -1 where it is not below the extent.
inline int64_t entryAt(const HostTensor &places, int64_t at, int64_t extent) {
  auto place = places.get<int64_t>(at);
  return place >= 0 && place < extent ? place : -1;
}

/// Contractions of sparse operands as products with their entries.
void addSparsePlans(mlir::RewritePatternSet &patterns);

/// The value of csr_rows, by the steps of its code: what offsets that do not ascend give depends on them.
HostTensor rowsOnHost(const HostTensor &offsets, int64_t size);
/// Places whose row csr_rows finds by search; those behind follow the offsets.
inline constexpr int64_t placesOfRowSearch = 1024;

} // namespace tgc::graph
