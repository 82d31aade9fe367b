// Formulas of tensors made from numbers.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph {

double realOf(Attribute number) {
  if (auto flag = dyn_cast<BoolAttr>(number)) return flag.getValue();
  if (auto integer = dyn_cast<IntegerAttr>(number)) return static_cast<double>(integer.getInt());
  return cast<FloatAttr>(number).getValueAsDouble();
}

Type dtypeOf(Attribute number) { return cast<TypedAttr>(number).getType(); }

std::optional<int64_t> rangeLength(double first, double last, double step) {
  if (step == 0) return std::nullopt;
  double count = std::max(0.0, std::ceil((last - first) / step));
  if (!(count <= static_cast<double>(maxElements))) return std::nullopt;
  return static_cast<int64_t>(count);
}

namespace formulas {

static std::string numberText(Attribute number) {
  if (auto flag = dyn_cast<BoolAttr>(number)) return flag.getValue() ? "true" : "false";
  if (auto integer = dyn_cast<IntegerAttr>(number)) return std::to_string(integer.getInt());
  return std::to_string(realOf(number));
}

Sym full(Ink &ink, Ints shape, Type element, double number) {
  auto type = checkedTensor(ink.loc(), shape, element);
  if (failed(type)) return ink.fail(), Sym();
  return ink.full(shape, element, number);
}

// The number as a splat, refused where the dtype cannot hold it.
Sym full(Ink &ink, Ints shape, Attribute number, std::optional<Type> element) {
  Type dtype =
      element.value_or(isa<BoolAttr>(number) ? Type(ink.builder.getI1Type()) : ink.builder.getF64Type());
  auto type = checkedTensor(ink.loc(), shape, dtype);
  if (failed(type)) return ink.fail(), Sym();
  char kind = kindOf(dtype);
  if (kind == 'f' || kind == 'c') return ink.full(shape, dtype, realOf(number));
  auto integer = dyn_cast<IntegerAttr>(number);
  auto clash = [&] {
    return refuse(ink, "the number " + numberText(number) + " does not fit " + nameOf(dtype));
  };
  if (!integer) return clash();
  int64_t value = isa<BoolAttr>(number) ? realOf(number) != 0 : integer.getInt();
  unsigned width = bitsOf(dtype);
  llvm::APInt bits(width, static_cast<uint64_t>(value), kind == 'i', /*implicitTrunc=*/true);
  int64_t held = kind == 'i' ? bits.getSExtValue() : static_cast<int64_t>(bits.getZExtValue());
  if (held != value || (kind != 'i' && value < 0)) return clash();
  return ink.constant(DenseElementsAttr::get(*type, bits));
}

Sym eye(Ink &ink, int64_t rows, std::optional<int64_t> columns, int64_t offset, Type element) {
  SmallVector<int64_t> shape = {rows, columns.value_or(rows)};
  if (failed(checkedTensor(ink.loc(), shape, element))) return ink.fail(), Sym();
  if (shape[0] == shape[1] && offset == 0) return graph::delta(ink, rows, element);
  return astype(graph::iota(ink, shape, 1) == graph::iota(ink, shape, 0) + static_cast<double>(offset),
                element);
}

Sym arange(Ink &ink, Attribute first, std::optional<Attribute> last, Attribute step,
           std::optional<Type> element) {
  if (!last) {
    last = first;
    first = ink.builder.getI64IntegerAttr(0);
  }
  Type alone = ink.builder.getI64Type();
  for (Attribute number : {first, *last, step})
    if (!isa<IntegerAttr>(number)) alone = ink.builder.getF64Type();
  Type dtype = element.value_or(alone);
  auto count = rangeLength(realOf(first), realOf(*last), realOf(step));
  if (!count) {
    const double real = (realOf(*last) - realOf(first)) / realOf(step);
    const bool tooMany = realOf(step) != 0 && real > static_cast<double>(maxElements);
    const std::string range =
        "arange: from " + numberText(first) + " to " + numberText(*last) + " in steps of " + numberText(step);
    return refuse(ink, tooMany ? "limit: " + range + " there are more than 2^48 elements"
                               : range + " is no number of elements");
  }
  // Calculated in the numbers' own dtype, then converted.
  Sym places = graph::iota(ink, {*count}, 0, alone);
  Sym start = full(ink, {}, first, alone), stride = full(ink, {}, step, alone);
  return start && stride ? astype(start + places * stride, dtype) : Sym();
}

Sym linspace(Ink &ink, double first, double last, int64_t count, bool endpoint, Type element) {
  if (kindOf(element) != 'f')
    return refuse(ink, "linspace gives floating-point numbers, not " + nameOf(element));
  if (count > maxElements)
    return refuse(ink, "limit: linspace: " + Twine(count) + " are more than 2^48 elements");
  if (count < 0) return refuse(ink, "linspace: " + Twine(count) + " is no number of elements");
  Type wide = ink.builder.getF64Type();
  int64_t steps = endpoint ? count - 1 : count;
  double step = steps > 0 ? (last - first) / static_cast<double>(steps) : 0;
  Sym places = graph::iota(ink, {count}, 0, wide);
  Sym values = ink.full({}, wide, first) + places * ink.full({}, wide, step);
  if (endpoint && count > 1)
    values =
        where(places == ink.full({}, wide, static_cast<double>(count - 1)), ink.full({}, wide, last), values);
  return astype(values, element);
}

Sym oneHot(Ink &ink, Sym x, int64_t classes, Type element, int64_t place) {
  if (classes > maxElements)
    return refuse(ink, "limit: one_hot: " + Twine(classes) + " classes are more than 2^48 elements");
  if (classes < 0) return refuse(ink, "one_hot: " + Twine(classes) + " is no number of classes");
  auto axis = axisOf(ink, "one_hot", place, x.rank() + 1);
  if (!axis) return {};
  Type wide =
      kindOf(x.element()) == 'u' ? Type(ink.builder.getIntegerType(64, false)) : ink.builder.getI64Type();
  SmallVector<int64_t> shape(x.rank() + 1, 1);
  shape[*axis] = classes;
  Sym numbers = graph::iota(ink, shape, *axis, wide);
  return astype(expandDims(ink, astype(x, wide), {*axis}) == numbers, element);
}

} // namespace formulas
} // namespace tgc::graph
