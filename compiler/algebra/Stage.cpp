// The passes of the stage, and the clean-up that runs again after derivatives and maps were written out.
#include "compiler/algebra/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace tgc {

void addCleanUp(OpPassManager &pipeline, const Options &options) {
  OpPassManager &functions = pipeline.nest<func::FuncOp>();
  functions.addPass(createFold({options.foldLimitBytes}));
  functions.addPass(createSimplify());
  functions.addPass(createCSEPass());
}

void addAlgebra(OpPassManager &pipeline, const Options &options) {
  pipeline.addPass(createExpand());
  addCleanUp(pipeline, options);
}

} // namespace tgc
