// The passes of the stage; the pipeline runs them again after derivatives and maps were written out.
#include "compiler/algebra/Stage.h"
#include "compiler/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace tgc {

void addAlgebra(OpPassManager &pipeline, const Options &options) {
  pipeline.addPass(createExpand());
  OpPassManager &functions = pipeline.nest<func::FuncOp>();
  functions.addPass(createFold(FoldOptions{options.foldLimitBytes}));
  functions.addPass(createSimplify());
  functions.addPass(createCSEPass());
}

} // namespace tgc
