#include "compiler/schedule/Run.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

struct Rounds {
  Elements &elements;
  const Run &run;
  llvm::function_ref<void(Scope *, ArrayRef<AffineExpr>, bool)> round;

  Value index(int64_t value) { return elements.constantIndex(value); }

  void steps(Scope *scope, Value first, int64_t parts, Value mask) {
    SmallVector<AffineExpr> lanes;
    for (int64_t part = 0; part < parts; ++part) {
      Value at = first;
      if (part > 0) {
        Scope *owner = elements.ownerOf(first);
        at = elements.own(owner,
                          arith::AddIOp::create(elements.in(owner), first, index(part * elements.lanes())));
      }
      lanes.push_back(elements.laneVariable(scope, at, run.extent, mask));
    }
    round(scope, lanes, !mask);
  }

  // Fewer elements than a round of the main loop: masked registers.
  void tail(Scope *scope, Value low, std::optional<int64_t> count) {
    int64_t width = elements.lanes();
    auto maskType = VectorType::get({width}, elements.in(scope).getI1Type());
    if (count && *count <= width) {
      Value mask;
      if (*count != width)
        mask = elements.own(
            scope, vector::ConstantMaskOp::create(elements.in(scope), maskType, ArrayRef<int64_t>{*count}));
      return steps(scope, low, 1, mask);
    }
    Scope *loop = elements.openLoop(scope, low, run.high, index(width), {});
    Value iv = loop->loop.getInductionVar(), mask;
    if (!count || *count % width != 0) {
      Value left = elements.own(loop, arith::SubIOp::create(elements.in(loop), run.high, iv));
      mask = elements.own(loop, vector::CreateMaskOp::create(elements.in(loop), maskType, ValueRange{left}));
    }
    steps(loop, iv, 1, mask);
    elements.closeLoop(loop, {});
  }

  void all(Scope *scope) {
    int64_t whole = elements.lanes() * run.unroll;
    int64_t rest = (run.count ? *run.count : run.extent) % whole;
    if (run.count && *run.count < whole) return tail(scope, run.low, run.count);
    Value middle = run.high;
    if (rest != 0 && run.count) {
      middle = index(*run.count - rest);
    } else if (rest != 0) {
      Value length = elements.own(scope, arith::SubIOp::create(elements.in(scope), run.high, run.low));
      Value over = elements.own(scope, arith::RemUIOp::create(elements.in(scope), length, index(whole)));
      middle = elements.own(scope, arith::SubIOp::create(elements.in(scope), run.high, over));
    }
    if (run.count && *run.count - rest == whole) {
      steps(scope, run.low, run.unroll, nullptr);
    } else {
      Scope *loop = elements.openLoop(scope, run.low, middle, index(whole), {});
      steps(loop, loop->loop.getInductionVar(), run.unroll, nullptr);
      elements.closeLoop(loop, {});
    }
    if (rest != 0) tail(scope, middle, run.count ? std::optional<int64_t>(rest) : std::nullopt);
  }
};

} // namespace

void forLanes(Elements &elements, Scope *scope, const Run &run,
              llvm::function_ref<void(Scope *, ArrayRef<AffineExpr>, bool)> round) {
  if (run.count == 0) return;
  Rounds{elements, run, round}.all(scope);
}

} // namespace tgc::schedule
