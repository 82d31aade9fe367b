// The door of the language: a program's text, the functions in it, and one of them as graph IR for given
// extents.
#pragma once
#include "frontend/language/FunctionValue.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace tgc::language {

struct TensorType {
  DType dtype = DType::f64;
  std::vector<std::int64_t> extents;
  bool operator==(const TensorType &) const = default;
};

/// "f64[4, 3]"; a scalar is "f64".
std::string textOf(const TensorType &type);

/// A parsed program whose names were checked. Immutable; copies share it.
struct Program {
  std::shared_ptr<const Ast> ast;
  const Source &source() const { return *ast->source; }
};

/// Errors: everything that can be said without knowing extents. Limit over 16 MiB or 256 nested brackets.
Result<Program> parse(std::string text, std::string fileName);

/// A function to be compiled: a function's name or a transformation of one (`hvp(loss, wrt=w)`); empty: the
/// last. Errors: as the expression says; places are in a source named "--fn".
struct Choice {
  FunctionValue value;
  std::shared_ptr<const Source> source; ///< of the expression; null for the last function
};
Result<Choice> choose(const Program &program, const std::string &expression);

/// What is known before building: types of some inputs, sizes of some extents (`--size n=569`).
struct Bindings {
  std::vector<std::pair<std::string, TensorType>> inputs;
  std::vector<std::pair<std::string, std::int64_t>> extents;
  std::vector<std::string> untyped = {}; ///< inputs known by their extents; each takes its parameter's dtype
};

struct Named {
  std::string name;
  TensorType type;
};

/// One function for concrete extents. The module holds it as a public func.func called `function`, with
/// requests for its transformations and private functions below them; every op carries its place in the text.
/// Arguments and results carry their names in the attribute `graph.name`.
struct Instance {
  std::shared_ptr<mlir::MLIRContext> context; ///< null where the caller's was used
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string function;
  std::vector<Named> parameters, results;
};

/// Builds the graph. Errors: inputs that do not fit the declarations, extents left unknown, everything the
/// catalogue says of shapes and dtypes; Unsupported for what is not built yet; Limit over 4,194,304 evaluated
/// operations or 1,000 nested calls.
/// Cost: linear in the operations evaluated; calls are inlined.
Result<Instance> instantiate(const Program &program, const Choice &choice, const Bindings &bindings);
Result<Instance> instantiate(const Program &program, const Choice &choice, const Bindings &bindings,
                             mlir::MLIRContext &context);

} // namespace tgc::language
