// The register tile: accumulators carried through the summed loops, added up, and handed to the tail.
// Everything here is static but the length of a blocked sum.
#pragma once
#include "compiler/schedule/ContractTail.h"
#include "compiler/schedule/ContractTile.h"

namespace tgc::schedule {

/// The static sizes of one register tile; `lastCount` are the real lanes of its last vector.
struct ContractMicroSizes {
  int64_t first = 1, second = 1, vectors = 1, lastCount = 1;
};

/// The part of the sum a tile adds in one go. With several parts the partial sums wait in the result's
/// memory.
struct ContractSumPart {
  ContractIndexValue number; // which part
  int64_t parts = 1;
  size_t level = 0;          // sum loops from here on belong to the part
  ContractIndexValue length; // steps of the loop at `level`
};

/// A copy of part of a factor in the order the tiles read it; `strides` are by index, in elements of the
/// copy.
struct ContractCopy {
  mlir::Value memory; // flat; null: the factor is read where it lies
  llvm::SmallVector<int64_t> strides;
};

/// What every register tile of a kernel shares.
struct ContractMicroPlan {
  const Contraction &contraction;
  const ContractTile &tile;
  llvm::SmallVector<mlir::Value> memories; // flat, one an array
  llvm::SmallVector<int> sums;             // summed indices, outermost first; the last is the innermost
  ContractCopy copies[2] = {};             // packed copies the tiles read instead of arrays 0 and 1
  int64_t panelVectors = 1; // vectors of one summed step in the panel, for each row of `second`

  const ContractCopy &panel() const { return copies[tile.packed]; }

  /// Elements one step of `index` moves in array 0 or 1 as the tile reads it (the copy, if there is one).
  int64_t stride(int index, int array) const;
};

/// left * right + sum, left * right, and left + right, as the contraction's element type means them.
mlir::Value contractMultiplyAdd(ContractCode &code, ContractArithmetic arithmetic, mlir::Value left,
                                mlir::Value right, mlir::Value sum);
mlir::Value contractTimes(ContractCode &code, ContractArithmetic arithmetic, mlir::Value left,
                          mlir::Value right);
mlir::Value contractPlus(ContractCode &code, ContractArithmetic arithmetic, mlir::Value left,
                         mlir::Value right);
/// A factor's elements in the type of the sums.
mlir::Value contractWiden(ContractCode &code, const Contraction &contraction, mlir::Value vector);

/// Transposes as many vectors as one has lanes.
void transposeSquare(ContractCode &code, llvm::SmallVector<mlir::Value> &rows);

/// Writes one tile at `offsets` (its first element in every array, or in a factor's block; the
/// panel starts at 0).
void writeContractMicro(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                        const ContractOffsets &offsets, const ContractSumPart &part);

} // namespace tgc::schedule
