#include "compiler/schedule/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Pass/PassManager.h"

void tgc::addSchedule(mlir::OpPassManager &passes, const Options &options) {
  ScheduleKernelsOptions kernels;
  kernels.level = options.level;
  kernels.vectorBytes = options.vectorBytes;
  passes.addPass(createScheduleKernels(kernels)); // may split a kernel into several runs
  passes.addPass(createPlanMemory(PlanMemoryOptions{options.memoryBudget})); // so memory comes last
}
