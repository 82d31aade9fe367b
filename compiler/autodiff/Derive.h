// Derivatives emitted at a builder's place: the body of a function copied, with tangents or cotangents beside
// it.
#pragma once
#include "dialects/graph/Calls.h"

namespace tgc::autodiff {

/// Turns the derivative requests of a module into ops, innermost first, each function once.
class Derive {
public:
  explicit Derive(mlir::ModuleOp module) : module(module), symbols(module) {}
  llvm::LogicalResult resolveAll();

private:
  llvm::LogicalResult resolve(mlir::func::FuncOp function);
  llvm::LogicalResult resolveRequest(mlir::Operation *request);
  /// The functions that a request or a call names, before it is written out.
  llvm::LogicalResult resolveNamed(mlir::Operation *op);
  /// Values of a jvp or vjp.
  llvm::LogicalResult resolveProduct(mlir::Operation *request, graph::Ink &ink, graph::Syms &values);
  mlir::func::FuncOp callee(mlir::Operation *request);
  /// A private function whose body `emit` writes from its arguments; a request inside a map needs one.
  mlir::func::FuncOp
  function(llvm::StringRef name, mlir::TypeRange inputs, mlir::Location loc,
           llvm::function_ref<llvm::FailureOr<graph::Syms>(graph::Ink &, mlir::ValueRange)> emit);

  // Forward.cpp
  /// Results of `f` on `arguments`, and the tangents of its results.
  llvm::LogicalResult forward(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments,
                              graph::SymsRef tangents, graph::Syms &results, graph::Syms &resultTangents);
  llvm::FailureOr<graph::Syms> tangentOf(mlir::Operation *op, mlir::Operation *copy, graph::Ink &ink,
                                         graph::SymsRef tangents);
  llvm::FailureOr<graph::Syms> tangentOfMap(mlir::Operation *copy, graph::Ink &ink, graph::SymsRef tangents);
  /// A function of the arguments of `f` and their tangents, but for those that are zero; gives the tangents
  /// of its results.
  mlir::func::FuncOp tangentFunction(mlir::func::FuncOp f, graph::SymsRef tangents, mlir::Location loc);

  // ForwardControl.cpp, ReverseControl.cpp
  /// A branch or loop that stands in another one's place: its values, and tangents of the results or
  /// cotangents of the operands. Without an op the old one stays.
  struct Replaced {
    mlir::Operation *op = nullptr;
    llvm::SmallVector<mlir::Value> values;
    graph::Syms derivatives;
  };
  class ControlTangent;
  class ControlCotangent;
  llvm::FailureOr<Replaced> tangentOfControl(mlir::Operation *op, graph::Ink &ink, graph::SymsRef tangents);
  llvm::FailureOr<Replaced> cotangentOfControl(mlir::Operation *op, graph::Ink &ink,
                                               graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted);
  llvm::FailureOr<graph::Syms> cotangentOfLoop(mlir::Operation *op, mlir::Operation *copy, graph::Ink &ink,
                                               graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted,
                                               mlir::IRMapping &copies);
  /// `f` with loops that reverse mode left written as loops that it can go through again; `f` itself where it
  /// has none that is asked about.
  mlir::func::FuncOp withoutUnwinds(mlir::func::FuncOp f);

  // Reverse.cpp
  /// Results of `f` on `arguments`, and the cotangents of the arguments where `wanted`.
  llvm::LogicalResult reverse(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments,
                              graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted, graph::Syms &results,
                              graph::Syms &argumentCotangents);
  llvm::FailureOr<graph::Syms> cotangentOf(mlir::Operation *copy, graph::Ink &ink, graph::SymsRef cotangents,
                                           llvm::ArrayRef<bool> wanted);
  llvm::FailureOr<graph::Syms> cotangentOfMap(mlir::Operation *copy, graph::Ink &ink,
                                              graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted);
  /// A function of the arguments of `f` and the cotangents of its results, but for those that are zero; gives
  /// the cotangents of the arguments `wanted`.
  mlir::func::FuncOp cotangentFunction(mlir::func::FuncOp f, graph::SymsRef cotangents,
                                       llvm::ArrayRef<bool> wanted, mlir::Location loc);

  // Checkpoint.cpp
  llvm::FailureOr<graph::Syms> tangentOfCheckpoint(mlir::Operation *copy, graph::Ink &ink,
                                                   graph::SymsRef tangents);
  llvm::FailureOr<graph::Syms> cotangentOfCheckpoint(mlir::Operation *copy, graph::Ink &ink,
                                                     graph::SymsRef cotangents, llvm::ArrayRef<bool> wanted);
  llvm::FailureOr<graph::Syms> tangentOfBarrier(mlir::Operation *copy, graph::Ink &ink,
                                                graph::SymsRef tangents);
  /// Writes every checkpointed function where it is asked for: nothing more will be differentiated.
  void inlineCheckpoints();

  // Call.cpp
  /// `original` is the op of the body that `call` is a copy of.
  llvm::FailureOr<graph::Syms> tangentOfCall(graph::CallOp original, graph::CallOp call, graph::Ink &ink,
                                             graph::SymsRef tangents);
  llvm::FailureOr<graph::Syms> cotangentOfCall(graph::CallOp call, graph::Ink &ink, graph::SymsRef cotangents,
                                               llvm::ArrayRef<bool> wanted);
  /// The values of a rule on the call's arguments and results and the floating-point ones of `directions`.
  llvm::SmallVector<mlir::Value> applied(mlir::func::FuncOp rule, graph::CallOp call, graph::Ink &ink,
                                         graph::SymsRef directions);
  /// The rule of that name, or the transpose of the other kind's.
  mlir::func::FuncOp ruleOf(graph::CallOp call, bool forwards);
  mlir::func::FuncOp transposed(mlir::func::FuncOp rule, graph::CallOp call);

  // Jacobian.cpp
  llvm::LogicalResult resolveJacobian(graph::JacobianOp request, graph::Ink &ink, graph::Syms &blocks);
  llvm::LogicalResult resolveHessian(graph::HessianOp request, graph::Ink &ink, graph::Syms &blocks);
  /// A function of the same arguments: the gradients of the first result of `f` by those of `wrt`.
  mlir::func::FuncOp gradientOf(mlir::func::FuncOp f, llvm::ArrayRef<int64_t> wrt, mlir::Location loc);
  /// Blocks of the Jacobian of `f`, row by row: result by argument of `wrt`.
  llvm::LogicalResult jacobian(mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments,
                               llvm::ArrayRef<int64_t> wrt, bool byForward, graph::Syms &blocks);
  /// What `product` gives for every unit direction of `type`; the direction's axes come last.
  llvm::FailureOr<graph::Syms> alongUnits(
      mlir::func::FuncOp f, graph::Ink &ink, mlir::ValueRange arguments, mlir::RankedTensorType type,
      llvm::function_ref<llvm::FailureOr<graph::Syms>(graph::Ink &, mlir::ValueRange, graph::Sym)> product);
  using Directional =
      llvm::function_ref<llvm::FailureOr<graph::Syms>(graph::Ink &, mlir::ValueRange, graph::SymsRef units)>;
  /// `emit` mapped over the unit vectors of each of `extents`, the first outermost; `units` are those chosen
  /// so far.
  llvm::FailureOr<graph::Syms> mapped(llvm::StringRef name, graph::Ink &ink, mlir::ValueRange arguments,
                                      llvm::ArrayRef<int64_t> extents, mlir::Type element, graph::Syms units,
                                      Directional emit);

  // Sparse.cpp
  /// A function of the arguments and a direction for each of `along`: the derivative of `f` times the
  /// directions of its arguments in `wrt`, or (`byRow`) those of its results times the derivative, as one
  /// vector.
  mlir::func::FuncOp product(mlir::func::FuncOp f, llvm::ArrayRef<int64_t> wrt, mlir::TypeRange along,
                             bool byRow);
  /// Values, row offsets and columns.
  llvm::LogicalResult resolveSparse(graph::SparseDerivativeOp request, graph::Ink &ink, graph::Syms &values);
  /// The largest rank that an op of `f` reads.
  int64_t mostAxes(mlir::func::FuncOp f);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  llvm::DenseSet<mlir::Operation *> done;
  llvm::DenseSet<mlir::Operation *> open;
  llvm::DenseMap<mlir::Operation *, mlir::func::FuncOp> transposes; ///< of rules
  bool hidesResults = false; ///< whether zeros among the cotangents hide what the function under way computes
};

/// Says at an op that is no row of the catalogue that it has no derivative.
void refuseDerivative(mlir::Operation *op);

/// Whether a value can carry a tangent: a tensor of real or complex numbers.
inline bool carriesTangent(mlir::Value value) { return graph::isDifferentiable(value.getType()); }

} // namespace tgc::autodiff
