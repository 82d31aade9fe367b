// The types of a function's inputs, from its declarations, the inputs given and the sizes of named extents.
#pragma once
#include "frontend/language/Program.h"

namespace tgc::language {

class Build;

/// One type for each parameter of `value`. A parameter without an input takes its declared type with the
/// extents the others gave; d_NAME takes NAME's, ct_RESULT the result's (which builds the functions below,
/// through `build`), and the axis that vmap adds is an extent called `batch` (`batch_2` for a second one).
/// Errors: an input that does not fit its declaration or another input; an extent that nothing gives; a name
/// in `bindings` that is no parameter or extent.
Result<std::vector<mlir::Type>> inputTypes(const Ast &ast, const FunctionValue &value,
                                           const Bindings &bindings, Build &build,
                                           mlir::MLIRContext &context);

} // namespace tgc::language
