#include "compiler/contract/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

void tgc::addContract(mlir::OpPassManager &passes, const Options &) {
  mlir::OpPassManager &functions = passes.nest<mlir::func::FuncOp>();
  functions.addPass(createMergeContractions());
  functions.addPass(createPlanContractions());
  functions.addPass(mlir::createCSEPass()); // equal pairs of different networks
}
