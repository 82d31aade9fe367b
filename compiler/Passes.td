// Every pass, declared once, in pipeline order. Four lines each: Does, Needs, Leaves, Why here.
// A stage's section is edited by that stage; the C++ of a pass defines GEN_PASS_DEF_<NAME> and includes compiler/Passes.h.inc.
#ifndef TGC_PASSES_TD
#define TGC_PASSES_TD

include "mlir/Pass/PassBase.td"

//===- algebra ---------------------------------------------------------------------------------------------===//

def Expand : Pass<"tgc-expand", "mlir::ModuleOp"> {
  let summary = "replace composites by their formulas";
  let description = [{
    Does: writes each composite's formula in its place, nested ones too.
    Needs: form graph.
    Leaves: no composite.
    Why here: first; every later stage knows only the smaller ops.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def Fold : Pass<"tgc-fold", "mlir::func::FuncOp"> {
  let summary = "evaluate ops on constants";
  let description = [{
    Does: replaces an op whose operands are constants by the value of its reference evaluation.
    Needs: form graph, no composite.
    Leaves: form graph; no foldable constant under the limit.
    Why here: before the rules, which recognise constants.
  }];
  let options = [Option<"limit", "limit-bytes", "int64_t", "1048576", "largest work folded, bytes">];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def Simplify : Pass<"tgc-simplify", "mlir::func::FuncOp"> {
  let summary = "apply the algebraic rules until none applies";
  let description = [{
    Does: applies the rows of algebra/Rules.td and the canonical forms ops offer.
    Needs: form graph, no composite.
    Leaves: form graph.
    Why here: after constants are folded; common subexpressions are merged after it.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def DropUnused : Pass<"tgc-drop-unused", "mlir::ModuleOp"> {
  let summary = "drop values nobody reads and private functions nobody names";
  let description = [{
    Does: erases dead pure ops and private functions without a symbol use.
    Needs: form graph.
    Leaves: form graph.
    Why here: after a request was written out, its callee is no longer named.
  }];
}

//===- autodiff --------------------------------------------------------------------------------------------===//

def Derive : Pass<"tgc-derive", "mlir::ModuleOp"> {
  let summary = "write out the derivatives that were asked for";
  let description = [{
    Does: replaces graph.jvp and graph.vjp by ops, innermost first; a map inside a differentiated function becomes the
      map of its derivative.
    Needs: form graph.
    Leaves: no derivative request.
    Why here: before batch, since the derivative of a map is smaller than the derivative of its instances.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

//===- batch -----------------------------------------------------------------------------------------------===//

def Batch : Pass<"tgc-batch", "mlir::ModuleOp"> {
  let summary = "write out maps over an axis";
  let description = [{
    Does: replaces graph.vmap by the callee's ops with one more leading axis; what no mapped argument reaches stays single.
    Needs: form graph, no derivative request.
    Leaves: no request. Of calls with rules of their own, those whose rule for the extent is given follow it.
    Why here: after autodiff, which makes maps.
  }];
  let options = [Option<"chunk", "chunk", "int64_t", "0", "larger maps become loops over maps of so many instances; 0: none does">];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def InlineCalls : Pass<"tgc-inline-calls", "mlir::ModuleOp"> {
  let summary = "put the ops of functions with rules of their own in the place of their calls";
  let description = [{
    Does: replaces graph.call by the callee's ops; their locations keep its name.
    Needs: form graph, no request.
    Leaves: no graph.call.
    Why here: after the last transformation, the only one who asks for the rules.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

//===- contract --------------------------------------------------------------------------------------------===//

def MergeContractions : Pass<"tgc-merge-contractions", "mlir::func::FuncOp"> {
  let summary = "make one network of contractions that feed each other";
  let description = [{
    Does: writes a contraction whose only use is another contraction into that one, and reads permuted operands in place.
    Needs: form graph.
    Leaves: form graph; networks of at most `mostOperands` operands where merging made them.
    Why here: first of contract, since the planner sees more orders in a larger network.
  }];
  let options = [Option<"mostOperands", "most-operands", "unsigned", "10", "networks do not grow beyond it: so far the search is exact">];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def SplitDifferentiated : Pass<"tgc-split-differentiated", "mlir::ModuleOp"> {
  let summary = "order the large networks of functions that are about to be differentiated";
  let description = [{
    Does: writes networks of more than `mostOperands` operands as pairs, in functions that a derivative request reaches.
    Needs: form graph, derivative requests still there.
    Leaves: the same; smaller networks as they were, since those are planned together with their cotangents later.
    Why here: before autodiff, so that reverse mode goes back along the forward order and every cotangent is made once: value and all gradients cost three times the value.
  }];
  let options = [Option<"mostOperands", "most-operands", "unsigned", "10", "networks up to it are planned jointly with their derivatives">];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def SliceContractions : Pass<"tgc-slice-contractions", "mlir::func::FuncOp"> {
  let summary = "run contractions one slice after another so that their intermediates fit in memory";
  let description = [{
    Does: orders each network alone under the limit; where indices are sliced, contracts one combination of their values after another and adds or joins the parts.
    Needs: form graph, a limit.
    Leaves: contractions of one or two operands.
    Why here: after merging, in place of the joint plan, which holds shared intermediates for long.
  }];
  let options = [Option<"limitBytes", "limit-bytes", "int64_t", "0", "most bytes of one network's intermediates alive at once">];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def PlanContractions : Pass<"tgc-plan-contractions", "mlir::func::FuncOp"> {
  let summary = "choose the order of every network and write it as pairs";
  let description = [{
    Does: sums lone indices first, searches the order, shares sub-contractions with earlier networks, orders the indices of intermediates.
    Needs: form graph.
    Leaves: contractions of one or two operands.
    Why here: after merging; before fuse, which needs contractions of known cost.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

def SplitComplex : Pass<"tgc-split-complex", "mlir::ModuleOp"> {
  let summary = "write complex tensors as real ones";
  let description = [{
    Does: gives every complex value two real tensors; arguments, results and what branches and loops hand on get a last axis of extent 2.
    Needs: form graph, no request, contractions planned.
    Leaves: form graph without complex element types.
    Why here: derivatives and the order of products are those of complex numbers; kernels know real ones only.
  }];
  let dependentDialects = ["::tgc::graph::GraphDialect"];
}

//===- fuse ------------------------------------------------------------------------------------------------===//

def Outline : Pass<"tgc-outline", "mlir::ModuleOp"> {
  let summary = "cut functions into kernels";
  let description = [{
    Does: groups ops that share an index space, writes each group as a kernel and an exec.run; equal kernels are one.
    Needs: form graph, contractions with at most two operands.
    Counters and what few instructions make of them are made by every kernel that reads them.
    Leaves: form kernels; each exec.run says in `why` why it did not join the kernel before it.
    Why here: everything before works on whole functions, everything after on one kernel at a time.
  }];
  let options = [Option<"most", "most-ops", "int", "64", "most ops in a kernel">,
                 Option<"alone", "alone", "bool", "false", "one op a kernel">];
  let dependentDialects = ["::tgc::graph::GraphDialect", "::tgc::exec::ExecDialect"];
}

//===- lower -----------------------------------------------------------------------------------------------===//

def ToLinalg : Pass<"tgc-to-linalg", "mlir::ModuleOp"> {
  let summary = "say kernels in linalg";
  let description = [{
    Does: asks each op of each kernel to lower itself; bool becomes i8, unsigned integers signless.
    Needs: form kernels.
    Leaves: form linalg.
    Why here: the schedule reads index maps, not op names.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

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
    Does: turns outer functions on tensors into launches, branches and loops on arguments, results, constants and slots of one arena. Under a budget, puts the
      runs of public functions in an order that needs less memory and repeats some instead of keeping their results; lets runs that
      write over a donated argument wait for its readers.
    Needs: kernels in loop form; outer functions of exec.run, exec.control, exec.reshape and constants.
    Leaves: form loops; the arena's size is the type of the last argument.
    Why here: last of schedule, since a kernel may have become several runs with tensors between them.
  }];
  let options = [Option<"budgetBytes", "budget-bytes", "int64_t", "0", "most bytes of the arena; 0 is unlimited">];
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
                           "::mlir::vector::VectorDialect", "::mlir::affine::AffineDialect"];
}

#endif
