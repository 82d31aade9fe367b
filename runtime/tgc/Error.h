// The one error type of tgc: what went wrong, where, which facts clash, what helps.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tgc {

/// A place in a source file; line and column count from 1, 0 means unknown.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool known() const { return line != 0; }
  bool operator==(const Place &) const = default;
};

enum class ErrorKind : std::uint8_t {
  Invalid,     ///< the caller broke a rule
  Unsupported, ///< valid, not built yet
  Unavailable, ///< no device, driver, library or file
  Limit,       ///< a stated limit was hit
  Mismatch,    ///< a numeric check failed
  Internal,    ///< our bug
};

/// The lower-case name of a kind, as `--json` prints it.
const char *nameOf(ErrorKind kind);

/// A further fact with a place of its own. Kind `Help` is advice and needs no place. Without a message it
/// only marks a place, which messages underline where they show its line.
struct Note {
  enum class Kind : std::uint8_t { Note, Help };
  std::string message;
  Place place = {};
  Kind kind = Kind::Note;
};

/// An error: lower case, no full stop, numbers included.
/// `length` is the number of characters to underline from `place` on (1 when unknown).
struct Error {
  ErrorKind kind = ErrorKind::Invalid;
  std::string message;
  Place place = {};
  std::uint32_t length = 1;
  std::vector<Note> notes = {};

  /// `file:line:column: error: message`, then one line for each note.
  std::string text() const;
};

} // namespace tgc
