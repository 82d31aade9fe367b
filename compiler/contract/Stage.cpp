#include "compiler/contract/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

void tgc::addContractBeforeAutodiff(mlir::OpPassManager &passes) {
  passes.addPass(createSplitDifferentiated());
}

void tgc::addContract(mlir::OpPassManager &passes, const Options &options) {
  mlir::OpPassManager &functions = passes.nest<mlir::func::FuncOp>();
  functions.addPass(createMergeContractions());
  if (options.contractionBytes > 0)
    functions.addPass(createSliceContractions(SliceContractionsOptions{options.contractionBytes}));
  else
    functions.addPass(createPlanContractions());
  passes.addPass(createSplitComplex());
  if (options.contractionBytes > 0)
    return; // equal pairs of different slices are made twice: keeping them would cost what slicing saves
  passes.nest<mlir::func::FuncOp>().addPass(mlir::createCSEPass()); // equal pairs of different networks
}
