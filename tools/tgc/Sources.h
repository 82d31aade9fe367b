// SOURCE of `--in NAME=SOURCE`: a .npy file, a literal, or a generator KIND:DTYPE[EXTENTS]:seed=N.
#pragma once
#include "tgc/Buffer.h"
#include <optional>
#include <string>

namespace tgc::tools {

/// Reads or makes the tensor. `wanted` is the parameter's dtype: a literal takes it (f64 without), a .npy
/// file stored as |V2 is bf16 where it is; nothing else is converted. Errors: Unavailable for a file that
/// cannot be read; Invalid for what is none of the three forms.
Result<Buffer> readSource(const std::string &source, std::optional<DType> wanted);

/// "f32[4,3]" as dtype and extents.
Result<std::pair<DType, Shape>> readType(const std::string &text);

} // namespace tgc::tools
