// Calls of functions: plain ones are inlined, transformations become requests on private functions.
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "frontend/language/Build.h"
#include "frontend/language/Nearest.h"
#include <cmath>

namespace tgc::language {

namespace {

std::string joined(const std::vector<std::string> &names) {
  std::string out;
  for (const std::string &name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

/// The name that was meant, or all of them.
std::string nearestOf(const std::vector<std::string> &names, std::string_view wrong) {
  std::vector<std::string_view> known(names.begin(), names.end());
  std::string near = suggestion(wrong, known);
  return near.empty() ? "the parameters are " + joined(names) : near;
}

std::vector<mlir::Value> valuesOf(const Values &arguments, std::size_t count) {
  std::vector<mlir::Value> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(arguments[i].as<graph::Sym>()->value());
  return out;
}

/// Why a function has no gradient; empty where its first result is a floating-point scalar.
std::string whyNoGradient(const Step &step, mlir::func::FuncOp f) {
  auto first = graph::tensorOf(f.getResultTypes()[0]);
  if (first.getRank() == 0 && graph::isFloatTensor(first)) return "";
  return std::string(step.spoken.empty() ? step.transformation : step.spoken) +
         " needs a function whose first result is a floating-point scalar, and this one gives " +
         graph::textOf(first);
}

} // namespace

std::optional<std::int64_t> literalInteger(const Ast &ast, NodeId id) {
  bool negative = ast[id].kind == NodeKind::Unary && ast[id].op == Operator::negative;
  NodeId digits = negative ? ast.child(id, 0) : id;
  if (ast[digits].kind != NodeKind::Integer) return std::nullopt;
  std::string text(ast.text(digits));
  if (text.size() > 4) return negative ? -10000 : 10000; // no tensor has such an axis
  return negative ? -std::stoll(text) : std::stoll(text);
}

MapAxes mapAxes(const Ast &holder, NodeId node, std::size_t count) {
  if (node == noNode) return {std::vector<std::optional<std::int64_t>>(count, 0), {}};
  auto one = [&](NodeId id, std::optional<std::int64_t> &axis) {
    bool shared = holder[id].kind == NodeKind::Name && constantNamed(holder.text(id)) == Constant::None;
    axis = literalInteger(holder, id);
    return shared || axis;
  };
  MapAxes out;
  if (holder[node].kind != NodeKind::List) {
    out.axes.assign(count, std::nullopt);
    if (!one(node, out.axes.emplace_back())) return {{}, "axes takes an integer or none for each argument"};
    std::optional<std::int64_t> axis = out.axes.back();
    out.axes.assign(count, axis);
    return out;
  }
  auto items = holder.children(node);
  if (items.size() != count)
    return {{},
            "axes has " + std::to_string(items.size()) + " entries for " + std::to_string(count) +
                (count == 1 ? " argument" : " arguments")};
  for (NodeId item : items)
    if (!one(item, out.axes.emplace_back())) return {{}, "axes takes an integer or none for each argument"};
  return out;
}

std::optional<Values> Build::callFunction(Frame &frame, const FunctionValue &value, NodeId call) {
  auto arguments = arrange(frame, value, call);
  if (!arguments) return std::nullopt;
  Span place = ast[ast.child(call, 0)].span;
  frame.ink.setLoc(location(place));
  return apply(frame.ink, value, value.steps.size(), std::move(*arguments), place);
}

/// Arguments in the order of the signature.
std::optional<Values> Build::arrange(Frame &frame, const FunctionValue &callee, NodeId call) {
  const auto &names = callee.signature.parameters;
  auto children = ast.children(call);
  Span place = ast[children[0]].span;
  Values arguments(names.size());
  std::vector<bool> given(names.size(), false);
  std::size_t next = 0;
  for (NodeId child : children.subspan(1)) {
    const Node &node = ast[child];
    bool isNamed = node.kind == NodeKind::Named;
    std::size_t at = next++;
    if (isNamed)
      at = static_cast<std::size_t>(std::find(names.begin(), names.end(), ast.text(node.mark)) -
                                    names.begin());
    if (isNamed && at == names.size())
      return fail(node.mark, "there is no parameter " + word(node.mark), nearestOf(names, word(node.mark)));
    if (at >= names.size())
      return fail(node.span,
                  word(place) + " takes " + std::to_string(names.size()) +
                      (names.size() == 1 ? " argument" : " arguments") + ", and here are " +
                      std::to_string(children.size() - 1),
                  "the parameters are " + joined(names));
    if (given[at]) return fail(isNamed ? node.mark : node.span, "parameter " + names[at] + " is given twice");
    NodeId held = isNamed ? ast.child(child, 0) : child;
    auto argument = isLarge(ast, held) ? large(frame, held, declaredElement(callee, at)) : value(frame, held);
    if (!argument) return std::nullopt;
    if (!argument->as<graph::Sym>() && !argument->isNumber())
      return fail(node.span,
                  "parameter " + names[at] + " takes a tensor, and this is " + describe(*argument));
    arguments[at] = std::move(*argument);
    given[at] = true;
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!given[i])
      return fail(place, "argument " + names[i] + " is missing", "the parameters are " + joined(names));
  return arguments;
}

bool Build::bindParameters(Frame &frame, const Function &function, const Values &arguments, Span place) {
  for (std::size_t i = 0; i < function.parameters.size(); ++i)
    if (!bindParameter(frame, function, i, arguments[i], place)) return false;
  return true;
}

bool Build::bindParameter(Frame &frame, const Function &function, std::size_t which, const Argument &argument,
                          Span place) {
  const Parameter &parameter = function.parameters[which];
  std::string name = word(parameter.name), declared = word(parameter.type);
  mlir::Type element = graph::typeNamed(module.getContext(), nameOf(parameter.dtype));
  auto clash = [&](const std::string &message) {
    if (failure) return false;
    fail(place, message);
    failure->notes.push_back(ast.source->note(parameter.name, name + " is declared here"));
    return false;
  };
  Argument held = argument;
  if (argument.isNumber()) {
    if (!parameter.extents.empty())
      return clash("argument " + name + " of " + word(function.name) + " is " + describe(argument) +
                   ", but it is declared " + declared);
    auto made =
        typed(frame.ink, argument, mlir::RankedTensorType::get({}, element), "argument " + name, place);
    if (!made) return false;
    held = std::move(*made);
  }
  graph::Sym sym = *held.as<graph::Sym>();
  bool fits = sym.element() == element && static_cast<std::size_t>(sym.rank()) == parameter.extents.size();
  for (std::size_t axis = 0; fits && axis < parameter.extents.size(); ++axis) {
    const Extent &extent = parameter.extents[axis];
    std::int64_t size = sym.extent(static_cast<std::int64_t>(axis));
    if (extent.number >= 0) {
      fits = extent.number == size;
      continue;
    }
    auto [known, isNew] = frame.extents.try_emplace(ast.text(extent.span), size);
    if (isNew || known->second == size) continue;
    return clash("extent " + word(extent.span) + " is " + std::to_string(known->second) + ", but " +
                 std::to_string(size) + " on axis " + std::to_string(axis) + " of argument " + name + " (" +
                 graph::textOf(sym.type()) + ")");
  }
  if (!fits) {
    clash("argument " + name + " of " + word(function.name) + " is " + graph::textOf(sym.type()) +
          ", but it is declared " + declared);
    if (sym.element() != element)
      failure->notes.push_back(help("astype(x, " + graph::nameOf(element) + ") converts a tensor"));
    return false;
  }
  frame.values.insert_or_assign(ast.text(parameter.name), std::move(held));
  return true;
}

std::optional<Values> Build::apply(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                   Values arguments, Span place) {
  if (level == 0) return body(ink, value.function, arguments, place);
  // Plain numbers take the declared dtype; below a vmap a scalar parameter is a vector, and the map says so.
  const Function &function = ast.functions[value.function];
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (!arguments[i].isNumber()) continue;
    mlir::Type element = graph::typeNamed(module.getContext(), nameOf(function.parameters[i].dtype));
    auto made = typed(ink, arguments[i], mlir::RankedTensorType::get({}, element),
                      "argument " + word(function.parameters[i].name), place);
    if (!made) return std::nullopt;
    arguments[i] = std::move(*made);
  }
  const Step &step = value.steps[level - 1];
  std::string_view name = step.transformation;
  if (name == "vmap") return map(ink, value, level, std::move(arguments), place);
  if (name == "jvp" || name == "hvp") return forward(ink, value, level, std::move(arguments), place);
  if (name == "grad" || name == "value_and_grad" || name == "vjp")
    return reverse(ink, value, level, std::move(arguments), place);
  if (step.form != "dense") return structured(ink, value, level, std::move(arguments), place);
  if (name == "custom_derivative") return custom(ink, value, level, std::move(arguments), place);
  if (name == "jacobian" || name == "hessian") return dense(ink, value, level, std::move(arguments), place);
  return checkpointed(ink, value, level, std::move(arguments), place);
}

std::optional<Values> Build::checkpointed(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                          Values arguments, Span place) {
  if (!tensors(ink, arguments, place)) return std::nullopt;
  std::vector<mlir::Value> operands = valuesOf(arguments, arguments.size());
  mlir::func::FuncOp callee = functionFor(value, level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee) return std::nullopt;
  auto request = graph::CheckpointOp::create(ink.builder, location(place), callee.getResultTypes(), operands,
                                             callee.getSymName());
  Values results;
  for (mlir::Value result : request->getResults())
    results.push_back(Argument(ink.sym(result)));
  return results;
}

bool Build::derivable(const Step &step, const Values &arguments) {
  for (std::size_t position : step.wrt) {
    auto type = arguments[position].as<graph::Sym>()->type();
    bool whole = step.transformation != "jacobian" && step.transformation != "hessian";
    if (graph::isFloatTensor(type) || (whole && graph::isComplexTensor(type))) continue;
    take(Error{
        ErrorKind::Invalid,
        std::string(step.transformation) + " by a tensor of type " + graph::textOf(type) +
            (graph::isComplexTensor(type) ? ": tables of derivatives are by real tensors"
                                          : ": only floating-point tensors have derivatives"),
        {},
        1,
        {help(graph::isComplexTensor(type) ? "take the parts as arguments and write complex(re, im)"
                                           : "astype(x, f64) makes floats of integers before the call")}});
    return false;
  }
  return true;
}

std::optional<Values> Build::reverse(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                     Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  Values below(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(step.parametersBelow));
  if (!tensors(ink, below, place)) return std::nullopt;
  if (!derivable(step, below)) return failure->place = ast.source->place(place.begin), std::nullopt;
  std::vector<mlir::Value> operands = valuesOf(below, below.size());
  mlir::func::FuncOp callee = functionFor(value, level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee) return std::nullopt;
  auto types = callee.getResultTypes();
  bool given = step.transformation == "vjp";
  std::string name(step.transformation);
  if (std::string why = given ? "" : whyNoGradient(step, callee); !why.empty())
    return fail(place, why, "vjp takes a cotangent for each result");
  for (std::size_t k = 0; k < types.size(); ++k) {
    auto type = graph::tensorOf(types[k]);
    std::string what = value.signature.parameters.size() > step.parametersBelow + k
                           ? value.signature.parameters[step.parametersBelow + k]
                           : "cotangent";
    if (!graph::isDifferentiable(type)) {
      if (given)
        return fail(place, "result " + std::to_string(k) + " is " + graph::textOf(type) +
                               ": only floating-point tensors have cotangents");
      continue;
    }
    if (!given) {
      operands.push_back(ink.full(type.getShape(), type.getElementType(), k == 0 ? 1 : 0).value());
      continue;
    }
    Argument cotangent = arguments[step.parametersBelow + k];
    if (cotangent.isNumber()) {
      auto made = typed(ink, cotangent, type, "cotangent " + what, place);
      if (!made) return std::nullopt;
      cotangent = std::move(*made);
    }
    auto held = cotangent.as<graph::Sym>();
    if (held->type() != type)
      return fail(place, "cotangent " + what + " is " + graph::textOf(held->type()) + ", but the result is " +
                             graph::textOf(type));
    operands.push_back(held->value());
  }
  llvm::SmallVector<mlir::Type> all(types.begin(), types.end());
  llvm::SmallVector<int64_t> wrt(step.wrt.begin(), step.wrt.end());
  for (int64_t position : wrt)
    all.push_back(operands[static_cast<std::size_t>(position)].getType());
  auto request = graph::VjpOp::create(ink.builder, location(place), all, operands, callee.getSymName(), wrt);
  Values results;
  for (std::size_t k = name == "grad" ? types.size() : 0; k < all.size(); ++k)
    results.push_back(Argument(ink.sym(request->getResult(static_cast<unsigned>(k)))));
  return results;
}

std::optional<Values> Build::forward(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                     Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  bool hessian = step.transformation == "hvp";
  Values below(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(step.parametersBelow));
  if (!tensors(ink, below, place)) return std::nullopt;
  if (!derivable(step, below)) return failure->place = ast.source->place(place.begin), std::nullopt;
  std::vector<mlir::Value> operands = valuesOf(below, below.size());
  // The Hessian times a vector is the tangent of the gradient.
  FunctionValue inner = value;
  if (hessian) inner.steps[level - 1].transformation = "grad", inner.steps[level - 1].spoken = "hvp";
  mlir::func::FuncOp callee =
      functionFor(inner, hessian ? level : level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee) {
    // What is wrong with f's gradient as a whole is said where hvp stands.
    if (hessian && failure && failure->place == ast.source->place(ast.functions[value.function].name.begin))
      failure->place = ast.source->place(place.begin), failure->length = place.end - place.begin;
    return std::nullopt;
  }
  for (std::size_t k = 0; k < step.wrt.size(); ++k) {
    auto type = below[step.wrt[k]].as<graph::Sym>()->type();
    Argument tangent = arguments[step.parametersBelow + k];
    if (tangent.isNumber()) {
      auto made = typed(ink, tangent, type, "a tangent", place);
      if (!made) return std::nullopt;
      tangent = std::move(*made);
    }
    auto held = tangent.as<graph::Sym>();
    if (held->type() != type)
      return fail(place, "tangent " + std::to_string(k) + " is " + graph::textOf(held->type()) +
                             ", but the argument is " + graph::textOf(type));
    operands.push_back(held->value());
  }
  auto types = callee.getResultTypes();
  llvm::SmallVector<mlir::Type> all(types.begin(), types.end());
  for (auto [k, type] : llvm::enumerate(types)) {
    if (!graph::isDifferentiable(type))
      return fail(place, "result " + std::to_string(k) + " is " + graph::textOf(type) +
                             ": only floating-point tensors have tangents");
    all.push_back(type);
  }
  llvm::SmallVector<int64_t> wrt(step.wrt.begin(), step.wrt.end());
  auto request = graph::JvpOp::create(ink.builder, location(place), all, operands, callee.getSymName(), wrt);
  Values results;
  for (std::size_t k = hessian ? types.size() : 0; k < all.size(); ++k)
    results.push_back(Argument(ink.sym(request->getResult(static_cast<unsigned>(k)))));
  return results;
}

std::optional<std::string> Build::modeOf(const FunctionValue &value, const Step &step) {
  if (step.mode == noNode) return "auto";
  const Ast &holder = value.holder ? *value.holder : ast;
  std::string text(holder.text(step.mode));
  bool quoted = holder[step.mode].kind == NodeKind::String;
  for (std::string_view known : {"auto", "forward", "reverse"})
    if (quoted && std::string_view(text).substr(1, text.size() - 2) == known) return std::string(known);
  Error error =
      holder.source->error(holder[step.mode].span, std::string(step.transformation) + " has no mode " + text);
  error.notes.push_back(help("modes are \"auto\", \"forward\" and \"reverse\""));
  take(std::move(error));
  return std::nullopt;
}

bool Build::hasDerivative(const Step &step, mlir::func::FuncOp callee, Span place) {
  bool hessian = step.transformation == "hessian";
  auto results = callee.getResultTypes();
  for (std::size_t k = 0; k < (hessian ? 1 : results.size()); ++k) {
    auto type = graph::tensorOf(results[k]);
    if (std::string why = hessian ? whyNoGradient(step, callee) : ""; !why.empty())
      return fail(place, why,
                  "jacobian(grad(f, wrt=x), wrt=x) takes one result of several numbers at a time"),
             false;
    if (!graph::isFloatTensor(type))
      return fail(place, "result " + std::to_string(k) + " is " + graph::textOf(type) +
                             ": only floating-point tensors have derivatives"),
             false;
  }
  return true;
}

std::optional<Values> Build::dense(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                   Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  bool hessian = step.transformation == "hessian";
  auto mode = modeOf(value, step);
  if (!mode || !tensors(ink, arguments, place)) return std::nullopt;
  if (!derivable(step, arguments)) return failure->place = ast.source->place(place.begin), std::nullopt;
  std::vector<mlir::Value> operands = valuesOf(arguments, arguments.size());
  mlir::func::FuncOp callee = functionFor(value, level - 1, mlir::ValueRange(operands).getTypes(), false);
  if (!callee) return std::nullopt;
  llvm::SmallVector<int64_t> wrt(step.wrt.begin(), step.wrt.end());
  if (!hasDerivative(step, callee, place)) return std::nullopt;
  llvm::SmallVector<mlir::Type> rows(callee.getResultTypes()), blocks;
  if (hessian && *mode != "auto") return hessianBy(ink, value, level, std::move(arguments), place);
  if (hessian) {
    rows.clear();
    for (int64_t position : wrt)
      rows.push_back(operands[static_cast<std::size_t>(position)].getType());
  }
  for (mlir::Type row : rows)
    for (int64_t position : wrt) {
      auto by = graph::tensorOf(operands[static_cast<std::size_t>(position)].getType());
      llvm::SmallVector<int64_t> shape(graph::tensorOf(row).getShape());
      llvm::append_range(shape, by.getShape());
      auto checked = graph::checkedTensor(location(place), shape, graph::elementOf(row));
      if (mlir::failed(checked))
        return fail(place,
                    std::string(step.transformation) + " of " + graph::textOf(row) + " by " +
                        graph::textOf(by) + " is too large a tensor",
                    {}, ErrorKind::Limit);
      blocks.push_back(*checked);
    }
  mlir::Operation *request = hessian ? graph::HessianOp::create(ink.builder, location(place), blocks,
                                                                operands, callee.getSymName(), wrt)
                                           .getOperation()
                                     : graph::JacobianOp::create(ink.builder, location(place), blocks,
                                                                 operands, callee.getSymName(), wrt, *mode)
                                           .getOperation();
  Values results;
  for (mlir::Value result : request->getResults())
    results.push_back(Argument(ink.sym(result)));
  return results;
}

/// The Hessian as the Jacobian of a Jacobian, or of a gradient, both in the mode asked for.
std::optional<Values> Build::hessianBy(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                       Values arguments, Span place) {
  FunctionValue inner = value;
  inner.steps.resize(level);
  Step &first = inner.steps.back(), second = first;
  second.transformation = "jacobian";
  first.transformation = *modeOf(value, first) == "forward" ? "jacobian" : "grad";
  inner.steps.push_back(second);
  const std::size_t blocks = second.wrt.size() * second.wrt.size();
  auto results = apply(ink, inner, inner.steps.size(), std::move(arguments), place);
  if (results) results->resize(std::min(results->size(), blocks)); // those of the first result come first
  return results;
}

bool Build::mapArgument(const FunctionValue &value, std::size_t which, const Argument &argument,
                        std::optional<std::int64_t> chosen, Mapped &mapped, Span place) {
  auto type = argument.as<graph::Sym>()->type();
  mapped.axes.push_back(-1);
  mapped.inner.push_back(type);
  if (!chosen) return true;
  auto nameOfParameter = [&](std::size_t i) {
    return i < value.signature.parameters.size() ? value.signature.parameters[i] : std::to_string(i);
  };
  std::int64_t rank = type.getRank();
  if (*chosen < -rank || *chosen >= rank) {
    fail(place,
         "vmap over axis " + std::to_string(*chosen) + " of argument " + nameOfParameter(which) + " (" +
             graph::textOf(type) + "), which has " + std::to_string(rank) + (rank == 1 ? " axis" : " axes"),
         "axes=(0, none) maps the first argument and shares the second");
    return false;
  }
  std::int64_t axis = *chosen < 0 ? *chosen + rank : *chosen,
               own = type.getDimSize(static_cast<unsigned>(axis));
  if (mapped.extent >= 0 && own != mapped.extent) {
    fail(place, "vmap over extent " + std::to_string(mapped.extent) + " of argument " +
                    nameOfParameter(mapped.leader) + " and " + std::to_string(own) + " of argument " +
                    nameOfParameter(which));
    return false;
  }
  if (mapped.extent < 0) mapped.leader = which;
  mapped.extent = own;
  mapped.axes.back() = axis;
  llvm::SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.begin() + axis);
  mapped.inner.back() = mlir::RankedTensorType::get(shape, type.getElementType());
  return true;
}

std::optional<Values> Build::map(graph::Ink &ink, const FunctionValue &value, std::size_t level,
                                 Values arguments, Span place) {
  const Step &step = value.steps[level - 1];
  const Ast &holder = value.holder ? *value.holder : ast;
  MapAxes chosen = mapAxes(holder, step.axes, arguments.size());
  if (!chosen.error.empty()) {
    take(holder.source->error(holder[step.axes].span, chosen.error));
    return std::nullopt;
  }
  if (!tensors(ink, arguments, place)) return std::nullopt;
  Mapped mapped;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!mapArgument(value, i, arguments[i], chosen.axes[i], mapped, place)) return std::nullopt;
  if (mapped.extent < 0)
    return fail(place, "vmap maps no argument",
                "axes=(0, none) maps the first argument and shares the second");
  mlir::func::FuncOp callee = functionFor(value, level - 1, mapped.inner, false);
  if (!callee) return std::nullopt;
  llvm::SmallVector<mlir::Type> types;
  for (mlir::Type type : callee.getResultTypes()) {
    llvm::SmallVector<int64_t> shape(graph::tensorOf(type).getShape());
    shape.insert(shape.begin(), mapped.extent);
    auto checked = graph::checkedTensor(location(place), shape, graph::elementOf(type));
    if (mlir::failed(checked))
      return fail(place, "vmap gives a tensor that is too large", {}, ErrorKind::Limit);
    types.push_back(*checked);
  }
  auto request =
      graph::VmapOp::create(ink.builder, location(place), types, valuesOf(arguments, arguments.size()),
                            callee.getSymName(), mapped.axes, static_cast<std::uint64_t>(mapped.extent));
  if (!addBatchRules(callee, mapped.extent, place)) return std::nullopt;
  return movedOut(ink, step, holder, request->getResults(), place);
}

mlir::func::FuncOp Build::newFunction(const std::string &name, mlir::TypeRange types,
                                      const FunctionValue &value, std::size_t level, bool isPublic) {
  const Function &function = ast.functions[value.function];
  mlir::OpBuilder builder(module.getBodyRegion());
  builder.setInsertionPointToEnd(module.getBody());
  auto made =
      mlir::func::FuncOp::create(builder, location(function.name), name, builder.getFunctionType(types, {}));
  if (!isPublic) made.setPrivate();
  mlir::Block *block = made.addEntryBlock();
  for (auto [i, argument] : llvm::enumerate(block->getArguments())) {
    bool declared = i < function.parameters.size();
    mlir::Location place = location(declared ? function.parameters[i].name : function.name);
    std::string label = level == value.steps.size() && i < value.signature.parameters.size()
                            ? value.signature.parameters[i]
                        : declared ? word(function.parameters[i].name)
                                   : "";
    argument.setLoc(label.empty() ? place : mlir::NameLoc::get(builder.getStringAttr(label), place));
    if (isPublic) made.setArgAttr(static_cast<unsigned>(i), "graph.name", builder.getStringAttr(label));
  }
  return made;
}

bool Build::finish(mlir::func::FuncOp function, graph::Ink &ink, std::optional<Values> results, Span place) {
  if (!results || !tensors(ink, *results, place)) return false;
  std::vector<mlir::Value> values = valuesOf(*results, results->size());
  mlir::func::ReturnOp::create(ink.builder, location(place), values);
  function.setFunctionType(
      ink.builder.getFunctionType(function.getArgumentTypes(), mlir::ValueRange(values).getTypes()));
  return true;
}

mlir::func::FuncOp Build::functionFor(const FunctionValue &value, std::size_t level, mlir::TypeRange types,
                                      bool isPublic) {
  const Function &function = ast.functions[value.function];
  std::string name = word(function.name), key = keyOf(ast, value, level);
  for (std::size_t k = 0; k < level; ++k)
    name = std::string(value.steps[k].transformation) + "_" + name;
  for (mlir::Type type : types)
    key += ";" + graph::textOf(type);
  if (auto found = built.find(key); found != built.end() && !isPublic) return found->second;
  if (name.size() > 80) name.resize(80); // towers may be high
  if (!isPublic) name += "_" + std::to_string(built.size());
  // Neither another open function of a tower nor a function of the program.
  const bool own = isPublic && level == 0; // the program's function itself keeps its name
  while (module.lookupSymbol(name) || (!own && ast.functionNumbers.contains(name)))
    name += "_";
  mlir::func::FuncOp made = newFunction(name, types, value, level, isPublic);
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockBegin(&made.getBody().front());
  graph::Ink ink(builder, location(function.name));
  Values arguments;
  for (mlir::Value argument : made.getArguments())
    arguments.push_back(Argument(ink.sym(argument)));
  ++depth;
  bool good = enter(function.name) &&
              finish(made, ink, apply(ink, value, level, std::move(arguments), function.name), function.name);
  depth -= 2;
  if (!good) return nullptr;
  return built[key] = made;
}

} // namespace tgc::language
