#include "compiler/schedule/Split.h"

#include "compiler/schedule/Accumulate.h"
#include "compiler/schedule/ContractShape.h"
#include "compiler/schedule/Extents.h"
#include "compiler/schedule/Kernel.h"
#include "compiler/schedule/KernelPair.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

constexpr int64_t enoughRows = 32;          // with as many results there is work for every thread already
constexpr int64_t leastPoints = 1 << 17;    // below this a second thread does not pay (about 10 us)
constexpr int64_t leastPiecePoints = 16384; // of a piece
constexpr int64_t mostPieces = 64;
constexpr int64_t mostProducts = 4096;     // results of a product whose sum is cut all the same,
constexpr int64_t productPieces = 8;       // into so many pieces,
constexpr int64_t leastProducts = 1 << 22; // if it has so many points (about 50 us)
constexpr int64_t mostTailCost = 16;       // of what a product does to a result before it is stored

// One dimension of a reduction, cut into `count` pieces of `length`; `rest` elements are left at its end.
struct Cut {
  unsigned dimension = 0;
  int64_t count = 0, length = 0, rest = 0;
};

using Cuts = SmallVector<std::pair<linalg::GenericOp, Cut>>;

// The largest number of pieces up to `most` that leaves nothing, or little, over.
std::optional<Cut> cutOf(unsigned dimension, int64_t extent, int64_t most) {
  for (int64_t count = most; count >= std::max<int64_t>(most / 4, 2); --count)
    if (extent % count == 0) return Cut{dimension, count, extent / count, 0};
  if (extent < most * 64) return std::nullopt;
  return Cut{dimension, most, extent / most, extent % most};
}

std::optional<Cut> cutOf(linalg::GenericOp op) {
  if (!isRegrouping(op)) return std::nullopt;
  for (Operation &inner : *op.getBody())
    if (inner.getNumRegions() != 0 || isa<linalg::IndexOp>(inner)) return std::nullopt;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t points = productOf(ranges), rows = 1;
  for (auto [extent, kind] : llvm::zip(ranges, op.getIteratorTypesArray()))
    if (kind != utils::IteratorType::reduction) rows *= extent;
  if (points < leastPoints) return std::nullopt;
  int64_t pieces = std::min(mostPieces, points / leastPiecePoints);
  int64_t most = (pieces + rows - 1) / rows;
  if (rows >= enoughRows) {
    // Products have few items for their work; a piece keeps enough of the sum to be worth its results.
    if (op.getNumDpsInputs() != 2 || rows > mostProducts || points < leastProducts) return std::nullopt;
    most = std::min(productPieces, points / rows / 512);
    if (most < 2) return std::nullopt;
  }
  for (auto [axis, kind] : llvm::enumerate(op.getIteratorTypesArray())) // an outer one keeps pieces together
    if (kind == utils::IteratorType::reduction)
      if (auto cut = cutOf(axis, ranges[axis], most)) return cut;
  return std::nullopt;
}

bool dependsOnReduction(Operation *op) {
  SmallVector<Operation *> work = {op};
  SmallPtrSet<Operation *, 16> seen;
  while (!work.empty())
    for (Value operand : work.pop_back_val()->getOperands()) {
      Operation *maker = operand.getDefiningOp();
      if (!maker || !seen.insert(maker).second) continue;
      if (auto generic = dyn_cast<linalg::GenericOp>(maker); generic && generic.getNumReductionLoops())
        return true;
      work.push_back(maker);
    }
  return false;
}

// What of the kernel is cut; nothing if some of it cannot be, or gains nothing.
std::optional<Cuts> cutsOf(func::FuncOp kernel) {
  Cuts cuts;
  int64_t rows = 1;
  for (Operation &op : kernel.front().without_terminator()) {
    if (!isa<linalg::GenericOp, linalg::FillOp, tensor::EmptyOp, arith::ConstantOp>(op)) return std::nullopt;
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic || generic.getNumReductionLoops() == 0) continue;
    auto cut = cutOf(generic);
    if (!cut || dependsOnReduction(generic)) return std::nullopt;
    rows = std::max(rows, cast<RankedTensorType>(generic.getResult(0).getType()).getNumElements());
    cuts.push_back({generic, *cut});
  }
  if (cuts.empty()) return std::nullopt;
  for (Type type : kernel.getResultTypes()) // values of every element would be computed twice
    if (cast<RankedTensorType>(type).getNumElements() > rows) return std::nullopt;
  return cuts;
}

class Splitter {
public:
  Splitter(func::FuncOp kernel, const Cuts &cuts) : kernel(kernel), cuts(cuts), pair(kernel) {}

  void run() {
    Cuts inParts = here(pair.first), inJoined = here(pair.second);
    SmallVector<Value> parts = pair.pass(makeParts(inParts));
    join(inJoined, parts);
    pair.commit();
  }

private:
  // The cuts, at the same ops of a copy of the kernel.
  Cuts here(func::FuncOp copy) {
    Cuts found;
    for (auto [old, made] : llvm::zip(kernel.front(), copy.front()))
      for (auto [op, cut] : cuts)
        if (op == &old) found.push_back({cast<linalg::GenericOp>(made), cut});
    return found;
  }

  // A tensor nobody reads an element of: says how far a loop runs that stands in sums only.
  static Value ruler(OpBuilder &builder, Location loc, int64_t extent) {
    return tensor::EmptyOp::create(builder, loc, ArrayRef<int64_t>{extent}, builder.getI8Type());
  }

  // `op` with other maps, iterators and outputs; `measured` is a loop of extent `extent` without a tensor of
  // that extent.
  struct Loops {
    SmallVector<AffineExpr> dimensions; // what each old dimension is now
    SmallVector<AffineExpr> leading;    // put before the position of the results
    SmallVector<utils::IteratorType> iterators;
    unsigned measured = 0;
    int64_t extent = 0;
  };
  static linalg::GenericOp remade(OpBuilder &builder, linalg::GenericOp op, const Loops &loops,
                                  ValueRange outs) {
    SmallVector<AffineMap> maps;
    unsigned count = loops.iterators.size(), inputs = op.getNumDpsInputs();
    auto *context = op.getContext();
    SmallVector<Value> ins(op.getDpsInputs());
    for (auto [number, map] : llvm::enumerate(op.getIndexingMapsArray())) {
      if (number == inputs)
        maps.push_back(AffineMap::get(count, 0, getAffineDimExpr(loops.measured, context)));
      SmallVector<AffineExpr> exprs;
      if (number >= inputs) llvm::append_range(exprs, loops.leading);
      for (AffineExpr expr : map.getResults())
        exprs.push_back(expr.replaceDims(loops.dimensions));
      maps.push_back(AffineMap::get(count, 0, exprs, context));
    }
    ins.push_back(ruler(builder, op.getLoc(), loops.extent));
    auto made =
        linalg::GenericOp::create(builder, op.getLoc(), outs.getTypes(), ins, outs, maps, loops.iterators);
    IRMapping mapping;
    op.getRegion().cloneInto(&made.getRegion(), mapping);
    made.getBody()->insertArgument(inputs, builder.getI8Type(), op.getLoc());
    return made;
  }

  static SmallVector<Value> makeParts(const Cuts &here) {
    SmallVector<Value> results;
    for (auto [op, cut] : here) {
      OpBuilder builder(op);
      Loops loops;
      auto *context = op.getContext();
      AffineExpr piece = getAffineDimExpr(0, context);
      for (unsigned axis = 0; axis < op.getNumLoops(); ++axis) {
        AffineExpr own = getAffineDimExpr(axis + 1, context);
        loops.dimensions.push_back(axis == cut.dimension ? piece * cut.length + own : own);
      }
      loops.leading = {piece};
      loops.iterators = {utils::IteratorType::parallel};
      llvm::append_range(loops.iterators, op.getIteratorTypesArray());
      loops.measured = cut.dimension + 1, loops.extent = cut.length;
      SmallVector<Value> outs;
      for (auto [number, result] : llvm::enumerate(op->getResults())) {
        auto type = cast<RankedTensorType>(result.getType());
        SmallVector<int64_t> shape = {cut.count};
        llvm::append_range(shape, type.getShape());
        Value empty = tensor::EmptyOp::create(builder, op.getLoc(), shape, type.getElementType());
        Value neutral = arith::ConstantOp::create(builder, op.getLoc(), neutralOf(combinerOf(op, number)));
        outs.push_back(linalg::FillOp::create(builder, op.getLoc(), neutral, empty).getResult(0));
      }
      llvm::append_range(results, remade(builder, op, loops, outs)->getResults());
    }
    return results;
  }

  // What is left over goes first, then the pieces in their order.
  static void join(const Cuts &here, ArrayRef<Value> parts) {
    size_t next = 0;
    for (auto [op, cut] : here) {
      OpBuilder builder(op);
      SmallVector<Value> sums(op.getDpsInits());
      if (cut.rest > 0) llvm::copy(restOf(builder, op, cut)->getResults(), sums.begin());
      for (auto [number, result] : llvm::enumerate(op->getResults()))
        result.replaceAllUsesWith(combined(builder, op, number, parts[next++], sums[number]));
    }
  }

  static linalg::GenericOp restOf(OpBuilder &builder, linalg::GenericOp op, const Cut &cut) {
    Loops loops;
    for (unsigned axis = 0; axis < op.getNumLoops(); ++axis) {
      AffineExpr own = getAffineDimExpr(axis, op.getContext());
      loops.dimensions.push_back(axis == cut.dimension ? own + cut.count * cut.length : own);
    }
    loops.iterators = op.getIteratorTypesArray();
    loops.measured = cut.dimension, loops.extent = cut.rest;
    return remade(builder, op, loops, op.getDpsInits());
  }

  static Value combined(OpBuilder &builder, linalg::GenericOp op, unsigned number, Value parts, Value sum) {
    auto type = cast<RankedTensorType>(sum.getType());
    unsigned rank = type.getRank();
    auto *context = op.getContext();
    SmallVector<AffineExpr> row;
    for (unsigned axis = 0; axis < rank; ++axis)
      row.push_back(getAffineDimExpr(axis + 1, context));
    SmallVector<utils::IteratorType> iterators = {utils::IteratorType::reduction};
    iterators.append(rank, utils::IteratorType::parallel);
    Operation *combiner = combinerOf(op, number);
    Value accumulator = op.getBody()->getArgument(op.getNumDpsInputs() + number);
    auto made = linalg::GenericOp::create(
        builder, op.getLoc(), type, parts, sum,
        ArrayRef<AffineMap>{AffineMap::getMultiDimIdentityMap(rank + 1, context),
                            AffineMap::get(rank + 1, 0, row, context)},
        iterators, [&](OpBuilder &inner, Location loc, ValueRange arguments) {
          IRMapping mapping;
          for (Value operand : combiner->getOperands())
            mapping.map(operand, operand == accumulator ? arguments[1] : arguments[0]);
          linalg::YieldOp::create(inner, loc, inner.clone(*combiner, mapping)->getResults());
        });
    return made.getResult(0);
  }

  func::FuncOp kernel;
  const Cuts &cuts;
  KernelPair pair;
};

} // namespace

void splitReductions(func::FuncOp kernel) {
  if (auto cuts = cutsOf(kernel)) Splitter(kernel, *cuts).run();
}

bool splitTail(func::FuncOp kernel) {
  linalg::GenericOp product;
  int64_t cost = 0;
  for (auto op : kernel.getOps<linalg::GenericOp>()) {
    if (isProduct(op))
      product = op;
    else if (product && !isCopy(op))
      cost += costOf(op);
  }
  if (!product || cost == 0 || (cost <= mostTailCost && matchContraction(kernel))) return false;
  size_t place = std::distance(kernel.front().begin(), product->getIterator());
  KernelPair pair(kernel);
  auto productOf = [&](func::FuncOp copy) { return std::next(copy.front().begin(), place)->getResult(0); };
  productOf(pair.second).replaceAllUsesWith(pair.pass(productOf(pair.first))[0]);
  pair.commit();
  return true;
}

} // namespace tgc::schedule
