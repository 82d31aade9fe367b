// Public calls of branches and loops: checks what the caller's functions take and give, and writes the op.
#pragma once
#include "dialects/graph/Sym.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tgc::graph {

/// A caller's function with the name it goes by in messages.
struct Named {
  mutable mlir::func::FuncOp function; // handles of MLIR read through functions that are not const
  std::string name;
};

/// What a call of scan, fori_loop or map says.
struct ScanCall {
  llvm::StringRef form; ///< its public name, for messages
  Named step = {};      ///< takes (number if `counted`, carried..., parts of sliced..., shared...)
  Syms carried = {}, sliced = {}, shared = {};
  std::optional<int64_t> length = {}; ///< needed where nothing is sliced
  bool reversed = false;
  llvm::StringRef memory = "all";
  bool counted = false;
  int64_t lower = 0; ///< added to the number
};

/// The argument types of the step of a scan. Fails, with a diagnostic at `ink.loc()`, where the leading
/// extents of what is sliced differ, or there is no length.
llvm::FailureOr<llvm::SmallVector<mlir::Type>> stepTypes(Ink &ink, ScanCall &call);
/// Carried, then stacks. Errors: the step gives something else for what is carried; an unknown `memory`.
llvm::FailureOr<Syms> callScan(Ink &ink, const ScanCall &call);
/// Errors: the condition is no bool scalar, the body gives something else than it carries, no slots.
llvm::FailureOr<Syms> callWhile(Ink &ink, const Named &condition, const Named &body, const Syms &carried,
                                const Syms &shared, int64_t slots);
/// Errors: the predicate is no bool scalar; the functions give different types.
llvm::FailureOr<Syms> callCond(Ink &ink, Sym predicate, const Named &then, const Named &otherwise,
                               const Syms &operands);

} // namespace tgc::graph
