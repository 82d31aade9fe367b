// The header of a .npy file: a Python dictionary in text, read as data and never as Python.
#pragma once
#include "tgc/Shape.h"
#include <optional>
#include <string_view>

namespace tgc {

struct NpyHeader {
  DType dtype = DType::f64;
  Shape shape;
  bool fortranOrder = false;
  bool otherByteOrder = false;
  std::size_t dataOffset = 0;
};

/// The longest header read, in bytes; NumPy itself stops at 10,000.
inline constexpr std::size_t maxNpyHeaderBytes = 65536;

/// `head` is the file's beginning, all of it or at least `maxNpyHeaderBytes` + 12 bytes. Errors carry no
/// place.
Result<NpyHeader> parseNpyHeader(std::span<const std::byte> head, std::optional<DType> wanted);

/// Magic, version and header of a file, padded so that the data start at a multiple of 64.
std::string npyHeaderText(DType dtype, const Shape &shape, bool fortranOrder);

} // namespace tgc
