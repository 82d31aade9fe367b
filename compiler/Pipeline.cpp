// THE PAGE: what happens to a program, in order. Each stage keeps its own list in its folder.
#include "compiler/Pipeline.h"
#include "compiler/Forms.h"
#include "compiler/algebra/Stage.h"
#include "compiler/autodiff/Stage.h"
#include "compiler/batch/Stage.h"
#include "compiler/contract/Stage.h"
#include "compiler/fuse/Stage.h"
#include "compiler/lower/Stage.h"
#include "compiler/schedule/Stage.h"
#include "compiler/target/Stage.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace tgc {
namespace {

void addPasses(mlir::OpPassManager &passes, Stage stage, const Options &options) {
  switch (stage) {
  case Stage::Algebra: // less to differentiate, less to batch
    return addAlgebra(passes, options);
  case Stage::Autodiff: // innermost request first; a derivative leaves much that folds away
    addContractBeforeAutodiff(passes);
    addAutodiff(passes, options);
    return addAlgebra(passes, options);
  case Stage::Batch: // after autodiff: the derivative of a map is the map of the derivative
    addBatch(passes, options);
    return addAlgebra(passes, options);
  case Stage::Contract: // sees whole einsum networks, derivatives included
    return addContract(passes, options);
  case Stage::Fuse: // contractions are pairwise now, so each is a kernel of known cost
    return addFuse(passes, options);
  case Stage::Lower: // kernel by kernel; equal ones are already one
    return addLower(passes, options);
  case Stage::Schedule: // loops first, memory last: a kernel may become several with tensors between them
    return addSchedule(passes, options);
  case Stage::Target: // kernels only; the outer program is a list by now
    return addTarget(passes, options);
  }
}

} // namespace

void addStage(mlir::OpPassManager &passes, Stage stage, const Options &options) {
  addPasses(passes, stage, options);
  passes.addPass(createCheckForm(stage));
}

} // namespace tgc
