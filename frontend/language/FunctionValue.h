// Functions as values: a declared function below a tower of transformations, with the names of what it takes
// and gives. Everything here is known from the text alone.
#pragma once
#include "frontend/language/Ast.h"
#include "tgc/Result.h"
#include <span>
#include <unordered_map>

namespace tgc::language {

/// The names a function goes by from outside.
struct Signature {
  std::vector<std::string> parameters;
  std::vector<std::string> results;
};

/// The k-th result keeps its name if it is a plain name, else it is out{k}.
Signature signatureOf(const Ast &ast, const Function &function);

struct FunctionValue;

/// One transformation of a tower.
struct Step {
  std::string_view transformation;
  std::string_view spoken = {}; ///< the name in messages, where this is a part of another transformation
  Span place;                   ///< of the transformation's name
  std::vector<std::size_t> wrt; ///< positions in the parameters of the function below
  std::size_t parametersBelow = 0, resultsBelow = 0;
  NodeId axes = noNode;                           ///< of vmap; noNode: all 0
  NodeId outAxes = noNode;                        ///< of vmap; noNode: all 0
  NodeId mode = noNode;                           ///< of jacobian and hessian
  std::string_view form = "dense";                ///< of jacobian and hessian: also "sparse" and "compressed"
  std::shared_ptr<FunctionValue> jvp, vjp, batch; ///< the rules of custom_derivative that were given
};

struct FunctionValue {
  std::size_t function = 0;          ///< its number in Ast::functions
  std::vector<Step> steps;           ///< innermost first
  std::shared_ptr<const Ast> holder; ///< of the nodes in `steps` where that is not the file
  Signature signature;               ///< after all steps
};

/// Says of a function from an expression of its own, and of the rules in it, which expression that is.
void setHolder(FunctionValue &value, const std::shared_ptr<const Ast> &holder);

/// What makes two towers the same, up to level `level`.
std::string keyOf(const Ast &ast, const FunctionValue &value, std::size_t level);

/// The functions that can be named at some point: the first `visible` ones of `ast`, and locals.
struct FunctionScope {
  const Ast &ast;
  std::size_t visible = 0;
  std::unordered_map<std::string_view, FunctionValue> locals = {};
  std::span<const std::string_view> operations = {}; ///< that messages tell from unknown names
};

/// Resolves a function expression held in `holder`, the file or an expression of its own.
/// Added parameters are d_NAME and ct_RESULT; where that name is taken, a number is added (d_x_2).
/// Errors: Limit over 10,000 parameters or results of a transformation; unknown names, arguments that a
/// transformation does not take, `wrt` that names no parameter.
Result<FunctionValue> resolveFunction(const FunctionScope &scope, const Ast &holder, NodeId expression);

/// The error about a call where a function is needed, if the name is nearly that of a transformation.
std::optional<Error> misspelt(const Ast &ast, NodeId call);

/// Whether the node is a call of a transformation, so that it gives a function.
bool givesFunction(const Ast &ast, NodeId node);

} // namespace tgc::language
