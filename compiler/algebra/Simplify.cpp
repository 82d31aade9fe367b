// Applies the rules until none applies: the rows of Rules.td, and the canonical forms each op offers.
#include "compiler/Passes.h"
#include "compiler/algebra/Patterns.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc {
#define GEN_PASS_DEF_SIMPLIFY
#include "compiler/Passes.h.inc"

namespace {

bool isSplat(Attribute attr, double number) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat() || dense.empty()) return false;
  if (isa<FloatType>(dense.getElementType())) {
    llvm::APFloat value = dense.getSplatValue<llvm::APFloat>(), wanted(number);
    bool lost = false;
    wanted.convert(value.getSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.bitwiseIsEqual(wanted);
  }
  if (!isa<IntegerType>(dense.getElementType()) || dense.getElementType().isInteger(1)) return false;
  auto value = dense.getSplatValue<llvm::APInt>();
  return value ==
         llvm::APInt(value.getBitWidth(), static_cast<uint64_t>(static_cast<int64_t>(number)), true, true);
}

bool isBoolSplat(Attribute attr, bool flag) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  return dense && dense.getElementType().isInteger(1) && dense.isSplat() && !dense.empty() &&
         dense.getSplatValue<bool>() == flag;
}

bool isFiniteSplat(Attribute attr) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  return dense && dense.isSplat() && !dense.empty() && isa<FloatType>(dense.getElementType()) &&
         dense.getSplatValue<llvm::APFloat>().isFinite();
}

#include "compiler/algebra/Rules.inc"

struct SimplifyPass : impl::SimplifyBase<SimplifyPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateWithGenerated(set);
    for (RegisteredOperationName op :
         context->getRegisteredOperationsByDialect(GraphDialect::getDialectNamespace()))
      op.getCanonicalizationPatterns(set, context);
    algebra::addScale(set);
    algebra::addUnits(set);
    patterns = std::move(set);
    return success();
  }
  void runOnOperation() override {
    GreedyRewriteConfig config;
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled).enableFolding(false);
    if (failed(applyPatternsGreedily(getOperation(), patterns, config))) signalPassFailure();
  }
  FrozenRewritePatternSet patterns;
};

} // namespace
} // namespace tgc
