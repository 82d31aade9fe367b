// Arithmetic of Sym and the building of ops behind it.
#include "dialects/graph/Sym.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;

namespace tgc::graph {

Value Sym::value() const {
  if (state_ == Zero) return ink_->full(shape(), element(), 0).value();
  return value_;
}

Syms Ink::syms(ValueRange values) {
  Syms out;
  for (Value value : values)
    out.push_back(sym(value));
  return out;
}

// A fused location marked so carries the text's place behind the call's; it survives where a std::function
// would not, in type inference.
static constexpr llvm::StringLiteral textMark = "text";

Location Ink::withText(Location call, Location text) {
  return FusedLoc::get({call, text}, StringAttr::get(call.getContext(), textMark), call.getContext());
}

Location Ink::at(int64_t column, int64_t length) const {
  auto fused = dyn_cast<FusedLoc>(loc_);
  if (column < 0 || !fused || fused.getLocations().size() != 2) return loc_;
  auto mark = dyn_cast_or_null<StringAttr>(fused.getMetadata());
  auto text = dyn_cast<FileLineColRange>(fused.getLocations()[1]);
  if (!mark || mark.getValue() != textMark || !text) return loc_;
  unsigned start = text.getStartColumn() + static_cast<unsigned>(column), line = text.getStartLine();
  return FileLineColRange::get(text.getFilename(), line, start, line, start + static_cast<unsigned>(length));
}

Sym Ink::full(ArrayRef<int64_t> shape, Type element, double number) {
  auto type = RankedTensorType::get(shape, element);
  if (isa<ComplexType>(element))
    return joined(*this, {full(shape, realOf(element), number), full(shape, realOf(element), 0)});
  if (isa<FloatType>(element))
    return constant(DenseElementsAttr::get(type, builder.getFloatAttr(element, number)));
  llvm::APInt bits(bitsOf(element), static_cast<uint64_t>(static_cast<int64_t>(number)), true,
                   /*implicitTrunc=*/true);
  return constant(DenseElementsAttr::get(type, bits));
}

Sym Ink::constant(DenseElementsAttr value) {
  return build1("constant", {}, builder.getNamedAttr("value", value));
}

namespace {
/// Properties made from an attribute dictionary for the time of one type inference.
struct Properties {
  Properties(OperationName name, RegisteredOperationName info, DictionaryAttr attributes, Location loc)
      : info(info) {
    int size = info.getOpPropertyByteSize();
    if (!size) return;
    storage.reset(new std::max_align_t[(size + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t)]);
    info.initOpProperties(get(), OpaqueProperties(nullptr));
    ok = info.setOpPropertiesFromAttribute(name, get(), attributes, [&] { return emitError(loc); });
  }
  ~Properties() {
    if (storage) info.destroyOpProperties(get());
  }
  OpaqueProperties get() { return OpaqueProperties(storage.get()); }
  RegisteredOperationName info;
  std::unique_ptr<std::max_align_t[]> storage;
  LogicalResult ok = success();
};
} // namespace

Syms Ink::build(llvm::StringRef name, ValueRange operands, ArrayRef<NamedAttribute> attributes) {
  auto give = [&]() -> Syms { return failed_ = true, Syms(); };
  for (Value operand : operands)
    if (!operand) return give();
  auto info = RegisteredOperationName::lookup(("graph." + name).str(), context());
  if (!info) return emitError(loc_) << "no operation is called " << name, give();
  DictionaryAttr dictionary = builder.getDictionaryAttr(attributes);
  Properties properties(*info, *info, dictionary, loc_);
  if (mlir::failed(properties.ok)) return give();
  auto *infer = info->getInterface<InferTypeOpInterface>();
  SmallVector<Type> types;
  if (!infer || mlir::failed(infer->inferReturnTypes(context(), loc_, operands, dictionary, properties.get(),
                                                     {}, types)))
    return give();
  OperationState state(loc_, *info);
  state.addOperands(operands);
  state.addTypes(types);
  state.addAttributes(dictionary.getValue());
  Operation *op = Operation::create(state);
  if (Operation *before = seenBefore(op)) {
    op->destroy();
    return syms(before->getResults());
  }
  builder.insert(op);
  return syms(op->getResults());
}

Operation *Ink::seenBefore(Operation *op) {
  using Same = OperationEquivalence;
  size_t hash = Same::computeHash(op, Same::directHashValue, Same::ignoreHashValue, Same::IgnoreLocations);
  auto [first, last] = built_.equal_range(hash);
  for (auto at = first; at != last; ++at)
    if (at->second->getBlock() == builder.getInsertionBlock() &&
        Same::isEquivalentTo(at->second, op, Same::exactValueMatch, nullptr, Same::IgnoreLocations))
      return at->second;
  built_.emplace(hash, op);
  return nullptr;
}

// ---- arithmetic ----
static bool sameShape(Sym a, Sym b) {
  return a && b && !a.isLiteral() && !b.isLiteral() && a.shape() == b.shape();
}
static Ink &inkOf(Sym a, Sym b) { return a.ink() ? *a.ink() : *b.ink(); }

static Sym binary(llvm::StringRef name, Sym a, Sym b) {
  if (!a || !b) return {};
  return callOne(inkOf(a, b), name, {a, b});
}

Sym operator+(Sym a, Sym b) {
  if (a.isLiteral() && b.isLiteral()) return a.number() + b.number();
  if (a.isZero() && (a.isLiteral() || sameShape(a, b))) return b;
  if (b.isZero() && (b.isLiteral() || sameShape(a, b))) return a;
  return binary("add", a, b);
}
Sym operator-(Sym a, Sym b) {
  if (a.isLiteral() && b.isLiteral()) return a.number() - b.number();
  if (b.isZero() && (b.isLiteral() || sameShape(a, b))) return a;
  if (a.isZero() && (a.isLiteral() || sameShape(a, b))) return -b;
  return binary("subtract", a, b);
}
Sym operator*(Sym a, Sym b) {
  if (a.isLiteral() && b.isLiteral()) return a.number() * b.number();
  if (a.isLiteral() && a.number() == 1) return b;
  if (b.isLiteral() && b.number() == 1) return a;
  if (a.isLiteral() && a.number() == 0) return b.ink()->zero(b.type());
  if (b.isLiteral() && b.number() == 0) return a.ink()->zero(a.type());
  if (sameShape(a, b) && a.isZero()) return a;
  if (sameShape(a, b) && b.isZero()) return b;
  if (a.isLiteral() && a.number() == -1) return -b;
  if (b.isLiteral() && b.number() == -1) return -a;
  return binary("multiply", a, b);
}
Sym operator/(Sym a, Sym b) {
  if (a.isLiteral() && b.isLiteral()) return a.number() / b.number();
  if (b.isLiteral() && b.number() == 1) return a;
  return binary("divide", a, b);
}
Sym operator-(Sym a) {
  if (a.isLiteral()) return -a.number();
  if (!a || a.isZero()) return a;
  return callOne(*a.ink(), "negative", {a});
}
Sym operator<(Sym a, Sym b) { return binary("less", a, b); }
Sym operator<=(Sym a, Sym b) { return binary("less_equal", a, b); }
Sym operator>(Sym a, Sym b) { return binary("greater", a, b); }
Sym operator>=(Sym a, Sym b) { return binary("greater_equal", a, b); }
Sym operator==(Sym a, Sym b) { return binary("equal", a, b); }
Sym operator!=(Sym a, Sym b) { return binary("not_equal", a, b); }
Sym operator&(Sym a, Sym b) { return binary("logical_and", a, b); }
Sym operator|(Sym a, Sym b) { return binary("logical_or", a, b); }

Sym strong(Sym factor, Sym t) {
  if (t.isZero() || factor.isLiteral()) return factor.isLiteral() ? factor * t : t;
  return callOne(*t.ink(), "strong_multiply", {factor, t});
}

SmallVector<int64_t> allAxes(int64_t rank) { return llvm::to_vector(llvm::seq<int64_t>(0, rank)); }

SmallVector<int64_t> reducedShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes, bool keepdims) {
  SmallVector<int64_t> out;
  for (auto [axis, extent] : llvm::enumerate(shape)) {
    bool gone = llvm::is_contained(axes, static_cast<int64_t>(axis));
    if (!gone)
      out.push_back(extent);
    else if (keepdims)
      out.push_back(1);
  }
  return out;
}

Sym sumTo(Sym x, ArrayRef<int64_t> shape) {
  if (x.shape() == shape) return x;
  if (x.isZero()) return x.ink()->zero(RankedTensorType::get(shape, x.element()));
  int64_t extra = x.rank() - static_cast<int64_t>(shape.size());
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (axis < extra || (shape[axis - extra] == 1 && x.extent(axis) != 1)) axes.push_back(axis);
  Sym summed = axes.empty() ? x : sum(x, axes);
  return summed.shape() == shape ? summed : reshape(summed, shape);
}

} // namespace tgc::graph
