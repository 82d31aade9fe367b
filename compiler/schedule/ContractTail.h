// The end of a contraction tile: narrowing, the elementwise tail in registers, and the stores.
#pragma once
#include "compiler/schedule/ContractCode.h"
#include "compiler/schedule/ContractShape.h"

namespace tgc::schedule {

/// Where the tile's element (0, 0, ...) of each array lies; one entry an array of the contraction.
using ContractOffsets = llvm::SmallVector<ContractIndexValue, 8>;

/// Takes one vector of sums (`lanes` neighbours along index `lane`, `count` of them real), applies the tail
/// and stores.
void writeContractTail(ContractCode &code, const Contraction &contraction,
                       llvm::ArrayRef<mlir::Value> memories, mlir::Value sums, const ContractOffsets &offsets,
                       int lane, int64_t count);

} // namespace tgc::schedule
