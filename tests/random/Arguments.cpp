// Arguments of a call, from nothing but what the row says about its parameters.
#include "tests/random/Graph.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::random {
namespace {

llvm::StringRef constraintOf(const Row &row, const Param &param) {
  for (const OperandRow &operand : row.operands)
    if (llvm::StringRef(operand.name) == param.attribute) return operand.constraint;
  return "Tensor";
}

bool fits(const Row &row, llvm::StringRef constraint, Type element) {
  char kind = kindOf(element);
  if (constraint == "BoolTensor") return kind == 'b';
  if (constraint == "FloatTensor") return kind == 'f';
  if (constraint == "IntTensor") return kind == 'i' || kind == 'u';
  return catalogue::wordsTake(row.types, element);
}

bool isText(const Param &param) { return param.kind == ParamKind::Text; }
bool isRest(const Param &param) { return param.kind == ParamKind::Rest; }

} // namespace

Value ArgumentMaker::existing(const Row &row, llvm::StringRef constraint) {
  SmallVector<Value> fitting, alike;
  for (Value value : values) {
    if (!fits(row, constraint, elementOf(value))) continue;
    fitting.push_back(value);
    if (first && shapeOf(value) == shapeOf(first)) alike.push_back(value);
  }
  if (fitting.empty()) return {};
  if (!alike.empty() && random.chance(0.7)) return random.pick(alike);
  // Recent values make deep graphs.
  if (fitting.size() > 4 && random.chance(0.4)) return fitting[fitting.size() - 1 - random.between(0, 3)];
  return random.pick(fitting);
}

Argument ArgumentMaker::tensor(const Row &row, const Param &param) {
  llvm::StringRef constraint = constraintOf(row, param);
  if (first && constraint == "Tensor" && random.chance(0.12)) {
    if (random.chance(0.5)) return random.between(-2, 4);
    return random.between(-8, 12) * 0.25;
  }
  Value value = existing(row, constraint);
  if (!value) return {};
  if (!first) first = value;
  return ink.sym(value);
}

Argument ArgumentMaker::tensors(const Row &row, const Param &param) {
  Argument::List list;
  for (int64_t count = random.between(1, 3); count > 0; --count)
    list.push_back(tensor(row, param));
  return Argument(std::move(list));
}

Argument ArgumentMaker::integers(int64_t low, int64_t high, int64_t count) {
  Argument::List list;
  for (; count > 0; --count)
    list.push_back(random.between(low, high));
  return Argument(std::move(list));
}

/// Letters by extent, so that a letter that stands twice fits; some of them in the result.
std::string ArgumentMaker::equation(const Argument::List &operands) {
  std::string text, seen;
  std::map<char, int64_t> extents;
  for (const Argument &operand : operands) {
    if (!text.empty()) text += ',';
    auto *sym = operand.as<Sym>();
    for (int64_t axis = 0; sym && axis < sym->rank(); ++axis) {
      char letter = 'a' + static_cast<char>(random.between(0, 5));
      while (extents.count(letter) && extents[letter] != sym->extent(axis))
        letter = letter == 'z' ? 'a' : letter + 1;
      extents[letter] = sym->extent(axis);
      if (seen.find(letter) == std::string::npos) seen += letter;
      text += letter;
    }
  }
  text += "->";
  for (char letter : seen)
    if (random.chance(0.6)) text += letter;
  return text;
}

Argument ArgumentMaker::ofKind(const Row &row, const Param &param) {
  int64_t rank = first ? tensorOf(first).getRank() : random.between(0, 3);
  switch (param.kind) {
  case ParamKind::Tensor:
    return tensor(row, param);
  case ParamKind::Tensors:
  case ParamKind::Rest:
    return tensors(row, param);
  case ParamKind::Int:
    return random.between(-2, 4);
  case ParamKind::Real:
    return random.between(1, 12) * 0.25;
  case ParamKind::Flag:
    return random.chance(0.5);
  case ParamKind::Text:
    return Argument("");
  case ParamKind::DType:
    return random.pick(catalogue::allElements(ink.context()));
  case ParamKind::Ints:
    return integers(-1, 3, rank);
  case ParamKind::Axis:
    return random.between(-rank, std::max<int64_t>(rank - 1, 0));
  case ParamKind::Axes:
    if (random.chance(0.2)) return {};
    return integers(-rank, std::max<int64_t>(rank - 1, 0), random.between(1, std::max<int64_t>(rank, 1)));
  case ParamKind::Shape: {
    Argument::List list;
    // Often an extent more or the same ones in another order, which reshapes and broadcasts take.
    SmallVector<int64_t> shape;
    if (first) llvm::append_range(shape, shapeOf(first));
    if (random.chance(0.3)) std::reverse(shape.begin(), shape.end());
    if (random.chance(0.5) && shape.size() < 4) shape.insert(shape.begin(), random.between(0, 3));
    for (int64_t extent : shape)
      list.push_back(extent == 1 && random.chance(0.3) ? random.between(1, 5) : extent);
    return Argument(std::move(list));
  }
  case ParamKind::AxisList: {
    SmallVector<int64_t> axes = allAxes(rank);
    for (size_t at = axes.size(); at > 1; --at)
      std::swap(axes[at - 1], axes[random.between(0, at - 1)]);
    return Argument(ArrayRef<int64_t>(axes));
  }
  case ParamKind::Pairs: {
    Argument::List list;
    for (int64_t axis = 0; axis < rank; ++axis)
      list.push_back(integers(0, 2, 2));
    return Argument(std::move(list));
  }
  case ParamKind::Padding:
    return random.chance(0.3) ? Argument("same") : Argument(random.between(0, 2));
  case ParamKind::Number:
    return random.between(-2, 4);
  case ParamKind::Order:
    return random.chance(0.3) ? Argument("fro") : Argument(random.between(-2, 2));
  case ParamKind::Cuts:
    return random.between(1, 3);
  }
  return {};
}

NamedArguments ArgumentMaker::byKind(const Row &row) {
  NamedArguments named;
  bool free = llvm::any_of(row.params, isText) && llvm::any_of(row.params, isRest);
  for (const Param &param : row.params) {
    if (isText(param) && !free) continue; // words only the sample knows
    if (param.fallback && random.chance(0.5)) continue;
    named.emplace_back(param.name, ofKind(row, param));
  }
  if (!free) return named;
  const Argument::List *operands = nullptr;
  for (auto &[name, argument] : named)
    if (auto *list = argument.as<Argument::List>()) operands = list;
  for (auto &[name, argument] : named)
    if (argument.as<std::string>() && operands) argument = Argument(equation(*operands));
  return named;
}

NamedArguments ArgumentMaker::bySample(const Row &row, const catalogue::Sample &sample) {
  NamedArguments named;
  for (const catalogue::Entry &entry : sample.entries) {
    auto param = llvm::find_if(row.params, [&](const Param &p) { return entry.name == p.name; });
    if (entry.tensors.empty()) {
      named.emplace_back(entry.name, entry.literal);
      continue;
    }
    if (param == row.params.end()) return {};
    Argument::List list;
    for (const catalogue::TensorSpec &spec : entry.tensors) {
      llvm::StringRef constraint = constraintOf(row, *param);
      Value value = existing(row, constraint);
      if (!value && !spec.element) return {};
      // A dtype that the sample names is part of the call, as u32 is of a key.
      Type element = spec.element ? spec.element : elementOf(value);
      const bool fits = value && elementOf(value) == element;
      if (spec.shape && (!fits || shapeOf(value) != ArrayRef<int64_t>(*spec.shape)))
        list.push_back(input(RankedTensorType::get(*spec.shape, element), spec));
      else if (fits)
        list.push_back(ink.sym(value));
      else
        return {};
      if (!first && value) first = value;
    }
    named.emplace_back(entry.name, entry.list ? Argument(std::move(list)) : list.front());
  }
  return named;
}

NamedArguments ArgumentMaker::arguments(const Row &row) {
  first = {};
  std::string error;
  auto samples = catalogue::parseSamples(row, ink.context(), error);
  if (!samples.empty() && random.chance(0.3)) return bySample(row, random.pick(samples));
  return byKind(row);
}

} // namespace tgc::random
