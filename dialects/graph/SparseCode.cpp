// Items: blocks of rows, of columns, or of entries. An entry that is not there is skipped by a branch, which
// processors foresee.
#include "dialects/graph/SparseCode.h"
#include "dialects/graph/ItemVectors.h"
#include "dialects/graph/SparseMatrix.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace tgc::graph {

namespace {
using Numbers = ItemVectors::Numbers;

constexpr int64_t vectorsAtOnce = 4; // sums of 64 bytes in registers, of 32 bytes half of them

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// What every item starts from.
struct Parts {
  Parts(ItemInk &ink, Type element, ValueRange graphOperands, ArrayRef<int64_t> ranks)
      : ink(ink), vectors(ink, element), graphOperands(graphOperands), ranks(ranks) {}
  /// The place of a batch element in an operand.
  Value base(unsigned operand, Value batch) {
    Value held = graphOperands[operand];
    if (tensorOf(held).getRank() == ranks[operand]) return ink.number(0);
    return ink.multiply(batch, countOf(ownShape(held, ranks[operand])));
  }
  Value minimum(Value a, int64_t b) {
    return ink.builder.createOrFold<arith::MinSIOp>(ink.loc, a, ink.number(b));
  }
  Value both(Value a, Value b) { return arith::AndIOp::create(ink.builder, ink.loc, a, b); }
  ItemInk &ink;
  ItemVectors vectors;
  ValueRange graphOperands;
  ArrayRef<int64_t> ranks;
};

constexpr int64_t productRanks[] = {1, 1, 1, 2}, sampledRanks[] = {1, 1, 2, 2}, cooRanks[] = {1, 1, 1};

int64_t batchesOf(Value result, int64_t rank) { return countOf(shapeOf(result).drop_back(rank)); }

// ---- csr_matmul ----
/// Items are blocks of rows. The sums of a stretch of columns stay in registers while the row's entries pass.
struct CsrCode {
  CsrCode(CsrMatmulOp op)
      : op(op), rows(shapeOf(op.getOffsets()).back() - 1), entries(shapeOf(op.getValues()).back()),
        inner(ownShape(op.getDense(), 2)[0]), width(shapeOf(op.getDense()).back()),
        batches(batchesOf(op.getResult(), 2)) {
    // Some hundred items, each of some thousand multiplications.
    int64_t work = std::max<int64_t>(entries * width / rows, 1);
    rowsOfItem = std::min(rows, std::max(divideUp(rows, 512), divideUp(8192, work)));
    blocks = divideUp(rows, rowsOfItem);
  }
  Lowering::ItemsPlan plan() {
    Lowering::ItemsPlan plan;
    plan.count = batches * blocks;
    plan.nanoseconds = static_cast<double>(batches) *
                       (static_cast<double>(entries) * (2 + 0.05 * static_cast<double>(width)) +
                        static_cast<double>(rows) * 2);
    return plan;
  }
  void write(ItemInk &ink);

  CsrMatmulOp op;
  int64_t rows, entries, inner, width, batches, rowsOfItem, blocks;

private:
  struct Row {
    Value begin, end, columns, values, dense, to; ///< entries; places of the batch element; of the result
  };
  Value offset(Parts &parts, Value at);
  void dot(Parts &parts, const Row &row);
  void stretch(Parts &parts, const Row &row, Value column, ArrayRef<int64_t> pieces);
};

Value CsrCode::offset(Parts &parts, Value at) {
  ItemInk &ink = parts.ink;
  Value place = parts.vectors.asIndex(parts.vectors.integer(ink.inputs[0], at));
  return parts.minimum(arith::MaxSIOp::create(ink.builder, ink.loc, place, ink.number(0)), entries);
}

// One column: four sums at once, so that an addition need not wait for the one before. Gathers are
// slower: 1.5 ns an entry against 0.9 (AVX2).
void CsrCode::dot(Parts &parts, const Row &row) {
  ItemInk &ink = parts.ink;
  ItemVectors &vectors = parts.vectors;
  constexpr int64_t together = 4;
  auto grown = [&](Value p, Value sum) {
    Value place = vectors.integer(ink.inputs[1], ink.add(row.columns, p));
    auto add = [&] {
      Value value = vectors.element(ink.inputs[2], ink.add(row.values, p));
      Value dense = vectors.element(ink.inputs[3], ink.add(row.dense, vectors.asIndex(place)));
      return Numbers{vectors.multiplyAdd(value, dense, sum)};
    };
    return vectors.when(vectors.isBelow(place, inner), add, sum)[0];
  };
  Value length = arith::SubIOp::create(ink.builder, ink.loc, row.end, row.begin);
  Value none = ink.number(0), whole = arith::MaxSIOp::create(ink.builder, ink.loc, length, none);
  whole = ink.add(row.begin, ink.multiply(ink.divide(whole, together), together));
  Numbers sums(together, vectors.zero(0));
  sums = vectors.loop(row.begin, whole, together, sums, [&](Value p, ValueRange held) {
    Numbers next;
    for (auto [k, sum] : llvm::enumerate(held))
      next.push_back(grown(ink.add(p, ink.number(static_cast<int64_t>(k))), sum));
    return next;
  });
  Value rest = vectors.loop(whole, row.end, 1, sums[0],
                            [&](Value p, ValueRange held) { return Numbers{grown(p, held[0])}; })[0];
  Value total = vectors.add(vectors.add(rest, sums[1]), vectors.add(sums[2], sums[3]));
  vectors.store(ink.outputs[0], total, row.to);
}

void CsrCode::stretch(Parts &parts, const Row &row, Value column, ArrayRef<int64_t> pieces) {
  ItemInk &ink = parts.ink;
  ItemVectors &vectors = parts.vectors;
  Numbers first;
  for (int64_t lanes : pieces)
    first.push_back(vectors.zero(lanes));
  Numbers sums = vectors.loop(row.begin, row.end, 1, first, [&](Value p, ValueRange held) {
    Value place = vectors.integer(ink.inputs[1], ink.add(row.columns, p));
    auto add = [&] {
      Value value = vectors.element(ink.inputs[2], ink.add(row.values, p));
      Value from = ink.add(ink.add(row.dense, ink.multiply(vectors.asIndex(place), width)), column);
      Numbers next;
      int64_t at = 0;
      for (auto [lanes, sum] : llvm::zip(pieces, held)) {
        Value dense = vectors.load(ink.inputs[3], ink.add(from, ink.number(at)), lanes);
        next.push_back(vectors.multiplyAdd(vectors.repeat(value, lanes), dense, sum));
        at += lanes;
      }
      return next;
    };
    return vectors.when(vectors.isBelow(place, inner), add, held);
  });
  int64_t at = 0;
  for (auto [lanes, sum] : llvm::zip(pieces, sums)) {
    vectors.store(ink.outputs[0], sum, ink.add(ink.add(row.to, column), ink.number(at)));
    at += lanes;
  }
}

void CsrCode::write(ItemInk &ink) {
  Parts parts(ink, elementOf(op.getValues()), op.getOperands(), productRanks);
  Value batch = ink.divide(ink.item, blocks), block = ink.modulo(ink.item, blocks);
  Value offsets = parts.base(0, batch);
  Row row{{}, {}, parts.base(1, batch), parts.base(2, batch), parts.base(3, batch), {}};
  Value first = ink.multiply(block, rowsOfItem);
  Value last = parts.minimum(ink.add(first, ink.number(rowsOfItem)), rows);
  int64_t whole = vectorsAtOnce * parts.vectors.lanes(), stretches = width / whole;
  ink.loop(first, last, [&](Value at) {
    row.begin = offset(parts, ink.add(offsets, at));
    row.end = offset(parts, ink.add(ink.add(offsets, at), ink.number(1)));
    row.to = ink.multiply(ink.add(ink.multiply(batch, rows), at), width);
    if (width == 1) return dot(parts, row);
    if (stretches > 0)
      ink.loop(ink.number(0), ink.number(stretches), [&](Value which) {
        stretch(parts, row, ink.multiply(which, whole), parts.vectors.pieces(whole));
      });
    if (width % whole != 0)
      stretch(parts, row, ink.number(stretches * whole), parts.vectors.pieces(width % whole));
  });
}

// ---- coo_matmul ----
/// Items are stretches of the result's columns; each goes through all entries in order.
struct CooCode {
  CooCode(CooMatmulOp op)
      : op(op), rows(static_cast<int64_t>(op.getSize())), entries(shapeOf(op.getValues()).back()),
        inner(ownShape(op.getDense(), 2)[0]), width(shapeOf(op.getDense()).back()),
        batches(batchesOf(op.getResult(), 2)) {
    Type element = elementOf(op.getValues());
    wide = kindOf(element) == 'f' && bitsOf(element) == 16;
    // Lines of 128 bytes where there is work for several cores, else as much as registers hold at once.
    int64_t most = 1024 / std::max<int64_t>(bitsOf(element) / 8, wide ? 4 : 1) / 2;
    chunk = std::min(width, entries * width > 65536 && width * 4 >= most ? most / 4 : most);
    chunks = divideUp(width, chunk);
  }
  Lowering::ItemsPlan plan() {
    Lowering::ItemsPlan plan;
    plan.count = batches * chunks;
    plan.nanoseconds = static_cast<double>(batches) *
                       (static_cast<double>(entries) * (3 + 0.1 * static_cast<double>(width)) +
                        static_cast<double>(rows * width) * 0.1);
    if (wide)
      plan.scratch.push_back(
          RankedTensorType::get(shapeOf(op.getResult()), Float32Type::get(op.getContext())));
    return plan;
  }
  void write(ItemInk &ink);

  CooMatmulOp op;
  int64_t rows, entries, inner, width, batches, chunk, chunks;
  bool wide; ///< halves are added in f32

private:
  void columns(Parts &parts, Value batch, Value first, int64_t count);
};

// Columns [first, first + count) of a batch element.
void CooCode::columns(Parts &parts, Value batch, Value first, int64_t count) {
  ItemInk &ink = parts.ink;
  ItemVectors &vectors = parts.vectors;
  const ItemInk::Memory &sums = ink.outputs.back(); // the f32 scratch, where there is one
  Value result = ink.add(ink.multiply(batch, rows * width), first);
  auto everyRow = [&](llvm::function_ref<void(Value, int64_t)> body) {
    if (chunks == 1) return body(result, rows * width);
    ink.loop(ink.number(0), ink.number(rows),
             [&](Value row) { body(ink.add(result, ink.multiply(row, width)), count); });
  };
  everyRow([&](Value from, int64_t elements) { vectors.fill(sums, from, elements); });
  Value atRow = parts.base(0, batch), atColumn = parts.base(1, batch), atValue = parts.base(2, batch);
  Value dense = ink.add(parts.base(3, batch), first);
  ink.loop(ink.number(0), ink.number(entries), [&](Value p) {
    Value row = vectors.integer(ink.inputs[0], ink.add(atRow, p));
    Value column = vectors.integer(ink.inputs[1], ink.add(atColumn, p));
    ink.when(parts.both(vectors.isBelow(row, rows), vectors.isBelow(column, inner)), [&] {
      Value value = vectors.element(ink.inputs[2], ink.add(atValue, p));
      Value from = ink.add(dense, ink.multiply(vectors.asIndex(column), width));
      Value to = ink.add(result, ink.multiply(vectors.asIndex(row), width));
      int64_t at = 0;
      for (int64_t lanes : vectors.pieces(count)) {
        Value here = ink.add(to, ink.number(at));
        Value x = vectors.load(ink.inputs[3], ink.add(from, ink.number(at)), lanes);
        Value sum = vectors.multiplyAdd(vectors.repeat(value, lanes), x, vectors.load(sums, here, lanes));
        vectors.store(sums, sum, here);
        at += lanes;
      }
    });
  });
  if (wide)
    everyRow([&](Value from, int64_t elements) { vectors.copy(sums, ink.outputs[0], from, elements); });
}

void CooCode::write(ItemInk &ink) {
  Parts parts(ink, elementOf(op.getValues()), op.getOperands(), productRanks);
  Value batch = ink.divide(ink.item, chunks), which = ink.modulo(ink.item, chunks);
  Value first = ink.multiply(which, chunk);
  int64_t rest = width - (chunks - 1) * chunk;
  if (rest == chunk) return columns(parts, batch, first, chunk);
  auto isLast = [&](arith::CmpIPredicate how) -> Value {
    return arith::CmpIOp::create(ink.builder, ink.loc, how, which, ink.number(chunks - 1));
  };
  ink.when(isLast(arith::CmpIPredicate::ne), [&] { columns(parts, batch, first, chunk); });
  ink.when(isLast(arith::CmpIPredicate::eq), [&] { columns(parts, batch, first, rest); });
}

// ---- sampled_matmul ----
/// Items are blocks of entries, each a dot product of two rows.
struct SampledCode {
  static constexpr int64_t placesOfItem = 256, sumsAtOnce = 4;
  SampledCode(SampledMatmulOp op)
      : op(op), places(shapeOf(op.getRows()).back()), n(ownShape(op.getX(), 2)[0]),
        m(ownShape(op.getY(), 2)[0]), width(shapeOf(op.getX()).back()), batches(batchesOf(op.getResult(), 1)),
        blocks(divideUp(places, placesOfItem)) {}
  Lowering::ItemsPlan plan() {
    Lowering::ItemsPlan plan;
    plan.count = batches * blocks;
    plan.nanoseconds = static_cast<double>(batches * places) * (5 + 0.1 * static_cast<double>(width));
    return plan;
  }
  void write(ItemInk &ink);

  SampledMatmulOp op;
  int64_t places, n, m, width, batches, blocks;

private:
  Value dot(Parts &parts, Value x, Value y);
};

Value SampledCode::dot(Parts &parts, Value x, Value y) {
  ItemInk &ink = parts.ink;
  ItemVectors &vectors = parts.vectors;
  int64_t lanes = std::min<int64_t>(vectors.lanes(), llvm::PowerOf2Ceil(static_cast<uint64_t>(width)));
  int64_t whole = width / lanes, rest = width % lanes, looped = whole > 8 ? whole / sumsAtOnce : 0;
  Numbers sums(static_cast<size_t>(std::min(std::max<int64_t>(whole, 1), sumsAtOnce)), vectors.zero(lanes));
  auto add = [&](Value &sum, Value at) {
    sum = vectors.multiplyAdd(vectors.load(ink.inputs[2], ink.add(x, at), lanes),
                              vectors.load(ink.inputs[3], ink.add(y, at), lanes), sum);
  };
  if (looped > 0)
    sums = vectors.loop(ink.number(0), ink.number(looped * sumsAtOnce * lanes), sumsAtOnce * lanes, sums,
                        [&](Value at, ValueRange held) {
                          Numbers next(held);
                          for (int64_t k = 0; k < sumsAtOnce; ++k)
                            add(next[k], ink.add(at, ink.number(k * lanes)));
                          return next;
                        });
  for (int64_t k = looped * sumsAtOnce; k < whole; ++k)
    add(sums[k % static_cast<int64_t>(sums.size())], ink.number(k * lanes));
  if (rest > 0) {
    Value mask = vectors.firstLanes(ink.number(rest), lanes), at = ink.number(whole * lanes);
    sums.back() = vectors.multiplyAdd(vectors.load(ink.inputs[2], ink.add(x, at), lanes, mask),
                                      vectors.load(ink.inputs[3], ink.add(y, at), lanes, mask), sums.back());
  }
  for (; sums.size() > 1; sums.pop_back())
    sums[sums.size() - 2] = vectors.add(sums[sums.size() - 2], sums.back());
  return vectors.total(sums[0]);
}

void SampledCode::write(ItemInk &ink) {
  Parts parts(ink, elementOf(op.getX()), op.getOperands(), sampledRanks);
  ItemVectors &vectors = parts.vectors;
  Value batch = ink.divide(ink.item, blocks), block = ink.modulo(ink.item, blocks);
  Value first = ink.multiply(block, placesOfItem);
  Value last = parts.minimum(ink.add(first, ink.number(placesOfItem)), places);
  Value atRow = parts.base(0, batch), atColumn = parts.base(1, batch), atX = parts.base(2, batch),
        atY = parts.base(3, batch), to = ink.multiply(batch, places);
  ink.loop(first, last, [&](Value p) {
    Value row = vectors.integer(ink.inputs[0], ink.add(atRow, p));
    Value column = vectors.integer(ink.inputs[1], ink.add(atColumn, p));
    auto product = [&] {
      return Numbers{dot(parts, ink.add(atX, ink.multiply(vectors.asIndex(row), width)),
                         ink.add(atY, ink.multiply(vectors.asIndex(column), width)))};
    };
    Value there = parts.both(vectors.isBelow(row, n), vectors.isBelow(column, m));
    Numbers value = vectors.when(there, product, vectors.zero(0));
    vectors.store(ink.outputs[0], value[0], ink.add(to, p));
  });
}

// ---- coo ----
// An item is a batch element.
void writeCoo(ItemInk &ink, CooOp op) {
  Parts parts(ink, elementOf(op.getValues()), op.getOperands(), cooRanks);
  ItemVectors &vectors = parts.vectors;
  int64_t n = op.getShape()[0], m = op.getShape()[1];
  const ItemInk::Memory &sums = ink.outputs.back();
  Value result = ink.multiply(ink.item, n * m);
  vectors.fill(sums, result, n * m);
  Value atRow = parts.base(0, ink.item), atColumn = parts.base(1, ink.item),
        atValue = parts.base(2, ink.item);
  ink.loop(ink.number(0), ink.number(shapeOf(op.getRows()).back()), [&](Value p) {
    Value row = vectors.integer(ink.inputs[0], ink.add(atRow, p));
    Value column = vectors.integer(ink.inputs[1], ink.add(atColumn, p));
    ink.when(parts.both(vectors.isBelow(row, n), vectors.isBelow(column, m)), [&] {
      Value to = ink.add(ink.add(result, ink.multiply(vectors.asIndex(row), m)), vectors.asIndex(column));
      Value value = vectors.element(ink.inputs[2], ink.add(atValue, p));
      vectors.store(sums, vectors.add(vectors.element(sums, to), value), to);
    });
  });
  if (ink.outputs.size() > 1) vectors.copy(sums, ink.outputs[0], result, n * m);
}

// ---- csr_rows ----
// The number of offsets that are not behind place `p`, by search from the largest power of two down.
Value searchRow(ItemInk &ink, ItemVectors &vectors, Value offsets, int64_t count, Value p) {
  Value found = ink.number(0);
  OpBuilder &b = ink.builder;
  for (auto span = static_cast<int64_t>(llvm::bit_floor(static_cast<uint64_t>(count))); span > 0; span /= 2) {
    Value end = ink.add(found, ink.number(span - 1)), last = ink.number(count - 1);
    Value at = arith::MinSIOp::create(b, ink.loc, end, last);
    Value offset = vectors.asIndex(vectors.integer(ink.inputs[0], ink.add(offsets, at)));
    Value passes = arith::CmpIOp::create(b, ink.loc, arith::CmpIPredicate::sle, offset, p);
    Value inside = arith::CmpIOp::create(b, ink.loc, arith::CmpIPredicate::sle, end, last);
    Value both = arith::AndIOp::create(b, ink.loc, passes, inside);
    found = arith::SelectOp::create(b, ink.loc, both, ink.add(found, ink.number(span)), found);
  }
  return found;
}

// From `found` on, past all offsets that are not behind place `p`.
Value followRows(ItemInk &ink, ItemVectors &vectors, Value offsets, int64_t count, Value found, Value p) {
  OpBuilder &b = ink.builder;
  auto loop = scf::WhileOp::create(
      b, ink.loc, TypeRange(b.getIndexType()), ValueRange(found),
      [&](OpBuilder &inside, Location loc, ValueRange held) {
        Value more =
            arith::CmpIOp::create(inside, loc, arith::CmpIPredicate::slt, held[0], ink.number(count));
        auto passes = [&] {
          Value offset = vectors.asIndex(vectors.integer(ink.inputs[0], ink.add(offsets, held[0])));
          return Numbers{arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sle, offset, p)};
        };
        Value no = arith::ConstantOp::create(inside, loc, inside.getBoolAttr(false));
        scf::ConditionOp::create(inside, loc, vectors.when(more, passes, no)[0], held);
      },
      [&](OpBuilder &inside, Location loc, ValueRange held) {
        scf::YieldOp::create(inside, loc, ink.add(held[0], ink.number(1)));
      });
  return loop.getResult(0);
}

void writeCsrRows(ItemInk &ink, CsrRowsOp op) {
  ItemVectors vectors(ink, ink.builder.getI64Type());
  int64_t count = shapeOf(op.getOffsets()).back(), size = shapeOf(op.getResult()).back();
  int64_t blocks = divideUp(size, placesOfRowSearch);
  Value batch = ink.divide(ink.item, blocks), offsets = ink.multiply(batch, count);
  Value first = ink.multiply(ink.modulo(ink.item, blocks), placesOfRowSearch);
  Value end = ink.add(first, ink.number(placesOfRowSearch));
  Value last = arith::MinSIOp::create(ink.builder, ink.loc, end, ink.number(size));
  Value to = ink.multiply(batch, size), found = searchRow(ink, vectors, offsets, count, first);
  Type i64 = ink.builder.getI64Type();
  vectors.loop(first, last, 1, found, [&](Value p, ValueRange held) {
    Value next = followRows(ink, vectors, offsets, count, held[0], p);
    Value row = ink.add(next, ink.number(-1));
    vectors.store(ink.outputs[0], arith::IndexCastOp::create(ink.builder, ink.loc, i64, row), ink.add(to, p));
    return Numbers{next};
  });
}

} // namespace

Value lowerCsrRows(Lowering &lowering, CsrRowsOp op, ValueRange operands) {
  int64_t size = shapeOf(op.getResult()).back(), elements = tensorOf(op.getType()).getNumElements();
  Lowering::ItemsPlan plan;
  plan.count = elements / size * divideUp(size, placesOfRowSearch);
  plan.nanoseconds = 1.5 * static_cast<double>(elements);
  return lowering.items(op.getType(), operands, op.getOffsets().getType(), plan,
                        [&](ItemInk &ink) { writeCsrRows(ink, op); });
}

Value lowerCoo(Lowering &lowering, CooOp op, ValueRange operands) {
  auto type = tensorOf(op.getType());
  Type element = type.getElementType();
  Lowering::ItemsPlan plan;
  plan.count = batchesOf(op.getResult(), 2);
  plan.nanoseconds = 0.2 * static_cast<double>(type.getNumElements()) +
                     3.0 * static_cast<double>(plan.count * shapeOf(op.getRows()).back());
  if (kindOf(element) == 'f' && bitsOf(element) == 16)
    plan.scratch.push_back(RankedTensorType::get(type.getShape(), Float32Type::get(op.getContext())));
  return lowering.items(type, operands, op->getOperandTypes(), plan,
                        [&](ItemInk &ink) { writeCoo(ink, op); });
}

template <typename Code, typename Op>
static Value lowerProduct(Lowering &lowering, Op op, ValueRange operands) {
  Code code(op);
  return lowering.items(op.getType(), operands, op->getOperandTypes(), code.plan(),
                        [&](ItemInk &ink) { code.write(ink); });
}

Value lowerCsrMatmul(Lowering &lowering, CsrMatmulOp op, ValueRange operands) {
  return lowerProduct<CsrCode>(lowering, op, operands);
}
Value lowerCooMatmul(Lowering &lowering, CooMatmulOp op, ValueRange operands) {
  return lowerProduct<CooCode>(lowering, op, operands);
}
Value lowerSampledMatmul(Lowering &lowering, SampledMatmulOp op, ValueRange operands) {
  return lowerProduct<SampledCode>(lowering, op, operands);
}

} // namespace tgc::graph
