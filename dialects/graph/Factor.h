// What the blocks of linear algebra share: checks, rules over matrices, and code that calls the runtime once
// for each matrix of a batch.
#pragma once
#include "dialects/graph/Lowering.h"
#include "dialects/graph/Sym.h"
#include "mlir/IR/Operation.h"

namespace tgc::graph {

llvm::LogicalResult checkMatrices(std::optional<mlir::Location> loc, llvm::StringRef name, mlir::Value x);
llvm::LogicalResult checkSquare(std::optional<mlir::Location> loc, llvm::StringRef name, mlir::Value x);

Sym transposed(Sym x);
/// The lower triangle with half of the diagonal: Murray's Phi.
Sym halfLower(Sym x);

/// Part of a packed result as a tensor with these last axes.
Sym piece(Sym packed, int64_t from, llvm::ArrayRef<int64_t> tail);
/// The pieces one after the other; each has `batch` axes in front.
Sym packed(const Syms &pieces, size_t batch);
/// A vector along rows (each row the vector) and along columns.
Sym byRows(Sym vector, bool rows);
/// 1 / x, with 0 for 0.
Sym inverseOrZero(Sym x);
/// 1 / (v[j] - v[i]); 0 on the diagonal and where two are equal: what would turn their vectors into each
/// other is left out. And 1 / (v[j] + v[i]), by which vectors of equal values, which turn together, turn
/// against each other.
Sym inverseGaps(Sym v);
Sym inverseSums(Sym v);

/// What a function of the runtime is told besides addresses: `n`, then `numbers`; `scratch` numbers for each
/// matrix, and an estimate of its work in multiplications.
struct FactorCall {
  llvm::StringRef name;
  int64_t n = 0;
  llvm::SmallVector<int64_t> numbers;
  int64_t scratch = 0;
  double work = 0;
  int64_t matrixAxes = 2; // of the operands: a third one holds the parts of complex numbers
};
/// Calls name(bits, (address, step) of each operand, address of the result, [scratch,] n, numbers...) for
/// each matrix; floats of 16 bits go through f32.
llvm::FailureOr<llvm::SmallVector<mlir::Value>> callEach(mlir::Operation *op, Lowering &lowering,
                                                         mlir::ValueRange operands, const FactorCall &call);

} // namespace tgc::graph
