#include "tools/tgc/Sources.h"
#include "frontend/language/Ast.h"
#include "tgc/Npy.h"
#include "tools/tgc/CommandLine.h"
#include "tools/tgc/Outcome.h"
#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

namespace tgc::tools {
namespace {

constexpr const char *generators[] = {"zeros", "ones", "randn"};

Error invalid(std::string message) { return {ErrorKind::Invalid, std::move(message), {}, 1, {}}; }

/// A number as written: integers keep all 64 bits beside their sign.
struct Number {
  double real = 0, imaginary = 0;
  std::uint64_t magnitude = 0;
  bool isInteger = false, isNegative = false, isComplex = false;
};

/// The bits of a float dtype; nothing where a finite number would become infinite.
std::optional<std::uint32_t> floatBits(DType dtype, double real) {
  const bool finite = std::isfinite(real);
  if (dtype == DType::f32) {
    const auto rounded = static_cast<float>(real);
    return finite && std::isinf(rounded) ? std::nullopt
                                         : std::optional(std::bit_cast<std::uint32_t>(rounded));
  }
  const std::uint16_t bits = dtype == DType::bf16 ? bf16Of(real) : f16Of(real);
  const float back = dtype == DType::bf16 ? floatOfBf16(bits) : floatOfF16(bits);
  return finite && std::isinf(back) ? std::nullopt : std::optional<std::uint32_t>(bits);
}

/// The two's complement of an integer, where `bits` of it with or without a sign hold the number.
std::optional<std::uint64_t> integerBits(const Number &number, unsigned bits, bool isSigned) {
  if (!number.isInteger || (number.isNegative && !isSigned && number.magnitude)) return std::nullopt;
  const std::uint64_t all = ~std::uint64_t(0) >> (64 - bits);
  const std::uint64_t most = isSigned ? (all >> 1) + number.isNegative : all;
  if (number.magnitude > most) return std::nullopt;
  return number.isNegative ? ~number.magnitude + 1 : number.magnitude;
}

/// Stores both parts of a number; false where one does not fit.
bool storeComplex(Buffer &buffer, std::int64_t at, const Number &number) {
  char *place =
      static_cast<char *>(buffer.data()) + at * static_cast<std::int64_t>(sizeBytes(buffer.dtype()));
  for (double part : {number.real, number.imaginary}) {
    const std::size_t bytes = sizeBytes(realOf(buffer.dtype()));
    if (bytes == 8) {
      std::memcpy(place, &part, bytes);
    } else {
      const auto bits = floatBits(DType::f32, part);
      if (!bits) return false;
      std::memcpy(place, &*bits, bytes);
    }
    place += bytes;
  }
  return true;
}

/// Stores a number in the element type; false where it does not fit.
bool store(Buffer &buffer, std::int64_t at, const Number &number) {
  if (isComplex(buffer.dtype())) return storeComplex(buffer, at, number);
  if (number.isComplex) return false;
  const std::size_t bytes = sizeBytes(buffer.dtype());
  char *place = static_cast<char *>(buffer.data()) + at * static_cast<std::int64_t>(bytes);
  std::optional<std::uint64_t> bits;
  if (buffer.dtype() == DType::f64)
    bits = std::bit_cast<std::uint64_t>(number.real);
  else if (isFloat(buffer.dtype()))
    bits = floatBits(buffer.dtype(), number.real);
  else if (buffer.dtype() == DType::boolean)
    bits = integerBits(number, 1, false);
  else
    bits = integerBits(number, static_cast<unsigned>(bytes) * 8, kindOf(buffer.dtype()) == 'i');
  if (!bits) return false;
  if constexpr (std::endian::native == std::endian::big) *bits <<= 64 - bytes * 8;
  std::memcpy(place, &*bits, bytes);
  return true;
}

/// A literal: a number such as 2, 0.5 or 1-2j, true, false, inf, nan, or nested lists of them; at most 256
/// deep.
class Literal {
public:
  explicit Literal(std::string_view text) : text(text) {}

  /// Its extents; the numbers are read but have no dtype yet.
  Result<Shape> shape() {
    if (!value(0)) return invalid(problem);
    skip();
    if (at != text.size())
      return invalid("unexpected " + std::string(text.substr(at, 8)) + " after the literal");
    Shape shape(extents);
    if (auto ok = shape.check(); !ok) return ok.error();
    return shape;
  }

  Result<Buffer> read(std::optional<DType> wanted) {
    auto shape = this->shape();
    if (!shape) return shape.error();
    bool anyReal = false, anyComplex = false;
    for (const Number &number : numbers) {
      anyReal |= !number.isInteger;
      anyComplex |= number.isComplex;
    }
    DType dtype = wanted.value_or(anyComplex ? DType::c128
                                  : allBool  ? DType::boolean
                                  : anyReal  ? DType::f64
                                             : DType::i64);
    auto buffer = Buffer::make(dtype, *shape);
    if (!buffer) return buffer;
    for (std::size_t k = 0; k < numbers.size(); ++k)
      if (!store(*buffer, static_cast<std::int64_t>(k), numbers[k]))
        return invalid("the literal holds a value that does not fit " + std::string(nameOf(dtype)));
    return buffer;
  }

private:
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
    Number number;
    if (word == "true" || word == "false") {
      number = {.real = word == "true" ? 1.0 : 0.0, .magnitude = word == "true", .isInteger = true};
    } else {
      allBool = false;
      if (word.ends_with('j') ? !readComplex(word, number) : !read(word, number)) return false;
    }
    numbers.push_back(number);
    return true;
  }

  /// The sign that begins the imaginary part is the last one that is not an exponent's.
  bool readComplex(const std::string &word, Number &number) {
    std::size_t cut = word.find_last_of("+-");
    while (cut != std::string::npos && cut > 0 && (word[cut - 1] == 'e' || word[cut - 1] == 'E'))
      cut = word.find_last_of("+-", cut - 1);
    if (cut == std::string::npos) cut = 0;
    Number imaginary;
    if (cut > 0 && !read(word.substr(0, cut), number)) return false;
    if (!read(word.substr(cut, word.size() - 1 - cut), imaginary))
      return fail("\"" + word.substr(0, 40) + "\" is not a number");
    number.imaginary = imaginary.real;
    number.isComplex = true;
    number.isInteger = false;
    return true;
  }

  bool read(const std::string &word, Number &number) {
    const char *first = word.data(), *last = first + word.size();
    if (word.starts_with("+")) ++first;
    number.isNegative = word.starts_with("-");
    const bool sign = number.isNegative && last - first > 1 && first[1] >= '0' && first[1] <= '9';
    auto real = std::from_chars(first, last, number.real);
    if (real.ec == std::errc::result_out_of_range && real.ptr == last) {
      auto tiny = language::floatValue(std::string_view(first + number.isNegative, last));
      if (!tiny) return fail("\"" + word.substr(0, 40) + "\" is out of the range of f64");
      number.real = number.isNegative ? -*tiny : *tiny; // as in a program
      return true;
    }
    if (real.ec != std::errc() || real.ptr != last)
      return fail("\"" + word.substr(0, 40) + "\" is not a number");
    auto whole = std::from_chars(first + sign, last, number.magnitude);
    number.isInteger = whole.ec == std::errc() && whole.ptr == last;
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
    const char *first = option.data() + std::min<std::size_t>(5, option.size()),
               *last = option.data() + option.size();
    auto read = std::from_chars(first, last, seed);
    if (!option.starts_with("seed=") || read.ec != std::errc() || read.ptr != last)
      return invalid("a generator takes :seed=N with N from 0 to 18446744073709551615, got :" + option);
  }
  auto [dtype, shape] = *type;
  auto buffer = Buffer::zeros(dtype, shape);
  if (!buffer || kind == "zeros") return buffer;
  if (kind == "randn" && !isFloat(dtype) && !isComplex(dtype))
    return invalid("randn makes floating-point and complex numbers, not " + std::string(nameOf(dtype)));
  std::mt19937_64 bits(seed);
  for (std::int64_t at = 0; at < buffer->elements(); ++at) {
    Number number{.real = 1, .magnitude = 1, .isInteger = true};
    if (kind == "randn") {
      // Box-Muller on 53 bits each: the same numbers on every machine.
      double u = (static_cast<double>(bits() >> 11) + 1) * 0x1p-53,
             v = static_cast<double>(bits() >> 11) * 0x1p-53, size = std::sqrt(-2 * std::log(u));
      number.real = size * std::cos(6.283185307179586 * v);
      if (isComplex(dtype)) number.imaginary = size * std::sin(6.283185307179586 * v);
    }
    store(*buffer, at, number);
  }
  return buffer;
}

Error unknownDType(const std::string &wrong) {
  Error error = invalid("\"" + wrong.substr(0, 40) + "\" is not a dtype");
  std::vector<std::string> known;
  for (int i = 0; i < dtypeCount; ++i)
    known.emplace_back(nameOf(static_cast<DType>(i)));
  std::string near = didYouMean(wrong, known);
  if (!near.empty()) error.notes.push_back({near, {}, Note::Kind::Help});
  return error;
}

/// The error with the forms that a source may have.
Error withForms(Error error) {
  error.notes.push_back(
      {"a source is a .npy file, - for standard input, a literal such as [1,2,3], or a generator "
       "such as randn:f32[4,3]:seed=1",
       {},
       Note::Kind::Help});
  return error;
}

Result<Buffer> npyFromStdin(std::optional<DType> wanted) {
  std::vector<std::byte> bytes;
  std::byte chunk[65536];
  while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, stdin))
    bytes.insert(bytes.end(), chunk, chunk + got);
  if (std::ferror(stdin)) return fileError("<stdin>", "cannot read", errno);
  return readNpy(bytes, "<stdin>", wanted);
}

} // namespace

Result<std::pair<DType, Shape>> readType(const std::string &text) {
  std::size_t bracket = text.find('[');
  auto dtype = dtypeNamed(text.substr(0, bracket));
  if (!dtype) return unknownDType(text.substr(0, bracket));
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

/// Whether a source begins like KIND:TYPE.
static bool isGenerator(const std::string &source) {
  const std::size_t colon = source.find(':');
  return colon != std::string::npos && colon > 0 && source.find_first_of("[],") > colon &&
         !std::isdigit(static_cast<unsigned char>(source.front()));
}

bool isFile(const std::string &source) { return source == "-" || source.ends_with(".npy"); }

Result<Buffer> readNpySource(const std::string &file, std::optional<DType> wanted) {
  auto read = file == "-" ? npyFromStdin(wanted) : readNpyFile(file, wanted);
  if (read || read.error().kind != ErrorKind::Invalid) return read;
  Error error = read.error(); // bytes that are no .npy file are trouble with the file, not with the program
  error.kind = ErrorKind::Unavailable;
  return error;
}

Result<std::optional<Shape>> literalShape(const std::string &source) {
  if (isFile(source) || isGenerator(source)) return std::optional<Shape>();
  if (source.empty()) return withForms(invalid("the source is empty"));
  auto shape = Literal(source).shape();
  if (shape) return std::optional(*shape);
  const bool begun = source.front() == '[' || std::isdigit(static_cast<unsigned char>(source.front()));
  return begun ? shape.error() : withForms(shape.error());
}

Result<Buffer> readSource(const std::string &source, std::optional<DType> wanted) {
  if (isFile(source)) return readNpySource(source, wanted);
  if (!isGenerator(source)) {
    auto shape = literalShape(source); // whose messages say what else a source may be
    return shape ? Literal(source).read(wanted) : shape.error();
  }
  std::string kind = source.substr(0, source.find(':'));
  if (std::ranges::find(generators, kind) != std::end(generators))
    return generate(kind, source.substr(kind.size() + 1));
  Error error = invalid("there is no generator " + kind.substr(0, 40));
  std::string near = didYouMean(kind, {std::begin(generators), std::end(generators)});
  if (near.empty()) return withForms(std::move(error));
  error.notes.push_back({near, {}, Note::Kind::Help});
  return error;
}

} // namespace tgc::tools
