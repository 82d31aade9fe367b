// What is known of a derivative before it is built: where its nonzeros are, and which unit factors it has.
// The frontends ask, since the extents of a sparse or compressed result follow from it.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tgc/Pattern.h"
#include "tgc/Result.h"
#include "tgc/UnitFactors.h"
#include <span>
#include <string>

namespace tgc {

struct StructureRequest {
  mlir::ModuleOp module; ///< read, not changed
  std::string function;
  std::span<const std::int64_t> wrt; ///< positions of arguments, floating-point
  bool second = false;               ///< the Hessian of the first result, a scalar; else the Jacobian of all
};

/// The coloured pattern. It follows from the ops of the tangent, simplified: nothing is evaluated, and where
/// the structure is regular neither time nor memory follow the extents. Errors: as differentiating the
/// function; Limit for a pattern that is neither regular nor has fewer than 2^25 nonzeros.
Result<Pattern> sparsity(const StructureRequest &request);

/// The blocks of the derivative without their outer unit factors.
struct CompressedBlocks {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp cores; ///< in `module`: of the function's arguments, the core of each block
  std::vector<UnitFactors> blocks;
};
/// Errors: as differentiating the function.
Result<CompressedBlocks> compressed(const StructureRequest &request);
/// The ops of `blocks.cores` at the builder's place; what they name moves into `module`. Gives the cores.
llvm::SmallVector<mlir::Value> writeCores(CompressedBlocks &blocks, mlir::OpBuilder &builder,
                                          mlir::ModuleOp module, mlir::ValueRange arguments);

} // namespace tgc
