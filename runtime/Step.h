// What a flat program is a list of: one kernel on its buffers.
#pragma once
#include <cstdint>
#include <string>

namespace tgc {

/// A compiled kernel: works on the items [begin, end) of its step; `buffers` are its tensors in order,
/// row-major, of any alignment the dtype's size allows the caller to have chosen (arguments and results may
/// be aligned to nothing; arena and constants lie at multiples of 64 plus their offset).
using Kernel = void (*)(std::int64_t begin, std::int64_t end, void **buffers);

/// Where a kernel finds one of its tensors.
struct BufferRef {
  enum class Kind : std::uint8_t { Argument, Result, Arena, Constant };
  Kind kind = Kind::Arena;
  std::uint32_t index = 0;       ///< which argument, result or constant; unused for the arena
  std::uint64_t offsetBytes = 0; ///< from the start of that buffer or of the arena
};

inline constexpr std::uint32_t noForeign = ~std::uint32_t(0);

/// One kernel call, or one branch or loop. Steps run in order; the items of a step may be split among
/// threads.
struct Step {
  Kernel kernel = nullptr;
  std::uint32_t firstBuffer = 0, lastBuffer = 0; ///< range [first, last) of ProgramParts::buffers
  std::int64_t items = 0;
  std::int64_t nanoseconds = 0; ///< estimate of the whole step on one core
  std::string name;
  std::uint32_t foreign = noForeign; ///< without a kernel: which of ProgramParts::foreign is called
  std::int32_t control = -1;         ///< which of ProgramParts::controls this step runs, in place of a kernel
};

} // namespace tgc
