// What `tgc explain` is told of a planned contraction.
#pragma once
#include "compiler/contract/AxisGroups.h"
#include "mlir/IR/Location.h"

namespace tgc::contract {

/// Where a step stands: of which network, as its how manyth, on which value numbers.
struct StepPlace {
  std::int64_t network = 0, step = 0;
  std::vector<std::uint32_t> operands;
  std::uint32_t result = 0;
  double seconds = 0; ///< predicted
};

/// The location with the step noted (see compiler/Notes.h).
mlir::Location noted(mlir::Location location, const StepPlace &place, const std::vector<IndexList> &inputs,
                     const IndexList &output, const std::vector<std::int64_t> &extents);

} // namespace tgc::contract
