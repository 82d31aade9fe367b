#include "compiler/schedule/Accumulate.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tgc::schedule {

// --- the combining operation
// --------------------------------------------------------------------------------------

Operation *combinerOf(linalg::GenericOp op, unsigned number) {
  Value accumulator = op.getBody()->getArgument(op.getNumDpsInputs() + number);
  Operation *combiner = op.getBody()->getTerminator()->getOperand(number).getDefiningOp();
  if (!combiner || combiner->getBlock() != op.getBody() || combiner->getNumOperands() != 2) return nullptr;
  if (!accumulator.hasOneUse() || *accumulator.getUsers().begin() != combiner) return nullptr;
  return combiner;
}

TypedAttr neutralOf(Operation *op) {
  Type type = op->getResult(0).getType();
  Builder builder(op->getContext());
  auto number = [&](double value) -> TypedAttr { return builder.getFloatAttr(type, value); };
  if (isa<arith::AddFOp>(op)) return number(-0.0);
  if (isa<arith::MulFOp>(op)) return number(1.0);
  if (isa<arith::MaximumFOp, arith::MaxNumFOp>(op)) return number(-std::numeric_limits<double>::infinity());
  if (isa<arith::MinimumFOp, arith::MinNumFOp>(op)) return number(std::numeric_limits<double>::infinity());
  if (!type.isInteger()) return {};
  unsigned width = type.getIntOrFloatBitWidth();
  auto integer = [&](APInt value) -> TypedAttr { return builder.getIntegerAttr(type, value); };
  if (isa<arith::AddIOp, arith::OrIOp, arith::XOrIOp, arith::MaxUIOp>(op))
    return integer(APInt::getZero(width));
  if (isa<arith::MulIOp>(op)) return integer(APInt(width, 1));
  if (isa<arith::AndIOp, arith::MinUIOp>(op)) return integer(APInt::getAllOnes(width));
  if (isa<arith::MaxSIOp>(op)) return integer(APInt::getSignedMinValue(width));
  if (isa<arith::MinSIOp>(op)) return integer(APInt::getSignedMaxValue(width));
  return {};
}

bool isRegrouping(linalg::GenericOp op) {
  for (unsigned number = 0; number < op->getNumResults(); ++number) {
    Operation *combiner = combinerOf(op, number);
    if (!combiner || !neutralOf(combiner)) return false;
  }
  return true;
}

size_t collapsible(Elements &elements, ArrayRef<int64_t> box,
                   llvm::function_ref<SmallVector<AffineExpr>(ArrayRef<AffineExpr>)> addresses) {
  size_t keep = elements.extents().size(), split = box.size();
  while (split > 0) {
    size_t next = split - 1;
    Position position;
    for (int64_t extent : box.take_front(next))
      position.push_back(elements.trialVariable(extent));
    AffineExpr flat = elements.trialVariable(productOf(box.drop_front(next)));
    unsigned id = elements.extents().size() - 1;
    llvm::append_range(position, delinearize(flat, box.drop_front(next)));
    bool linear = llvm::all_of(addresses(position), [&](AffineExpr address) {
      return strideIn(address, id, elements.extents()).has_value();
    });
    elements.dropTrials(keep);
    if (!linear && next + 1 < box.size()) break;
    split = next;
    if (!linear) break;
  }
  return split;
}

// --- the nest
// -----------------------------------------------------------------------------------------------------

namespace {

// Additions of one accumulator in a row.
constexpr int64_t roundsOfBlock = 128;

class Nest {
public:
  Nest(Elements &elements, ArrayRef<Reduction> reductions, AccumulateOptions options)
      : elements(elements), reductions(reductions), options(options) {
    for (int64_t extent : reducedExtents(this->reductions[0].op))
      if (extent != 1) box.push_back(extent);
    SmallVector<AffineExpr> all;
    for (Reduction &reduction : this->reductions)
      llvm::append_range(all, reduction.point);
    place = elements.ownerOf(all);
    wide = options.lanes;
    for (AffineExpr expr : all)
      for (unsigned id : variablesOf(expr))
        wide |= elements.variable(id).kind != Variable::Scalar;
    wide &= elements.lanes() > 1;
    if (productOf(box) == 0) return; // nothing to reduce: the results are the initial values
    split = collapsible(elements, box, [&](ArrayRef<AffineExpr> position) { return addresses(position); });
  }

  void run() { finish(productOf(box) == 0 ? start(options.lanes) : outer(place, start(options.lanes))); }

private:
  // The iteration point of a reduction when the reduced elements (without unit extents) lie at `reduced`.
  Position pointAt(const Reduction &reduction, ArrayRef<AffineExpr> reduced) {
    Position point = reduction.point;
    linalg::GenericOp op = reduction.op;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    size_t next = 0;
    for (auto [axis, kind] : llvm::enumerate(op.getIteratorTypesArray()))
      if (kind == utils::IteratorType::reduction)
        point[axis] = ranges[axis] == 1 ? getAffineConstantExpr(0, op.getContext()) : reduced[next++];
    return point;
  }

  SmallVector<AffineExpr> addresses(ArrayRef<AffineExpr> reduced) {
    SmallVector<AffineExpr> found;
    for (Reduction &reduction : reductions)
      elements.bodyLeaves(reduction.op, pointAt(reduction, reduced), found);
    return found;
  }

  Value initial(const Reduction &reduction, unsigned number) {
    linalg::GenericOp op = reduction.op;
    OpOperand *init = op.getDpsInitOperand(number);
    Position position;
    for (AffineExpr expr : op.getMatchingIndexingMap(init).getResults())
      position.push_back(expr.replaceDims(reduction.point));
    return elements.at(init->get(), position);
  }

  SmallVector<Value> start(bool neutral) {
    SmallVector<Value> sums;
    for (int64_t copy = 0; copy < copies(); ++copy)
      for (Reduction &reduction : reductions)
        for (unsigned number = 0; number < reduction.op->getNumResults(); ++number) {
          Value first = neutral ? elements.constant(neutralOf(combinerOf(reduction.op, number)))
                                : initial(reduction, number);
          sums.push_back(wide ? elements.asVector(first) : first);
        }
    return sums;
  }

  int64_t copies() const { return options.lanes ? options.unroll : 1; }

  // The dimensions that could not be joined with the innermost ones: one loop over their product.
  SmallVector<Value> outer(Scope *scope, SmallVector<Value> sums) {
    int64_t count = productOf(ArrayRef<int64_t>(box).take_front(split));
    if (count == 1) return inner(scope, Position(split, zero()), sums);
    Scope *loop = elements.openLoop(scope, index(0), index(count), index(1), sums);
    AffineExpr flat = elements.scalarVariable(loop, loop->loop.getInductionVar(), count);
    Position position;
    for (AffineExpr expr : delinearize(flat, ArrayRef<int64_t>(box).take_front(split)))
      position.push_back(expr);
    SmallVector<Value> carried(loop->loop.getRegionIterArgs());
    return elements.closeLoop(loop, inner(loop, position, carried));
  }

  SmallVector<Value> inner(Scope *scope, const Position &outside, SmallVector<Value> sums) {
    int64_t count = productOf(ArrayRef<int64_t>(box).drop_front(split));
    int64_t width = options.lanes ? elements.lanes() : 1, whole = width * copies();
    int64_t rounds = count / whole, rest = count - rounds * whole;
    if (rounds == 1) {
      sums = step(scope, index(0), copies(), outside, count, nullptr, sums);
    } else if (rounds > 1) {
      auto loopOver = [&](Scope *around, Value first, Value end, SmallVector<Value> from) {
        Scope *loop = elements.openLoop(around, first, end, index(whole), from);
        SmallVector<Value> carried(loop->loop.getRegionIterArgs());
        return elements.closeLoop(
            loop, step(loop, loop->loop.getInductionVar(), copies(), outside, count, nullptr, carried));
      };
      sums = rounds >= 2 * roundsOfBlock && losesDigits()
                 ? inBlocks(scope, rounds, whole, sums, loopOver)
                 : loopOver(scope, index(0), index(rounds * whole), sums);
    }
    if (rest == 0) return sums;
    if (rest <= width) {
      Value mask = rest == width ? Value() : firstLanes(rest);
      return step(scope, index(count - rest), 1, outside, count, mask, sums);
    }
    Scope *loop = elements.openLoop(scope, index(count - rest), index(count), index(width), sums);
    SmallVector<Value> carried(loop->loop.getRegionIterArgs());
    Value iv = loop->loop.getInductionVar();
    Value left = elements.own(loop, arith::SubIOp::create(elements.in(loop), index(count), iv));
    auto type = VectorType::get({width}, elements.in(loop).getI1Type());
    Value mask = elements.own(loop, vector::CreateMaskOp::create(elements.in(loop), type, ValueRange{left}));
    return elements.closeLoop(loop, step(loop, iv, 1, outside, count, mask, carried));
  }

  // A float added to a sum of n elements loses up to n times its last place: long sums are sums of blocks.
  bool losesDigits() {
    auto adds = [](linalg::GenericOp op) {
      for (unsigned number = 0; number < op->getNumResults(); ++number)
        if (isa<arith::AddFOp>(combinerOf(op, number))) return true;
      return false;
    };
    return llvm::all_of(reductions, [](const Reduction &reduction) { return isRegrouping(reduction.op); }) &&
           llvm::any_of(reductions, [&](const Reduction &reduction) { return adds(reduction.op); });
  }

  using LoopOver = llvm::function_ref<SmallVector<Value>(Scope *, Value, Value, SmallVector<Value>)>;
  SmallVector<Value> inBlocks(Scope *scope, int64_t rounds, int64_t whole, SmallVector<Value> sums,
                              LoopOver loopOver) {
    Value end = index(rounds * whole), length = index(roundsOfBlock * whole);
    Scope *blocks = elements.openLoop(scope, index(0), end, length, sums);
    Value first = blocks->loop.getInductionVar();
    Value after = elements.own(blocks, arith::AddIOp::create(elements.in(blocks), first, length));
    Value stop = elements.own(blocks, arith::MinUIOp::create(elements.in(blocks), after, end));
    SmallVector<Value> totals(blocks->loop.getRegionIterArgs());
    SmallVector<Value> block = loopOver(blocks, first, stop, start(/*neutral=*/true));
    size_t slot = 0;
    for (int64_t copy = 0; copy < copies(); ++copy)
      for (Reduction &reduction : reductions)
        for (unsigned number = 0; number < reduction.op->getNumResults(); ++number, ++slot)
          totals[slot] = combine(combinerOf(reduction.op, number), totals[slot], block[slot]);
    return elements.closeLoop(blocks, totals);
  }

  Value firstLanes(int64_t count) {
    Scope *root = elements.root();
    auto type = VectorType::get({elements.lanes()}, elements.in(root).getI1Type());
    return elements.own(root,
                        vector::ConstantMaskOp::create(elements.in(root), type, ArrayRef<int64_t>{count}));
  }

  // One round: `parts` vectors (or one element) starting at `first`; each part has its own accumulators.
  SmallVector<Value> step(Scope *scope, Value first, int64_t parts, const Position &outside, int64_t count,
                          Value mask, SmallVector<Value> sums) {
    size_t slot = 0;
    for (int64_t part = 0; part < parts; ++part) {
      Value at = first;
      if (part > 0) {
        Scope *owner = elements.ownerOf(first);
        at = elements.own(owner,
                          arith::AddIOp::create(elements.in(owner), first, index(part * elements.lanes())));
      }
      AffineExpr flat = options.lanes ? elements.laneVariable(scope, at, count, mask)
                                      : elements.scalarVariable(scope, at, count);
      Position reduced = outside;
      llvm::append_range(reduced, delinearize(flat, ArrayRef<int64_t>(box).drop_front(split)));
      for (Reduction &reduction : reductions) {
        size_t results = reduction.op->getNumResults();
        SmallVector<Value> old(sums.begin() + slot, sums.begin() + slot + results);
        SmallVector<Value> next = elements.body(reduction.op, pointAt(reduction, reduced), old);
        if (next.empty()) return sums;
        for (size_t number = 0; number < results; ++number)
          sums[slot + number] =
              keep(mask, wide ? elements.asVector(next[number]) : next[number], old[number]);
        slot += results;
      }
    }
    return sums;
  }

  Value keep(Value mask, Value next, Value old) {
    if (!mask) return next;
    Scope *scope = elements.ownerOf({mask, next, old});
    return elements.own(scope, arith::SelectOp::create(elements.in(scope), mask, next, old));
  }

  Value combine(Operation *combiner, Value left, Value right) {
    OperationState state(combiner->getLoc(), combiner->getName(), {left, right}, left.getType(),
                         combiner->getAttrs());
    Scope *scope = elements.ownerOf({left, right});
    return elements.own(scope, elements.in(scope).create(state)->getResult(0));
  }

  // Folds a vector in halves down to one element.
  Value acrossLanes(Operation *combiner, Value value) {
    Scope *scope = elements.ownerOf(value);
    for (int64_t half = elements.lanes() / 2; half >= 1; half /= 2) {
      SmallVector<int64_t> low, high;
      for (int64_t lane = 0; lane < half; ++lane)
        low.push_back(lane), high.push_back(lane + half);
      Value a = elements.own(scope, vector::ShuffleOp::create(elements.in(scope), value, value, low));
      Value b = elements.own(scope, vector::ShuffleOp::create(elements.in(scope), value, value, high));
      value = combine(combiner, a, b);
    }
    return elements.own(scope, vector::ExtractOp::create(elements.in(scope), value, ArrayRef<int64_t>{0}));
  }

  void finish(SmallVector<Value> sums) {
    size_t slot = 0, perCopy = sums.size() / copies();
    for (Reduction &reduction : reductions)
      for (unsigned number = 0; number < reduction.op->getNumResults(); ++number, ++slot) {
        Value total = sums[slot];
        if (options.lanes) {
          Operation *combiner = combinerOf(reduction.op, number);
          SmallVector<Value> parts;
          for (int64_t copy = 0; copy < copies(); ++copy)
            parts.push_back(sums[slot + copy * perCopy]);
          for (; parts.size() > 1; parts.resize(parts.size() / 2))
            for (size_t i = 0; i < parts.size() / 2; ++i)
              parts[i] = combine(combiner, parts[i], parts[i + parts.size() / 2]);
          total = combine(combiner, initial(reduction, number), acrossLanes(combiner, parts[0]));
        }
        rememberResult(reduction, number, total);
      }
  }

  void rememberResult(const Reduction &reduction, unsigned number, Value total) {
    linalg::GenericOp op = reduction.op;
    Position position;
    for (AffineExpr expr : op.getMatchingIndexingMap(op.getDpsInitOperand(number)).getResults())
      position.push_back(expr.replaceDims(reduction.point));
    elements.remember(op->getResult(number), position, total);
  }

  Value index(int64_t value) { return elements.constantIndex(value); }
  AffineExpr zero() { return getAffineConstantExpr(0, elements.context()); }

  Elements &elements;
  SmallVector<Reduction> reductions;
  AccumulateOptions options;
  SmallVector<int64_t> box;
  Scope *place = nullptr;
  size_t split = 0;
  bool wide = false;
};

} // namespace

void emitReductions(Elements &elements, ArrayRef<Reduction> reductions, AccumulateOptions options) {
  if (elements.lanes() == 1) options.lanes = false;
  Nest(elements, reductions, options).run();
}

} // namespace tgc::schedule
