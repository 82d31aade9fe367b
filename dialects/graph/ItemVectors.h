// Neighbouring elements at a time in the code of an item. A number here is a scalar or a vector in the type
// it is computed in: halves as f32, bool as bytes whose product is and, whose sum is or.
#pragma once
#include "dialects/graph/Lowering.h"

namespace tgc::graph {

class ItemVectors {
public:
  using Memory = ItemInk::Memory;
  using Numbers = llvm::SmallVector<mlir::Value>;
  ItemVectors(ItemInk &ink, mlir::Type element);

  /// Elements of 64 bytes, at most 32. The same on every machine, so that sums are.
  int64_t lanes() const { return lanes_; }
  /// Vectors that cover `count` elements: whole ones, then powers of two.
  llvm::SmallVector<int64_t> pieces(int64_t count) const;

  mlir::Value zero(int64_t lanes);
  mlir::Value repeat(mlir::Value scalar, int64_t lanes);
  mlir::Value element(const Memory &memory, mlir::Value at);
  mlir::Value load(const Memory &memory, mlir::Value at, int64_t lanes);
  /// Zero where the mask is off; nothing is read there.
  mlir::Value load(const Memory &memory, mlir::Value at, int64_t lanes, mlir::Value mask);
  void store(const Memory &memory, mlir::Value number, mlir::Value at);
  /// `count` elements from `from` on, one value for all; and copied (and converted) from another memory.
  void fill(const Memory &memory, mlir::Value from, int64_t count);
  void copy(const Memory &source, const Memory &target, mlir::Value from, int64_t count);

  mlir::Value add(mlir::Value a, mlir::Value b);
  /// sum + a * b, rounded once.
  mlir::Value multiplyAdd(mlir::Value a, mlir::Value b, mlir::Value sum);
  mlir::Value multiply(mlir::Value a, mlir::Value b);
  /// The sum of the lanes, by halves.
  mlir::Value total(mlir::Value vector);
  mlir::Value lane(mlir::Value vector, int64_t lane);
  mlir::Value turned(mlir::Value vector); ///< last lane first
  /// Each lane from the one `distance` before it, the first ones as they are.
  mlir::Value later(mlir::Value vector, int64_t distance);
  /// The first `distance` lanes of one vector and the other ones of another.
  mlir::Value joined(mlir::Value first, mlir::Value others, int64_t distance);
  /// One lane of each in turn: of their first halves, or of their second ones.
  mlir::Value zipped(mlir::Value a, mlir::Value b, bool second);

  /// An integer tensor's element as an i64 (unsigned ones above 2^63 come out negative).
  mlir::Value integer(const Memory &memory, mlir::Value at);
  /// The first `count` (an index) of the lanes.
  mlir::Value firstLanes(mlir::Value count, int64_t lanes);
  /// Whether an i64 is in [0, extent).
  mlir::Value isBelow(mlir::Value place, int64_t extent);
  mlir::Value asIndex(mlir::Value i64);

  /// A loop that carries numbers; `body` gives their next values.
  Numbers loop(mlir::Value low, mlir::Value high, int64_t step, mlir::ValueRange first,
               llvm::function_ref<Numbers(mlir::Value, mlir::ValueRange)> body);
  /// `body`, or `otherwise` where the condition is false.
  Numbers when(mlir::Value condition, llvm::function_ref<Numbers()> body, mlir::ValueRange otherwise);

private:
  mlir::Value enter(mlir::Value stored, mlir::Type element);
  mlir::Value leave(mlir::Value number, mlir::Type element);
  mlir::Type typeOf(int64_t lanes) const;
  mlir::Value shuffled(mlir::Value a, mlir::Value b, int64_t lanes,
                       llvm::function_ref<int64_t(int64_t)> from);
  mlir::Value spread(const Memory &memory, int64_t lanes);
  /// Calls `body` with every place of a stretch and the lanes there; 0 lanes is one scalar.
  void stretch(mlir::Value from, int64_t count, llvm::function_ref<void(mlir::Value, int64_t)> body);

  ItemInk &ink;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type computed; ///< of one number
  char kind;
  int64_t lanes_;
};

} // namespace tgc::graph
