#include "compiler/contract/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

void tgc::addContractBeforeAutodiff(mlir::OpPassManager &passes) {
  passes.addPass(createSplitDifferentiated());
}

void tgc::addContract(mlir::OpPassManager &passes, const Options &options) {
  const bool sliced = options.contractionBytes > 0;
  mlir::OpPassManager &functions = passes.nest<mlir::func::FuncOp>();
  functions.addPass(createMergeContractions());
  if (sliced)
    functions.addPass(createSliceContractions(SliceContractionsOptions{options.contractionBytes}));
  else
    functions.addPass(createPlanContractions());
  passes.addPass(createSplitComplex());
  // Equal pairs of different networks are one; those of different slices are made twice: keeping them would
  // cost what slicing saves.
  if (!sliced) passes.nest<mlir::func::FuncOp>().addPass(mlir::createCSEPass());
}
