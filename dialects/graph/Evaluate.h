// The reference interpreter: a block of graph ops on host arrays.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "mlir/IR/Block.h"

namespace tgc::graph {

/// Values of the terminator's operands for the given block arguments, op after op through GraphOp::evaluate.
/// Fails, with a diagnostic at the op, where an op is no row of the catalogue (requests and calls have to be
/// resolved first) or an argument has another type. Memory: all values of the block live to the end.
llvm::FailureOr<HostTensors> evaluateBlock(mlir::Block &block, HostTensorsRef arguments);

} // namespace tgc::graph
