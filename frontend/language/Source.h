// A program's text with its name: bytes to places, and the lines that messages show.
#pragma once
#include "tgc/Error.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tgc::language {

/// Larger programs are refused (ErrorKind::Limit) before anything is read or stored.
inline constexpr std::size_t sourceLimitBytes = std::size_t(16) << 20;

/// A piece of the text, in bytes.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Span &) const = default;
};

/// Immutable. Any bytes are accepted; `check` says whether they are a legal program text.
class Source {
public:
  Source(std::string name, std::string text);

  const std::string &name() const { return fileName; }
  std::string_view text() const { return bytes; }
  std::string_view text(Span span) const;

  /// Errors: Limit over 16 MiB, Invalid for bytes that are not UTF-8 (overlong forms and surrogates
  /// included).
  std::optional<Error> check() const;

  /// Line and column from 1; columns count code points.
  Place place(std::uint32_t offset) const;

  /// An Invalid error whose underline covers the part of `span` on its first line.
  Error error(Span span, std::string message) const;
  Note note(Span span, std::string message) const;

  /// The text of a line (from 1) without its end; empty where there is none.
  std::string_view line(std::uint32_t number) const;

private:
  std::string fileName;
  std::string bytes;
  std::uint32_t pointsBefore(std::uint32_t offset) const;
  std::vector<std::uint32_t> lineStarts;
  std::vector<std::uint32_t> pointsBeforeBlock; ///< code points before each KiB: lines may be long
};

/// Code points in valid UTF-8; in other text, bytes that do not continue a sequence.
std::uint32_t countCodePoints(std::string_view text);

/// Length in bytes of the valid UTF-8 sequence at the front of `text`; 0 if there is none.
std::size_t sequenceLength(std::string_view text);

/// The code point of the valid sequence at the front of `text`.
char32_t decode(std::string_view text);

/// A note without a place.
Note help(std::string message);

} // namespace tgc::language
