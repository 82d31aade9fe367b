// See ContractPanelTile.h.
#include "compiler/schedule/ContractPanelTile.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

using Index = ContractIndexValue;
using Sums = SmallVector<Value>;

class TileWriter {
public:
  TileWriter(ContractCode &code, const ContractPanelPlan &plan, const ContractPanelPart &part, Index rowTile,
             int64_t rows, Index columnTile, int64_t columns, const ContractFetch &fetch)
      : code(code), plan(plan), panels(plan.panels), contraction(plan.contraction), part(part), fetch(fetch),
        rows(rows), columns(columns), vectors((columns + panels.lanes - 1) / panels.lanes), rowTile(rowTile),
        firstRow(code.scale(rowTile, panels.tileRows)),
        firstColumn(code.scale(columnTile, plan.tileColumns())),
        rowCopy(code.add(plan.rowCopy, code.scale(rowTile, panels.tileRows * panels.sum.block()))),
        columnCopy(
            code.add(plan.columnCopy, code.scale(columnTile, plan.tileColumns() * panels.sum.block()))) {}

  void write() {
    if (!panels.streams) prefetch();
    Sums sums = multiply(Sums(rows * vectors, code.zeros(contraction.sumType, panels.lanes)));
    if (panels.symmetric) return storeTriangle(sums);
    if (panels.sum.blocks() == 1) return finish(sums, true);
    bool plain = contraction.tail.empty() && contraction.arrays.size() == 3;
    if (plain) return finish(sums, true);
    Value last = code.compare(arith::CmpIPredicate::eq, part.number, {Value(), panels.sum.blocks() - 1});
    code.when(last, [&] { finish(sums, true); }, [&] { finish(sums, false); });
  }

private:
  int64_t count(int64_t vector) const { return std::min(panels.lanes, columns - vector * panels.lanes); }

  /// The product of the two panels.
  Sums multiply(Sums sums) {
    int64_t unroll = fetch ? 4 : 2;
    Index rounds = code.quotient(part.steps, unroll);
    sums = carry({}, rounds, sums, [&](Index round, Sums inner) {
      for (int64_t step = 0; step < unroll; ++step)
        inner = writeStep(code.add(code.scale(round, unroll), {Value(), step}), inner);
      if (fetch) fetchLines(round, rounds);
      return inner;
    });
    return carry(code.scale(rounds, unroll), part.steps, sums,
                 [&](Index step, Sums inner) { return writeStep(step, inner); });
  }

  /// This tile's lines, spread over the rounds so that they do not wait for each other.
  void fetchLines(Index round, Index rounds) {
    int64_t tiles = panels.rows.total / panels.tileRows, lines = panels.sum.block();
    int64_t each = (lines + tiles - 1) / tiles, inRound = (each + rounds.constant - 1) / rounds.constant;
    for (int64_t line = 0; line < inRound; ++line) {
      Index mine = code.min(code.add(code.scale(round, inRound), {Value(), line}), {Value(), each - 1});
      fetch(code.min(code.add(code.scale(rowTile, each), mine), {Value(), lines - 1}));
    }
  }

  Sums carry(Index low, Index high, const Sums &sums, llvm::function_ref<Sums(Index, Sums)> round) {
    if (low.isConstant() && high.isConstant() && low.constant >= high.constant) return sums;
    auto loop =
        scf::ForOp::create(code, code.materialize(low), code.materialize(high), code.indexConstant(1), sums);
    OpBuilder::InsertionGuard guard(code);
    code.setInsertionPointToStart(loop.getBody());
    scf::YieldOp::create(code, round({loop.getInductionVar(), 0}, Sums(loop.getRegionIterArgs())));
    return Sums(loop.getResults());
  }

  Sums writeStep(Index step, Sums sums) {
    Index columnAt = code.add(columnCopy, code.scale(step, plan.tileColumns()));
    Index rowAt = code.add(rowCopy, code.scale(step, panels.tileRows));
    Sums held;
    for (int64_t vector = 0; vector < vectors; ++vector)
      held.push_back(code.load(plan.copies, code.add(columnAt, {Value(), vector * panels.lanes}), 1,
                               panels.lanes, panels.lanes));
    for (int64_t row = 0; row < rows; ++row) {
      Value repeated = code.load(plan.copies, code.add(rowAt, {Value(), row}), 0, panels.lanes, panels.lanes);
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Value &sum = sums[row * vectors + vector];
        sum = contractMultiplyAdd(code, contraction.arithmetic, repeated, held[vector], sum);
      }
    }
    return sums;
  }

  /// Offset of `position` of a group in an array, from the block's first.
  Index offset(const ContractGroup &group, Value table, size_t array, Index position) {
    if (!table) return {};
    if (group.level == 0 || group.order.size() == 1)
      return code.scale(position, panels.indices[group.order[0]].strides[array]);
    return code.readIndex(table, position);
  }

  Index rowStart(size_t array, int64_t row) { return rowStart(array, firstRow, row); }

  Index rowStart(size_t array, Index first, int64_t row) {
    return code.add(part.start[array],
                    offset(panels.rows, plan.rowOffsets[array], array, code.add(first, {Value(), row})));
  }

  Index columnOffset(size_t array, Index position) {
    return offset(panels.columns, plan.columnOffsets[array], array, position);
  }

  /// The result's lines are fetched while the product runs; where the sum is too short to wait for them,
  /// those of a later tile.
  void prefetch() {
    size_t result = plan.resultArray();
    constexpr int64_t shortSum = 64, fewRows = 128;
    bool later = panels.columnsOutside && panels.sum.block() <= shortSum;
    bool across = panels.rows.block() <= fewRows;
    Index column = firstColumn, row = firstRow;
    if (later && across)
      column =
          code.min(code.add(column, {Value(), plan.tileColumns()}), {Value(), panels.columns.block() - 1});
    if (later && !across)
      row = code.min(code.add(row, {Value(), panels.tileRows}), {Value(), panels.rows.block() - rows});
    Index along = columnOffset(result, column);
    for (int64_t at = 0; at < rows; ++at) {
      Index start = code.add(rowStart(result, row, at), along);
      for (int64_t vector = 0; vector < vectors; ++vector)
        memref::PrefetchOp::create(code, plan.memories[result],
                                   code.materialize(code.add(start, {Value(), vector * panels.lanes})),
                                   /*isWrite=*/true, /*localityHint=*/3, /*isDataCache=*/true);
    }
  }

  /// Whether every tile's columns are neighbours in the result, none is, or each has to look.
  void finish(const Sums &sums, bool last) {
    const ContractGroup &group = panels.columns;
    bool insideRun = group.block() <= panels.run;
    if (panels.streams && columns == plan.tileColumns())
      return code.when(plan.streams, [&] { stream(sums); }, [&] { store(sums, last, true); });
    if (insideRun || (columns == plan.tileColumns() && panels.run % columns == 0))
      return store(sums, last, true);
    if (panels.run < panels.lanes || panels.run % panels.lanes == 0) return store(sums, last, false);
    Index end = code.add(code.remainder(firstColumn, panels.run), {Value(), columns});
    code.when(
        code.compare(arith::CmpIPredicate::sle, end, {Value(), panels.run}), [&] { store(sums, last, true); },
        [&] { store(sums, last, false); });
  }

  /// Stores whole lines past the caches.
  void stream(const Sums &sums) {
    size_t result = plan.resultArray();
    for (int64_t row = 0; row < rows; ++row) {
      Index start = code.add(rowStart(result, row), columnOffset(result, firstColumn));
      for (int64_t vector = 0; vector < vectors; ++vector)
        code.storeUncached(sums[row * vectors + vector], plan.memories[result],
                           code.add(start, {Value(), vector * panels.lanes}));
    }
  }

  void store(const Sums &sums, bool last, bool neighbours) {
    size_t result = plan.resultArray();
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Value sum = sums[row * vectors + vector];
        if (panels.sum.blocks() > 1) {
          Value later = code.compare(arith::CmpIPredicate::ne, part.number, {});
          sum = contractPlus(code, contraction.arithmetic, sum, read(result, row, vector, neighbours, later));
        }
        auto load = [&](size_t array) { return read(array, row, vector, neighbours, {}); };
        auto put = [&](size_t array, Value value) { write(array, row, vector, neighbours, value); };
        if (last)
          writeContractTail(code, contraction, sum, {load, put});
        else
          put(result, sum);
      }
  }

  /// Positions in a symmetric product's matrix. Beyond its end there are rows and columns that are not real.
  Index rowPosition(int64_t row) { return code.add(code.add(part.row, firstRow), {Value(), row}); }
  Index columnPosition(int64_t column) {
    return code.add(code.add(part.column, firstColumn), {Value(), column});
  }

  /// A symmetric product keeps what is on the diagonal and beyond it, and its image. Most tiles lie beyond it
  /// as a whole and need no masks.
  void storeTriangle(const Sums &sums) {
    Index rest = code.add({Value(), panels.columns.total}, code.scale(columnPosition(columns), -1));
    Index apart = code.add(columnPosition(0), code.scale(rowPosition(rows), -1));
    Value inside = code.compare(arith::CmpIPredicate::sge, code.min(rest, apart), {});
    if (panels.sum.blocks() == 1)
      return code.when(
          inside, [&] { mirror(storeBeyond(sums, true), true); },
          [&] { mirror(storeBeyond(sums, false), false); });
    Sums whole = code.choose(
        inside, ValueRange(sums).getTypes(), [&] { return storeBeyond(sums, true); },
        [&] { return storeBeyond(sums, false); });
    Value last = code.compare(arith::CmpIPredicate::eq, part.number, {Value(), panels.sum.blocks() - 1});
    code.when(last, [&] { code.when(inside, [&] { mirror(whole, true); }, [&] { mirror(whole, false); }); });
  }

  /// Stores the sums, with those of the parts before, which it returns. Not inside: lanes below the diagonal
  /// or behind the matrix's end are left alone; a row that is not real has no others.
  Sums storeBeyond(Sums sums, bool inside) {
    size_t result = plan.resultArray();
    Value memory = plan.memories[result];
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector) {
        Index column = columnPosition(vector * panels.lanes);
        Value mask = inside ? code.prefixMask(panels.lanes, panels.lanes) : Value();
        if (!inside) {
          Index first = code.add(rowPosition(row), code.scale(column, -1));
          Index end = code.add({Value(), panels.columns.total}, code.scale(column, -1));
          mask = both(code.lanesFrom(first, panels.lanes), code.laneMask(end, panels.lanes));
        }
        Index at = code.add(rowStart(result, row),
                            code.add(columnOffset(result, firstColumn), {Value(), vector * panels.lanes}));
        Value &sum = sums[row * vectors + vector];
        if (panels.sum.blocks() > 1) {
          Value later = code.compare(arith::CmpIPredicate::ne, part.number, {});
          Value held = vector::BroadcastOp::create(code, mask.getType(), later);
          held = code.loadMasked(memory, at, inside ? held : both(mask, held),
                                 code.zeros(contraction.sumType, panels.lanes));
          sum = contractPlus(code, contraction.arithmetic, sum, held);
        }
        if (inside)
          code.store(sum, memory, at, 1, panels.lanes);
        else
          code.storeMasked(sum, memory, at, mask);
      }
    return sums;
  }

  Value both(Value a, Value b) { return arith::AndIOp::create(code, a, b); }

  /// Turns the tile and stores it on the other side of the diagonal.
  void mirror(const Sums &sums, bool inside) {
    for (int64_t vector = 0; vector < vectors; ++vector)
      for (int64_t from = 0; from < rows; from += panels.lanes) {
        int64_t real = std::min(panels.lanes, rows - from);
        Sums square(panels.lanes, code.zeros(contraction.sumType, panels.lanes));
        for (int64_t row = 0; row < real; ++row)
          square[row] = sums[(from + row) * vectors + vector];
        transposeSquare(code, square);
        for (int64_t column = 0; column < panels.lanes; ++column)
          mirrorVector(square[column], vector * panels.lanes + column, from, real, inside);
      }
  }

  /// `real` elements of one column of the tile, which are neighbours in a row on the other side.
  void mirrorVector(Value sum, int64_t column, int64_t row, int64_t real, bool inside) {
    size_t result = plan.resultArray();
    Value memory = plan.memories[result];
    Index to = columnPosition(column), along = rowPosition(row);
    int64_t apart = panels.indices[panels.rows.order[0]].strides[result];
    Index at = code.add(part.matrix[result], code.add(code.scale(to, apart), along));
    if (inside) return code.store(sum, memory, at, 1, real);
    Index below = code.add(to, code.scale(along, -1));
    Value isReal = code.compare(arith::CmpIPredicate::slt, to, {Value(), panels.columns.total});
    Index end = {arith::SelectOp::create(code, isReal, code.materialize(below), code.indexConstant(0)), 0};
    Value mask = code.laneMask(end, panels.lanes);
    if (real < panels.lanes) mask = both(mask, code.prefixMask(real, panels.lanes));
    code.storeMasked(sum, memory, at, mask);
  }

  /// Where a vector of columns lies in an array.
  enum class Shape { Repeated, Neighbours, Whole, Pieces, Scattered };

  Shape shapeOf(size_t array, bool neighbours) const {
    if (!plan.columnOffsets[array]) return Shape::Repeated;
    int64_t run = 1;
    for (int index : panels.columns.order) {
      if (run >= panels.run) break;
      if (panels.indices[index].strides[array] != run) return Shape::Scattered;
      run *= panels.indices[index].extent;
    }
    if (neighbours) return Shape::Neighbours;
    if (panels.run % panels.lanes == 0) return Shape::Whole;
    return panels.run < panels.lanes ? Shape::Scattered : Shape::Pieces;
  }

  /// A vector that leaves its run: the first lanes lie at `at`, the others at `nextAt` + lane.
  struct Pieces {
    Value first, second; // masks
    Index nextOffset;
  };

  Pieces piecesOf(size_t array, int64_t vector) {
    Index position = code.add(firstColumn, {Value(), vector * panels.lanes});
    Index left = code.add({Value(), panels.run}, code.scale(code.remainder(position, panels.run), -1));
    Index first = code.min(left, {Value(), count(vector)});
    Index next = code.min(code.add(position, first), code.add(position, {Value(), count(vector) - 1}));
    Value low = code.laneMask(first, panels.lanes), real = code.prefixMask(count(vector), panels.lanes);
    return {low,
            arith::AndIOp::create(
                code, real, arith::XOrIOp::create(code, low, code.prefixMask(panels.lanes, panels.lanes))),
            code.add(columnOffset(array, next), code.scale(first, -1))};
  }

  /// `only`, if given, says whether anything is read at all; zeros otherwise.
  Value read(size_t array, int64_t row, int64_t vector, bool neighbours, Value only) {
    Index start = rowStart(array, row), position = code.add(firstColumn, {Value(), vector * panels.lanes});
    Value memory = plan.memories[array];
    auto masked = [&](Value mask) {
      if (!only) return mask;
      return arith::AndIOp::create(code, mask, vector::BroadcastOp::create(code, mask.getType(), only))
          .getResult();
    };
    Value real = code.prefixMask(count(vector), panels.lanes);
    Value zero = code.zeros(cast<MemRefType>(memory.getType()).getElementType(), panels.lanes);
    switch (shapeOf(array, neighbours)) {
    case Shape::Repeated:
      return code.load(memory, start, 0, panels.lanes, panels.lanes);
    case Shape::Neighbours: {
      Index at =
          code.add(start, code.add(columnOffset(array, firstColumn), {Value(), vector * panels.lanes}));
      if (!only) return code.load(memory, at, 1, panels.lanes, count(vector));
      return code.loadMasked(memory, at, masked(real), zero);
    }
    case Shape::Whole: {
      Index at = code.add(start, columnOffset(array, position));
      if (!only) return code.load(memory, at, 1, panels.lanes, count(vector));
      return code.loadMasked(memory, at, masked(real), zero);
    }
    case Shape::Pieces: {
      Pieces pieces = piecesOf(array, vector);
      Value first =
          code.loadMasked(memory, code.add(start, columnOffset(array, position)), masked(pieces.first), zero);
      return code.loadMasked(memory, code.add(start, pieces.nextOffset), masked(pieces.second), first);
    }
    case Shape::Scattered:
      return code.gather(memory, start, lanesOf(array, position), masked(real));
    }
    llvm_unreachable("all shapes handled");
  }

  void write(size_t array, int64_t row, int64_t vector, bool neighbours, Value value) {
    Index start = rowStart(array, row), position = code.add(firstColumn, {Value(), vector * panels.lanes});
    Value memory = plan.memories[array];
    switch (shapeOf(array, neighbours)) {
    case Shape::Repeated:
      llvm_unreachable("a result has all columns");
    case Shape::Neighbours: {
      Index at =
          code.add(start, code.add(columnOffset(array, firstColumn), {Value(), vector * panels.lanes}));
      return code.store(value, memory, at, 1, count(vector));
    }
    case Shape::Whole:
      return code.store(value, memory, code.add(start, columnOffset(array, position)), 1, count(vector));
    case Shape::Pieces: {
      Pieces pieces = piecesOf(array, vector);
      code.storeMasked(value, memory, code.add(start, columnOffset(array, position)), pieces.first);
      return code.storeMasked(value, memory, code.add(start, pieces.nextOffset), pieces.second);
    }
    case Shape::Scattered:
      return code.scatter(value, memory, start, lanesOf(array, position),
                          code.prefixMask(count(vector), panels.lanes));
    }
  }

  Value lanesOf(size_t array, Index position) {
    return code.load(plan.columnOffsets[array], position, 1, panels.lanes, panels.lanes);
  }

  ContractCode &code;
  const ContractPanelPlan &plan;
  const ContractPanels &panels;
  const Contraction &contraction;
  const ContractPanelPart &part;
  const ContractFetch &fetch;
  int64_t rows, columns, vectors;
  Index rowTile, firstRow, firstColumn, rowCopy, columnCopy;
};

} // namespace

size_t ContractPanelPlan::resultArray() const {
  return llvm::find_if(contraction.arrays, [](const ContractArray &a) { return a.result >= 0; }) -
         contraction.arrays.begin();
}

void writeContractPanelTile(ContractCode &code, const ContractPanelPlan &plan, const ContractPanelPart &part,
                            Index rowTile, int64_t rows, Index columnTile, int64_t columns,
                            const ContractFetch &fetch) {
  TileWriter(code, plan, part, rowTile, rows, columnTile, columns, fetch).write();
}

} // namespace tgc::schedule
