// A new leading axis pushed through functions: through the ops of a body, and through the loops and branches
// in it.
#pragma once
#include "dialects/graph/Calls.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/PrivateFunction.h"

namespace tgc::batch {

/// Which of some values carry the new axis.
using graph::Flags;

class Batcher {
public:
  /// Maps of more than `chunk` instances become loops over maps of so many; 0: none does.
  explicit Batcher(mlir::ModuleOp module, int64_t chunk = 0)
      : module(module), symbols(module), chunk(chunk) {}
  llvm::LogicalResult resolveAll();

private:
  llvm::LogicalResult resolve(mlir::func::FuncOp function);
  /// A call's callee and its rules for maps.
  llvm::LogicalResult resolveNamed(graph::CallOp call);
  llvm::LogicalResult replace(graph::VmapOp request, mlir::func::FuncOp f);
  /// Values with the flag of each.
  struct Mapped {
    graph::Syms values;
    Flags flags;
  };
  /// The body of `f` on operands that carry the axis where the flags say so.
  llvm::FailureOr<Mapped> emit(mlir::func::FuncOp f, graph::Ink &ink, const Mapped &operands, int64_t extent);
  llvm::FailureOr<Mapped> emitOp(mlir::Operation &op, graph::Ink &ink, const Mapped &operands,
                                 int64_t extent);
  /// The call's batching rule for this extent, if it has one.
  mlir::func::FuncOp ruleFor(graph::CallOp call, int64_t extent);

  // Chunks.cpp
  /// The results, each with the axis, by a loop over maps of `chunk` instances.
  llvm::LogicalResult emitInChunks(mlir::func::FuncOp f, graph::Ink &ink, const Mapped &operands,
                                   int64_t extent, graph::Syms &results);

  // Control.cpp
  struct Loop;   // one control op on its way
  struct Masked; // a step that some instances do not take
  llvm::FailureOr<Mapped> emitControl(mlir::Operation *control, graph::Ink &ink, const Mapped &operands,
                                      int64_t extent);
  llvm::FailureOr<Mapped> emitCond(Loop &loop);
  llvm::FailureOr<Mapped> emitBoth(Loop &loop);
  llvm::FailureOr<Mapped> emitWhile(Loop &loop);
  llvm::FailureOr<Mapped> emitEach(Loop &loop);
  llvm::FailureOr<Mapped> emitScan(Loop &loop);
  llvm::FailureOr<Mapped> emitUnwind(Loop &loop);
  /// `f` with the axis on the arguments of `takes` and, in any case, on the results of `gives`.
  mlir::func::FuncOp maskedFunction(mlir::func::FuncOp f, const Masked &masked, mlir::Type counts,
                                    int64_t extent);
  mlir::func::FuncOp mappedFunction(mlir::func::FuncOp f, const Flags &takes, const Flags &gives,
                                    int64_t extent);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  int64_t chunk;
  llvm::DenseSet<mlir::Operation *> done;
};

} // namespace tgc::batch
