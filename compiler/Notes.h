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

/// The location `base` with all contraction notes of `from`.
mlir::Location withNotesOf(mlir::Location base, llvm::ArrayRef<mlir::Location> from);

/// Every contraction note in a location, outermost first.
std::vector<ContractionNote> contractionNotes(mlir::Location location);

/// The kernel at this location was emitted in the given form, in words.
mlir::Location withForm(mlir::Location location, const std::string &form);
/// Empty where none was noted.
std::string formOf(mlir::Location location);

} // namespace tgc
