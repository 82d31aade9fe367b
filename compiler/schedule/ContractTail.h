// The end of a contraction tile: narrowing, the elementwise tail in registers, and the stores.
#pragma once
#include "compiler/schedule/ContractCode.h"
#include "compiler/schedule/ContractShape.h"

namespace tgc::schedule {

/// Where the tile's element (0, 0, ...) of each array lies; one entry an array of the contraction.
using ContractOffsets = llvm::SmallVector<ContractIndexValue, 8>;

/// How a tail reaches memory: a vector of an array's elements at the place of the sums.
struct ContractAccess {
  llvm::function_ref<mlir::Value(size_t array)> load;
  llvm::function_ref<void(size_t array, mlir::Value vector)> store;
};

/// Applies the tail to one vector of sums and stores every result.
void writeContractTail(ContractCode &code, const Contraction &contraction, mlir::Value sums,
                       const ContractAccess &access);

/// Takes one vector of sums (`lanes` neighbours along index `lane`, `count` of them real), applies the tail
/// and stores.
void writeContractTail(ContractCode &code, const Contraction &contraction,
                       llvm::ArrayRef<mlir::Value> memories, mlir::Value sums, const ContractOffsets &offsets,
                       int lane, int64_t count);

} // namespace tgc::schedule
