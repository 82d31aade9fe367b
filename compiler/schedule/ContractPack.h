// Copies the vectors a register tile reads into a small panel in the order it reads them. The panel stays in
// the first cache while many tiles use it, and any index order of the array in memory becomes contiguous on
// the way.
#pragma once
#include "compiler/schedule/ContractMicro.h"

namespace tgc::schedule {

/// Fills the panel from array tile.packed at `offset`, for `sizes` (the first index plays no part).
void writeContractPack(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                       ContractIndexValue offset, const ContractSumPart &part);

} // namespace tgc::schedule
