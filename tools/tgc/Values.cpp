#include "tools/tgc/Values.h"
#include "frontend/Reals.h"
#include "frontend/language/Messages.h"
#include <charconv>
#include <cmath>
#include <cstring>

namespace tgc::tools {
namespace {

template <typename T> std::string shortest(T value) {
  char text[64];
  auto end = std::to_chars(text, text + sizeof text, value);
  std::string out(text, end.ptr);
  if constexpr (std::is_floating_point_v<T>)
    if (out.find_first_of(".einf") == std::string::npos) out += ".0";
  return out;
}

template <typename T> T loaded(const View &value, std::int64_t at) {
  T out;
  std::memcpy(&out, static_cast<const char *>(value.data()) + at * static_cast<std::int64_t>(sizeof(T)),
              sizeof(T));
  return out;
}

std::string realText(double value, std::string text, bool json) {
  if (std::isnan(value)) return json ? "\"nan\"" : "nan";
  if (std::isinf(value))
    return std::string(json ? "\"" : "") + (value < 0 ? "-inf" : "inf") + (json ? "\"" : "");
  return text;
}

/// Shortest text that reads back as the same half: tried with growing precision.
std::string halfText(double value, bool isBf16) {
  auto back = [&](float read) { return isBf16 ? bf16Of(read) : f16Of(read); };
  std::uint16_t wanted = back(static_cast<float>(value));
  for (int digits = 1; digits < 9; ++digits) {
    char text[64];
    auto end = std::to_chars(text, text + sizeof text, static_cast<float>(value), std::chars_format::general,
                             digits);
    float read = 0;
    std::from_chars(text, end.ptr, read);
    if (back(read) != wanted) continue;
    std::string out(text, end.ptr);
    return out.find_first_of(".einf") == std::string::npos ? out + ".0" : out;
  }
  return shortest(static_cast<float>(value));
}

constexpr std::int64_t shownWhole = 1000; ///< elements, or brackets where there are none

/// Whether a tensor without elements would be written as very many brackets: the product of the extents
/// before the first 0.
bool isVastAndEmpty(const View &value) {
  if (value.elements() != 0) return false;
  std::int64_t brackets = 1;
  for (std::int64_t extent : value.extents()) {
    if (extent == 0 || brackets > shownWhole) break;
    brackets *= extent; // extents are at most 2^48 each
  }
  return brackets > shownWhole;
}

void append(std::string &out, const View &value, int axis, std::int64_t at, std::int64_t block, bool json,
            bool cut) {
  if (axis == value.rank()) {
    out += elementText(value, at, json);
    return;
  }
  std::int64_t extent = value.extent(axis), inner = extent ? block / extent : 0;
  out += '[';
  for (std::int64_t k = 0; k < extent; ++k) {
    if (k) out += json ? "," : ", ";
    if (cut && extent > 6 && k == 3) {
      out += "..., ";
      k = extent - 3;
    }
    append(out, value, axis + 1, at + k * inner, inner, json, cut);
  }
  out += ']';
}

} // namespace

/// Like NumPy's 1.0-2.5j; in JSON a pair.
template <typename T> static std::string complexText(std::complex<T> z, bool json) {
  auto part = [&](T x) { return realText(static_cast<double>(x), shortest(x), json); };
  if (json) return "[" + part(z.real()) + "," + part(z.imag()) + "]";
  const std::string imaginary = part(z.imag());
  return part(z.real()) + (imaginary.starts_with('-') ? "" : "+") + imaginary + "j";
}

std::string elementText(const View &value, std::int64_t at, bool json) {
  double real = detail::realAt(value, at);
  switch (value.dtype()) {
  case DType::f64:
    return realText(real, shortest(real), json);
  case DType::f32:
    return realText(real, shortest(static_cast<float>(real)), json);
  case DType::bf16:
    return realText(real, halfText(real, true), json);
  case DType::f16:
    return realText(real, halfText(real, false), json);
  case DType::c64:
    return complexText(loaded<std::complex<float>>(value, at), json);
  case DType::c128:
    return complexText(loaded<std::complex<double>>(value, at), json);
  case DType::boolean:
    return real != 0 ? "true" : "false";
  case DType::u64:
    return std::to_string(loaded<std::uint64_t>(value, at));
  case DType::i64:
    return std::to_string(loaded<std::int64_t>(value, at));
  default:
    return std::to_string(static_cast<std::int64_t>(real));
  }
}

std::string valueText(const std::string &name, const View &value, bool full) {
  std::string out = name + ": " + value.typeText() + (value.rank() > 1 ? "\n" : " ");
  bool cut = isVastAndEmpty(value) || (!full && value.elements() > shownWhole);
  append(out, value, 0, 0, value.elements(), false, cut);
  return out + "\n";
}

std::string valueJson(const std::string &name, const View &value) {
  std::string out = "{\"name\": " + language::quoteJson(name) + ", \"dtype\": \"" +
                    std::string(nameOf(value.dtype())) + "\", \"shape\": [";
  for (int axis = 0; axis < value.rank(); ++axis)
    out += (axis ? ", " : "") + std::to_string(value.extent(axis));
  out += "], \"data\": ";
  if (isVastAndEmpty(value))
    out += "[]";
  else
    append(out, value, 0, 0, value.elements(), true, false);
  return out + "}";
}

} // namespace tgc::tools
