#include "tools/tgc/Sources.h"
#include "tgc/Npy.h"
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace tgc::tools {
namespace {

Error invalid(std::string message) { return {ErrorKind::Invalid, std::move(message), {}, 1, {}}; }

/// Stores a number in the element type; false where it does not fit.
bool store(Buffer &buffer, std::int64_t at, double real, std::int64_t integer, bool isInteger) {
  char *place =
      static_cast<char *>(buffer.data()) + at * static_cast<std::int64_t>(sizeBytes(buffer.dtype()));
  auto put = [&](auto value) { std::memcpy(place, &value, sizeof value); };
  auto whole = [&]<typename T>(T) {
    if (!isInteger) return false;
    if constexpr (std::is_unsigned_v<T>) {
      if (integer < 0 || static_cast<std::uint64_t>(integer) > std::numeric_limits<T>::max()) return false;
    } else if (integer < std::numeric_limits<T>::min() || integer > std::numeric_limits<T>::max()) {
      return false;
    }
    put(static_cast<T>(integer));
    return true;
  };
  switch (buffer.dtype()) {
  case DType::f64:
    return put(real), true;
  case DType::f32:
    return put(static_cast<float>(real)), true;
  case DType::bf16:
    return put(bf16Of(static_cast<float>(real))), true;
  case DType::f16:
    return put(f16Of(static_cast<float>(real))), true;
  case DType::i64:
    return whole(std::int64_t());
  case DType::i32:
    return whole(std::int32_t());
  case DType::i16:
    return whole(std::int16_t());
  case DType::i8:
    return whole(std::int8_t());
  case DType::u64:
    return whole(std::uint64_t());
  case DType::u32:
    return whole(std::uint32_t());
  case DType::u16:
    return whole(std::uint16_t());
  case DType::u8:
    return whole(std::uint8_t());
  case DType::boolean:
    if (integer != 0 && integer != 1) return false;
    return put(static_cast<std::uint8_t>(integer)), true;
  }
  return false;
}

/// A literal: a number, true, false, inf, nan, or nested lists of them; at most 256 deep.
class Literal {
public:
  explicit Literal(std::string_view text) : text(text) {}

  Result<Buffer> read(std::optional<DType> wanted) {
    if (!value(0)) return invalid(problem);
    skip();
    if (at != text.size())
      return invalid("unexpected " + std::string(text.substr(at, 8)) + " after the literal");
    bool anyReal = false;
    for (const Number &number : numbers)
      anyReal |= !number.isInteger;
    DType dtype = wanted.value_or(allBool ? DType::boolean : anyReal ? DType::f64 : DType::i64);
    auto buffer = Buffer::make(dtype, Shape(extents));
    if (!buffer) return buffer;
    for (std::size_t k = 0; k < numbers.size(); ++k)
      if (!store(*buffer, static_cast<std::int64_t>(k), numbers[k].real, numbers[k].integer,
                 numbers[k].isInteger))
        return invalid("the literal holds a value that does not fit " + std::string(nameOf(dtype)));
    return buffer;
  }

private:
  struct Number {
    double real;
    std::int64_t integer;
    bool isInteger;
  };

  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t'))
      ++at;
  }
  bool fail(std::string message) {
    problem = std::move(message);
    return false;
  }

  bool value(std::size_t depth) {
    skip();
    if (at >= text.size()) return fail("the literal ends too early");
    if (text[at] != '[') return scalar(depth);
    if (depth >= 256) return fail("more than 256 nested lists");
    ++at;
    std::int64_t count = 0;
    bool known = depth < extents.size();
    if (!known) extents.push_back(-1);
    skip();
    while (at < text.size() && text[at] != ']') {
      if (!value(depth + 1)) return false;
      ++count;
      skip();
      if (at < text.size() && text[at] == ',')
        ++at;
      else if (at >= text.size() || text[at] != ']')
        return fail("expected , or ] in the list");
      skip();
    }
    if (at >= text.size()) return fail("a [ is not closed");
    ++at;
    if (extents[depth] >= 0 && extents[depth] != count)
      return fail("lists of one level differ in length: " + std::to_string(extents[depth]) + " and " +
                  std::to_string(count));
    extents[depth] = count;
    return true;
  }

  bool scalar(std::size_t depth) {
    if (leafDepth && *leafDepth != depth) return fail("numbers stand at different depths");
    if (depth < extents.size()) return fail("numbers and lists stand side by side");
    leafDepth = depth;
    std::size_t end = text.find_first_of(", ]\t\n", at);
    std::string word(text.substr(at, end - at));
    at = end == std::string_view::npos ? text.size() : end;
    Number number{0, 0, false};
    if (word == "true" || word == "false") {
      number = {word == "true" ? 1.0 : 0.0, word == "true", true};
    } else {
      allBool = false;
      const char *first = word.data(), *last = first + word.size();
      if (word.starts_with("+")) ++first;
      auto whole = std::from_chars(first, last, number.integer);
      if (whole.ec == std::errc() && whole.ptr == last) {
        number.isInteger = true;
        number.real = static_cast<double>(number.integer);
      } else {
        auto real = std::from_chars(first, last, number.real);
        if (real.ec != std::errc() || real.ptr != last) return fail("\"" + word + "\" is not a number");
      }
    }
    numbers.push_back(number);
    return true;
  }

  std::string_view text;
  std::size_t at = 0;
  std::string problem;
  std::vector<std::int64_t> extents;
  std::vector<Number> numbers;
  std::optional<std::size_t> leafDepth;
  bool allBool = true;
};

Result<Buffer> generate(const std::string &kind, const std::string &rest) {
  std::size_t colon = rest.find(':');
  auto type = readType(rest.substr(0, colon));
  if (!type) return type.error();
  std::uint64_t seed = 0;
  if (colon != std::string::npos) {
    std::string option = rest.substr(colon + 1);
    const char *first = option.data() + 5, *last = option.data() + option.size();
    if (!option.starts_with("seed=") || std::from_chars(first, last, seed).ptr != last)
      return invalid("a generator takes :seed=N, got :" + option);
  }
  auto [dtype, shape] = *type;
  auto buffer = Buffer::zeros(dtype, shape);
  if (!buffer || kind == "zeros") return buffer;
  if (kind == "randn" && !isFloat(dtype))
    return invalid("randn makes floating-point numbers, not " + std::string(nameOf(dtype)));
  std::mt19937_64 bits(seed);
  for (std::int64_t at = 0; at < buffer->elements(); ++at) {
    double value = 1;
    if (kind == "randn") {
      // Box-Muller on 53 bits each: the same numbers on every machine.
      double u = (static_cast<double>(bits() >> 11) + 1) * 0x1p-53,
             v = static_cast<double>(bits() >> 11) * 0x1p-53;
      value = std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v);
    }
    store(*buffer, at, value, 1, true);
  }
  return buffer;
}

} // namespace

Result<std::pair<DType, Shape>> readType(const std::string &text) {
  std::size_t bracket = text.find('[');
  auto dtype = dtypeNamed(text.substr(0, bracket));
  if (!dtype) return invalid("\"" + text.substr(0, bracket) + "\" is not a dtype");
  std::vector<std::int64_t> extents;
  if (bracket != std::string::npos) {
    if (!text.ends_with("]")) return invalid("the extents of " + text + " are not closed");
    std::string inside = text.substr(bracket + 1, text.size() - bracket - 2);
    for (std::size_t at = 0; at < inside.size();) {
      std::size_t comma = std::min(inside.find(',', at), inside.size());
      std::string word = inside.substr(at, comma - at);
      word.erase(0, word.find_first_not_of(' '));
      std::int64_t extent = 0;
      auto read = std::from_chars(word.data(), word.data() + word.size(), extent);
      if (read.ec != std::errc() || read.ptr != word.data() + word.size() || extent < 0)
        return invalid("\"" + word + "\" is not an extent in " + text);
      extents.push_back(extent);
      at = comma + 1;
    }
  }
  Shape shape(extents);
  if (auto ok = shape.check(); !ok) return ok.error();
  return std::pair(*dtype, shape);
}

Result<Buffer> readSource(const std::string &source, std::optional<DType> wanted) {
  if (source.ends_with(".npy")) return readNpyFile(source, wanted);
  std::size_t colon = source.find(':');
  std::string kind = source.substr(0, colon);
  if (colon != std::string::npos && (kind == "zeros" || kind == "ones" || kind == "randn"))
    return generate(kind, source.substr(colon + 1));
  if (source.empty()) return invalid("the source is empty: expected a .npy file, a literal or a generator");
  auto literal = Literal(source).read(wanted);
  if (literal || source.front() == '[' || std::isdigit(static_cast<unsigned char>(source.front())))
    return literal;
  Error error = literal.error();
  error.notes.push_back(
      {"a source is a .npy file, a literal such as [1,2,3], or a generator such as randn:f32[4,3]:seed=1",
       {},
       Note::Kind::Help});
  return error;
}

} // namespace tgc::tools
