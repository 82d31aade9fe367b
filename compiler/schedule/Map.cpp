#include "compiler/schedule/Accumulate.h"
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/Kernel.h"
#include "compiler/schedule/Run.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

// Results with the same number of elements share one nest: outer rows, each a run of lanes.
class MapNest {
public:
  MapNest(Kernel &kernel, Elements &elements, const Machine &machine, SmallVector<size_t> results)
      : kernel(kernel), elements(elements), machine(machine), results(std::move(results)) {
    llvm::append_range(box, kernel.shapeOf(this->results[0]));
    size_t split =
        collapsible(elements, box, [&](ArrayRef<AffineExpr> position) { return addresses(position); });
    // Rows much shorter than a register: one long run with divisions instead.
    int64_t run = productOf(ArrayRef<int64_t>(box).drop_front(split));
    if (run * 2 <= elements.lanes()) split = 0;
    outerBox = SmallVector<int64_t>(box.begin(), box.begin() + split);
    innerBox = SmallVector<int64_t>(box.begin() + split, box.end());
    rows = productOf(outerBox), inner = productOf(innerBox);
    // Simple bodies are unrolled to hide latency; large ones keep the processor busy and the code small.
    unroll = elements.lanes() == 1 ? 1 : kernel.bodyCost() <= 12 ? 4 : kernel.bodyCost() <= 24 ? 2 : 1;
    chunks = (inner + chunkElements - 1) / chunkElements;
    rowsPerItem = std::max<int64_t>(1, chunkElements / std::max<int64_t>(inner, 1));
  }

  int64_t items() const { return chunks > 1 ? rows * chunks : (rows + rowsPerItem - 1) / rowsPerItem; }

  void emit(Value begin, Value end) {
    if (chunks > 1) return emitChunks(begin, end);
    Value low = multiply(begin, rowsPerItem), high = multiply(end, rowsPerItem);
    if (rows % rowsPerItem != 0) high = minimum(elements.root(), high, rows);
    if (rows == 1) { // a single item: it runs or it does not, and then begin == end == 0 or 1
      Scope *once = elements.openLoop(elements.root(), low, high, index(1), {});
      run(once, SmallVector<AffineExpr>(outerBox.size(), zero()), index(0), index(inner), inner);
      elements.closeLoop(once, {});
      return;
    }
    Scope *loop = elements.openLoop(elements.root(), low, high, index(1), {});
    AffineExpr row = elements.scalarVariable(loop, loop->loop.getInductionVar(), rows);
    run(loop, delinearize(row, outerBox), index(0), index(inner), inner);
    elements.closeLoop(loop, {});
  }

private:
  // Rows longer than a chunk: an item is one chunk of one row.
  void emitChunks(Value begin, Value end) {
    Scope *loop = elements.openLoop(elements.root(), begin, end, index(1), {});
    AffineExpr item = elements.scalarVariable(loop, loop->loop.getInductionVar(), rows * chunks);
    Value low = multiply(elements.index(simplifyWithin(item % chunks, elements.extents())), chunkElements);
    Value high = elements.own(loop, arith::AddIOp::create(elements.in(loop), low, index(chunkElements)));
    if (inner % chunkElements != 0) high = minimum(loop, high, inner);
    AffineExpr row = simplifyWithin(item.floorDiv(chunks), elements.extents());
    run(loop, delinearize(row, outerBox), low, high, std::nullopt);
    elements.closeLoop(loop, {});
  }

  // Elements [low, high) of one row; `count` is their number where that is known.
  void run(Scope *scope, ArrayRef<AffineExpr> outside, Value low, Value high, std::optional<int64_t> count) {
    bool streaming = isStreaming();
    forLanes(elements, scope, {low, high, count, inner, unroll},
             [&](Scope *place, ArrayRef<AffineExpr> lanes, bool full) {
               stores(place, outside, lanes, streaming && full);
             });
  }

  void stores(Scope *scope, ArrayRef<AffineExpr> outside, ArrayRef<AffineExpr> lanes, bool streaming) {
    struct Pending {
      size_t result;
      AffineExpr linear;
      Value value;
    };
    SmallVector<Pending> pending; // all loads of a round before its stores
    for (AffineExpr flat : lanes) {
      Position position(outside);
      llvm::append_range(position, delinearize(flat, innerBox));
      AffineExpr linear = linearize(position, box, elements.context());
      for (size_t result : results)
        pending.push_back(
            {result, linear, elements.at(kernel.results[result], positionOf(result, position))});
    }
    for (Pending &store : pending)
      elements.store(scope, kernel.resultBuffers[store.result], store.linear, store.value, streaming);
  }

  // Where element `position` of the box lies in a result of another shape.
  Position positionOf(size_t result, ArrayRef<AffineExpr> position) {
    ArrayRef<int64_t> shape = kernel.shapeOf(result);
    if (shape == ArrayRef<int64_t>(box)) return Position(position);
    return Position(delinearize(linearize(position, box, elements.context()), shape));
  }

  SmallVector<AffineExpr> addresses(ArrayRef<AffineExpr> position) {
    SmallVector<AffineExpr> found;
    for (size_t result : results)
      elements.leaves(kernel.results[result], positionOf(result, position), found);
    return found;
  }

  // Results that will not be in the cache when they are read next should not push out what is.
  bool isStreaming() const {
    int64_t bytes = 0;
    for (size_t result : results)
      bytes += cast<MemRefType>(kernel.resultBuffers[result].getType()).getNumElements() * 4;
    return false && bytes > machine.lastLevelBytes;
  }

  Value multiply(Value value, int64_t factor) {
    if (factor == 1) return value;
    Scope *scope = elements.ownerOf(value);
    return elements.own(scope, arith::MulIOp::create(elements.in(scope), value, index(factor)));
  }
  Value minimum(Scope *scope, Value value, int64_t bound) {
    return elements.own(scope, arith::MinUIOp::create(elements.in(scope), value, index(bound)));
  }
  Value index(int64_t value) { return elements.constantIndex(value); }
  AffineExpr zero() { return getAffineConstantExpr(0, elements.context()); }

  static constexpr int64_t chunkElements = 16384; // a multiple of every lanes * unroll
  Kernel &kernel;
  Elements &elements;
  const Machine &machine;
  SmallVector<size_t> results;
  SmallVector<int64_t> box, outerBox, innerBox;
  int64_t rows = 1, inner = 1, unroll = 1, chunks = 1, rowsPerItem = 1;
};

// Items [first, first + count) out of [begin, end), as items from 0.
std::pair<Value, Value> shareOf(Elements &elements, Kernel &kernel, int64_t first, int64_t count) {
  Scope *root = elements.root();
  auto clamp = [&](Value item) {
    Value low =
        elements.own(root, arith::MaxSIOp::create(elements.in(root), item, elements.constantIndex(first)));
    Value local =
        elements.own(root, arith::SubIOp::create(elements.in(root), low, elements.constantIndex(first)));
    return elements.own(root,
                        arith::MinSIOp::create(elements.in(root), local, elements.constantIndex(count)));
  };
  return {clamp(kernel.begin), clamp(kernel.end)};
}

} // namespace

LogicalResult emitMap(func::FuncOp function, const Machine &machine) {
  Kernel kernel(function);
  int64_t lanes = machine.lanes(kernel.widestBytes());
  Elements elements(function, kernel.buffers, lanes);
  elements.reduce = [&](OpResult result, ArrayRef<AffineExpr>) {
    elements.fail("a map kernel contains a reduction");
  };
  std::map<int64_t, SmallVector<size_t>> groups; // by number of elements
  for (size_t result = 0; result < kernel.results.size(); ++result)
    if (int64_t count = productOf(kernel.shapeOf(result))) groups[count].push_back(result);
  int64_t items = 0;
  for (auto &[count, results] : groups) {
    MapNest nest(kernel, elements, machine, results);
    bool alone = groups.size() == 1;
    auto [begin, end] =
        alone ? std::make_pair(kernel.begin, kernel.end) : shareOf(elements, kernel, items, nest.items());
    nest.emit(begin, end);
    items += nest.items();
  }
  return kernel.commit(elements, items, estimateNanoseconds(kernel, machine, lanes));
}

} // namespace tgc::schedule
