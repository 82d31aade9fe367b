// What MLIR reports, as a tgc::Error.
#pragma once
#include "mlir/IR/Diagnostics.h"
#include "tgc/Error.h"

namespace tgc::language {

/// Place and underline of the first file location inside `location`; columns end before the range's end
/// column.
Place placeOf(mlir::Location location, std::uint32_t &length);

/// A message that begins with "unsupported: ", "limit: ", ... has that kind. Notes that begin with "help: "
/// become advice; a note without text marks its place.
Error errorOf(mlir::Diagnostic &diagnostic);

} // namespace tgc::language
