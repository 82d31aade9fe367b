#include "tests/unit/compiler/schedule/Samples.h"
#include "compiler/schedule/Emit.h"
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>

namespace tgc::testing {

int64_t Array::count() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

int64_t Array::bytes() const {
  return count() * (type == "f64" || type == "i64"   ? 8
                    : type == "f32" || type == "i32" ? 4
                    : type == "i8"                   ? 1
                                                     : 2);
}

std::string Array::tensor() const {
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + type + ">";
}

std::string identity(size_t rank) {
  std::string dims;
  for (size_t axis = 0; axis < rank; ++axis)
    dims += (axis ? ", d" : "d") + std::to_string(axis);
  return "(" + dims + ") -> (" + dims + ")";
}

std::string parallels(size_t rank) {
  std::string text;
  for (size_t axis = 0; axis < rank; ++axis)
    text += axis ? ", \"parallel\"" : "\"parallel\"";
  return "[" + text + "]";
}

bool isFloat(const std::string &type) { return type.find('f') != std::string::npos; }

Sample pointwise(const std::string &type, const std::vector<int64_t> &shape) {
  Array array{type, shape};
  std::string t = array.tensor(), id = "affine_map<" + identity(shape.size()) + ">";
  bool narrow = type == "bf16" || type == "f16";
  std::string c = narrow ? "f32" : type, f = isFloat(type) ? "f" : "i";
  std::string body;
  if (narrow) body += "%a = arith.extf %p : " + type + " to f32\n%b = arith.extf %q : " + type + " to f32\n";
  std::string a = narrow ? "%a" : "%p", b = narrow ? "%b" : "%q";
  body += "%s = arith.add" + f + " " + a + ", " + b + " : " + c + "\n%m = arith.mul" + f + " %s, " + a +
          " : " + c + "\n";
  if (narrow) body += "%n = arith.truncf %m : f32 to " + type + "\n";
  body += std::string("linalg.yield ") + (narrow ? "%n" : "%m") + " : " + type + "\n";
  std::string text = "func.func private @k(%x: " + t + ", %y: " + t + ") -> " + t +
                     " {\n%e = tensor.empty() : " + t + "\n%r = linalg.generic {indexing_maps = [" + id +
                     ", " + id + ", " + id + "], iterator_types = " + parallels(shape.size()) +
                     "} ins(%x, %y : " + t + ", " + t + ") outs(%e : " + t + ") {\n^bb0(%p: " + type +
                     ", %q: " + type + ", %o: " + type + "):\n" + body + "} -> " + t + "\nreturn %r : " + t +
                     "\n}\n";
  return {"pointwise " + t, text, {array, array}, {array}};
}

Sample chain(const std::string &type, const std::vector<int64_t> &shape, int length) {
  Array array{type, shape};
  std::string t = array.tensor(), id = "affine_map<" + identity(shape.size()) + ">", body;
  for (int k = 0; k < length; ++k)
    body += "%m" + std::to_string(k + 1) + " = arith.mulf %m" + std::to_string(k) + ", %m0 : " + type + "\n";
  std::string text = "func.func private @k(%x: " + t + ") -> " + t + " {\n%e = tensor.empty() : " + t +
                     "\n%r = linalg.generic {indexing_maps = [" + id + ", " + id +
                     "], iterator_types = " + parallels(shape.size()) + "} ins(%x : " + t +
                     ") outs(%e : " + t + ") {\n^bb0(%m0: " + type + ", %o: " + type + "):\n" + body +
                     "linalg.yield %m" + std::to_string(length) + " : " + type + "\n} -> " + t +
                     "\nreturn %r : " + t + "\n}\n";
  return {"chain " + t, text, {array}, {array}};
}

Sample nearest(const std::string &type, const std::vector<int64_t> &shape, const std::vector<int64_t> &table,
               int64_t shift) {
  Array out{type, shape}, in{type, table};
  std::string t = out.tensor(), u = in.tensor(), id = "affine_map<" + identity(shape.size()) + ">", body,
              indices;
  std::string f = isFloat(type) ? "f" : "i";
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    std::string a = std::to_string(axis);
    body += "%i" + a + " = linalg.index " + a + " : index\n%s" + a + " = arith.constant " +
            std::to_string(shift) + " : index\n%l" + a + " = arith.constant 0 : index\n%h" + a +
            " = arith.constant " + std::to_string(table[axis] - 1) + " : index\n%d" + a + " = arith.subi %i" +
            a + ", %s" + a + " : index\n%m" + a + " = arith.maxsi %d" + a + ", %l" + a + " : index\n%n" + a +
            " = arith.minsi %m" + a + ", %h" + a + " : index\n";
    indices += (axis ? ", %n" : "%n") + a;
  }
  body += "%v = tensor.extract %y[" + indices + "] : " + u + "\n%w = arith.add" + f + " %p, %v : " + type +
          "\nlinalg.yield %w : " + type + "\n";
  std::string text = "func.func private @k(%x: " + t + ", %y: " + u + ") -> " + t +
                     " {\n%e = tensor.empty() : " + t + "\n%r = linalg.generic {indexing_maps = [" + id +
                     ", " + id + "], iterator_types = " + parallels(shape.size()) + "} ins(%x : " + t +
                     ") outs(%e : " + t + ") {\n^bb0(%p: " + type + ", %o: " + type + "):\n" + body +
                     "} -> " + t + "\nreturn %r : " + t + "\n}\n";
  return {"nearest " + t + " of " + u, text, {out, in}, {out}};
}

Sample joined(const std::string &type, int64_t rows, const std::vector<int64_t> &extents) {
  int64_t first = 0;
  std::string parameters, body = "%i = linalg.index 0 : index\n%j = linalg.index 1 : index\n", last;
  std::vector<Array> inputs;
  auto number = [&](const std::string &name, int64_t value) {
    body += "%" + name + " = arith.constant " + std::to_string(value) + " : index\n";
  };
  for (size_t part = 0; part < extents.size(); ++part) {
    std::string k = std::to_string(part);
    inputs.push_back({type, {rows, extents[part]}});
    std::string u = inputs.back().tensor();
    parameters += ", %y" + k + ": " + u;
    number("f" + k, first), number("l" + k, 0), number("h" + k, extents[part] - 1);
    body += "%d" + k + " = arith.subi %j, %f" + k + " : index\n%m" + k + " = arith.maxsi %d" + k + ", %l" +
            k + " : index\n%n" + k + " = arith.minsi %m" + k + ", %h" + k + " : index\n%v" + k +
            " = tensor.extract %y" + k + "[%i, %n" + k + "] : " + u + "\n";
    if (part > 0)
      body += "%c" + k + " = arith.cmpi sge, %j, %f" + k + " : index\n%s" + k + " = arith.select %c" + k +
              ", %v" + k + ", " + last + " : " + type + "\n";
    last = (part > 0 ? "%s" : "%v") + k;
    first += extents[part];
  }
  Array out{type, {rows, first}};
  std::string t = out.tensor(), id = "affine_map<" + identity(2) + ">";
  body += "%w = arith.add" + std::string(isFloat(type) ? "f" : "i") + " %p, " + last + " : " + type +
          "\nlinalg.yield %w : " + type + "\n";
  std::string text = "func.func private @k(%x: " + t + parameters + ") -> " + t +
                     " {\n%e = tensor.empty() : " + t + "\n%r = linalg.generic {indexing_maps = [" + id +
                     ", " + id + "], iterator_types = " + parallels(2) + "} ins(%x : " + t +
                     ") outs(%e : " + t + ") {\n^bb0(%p: " + type + ", %o: " + type + "):\n" + body +
                     "} -> " + t + "\nreturn %r : " + t + "\n}\n";
  inputs.insert(inputs.begin(), out);
  return {"joined " + t + " of " + std::to_string(extents.size()), text, inputs, {out}};
}

Sample access(const std::string &type, const std::vector<int64_t> &shape, const std::vector<int64_t> &table,
              const std::string &map) {
  Array out{type, shape}, in{type, table};
  std::string t = out.tensor(), u = in.tensor(), id = "affine_map<" + identity(shape.size()) + ">";
  std::string f = isFloat(type) ? "f" : "i";
  std::string text = "func.func private @k(%x: " + t + ", %y: " + u + ") -> " + t +
                     " {\n%e = tensor.empty() : " + t + "\n%r = linalg.generic {indexing_maps = [" + id +
                     ", affine_map<" + map + ">, " + id + "], iterator_types = " + parallels(shape.size()) +
                     "} ins(%x, %y : " + t + ", " + u + ") outs(%e : " + t + ") {\n^bb0(%p: " + type +
                     ", %q: " + type + ", %o: " + type + "):\n%s = arith.add" + f + " %p, %q : " + type +
                     "\nlinalg.yield %s : " + type + "\n} -> " + t + "\nreturn %r : " + t + "\n}\n";
  return {"access " + t + " " + map, text, {out, in}, {out}};
}

// One linalg.generic over a matrix or its rows, as text.
struct Line {
  std::string name, inputs, inputTypes, maps, iterators, init, result, arguments, body;
};

static std::string generic(const Line &line) {
  return "%" + line.name + " = linalg.generic {indexing_maps = [" + line.maps + "], iterator_types = [" +
         line.iterators + "]} ins(" + line.inputs + " : " + line.inputTypes + ") outs(" + line.init + " : " +
         line.result + ") {\n^bb0(" + line.arguments + "):\n" + line.body + "} -> " + line.result + "\n";
}

static std::string literal(const std::string &type, const std::string &combiner) {
  bool isReal = isFloat(type);
  if (combiner == "maximumf") return type == "f64" ? "0xFFF0000000000000" : "0xFF800000";
  if (combiner == "minimumf") return type == "f64" ? "0x7FF0000000000000" : "0x7F800000";
  if (combiner == "muli") return "1";
  if (combiner == "minsi") return type == "i8" ? "127" : "2147483647";
  return isReal ? "0.0" : "0";
}

Sample reduction(const std::string &type, const std::string &combiner, const std::vector<int64_t> &shape,
                 const std::vector<int64_t> &axes) {
  Array in{type, shape}, out{type, {}};
  std::string kept, iterators;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    bool reduced = std::find(axes.begin(), axes.end(), int64_t(axis)) != axes.end();
    iterators += std::string(axis ? ", " : "") + (reduced ? "\"reduction\"" : "\"parallel\"");
    if (reduced) continue;
    out.shape.push_back(shape[axis]);
    kept += (kept.empty() ? "d" : ", d") + std::to_string(axis);
  }
  std::string id = identity(shape.size()), dims = id.substr(0, id.find(" ->"));
  std::string t = in.tensor(), u = out.tensor();
  std::string text =
      "func.func private @k(%x: " + t + ") -> " + u + " {\n%c = arith.constant " + literal(type, combiner) +
      " : " + type + "\n%e = tensor.empty() : " + u + "\n%f = linalg.fill ins(%c : " + type +
      ") outs(%e : " + u + ") -> " + u + "\n" +
      generic({"r", "%x", t, "affine_map<" + id + ">, affine_map<" + dims + " -> (" + kept + ")>", iterators,
               "%f", u, "%p: " + type + ", %o: " + type,
               "%s = arith." + combiner + " %o, %p : " + type + "\nlinalg.yield %s : " + type + "\n"}) +
      "return %r : " + u + "\n}\n";
  return {combiner + " " + t + " -> " + u, text, {in}, {out}};
}

namespace {

// Pieces that kernels along one axis of a matrix are written with.
struct RowText {
  std::string type;
  std::vector<int64_t> shape;
  bool last;

  Array matrix() const { return {type, shape}; }
  Array row() const { return {type, {last ? shape[0] : shape[1]}}; }
  int64_t length() const { return last ? shape[1] : shape[0]; }
  std::string id() const { return "affine_map<(d0, d1) -> (d0, d1)>"; }
  std::string rowMap() const {
    return last ? "affine_map<(d0, d1) -> (d0)>" : "affine_map<(d0, d1) -> (d1)>";
  }
  std::string reduces() const { return last ? "\"parallel\", \"reduction\"" : "\"reduction\", \"parallel\""; }
  std::string start() const {
    std::string m = matrix().tensor(), r = row().tensor();
    std::string lowest = literal(type, "maximumf");
    return "%low = arith.constant " + lowest + " : " + type + "\n%zero = arith.constant 0.0 : " + type +
           "\n%em = tensor.empty() : " + m + "\n%er = tensor.empty() : " + r +
           "\n%fl = linalg.fill ins(%low : " + type + ") outs(%er : " + r + ") -> " + r +
           "\n%fz = linalg.fill ins(%zero : " + type + ") outs(%er : " + r + ") -> " + r + "\n";
  }
  std::string over(const std::string &name, const std::string &in, const std::string &init,
                   const std::string &op) const {
    return generic({name, in, matrix().tensor(), id() + ", " + rowMap(), reduces(), init, row().tensor(),
                    "%p: " + type + ", %o: " + type,
                    "%s = arith." + op + " %p, %o : " + type + "\nlinalg.yield %s : " + type + "\n"});
  }
  std::string with(const std::string &name, const std::string &in, const std::string &rowValue,
                   const std::string &body) const {
    return generic({name, in + ", " + rowValue, matrix().tensor() + ", " + row().tensor(),
                    id() + ", " + rowMap() + ", " + id(), "\"parallel\", \"parallel\"", "%em",
                    matrix().tensor(), "%p: " + type + ", %q: " + type + ", %o: " + type, body});
  }
};

} // namespace

Sample softmax(const std::string &type, const std::vector<int64_t> &shape, bool last) {
  RowText t{type, shape, last};
  std::string m = t.matrix().tensor(), r = t.row().tensor();
  std::string text =
      "func.func private @k(%x: " + m + ") -> (" + m + ", " + r + ") {\n" + t.start() +
      t.over("mx", "%x", "%fl", "maximumf") +
      t.with("ex", "%x", "%mx",
             "%d = arith.subf %p, %q : " + type + "\n%y = math.exp %d : " + type +
                 "\nlinalg.yield %y : " + type + "\n") +
      t.over("sm", "%ex", "%fz", "addf") +
      t.with("y", "%ex", "%sm", "%d = arith.divf %p, %q : " + type + "\nlinalg.yield %d : " + type + "\n") +
      "return %y, %sm : " + m + ", " + r + "\n}\n";
  return {"softmax " + m + (last ? " last" : " first"), text, {t.matrix()}, {t.matrix(), t.row()}};
}

Sample moments(const std::string &type, const std::vector<int64_t> &shape, bool last) {
  RowText t{type, shape, last};
  std::string m = t.matrix().tensor(), r = t.row().tensor(), n = std::to_string(t.length()) + ".0";
  auto divide = [&](const std::string &name, const std::string &in) {
    return "%" + name +
           " = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], "
           "iterator_types = "
           "[\"parallel\"]} ins(" +
           in + " : " + r + ") outs(%er : " + r + ") {\n^bb0(%p: " + type + ", %o: " + type +
           "):\n%n = arith.constant " + n + " : " + type + "\n%d = arith.divf %p, %n : " + type +
           "\nlinalg.yield %d : " + type + "\n} -> " + r + "\n";
  };
  std::string text = "func.func private @k(%x: " + m + ") -> (" + m + ", " + r + ") {\n" + t.start() +
                     t.over("s1", "%x", "%fz", "addf") + divide("mean", "%s1") +
                     t.with("sq", "%x", "%mean",
                            "%d = arith.subf %p, %q : " + type + "\n%y = arith.mulf %d, %d : " + type +
                                "\nlinalg.yield %y : " + type + "\n") +
                     t.over("s2", "%sq", "%fz", "addf") + divide("var", "%s2") +
                     t.with("y", "%sq", "%var",
                            "%c = arith.constant 1.0 : " + type + "\n%v = arith.addf %q, %c : " + type +
                                "\n%d = arith.divf %p, %v : " + type + "\nlinalg.yield %d : " + type + "\n") +
                     "return %y, %mean : " + m + ", " + r + "\n}\n";
  return {"moments " + m + (last ? " last" : " first"), text, {t.matrix()}, {t.matrix(), t.row()}};
}

Sample argmax(const std::string &type, const std::vector<int64_t> &shape, bool last) {
  RowText t{type, shape, last};
  Array place{"i64", t.row().shape};
  std::string m = t.matrix().tensor(), r = t.row().tensor(), p = place.tensor();
  std::string text =
      "func.func private @k(%x: " + m + ") -> (" + r + ", " + p + ") {\n" + t.start() +
      "%c0 = arith.constant 0 : i64\n%ep = tensor.empty() : " + p +
      "\n%fp = linalg.fill ins(%c0 : i64) outs(%ep : " + p + ") -> " + p +
      "\n%v:2 = linalg.generic {indexing_maps = [" + t.id() + ", " + t.rowMap() + ", " + t.rowMap() +
      "], iterator_types = [" + t.reduces() + "]} ins(%x : " + m + ") outs(%fl, %fp : " + r + ", " + p +
      ") {\n^bb0(%p: " + type + ", %o: " + type + ", %i: i64):\n%k = linalg.index " + (last ? "1" : "0") +
      " : index\n%kk = arith.index_cast %k : index to i64\n%g = arith.cmpf ogt, %p, %o : " + type +
      "\n%a = arith.select %g, %p, %o : " + type +
      "\n%b = arith.select %g, %kk, %i : i64\nlinalg.yield %a, %b : " + type + ", i64\n} -> (" + r + ", " +
      p + ")\nreturn %v#0, %v#1 : " + r + ", " + p + "\n}\n";
  return {"argmax " + m + (last ? " last" : " first"), text, {t.matrix()}, {t.row(), place}};
}

static double read(const std::string &type, const char *at) {
  if (type == "f64") {
    double v;
    std::memcpy(&v, at, 8);
    return v;
  }
  if (type == "f32") {
    float v;
    std::memcpy(&v, at, 4);
    return v;
  }
  if (type == "i64") {
    int64_t v;
    std::memcpy(&v, at, 8);
    return double(v);
  }
  if (type == "i32") {
    int32_t v;
    std::memcpy(&v, at, 4);
    return v;
  }
  if (type == "i8") return int8_t(*at);
  uint16_t bits;
  std::memcpy(&bits, at, 2);
  return bits;
}

std::vector<char> fill(const Array &array, unsigned seed) {
  std::vector<char> bytes(array.bytes() + 64);
  int64_t width = array.count() ? array.bytes() / array.count() : 1;
  uint64_t state = seed * 7919 + 1;
  for (int64_t i = 0; i < array.count(); ++i) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    double value = double(int64_t(state >> 40) % 2001 - 1000) / 256.0;
    char *at = bytes.data() + i * width;
    if (array.type == "f64") std::memcpy(at, &value, 8);
    if (array.type == "f32") {
      float v = float(value);
      std::memcpy(at, &v, 4);
    }
    if (array.type == "i64") {
      int64_t v = int64_t(value * 256);
      std::memcpy(at, &v, 8);
    }
    if (array.type == "i32") {
      int32_t v = int32_t(value * 256);
      std::memcpy(at, &v, 4);
    }
    if (array.type == "i8") *at = char(int(value * 8));
    if (array.type == "bf16") {
      float v = float(value);
      uint32_t bits;
      std::memcpy(&bits, &v, 4);
      uint16_t h = bits >> 16;
      std::memcpy(at, &h, 2);
    }
    if (array.type == "f16") {
      _Float16 h = _Float16(value);
      std::memcpy(at, &h, 2);
    }
  }
  return bytes;
}

// The first place where two arrays differ by more than allowed; -1 for none.
static int64_t firstDifference(const Array &array, const char *left, const char *right, double tolerance) {
  int64_t width = array.count() ? array.bytes() / array.count() : 1;
  for (int64_t i = 0; i < array.count(); ++i) {
    if (std::memcmp(left + i * width, right + i * width, width) == 0) continue;
    double a = read(array.type, left + i * width), b = read(array.type, right + i * width);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (!(std::abs(a - b) <= tolerance * std::max({std::abs(a), std::abs(b), 1.0}))) return i;
  }
  return -1;
}

void compareWithLoops(const Sample &sample, const Emitter &emit) {
  std::string error;
  auto loops = Compiled::build(sample.text, tgc::schedule::emitLoops, &error);
  REQUIRE_MESSAGE(loops, sample.name << ": " << error);
  auto tested = Compiled::build(sample.text, emit, &error);
  REQUIRE_MESSAGE(tested, sample.name << ": " << error);
  std::vector<std::vector<char>> inputs, expected, actual, pieces;
  for (const Array &input : sample.inputs)
    inputs.push_back(fill(input, unsigned(inputs.size() + 1)));
  for (const Array &result : sample.results)
    for (auto *where : {&expected, &actual, &pieces})
      where->emplace_back(result.bytes() + 64, char(0x55));
  auto pointers = [&](std::vector<std::vector<char>> &results) {
    std::vector<void *> all;
    for (auto &input : inputs)
      all.push_back(input.data());
    for (auto &result : results)
      all.push_back(result.data());
    return all;
  };
  loops->call(pointers(expected));
  tested->call(pointers(actual));
  int64_t third = tested->items / 3;
  tested->call(2 * third, tested->items, pointers(pieces));
  tested->call(third, 2 * third, pointers(pieces));
  tested->call(0, third, pointers(pieces));
  for (size_t i = 0; i < sample.results.size(); ++i) {
    int64_t place =
        firstDifference(sample.results[i], expected[i].data(), actual[i].data(), sample.tolerance);
    CHECK_MESSAGE(place == -1, sample.name << ": result " << i << " differs at " << place << "\n"
                                           << tested->loops);
    CHECK_MESSAGE(actual[i] == pieces[i], sample.name << ": result " << i << " depends on the partition");
    bool clean = true;
    for (int64_t b = 0; b < 64; ++b)
      clean &= actual[i][sample.results[i].bytes() + b] == 0x55;
    CHECK_MESSAGE(clean, sample.name << ": writes past the end of result " << i);
  }
}

} // namespace tgc::testing
