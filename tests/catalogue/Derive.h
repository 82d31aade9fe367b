// Transformations of one block by asking its ops, independent of the compiler's stages: small enough to be
// obviously right, so that a failing claim points at the op.
#pragma once
#include "tests/catalogue/Case.h"

namespace tgc::catalogue {

/// Where a test plants a mistake in what an op answers.
enum class Plant { None, Tangent, Cotangent, Batch, Formula, Shape, Lowering, Reads };

/// f(x..., t...) -> tangents of the floating-point results; t stands for the floating-point arguments.
Written tangentOf(const Case &one, mlir::MLIRContext *context, Plant plant = Plant::None);
/// f(x..., ct...) -> cotangents of the floating-point arguments.
Written cotangentOf(const Case &one, mlir::MLIRContext *context, Plant plant = Plant::None);
/// f(x..., ct..., v...) -> tangents of the cotangents: the Hessian of <ct, f> times v.
Written hessianOf(const Case &one, mlir::MLIRContext *context, Plant plant = Plant::None);
/// The op with a leading axis of `extent` on the tensors where `mapped`.
Written batchOf(const Case &one, mlir::MLIRContext *context, llvm::ArrayRef<bool> mapped, int64_t extent,
                Plant plant = Plant::None);
/// The composite's formula; null module where the op is none.
Written formulaOf(const Case &one, mlir::MLIRContext *context, Plant plant = Plant::None);

} // namespace tgc::catalogue
