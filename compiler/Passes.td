// Every pass, declared once, in pipeline order. Four lines each: Does, Needs, Leaves, Why here.
// A stage's section is edited by that stage; the C++ of a pass defines GEN_PASS_DEF_<NAME> and includes compiler/Passes.h.inc.
#ifndef TGC_PASSES_TD
#define TGC_PASSES_TD

include "mlir/Pass/PassBase.td"

//===- algebra ---------------------------------------------------------------------------------------------===//

//===- autodiff --------------------------------------------------------------------------------------------===//

//===- batch -----------------------------------------------------------------------------------------------===//

//===- contract --------------------------------------------------------------------------------------------===//

//===- fuse ------------------------------------------------------------------------------------------------===//

//===- lower -----------------------------------------------------------------------------------------------===//

//===- schedule --------------------------------------------------------------------------------------------===//

def ScheduleKernels : Pass<"tgc-schedule-kernels", "mlir::ModuleOp"> {
  let summary = "choose loops, lanes and items for every kernel";
  let description = [{
    Does: rewrites each kernel from linalg on tensors to loops, memory and vectors, by the emitter of its family.
    Needs: kernels in form linalg.
    Leaves: kernels in form loops with `exec.items` and `exec.nanoseconds`; the outer functions as they were.
    Why here: first of schedule, since only then the items and the memory of each kernel are known.
  }];
  let options = [
    Option<"level", "level", "int", "2", "below 2: plain loops for every kernel">,
    Option<"vectorBytes", "vector-bytes", "int", "0", "64, 32 or 16; 0 takes the machine's registers">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def PlanMemory : Pass<"tgc-plan-memory", "mlir::ModuleOp"> {
  let summary = "give every value of the outer program a place in memory";
  let description = [{
    Does: turns outer functions on tensors into launches on arguments, results, constants and slots of one arena.
    Needs: kernels in loop form; outer functions of exec.run, exec.reshape and constants.
    Leaves: form loops; the arena's size is the type of the last argument.
    Why here: last of schedule, since a kernel may have become several runs with tensors between them.
  }];
  let dependentDialects = ["::tgc::exec::ExecDialect", "::mlir::memref::MemRefDialect"];
}

//===- target ----------------------------------------------------------------------------------------------===//

def ToLlvm : Pass<"tgc-to-llvm", "mlir::ModuleOp"> {
  let summary = "kernels in loop form become LLVM dialect functions";
  let description = [{
    Does: lowers scf, arith, math, memref and vector ops of the kernels, memory arguments as bare pointers.
    Needs: a module of nothing but kernels in loop form.
    Leaves: the LLVM dialect only.
    Why here: the outer program is never lowered, only its kernels; the outer program stays a list.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
                           "::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect", "::mlir::ub::UBDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif
