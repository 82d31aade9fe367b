#include "frontend/language/Source.h"
#include <algorithm>

namespace tgc::language {

static constexpr std::size_t blockBytes = 1024;

Source::Source(std::string name, std::string text) : fileName(std::move(name)), bytes(std::move(text)) {
  lineStarts.push_back(0);
  // Over the limit nothing but the refusal is ever shown, so no table is built.
  if (bytes.size() > sourceLimitBytes) return;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] == '\n') lineStarts.push_back(static_cast<std::uint32_t>(i + 1));
  std::uint32_t points = 0;
  for (std::size_t at = 0; at <= bytes.size(); at += blockBytes) {
    pointsBeforeBlock.push_back(points);
    points += countCodePoints(std::string_view(bytes).substr(at, blockBytes));
  }
}

std::uint32_t Source::pointsBefore(std::uint32_t offset) const {
  const std::size_t block = offset / blockBytes;
  return pointsBeforeBlock[block] +
         countCodePoints(std::string_view(bytes).substr(block * blockBytes, offset - block * blockBytes));
}

std::string_view Source::text(Span span) const {
  return std::string_view(bytes).substr(span.begin, span.end - span.begin);
}

std::optional<Error> Source::check() const {
  if (bytes.size() > sourceLimitBytes) {
    Error error{
        ErrorKind::Limit, "a program has at most 16777216 bytes, this one has ", {fileName, 1, 1}, 1, {}};
    error.message += std::to_string(bytes.size());
    return error;
  }
  for (std::size_t i = 0; i < bytes.size();) {
    std::size_t length = sequenceLength(std::string_view(bytes).substr(i));
    if (length == 0) {
      static constexpr char digits[] = "0123456789abcdef";
      auto byte = static_cast<unsigned char>(bytes[i]);
      auto at = static_cast<std::uint32_t>(i);
      std::string shown = {digits[byte >> 4], digits[byte & 15]};
      return error({at, at + 1}, "this byte (0x" + shown + ") is not UTF-8");
    }
    i += length;
  }
  return std::nullopt;
}

Place Source::place(std::uint32_t offset) const {
  offset = std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(bytes.size()));
  auto next = std::upper_bound(lineStarts.begin(), lineStarts.end(), offset);
  auto number = static_cast<std::uint32_t>(next - lineStarts.begin());
  if (pointsBeforeBlock.empty()) return {fileName, 1, 1}; // over the limit
  return {fileName, number, pointsBefore(offset) - pointsBefore(lineStarts[number - 1]) + 1};
}

Error Source::error(Span span, std::string message) const {
  std::string_view covered = text(span);
  covered = covered.substr(0, covered.find('\n'));
  return {
      ErrorKind::Invalid, std::move(message), place(span.begin), std::max(1u, countCodePoints(covered)), {}};
}

Note Source::note(Span span, std::string message) const {
  return {std::move(message), place(span.begin), Note::Kind::Note};
}

std::string_view Source::line(std::uint32_t number) const {
  if (number == 0 || number > lineStarts.size()) return {};
  std::string_view rest = std::string_view(bytes).substr(lineStarts[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

std::uint32_t countCodePoints(std::string_view text) {
  auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), starts));
}

std::size_t sequenceLength(std::string_view text) {
  if (text.empty()) return 0;
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  // Second bytes are narrower after these four first bytes: no overlong forms, surrogates, or code points
  // over 10FFFF.
  unsigned low = byte(0) == 0xE0 ? 0xA0 : byte(0) == 0xF0 ? 0x90 : 0x80;
  unsigned high = byte(0) == 0xED ? 0x9F : byte(0) == 0xF4 ? 0x8F : 0xBF;
  std::size_t length = byte(0) < 0xC2 ? 0 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : byte(0) < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return length;
}

char32_t decode(std::string_view text) {
  std::size_t length = sequenceLength(text);
  if (length == 0) return 0xFFFD;
  auto first = static_cast<unsigned char>(text[0]);
  if (length == 1) return first;
  char32_t value = first & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i)
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  return value;
}

Note help(std::string message) { return {std::move(message), {}, Note::Kind::Help}; }

} // namespace tgc::language
