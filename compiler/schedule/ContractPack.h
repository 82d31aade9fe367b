// Copies the vectors a register tile reads into a small panel in the order it reads them. The panel stays in
// the first cache while many tiles use it, and any index order of the array in memory becomes contiguous on
// the way.
#pragma once
#include "compiler/schedule/ContractMicro.h"

namespace tgc::schedule {

/// Copies `rows` of the first index of the other factor, `from` where it lies `to` its block, for one part of
/// the sum. Rows lie apart by an odd number of cache lines there: rows of many arrays are a power of two
/// apart and would share one set of the first cache, and one page each.
void writeContractBlock(ContractCode &code, const ContractMicroPlan &plan, ContractIndexValue rows,
                        ContractIndexValue from, ContractIndexValue to, const ContractSumPart &part);

/// Fills one panel from array tile.packed, `from` where it lies `to` the panel, for `sizes` (the first index
/// plays no part).
void writeContractPack(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                       ContractIndexValue from, ContractIndexValue to, const ContractSumPart &part);

/// The vectors of one step of the sum for one panel.
void writeContractPackStep(ContractCode &code, const ContractMicroPlan &plan, const ContractMicroSizes &sizes,
                           ContractIndexValue from, ContractIndexValue to);

/// Loops over the summed steps of a part, following the packed factor and its panel.
void forEachContractStep(ContractCode &code, const ContractMicroPlan &plan, ContractIndexValue from,
                         ContractIndexValue to, const ContractSumPart &part,
                         llvm::function_ref<void(ContractIndexValue, ContractIndexValue)> visit);

} // namespace tgc::schedule
