// See ContractPanelPack.h. Where the sum's steps are neighbours in memory, squares are transposed in
// registers; else vectors are loaded or gathered, step by step of the sum, so that a cache line met once is
// used up.
#include "compiler/schedule/ContractPanelPack.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;

constexpr int64_t fetchAhead = 2; // runs

class PanelPacker {
public:
  PanelPacker(ContractCode &code, const ContractPanelPlan &plan, int array, const ContractOffsets &start,
              Index length, Index steps)
      : code(code), plan(plan), panels(plan.panels), array(array), isRows(array == panels.rowArray),
        scaled(plan.contraction.scaled && !isRows), start(start),
        group(isRows ? panels.rows : panels.columns),
        table(isRows ? plan.rowOffsets[array] : plan.columnOffsets[array]), lanes(panels.lanes),
        width(isRows ? panels.tileRows : plan.tileColumns()), from(start[array]), length(length),
        steps(steps), target(isRows ? plan.rowCopy : plan.columnCopy) {}

  void write() {
    if (int near = neighbour(panels.sum); near >= 0 && lanes <= 16 && lanes > 1) return writeSquares(near);
    int near = neighbour(group), unit = near > 0 ? unitOf(near) : 0;
    if (unit) return writeOwnSquares(near, unit);
    code.forEach({}, steps, [&](Index step) {
      later = code.add(from, laterOffset(step, 2 * fetchAhead));
      writeVectors(code.add(from, sumOffset(step)), step);
    });
  }

  /// Writes fetches of the lines of a tile, by their number. Where its positions lie apart, each in a line
  /// with its neighbours, the tiles of these neighbours take turns, whole runs each.
  ContractFetch fetchesOf(Index tile) const {
    int64_t line = 64 / bytes(), length = panels.sum.block();
    Index first = code.scale(tile, width);
    if (neighbour(panels.sum) == 0) {
      int64_t lines = (length + line - 1) / line;
      return [first, lines, line, self = *this](Index number) {
        ContractCode &code = self.code;
        Index position = code.add(first, code.quotient(number, lines));
        self.fetch(code.add(code.add(self.from, self.offset(position)),
                            self.sumOffset(code.scale(code.remainder(number, lines), line))));
      };
    }
    int near = neighbour(group);
    int64_t before = near > 0 ? stepWidth(group, near) : 1, lines = 1;
    Index done{};
    if (near > 0) {
      lines = (group.block() / before + line - 1) / line;
      Index along = code.quotient(first, before);
      done = code.scale(code.quotient(along, line), length);
      first = code.add(code.add(first, code.scale(along, -before)), code.remainder(along, line));
    }
    return [first, done, lines, apart = before * line, self = *this](Index number) {
      ContractCode &code = self.code;
      Index one = code.add(done, number);
      Index position = code.add(first, code.scale(code.remainder(one, lines), apart));
      self.fetch(
          code.add(code.add(self.from, self.offset(position)), self.sumOffset(code.quotient(one, lines))));
    };
  }

private:
  int64_t stride(int index) const { return panels.indices[index].strides[array]; }
  int64_t extent(int index) const { return panels.indices[index].extent; }
  int64_t bytes() const {
    return cast<MemRefType>(plan.memories[array].getType()).getElementTypeBitWidth() / 8;
  }

  /// The place in a group's order of an index that lies inside blocks, with at least eight of its steps,
  /// which are neighbours in memory; -1: none.
  int neighbour(const ContractGroup &which) const {
    for (size_t place = 0; place < which.order.size() && place <= which.level; ++place)
      if (stride(which.order[place]) == 1 &&
          (place == which.level ? which.steps : extent(which.order[place])) >= std::min<int64_t>(8, lanes))
        return static_cast<int>(place);
    return -1;
  }

  /// Positions of a block one step of `order[place]` moves.
  int64_t stepWidth(const ContractGroup &which, int place) const {
    int64_t product = 1;
    for (int at = 0; at < place; ++at)
      product *= extent(which.order[at]);
    return product;
  }

  /// One step of the sum, vector by vector.
  void writeVectors(Index source, Index step) {
    forEachTile(
        [&](Index tile) {
          forEachChunk([&](int64_t at, int64_t count) { copyVector(source, step, tile, at, count); });
        },
        [&](Index tile, Index left) {
          forEachChunk([&](int64_t at, int64_t count) {
            Index real = code.min(code.add(left, {Value(), -at}), {Value(), count});
            Value mask = code.laneMask(real, lanes);
            put(code.gather(plan.memories[array], source, offsets(tile, at), mask), tile, at, step, count);
          });
        });
  }

  /// Fetches what a later step of the sum will read at `at`: packing jumps from one short run to the next,
  /// which the processor does not foresee.
  void fetch(Index at) const {
    memref::PrefetchOp::create(code, plan.memories[array], code.materialize(at), /*isWrite=*/false,
                               /*localityHint=*/3, /*isDataCache=*/true);
  }

  /// The offset of the step `ahead` of `step`, or of the last one.
  Index laterOffset(Index step, int64_t ahead) {
    return sumOffset(code.min(code.add(step, {Value(), ahead}), code.add(steps, {Value(), -1})));
  }

  /// Lanes of the squares by which the group's own neighbours are transposed: positions must not leave a
  /// tile.
  int unitOf(int near) const {
    int64_t before = stepWidth(group, near);
    for (int64_t unit : {lanes, lanes / 2})
      if (!isRows && unit >= 4 && unit <= 16 && before % unit == 0) return static_cast<int>(unit);
    return 0;
  }

  /// `visit(start, count)` for pieces of `size` of a loop of `length` steps, the last of which may be
  /// shorter; a length not known by now is `usual` or `last`.
  void forEachPiece(Index length, int64_t size, int64_t usual, int64_t last,
                    llvm::function_ref<void(Index, int64_t)> visit) {
    Index pieces = code.quotient(length, size), done = code.scale(pieces, size);
    code.forEach({}, pieces, [&](Index piece) { visit(code.scale(piece, size), size); });
    if (length.isConstant()) {
      if (int64_t rest = length.constant % size) visit(done, rest);
      return;
    }
    int64_t rests[] = {usual % size, last % size};
    for (int which = 0; which < (rests[0] == rests[1] ? 1 : 2); ++which)
      if (rests[which] > 0)
        code.when(code.compare(arith::CmpIPredicate::eq, length, code.add(done, {Value(), rests[which]})),
                  [&] { visit(done, rests[which]); });
  }

  /// Steps of `order[place]` in this block.
  Index lengthOf(const ContractGroup &which, int place, Index positions) {
    if (place < static_cast<int>(which.level)) return {Value(), extent(which.order[place])};
    return code.quotient(positions, which.inner);
  }

  void forEachPieceOf(const ContractGroup &which, int place, Index positions, int64_t size,
                      llvm::function_ref<void(Index, int64_t)> visit) {
    forEachPiece(lengthOf(which, place, positions), size, which.steps,
                 which.extent - (which.pieces - 1) * which.steps, visit);
  }

  /// Where the columns' neighbours in memory are not the fastest columns: squares of `unit` fastest columns
  /// by `unit` neighbours. Memory is walked in the order it lies, as prefetching wants.
  void writeOwnSquares(int near, int64_t unit) {
    int64_t before = stepWidth(group, near);
    auto forEachStep = [&](llvm::function_ref<void(Index)> visit) { code.forEach({}, steps, visit); };
    auto forEachLow = [&](llvm::function_ref<void(Index)> visit) {
      code.forEach({}, {Value(), before / unit}, [&](Index chunk) { visit(code.scale(chunk, unit)); });
    };
    bool stepsOutside = stride(panels.sum.order[0]) > stride(group.order[0]);
    auto inner = [&](Index step, Index low, ArrayRef<Index> rows) {
      writeSquaresOf(near, unit, step, low, rows);
    };
    auto rowsOf = [&](Index low) {
      SmallVector<Index> rows;
      for (int64_t lane = 0; lane < unit; ++lane)
        rows.push_back(code.add(from, code.readIndex(table, code.add(low, {Value(), lane}))));
      return rows;
    };
    if (stepsOutside)
      forEachStep([&](Index step) { forEachLow([&](Index low) { inner(step, low, rowsOf(low)); }); });
    else
      forEachLow([&](Index low) {
        SmallVector<Index> rows = rowsOf(low);
        forEachStep([&](Index step) { inner(step, low, rows); });
      });
  }

  void writeSquaresOf(int near, int64_t unit, Index step, Index low, ArrayRef<Index> rows) {
    int64_t before = stepWidth(group, near);
    bool whole = near < static_cast<int>(group.level);
    int64_t around = whole ? before * extent(group.order[near]) : 0;
    Index stepOffset = sumOffset(step), later = laterOffset(step, fetchAhead);
    code.forEach({}, whole ? code.quotient(length, around) : Index{Value(), 1}, [&](Index high) {
      Index base = code.scale(high, around);
      Index offset = whole ? code.add(stepOffset, code.readIndex(table, base)) : stepOffset;
      Index ahead = whole ? code.add(later, code.readIndex(table, base)) : later;
      forEachPieceOf(group, near, length, unit, [&](Index along, int64_t count) {
        SmallVector<Value> square;
        for (Index row : rows)
          fetch(code.add(code.add(row, ahead), along));
        for (Index row : rows)
          square.push_back(
              code.load(plan.memories[array], code.add(code.add(row, offset), along), 1, unit, count));
        transposeSquare(code, square);
        for (int64_t k = 0; k < count; ++k) {
          Index to = code.add(code.add(base, low), code.scale(code.add(along, {Value(), k}), before));
          Index tile = code.quotient(to, width);
          Index place = code.add(code.scale(tile, width * panels.sum.block()), code.remainder(to, width));
          code.store(contractWiden(code, plan.contraction, square[k]), plan.copies,
                     code.add(code.add(target, place), code.scale(step, width)), 1, unit);
        }
      });
    });
  }

  Index offset(Index position) const { return table ? code.readIndex(table, position) : Index{}; }

  Index sumOffset(Index step) const { return sumOffset(step, array); }

  Index sumOffset(Index step, size_t which) const {
    if (panels.sum.level == 0 || panels.sum.order.size() == 1)
      return code.scale(step, panels.indices[panels.sum.order[0]].strides[which]);
    return plan.sumOffsets[which] ? code.readIndex(plan.sumOffsets[which], step) : Index{};
  }

  Value offsets(Index tile, int64_t at) {
    return code.load(table, code.add(code.scale(tile, width), {Value(), at}), 1, lanes, lanes);
  }

  void forEachChunk(llvm::function_ref<void(int64_t at, int64_t count)> visit) {
    for (int64_t at = 0; at < width; at += lanes)
      visit(at, std::min(lanes, width - at));
  }

  /// Whole tiles, then the one that is not (with the positions left).
  void forEachTile(llvm::function_ref<void(Index)> whole, llvm::function_ref<void(Index, Index)> rest) {
    Index tiles = code.quotient(length, width);
    code.forEach({}, tiles, whole);
    if (group.block() % width == 0 && group.lastBlock() % width == 0) return;
    Index left = code.add(length, code.scale(tiles, -width));
    if (left.isConstant()) return rest(tiles, left);
    code.when(code.compare(arith::CmpIPredicate::sgt, left, {}), [&] { rest(tiles, left); });
  }

  void put(Value vector, Index tile, int64_t at, Index step, int64_t count) {
    Index to = code.add(target, code.scale(tile, width * panels.sum.block()));
    vector = contractWiden(code, plan.contraction, vector);
    if (scaled) {
      constexpr size_t scale = 2;
      Index at = code.add(start[scale], sumOffset(step, scale));
      Value factor = code.load(plan.memories[scale], at, 0, lanes, lanes);
      vector = contractTimes(code, plan.contraction.arithmetic, vector,
                             contractWiden(code, plan.contraction, factor));
    }
    to = code.add(code.add(to, code.scale(step, width)), {Value(), at});
    if (panels.maskedStores) return code.store(vector, plan.copies, to, 1, count);
    code.storePieces(vector, plan.copies, to, count);
  }

  /// `count` positions of one step: one load where they are neighbours in memory.
  void copyVector(Index source, Index step, Index tile, int64_t at, int64_t count) {
    Value memory = plan.memories[array];
    Index position = code.add(code.scale(tile, width), {Value(), at});
    bool linear = group.level == 0 || group.order.size() == 1;
    if (linear && stride(group.order[0]) == 1)
      return put(code.load(memory, code.add(source, position), 1, lanes, count), tile, at, step, count);
    Value all = code.prefixMask(count, lanes);
    auto gathered = [&] { return code.gather(memory, source, offsets(tile, at), all); };
    if (group.order.empty() || stride(group.order[0]) != 1) return put(gathered(), tile, at, step, count);
    Index first = code.readIndex(table, position);
    Index last = code.readIndex(table, code.add(position, {Value(), count - 1}));
    Value near = code.compare(arith::CmpIPredicate::eq, last, code.add(first, {Value(), count - 1}));
    Type element = cast<MemRefType>(memory.getType()).getElementType();
    Value vector = code.choose(
        near, VectorType::get({lanes}, element),
        [&] {
          if (at * bytes() % 64 == 0) fetch(code.add(later, first));
          return SmallVector<Value>{code.load(memory, code.add(source, first), 1, lanes, count)};
        },
        [&] { return SmallVector<Value>{gathered()}; })[0];
    put(vector, tile, at, step, count);
  }

  /// Squares of `lanes` positions by `lanes` steps of the sum's index `near`, tile by tile.
  void writeSquares(int near) {
    auto tileOf = [&](Index tile, llvm::function_ref<Index(int64_t)> position) {
      forEachChunk([&](int64_t at, int64_t count) {
        SmallVector<Index> rows;
        for (int64_t lane = 0; lane < count; ++lane) {
          Index where = position(at + lane);
          bool linear = group.level == 0 || group.order.size() == 1;
          rows.push_back(code.add(from, !table   ? Index{}
                                        : linear ? code.scale(where, stride(group.order[0]))
                                                 : code.readIndex(table, where)));
        }
        writeRuns(near, tile, at, rows);
      });
    };
    forEachTile(
        [&](Index tile) {
          tileOf(tile, [&](int64_t at) { return code.add(code.scale(tile, width), {Value(), at}); });
        },
        [&](Index tile, Index left) {
          // Positions behind the last repeat it; nobody reads their copies.
          Index last = code.add(left, {Value(), -1});
          tileOf(tile, [&](int64_t at) {
            return code.add(code.scale(tile, width), code.min({Value(), at}, last));
          });
        });
  }

  void writeRuns(int near, Index tile, int64_t at, ArrayRef<Index> rows) {
    const ContractGroup &sum = panels.sum;
    int64_t before = stepWidth(sum, near);
    bool whole = near < static_cast<int>(sum.level);
    int64_t around = whole ? before * extent(sum.order[near]) : 0;
    code.forEach({}, whole ? code.quotient(steps, around) : Index{Value(), 1}, [&](Index high) {
      code.forEach({}, {Value(), before}, [&](Index low) {
        Index start = code.add(code.scale(high, around), low), offset = sumOffset(start);
        bool fetches = whole || before > 1;
        Index ahead = fetches ? laterOffset(start, fetchAhead * (before > 1 ? 1 : around)) : Index{};
        forEachPieceOf(sum, near, steps, lanes, [&](Index along, int64_t count) {
          if (fetches)
            for (Index row : rows)
              fetch(code.add(code.add(row, ahead), along));
          writeSquare(tile, at, rows, code.add(offset, along), code.add(start, code.scale(along, before)),
                      before, count);
        });
      });
    });
  }

  void writeSquare(Index tile, int64_t at, ArrayRef<Index> rows, Index offset, Index step, int64_t apart,
                   int64_t count) {
    Value memory = plan.memories[array];
    Type element = cast<MemRefType>(memory.getType()).getElementType();
    SmallVector<Value> square;
    for (int64_t lane = 0; lane < lanes; ++lane)
      square.push_back(lane < static_cast<int64_t>(rows.size())
                           ? code.load(memory, code.add(rows[lane], offset), 1, lanes, count)
                           : code.zeros(element, lanes));
    transposeSquare(code, square);
    for (int64_t k = 0; k < count; ++k)
      put(square[k], tile, at, code.add(step, {Value(), k * apart}), rows.size());
  }

  ContractCode &code;
  const ContractPanelPlan &plan;
  const ContractPanels &panels;
  int array;
  bool isRows, scaled;
  ContractOffsets start;
  const ContractGroup &group;
  Value table;
  int64_t lanes, width;
  Index from, length, steps, target;
  Index later; // where a step to come starts
};

} // namespace

void writeContractPanelPack(ContractCode &code, const ContractPanelPlan &plan, int array,
                            const ContractOffsets &start, Index length, Index steps) {
  PanelPacker(code, plan, array, start, length, steps).write();
}

ContractFetch contractFetches(ContractCode &code, const ContractPanelPlan &plan, ContractIndexValue from,
                              ContractIndexValue columnTile) {
  ContractOffsets start(plan.memories.size());
  start[plan.panels.columnArray] = from;
  return PanelPacker(code, plan, plan.panels.columnArray, start, {}, {}).fetchesOf(columnTile);
}

} // namespace tgc::schedule
