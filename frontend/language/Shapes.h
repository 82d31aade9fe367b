// Types as the driver's options write them: `f64[4, 3]`.
#pragma once
#include "frontend/language/Program.h"

namespace tgc::language {

/// Errors: Invalid for what is no dtype, or no list of extents; Limit over 8 axes or 2^48 elements. No place.
Result<TensorType> parseType(std::string_view text);

} // namespace tgc::language
