// A small reader for `name: value, name: value; ...`; the grammar is in README.md.
#include "tests/catalogue/Sample.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

using llvm::StringRef;

/// Parts of `text` between `separator` outside brackets and quotes.
std::vector<StringRef> partsOf(StringRef text, char separator) {
  std::vector<StringRef> parts;
  size_t start = 0;
  int depth = 0;
  bool quoted = false;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    depth += (c == '[' || c == '(') - (c == ']' || c == ')');
    if (c != separator || depth) continue;
    parts.push_back(text.slice(start, at).trim());
    start = at + 1;
  }
  StringRef last = text.drop_front(start).trim();
  if (!last.empty() || !parts.empty()) parts.push_back(last);
  return parts;
}

bool parseShape(StringRef text, SmallVector<int64_t> &shape) {
  if (text == "scalar") return true;
  SmallVector<StringRef> extents;
  text.split(extents, 'x');
  for (StringRef extent : extents) {
    int64_t value;
    if (extent.getAsInteger(10, value) || value < 0) return false;
    shape.push_back(value);
  }
  return true;
}

bool parseTensor(StringRef text, MLIRContext *context, TensorSpec &spec) {
  auto [word, others] = text.split(' ');
  if ((spec.element = typeNamed(context, word))) text = others.trim();
  if (text == "any") return spec.any = true;
  spec.apart = text.consume_back(" apart");
  spec.dominant = text.consume_back(" dominant");
  spec.sorted = text.consume_back(" sorted");
  StringRef range = text;
  auto [shapeText, rest] = text.split(" in ");
  if (!rest.empty() || !text.contains("..")) {
    spec.shape.emplace();
    if (!parseShape(shapeText.trim(), *spec.shape)) return false;
    range = rest.trim();
  }
  if (range.empty()) return true;
  if (range == "any") return spec.any = true;
  auto [low, high] = range.split("..");
  spec.ranged = true;
  return !low.trim().getAsDouble(spec.low) && !high.trim().getAsDouble(spec.high);
}

bool parseLiteral(StringRef text, MLIRContext *context, Argument &out) {
  int64_t integer;
  double real;
  if (text == "none") {
    out = Argument();
  } else if (text == "true" || text == "false") {
    out = Argument(text == "true");
  } else if (text.consume_front("\"")) {
    out = Argument(text.drop_back());
  } else if (text.consume_front("[")) {
    Argument::List list;
    for (StringRef part : partsOf(text.drop_back(), ',')) {
      list.emplace_back();
      if (!parseLiteral(part, context, list.back())) return false;
    }
    out = Argument(std::move(list));
  } else if (!text.getAsInteger(10, integer)) {
    out = Argument(integer);
  } else if (!text.getAsDouble(real)) {
    out = Argument(real);
  } else if (Type type = typeNamed(context, text)) {
    out = Argument(type);
  } else {
    return false;
  }
  return true;
}

bool parseEntry(const Row &row, StringRef text, MLIRContext *context, Entry &entry) {
  auto [name, value] = text.split(':');
  entry.name = name.trim().str();
  value = value.trim();
  auto *param = llvm::find_if(row.params, [&](const Param &p) { return entry.name == p.name; });
  // What is no parameter of a call is an attribute made of numbers, given like a tensor.
  bool one = param == row.params.end() || param->kind == ParamKind::Tensor;
  bool many = !one && (param->kind == ParamKind::Tensors || param->kind == ParamKind::Rest);
  if (!one && !many) return parseLiteral(value, context, entry.literal);
  entry.list = many;
  entry.attribute = param == row.params.end();
  if (many && !(value.consume_front("[") && value.consume_back("]"))) return false;
  for (StringRef part : many ? partsOf(value, ',') : std::vector<StringRef>{value}) {
    entry.tensors.emplace_back();
    if (!parseTensor(part, context, entry.tensors.back())) return false;
  }
  return true;
}

/// splitmix64
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
};

} // namespace

std::vector<Sample> parseSamples(const Row &row, MLIRContext *context, std::string &error) {
  std::vector<Sample> samples;
  if (isUntried(row)) return samples;
  for (StringRef alternative : partsOf(row.sample, ';')) {
    samples.emplace_back();
    samples.back().text = alternative.str();
    for (StringRef part : partsOf(alternative, ',')) {
      samples.back().entries.emplace_back();
      if (!parseEntry(row, part, context, samples.back().entries.back()))
        error = "cannot read `" + part.str() + "` in the sample of " + row.name;
    }
  }
  if (samples.empty()) error = std::string(row.name) + " has no sample";
  return samples;
}

/// Evenly spaced over the range, in a random order.
static void spread(HostTensor &tensor, const TensorSpec &spec, Random &random) {
  std::vector<double> places(tensor.count());
  for (size_t k = 0; k < places.size(); ++k) {
    places[k] = static_cast<double>(k) + 0.37; // not symmetric: sums that cancel would look exact
    std::swap(places[k], places[static_cast<size_t>(random.unit() * static_cast<double>(k + 1))]);
  }
  for (size_t k = 0; k < places.size(); ++k)
    tensor.set(static_cast<int64_t>(k),
               spec.low + (spec.high - spec.low) * places[k] / static_cast<double>(places.size()));
}

static void sortRows(HostTensor &tensor) {
  int64_t extent = tensor.rank() ? tensor.shape().back() : 1;
  for (int64_t first = 0; first < tensor.count(); first += extent) {
    std::vector<double> row(static_cast<size_t>(extent)); // exact: samples are small numbers
    for (int64_t k = 0; k < extent; ++k)
      row[k] = tensor.get<double>(first + k);
    llvm::sort(row);
    for (int64_t k = 0; k < extent; ++k)
      tensor.set(first + k, row[k]);
  }
}

static void makeDominant(HostTensor &tensor) {
  if (tensor.rank() < 2 || tensor.kind() == 'b') return;
  int64_t rows = tensor.shape()[tensor.rank() - 2], columns = tensor.shape().back();
  for (int64_t at = 0; at < tensor.count(); ++at)
    if (at / columns % rows == at % columns)
      tensor.set(at, tensor.get<double>(at) + static_cast<double>(columns));
}

HostTensor randomTensor(RankedTensorType type, const TensorSpec &spec, uint64_t seed) {
  HostTensor tensor(type);
  Random random{seed};
  char kind = tensor.kind();
  double low = std::ceil(spec.low), high = std::max(std::floor(spec.high), low);
  if (kind == 'u') low = std::max(low, 0.0), high = std::max(high, low);
  for (int64_t at = 0; at < tensor.count(); ++at) {
    if (kind == 'f')
      tensor.set(at, spec.low + (spec.high - spec.low) * random.unit());
    else if (kind == 'b')
      tensor.set(at, static_cast<bool>(random.next() & 1));
    else if (spec.any)
      tensor.set(at, static_cast<int64_t>(random.next()));
    else
      tensor.set(at, static_cast<int64_t>(low + std::floor(random.unit() * (high - low + 1))));
  }
  if (spec.apart && kind == 'f') spread(tensor, spec, random);
  if (spec.sorted) sortRows(tensor);
  if (spec.dominant) makeDominant(tensor);
  return tensor;
}

} // namespace tgc::catalogue
