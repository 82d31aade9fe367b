// The code of sparse ops: items of exec.items with vectors along the dense side.
#pragma once
#include "dialects/graph/Lowering.h"
#include "dialects/graph/Ops.h"

namespace tgc::graph {

/// All of these have elements to write and, but for csr_rows, entries and elements to read.
mlir::Value lowerCsrRows(Lowering &lowering, CsrRowsOp op, mlir::ValueRange operands);
mlir::Value lowerCoo(Lowering &lowering, CooOp op, mlir::ValueRange operands);
mlir::Value lowerCsrMatmul(Lowering &lowering, CsrMatmulOp op, mlir::ValueRange operands);
mlir::Value lowerCooMatmul(Lowering &lowering, CooMatmulOp op, mlir::ValueRange operands);
mlir::Value lowerSampledMatmul(Lowering &lowering, SampledMatmulOp op, mlir::ValueRange operands);

} // namespace tgc::graph
