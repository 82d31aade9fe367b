// The outer program's dialect: kernels run on tensors, then on places in memory.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/exec/ExecDialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/exec/ExecOps.h.inc"

namespace tgc::exec {

/// Names of the attributes on kernels; what each means stands in Exec.td.
inline constexpr llvm::StringLiteral kernelAttr = "exec.kernel";
inline constexpr llvm::StringLiteral itemsAttr = "exec.items";
inline constexpr llvm::StringLiteral nanosecondsAttr = "exec.nanoseconds";
inline constexpr llvm::StringLiteral inplaceAttr = "exec.inplace";
/// On a kernel without a body: the host's function that does its work, and for each place in memory the bytes
/// from one item to the next.
inline constexpr llvm::StringLiteral foreignAttr = "exec.foreign";
inline constexpr llvm::StringLiteral stridesAttr = "exec.strides";
/// On a function of numbers and vectors that kernels call; its name starts with the prefix.
inline constexpr llvm::StringLiteral routineAttr = "exec.routine";
inline constexpr llvm::StringLiteral routinePrefix = "tgc.";
/// On a planned outer function: how many of its arguments are the caller's; results follow, then the arena.
inline constexpr llvm::StringLiteral argumentsAttr = "exec.arguments";
/// On an outer function: pairs of an argument and a result that may be given back in its memory.
inline constexpr llvm::StringLiteral donatedAttr = "exec.donated";
/// On a run or launch: the kernel ran before on the same values; keeping its results would take memory.
inline constexpr llvm::StringLiteral againAttr = "again";

/// On functions that loops run: which results are which arguments of the next step, and, planned, which of
/// those results are written over their arguments.
inline constexpr llvm::StringLiteral carryAttr = "exec.carry";
inline constexpr llvm::StringLiteral mergedAttr = "exec.merged";

/// Whether a function is a kernel, and whether it is already in loop form (begin, end, memory...).
bool isKernel(mlir::func::FuncOp function);
bool isRoutine(mlir::func::FuncOp function);
/// Neither kernel nor routine nor a declaration: a function that runs kernels.
bool isOuter(mlir::func::FuncOp function);
bool isLoopForm(mlir::func::FuncOp kernel);
/// Whether the kernel is a function of the host's program.
bool isForeign(mlir::func::FuncOp kernel);

/// The type an element has in memory: bool is i8, unsigned integers are signless, the rest stays.
mlir::Type storageElement(mlir::Type element);

/// The memory type of a tensor: same shape, row-major, storage elements.
mlir::MemRefType storageOf(mlir::ShapedType type);

/// Bytes of a value of static shape in memory.
int64_t storageBytes(mlir::ShapedType type);

} // namespace tgc::exec
