// What stages note for `tgc explain`. Notes travel in locations: they change no text, no equality of ops and
// no kernel's key, and whoever moves an op moves its notes.
#pragma once
#include "mlir/IR/Location.h"
#include <string>
#include <vector>

namespace tgc {

/// One step of a contraction network's order. Values have numbers that hold for the whole function, so a step
/// that reads what another network made names the same number.
struct ContractionNote {
  std::int64_t network = 0, step = 0;
  std::vector<std::int64_t> operands; ///< value numbers
  std::int64_t result = 0;
  std::vector<std::vector<std::int64_t>> inputs; ///< index numbers, the same in every step of the network
  std::vector<std::int64_t> output;
  std::vector<std::int64_t> extents; ///< of the indices of `inputs`, one after another
  double seconds = 0;                ///< as the planner predicts it
};

/// The location with the note added.
mlir::Location withNote(mlir::Location location, const ContractionNote &note);

/// The location `base` with all notes of contractions and of calls of `from`.
mlir::Location withNotesOf(mlir::Location base, llvm::ArrayRef<mlir::Location> from);

/// Every contraction note in a location, outermost first.
std::vector<ContractionNote> contractionNotes(mlir::Location location);

/// The op came out of a call of the function `name`, which had rules of its own.
mlir::Location withCall(mlir::Location location, llvm::StringRef name);
/// The location of an op of the callee `name`, written in place of a call at `call`, with the call's notes.
mlir::Location insideCall(mlir::Location location, mlir::Location call, llvm::StringRef name);
/// The functions whose calls the op came out of, outermost first; a name stands once.
std::vector<std::string> callsOf(mlir::Location location);

/// The op carries cotangents back through an op of the kind `name`, at that op's location.
mlir::Location withReverse(mlir::Location location, llvm::StringRef name);
/// The kind of op that cotangents go back through here; empty in other places.
std::string reverseOf(mlir::Location location);
/// The location without such a note: what was the reverse part of a function is another's forward part.
mlir::Location withoutReverse(mlir::Location location);

/// The kernel at this location was emitted in the given form, in words.
mlir::Location withForm(mlir::Location location, const std::string &form);
/// Empty where none was noted.
std::string formOf(mlir::Location location);

} // namespace tgc
