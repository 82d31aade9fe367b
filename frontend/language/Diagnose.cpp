#include "frontend/language/Diagnose.h"
#include "mlir/IR/Location.h"

namespace tgc::language {

Place placeOf(mlir::Location location, std::uint32_t &length) {
  length = 1;
  auto range = location->findInstanceOf<mlir::FileLineColRange>();
  if (!range) return {};
  bool oneLine = range.getEndLine() == range.getStartLine() && range.getEndColumn() > range.getStartColumn();
  if (oneLine) length = range.getEndColumn() - range.getStartColumn();
  return {range.getFilename().str(), range.getStartLine(), range.getStartColumn()};
}

namespace {

ErrorKind takeKind(std::string &message) {
  for (ErrorKind kind :
       {ErrorKind::Unsupported, ErrorKind::Limit, ErrorKind::Unavailable, ErrorKind::Internal}) {
    std::string prefix = std::string(nameOf(kind)) + ": ";
    if (!message.starts_with(prefix)) continue;
    message.erase(0, prefix.size());
    return kind;
  }
  return ErrorKind::Invalid;
}

} // namespace

Error errorOf(mlir::Diagnostic &diagnostic) {
  Error error;
  std::vector<Note> advice;
  error.message = diagnostic.str();
  error.kind = takeKind(error.message);
  error.place = placeOf(diagnostic.getLocation(), error.length);
  for (mlir::Diagnostic &item : diagnostic.getNotes()) {
    std::string text = item.str();
    std::uint32_t ignored = 1;
    if (text.starts_with("help: "))
      advice.push_back({text.substr(6), {}, Note::Kind::Help});
    else
      error.notes.push_back({text, placeOf(item.getLocation(), ignored), Note::Kind::Note});
  }
  error.notes.insert(error.notes.end(), advice.begin(), advice.end()); // read last
  return error;
}

} // namespace tgc::language
