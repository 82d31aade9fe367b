// Cases of a row, and functions written from them.
#include "tests/catalogue/Case.h"
#include "llvm/ADT/Hashing.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {

static constexpr int64_t specialCount = 11;

std::string Case::text() const {
  std::string text = std::string(row->name) + "(" + sample.text + ") on";
  for (RankedTensorType type : types)
    text += " " + graph::textOf(Type(type));
  return text;
}

uint64_t Case::seed() const {
  uint64_t seed = 1469598103934665603ull;
  for (char c : text())
    seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return seed;
}

/// Operand k walks through the values with its own stride, so that two operands meet in every pair.
static HostTensor specialTensor(RankedTensorType type, unsigned k) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double tiny = type.getElementType().isF64() ? 5e-324 : 0x1p-149;
  const double huge = type.getElementType().isF64() ? 1.7e308 : 3.3e38;
  const double values[specialCount] = {std::nan(""), infinity, -infinity, 0.0,  -0.0, tiny,
                                       huge,         -huge,    1.0,       -1.0, 0.5};
  const unsigned width = bitsOf(type.getElementType());
  const int64_t least = static_cast<int64_t>(uint64_t(1) << (width - 1));
  const auto most = static_cast<int64_t>((uint64_t(1) << (width - 1)) - 1);
  const int64_t integers[specialCount] = {0, 1, -1, least, most, 2, -2, 7, -7, width - 1, width};
  HostTensor tensor(type);
  for (int64_t at = 0; at < tensor.count(); ++at) {
    int64_t which = k == 0 ? at : k == 1 ? at / specialCount : at * 7;
    if (tensor.isFloat())
      tensor.set(at, values[which % specialCount]);
    else
      tensor.set(at, integers[which % specialCount]);
  }
  return tensor;
}

HostTensors inputsOf(const Case &one, unsigned round, bool whole) {
  HostTensors inputs;
  if (one.special) {
    for (auto [k, type] : llvm::enumerate(one.types))
      inputs.push_back(specialTensor(type, k));
    return inputs;
  }
  for (auto [k, type] : llvm::enumerate(one.types)) {
    inputs.push_back(randomTensor(type, one.specs[k], one.seed() + 1000 * round + k));
    if (!whole || !inputs.back().isFloat()) continue;
    for (int64_t at = 0; at < inputs.back().count(); ++at)
      inputs.back().set(at, std::nearbyint(inputs.back().get<double>(at)));
  }
  return inputs;
}

FailureOr<Syms> apply(const Case &one, Ink &ink, SymsRef tensors) {
  NamedArguments named;
  NamedAttrList attributes;
  unsigned at = 0;
  for (const Entry &entry : one.sample.entries) {
    if (entry.attribute) {
      auto type = RankedTensorType::get(*entry.tensors.front().shape, ink.builder.getF64Type());
      attributes.append(entry.name, randomTensor(type, entry.tensors.front(), 1).toAttr());
    } else if (entry.tensors.empty()) {
      named.emplace_back(entry.name, entry.literal);
    } else if (entry.list) {
      named.emplace_back(entry.name, Argument(tensors.slice(at, entry.tensors.size())));
      at += entry.tensors.size();
    } else {
      named.emplace_back(entry.name, Argument(tensors[at++]));
    }
  }
  // A row without a call is built as the compiler builds it.
  if (!attributes.empty()) return ink.build(one.row->name, {}, attributes);
  return call(ink, one.row->name, {}, named);
}

Written write(MLIRContext *context, ArrayRef<RankedTensorType> arguments,
              llvm::function_ref<FailureOr<Syms>(Ink &, SymsRef)> write) {
  Location loc = UnknownLoc::get(context);
  Written out;
  out.module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(out.module->getBody());
  SmallVector<Type> inputs(arguments.begin(), arguments.end());
  out.function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType(inputs, {}));
  Block *body = out.function.addEntryBlock();
  Ink ink(OpBuilder::atBlockEnd(body), loc);
  auto results = write(ink, ink.syms(body->getArguments()));
  if (failed(results) || ink.failed()) return {};
  SmallVector<Value> values;
  for (Sym result : *results)
    values.push_back(result.value());
  func::ReturnOp::create(ink.builder, loc, values);
  out.function.setFunctionType(builder.getFunctionType(inputs, TypeRange(ValueRange(values))));
  return out;
}

Written functionOf(const Case &one, MLIRContext *context) {
  return write(context, one.types, [&](Ink &ink, SymsRef tensors) { return apply(one, ink, tensors); });
}

std::vector<Type> allElements(MLIRContext *context) {
  std::vector<Type> elements;
  for (const char *name :
       {"f64", "f32", "bf16", "f16", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8", "bool"})
    elements.push_back(typeNamed(context, name));
  return elements;
}

bool wordsTake(llvm::StringRef words, Type element) {
  char kind = kindOf(element);
  if (words == "any") return true;
  if (kind == 'f') return words == "floating-point" || words.contains("numeric");
  if (kind == 'b') return words.contains("bool");
  if (kind == 'u') return words == "numeric" || words == "integer" || words == "integer or bool";
  return words.contains("numeric") || words.contains("integer");
}

namespace {

/// What an operand is made of when the call is about `element`: conditions stay bool, indices i64.
Type elementFor(const Row &row, llvm::StringRef name, Type element) {
  auto *param = llvm::find_if(row.params, [&](const Param &p) { return name == p.name; });
  for (const OperandRow &operand : row.operands) {
    if (llvm::StringRef(operand.name) != param->attribute) continue;
    llvm::StringRef constraint = operand.constraint;
    if (constraint == "BoolTensor") return IntegerType::get(element.getContext(), 1);
    if (constraint == "IntTensor") return IntegerType::get(element.getContext(), 64);
  }
  return element;
}

using Reshaped = llvm::function_ref<SmallVector<int64_t>(const TensorSpec &)>;

Case makeCase(const Row &row, const Sample &sample, Type element, Reshaped shapeOfSpec) {
  Case one{&row, sample, {}, {}};
  for (const Entry &entry : sample.entries)
    for (const TensorSpec &spec : entry.tensors) {
      if (entry.attribute) continue;
      Type own = spec.element ? spec.element : elementFor(row, entry.name, element);
      one.types.push_back(RankedTensorType::get(shapeOfSpec(spec), own));
      one.specs.push_back(spec);
    }
  return one;
}

bool accepted(const Case &one, MLIRContext *context) {
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) { return success(); });
  return static_cast<bool>(functionOf(one, context).module);
}

bool isSwept(const Sample &sample) {
  return llvm::any_of(sample.entries, [](const Entry &entry) {
    return llvm::any_of(entry.tensors, [](const TensorSpec &spec) { return !spec.shape; });
  });
}

const std::vector<SmallVector<int64_t>> &sweptShapes() {
  static const std::vector<SmallVector<int64_t>> shapes = {{},
                                                           {0},
                                                           {1},
                                                           {17},
                                                           {17, 3},
                                                           {0, 17},
                                                           {1, 17},
                                                           {2, 17, 1},
                                                           {3, 0, 2},
                                                           {1, 2, 1, 3, 1, 2, 1, 17},
                                                           {2, 1, 0, 1, 1, 1, 1, 2}};
  return shapes;
}

/// Fixed shapes with one extent replaced wherever it stands, for 0, 1 and 17.
std::vector<Case> otherExtents(const Row &row, const Sample &sample, Type element) {
  std::vector<Case> cases;
  SmallVector<int64_t> extents;
  for (const Entry &entry : sample.entries)
    for (const TensorSpec &spec : entry.tensors) {
      if (spec.ranged && !spec.dominant && !spec.apart) return {}; // indices would leave their axis
      llvm::append_range(extents, *spec.shape);
    }
  llvm::sort(extents);
  extents.erase(llvm::unique(extents), extents.end());
  for (int64_t old : extents)
    for (int64_t now : {0, 1, 17})
      if (old != now)
        cases.push_back(makeCase(row, sample, element, [&](const TensorSpec &spec) {
          SmallVector<int64_t> shape = *spec.shape;
          llvm::replace(shape, old, now);
          return shape;
        }));
  return cases;
}

} // namespace

std::vector<Case> plainCases(const Row &row, MLIRContext *context, Type element) {
  std::string error;
  std::vector<Case> cases;
  for (const Sample &sample : parseSamples(row, context, error)) {
    cases.push_back(makeCase(row, sample, element, [](const TensorSpec &spec) {
      return spec.shape ? *spec.shape : SmallVector<int64_t>{3, 5};
    }));
    if (!accepted(cases.back(), context)) cases.pop_back();
  }
  return cases;
}

std::vector<Case> specialCases(const Row &row, MLIRContext *context) {
  std::vector<Case> cases;
  std::string error;
  if (llvm::StringRef(row.kind) != "pointwise") return cases;
  for (const Sample &sample : parseSamples(row, context, error))
    for (const char *name : {"f64", "f32", "i64", "i32", "i8", "u64", "u8"}) {
      Type element = typeNamed(context, name);
      cases.push_back(makeCase(row, sample, element, [](const TensorSpec &) {
        return SmallVector<int64_t>{specialCount * specialCount};
      }));
      cases.back().special = true;
      cases.back().sample.text += ", special values";
      // Three numbers overflow in between in one order of rounding and not in another.
      if (cases.back().types.size() > 2 || !accepted(cases.back(), context)) cases.pop_back();
    }
  return cases;
}

std::vector<Case> casesOf(const Row &row, MLIRContext *context, std::string &error, unsigned &refused) {
  std::vector<Case> tried, cases;
  for (const Sample &sample : parseSamples(row, context, error)) {
    if (!error.empty()) return {};
    bool swept = isSwept(sample);
    for (Type element : allElements(context)) {
      auto at = [&](ArrayRef<int64_t> shape) {
        tried.push_back(makeCase(row, sample, element, [&](const TensorSpec &spec) {
          return spec.shape ? *spec.shape : SmallVector<int64_t>(shape);
        }));
      };
      at({17});
      if (swept) at({3, 5});
      // Every shape in one dtype of each kind that code generation tells apart.
      bool wide = element.isF64() || element.isF32() || element.isInteger(64) || element.isInteger(1);
      if (swept && wide)
        for (const auto &shape : sweptShapes())
          if (shape != SmallVector<int64_t>{17}) at(shape);
      if (!swept && wide) llvm::append_range(tried, otherExtents(row, sample, element));
    }
  }
  for (Case &one : tried) {
    if (accepted(one, context))
      cases.push_back(std::move(one));
    else
      ++refused;
  }
  return cases;
}

} // namespace tgc::catalogue
