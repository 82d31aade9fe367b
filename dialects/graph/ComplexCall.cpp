// Calls with complex operands: parts are promoted, broadcast and given to the row's rule.
#include "dialects/graph/Caller.h"
#include "dialects/graph/Graph.h"

using namespace mlir;

namespace tgc::graph {

bool Caller::isComplex() const {
  auto asked = [](const Argument &argument) {
    auto *type = argument.as<Type>();
    return type && isa<ComplexType>(*type);
  };
  return llvm::any_of(bound, asked) || llvm::any_of(slots, [](const Slot &slot) {
           return slot.argument.as<std::complex<double>>() || (slot.sym && isComplexTensor(slot.sym.type()));
         });
}

/// The dtype of the parts; null, reported, where there is none. f64 where no tensor says otherwise.
Type Caller::complexPart() {
  auto common = commonReal();
  if (!common) return {};
  if (!*common) return ink.builder.getF64Type();
  const Slot *complex = llvm::find_if(slots, [&](const Slot &slot) {
    return slot.argument.as<std::complex<double>>() || (slot.sym && isComplexTensor(slot.sym.type()));
  });
  if (complex == slots.end() || common->isF32() || common->isF64()) return *common;
  if (kindOf(*common) == 'f') return ink.builder.getF32Type(); // there are no complex halves
  const Slot *whole = llvm::find_if(slots, [&](const Slot &slot) { return slot.sym && isNumeric(slot); });
  auto diagnostic = error() << "no common dtype for a complex number and " << textOf(whole->sym.value());
  diagnostic.attachNote() << "help: convert the tensor with astype";
  return {};
}

LogicalResult Caller::splitOperands(Type part) {
  for (Slot &slot : slots) {
    const OperandRow &operand = row.operands[slot.operand];
    bool numeric = isNumeric(slot);
    auto *literal = slot.argument.as<std::complex<double>>();
    if (literal && !numeric)
      return error() << operand.name << " takes no complex number, got " << argumentText(slot.argument);
    if (slot.sym) {
      slot.parts = numeric ? converted(partsOf(slot.sym), part) : Complex{slot.sym, {}};
      continue;
    }
    auto typed = [&](const Argument &number) {
      return constant(number, numeric ? part : literalType(slot.argument), {});
    };
    auto re = typed(literal ? Argument(literal->real()) : slot.argument);
    if (failed(re)) return failure();
    slot.sym = *re;
    if (failed(checkOperand(slot.sym, operand))) return failure();
    slot.parts = {*re, ink.zero(slot.sym.type())};
    if (!literal) continue;
    auto im = typed(literal->imag());
    if (failed(im)) return failure();
    slot.parts.im = *im;
  }
  return success(!ink.failed());
}

LogicalResult Caller::broadcastParts() {
  SmallVector<Sym> tensors;
  for (Slot &slot : slots)
    tensors.push_back(slot.sym);
  auto shape = broadcastShape(ink, row.name, tensors);
  if (failed(shape)) return failure();
  for (Slot &slot : slots)
    for (Sym *part : {&slot.parts.re, &slot.parts.im}) {
      if (!*part || part->shape() == ArrayRef<int64_t>(*shape)) continue;
      *part = part->isZero() ? ink.zero(RankedTensorType::get(*shape, part->element()))
                             : broadcast_to(*part, *shape);
    }
  return success(!ink.failed());
}

FailureOr<Syms> Caller::runComplex() {
  auto give = [&]() -> FailureOr<Syms> { return ink.fail(), failure(); };
  if (!row.complex) {
    auto diagnostic = emitError(ink.loc()) << row.name << " takes no complex numbers";
    auto *at =
        llvm::find_if(slots, [](const Slot &slot) { return slot.sym && isComplexTensor(slot.sym.type()); });
    if (at != slots.end())
      diagnostic << ", but operand " << (at - slots.begin()) << " is " << textOf(at->sym.value());
    diagnostic.attachNote() << "help: real, imag, abs and angle give real tensors";
    return give();
  }
  Type part = complexPart();
  if (!part || failed(splitOperands(part)) || (row.broadcasts && failed(broadcastParts())) ||
      failed(attributes()))
    return give();
  SmallVector<Complex> operands;
  SmallVector<Value> wholes;
  for (Slot &slot : slots) {
    operands.push_back(slot.parts);
    if (row.whole) wholes.push_back(joined(ink, slot.parts).value());
  }
  ComplexCall call(ink, row.name, operands, segments, attrs.getDictionary(ink.context()));
  Syms out = row.whole ? ink.build(row.name, wholes, attrs) : row.complex(call);
  if (ink.failed() || out.empty() || !llvm::all_of(out, [](const Sym &sym) { return bool(sym); }))
    return give();
  return out;
}

// ---- what rules read ----
Complex ComplexCall::one(unsigned which) const {
  auto all = list(which);
  return all.empty() ? Complex{} : all.front();
}
ArrayRef<Complex> ComplexCall::list(unsigned which) const {
  size_t first = 0;
  for (int32_t count : segments.take_front(which))
    first += count;
  return operands.slice(first, segments[which]);
}
int64_t ComplexCall::integer(llvm::StringRef key) const {
  return attributes.getAs<IntegerAttr>(key).getInt();
}
ArrayRef<int64_t> ComplexCall::integers(llvm::StringRef key) const {
  return attributes.getAs<DenseI64ArrayAttr>(key).asArrayRef();
}
double ComplexCall::real(llvm::StringRef key) const {
  return attributes.getAs<FloatAttr>(key).getValueAsDouble();
}
bool ComplexCall::flag(llvm::StringRef key) const { return attributes.getAs<BoolAttr>(key).getValue(); }
llvm::StringRef ComplexCall::text(llvm::StringRef key) const {
  return attributes.getAs<StringAttr>(key).getValue();
}
Type ComplexCall::type(llvm::StringRef key) const { return attributes.getAs<TypeAttr>(key).getValue(); }

// ---- rules of many rows ----
static DictionaryAttr attributesOf(ComplexCall &call, bool ofPart) {
  const Row *row = rowNamed(call.name);
  NamedAttrList attributes(call.attributes);
  for (NamedAttribute named : call.attributes)
    if (auto type = dyn_cast<TypeAttr>(named.getValue()); type && ofPart)
      attributes.set(named.getName(), TypeAttr::get(realOf(type.getValue())));
  if (llvm::count_if(row->operands, [](const OperandRow &o) { return o.optional || o.variadic; }) > 1)
    attributes.set("operandSegmentSizes", call.ink.builder.getDenseI32ArrayAttr(call.segments));
  return attributes.getDictionary(call.ink.context());
}

Syms complexByParts(ComplexCall &call) {
  DictionaryAttr attributes = attributesOf(call, /*ofPart=*/true);
  auto values = [&](bool imaginary) {
    return llvm::map_to_vector(call.operands,
                               [&](const Complex &z) { return (imaginary && z.im ? z.im : z.re).value(); });
  };
  bool isReal = llvm::all_of(call.operands, [](const Complex &z) { return !z.im || z.im.isZero(); });
  Syms re = call.ink.build(call.name, values(false), attributes.getValue()), out;
  Syms im = isReal || call.ink.failed() ? re : call.ink.build(call.name, values(true), attributes.getValue());
  if (call.ink.failed()) return {};
  for (auto [first, second] : llvm::zip_equal(re, im))
    out.push_back(joined(call.ink, {first, isReal ? call.ink.zero(first.type()) : second}));
  return out;
}

Syms complexByFormula(ComplexCall &call) {
  SmallVector<Value> operands;
  for (const Complex &z : call.operands) {
    Sym operand = z.im ? joined(call.ink, z) : z.re;
    if (!operand) return {};
    operands.push_back(operand.value());
  }
  // The op is never part of the graph: it holds what its formula reads.
  OperationState state(call.ink.loc(), ("graph." + call.name).str());
  state.addOperands(operands);
  state.addTypes(operands.empty() ? RankedTensorType::get({}, call.ink.builder.getF64Type())
                                  : operands[0].getType());
  state.addAttributes(attributesOf(call, /*ofPart=*/false).getValue());
  Operation *op = Operation::create(state);
  Syms out = cast<GraphOp>(op).formula(call.ink);
  op->destroy();
  return out;
}

} // namespace tgc::graph
