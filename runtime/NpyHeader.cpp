// Written from NumPy's format description (numpy.lib.format, NEP 1). The text is checked byte by byte;
// lengths and extents come from outside and are compared before they are added or multiplied.
#include "runtime/NpyHeader.h"
#include <bit>

namespace tgc {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

Error invalid(std::string message) {
  return Error{ErrorKind::Invalid, "broken .npy header: " + std::move(message)};
}

/// What the dictionary said; a key seen twice is as wrong as a missing one.
struct Fields {
  std::optional<std::string_view> descr;
  std::optional<bool> fortranOrder;
  std::optional<Shape> shape;
};

class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  Result<Fields> dictionary() {
    if (!take('{')) return expected("{");
    Fields fields;
    while (!take('}')) {
      auto key = string();
      if (!key) return key.error();
      if (!take(':')) return expected(":");
      if (auto read = field(*key, fields); !read) return read.error();
      if (take(',')) continue;
      if (!take('}')) return expected(", or }");
      break;
    }
    skip();
    if (at != text.size()) return invalid("text after the closing } at byte " + std::to_string(at));
    return fields;
  }

private:
  Result<void> field(std::string_view key, Fields &fields) {
    if ((key == "descr" && fields.descr) || (key == "fortran_order" && fields.fortranOrder) ||
        (key == "shape" && fields.shape))
      return invalid("the key '" + std::string(key) + "' stands twice");
    if (key == "descr") return descr(fields);
    if (key == "fortran_order") return fortranOrder(fields);
    if (key == "shape") return shape(fields);
    return invalid("unknown key '" + printable(key) + "'");
  }

  Result<void> descr(Fields &fields) {
    if (peek() == '[' || peek() == '(' || peek() == '{')
      return Error{ErrorKind::Unsupported,
                   "structured elements are not read; save each field as an array of its own"};
    auto value = string();
    if (!value) return value.error();
    fields.descr = *value;
    return {};
  }

  Result<void> fortranOrder(Fields &fields) {
    skip();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text.substr(at, word.size()) != word) continue;
      at += word.size();
      fields.fortranOrder = value;
      return {};
    }
    return expected("True or False");
  }

  Result<void> shape(Fields &fields) {
    if (!take('(')) return expected("(");
    std::vector<std::int64_t> extents;
    while (!take(')')) {
      auto extent = number();
      if (!extent) return extent.error();
      extents.push_back(*extent);
      if (take(',')) continue;
      if (!take(')')) return expected(", or )");
      break;
    }
    auto shape = Shape::of(extents);
    if (!shape) return shape.error();
    fields.shape = *shape;
    return {};
  }

  Result<std::int64_t> number() {
    skip();
    const std::size_t start = at;
    std::int64_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      if (value > (INT64_MAX - 9) / 10)
        return Error{ErrorKind::Limit, "the .npy header names an extent of more than 18 digits"};
      value = value * 10 + (text[at] - '0');
    }
    if (at == start) return expected("an extent");
    if (at < text.size() && text[at] == 'L') ++at; // as Python 2 wrote long integers
    return value;
  }

  Result<std::string_view> string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return expected("a string");
    const std::size_t start = at + 1, end = text.find(quote, start);
    if (end == std::string_view::npos)
      return invalid("a string that does not end, at byte " + std::to_string(at));
    at = end + 1;
    return text.substr(start, end - start);
  }

  static std::string printable(std::string_view raw) {
    std::string out;
    for (char c : raw.substr(0, 40))
      out += c >= ' ' && c <= '~' ? c : '?';
    return out;
  }

  Error expected(const char *what) {
    skip();
    return invalid(
        "expected " + std::string(what) + " at byte " + std::to_string(at) +
        (at < text.size() ? ", found '" + printable(text.substr(at, 1)) + "'" : ", found the end"));
  }

  void skip() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
      ++at;
  }
  char peek() { return skip(), at < text.size() ? text[at] : '\0'; }
  bool take(char c) { return peek() == c && c != '\0' && ++at; }

  std::string_view text;
  std::size_t at = 0;
};

Error unsupported(std::string_view descr) {
  const std::string quoted = "'" + std::string(descr.substr(0, 40)) + "'";
  switch (descr.size() > 1 ? descr[1] : '\0') {
  case 'O':
    return Error{ErrorKind::Unsupported,
                 "elements " + quoted + " are Python objects, which are never read: loading them runs code"};
  default:
    return Error{ErrorKind::Unsupported,
                 "elements " + quoted +
                     " are no element type of tgc (f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1 c8 c16)"};
  }
}

/// "<f8" and its like. Order '|' belongs to single bytes and |V2, '=' is this machine's.
Result<void> setType(std::string_view descr, std::optional<DType> wanted, NpyHeader &header) {
  for (const char c : descr)
    if (c < '!' || c > '~') return invalid("the element type is not text");
  if (descr.size() < 2 || std::string_view("<>|=").find(descr[0]) == std::string_view::npos)
    return invalid("the element type '" + std::string(descr.substr(0, 40)) +
                   "' does not start with a byte order (<, >, | or =)");
  const std::string_view code = descr.substr(1);
  if (code == "V2") {
    if (wanted != DType::bf16)
      return Error{ErrorKind::Unsupported, "elements '|V2' are read only where bf16 is asked for"};
    header.dtype = DType::bf16;
    return {};
  }
  bool found = false;
  for (int i = 0; i < dtypeCount && !found; ++i) {
    const auto dtype = DType(i);
    if (dtype == DType::bf16) continue;
    const std::string name = kindOf(dtype) + std::to_string(sizeBytes(dtype));
    if (name != code && !(dtype == DType::boolean && code == "?")) continue;
    header.dtype = dtype;
    found = true;
  }
  if (!found) return unsupported(descr);
  const bool littleMachine = std::endian::native == std::endian::little;
  header.otherByteOrder = sizeBytes(header.dtype) > 1 && descr[0] == (littleMachine ? '>' : '<');
  if (sizeBytes(header.dtype) > 1 && descr[0] == '|')
    return invalid("the element type '" + std::string(descr) + "' has several bytes but no byte order");
  return {};
}

/// The dictionary's text, and where the data start.
Result<std::string_view> headerText(std::span<const std::byte> head, std::size_t &dataOffset) {
  const std::string_view text(reinterpret_cast<const char *>(head.data()), head.size());
  if (!text.starts_with(magic))
    return Error{ErrorKind::Invalid, "not a .npy file: it does not start with \\x93NUMPY"};
  if (text.size() < 10)
    return Error{ErrorKind::Invalid, "truncated .npy file: it ends within the first 10 bytes"};
  const auto byte = [&](std::size_t i) { return std::size_t(std::to_integer<unsigned char>(head[i])); };
  const std::size_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0)
    return Error{ErrorKind::Unsupported, ".npy format version " + std::to_string(major) + "." +
                                             std::to_string(minor) + " is not known; 1.0, 2.0 and 3.0 are"};
  const std::size_t start = major == 1 ? 10 : 12;
  if (text.size() < start)
    return Error{ErrorKind::Invalid, "truncated .npy file: it ends within the first 12 bytes"};
  std::size_t length = byte(8) | byte(9) << 8;
  if (major > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > maxNpyHeaderBytes)
    return Error{ErrorKind::Limit, "a .npy header of " + std::to_string(length) +
                                       " bytes is over the limit of " + std::to_string(maxNpyHeaderBytes)};
  if (length > text.size() - start)
    return Error{ErrorKind::Invalid, "truncated .npy file: the header has " +
                                         std::to_string(text.size() - start) + " of " +
                                         std::to_string(length) + " bytes"};
  dataOffset = start + length;
  return text.substr(start, length);
}

} // namespace

Result<NpyHeader> parseNpyHeader(std::span<const std::byte> head, std::optional<DType> wanted) {
  NpyHeader header;
  auto text = headerText(head, header.dataOffset);
  if (!text) return text.error();
  auto fields = Parser(*text).dictionary();
  if (!fields) return fields.error();
  if (!fields->descr) return invalid("the key 'descr' is missing");
  if (!fields->fortranOrder) return invalid("the key 'fortran_order' is missing");
  if (!fields->shape) return invalid("the key 'shape' is missing");
  if (auto typed = setType(*fields->descr, wanted, header); !typed) return typed.error();
  header.fortranOrder = *fields->fortranOrder;
  header.shape = *fields->shape;
  return header;
}

std::string npyHeaderText(DType dtype, const Shape &shape, bool fortranOrder) {
  std::string descr = dtype == DType::bf16 ? "|V2"
                                           : (sizeBytes(dtype) > 1 ? "<" : "|") +
                                                 (kindOf(dtype) + std::to_string(sizeBytes(dtype)));
  std::string extents;
  for (std::int64_t extent : shape.extents())
    extents += std::to_string(extent) + ", ";
  if (shape.rank() > 1) extents.resize(extents.size() - 2);
  if (shape.rank() == 1) extents.pop_back(); // (3,) keeps the comma that makes it a tuple
  std::string text = "{'descr': '" + descr + "', 'fortran_order': " + (fortranOrder ? "True" : "False") +
                     ", 'shape': (" + extents + "), }";
  const std::size_t prefix = magic.size() + 4, total = (prefix + text.size() + 1 + 63) / 64 * 64;
  text.append(total - prefix - text.size() - 1, ' ').push_back('\n');
  const std::size_t length = text.size(); // at most a few hundred: version 1.0 always suffices
  return std::string(magic) + '\x01' + '\0' + char(length & 0xff) + char(length >> 8) + text;
}

} // namespace tgc
