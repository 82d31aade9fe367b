// Kernels in loop form become LLVM dialect functions that take bare pointers. One pass of three steps instead
// of the dozen stock passes: pattern sets are built once for a context, and small graphs are dominated by
// such fixed costs.
#include "compiler/Passes.h"
#include "compiler/target/Stage.h"
#include "dialects/exec/Exec.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tgc {
#define GEN_PASS_DEF_TOLLVM
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::target {
namespace {

/// What the vector dialect offers beyond single instructions, plus roundings the hardware does differently:
/// AVX-512's conversion to bf16 flushes subnormals, integer arithmetic does not.
void addSimplifications(RewritePatternSet &patterns) {
  vector::populateVectorBitCastLoweringPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorMaskOpLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorInterleaveLoweringPatterns(patterns);
  vector::populateVectorTransferLoweringPatterns(patterns, /*maxTransferRank=*/1);
  vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/false);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  vector::populateVectorStepLoweringPatterns(patterns);
  vector::populateVectorRankReducingFMAPattern(patterns);
  vector::populateVectorGatherLoweringPatterns(patterns);
  memref::populateExpandStridedMetadataPatterns(patterns);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateExpandBFloat16Patterns(patterns);
}

class ToLlvmPass : public impl::ToLlvmBase<ToLlvmPass> {
  LogicalResult initialize(MLIRContext *context) override;
  void runOnOperation() override;

  static void keepKernels(ModuleOp module);
  LogicalResult flatten(ModuleOp module);
  LogicalResult convert(ModuleOp module);

  std::shared_ptr<const FrozenRewritePatternSet> simplify, toBranches, toLlvm;
  std::shared_ptr<LLVMTypeConverter> types;
};

LogicalResult ToLlvmPass::initialize(MLIRContext *context) {
  RewritePatternSet first(context);
  addSimplifications(first);
  simplify = std::make_shared<FrozenRewritePatternSet>(std::move(first));

  RewritePatternSet second(context);
  populateAffineToStdConversionPatterns(second);
  populateSCFToControlFlowConversionPatterns(second);
  populateMathToLibmConversionPatterns(second);
  toBranches = std::make_shared<FrozenRewritePatternSet>(std::move(second));

  LowerToLLVMOptions options(context);
  options.useBarePtrCallConv = true;
  types = std::make_shared<LLVMTypeConverter>(context, options);
  RewritePatternSet third(context);
  populateVectorToLLVMConversionPatterns(*types, third);
  populateFinalizeMemRefToLLVMConversionPatterns(*types, third);
  populateFuncToLLVMConversionPatterns(*types, third);
  arith::populateArithToLLVMConversionPatterns(*types, third);
  populateMathToLLVMConversionPatterns(*types, third);
  index::populateIndexToLLVMConversionPatterns(*types, third);
  cf::populateControlFlowToLLVMConversionPatterns(*types, third);
  ub::populateUBToLLVMConversionPatterns(*types, third);
  toLlvm = std::make_shared<FrozenRewritePatternSet>(std::move(third));
  return success();
}

/// MLIR has no bare pointer for memory like memref<3x0xf32>, and leaves such a function as it is; what is
/// empty is never touched, so any empty type will do.
static void flattenEmptyArguments(func::FuncOp kernel) {
  if (kernel.isExternal()) return;
  Block &body = kernel.getBody().front();
  for (BlockArgument argument : body.getArguments())
    if (auto type = dyn_cast<MemRefType>(argument.getType()); type && type.getNumElements() == 0)
      argument.setType(MemRefType::get({0}, type.getElementType()));
  kernel.setType(FunctionType::get(kernel.getContext(), body.getArgumentTypes(), kernel.getResultTypes()));
}

/// Drops outer functions and the kernels' notes, which no LLVM function may carry.
void ToLlvmPass::keepKernels(ModuleOp module) {
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (exec::isOuter(function)) {
      function.erase();
      continue;
    }
    flattenEmptyArguments(function);
    for (NamedAttribute named : llvm::to_vector(function->getDiscardableAttrs()))
      if (named.getName().strref().starts_with("exec.")) function->removeDiscardableAttr(named.getName());
  }
}

/// The driver without bookkeeping for going back: a third faster, and no pattern of ours fails half-way.
ConversionConfig straightOn() {
  ConversionConfig config;
  config.allowPatternRollback = false;
  config.foldingMode = DialectConversionFoldingMode::Never;
  return config;
}

/// Structured control flow becomes branches; the functions MLIR would expand inaccurately (log1p as log(1+x))
/// become calls by name, which runtime/Calls answers.
LogicalResult ToLlvmPass::flatten(ModuleOp module) {
  ConversionTarget target(getContext());
  target.addIllegalDialect<scf::SCFDialect, affine::AffineDialect>();
  target.addIllegalOp<math::ExpM1Op, math::Log1pOp, math::ErfOp, math::ErfcOp, math::CbrtOp, math::TanOp,
                      math::SinhOp, math::CoshOp, math::TanhOp, math::AsinOp, math::AcosOp, math::AtanOp,
                      math::Atan2Op, math::AsinhOp, math::AcoshOp, math::AtanhOp>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  return applyPartialConversion(module, target, *toBranches, straightOn());
}

LogicalResult ToLlvmPass::convert(ModuleOp module) {
  LLVMConversionTarget target(getContext());
  target.addLegalOp<ModuleOp>();
  return applyFullConversion(module, target, *toLlvm, straightOn());
}

void ToLlvmPass::runOnOperation() {
  ModuleOp module = getOperation();
  keepKernels(module);
  GreedyRewriteConfig config;
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  if (failed(applyPatternsGreedily(module, *simplify, config))) {
    module.emitError("the vector ops of a kernel do not become simpler after ten rounds");
    return signalPassFailure();
  }
  if (failed(flatten(module)) || failed(convert(module))) signalPassFailure();
}

} // namespace
} // namespace tgc::target

void tgc::addTarget(OpPassManager &passes, const Options &) { passes.addPass(createToLlvm()); }
