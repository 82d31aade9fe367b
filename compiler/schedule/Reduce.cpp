#include "compiler/schedule/Accumulate.h"
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/RowCache.h"
#include "compiler/schedule/Rows.h"
#include "compiler/schedule/Run.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

// Which axis the lanes of a register run over.
enum class Lanes { InsideRow, AcrossRows };

class RowNest {
public:
  RowNest(Kernel &kernel, Elements &elements, Rows rows)
      : kernel(kernel), elements(elements), rows(std::move(rows)), cache(kernel, elements, this->rows) {
    lanes = chooseLanes();
    unroll = kernel.bodyCost() <= 16 ? 4 : kernel.bodyCost() <= 64 ? 2 : 1;
    if (elements.lanes() == 1) unroll = 1;
    size_t split = this->rows.extents.size();
    if (lanes == Lanes::AcrossRows) {
      split =
          collapsible(elements, this->rows.extents, [&](ArrayRef<AffineExpr> row) { return addresses(row); });
    }
    outerBox = SmallVector<int64_t>(this->rows.extents.begin(), this->rows.extents.begin() + split);
    laneBox = SmallVector<int64_t>(this->rows.extents.begin() + split, this->rows.extents.end());
    outer = productOf(outerBox), run = productOf(laneBox);
    int64_t work = std::max<int64_t>(rowElements(), 1), step = elements.lanes() * unroll;
    chunk = std::max<int64_t>(step, chunkElements / work / step * step);
    chunks = lanes == Lanes::AcrossRows ? (run + chunk - 1) / chunk : 1;
    rowsPerItem = lanes == Lanes::InsideRow ? std::max<int64_t>(1, chunkElements / work) : 1;
  }

  int64_t items() const { return chunks > 1 ? outer * chunks : (outer + rowsPerItem - 1) / rowsPerItem; }

  // Consecutive loads are consecutive in memory.
  bool readsInOrder() const { return lanes == Lanes::InsideRow; }

  void emit() {
    elements.computed = [&](Value t, ArrayRef<AffineExpr> at, Value v) { cache.computed(t, at, v); };
    elements.kept = [&](Value t, ArrayRef<AffineExpr> at) { return cache.lookup(t, at); };
    Value low = scaled(kernel.begin, rowsPerItem), high = scaled(kernel.end, rowsPerItem);
    if (outer % rowsPerItem != 0) high = atMost(elements.root(), high, outer);
    Scope *loop = elements.openLoop(elements.root(), low, high, index(1), {});
    Value iv = loop->loop.getInductionVar();
    AffineExpr item = elements.scalarVariable(loop, iv, outer * chunks);
    SmallVector<AffineExpr> outside =
        delinearize(simplifyWithin(item.floorDiv(chunks), elements.extents()), outerBox);
    if (lanes == Lanes::InsideRow)
      row(loop, outside, {});
    else
      across(loop, outside, item);
    elements.closeLoop(loop, {});
  }

private:
  // --- choices
  // --------------------------------------------------------------------------------------------------

  // Addresses read by all reductions, and by the results, with the row at `row`; reduced elements at trial
  // variables.
  SmallVector<AffineExpr> addresses(ArrayRef<AffineExpr> row,
                                    SmallVectorImpl<unsigned> *innermost = nullptr) {
    SmallVector<AffineExpr> found;
    for (auto &stage : rows.stages)
      for (linalg::GenericOp op : stage) {
        Position point = pointInRow(op, row);
        SmallVector<int64_t> ranges = op.getStaticLoopRanges();
        unsigned last = ~0u;
        for (auto [axis, kind] : llvm::enumerate(op.getIteratorTypesArray()))
          if (kind == utils::IteratorType::reduction) {
            point[axis] = elements.trialVariable(ranges[axis]);
            if (ranges[axis] != 1) last = elements.extents().size() - 1;
          }
        elements.bodyLeaves(op, point, found);
        if (innermost) innermost->push_back(last);
      }
    for (const RowResult &result : rows.results) {
      SmallVector<AffineExpr> inside;
      for (int64_t extent : result.inside)
        inside.push_back(elements.trialVariable(extent));
      Position at = positionInRow(result, kernel.shapeOf(result.result), row, inside, elements.context());
      found.push_back(simplifyWithin(linearize(at, kernel.shapeOf(result.result), elements.context()),
                                     elements.extents()));
      elements.leaves(kernel.results[result.result], at, found);
    }
    return found;
  }

  // Elements of the longest row.
  int64_t rowElements() const {
    int64_t most = 1;
    for (auto &stage : rows.stages)
      most = std::max(most, productOf(reducedExtents(stage[0])));
    for (const RowResult &result : rows.results)
      most = std::max(most, productOf(result.inside));
    return most;
  }

  Lanes chooseLanes() {
    if (rows.extents.empty() || productOf(rows.extents) == 1) return Lanes::InsideRow;
    size_t keep = elements.extents().size();
    SmallVector<AffineExpr> row;
    for (int64_t extent : rows.extents)
      row.push_back(elements.trialVariable(extent));
    unsigned lastRow = elements.extents().size() - 1;
    SmallVector<unsigned> innermost;
    SmallVector<AffineExpr> found = addresses(row, &innermost);
    int64_t inside = 0, across = 0;
    for (AffineExpr address : found) {
      // Only what runs inside the row is read or written often.
      auto ids = variablesOf(simplifyWithin(address, elements.extents()));
      if (llvm::all_of(ids, [&](unsigned id) { return id <= lastRow; })) continue;
      across += strideIn(address, lastRow, elements.extents()) == 1;
      inside += llvm::any_of(innermost, [&](unsigned id) {
        return id != ~0u && strideIn(address, id, elements.extents()) == 1;
      });
    }
    elements.dropTrials(keep);
    bool regrouping =
        llvm::all_of(rows.stages, [](auto &stage) { return llvm::all_of(stage, isRegrouping); });
    int64_t rowCount = productOf(rows.extents), width = elements.lanes();
    if (!regrouping) return rowCount >= width / 2 ? Lanes::AcrossRows : Lanes::InsideRow;
    if (rowElements() * 2 <= width && rowCount >= width) return Lanes::AcrossRows;
    if (rows.extents.back() * 2 <= width && rowElements() > rowCount) return Lanes::InsideRow;
    return across > inside ? Lanes::AcrossRows : Lanes::InsideRow;
  }

  // --- code
  // -----------------------------------------------------------------------------------------------------

  // Several rows at once, one per lane; an item is a chunk of them.
  void across(Scope *scope, ArrayRef<AffineExpr> outside, AffineExpr item) {
    Value low = index(0), high = index(run);
    std::optional<int64_t> count = run;
    if (chunks > 1) {
      low = scaled(elements.index(simplifyWithin(item % chunks, elements.extents())), chunk);
      high = elements.own(scope, arith::AddIOp::create(elements.in(scope), low, index(chunk)));
      if (run % chunk != 0) high = atMost(scope, high, run);
      count = std::nullopt;
    }
    forLanes(elements, scope, {low, high, count, run, unroll},
             [&](Scope *place, ArrayRef<AffineExpr> lanes, bool) { row(place, outside, lanes); });
  }

  // One row, or as many as there are lane variables: reductions stage by stage, then the results.
  void row(Scope *scope, ArrayRef<AffineExpr> outside, ArrayRef<AffineExpr> lanes) {
    SmallVector<SmallVector<AffineExpr>> positions;
    if (lanes.empty()) positions.push_back(SmallVector<AffineExpr>(outside));
    for (AffineExpr lane : lanes) {
      positions.push_back(SmallVector<AffineExpr>(outside));
      llvm::append_range(positions.back(), delinearize(lane, laneBox));
    }
    if (lanes.empty()) cache.setRows(outside);
    int64_t usually = elements.fetchAhead, pass = 0;
    for (auto &stage : rows.stages) {
      elements.fetchAhead = fetchOf(pass++, usually);
      SmallVector<Reduction> reductions;
      bool regrouping = llvm::all_of(stage, isRegrouping);
      for (auto &position : positions)
        for (linalg::GenericOp op : stage)
          reductions.push_back({op, pointInRow(op, position)});
      AccumulateOptions options;
      options.lanes = lanes.empty() && regrouping;
      options.unroll = stage.size() > 2 ? std::min<int64_t>(2, unroll) : unroll;
      emitReductions(elements, reductions, options);
      if (lanes.empty()) cache.finishStage();
    }
    elements.fetchAhead = fetchOf(pass, usually);
    results(scope, positions, lanes.empty());
    elements.fetchAhead = usually;
  }

  // A row that is gone over several times is in the cache after the first: the second pass, which calculates
  // where the first one waits for memory, fetches the row after it.
  int64_t fetchOf(int64_t pass, int64_t usually) const {
    bool again = llvm::any_of(rows.results, [](const RowResult &result) { return !result.inside.empty(); });
    if (!usually || int64_t(rows.stages.size()) + again == 1 || rowElements() > longestFetch) return usually;
    return pass == 1 ? rowElements() : 0;
  }

  void results(Scope *scope, ArrayRef<SmallVector<AffineExpr>> positions, bool insideRow) {
    SmallVector<const RowResult *> left;
    for (const RowResult &result : rows.results) {
      if (!result.inside.empty()) {
        left.push_back(&result);
        continue;
      }
      for (auto &position : positions)
        write(scope, result, position, {});
    }
    while (!left.empty()) { // results with equal extents inside the row share their loops
      SmallVector<const RowResult *> same, others;
      for (const RowResult *result : left)
        (result->inside == left[0]->inside ? same : others).push_back(result);
      insideLoops(scope, same, positions, insideRow);
      left = others;
    }
  }

  void insideLoops(Scope *scope, ArrayRef<const RowResult *> same,
                   ArrayRef<SmallVector<AffineExpr>> positions, bool insideRow) {
    ArrayRef<int64_t> box = same[0]->inside;
    size_t split = collapsible(elements, box, [&](ArrayRef<AffineExpr> inside) {
      SmallVector<AffineExpr> found;
      for (const RowResult *result : same)
        for (auto &position : positions) {
          Position at =
              positionInRow(*result, kernel.shapeOf(result->result), position, inside, elements.context());
          elements.leaves(kernel.results[result->result], at, found);
          found.push_back(simplifyWithin(linearize(at, kernel.shapeOf(result->result), elements.context()),
                                         elements.extents()));
        }
      return found;
    });
    int64_t outerCount = productOf(box.take_front(split)), count = productOf(box.drop_front(split));
    if (outerCount * count == 0) return;
    Scope *place = scope;
    SmallVector<AffineExpr> inside(split, getAffineConstantExpr(0, elements.context()));
    if (outerCount > 1) {
      place = elements.openLoop(scope, index(0), index(outerCount), index(1), {});
      inside = delinearize(elements.scalarVariable(place, place->loop.getInductionVar(), outerCount),
                           box.take_front(split));
    }
    auto writeAll = [&](Scope *where, AffineExpr flat) {
      SmallVector<AffineExpr> at(inside);
      llvm::append_range(at, delinearize(flat, box.drop_front(split)));
      for (const RowResult *result : same)
        for (auto &position : positions)
          write(where, *result, position, at);
    };
    if (insideRow) {
      forLanes(elements, place, {index(0), index(count), count, count, elements.lanes() == 1 ? 1 : 2},
               [&](Scope *where, ArrayRef<AffineExpr> lanes, bool) {
                 for (AffineExpr lane : lanes)
                   writeAll(where, lane);
               });
    } else {
      Scope *loop = elements.openLoop(place, index(0), index(count), index(1), {});
      writeAll(loop, elements.scalarVariable(loop, loop->loop.getInductionVar(), count));
      elements.closeLoop(loop, {});
    }
    if (outerCount > 1) elements.closeLoop(place, {});
  }

  void write(Scope *scope, const RowResult &result, ArrayRef<AffineExpr> row, ArrayRef<AffineExpr> inside) {
    ArrayRef<int64_t> shape = kernel.shapeOf(result.result);
    Position at = positionInRow(result, shape, row, inside, elements.context());
    Value value = elements.at(kernel.results[result.result], at);
    elements.store(scope, kernel.resultBuffers[result.result], linearize(at, shape, elements.context()),
                   value, false);
  }

  Value scaled(Value value, int64_t factor) {
    if (factor == 1) return value;
    Scope *scope = elements.ownerOf(value);
    return elements.own(scope, arith::MulIOp::create(elements.in(scope), value, index(factor)));
  }
  Value atMost(Scope *scope, Value value, int64_t bound) {
    return elements.own(scope, arith::MinUIOp::create(elements.in(scope), value, index(bound)));
  }
  Value index(int64_t value) { return elements.constantIndex(value); }

  static constexpr int64_t chunkElements = 16384;
  static constexpr int64_t longestFetch = 32768; // elements of a row that are worth holding twice
  Kernel &kernel;
  Elements &elements;
  Rows rows;
  RowCache cache;
  Lanes lanes = Lanes::InsideRow;
  SmallVector<int64_t> outerBox, laneBox;
  int64_t unroll = 1, outer = 1, run = 1, chunk = 1, chunks = 1, rowsPerItem = 1;
};

} // namespace

LogicalResult emitReduce(func::FuncOp function, const Machine &machine) {
  {
    Kernel kernel(function);
    int64_t lanes = machine.lanes(kernel.widestBytes());
    Elements elements(function, kernel.buffers, lanes);
    elements.reduce = [&](OpResult result, ArrayRef<AffineExpr> position) {
      reduceInLoops(elements, result, position);
    };
    std::optional<Rows> rows = rowsOf(kernel, elements);
    if (rows && !kernel.isEmpty()) {
      RowNest nest(kernel, elements, std::move(*rows));
      if (nest.readsInOrder()) elements.fetchAhead = kernel.fetchAhead(machine);
      nest.emit();
      return kernel.commit(elements, nest.items(), estimateNanoseconds(kernel, machine, lanes));
    }
  }
  return emitLoops(function);
}

} // namespace tgc::schedule
