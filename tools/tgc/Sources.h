// SOURCE of `--in NAME=SOURCE`: a .npy file, a literal, or a generator KIND:DTYPE[EXTENTS]:seed=N.
#pragma once
#include "tgc/Buffer.h"
#include <optional>
#include <string>

namespace tgc::tools {

/// Reads or makes the tensor. `wanted` is the parameter's dtype: a literal takes it (f64, i64 or bool
/// without), a .npy file stored as |V2 is bf16 where it is; nothing else is converted. Errors: Unavailable
/// for a file that cannot be read or is no .npy file; Invalid for what is none of the three forms.
Result<Buffer> readSource(const std::string &source, std::optional<DType> wanted);

/// A .npy file; `-` is standard input.
Result<Buffer> readNpySource(const std::string &file, std::optional<DType> wanted);
/// Whether a source names a file, so that a mistake is one of the file and not of the command line.
bool isFile(const std::string &source);

/// The extents of a literal, which has no dtype of its own; nothing for a file or a generator.
Result<std::optional<Shape>> literalShape(const std::string &source);

/// "f32[4,3]" as dtype and extents.
Result<std::pair<DType, Shape>> readType(const std::string &text);

} // namespace tgc::tools
