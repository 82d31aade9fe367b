// Tables of element types. Order and promotion follow the Python array API standard 2024.12.
#include "dialects/graph/Types.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace tgc::graph {

char kindOf(Type element) {
  if (element.isF64() || element.isF32() || element.isBF16() || element.isF16()) return 'f';
  if (auto complex = dyn_cast<ComplexType>(element)) {
    Type part = complex.getElementType();
    return part.isF64() || part.isF32() ? 'c' : 0;
  }
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer) return 0;
  unsigned width = integer.getWidth();
  if (width == 1) return integer.isSignless() ? 'b' : 0;
  if (width != 8 && width != 16 && width != 32 && width != 64) return 0;
  return integer.isSignless() ? 'i' : integer.isUnsigned() ? 'u' : 0;
}

unsigned bitsOf(Type element) {
  if (isa<ComplexType>(element)) return 2 * bitsOf(realOf(element));
  return element.getIntOrFloatBitWidth();
}

Type realOf(Type element) {
  auto complex = dyn_cast<ComplexType>(element);
  return complex ? complex.getElementType() : element;
}

RankedTensorType realTypeOf(RankedTensorType type) {
  return RankedTensorType::get(type.getShape(), realOf(type.getElementType()));
}

static int64_t rankLimit(Type element) { return isa<ComplexType>(element) ? maxComplexRank : maxRank; }

bool isTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding()) return false;
  if (tensor.getRank() > rankLimit(tensor.getElementType())) return false;
  int64_t count = 1;
  for (int64_t extent : tensor.getShape()) {
    if (extent == 0) continue; // the other extents are limited all the same: products of them stay numbers
    if (count > maxElements / extent) return false;
    count *= extent;
  }
  return kindOf(tensor.getElementType()) != 0;
}
static bool isKind(Type type, llvm::StringRef kinds) {
  return isTensor(type) && kinds.contains(kindOf(elementOf(type)));
}
bool isFloatTensor(Type type) { return isKind(type, "f"); }
bool isComplexTensor(Type type) { return isKind(type, "c"); }
bool isBoolTensor(Type type) { return isKind(type, "b"); }
bool isIntTensor(Type type) { return isKind(type, "iu"); }

std::string nameOf(Type element) {
  if (element.isBF16()) return "bf16";
  char kind = kindOf(element);
  if (kind == 'b') return "bool";
  return std::string(1, kind ? kind : '?') + std::to_string(bitsOf(element));
}

Type typeNamed(MLIRContext *context, llvm::StringRef name) {
  if (name == "bool") return IntegerType::get(context, 1);
  if (name == "f64") return Float64Type::get(context);
  if (name == "f32") return Float32Type::get(context);
  if (name == "f16") return Float16Type::get(context);
  if (name == "bf16") return BFloat16Type::get(context);
  if (name == "c64") return ComplexType::get(Float32Type::get(context));
  if (name == "c128") return ComplexType::get(Float64Type::get(context));
  unsigned width = 0;
  if (name.size() < 2 || name.drop_front().getAsInteger(10, width)) return {};
  if (width != 8 && width != 16 && width != 32 && width != 64) return {};
  if (name[0] == 'i') return IntegerType::get(context, width);
  if (name[0] == 'u') return IntegerType::get(context, width, IntegerType::Unsigned);
  return {};
}

std::string textOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor) return "?";
  std::string text = nameOf(tensor.getElementType());
  if (tensor.getRank() == 0) return text;
  return text + "[" +
         llvm::join(llvm::map_range(tensor.getShape(), [](int64_t e) { return std::to_string(e); }), ", ") +
         "]";
}

std::optional<std::string> nameOf(Value value) {
  if (auto named = value.getLoc()->findInstanceOf<NameLoc>()) return named.getName().str();
  return std::nullopt;
}

std::string textOf(Value value) {
  auto name = nameOf(value);
  return (name ? *name + ": " : "") + textOf(value.getType());
}

Type promote(Type a, Type b) {
  if (a == b) return a;
  char ka = kindOf(a), kb = kindOf(b);
  unsigned wa = bitsOf(a), wb = bitsOf(b);
  if (ka == 'f' && kb == 'f') return wa == wb ? Type() : wa > wb ? a : b; // bf16 with f16 has no answer
  if (ka == 'c' || kb == 'c') {
    if (ka != 'f' && kb != 'f' && ka != kb) return {}; // integers are converted by name, as to floats
    Type part = promote(realOf(a), realOf(b));
    return part ? Type(ComplexType::get(part)) : Type();
  }
  if (ka == kb) return wa > wb ? a : b;
  if (ka == 'u' && kb == 'i') return promote(b, a);
  if (ka == 'i' && kb == 'u') {
    if (wb == 64) return {};
    return IntegerType::get(a.getContext(), std::max(wa, 2 * wb));
  }
  return {};
}

int64_t countOf(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

FailureOr<RankedTensorType> checkedTensor(std::optional<Location> loc, ArrayRef<int64_t> shape,
                                          Type element) {
  if (int64_t limit = rankLimit(element); static_cast<int64_t>(shape.size()) > limit)
    return emitOptionalError(loc, isa<ComplexType>(element) ? "a complex tensor" : "a tensor",
                             " has at most ", limit, " axes, this one would have ", shape.size());
  for (int64_t extent : shape)
    if (extent < 0) return emitOptionalError(loc, "an extent cannot be negative, got ", extent);
  auto type = RankedTensorType::get(shape, element);
  if (!isTensor(type))
    return emitOptionalError(loc, "limit: ", textOf(Type(type)),
                             llvm::is_contained(shape, 0)
                                 ? " has extents beside 0 whose product is more than 2^48"
                                 : " has more than 2^48 elements");
  return type;
}

} // namespace tgc::graph
