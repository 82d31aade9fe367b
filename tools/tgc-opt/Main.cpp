// Passes and stages of tgc on .mlir files, for tests and for reading: every pass by its flag, a whole stage
// by
// `--tgc-stage=fuse` (the form it leaves is checked).
#include "compiler/Passes.h"
#include "compiler/Pipeline.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

namespace tgc {
#define GEN_PASS_REGISTRATION
#include "compiler/Passes.h.inc"
} // namespace tgc

namespace {

/// `--tgc-stage=fuse` or `--tgc-stage="schedule level=0"`: each stage is a switch, run in working order.
struct StageOptions : mlir::PassPipelineOptions<StageOptions> {
  Option<bool> algebra{*this, "algebra", llvm::cl::desc("make it smaller")};
  Option<bool> autodiff{*this, "autodiff", llvm::cl::desc("add derivatives")};
  Option<bool> batch{*this, "batch", llvm::cl::desc("add an axis")};
  Option<bool> contract{*this, "contract", llvm::cl::desc("choose the order of sums and products")};
  Option<bool> fuse{*this, "fuse", llvm::cl::desc("choose what runs together")};
  Option<bool> lower{*this, "lower", llvm::cl::desc("say each kernel in linalg")};
  Option<bool> schedule{*this, "schedule", llvm::cl::desc("choose loops, lanes and memory")};
  Option<bool> target{*this, "target", llvm::cl::desc("kernels to the LLVM dialect")};
  Option<int> level{*this, "level", llvm::cl::desc("Options::level"), llvm::cl::init(2)};
  Option<int> vectorBytes{*this, "vector-bytes", llvm::cl::desc("Options::vectorBytes"), llvm::cl::init(0)};
};

void addStages(mlir::OpPassManager &passes, const StageOptions &chosen) {
  tgc::Options options;
  options.level = chosen.level;
  options.vectorBytes = chosen.vectorBytes;
  const bool wanted[] = {chosen.algebra, chosen.autodiff, chosen.batch,    chosen.contract,
                         chosen.fuse,    chosen.lower,    chosen.schedule, chosen.target};
  for (std::size_t index = 0; index < tgc::stageNames.size(); ++index)
    if (wanted[index]) tgc::addStage(passes, static_cast<tgc::Stage>(index), options);
}

} // namespace

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  tgc::registerDialects(registry);
  tgc::registerTgcPasses();
  mlir::registerTransformsPasses();
  mlir::PassPipelineRegistration<StageOptions> stages("tgc-stage", "run whole stages of the pipeline",
                                                      addStages);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "tgc-opt: passes of tgc on .mlir files\n", registry));
}
