// Binding of arguments to a row, and what NumPy does silently: literal types, promotion, broadcasting, axes.
#include "dialects/graph/Caller.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/FormatVariadic.h"
#include <charconv>

using namespace mlir;

namespace tgc::graph {
namespace {

/// The value of a default as the row writes it.
Argument parsedDefault(llvm::StringRef text, MLIRContext *context) {
  if (text == "none") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  if (text.consume_front("\"")) return text.drop_back();
  if (text == "[]") return Argument::List();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  int64_t integer;
  if (!text.getAsInteger(10, integer)) return integer;
  double real;
  if (!text.getAsDouble(real)) return real;
  return typeNamed(context, text);
}

const char *kindWords(ParamKind kind) {
  switch (kind) {
  case ParamKind::Tensor:
    return "a tensor or a number";
  case ParamKind::Tensors:
    return "a list of tensors";
  case ParamKind::Rest:
    return "tensors";
  case ParamKind::Int:
    return "an integer";
  case ParamKind::Real:
    return "a number";
  case ParamKind::Flag:
    return "true or false";
  case ParamKind::Text:
    return "a text in quotes";
  case ParamKind::DType:
    return "a dtype";
  case ParamKind::Ints:
    return "a list of integers";
  case ParamKind::Axis:
    return "an axis";
  case ParamKind::Axes:
    return "an axis, a list of axes or none";
  case ParamKind::Shape:
    return "a list of extents";
  case ParamKind::AxisList:
    return "an axis or a list of axes";
  case ParamKind::Pairs:
    return "a list of pairs of integers";
  case ParamKind::Number:
    return "a number";
  case ParamKind::Padding:
    return "a number, a list of pairs, \"same\" or \"valid\"";
  case ParamKind::Order:
    return "a number or a text in quotes";
  case ParamKind::Cuts:
    return "a number of parts or a list of positions";
  }
  return "";
}

} // namespace

std::string argumentText(const Argument &argument) {
  if (argument.isNone()) return "none";
  if (auto *sym = argument.as<Sym>())
    return "a tensor (" + (sym->isValue() ? textOf(sym->value()) : textOf(sym->type())) + ")";
  if (auto *flag = argument.as<bool>()) return *flag ? "true" : "false";
  if (auto *integer = argument.as<int64_t>()) return std::to_string(*integer);
  if (auto *real = argument.as<double>()) {
    char digits[32];
    const std::string shown(digits, std::to_chars(digits, digits + sizeof digits, *real).ptr);
    return shown.find_first_not_of("-0123456789") == std::string::npos ? shown + ".0" : shown;
  }
  if (auto *text = argument.as<std::string>()) return "\"" + *text + "\"";
  if (auto *type = argument.as<Type>()) return "the dtype " + nameOf(*type);
  if (auto *number = argument.as<std::complex<double>>())
    return argumentText(number->real()) + (std::signbit(number->imag()) ? "" : "+") +
           argumentText(number->imag()) + "j";
  return "a list";
}

FailureOr<Syms> Caller::run(const Arguments &positional, const NamedArguments &named) {
  if (failed(bind(positional, named)) || failed(fallbacks()) || failed(collectOperands()))
    return ink.fail(), failure();
  if (isComplex()) return runComplex();
  if (failed(promoteOperands()) || failed(typeLiterals()) ||
      (row.broadcasts && failed(broadcastOperands())) || failed(attributes()))
    return ink.fail(), failure();
  SmallVector<Value> operands;
  for (Slot &slot : slots)
    operands.push_back(slot.sym.value());
  unsigned optional =
      llvm::count_if(row.operands, [](const OperandRow &o) { return o.optional || o.variadic; });
  if (optional > 1) attrs.append("operandSegmentSizes", ink.builder.getDenseI32ArrayAttr(segments));
  Syms out = ink.build(row.name, operands, attrs);
  if (ink.failed()) return failure();
  return out;
}

LogicalResult Caller::bind(const Arguments &positional, const NamedArguments &named) {
  unsigned at = 0;
  for (const Argument &argument : positional) {
    if (at < row.params.size() && row.params[at].kind == ParamKind::Rest) {
      auto *list = std::get_if<Argument::List>(&bound[at].held);
      if (!list) list = &bound[at].held.emplace<Argument::List>();
      list->push_back(argument);
      given[at] = true;
      continue;
    }
    if (at >= row.params.size())
      return error() << "takes at most " << row.params.size() << " arguments, got " << positional.size()
                     << "; its form is " << row.call;
    bound[at] = argument;
    given[at++] = true;
  }
  for (const auto &[name, argument] : named) {
    unsigned k = 0;
    while (k < row.params.size() && row.params[k].name != name)
      ++k;
    if (k == row.params.size()) return error() << "has no parameter " << name << "; its form is " << row.call;
    if (given[k]) return error() << "parameter " << name << " is given twice";
    bound[k] = argument;
    given[k] = true;
  }
  return success();
}

LogicalResult Caller::fallbacks() {
  for (auto [k, param] : llvm::enumerate(row.params)) {
    if (given[k]) continue;
    if (param.kind == ParamKind::Rest) {
      bound[k] = Argument::List();
      continue;
    }
    if (!param.fallback)
      return error() << "argument " << param.name << " is missing; its form is " << row.call;
    bound[k] = parsedDefault(param.fallback, ink.context());
  }
  return success();
}

LogicalResult Caller::checkOperand(const Argument &argument, const OperandRow &operand) {
  if (!argument.as<Sym>() && !argument.isNumber())
    return error() << operand.name << " must be a tensor or a number, got " << argumentText(argument);
  auto *sym = argument.as<Sym>();
  if (!sym) return success();
  char kind = kindOf(sym->element());
  llvm::StringRef constraint = operand.constraint;
  bool ok = constraint == "FloatTensor"  ? kind == 'f'
            : constraint == "BoolTensor" ? kind == 'b'
            : constraint == "IntTensor"  ? kind == 'i' || kind == 'u'
                                         : true;
  if (ok) return success();
  const char *words = constraint == "FloatTensor"  ? "floating-point"
                      : constraint == "BoolTensor" ? "bool"
                                                   : "integer";
  return error() << operand.name << " must be a " << words << " tensor, got " << textOf(sym->value());
}

LogicalResult Caller::collectOperands() {
  for (auto [index, operand] : llvm::enumerate(row.operands)) {
    unsigned k = 0;
    while (k < row.params.size() && llvm::StringRef(row.params[k].attribute) != operand.name)
      ++k;
    const Argument &argument = bound[k];
    size_t before = slots.size();
    if (operand.variadic) {
      auto *list = argument.as<Argument::List>();
      if (!list)
        return error() << operand.name << " must be a list of tensors, got " << argumentText(argument);
      for (const Argument &one : *list) {
        if (failed(checkOperand(one, operand))) return failure();
        slots.push_back({one, static_cast<unsigned>(index), {}, {}});
      }
    } else if (!(operand.optional && argument.isNone())) {
      if (failed(checkOperand(argument, operand))) return failure();
      slots.push_back({argument, static_cast<unsigned>(index), {}, {}});
    }
    segments.push_back(static_cast<int32_t>(slots.size() - before));
  }
  for (Slot &slot : slots)
    if (auto *sym = slot.argument.as<Sym>()) slot.sym = *sym;
  return success();
}

bool Caller::isNumeric(const Slot &slot) const {
  return llvm::StringRef(row.operands[slot.operand].constraint) == "Tensor";
}

std::optional<Type> Caller::commonReal() {
  const Slot *leader = nullptr;
  Type common;
  for (const Slot &slot : slots) {
    if (!slot.sym || !isNumeric(slot)) continue;
    Type own = realOf(slot.sym.element()), next = common ? promote(common, own) : own;
    if (!next) {
      auto diagnostic = error() << "no common dtype for " << textOf(leader->sym.value()) << " and "
                                << textOf(slot.sym.value());
      diagnostic.attachNote() << "help: convert one of them with astype";
      return std::nullopt;
    }
    if (next != common) leader = &slot;
    common = next;
  }
  return common;
}

LogicalResult Caller::promoteOperands() {
  auto found = commonReal();
  if (!found) return failure();
  Type common = *found;
  if (!common) return success();
  for (Slot &slot : slots)
    if (slot.sym && isNumeric(slot) && slot.sym.element() != common)
      slot.sym =
          ink.build1("astype", slot.sym.value(), ink.builder.getNamedAttr("dtype", TypeAttr::get(common)));
  return success(!ink.failed());
}

Type Caller::literalType(const Argument &argument) const {
  if (argument.as<bool>()) return ink.builder.getI1Type();
  if (argument.as<int64_t>()) return ink.builder.getI64Type();
  return ink.builder.getF64Type();
}

FailureOr<Sym> Caller::constant(const Argument &argument, Type element, ArrayRef<int64_t> shape) {
  char kind = kindOf(element);
  auto clash = [&]() -> FailureOr<Sym> {
    auto diagnostic = error() << "the literal " << argumentText(argument) << " does not fit "
                              << nameOf(element);
    diagnostic.attachNote() << "help: convert the tensor with astype";
    return failure();
  };
  if (auto *flag = argument.as<bool>()) {
    if (kind != 'b') return clash();
    return ink.full(shape, element, *flag);
  }
  // A number that rounds to infinity is out of range.
  auto rounded = [&](double number) -> FailureOr<Sym> {
    llvm::APFloat value(number);
    bool loses = false;
    value.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &loses);
    if (std::isfinite(number) && value.isInfinity()) return clash();
    return ink.full(shape, element, number);
  };
  if (auto *real = argument.as<double>()) return kind == 'f' ? rounded(*real) : clash();
  int64_t integer = *argument.as<int64_t>();
  if (kind == 'f') return rounded(static_cast<double>(integer));
  if (kind == 'b' || (kind == 'u' && integer < 0)) return clash();
  unsigned width = bitsOf(element);
  llvm::APInt bits(width, static_cast<uint64_t>(integer), kind == 'i', /*implicitTrunc=*/true);
  if ((kind == 'i' ? bits.getSExtValue() : static_cast<int64_t>(bits.getZExtValue())) != integer)
    return clash();
  return ink.constant(DenseElementsAttr::get(RankedTensorType::get(shape, element), bits));
}

LogicalResult Caller::typeLiterals() {
  SmallVector<int64_t> shape;
  if (row.broadcasts) {
    SmallVector<Sym> tensors;
    for (Slot &slot : slots)
      if (slot.sym) tensors.push_back(slot.sym);
    auto common = broadcastShape(ink, row.name, tensors);
    if (failed(common)) return failure();
    shape = *common;
  }
  Type element;
  for (Slot &slot : slots)
    if (slot.sym && llvm::StringRef(row.operands[slot.operand].constraint) == "Tensor")
      element = slot.sym.element();
  // Literals alone: the widest of them.
  for (Slot &slot : slots)
    if (!slot.sym && !element && slot.argument.as<double>()) element = ink.builder.getF64Type();
  for (Slot &slot : slots) {
    if (slot.sym) continue;
    llvm::StringRef constraint = row.operands[slot.operand].constraint;
    Type own = constraint == "Tensor" && element ? element : literalType(slot.argument);
    auto made = constant(slot.argument, own, shape);
    if (failed(made)) return failure();
    slot.sym = *made;
    if (failed(checkOperand(slot.sym, row.operands[slot.operand]))) return failure();
    if (constraint == "Tensor" && !element) element = own;
  }
  return success(!ink.failed());
}

LogicalResult Caller::broadcastOperands() {
  SmallVector<Sym> tensors;
  for (Slot &slot : slots)
    tensors.push_back(slot.sym);
  auto shape = broadcastShape(ink, row.name, tensors);
  if (failed(shape)) return failure();
  for (Slot &slot : slots)
    if (slot.sym.shape() != ArrayRef<int64_t>(*shape))
      slot.sym = ink.build1("broadcast_to", slot.sym.value(),
                            ink.builder.getNamedAttr("shape", ink.builder.getDenseI64ArrayAttr(*shape)));
  return success(!ink.failed());
}

LogicalResult Caller::attributes() {
  for (auto [k, param] : llvm::enumerate(row.params)) {
    if (param.kind == ParamKind::Tensor || param.kind == ParamKind::Tensors || param.kind == ParamKind::Rest)
      continue;
    if (bound[k].isNone() && param.kind != ParamKind::Axes) {
      if (param.fallback && llvm::StringRef(param.fallback) == "none") continue;
      return error() << param.name << " must be " << kindWords(param.kind) << ", got none";
    }
    auto value = attribute(param, bound[k]);
    if (failed(value)) return failure();
    attrs.append(param.attribute, *value);
  }
  return success();
}

LogicalResult Caller::normalise(int64_t &axis, int64_t rank) {
  if (axis < -rank || axis >= rank) {
    std::string what = slots.empty() ? "rank " + std::to_string(rank) : textOf(slots[0].sym.value());
    return error() << "axis " << axis << " is out of range for " << what << ", which has " << rank
                   << (rank == 1 ? " axis" : " axes");
  }
  if (axis < 0) axis += rank;
  return success();
}

LogicalResult Caller::integers(const Param &param, const Argument &argument, SmallVectorImpl<int64_t> &out,
                               bool nested) {
  if (auto *integer = argument.as<int64_t>()) return out.push_back(*integer), success();
  auto *list = argument.as<Argument::List>();
  if (!list)
    return error() << param.name << " must be " << kindWords(param.kind) << ", got "
                   << argumentText(argument);
  for (const Argument &one : *list) {
    if (auto *integer = one.as<int64_t>())
      out.push_back(*integer);
    else if (nested && one.as<Argument::List>()) {
      if (failed(integers(param, one, out, false))) return failure();
    } else {
      return error() << param.name << " must be " << kindWords(param.kind) << ", got " << argumentText(one)
                     << " in it";
    }
  }
  return success();
}

FailureOr<Attribute> Caller::axesAttribute(const Param &param, const Argument &argument) {
  int64_t rank = slots.empty() ? 0 : slots[0].sym.rank();
  SmallVector<int64_t> axes;
  if (argument.isNone())
    axes = allAxes(rank);
  else if (failed(integers(param, argument, axes, false)))
    return failure();
  for (int64_t &axis : axes)
    if (failed(normalise(axis, rank))) return failure();
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end())
    return error() << "axis " << *std::adjacent_find(axes.begin(), axes.end()) << " is given twice",
           failure();
  return Attribute(ink.builder.getDenseI64ArrayAttr(axes));
}

FailureOr<Attribute> Caller::listAttribute(const Param &param, const Argument &argument) {
  SmallVector<int64_t> values;
  if (failed(integers(param, argument, values,
                      param.kind == ParamKind::Pairs || param.kind == ParamKind::Padding)))
    return failure();
  if (param.kind == ParamKind::AxisList)
    for (int64_t &axis : values)
      if (failed(normalise(axis, slots.empty() ? 0 : slots[0].sym.rank()))) return failure();
  return Attribute(ink.builder.getDenseI64ArrayAttr(values));
}

FailureOr<Attribute> Caller::attribute(const Param &param, const Argument &argument) {
  Builder &b = ink.builder;
  auto wrong = [&]() -> FailureOr<Attribute> {
    return error() << param.name << " must be " << kindWords(param.kind) << ", got "
                   << argumentText(argument),
           failure();
  };
  switch (param.kind) {
  case ParamKind::Int:
    if (auto *integer = argument.as<int64_t>()) return Attribute(b.getI64IntegerAttr(*integer));
    return wrong();
  case ParamKind::Real:
    if (auto *integer = argument.as<int64_t>())
      return Attribute(b.getF64FloatAttr(static_cast<double>(*integer)));
    if (auto *real = argument.as<double>()) return Attribute(b.getF64FloatAttr(*real));
    return wrong();
  case ParamKind::Flag:
    if (auto *flag = argument.as<bool>()) return Attribute(b.getBoolAttr(*flag));
    return wrong();
  case ParamKind::Text:
    if (auto *text = argument.as<std::string>()) return Attribute(b.getStringAttr(*text));
    return wrong();
  case ParamKind::DType:
    if (auto *type = argument.as<Type>()) return Attribute(TypeAttr::get(*type));
    return wrong();
  case ParamKind::Axis: {
    auto *integer = argument.as<int64_t>();
    if (!integer) return wrong();
    int64_t axis = *integer;
    if (failed(normalise(axis, slots.empty() ? 0 : slots[0].sym.rank()))) return failure();
    return Attribute(b.getI64IntegerAttr(axis));
  }
  case ParamKind::Axes:
    return axesAttribute(param, argument);
  case ParamKind::Number:
    if (auto *integer = argument.as<int64_t>()) return Attribute(b.getI64IntegerAttr(*integer));
    if (auto *flag = argument.as<bool>()) return Attribute(b.getBoolAttr(*flag));
    if (auto *real = argument.as<double>()) return Attribute(b.getF64FloatAttr(*real));
    return wrong();
  case ParamKind::Order:
    if (auto *text = argument.as<std::string>()) return Attribute(b.getStringAttr(*text));
    if (auto *integer = argument.as<int64_t>()) return Attribute(b.getI64IntegerAttr(*integer));
    if (auto *real = argument.as<double>()) return Attribute(b.getF64FloatAttr(*real));
    return wrong();
  case ParamKind::Padding:
    if (auto *text = argument.as<std::string>()) return Attribute(b.getStringAttr(*text));
    break;
  case ParamKind::Cuts:
    if (auto *integer = argument.as<int64_t>()) return Attribute(b.getI64IntegerAttr(*integer));
    break;
  default:
    break;
  }
  return listAttribute(param, argument);
}

FailureOr<SmallVector<int64_t>> broadcastShape(Ink &ink, llvm::StringRef name, ArrayRef<Sym> operands) {
  SmallVector<int64_t> shape;
  SmallVector<unsigned> owner;
  for (auto [k, operand] : llvm::enumerate(operands)) {
    ArrayRef<int64_t> own = operand.shape();
    while (shape.size() < own.size()) {
      shape.insert(shape.begin(), 1);
      owner.insert(owner.begin(), k);
    }
    for (size_t i = 0; i < own.size(); ++i) {
      size_t at = shape.size() - own.size() + i;
      if (own[i] == shape[at] || own[i] == 1) continue;
      if (shape[at] == 1) {
        shape[at] = own[i];
        owner[at] = k;
        continue;
      }
      const Sym &other = operands[owner[at]];
      auto diagnostic = emitError(ink.loc());
      diagnostic << name << ": operand " << owner[at] << " (" << textOf(other.value()) << ") and operand "
                 << k << " (" << textOf(operand.value()) << ") do not broadcast: extent " << shape[at]
                 << " against " << own[i] << " on axis -" << (shape.size() - at);
      diagnostic.attachNote(other.value().getLoc()) << "operand " << owner[at] << " is made here";
      diagnostic.attachNote(operand.value().getLoc()) << "operand " << k << " is made here";
      ink.fail();
      return failure();
    }
  }
  return shape;
}

FailureOr<Syms> call(Ink &ink, llvm::StringRef name, const Arguments &positional,
                     const NamedArguments &named) {
  if (ink.failed()) return failure();
  const Row *row = rowNamed(name);
  if (!row) {
    auto diagnostic = emitError(ink.loc()) << "no operation is called " << name;
    std::string near = nearestRow(name);
    if (!near.empty()) diagnostic.attachNote() << "help: did you mean " << near << "?";
    ink.fail();
    return failure();
  }
  return Caller(ink, *row).run(positional, named);
}

Sym callOne(Ink &ink, llvm::StringRef name, const Arguments &positional, const NamedArguments &named) {
  auto out = call(ink, name, positional, named);
  return succeeded(out) && !out->empty() ? out->front() : Sym();
}

Syms callAll(Ink &ink, llvm::StringRef name, const Arguments &positional, const NamedArguments &named) {
  auto out = call(ink, name, positional, named);
  return succeeded(out) ? *out : Syms();
}

Ink &inkAmong(ArrayRef<Sym> operands) {
  const Sym *found = llvm::find_if(operands, [](const Sym &sym) { return sym.ink() != nullptr; });
  return *found->ink();
}

} // namespace tgc::graph
