// Copies one block of a factor into the order the register tiles read it, whatever order it lies in.
#pragma once
#include "compiler/schedule/ContractPanelTile.h"

namespace tgc::schedule {

/// Copies a block of array `array` (the row or the column factor), `length` positions of its own group by
/// `steps` of the sum; `start` is its first element in every array. Columns take the scale with them.
void writeContractPanelPack(ContractCode &code, const ContractPanelPlan &plan, int array,
                            const ContractOffsets &start, ContractIndexValue length,
                            ContractIndexValue steps);

} // namespace tgc::schedule
