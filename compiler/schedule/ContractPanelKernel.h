// Writes the loop form of a large contraction: blocks of both factors are copied, register tiles multiply
// them.
#pragma once
#include "compiler/schedule/ContractGroups.h"

namespace tgc::schedule {

/// Elements of scratch, in the type of the sums, that the kernel wants as one more result.
int64_t contractPanelScratch(const ContractPanels &panels);

/// Fills `body` (begin, end, inputs..., results... in memory, then the scratch) with the kernel.
void writeContractPanelKernel(mlir::Block &body, const Contraction &contraction,
                              const ContractPanels &panels);

} // namespace tgc::schedule
