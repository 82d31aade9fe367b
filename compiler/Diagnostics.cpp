#include "compiler/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"

using namespace mlir;

namespace tgc {
namespace {

/// The first file location, looking through the outer kinds from left to right.
FileLineColRange findRange(Location location) {
  llvm::SmallVector<Location> open{location};
  while (!open.empty()) {
    Location next = open.pop_back_val();
    if (auto range = dyn_cast<FileLineColRange>(next)) return range;
    if (auto name = dyn_cast<NameLoc>(next))
      open.push_back(name.getChildLoc());
    else if (auto opaque = dyn_cast<OpaqueLoc>(next))
      open.push_back(opaque.getFallbackLocation());
    else if (auto call = dyn_cast<CallSiteLoc>(next))
      open.append({call.getCaller(), call.getCallee()});
    else if (auto fused = dyn_cast<FusedLoc>(next))
      for (Location child : llvm::reverse(fused.getLocations()))
        open.push_back(child);
  }
  return {};
}

std::uint32_t lengthOf(Location location) {
  FileLineColRange range = findRange(location);
  if (!range || range.getEndLine() != range.getStartLine() || range.getEndColumn() <= range.getStartColumn())
    return 1;
  return range.getEndColumn() - range.getStartColumn();
}

/// `'graph.add' op has ...` reads `add: has ...`; other dialects keep their name.
void speakPlainly(std::string &message) {
  llvm::StringRef text = message;
  if (!text.consume_front("'")) return;
  const auto [name, rest] = text.split("' op ");
  if (rest.empty()) return;
  llvm::StringRef shortName = name;
  shortName.consume_front("graph.");
  message = (shortName + ": " + rest).str();
}

bool takeKind(std::string &message, ErrorKind &kind) {
  constexpr std::pair<const char *, ErrorKind> prefixes[] = {{"invalid: ", ErrorKind::Invalid},
                                                             {"unsupported: ", ErrorKind::Unsupported},
                                                             {"limit: ", ErrorKind::Limit},
                                                             {"unavailable: ", ErrorKind::Unavailable},
                                                             {"internal: ", ErrorKind::Internal}};
  for (auto [prefix, named] : prefixes)
    if (const std::size_t at = message.find(prefix);
        at != std::string::npos && (at == 0 || message[at - 1] == ' ')) {
      message.erase(at, std::string_view(prefix).size());
      kind = named;
      return true;
    }
  return false;
}

} // namespace

Place placeOf(Location location) {
  FileLineColRange range = findRange(location);
  if (!range) return {};
  return {range.getFilename().str(), range.getStartLine(), range.getStartColumn()};
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        add(diagnostic);
        return success();
      }) {}

void DiagnosticCollector::add(Diagnostic &diagnostic) {
  if (any || diagnostic.getSeverity() != DiagnosticSeverity::Error) return;
  any = true;
  first.message = diagnostic.str();
  first.place = placeOf(diagnostic.getLocation());
  first.length = lengthOf(diagnostic.getLocation());
  for (Diagnostic &note : diagnostic.getNotes()) {
    Note kept;
    kept.message = note.str();
    kept.place = placeOf(note.getLocation());
    if (llvm::StringRef(kept.message).starts_with("help: ")) {
      kept.message.erase(0, 6);
      kept.kind = Note::Kind::Help;
    }
    first.notes.push_back(std::move(kept));
  }
}

Error DiagnosticCollector::take(Stage stage) {
  if (!any) {
    first.message =
        "stage " + std::string(nameOf(stage)) + " failed without saying why; please report this program";
    first.kind = ErrorKind::Internal;
    return first;
  }
  speakPlainly(first.message);
  if (!takeKind(first.message, first.kind))
    first.kind = stage <= Stage::Contract ? ErrorKind::Invalid : ErrorKind::Internal;
  return first;
}

} // namespace tgc
