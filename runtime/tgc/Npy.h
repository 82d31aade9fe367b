// NumPy's .npy files: the tensors of other people.
#pragma once
#include "tgc/Buffer.h"
#include <optional>

namespace tgc {

/// Reads a file image of format version 1.0, 2.0 or 3.0 into row-major, native order; Fortran order and the
/// other byte order are converted, bool bytes other than 0 become 1. `name` is the file an error names. bf16
/// has no code of its own in the format; `|V2` is read as bf16 where `wanted` says so, and refused elsewhere.
/// Otherwise the dtype is the file's, whatever is wanted. Errors: Invalid for what is no such file, is
/// truncated or goes on behind its data; Unsupported for objects, structures, strings, complex and other
/// element types; Limit for a shape or header over the limits. Safe on arbitrary bytes; allocates no more
/// than `bytes` holds.
Result<Buffer> readNpy(std::span<const std::byte> bytes, std::string_view name,
                       std::optional<DType> wanted = {});

/// The same from a file, without a second copy of the data. Errors: also Unavailable, with the system's
/// reason.
Result<Buffer> readNpyFile(const std::string &path, std::optional<DType> wanted = {});

/// The order in which elements are stored.
enum class NpyOrder : std::uint8_t { C, Fortran };

/// The file image of a view: version 1.0, little-endian, bf16 as `|V2`, data at a multiple of 64 bytes.
/// Errors: Invalid for an invalid view, or a null pointer to elements.
Result<std::vector<std::byte>> npyBytes(const View &view, NpyOrder order = NpyOrder::C);

/// Writes it to a file. Errors: as npyBytes; Unavailable, with the system's reason; a partly written file is
/// removed.
Result<void> writeNpyFile(const std::string &path, const View &view, NpyOrder order = NpyOrder::C);

} // namespace tgc
