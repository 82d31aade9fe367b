// Contexts, modules and tracing.
#include "frontend/Graph.h"
#include "compiler/Diagnostics.h"
#include "compiler/Pipeline.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::detail {

Graph::Graph() : context(MLIRContext::Threading::DISABLED) {
  context.loadDialect<tgc::graph::GraphDialect, func::FuncDialect>();
  module = ModuleOp::create(UnknownLoc::get(&context));
}

std::string Graph::freeName(llvm::StringRef wanted) {
  std::string name = wanted.str();
  for (int k = 1; module->lookupSymbol(name); ++k)
    name = wanted.str() + "_" + std::to_string(k);
  return name;
}

Type elementType(MLIRContext *context, DType dtype) {
  std::string_view name = nameOf(dtype);
  return tgc::graph::typeNamed(context, {name.data(), name.size()});
}
DType dtypeOfElement(Type element) { return *dtypeNamed(tgc::graph::nameOf(element)); }
RankedTensorType typeOf(MLIRContext *context, const Param &param) {
  return RankedTensorType::get(param.extents, elementType(context, param.dtype));
}
Param paramOf(std::string name, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return {std::move(name), dtypeOfElement(tensor.getElementType()),
          Ints(tensor.getShape().begin(), tensor.getShape().end())};
}

Trace::Trace(std::shared_ptr<Graph> shared, func::FuncOp made, std::shared_ptr<Trace> around)
    : graph(std::move(shared)), function(made), ink(OpBuilder::atBlockEnd(&made.front()), made.getLoc()),
      name(around ? around->name : made.getName().str()), outer(std::move(around)),
      depth(outer ? outer->depth + 1 : 0) {}

Value Trace::reach(const Expr &expr) {
  if (expr.trace.get() == this) return value(expr);
  Value around = outer && expr.trace && expr.trace->depth < depth ? outer->reach(expr) : Value();
  if (!around) return {};
  auto [known, isNew] = inside.try_emplace(around);
  if (!isNew) return known->second;
  if (auto constant = around.getDefiningOp<tgc::graph::ConstantOp>()) {
    OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
    return known->second = builder.clone(*constant)->getResult(0);
  }
  captured.push_back(around);
  return known->second = function.front().addArgument(around.getType(), around.getLoc());
}

Location Trace::locationOf(Arg::Here here) {
  return FileLineColLoc::get(&graph->context, here.file_name(), here.line(), here.column());
}

Expr Trace::add(Value value) {
  values.push_back(value);
  return Expr::of(shared_from_this(), static_cast<std::uint32_t>(values.size() - 1));
}

void Trace::captureAll(llvm::ArrayRef<Value> around) {
  for (Value value : around) {
    captured.push_back(value);
    inside[value] = function.front().addArgument(value.getType(), value.getLoc());
  }
}

void Trace::fail(Error failure) {
  if (!error) error = std::move(failure);
  ink.fail();
}

Error Trace::strange(const Expr &expr, const std::string &what, Arg::Here here) const {
  if (expr.trace && expr.trace->error) return *expr.trace->error;
  std::string message = what;
  if (!expr.trace || expr.id == Expr::failed)
    message += " is an empty expression";
  else if (const Trace *whose = expr.trace.get(); whose->outer && whose->graph == graph)
    message += " is a value inside a loop or branch of " + name + ", and cannot leave it that way";
  else
    message += " is a value of " + whose->name + ", and cannot be used in " + name;
  return {ErrorKind::Invalid, std::move(message), {here.file_name(), here.line(), here.column()}};
}

bool Trace::isOpen(Arg::Here here) {
  if (!error && closed)
    fail({ErrorKind::Invalid,
          name + " has its results already, nothing can be added to it",
          {here.file_name(), here.line(), here.column()}});
  return !error;
}

std::optional<tgc::graph::Argument> Trace::converted(const Arg &arg) {
  using tgc::graph::Argument;
  if (auto *expr = std::get_if<Expr>(&arg.held)) {
    Value held = expr->trace && expr->id != Expr::failed ? reach(*expr) : Value();
    if (held) return Argument(ink.sym(held));
    fail(strange(*expr, "an argument", arg.here));
    return std::nullopt;
  }
  if (auto *flag = std::get_if<bool>(&arg.held)) return Argument(*flag);
  if (auto *integer = std::get_if<std::int64_t>(&arg.held)) return Argument(*integer);
  if (auto *real = std::get_if<double>(&arg.held)) return Argument(*real);
  if (auto *complex = std::get_if<std::complex<double>>(&arg.held)) return Argument(*complex);
  if (auto *dtype = std::get_if<DType>(&arg.held)) return Argument(elementType(&graph->context, *dtype));
  if (auto *text = std::get_if<std::string>(&arg.held)) return Argument(*text);
  if (auto *list = std::get_if<Arg::List>(&arg.held)) {
    Argument::List out;
    for (const Arg &one : *list) {
      auto next = converted(one);
      if (!next) return std::nullopt;
      out.push_back(std::move(*next));
    }
    return Argument(std::move(out));
  }
  return Argument();
}

std::vector<Expr> Trace::call(std::string_view operation, const std::vector<Named> &arguments,
                              Arg::Here here) {
  std::lock_guard lock(graph->mutex);
  if (!isOpen(here)) return {};
  DiagnosticCollector diagnostics(&graph->context);
  ink.setLoc(locationOf(here));
  tgc::graph::Arguments positional;
  tgc::graph::NamedArguments named;
  const tgc::graph::Row *row = tgc::graph::rowNamed({operation.data(), operation.size()});
  for (const Named &argument : arguments) {
    auto value = converted(argument.value);
    if (!value) return {};
    bool rest =
        row && llvm::any_of(row->params, [&](const tgc::graph::Param &param) {
          return param.kind == tgc::graph::ParamKind::Rest && llvm::StringRef(param.name) == argument.name;
        });
    auto *list = std::get_if<tgc::graph::Argument::List>(&value->held);
    if (rest && list)
      positional = *list;
    else
      named.emplace_back(argument.name, std::move(*value));
  }
  if (!positional.empty()) { // parameters before the rest go by position too
    for (auto &[name, value] : llvm::reverse(named))
      positional.insert(positional.begin(), value);
    named.clear();
  }
  auto results = tgc::graph::call(ink, {operation.data(), operation.size()}, positional, named);
  if (failed(results)) {
    fail(diagnostics.take(Stage::Algebra));
    return {};
  }
  std::vector<Expr> out;
  for (tgc::graph::Sym result : *results)
    out.push_back(add(result.value()));
  return out;
}

DenseElementsAttr splatOf(RankedTensorType type, const tgc::graph::Argument &number) {
  Type element = type.getElementType();
  const char kind = tgc::graph::kindOf(element);
  auto *integer = number.as<int64_t>();
  if (auto *flag = number.as<bool>())
    return kind == 'b' ? DenseElementsAttr::get(type, llvm::APInt(1, *flag)) : DenseElementsAttr();
  if (number.as<std::complex<double>>() && kind != 'c') return {};
  if (kind == 'f') { // a number that rounds to infinity does not fit
    const double real = integer ? static_cast<double>(*integer) : *number.as<double>();
    llvm::APFloat rounded(real);
    bool loses = false;
    rounded.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &loses);
    if (std::isfinite(real) && rounded.isInfinity()) return {};
    return DenseElementsAttr::get(type, rounded);
  }
  if (kind == 'c') {
    auto *complex = number.as<std::complex<double>>();
    const auto real = tgc::graph::realTypeOf(type);
    auto part = [&](const tgc::graph::Argument &x) {
      DenseElementsAttr splat = splatOf(real, x);
      return splat ? std::optional(splat.getSplatValue<llvm::APFloat>()) : std::nullopt;
    };
    const auto re = part(complex ? tgc::graph::Argument(complex->real()) : number);
    const auto im = part(complex ? complex->imag() : 0.0);
    return re && im ? DenseElementsAttr::get(type, std::complex<llvm::APFloat>(*re, *im))
                    : DenseElementsAttr();
  }
  if (!integer || kind == 'b') return {};
  const unsigned bits = tgc::graph::bitsOf(element);
  const auto raw = static_cast<std::uint64_t>(*integer);
  const bool fits = kind == 'i' ? llvm::isIntN(bits, *integer) : *integer >= 0 && llvm::isUIntN(bits, raw);
  if (!fits) return {};
  return DenseElementsAttr::get(type, llvm::APInt(bits, raw, kind == 'i'));
}

static std::string numberText(const tgc::graph::Argument &number) {
  if (auto *flag = number.as<bool>()) return *flag ? "true" : "false";
  if (auto *integer = number.as<int64_t>()) return std::to_string(*integer);
  if (auto *complex = number.as<std::complex<double>>())
    return numberText(complex->real()) + (std::signbit(complex->imag()) ? "" : "+") +
           numberText(complex->imag()) + "j";
  const double real = *number.as<double>();
  char text[32];
  int digits = 1;
  do // the shortest that is this number
    std::snprintf(text, sizeof text, "%.*g", digits, real);
  while (digits++ < 17 && std::strtod(text, nullptr) != real);
  return text;
}

Value Trace::operandOf(const FunctionState &callee, const Param &param, const Arg &arg, Arg::Here here) {
  auto argument = converted(arg);
  if (!argument) return {};
  auto wanted = typeOf(&graph->context, param);
  Value operand;
  if (auto *sym = argument->as<tgc::graph::Sym>())
    operand = sym->value();
  else if (DenseElementsAttr splat = argument->isNumber() ? splatOf(wanted, *argument) : DenseElementsAttr())
    operand = ink.constant(splat).value();
  if (operand && operand.getType() == wanted) return operand;
  std::string message =
      "argument " + param.name + " of " + callee.name + " is " + tgc::graph::textOf(wanted) + ", ";
  message += operand                ? "got " + tgc::graph::textOf(operand)
             : argument->isNumber() ? "which " + numberText(*argument) + " does not fit"
                                    : "got something else";
  fail({ErrorKind::Invalid, std::move(message), placeOf(locationOf(here))});
  return {};
}

std::vector<Expr> Trace::inlined(const FunctionState &callee, const std::vector<Arg> &arguments,
                                 Arg::Here here) {
  std::scoped_lock lock(graph->mutex, callee.graph->mutex);
  if (!isOpen(here)) return {};
  auto refuse = [&](std::string message) {
    fail({ErrorKind::Invalid, std::move(message), placeOf(locationOf(here))});
    return std::vector<Expr>();
  };
  if (callee.error) return fail(*callee.error), std::vector<Expr>();
  if (arguments.size() != callee.params.size())
    return refuse(callee.name + " takes " + std::to_string(callee.params.size()) + " arguments, got " +
                  std::to_string(arguments.size()));
  ink.setLoc(locationOf(here));
  SmallVector<Value> operands;
  for (auto [param, arg] : llvm::zip(callee.params, arguments)) {
    Value operand = operandOf(callee, param, arg, here);
    if (!operand) return {};
    operands.push_back(operand);
  }
  auto symbol = graph->adopt(*callee.graph, callee.symbol);
  if (!symbol) return refuse("the function could not be brought into this graph");
  func::FuncOp body = graph->function(*symbol);
  IRMapping map;
  for (auto [inner, outer] : llvm::zip(body.getArguments(), operands))
    map.map(inner, outer);
  for (Operation &op : body.front().without_terminator())
    ink.builder.clone(op, map);
  std::vector<Expr> out;
  for (Value result : body.front().getTerminator()->getOperands())
    out.push_back(add(map.lookup(result)));
  return out;
}

} // namespace tgc::detail
