// MLIR's diagnostics become tgc::Error: one error, the first, with its notes and places.
#pragma once
#include "compiler/Options.h"
#include "mlir/IR/Diagnostics.h"
#include "tgc/Error.h"

namespace tgc {

/// The user's line behind a location: fused, named and call-site locations are followed to the first known
/// file.
Place placeOf(mlir::Location location);

/// Collects what is reported on a context while it lives. Everything is swallowed; `take` gives the first
/// error.
///
/// The kind of an error is Invalid up to the stage contract and Internal after it, unless its message starts
/// with `invalid: `, `unsupported: `, `limit: `, `unavailable: ` or `internal: `. `'graph.add' op ` at its
/// start becomes `add: `.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(mlir::MLIRContext *context);

  /// The first error; Internal when nothing was said, naming the stage.
  Error take(Stage stage);

private:
  void add(mlir::Diagnostic &diagnostic);
  Error first;
  bool any = false;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace tgc
