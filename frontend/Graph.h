// What stands behind the handles: a context with a module, and a function being traced in it.
#pragma once
#include "compiler/Compiler.h"
#include "dialects/graph/Calls.h"
#include "dialects/graph/Subscript.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "tgc/Custom.h"
#include <map>
#include <mutex>
#include <utility>

namespace tgc::detail {

/// One context, one module and one warm compiler, shared by a function and all its transformations.
/// Everything that touches them holds the mutex: contexts are made without threading.
struct Graph : std::enable_shared_from_this<Graph> {
  Graph();
  mlir::func::FuncOp function(llvm::StringRef name) { return module->lookupSymbol<mlir::func::FuncOp>(name); }
  /// A symbol like `wanted` that is still free.
  std::string freeName(llvm::StringRef wanted);
  /// The symbol, here, of a function of `from`; from another graph it comes once, with all it names:
  /// functions under free names, the host's functions, batching rules. Nothing where that fails.
  std::optional<std::string> adopt(Graph &from, const std::string &symbol);
  /// Traces, for a map of this extent over the function, the batching rules of all it calls. Gives the error
  /// of a rule. A rule is somebody's code that may map other functions, so nothing is locked while it runs.
  std::optional<Error> traceBatchRules(const std::string &symbol, std::int64_t extent);
  /// The table of the host's functions.
  graph::ForeignFunctions &foreign();

  std::recursive_mutex mutex;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<Compiler> compiler; ///< made at the first compile
  /// By a callee's symbol: the batching rule for an extent, traced when a map asks for it.
  std::map<std::string, Rule> batchRules;

private:
  /// By another graph: its functions that were brought here, and their names.
  std::map<std::weak_ptr<Graph>, std::map<std::string, std::string>, std::owner_less<>> adopted;
  /// A rule that a map of this extent asks for, and what it has to take and give.
  struct Unserved {
    std::string callee, name;
    Rule rule;
    std::vector<Param> takes, gives;
  };
  /// The calls among all that the function names whose rule was not traced for this extent yet.
  std::vector<graph::CallOp> unserved(const std::string &symbol, std::int64_t extent);
  Unserved described(graph::CallOp call, std::int64_t extent);
};

/// A module of a function and all it names.
mlir::OwningOpRef<mlir::ModuleOp> reachableFrom(mlir::ModuleOp module, llvm::StringRef symbol);

struct FunctionState {
  std::shared_ptr<Graph> graph;
  std::string name, symbol;
  std::vector<Param> params, results;
  std::optional<Error> error;
};

/// A number of the caller's program as a tensor of this type, each element; nothing where the dtype cannot
/// hold it.
mlir::DenseElementsAttr splatOf(mlir::RankedTensorType type, const graph::Argument &number);

/// A function under construction: hands out Expr ids, keeps the first error.
class Trace : public std::enable_shared_from_this<Trace> {
public:
  /// `outer`: the function whose loop or branch this is the body of; its values may be used here.
  Trace(std::shared_ptr<Graph> graph, mlir::func::FuncOp function, std::shared_ptr<Trace> outer = nullptr);

  /// Calls an op; on failure the error is kept and the list is empty.
  std::vector<Expr> call(std::string_view operation, const std::vector<Named> &arguments, Arg::Here here);
  /// The ops of a function copied here.
  std::vector<Expr> inlined(const FunctionState &callee, const std::vector<Arg> &arguments, Arg::Here here);
  /// x[items], or x with `written` there.
  Expr indexed(const Arg &x, const std::vector<Item> &items, std::string_view mode, const Arg *written,
               std::string_view how);
  /// At most `size` rows of x at the one mask among the items, and how many there are.
  std::pair<Expr, Expr> masked(const Arg &x, const std::vector<Item> &items, std::int64_t size);

  Expr add(mlir::Value value);
  mlir::Value value(const Expr &expr) const { return values[expr.id]; }
  /// A value of this function or one around it; null for values of others. What comes from around becomes an
  /// argument at the end, listed in `captured`.
  mlir::Value reach(const Expr &expr);
  /// Arguments for these values of the function around, whether they are used or not.
  void captureAll(llvm::ArrayRef<mlir::Value> around);
  void fail(Error error);
  /// Why a value is not one of this function: what went wrong with it before, or whose it is.
  Error strange(const Expr &expr, const std::string &what, Arg::Here here) const;
  mlir::Location locationOf(Arg::Here here);

  std::shared_ptr<Graph> graph;
  mlir::func::FuncOp function;
  graph::Ink ink;
  std::string name; ///< of the function; of a body, that of the function it stands in
  std::optional<Error> error;
  bool closed = false; ///< it has its results: nothing is added any more
  std::shared_ptr<Trace> outer;
  int depth = 0; ///< how many functions are around
  bool isBranch = false;
  /// Values of the function around, in the order of the arguments they became.
  llvm::SmallVector<mlir::Value> captured;

private:
  /// Whether something can still be added; else that is the error.
  bool isOpen(Arg::Here here);
  std::optional<graph::Argument> converted(const Arg &arg);
  /// A number of the caller's program, or a value, as an argument of a call of `callee`.
  mlir::Value operandOf(const FunctionState &callee, const Param &param, const Arg &arg, Arg::Here here);
  std::optional<std::vector<graph::Subscript>> subscripts(const std::vector<Item> &items, Arg::Here here);
  std::vector<mlir::Value> values;
  llvm::DenseMap<mlir::Value, mlir::Value> inside; ///< of captured values
};

/// The function being built on this thread.
std::shared_ptr<Trace> &tracing();
/// A function is being built on this thread while this lives, also where its body throws.
class Building {
public:
  explicit Building(std::shared_ptr<Trace> trace)
      : trace(trace), before(std::exchange(tracing(), std::move(trace))) {}
  Building(const Building &) = delete;
  Building &operator=(const Building &) = delete;
  ~Building() {
    trace->closed = true;
    tracing() = std::move(before);
  }

private:
  std::shared_ptr<Trace> trace, before;
};
/// The innermost of `found` and the functions that an argument's values belong to.
void widen(std::shared_ptr<Trace> &found, const Arg &arg);
/// The function an op is written in whose values belong to `found` or around it. In a branch being traced it
/// stays in the branch, which alone decides whether it runs; out of the steps of a loop it goes, since they
/// share it. Values of a function that is not being built here are refused by the one that is.
std::shared_ptr<Trace> homeOf(const std::shared_ptr<Trace> &found);
/// A function of somebody's module as one of the public API, in a graph of its own.
Function functionOf(mlir::ModuleOp module, const std::string &symbol, std::vector<Param> params,
                    std::vector<Param> results);

mlir::Type elementType(mlir::MLIRContext *context, DType dtype);
DType dtypeOfElement(mlir::Type element);
mlir::RankedTensorType typeOf(mlir::MLIRContext *context, const Param &param);
Param paramOf(std::string name, mlir::Type type);

} // namespace tgc::detail
