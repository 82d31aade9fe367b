// Plain numbers where a tensor of a known type is needed.
#include "dialects/graph/Complex.h"
#include "frontend/language/Build.h"
#include <cmath>

namespace tgc::language {

using graph::Argument;

std::optional<Argument> Build::typed(graph::Ink &ink, const Argument &plain, mlir::RankedTensorType type,
                                     const std::string &what, Span place) {
  mlir::Type element = type.getElementType();
  char kind = graph::kindOf(element);
  auto wrong = [&] {
    return fail(place, describe(plain) + " does not fit " + what + ", which is " + graph::textOf(type));
  };
  if (type.getRank() != 0) return wrong();
  mlir::Attribute attribute;
  if (auto *flag = plain.as<bool>()) {
    if (kind != 'b') return wrong();
    attribute = mlir::IntegerAttr::get(element, *flag);
  } else if (kind == 'c') {
    auto *number = plain.as<std::complex<double>>();
    mlir::RankedTensorType part = graph::realTypeOf(type);
    auto re = typed(ink, number ? Argument(number->real()) : plain, part, what, place);
    auto im = re ? typed(ink, Argument(number ? number->imag() : 0.0), part, what, place) : std::nullopt;
    if (!im) return std::nullopt;
    return Argument(graph::joined(ink, {*re->as<graph::Sym>(), *im->as<graph::Sym>()}));
  } else if (plain.as<std::complex<double>>()) {
    return wrong();
  } else if (kind == 'f') {
    auto *integer = plain.as<int64_t>();
    double number = integer ? static_cast<double>(*integer) : *plain.as<double>();
    llvm::APFloat rounded(number);
    bool lost = false;
    auto floatType = mlir::cast<mlir::FloatType>(element);
    rounded.convert(floatType.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
    if (rounded.isInfinity() && !std::isinf(number)) return wrong();
    attribute = mlir::FloatAttr::get(floatType, rounded);
  } else {
    auto *integer = plain.as<int64_t>();
    unsigned bits = graph::bitsOf(element);
    bool fits = integer && kind != 'b' &&
                (kind == 'i' ? llvm::isIntN(bits, *integer)
                             : *integer >= 0 && llvm::isUIntN(bits, static_cast<std::uint64_t>(*integer)));
    if (!fits) return wrong();
    attribute =
        mlir::IntegerAttr::get(element, llvm::APInt(bits, static_cast<std::uint64_t>(*integer), false, true));
  }
  return Argument(ink.constant(mlir::DenseElementsAttr::get(type, attribute)));
}

/// Plain numbers that met no tensor become i64, f64 or bool.
bool Build::tensors(graph::Ink &ink, Values &arguments, Span place) {
  for (Argument &argument : arguments) {
    if (argument.as<graph::Sym>()) continue;
    mlir::Builder &b = ink.builder;
    mlir::Type element = b.getF64Type();
    if (argument.as<bool>())
      element = b.getI1Type();
    else if (argument.as<int64_t>())
      element = b.getI64Type();
    else if (argument.as<std::complex<double>>())
      element = mlir::ComplexType::get(element);
    auto made = typed(ink, argument, mlir::RankedTensorType::get({}, element), "a result", place);
    if (!made) return false;
    argument = std::move(*made);
  }
  return true;
}

} // namespace tgc::language
