// The builder from tree to graph IR, seen from inside: one Build for one instance, one Frame for one function
// body.
#pragma once
#include "dialects/graph/Call.h"
#include "dialects/graph/Calls.h"
#include "frontend/language/FunctionValue.h"
#include "mlir/IR/BuiltinOps.h"

namespace tgc::language {

using graph::Argument;
using Values = std::vector<Argument>; ///< results of a call: tensors or plain numbers

/// A function body in the course of evaluation.
struct Frame {
  std::size_t number; ///< of the function; it sees those below that number
  graph::Ink &ink;
  FunctionScope functions;
  std::unordered_map<std::string_view, Argument> values = {}; ///< parameters and locals
  std::unordered_map<std::string_view, std::int64_t> extents = {};
};

/// Every member that can fail gives nothing then, and `failure` holds the first error.
class Build {
public:
  Build(const Ast &ast, mlir::ModuleOp module) : ast(ast), module(module) {}

  std::optional<Error> failure;

  /// A function for these argument types; the same for the same types. Level k is below the last steps.size()
  /// - k steps of `value`.
  mlir::func::FuncOp functionFor(const FunctionValue &value, std::size_t level, mlir::TypeRange types,
                                 bool isPublic);

  /// Takes a diagnostic as the failure, unless there is one.
  void take(Error error);

private:
  // Build.cpp: expressions
  std::optional<Argument> value(Frame &frame, NodeId id);
  std::optional<Argument> leaf(Frame &frame, NodeId id);
  std::optional<Argument> step(Frame &frame, NodeId id, Argument first);
  std::optional<Argument> name(Frame &frame, NodeId id);
  std::optional<Argument> unary(Frame &frame, Operator op, Span mark, Argument x);
  std::optional<Argument> binary(Frame &frame, Operator op, Span mark, Argument a, Argument b);
  std::optional<Argument> operation(Frame &frame, std::string_view name, Span place,
                                    const graph::Arguments &positional,
                                    const graph::NamedArguments &named = {}, Span text = {});
  std::optional<Argument> list(Frame &frame, NodeId id);
  std::optional<Values> call(Frame &frame, NodeId id);
  std::optional<Values> callOperation(Frame &frame, NodeId id);
  bool knowsNames(NodeId id);
  std::optional<Values> argumentValues(Frame &frame, std::span<const NodeId> arguments);
  std::optional<Argument> large(Frame &frame, NodeId id, mlir::Type element);
  std::optional<Argument> largeFirst(Frame &frame, NodeId id, NodeId parent);
  std::optional<FunctionValue> callee(Frame &frame, NodeId id);
  bool run(Frame &frame, const Statement &statement);
  bool bind(Frame &frame, const Statement &statement);
  void setName(const Argument &value, Span name);

  // Indexing.cpp
  friend class Indexing;
  std::optional<Argument> index(Frame &frame, NodeId id, Argument base);
  std::optional<Values> place(Frame &frame, NodeId id);

  // Control.cpp: branches and loops
  friend class ControlCall;
  std::optional<Values> control(Frame &frame, NodeId id);

  // Notation.cpp: index notation
  friend class Notation;

  // Transform.cpp: calls of functions
  std::optional<Values> callFunction(Frame &frame, const FunctionValue &value, NodeId call);
  /// The dtype that a parameter is declared with; null for those that transformations add.
  mlir::Type declaredElement(const FunctionValue &callee, std::size_t which);
  std::optional<Values> arrange(Frame &frame, const FunctionValue &value, NodeId call);
  std::optional<Values> apply(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                              Values arguments, Span place);
  std::optional<Values> body(graph::Ink &ink, std::size_t number, const Values &arguments, Span place);
  bool bindParameters(Frame &frame, const Function &function, const Values &arguments, Span place);
  bool bindParameter(Frame &frame, const Function &function, std::size_t which, const Argument &argument,
                     Span place);
  std::optional<Values> reverse(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                Values arguments, Span place);
  /// jacobian and hessian.
  std::optional<Values> dense(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                              Values arguments, Span place);
  std::optional<Values> hessianBy(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                  Values arguments, Span place);
  /// Whether jacobian or hessian can be made of a function: results of floats, a scalar first.
  bool hasDerivative(const Step &step, mlir::func::FuncOp callee, Span place);
  // Structured.cpp: forms of jacobian and hessian
  std::optional<Values> structured(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                   Values arguments, Span place);
  std::optional<Values> sparse(graph::Ink &ink, const Step &step, mlir::func::FuncOp callee,
                               const std::vector<mlir::Value> &operands, Span place);
  std::optional<Values> compressed(graph::Ink &ink, const Step &step, mlir::func::FuncOp callee,
                                   const std::vector<mlir::Value> &operands, Span place);
  /// The error of a compiler's door, at `place` where it has none.
  std::nullopt_t refuse(Error error, Span place);
  std::optional<std::string> modeOf(const FunctionValue &value, const Step &step);
  std::optional<Values> forward(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                Values arguments, Span place);
  /// What vmap takes apart: the axes as the request states them, the callee's argument types, the common
  /// extent.
  struct Mapped {
    llvm::SmallVector<int64_t> axes;
    llvm::SmallVector<mlir::Type> inner;
    std::int64_t extent = -1; ///< -1 until an argument is mapped
    std::size_t leader = 0;
  };
  bool mapArgument(const FunctionValue &value, std::size_t which, const Argument &argument,
                   std::optional<std::int64_t> axis, Mapped &mapped, Span place);
  std::optional<Values> map(graph::Ink &ink, const FunctionValue &value, std::size_t level, Values arguments,
                            Span place);
  std::optional<Values> checkpointed(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                     Values arguments, Span place);
  // Custom.cpp: custom_derivative and what a map needs of it
  std::optional<Values> custom(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                               Values arguments, Span place);
  mlir::FlatSymbolRefAttr rule(const FunctionValue &rule, const char *kind, mlir::TypeRange takes,
                               mlir::TypeRange gives, Span place);
  /// The batching rules, for this extent, of all that `callee` calls.
  bool addBatchRules(mlir::func::FuncOp callee, std::int64_t extent, Span place);
  bool addBatchRule(graph::CallOp call, std::int64_t extent, Span place);
  /// Results of a map with the new axis where out_axes says.
  std::optional<Values> movedOut(graph::Ink &ink, const Step &step, const Ast &holder,
                                 mlir::ValueRange results, Span place);
  bool tensors(graph::Ink &ink, Values &arguments, Span place);
  std::optional<Argument> typed(graph::Ink &ink, const Argument &plain, mlir::RankedTensorType type,
                                const std::string &what, Span place);
  bool derivable(const Step &step, const Values &arguments);
  mlir::func::FuncOp newFunction(const std::string &name, mlir::TypeRange types, const FunctionValue &value,
                                 std::size_t level, bool isPublic);
  bool finish(mlir::func::FuncOp function, graph::Ink &ink, std::optional<Values> results, Span place);

  mlir::Location location(Span span);
  std::nullopt_t fail(Span span, std::string message, std::string advice = {},
                      ErrorKind kind = ErrorKind::Invalid);
  bool enter(Span place);
  std::string word(Span span) const { return std::string(ast.text(span)); }

  const Ast &ast;
  mlir::ModuleOp module;
  std::unordered_map<std::string, mlir::func::FuncOp> built; ///< by function, steps and types
  std::unordered_map<std::string, FunctionValue> batchRules; ///< by the symbol of a function with own rules
  std::uint64_t evaluated = 0;
  int depth = 0;
};

/// "f64[4, 3]" of a tensor, "the number 0.5", "a list", ...
std::string describe(const Argument &argument);

/// The axes of vmap for `count` arguments: one for each, none where it is shared. Errors: forms that are not
/// integers.
struct MapAxes {
  std::vector<std::optional<std::int64_t>> axes;
  std::string error;
};
MapAxes mapAxes(const Ast &holder, NodeId node, std::size_t count);

/// One integer of a literal list: 3 or -3; far out of any axis's range where there are more digits.
std::optional<std::int64_t> literalInteger(const Ast &ast, NodeId id);

} // namespace tgc::language
