// A tgc::Error as people and as programs read it: with the source line, a caret and notes, or as JSON.
#pragma once
#include "frontend/language/Source.h"
#include <span>

namespace tgc::language {

/// The message in the form of the language's contract, each line ended by '\n':
///   file:line:column: error: message
///   the source line
///        ^~~ ~
///   file:line:column: note: message
///   help: message
/// The line is shown where one of `sources` has the error's file name; the underline is `error.length` long.
/// A note without text marks a further place on that line with '~' and is not printed itself.
/// Source text is shown safely: tabs are kept, bytes that are no UTF-8 and control characters are replaced,
/// long lines are cut around the caret. Messages over 1,000 bytes are cut in the middle, in JSON too.
std::string render(const Error &error, std::span<const Source *const> sources, bool colour);

/// One line: {"error": {"kind", "message", "file", "line", "column", "notes"}}. Notes are objects with "kind"
/// ("note" or "help"), "message", "file", "line", "column"; an unknown place is null in all three.
std::string renderJson(const Error &error);

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
std::string quoteJson(std::string_view text);

/// The note that marks a second place, see `render`.
Note markAlso(const Source &source, Span span);

} // namespace tgc::language
