#include "compiler/Notes.h"
#include "compiler/Passes.h"
#include "compiler/schedule/Contract.h"
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/Family.h"
#include "compiler/schedule/Math.h"
#include "compiler/schedule/Split.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tgc {
#define GEN_PASS_DEF_SCHEDULEKERNELS
#include "compiler/Passes.h.inc"

namespace {

using namespace mlir;

/// What `tgc explain` calls the emitter's product; contractions say more of themselves.
std::string formOf(schedule::Family family, bool plain) {
  if (family == schedule::Family::Items) return "items";
  if (plain || family == schedule::Family::Other) return "plain loops";
  return family == schedule::Family::Map ? "map" : "reduction";
}

LogicalResult emit(func::FuncOp kernel, const schedule::Machine &machine, bool plain) {
  schedule::Family family = schedule::familyOf(kernel);
  if (plain || family != schedule::Family::Contraction)
    kernel->setLoc(withForm(kernel.getLoc(), formOf(family, plain)));
  if (family == schedule::Family::Items) return schedule::emitItems(kernel);
  if (plain) return schedule::emitLoops(kernel);
  switch (family) {
  case schedule::Family::Contraction:
    return schedule::emitContract(kernel, machine);
  case schedule::Family::Map:
    return schedule::emitMap(kernel, machine);
  case schedule::Family::Reduction:
    return schedule::emitReduce(kernel, machine);
  default:
    return schedule::emitLoops(kernel);
  }
}

struct ScheduleKernels : impl::ScheduleKernelsBase<ScheduleKernels> {
  using ScheduleKernelsBase::ScheduleKernelsBase;

  static bool isUnscheduled(func::FuncOp function) {
    return function->hasAttr("exec.kernel") && !function->hasAttr("exec.items");
  }

  void runOnOperation() override {
    auto machine = vectorBytes ? schedule::Machine::withVectorBytes(vectorBytes) : schedule::Machine::host();
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (level < 2 || !isUnscheduled(kernel) || schedule::splitTail(kernel)) continue;
      auto family = schedule::familyOf(kernel);
      // Scaled products are symmetric to the last bit only where one half is a copy of the other.
      bool cut = family == schedule::Family::Reduction ||
                 (family == schedule::Family::Contraction && !schedule::isScaledProduct(kernel));
      if (cut) schedule::splitReductions(kernel);
    }
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!isUnscheduled(kernel)) continue;
      if (failed(emit(kernel, machine, level < 2)) || failed(schedule::expandMath(kernel)))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace tgc
