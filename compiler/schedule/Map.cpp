#include "compiler/schedule/Accumulate.h"
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/InPlace.h"
#include "compiler/schedule/Kernel.h"
#include "compiler/schedule/Pieces.h"
#include "compiler/schedule/Run.h"
#include "compiler/schedule/Transpose.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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
    streaming = isStreaming();
    if ((across = chooseAcross())) chooseBlocks();
    // As often as a body is unrolled: large ones are not written for every piece.
    if (!across && elements.lanes() > 1)
      pieces = piecesOf(inner, elements.lanes(), unroll, [&](Piece piece) { return edgesWithin(piece); });
    chunk = streaming ? streamCount * streamElements : chunkElements;
    chunks = (inner + chunk - 1) / chunk;
    rowsPerItem = std::max<int64_t>(1, chunk / std::max<int64_t>(inner, 1));
  }

  bool isTiled() const { return across.has_value(); }

  int64_t items() const {
    if (across)
      return productOf(withoutAcross()) * blocksOf(outerBox[*across], blockRows) * blocksOf(inner, blockRun);
    return chunks > 1 ? rows * chunks : (rows + rowsPerItem - 1) / rowsPerItem;
  }

  void emit(Value begin, Value end) {
    if (across) return emitBlocks(begin, end);
    if (chunks > 1) return emitChunks(begin, end);
    int64_t usually = std::exchange(elements.fetchAhead, rowsFollow() ? elements.fetchAhead : 0);
    if (streamsRows()) {
      streaming = true;
      Value middle = whereAligned(begin, end);
      emitRows(begin, middle);
      begin = middle, streaming = false;
    }
    emitRows(begin, end);
    elements.fetchAhead = usually;
  }

private:
  // A position whose outer axes and run are trial variables, in this order; the caller drops them.
  SmallVector<AffineExpr> trialPosition() {
    SmallVector<AffineExpr> position;
    for (int64_t extent : outerBox)
      position.push_back(elements.trialVariable(extent));
    llvm::append_range(position, delinearize(elements.trialVariable(inner), innerBox));
    return position;
  }

  // Where padding and joining change from one operand to the next, in elements from the piece's start.
  SmallVector<int64_t> edgesWithin(Piece piece) {
    size_t keep = elements.extents().size();
    SmallVector<AffineExpr> position;
    for (int64_t extent : outerBox)
      position.push_back(elements.trialVariable(extent));
    AffineExpr along = elements.trialVariable(piece.to - piece.from);
    llvm::append_range(position, delinearize(along + piece.from, innerBox));
    SmallVector<int64_t> edges;
    for (size_t result : results)
      llvm::append_range(edges, elements.edges(kernel.results[result], positionOf(result, position),
                                               keep + outerBox.size()));
    elements.dropTrials(keep);
    return edges;
  }

  // Whether what lies behind a row is what the next one reads; only then, or within long rows, there is
  // something to fetch ahead.
  bool rowsFollow() {
    if (rows == 1 || inner > elements.fetchAhead) return true;
    size_t keep = elements.extents().size();
    bool follow = llvm::all_of(addresses(trialPosition()), [&](AffineExpr address) {
      auto along = strideIn(address, keep + outerBox.size(), elements.extents());
      auto next = strideIn(address, keep + outerBox.size() - 1, elements.extents());
      return along != 1 || next == inner || next == 0;
    });
    elements.dropTrials(keep);
    return follow;
  }

  // Rows of whole lines leave the cache one after the other.
  bool streamsRows() const {
    auto type = cast<MemRefType>(kernel.resultBuffers[results[0]].getType());
    return results.size() == 1 && rows > 1 && leavesCache(type) &&
           inner * (type.getElementTypeBitWidth() / 8) % lineBytes == 0;
  }

  // Only aligned stores may go past the cache: all items do, or none. The end of those that do.
  Value whereAligned(Value begin, Value end) {
    Value aligned = compare(elements.root(), misaligned(lineBytes), index(0));
    return select(elements.root(), aligned, end, begin);
  }

  // Items of whole rows.
  void emitRows(Value begin, Value end) {
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

  // --- tiles: an argument is consecutive along another axis than the results

  // The outer axis along which most of what would be gathered is consecutive.
  std::optional<size_t> chooseAcross() {
    int64_t least = elements.lanes() / 2;
    if (elements.lanes() == 1 || inner < least) return std::nullopt;
    size_t keep = elements.extents().size();
    SmallVector<int64_t> votes(outerBox.size(), 0);
    for (AffineExpr address : addresses(trialPosition())) {
      int64_t stride = strideIn(address, keep + outerBox.size(), elements.extents()).value_or(0);
      for (size_t axis = 0; std::abs(stride) > 1 && axis < votes.size(); ++axis)
        votes[axis] += outerBox[axis] >= least && strideIn(address, keep + axis, elements.extents()) == 1;
    }
    elements.dropTrials(keep);
    auto most = llvm::max_element(votes);
    if (most == votes.end() || *most == 0) return std::nullopt;
    return most - votes.begin();
  }

  // Past the cache, whole columns of tiles: measured on 4096 x 4096 f32 with registers of 64 bytes, 6.5 ms,
  // where blocks of any kind take 7.5 to 10 and stores into the cache 16 (memcpy 7.2). Smaller registers are
  // stored beside each other, a line at a time: the processor gathers uncached stores in few buffers, and one
  // that leaves half full costs as much as many whole ones. With 32 bytes, 12.5 ms, and 30 with
  // half lines (memcpy 10).
  void chooseBlocks() {
    auto type = cast<MemRefType>(kernel.resultBuffers[results[0]].getType());
    beside = std::max<int64_t>(1, lineBytes / machine.vectorBytes);
    int64_t width = beside * elements.lanes();
    streaming = results.size() == 1 && leavesCache(type) && inner % width == 0;
    blockRows = streaming ? 4096 : 256, blockRun = streaming ? width : 128;
  }

  // Rows of a tile are written out where that is little code: they need no way through memory then.
  bool writesRows() const { return elements.lanes() <= 8 && kernel.bodyCost() <= 4; }

  static int64_t blocksOf(int64_t extent, int64_t block) { return (extent + block - 1) / block; }
  SmallVector<int64_t> withoutAcross() const {
    SmallVector<int64_t> others(outerBox);
    others.erase(others.begin() + *across);
    return others;
  }

  // An item is a block: `blockRows` rows of `blockRun` elements, in square tiles.
  void emitBlocks(Value begin, Value end) {
    Transpose transpose(elements, streaming ? 2 * elements.lanes() : 0);
    elements.tiled = [&](Value buffer, AffineExpr linear, unsigned lane) {
      return transpose.load(buffer, linear, lane);
    };
    int64_t usually = std::exchange(elements.fetchAhead, 0);
    elements.constantsLast = true;
    if (streaming) {
      Value middle = whereAligned(begin, end);
      blocks(transpose, begin, middle, true);
      begin = middle;
    }
    blocks(transpose, begin, end, false);
    elements.fetchAhead = usually;
    elements.constantsLast = false;
    elements.tiled = nullptr;
  }

  void blocks(Transpose &transpose, Value begin, Value end, bool streaming) {
    int64_t most = outerBox[*across];
    int64_t high = blocksOf(most, blockRows), wide = blocksOf(inner, blockRun);
    auto within = [&](AffineExpr expr) { return simplifyWithin(expr, elements.extents()); };
    Scope *loop = elements.openLoop(elements.root(), begin, end, index(1), {});
    AffineExpr item = elements.scalarVariable(loop, loop->loop.getInductionVar(), items());
    SmallVector<AffineExpr> outside = delinearize(within(item.floorDiv(high * wide)), withoutAcross());
    Value firstRow = multiply(elements.index(within(item.floorDiv(wide) % high)), blockRows);
    Value first = multiply(elements.index(within(item % wide)), blockRun);
    Value lastRow = minimum(loop, add(loop, firstRow, index(blockRows)), most);
    Value last = minimum(loop, add(loop, first, index(blockRun)), inner);
    Column column{{}, 0, firstRow, lastRow, streaming};
    for (const Strip &strip : strips()) {
      Value low = strip.from > 0 ? maximum(loop, first, strip.from) : first;
      Value end = strip.to < inner ? minimum(loop, last, strip.to) : last;
      int64_t width = elements.lanes();
      Scope *columns = elements.openLoop(loop, low, end, index(strip.beside * width), {});
      Value mask;
      auto maskType = VectorType::get({width}, elements.in(columns).getI1Type());
      if (strip.lanes < width)
        mask = elements.own(columns, vector::ConstantMaskOp::create(elements.in(columns), maskType,
                                                                    ArrayRef<int64_t>{strip.lanes}));
      int64_t more = (strip.beside - 1) * width;
      AffineExpr lane = elements.laneVariable(columns, columns->loop.getInductionVar(), inner - more, mask);
      column.lanes.clear(), column.laneCount = strip.lanes;
      for (int64_t at = 0; at <= more; at += width)
        column.lanes.push_back(lane + at);
      tiles(columns, transpose, outside, column);
      elements.closeLoop(columns, {});
    }
    elements.closeLoop(loop, {});
  }

  // Elements [from, to) of the run, in columns of `beside` tiles; `lanes` elements of a register are real.
  struct Strip {
    int64_t from, to, beside, lanes;
  };

  SmallVector<Strip> strips() const {
    int64_t width = elements.lanes(), full = inner - inner % width, lines = inner - inner % (beside * width);
    SmallVector<Strip> found;
    for (const Strip &strip :
         {Strip{0, lines, beside, width}, Strip{lines, full, 1, width}, Strip{full, inner, 1, inner - full}})
      if (strip.from < strip.to) found.push_back(strip);
    return found;
  }

  struct Column {
    SmallVector<AffineExpr> lanes; // of the tiles beside each other
    int64_t laneCount;
    Value firstRow, lastRow;
    bool streaming;
  };

  // The tiles of one column, one below the other.
  void tiles(Scope *columns, Transpose &transpose, ArrayRef<AffineExpr> outside, const Column &column) {
    int64_t most = outerBox[*across], rest = most % elements.lanes();
    if (!writesRows() || streaming != column.streaming)
      return tilesByRow(columns, transpose, outside, column);
    Column part = column;
    if (rest > 0) part.lastRow = minimum(columns, column.lastRow, most - rest);
    if (most > rest) writtenTiles(columns, transpose, outside, part);
    part.firstRow = maximum(columns, column.firstRow, most - rest), part.lastRow = column.lastRow;
    if (rest > 0) tilesByRow(columns, transpose, outside, part);
  }

  static unsigned idOf(AffineExpr variable) { return cast<AffineDimExpr>(variable).getPosition(); }

  void writtenTiles(Scope *columns, Transpose &transpose, ArrayRef<AffineExpr> outside,
                    const Column &column) {
    int64_t width = elements.lanes();
    Scope *tile = elements.openLoop(columns, column.firstRow, column.lastRow, index(width), {});
    AffineExpr first =
        elements.scalarVariable(tile, tile->loop.getInductionVar(), outerBox[*across] - width + 1);
    transpose.open({tile, idOf(column.lanes[0]), idOf(first), first, zero(), column.laneCount, nullptr});
    for (int64_t row = 0; row < width; ++row) {
      transpose.enterRow(row);
      SmallVector<AffineExpr> position(outside);
      position.insert(position.begin() + *across, first + row);
      stores(tile, position, column.lanes, column.streaming);
    }
    elements.closeLoop(tile, {});
  }

  void tilesByRow(Scope *columns, Transpose &transpose, ArrayRef<AffineExpr> outside, const Column &column) {
    int64_t most = outerBox[*across], width = elements.lanes();
    Scope *tile = elements.openLoop(columns, column.firstRow, column.lastRow, index(width), {});
    Value corner = tile->loop.getInductionVar(), count = index(width), rows;
    if (most % width != 0) {
      Value left = elements.own(tile, arith::SubIOp::create(elements.in(tile), index(most), corner));
      auto maskType = VectorType::get({width}, elements.in(tile).getI1Type());
      rows = elements.own(tile, vector::CreateMaskOp::create(elements.in(tile), maskType, ValueRange{left}));
      count = minimum(tile, left, width);
    }
    AffineExpr first = elements.scalarVariable(tile, corner, most);
    Scope *row = elements.openLoop(tile, index(0), count, index(1), {});
    Value number = row->loop.getInductionVar();
    AffineExpr within = elements.scalarVariable(row, number, width);
    AffineExpr place = elements.scalarVariable(row, add(row, corner, number), most);
    transpose.open({tile, idOf(column.lanes[0]), idOf(place), first, within, column.laneCount, rows});
    SmallVector<AffineExpr> position(outside);
    position.insert(position.begin() + *across, place);
    stores(row, position, column.lanes, column.streaming);
    elements.closeLoop(row, {});
    elements.closeLoop(tile, {});
  }

  // --- runs

  // Rows longer than a chunk: an item is one chunk of one row.
  void emitChunks(Value begin, Value end) {
    Value shift = streaming ? misaligned(machine.vectorBytes) : Value();
    Scope *loop = elements.openLoop(elements.root(), begin, end, index(1), {});
    AffineExpr item = elements.scalarVariable(loop, loop->loop.getInductionVar(), rows * chunks);
    AffineExpr row = simplifyWithin(item.floorDiv(chunks), elements.extents());
    SmallVector<AffineExpr> outside = delinearize(row, outerBox);
    Value low = multiply(elements.index(simplifyWithin(item % chunks, elements.extents())), chunk);
    if (streaming) {
      emitStreams(loop, outside, low, shift);
    } else {
      Value high = add(loop, low, index(chunk));
      if (inner % chunk != 0) high = minimum(loop, high, inner);
      run(loop, outside, low, high, std::nullopt);
    }
    elements.closeLoop(loop, {});
  }

  // Several places of the chunk at once, each fetched a little ahead: a processor follows few cache lines of
  // one place, none over the end of a page. Measured on sin(x) + cos(x)^2 of 2^26 elements against one place
  // fetched 2 KiB ahead: 1.36 times as fast on small pages, 1.05 on huge ones. With aligned stores every
  // chunk starts `shift` later; the first one has those elements to do besides.
  void emitStreams(Scope *loop, ArrayRef<AffineExpr> outside, Value low, Value shift) {
    Value start = minimum(loop, add(loop, low, shift), inner);
    Value high = minimum(loop, add(loop, start, index(chunk)), inner);
    Value first = select(loop, compare(loop, low, index(0)), low, start), rest = start;
    for (Piece piece : pieces.empty() ? SmallVector<Piece, 2>{{0, inner}} : pieces) {
      // What of the chunk lies within the piece: all of it, or not all.
      Value from = maximum(loop, start, piece.from), to = minimum(loop, high, piece.to);
      Value whole = compare(loop, subtract(loop, to, from), index(chunk));
      rest = select(loop, whole, high, rest);
      streams(loop, outside, start, select(loop, whole, index(streamElements), index(0)), piece);
    }
    Scope *ends = elements.openLoop(loop, index(0), index(2), index(1), {});
    Value before = compare(ends, ends->loop.getInductionVar(), index(0));
    masked(ends, outside, select(ends, before, first, rest), select(ends, before, start, high));
    elements.closeLoop(ends, {});
  }

  // `length` elements of each stream of the chunk from `start` on, within a piece.
  void streams(Scope *loop, ArrayRef<AffineExpr> outside, Value start, Value length, Piece piece) {
    int64_t usually = std::exchange(elements.fetchAhead, streamAheadBytes / kernel.widestBytes());
    Scope *round = elements.openLoop(loop, index(0), length, index(elements.lanes()), {});
    Value at = add(round, start, round->loop.getInductionVar());
    // Costly bodies are written fewer times, in a loop over the streams.
    int64_t written = kernel.bodyCost() <= 16 ? streamCount : kernel.bodyCost() <= 48 ? streamCount / 2 : 1;
    Scope *some = round;
    if (written < streamCount) {
      some = elements.openLoop(round, index(0), index(chunk), index(written * streamElements), {});
      at = add(some, at, some->loop.getInductionVar());
    }
    SmallVector<AffineExpr> lanes;
    for (int64_t stream = 0; stream < written; ++stream)
      lanes.push_back(lanesOf(some, stream == 0 ? at : add(some, at, index(stream * streamElements)), piece));
    stores(some, outside, lanes, true);
    if (some != round) elements.closeLoop(some, {});
    elements.closeLoop(round, {});
    elements.fetchAhead = usually;
  }

  // The lanes from element `first` of the run on, known to lie within a piece.
  AffineExpr lanesOf(Scope *scope, Value first, Piece piece) {
    if (piece.from > 0) first = subtract(scope, first, index(piece.from));
    return elements.laneVariable(scope, first, piece.to - piece.from, nullptr) + piece.from;
  }

  // Elements [from, to) of the row, in little code: there are few.
  void masked(Scope *scope, ArrayRef<AffineExpr> outside, Value from, Value to) {
    Scope *loop = elements.openLoop(scope, from, to, index(elements.lanes()), {});
    Value at = loop->loop.getInductionVar();
    Value left = elements.own(loop, arith::SubIOp::create(elements.in(loop), to, at));
    auto maskType = VectorType::get({elements.lanes()}, elements.in(loop).getI1Type());
    Value mask =
        elements.own(loop, vector::CreateMaskOp::create(elements.in(loop), maskType, ValueRange{left}));
    stores(loop, outside, {elements.laneVariable(loop, at, inner, mask)}, false);
    elements.closeLoop(loop, {});
  }

  // Elements [low, high) of one row in its pieces, full registers in each, and what is left between them.
  void runPieces(Scope *scope, ArrayRef<AffineExpr> outside, Value low, Value high) {
    SmallVector<Value> starts = {low}, ends;
    for (Piece piece : pieces) {
      int64_t length = piece.to - piece.from, width = elements.lanes();
      int64_t registers = length < 16 * width * unroll ? 1 : unroll, round = registers * width;
      Value from = minimum(scope, maximum(scope, low, piece.from), high);
      Value to = maximum(scope, minimum(scope, high, piece.to), from), count = subtract(scope, to, from);
      Value over = elements.own(scope, arith::RemUIOp::create(elements.in(scope), count, index(round)));
      to = subtract(scope, to, over);
      Scope *loop = elements.openLoop(scope, from, to, index(round), {});
      Value at = loop->loop.getInductionVar();
      SmallVector<AffineExpr> lanes;
      for (int64_t part = 0; part < registers; ++part)
        lanes.push_back(lanesOf(loop, part == 0 ? at : add(loop, at, index(part * width)), piece));
      stores(loop, outside, lanes, false);
      elements.closeLoop(loop, {});
      starts.push_back(to), ends.push_back(from);
    }
    ends.push_back(high);
    Scope *left = elements.openLoop(scope, index(0), index(ends.size()), index(1), {});
    Value from = starts[0], to = ends[0];
    for (size_t k = 1; k < ends.size(); ++k) {
      Value isThis = compare(left, left->loop.getInductionVar(), index(k));
      from = select(left, isThis, starts[k], from), to = select(left, isThis, ends[k], to);
    }
    masked(left, outside, from, to);
    elements.closeLoop(left, {});
  }

  // Elements [low, high) of one row; `count` is their number where that is known.
  void run(Scope *scope, ArrayRef<AffineExpr> outside, Value low, Value high, std::optional<int64_t> count) {
    if (!pieces.empty()) return runPieces(scope, outside, low, high);
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

  // A result that will not be in the cache when it is read next should not push out what is. Such stores want
  // full aligned registers: one result, in one run.
  bool isStreaming() const {
    if (results.size() != 1 || rows != 1 || inner <= streamCount * streamElements) return false;
    return leavesCache(cast<MemRefType>(kernel.resultBuffers[results[0]].getType()));
  }
  bool leavesCache(MemRefType type) const {
    int64_t width = type.getElementTypeBitWidth() / 8;
    return width * elements.lanes() == machine.vectorBytes &&
           machine.leavesCaches(width * type.getNumElements());
  }

  // Elements of the result before the first whose address is a multiple of `bytes`.
  Value misaligned(int64_t bytes) {
    Scope *root = elements.root();
    auto &builder = elements.in(root);
    int64_t width = cast<MemRefType>(kernel.resultBuffers[results[0]].getType()).getElementTypeBitWidth() / 8;
    Value address = elements.own(
        root, memref::ExtractAlignedPointerAsIndexOp::create(builder, kernel.resultBuffers[results[0]]));
    Value back = elements.own(root, arith::SubIOp::create(builder, index(0), address));
    Value missing = elements.own(root, arith::AndIOp::create(elements.in(root), back, index(bytes - 1)));
    return elements.own(root, arith::DivUIOp::create(elements.in(root), missing, index(width)));
  }

  Value multiply(Value value, int64_t factor) {
    if (factor == 1) return value;
    Scope *scope = elements.ownerOf(value);
    return elements.own(scope, arith::MulIOp::create(elements.in(scope), value, index(factor)));
  }
  Value add(Scope *scope, Value a, Value b) {
    return elements.own(scope, arith::AddIOp::create(elements.in(scope), a, b));
  }
  Value compare(Scope *scope, Value a, Value b) {
    return elements.own(scope, arith::CmpIOp::create(elements.in(scope), arith::CmpIPredicate::eq, a, b));
  }
  Value select(Scope *scope, Value condition, Value a, Value b) {
    return elements.own(scope, arith::SelectOp::create(elements.in(scope), condition, a, b));
  }
  Value subtract(Scope *scope, Value a, Value b) {
    return elements.own(scope, arith::SubIOp::create(elements.in(scope), a, b));
  }
  Value minimum(Scope *scope, Value value, Value bound) {
    return elements.own(scope, arith::MinUIOp::create(elements.in(scope), value, bound));
  }
  Value maximum(Scope *scope, Value value, Value bound) {
    return elements.own(scope, arith::MaxUIOp::create(elements.in(scope), value, bound));
  }
  Value minimum(Scope *scope, Value value, int64_t bound) { return minimum(scope, value, index(bound)); }
  Value maximum(Scope *scope, Value value, int64_t bound) { return maximum(scope, value, index(bound)); }
  Value index(int64_t value) { return elements.constantIndex(value); }
  AffineExpr zero() { return getAffineConstantExpr(0, elements.context()); }

  static constexpr int64_t chunkElements = 16384; // a multiple of every lanes * unroll
  static constexpr int64_t streamCount = 4, streamAheadBytes = 512;
  // Not a multiple of a page: lines at equal places of several pages share the processor's buffers for
  // uncached stores. Measured on registers of 32 bytes: four streams 64 KiB apart 200 ms for 2^26 elements,
  // 256 bytes more 25 ms.
  static constexpr int64_t streamElements = 16384 + 64;
  Kernel &kernel;
  Elements &elements;
  const Machine &machine;
  SmallVector<size_t> results;
  SmallVector<int64_t> box, outerBox, innerBox;
  int64_t rows = 1, inner = 1, unroll = 1, chunk = 1, chunks = 1, rowsPerItem = 1;
  SmallVector<Piece, 2> pieces; // in order; none where bounds play no part
  bool streaming = false;
  static constexpr int64_t lineBytes = 64;
  std::optional<size_t> across;        // tiles run over this outer axis and the lanes
  int64_t beside = 1;                  // tiles of a column
  int64_t blockRows = 1, blockRun = 1; // multiples of the lanes
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

// A tile has as many registers as lanes: with more of either it would not fit the register file.
constexpr int64_t mostTileLanes = 16;

} // namespace

LogicalResult emitMap(func::FuncOp function, const Machine &machine) {
  Kernel kernel(function);
  std::map<int64_t, SmallVector<size_t>> groups; // by number of elements
  for (size_t result = 0; result < kernel.results.size(); ++result)
    if (int64_t count = productOf(kernel.shapeOf(result))) groups[count].push_back(result);
  int64_t lanes = machine.lanes(kernel.widestBytes());
  if (lanes > mostTileLanes) {
    Elements trial(function, kernel.buffers, lanes);
    if (llvm::any_of(groups,
                     [&](auto &group) { return MapNest(kernel, trial, machine, group.second).isTiled(); }))
      lanes = mostTileLanes;
  }
  Elements elements(function, kernel.buffers, lanes);
  elements.fetchAhead = kernel.fetchAhead(machine);
  elements.reduce = [&](OpResult result, ArrayRef<AffineExpr>) {
    elements.fail("a map kernel contains a reduction");
  };
  bool sameShape = llvm::all_of(kernel.results, [&](Value r) {
    return r.getType() == kernel.results[0].getType() ||
           cast<RankedTensorType>(r.getType()).getShape() == kernel.shapeOf(0);
  });
  if (sameShape && !kernel.results.empty()) findInPlace(kernel, elements);
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
