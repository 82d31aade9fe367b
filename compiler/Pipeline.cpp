// THE PAGE: what happens to a program, in order. Each stage keeps its own list in its folder.
#include "compiler/Pipeline.h"
#include "compiler/Forms.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

// A stage that is not part of this tree is left out; the form check after it then says what is missing.
#if __has_include("compiler/algebra/Stage.h")
#include "compiler/algebra/Stage.h"
#define TGC_HAS_ALGEBRA
#endif
#if __has_include("compiler/autodiff/Stage.h")
#include "compiler/autodiff/Stage.h"
#define TGC_HAS_AUTODIFF
#endif
#if __has_include("compiler/batch/Stage.h")
#include "compiler/batch/Stage.h"
#define TGC_HAS_BATCH
#endif
#if __has_include("compiler/contract/Stage.h")
#include "compiler/contract/Stage.h"
#define TGC_HAS_CONTRACT
#endif
#if __has_include("compiler/fuse/Stage.h")
#include "compiler/fuse/Stage.h"
#define TGC_HAS_FUSE
#endif
#if __has_include("compiler/lower/Stage.h")
#include "compiler/lower/Stage.h"
#define TGC_HAS_LOWER
#endif
#include "compiler/schedule/Stage.h"
#include "compiler/target/Stage.h"

namespace tgc {
namespace {

void addSimplify([[maybe_unused]] mlir::OpPassManager &passes, [[maybe_unused]] const Options &options) {
#ifdef TGC_HAS_ALGEBRA
  addAlgebra(passes, options);
#endif
}

void addPasses(mlir::OpPassManager &passes, Stage stage, const Options &options) {
  switch (stage) {
  case Stage::Algebra: // less to differentiate, less to batch
    return addSimplify(passes, options);
  case Stage::Autodiff: // innermost request first; a derivative leaves much that folds away
#ifdef TGC_HAS_AUTODIFF
    addAutodiff(passes, options);
#endif
    return addSimplify(passes, options);
  case Stage::Batch: // after autodiff: the derivative of a map is the map of the derivative
#ifdef TGC_HAS_BATCH
    addBatch(passes, options);
#endif
    return addSimplify(passes, options);
  case Stage::Contract: // sees whole einsum networks, derivatives included
#ifdef TGC_HAS_CONTRACT
    addContract(passes, options);
#endif
    return;
  case Stage::Fuse: // contractions are pairwise now, so each is a kernel of known cost
#ifdef TGC_HAS_FUSE
    addFuse(passes, options);
#endif
    return;
  case Stage::Lower: // kernel by kernel; equal ones are already one
#ifdef TGC_HAS_LOWER
    addLower(passes, options);
#endif
    return;
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
