#include "compiler/schedule/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Pass/PassManager.h"

void tgc::addSchedule(mlir::OpPassManager &passes, const Options &options) {
  // The kernels' passes stand here, in front of the plan.
  passes.addPass(createPlanMemory());
}
