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

Error errorOf(mlir::Diagnostic &diagnostic) {
  Error error;
  error.message = diagnostic.str();
  error.place = placeOf(diagnostic.getLocation(), error.length);
  for (mlir::Diagnostic &item : diagnostic.getNotes()) {
    std::string text = item.str();
    std::uint32_t ignored = 1;
    bool isHelp = text.starts_with("help: ");
    if (isHelp) error.notes.push_back({text.substr(6), {}, Note::Kind::Help});
    else error.notes.push_back({text, placeOf(item.getLocation(), ignored), Note::Kind::Note});
  }
  // Advice is read last.
  std::stable_partition(error.notes.begin(), error.notes.end(),
                        [](const Note &note) { return note.kind == Note::Kind::Note; });
  return error;
}

} // namespace tgc::language
