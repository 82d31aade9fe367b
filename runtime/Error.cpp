// Error text: one line for the error, one for each note, in the order they were found.
#include "tgc/Error.h"

namespace tgc {
namespace {

/// `file:line:column: ` as far as it is known, so that editors can jump to it.
void appendPlace(std::string &out, const Place &place) {
  if (place.file.empty() && !place.known()) return;
  out += place.file.empty() ? "<unknown>" : place.file;
  if (place.known()) {
    out += ':' + std::to_string(place.line);
    if (place.column != 0) out += ':' + std::to_string(place.column);
  }
  out += ": ";
}

} // namespace

const char *nameOf(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::Invalid:
    return "invalid";
  case ErrorKind::Unsupported:
    return "unsupported";
  case ErrorKind::Unavailable:
    return "unavailable";
  case ErrorKind::Limit:
    return "limit";
  case ErrorKind::Mismatch:
    return "mismatch";
  case ErrorKind::Internal:
    return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out;
  appendPlace(out, place);
  out += "error: " + message;
  for (const Note &note : notes) {
    if (note.message.empty()) continue; // marks a further place, for messages that show the line
    out += '\n';
    appendPlace(out, note.place);
    out += note.kind == Note::Kind::Help ? "help: " : "note: ";
    out += note.message;
  }
  return out;
}

} // namespace tgc
