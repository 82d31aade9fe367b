// Copies one block of a factor into the order the register tiles read it, whatever order it lies in.
#pragma once
#include "compiler/schedule/ContractPanelTile.h"

namespace tgc::schedule {

/// Copies a block of array `array` (the row or the column factor), `length` positions of its own group by
/// `steps` of the sum; `start` is its first element in every array. Columns take the scale with them.
void writeContractPanelPack(ContractCode &code, const ContractPanelPlan &plan, int array,
                            const ContractOffsets &start, ContractIndexValue length,
                            ContractIndexValue steps);

/// A tile's part of what the next block of columns will be copied from, which starts at `from`: about as many
/// lines as the sum has steps.
ContractFetch contractFetches(ContractCode &code, const ContractPanelPlan &plan, ContractIndexValue from,
                              ContractIndexValue columnTile);

} // namespace tgc::schedule
