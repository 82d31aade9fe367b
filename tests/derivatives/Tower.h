// Derivatives of one function along fixed directions, order upon order, each order in both modes: every
// nesting of forward and reverse is a scalar of its own, and those of one order are all the same number.
// Written by asking the ops alone, so that what disagrees is a rule and not a stage.
#pragma once
#include "tests/catalogue/Case.h"
#include <functional>

namespace tgc::derivatives {

enum class Mode : char { Forward = 'f', Reverse = 'r' };

/// Sees what an op's rule answered (tangents of its results, cotangents of its operands) and may change it.
using Tamper = std::function<void(mlir::Operation *op, Mode mode, graph::Ink &ink, graph::Syms &answer)>;

/// A scalar made by differentiating; its modes from the first order to the last, "fr" is reverse over
/// forward.
struct Nesting {
  std::string modes;
  unsigned place = 0;             ///< among the values kept
  std::vector<unsigned> gradient; ///< last mode reverse: the places of the arguments' cotangents
  unsigned order() const { return modes.size(); }
};

/// A function of tensors as the scalar <w, results> with random w, and its derivatives along random
/// directions, one for each order. Only f64 arguments are moved, only f64 results weighted.
class Tower {
public:
  /// `written` is consumed; `inputs` stand for its arguments.
  Tower(catalogue::Written written, graph::HostTensors inputs, uint64_t seed);

  /// All nestings up to an order. Fails, with a diagnostic, where a rule does.
  llvm::LogicalResult grow(unsigned orders, const Tamper &tamper = {});
  /// Whether there is anything to differentiate.
  bool isActive() const { return active.size() > 0 && !nestings_.empty(); }

  const std::vector<Nesting> &nestings() const { return nestings_; }
  mlir::Value value(unsigned place) const;
  /// All values kept, by place.
  mlir::OperandRange values() const { return body().getTerminator()->getOperands(); }
  /// Keeps a value (its replacement, where a formula takes its place) reachable; gives its place.
  unsigned keep(mlir::Value value);
  mlir::Block &body() const { return const_cast<catalogue::Written &>(written).body(); }

  /// The function itself, of the scalar's type; the tower is empty then.
  catalogue::Written release();

  /// Of the block's arguments.
  graph::HostTensors inputs;
  /// Numbers of the arguments that are moved.
  llvm::SmallVector<unsigned> active;
  /// Numbers of the arguments that are the directions of an order, beside `active`; orders count from 1.
  llvm::ArrayRef<unsigned> directions(unsigned order) const { return along[order - 1]; }
  /// The inputs moved by `step` along the directions of an order.
  graph::HostTensors moved(unsigned order, double step) const;

private:
  unsigned addArgument(mlir::RankedTensorType type);
  graph::Ink &freshInk();
  mlir::Operation *keeper() const { return body().getTerminator(); }
  void addScalar();
  llvm::FailureOr<Nesting> derive(const Nesting &from, Mode mode, const Tamper &tamper);
  llvm::FailureOr<graph::Sym> forward(llvm::ArrayRef<mlir::Operation *> ops, mlir::Value of, unsigned order,
                                      const Tamper &tamper);
  llvm::FailureOr<graph::Syms> reverse(llvm::ArrayRef<mlir::Operation *> ops, mlir::Value of,
                                       const Tamper &tamper);
  /// The ops `value` is made of that depend on an active argument, in order.
  llvm::SmallVector<mlir::Operation *> activeCone(mlir::Value value);

  catalogue::Written written;
  uint64_t seed;
  std::unique_ptr<graph::Ink> ink; ///< of this step; ops an older one remembers may be gone
  std::vector<llvm::SmallVector<unsigned>> along;
  std::vector<Nesting> nestings_;
  llvm::DenseSet<mlir::Value> depends; ///< values that depend on an active argument
};

/// Values of a block, computed as far as they are asked for. With `seed` every result of floats is moved by a
/// few units in the last place, up or down by chance.
class Evaluation {
public:
  Evaluation(mlir::Block &block, llvm::ArrayRef<mlir::Value> wanted);
  graph::HostTensors operator()(graph::HostTensorsRef arguments, uint64_t seed = 0) const;
  /// Whether every op on the way computes numbers, and still does when its operands move a little on their
  /// own: where one does not, the chain rule has nothing to say.
  bool isSmoothInside(graph::HostTensorsRef arguments) const;
  /// Whether an op on the way has no result but what rounding makes of it (GraphOp::roundingScale), as the
  /// vectors of equal singular values.
  bool isLeftToRounding(graph::HostTensorsRef arguments) const;
  /// Whether a whole number on the way (of floor, remainder, ...) is another one at other arguments.
  bool stepsBetween(graph::HostTensorsRef here, graph::HostTensorsRef there) const;

private:
  using Held = llvm::DenseMap<mlir::Value, graph::HostTensor>;
  Held hold(graph::HostTensorsRef arguments) const;
  Held holdAll(graph::HostTensorsRef arguments) const;
  mlir::Block &block;
  llvm::SmallVector<mlir::Value> wanted;
  llvm::SmallVector<mlir::Operation *> ops;
};

} // namespace tgc::derivatives
