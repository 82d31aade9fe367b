// The flat program: what the compiler leaves of a function, and all that a call needs to know.
#pragma once
#include "runtime/Foreign.h"
#include "tgc/Buffer.h"
#include <memory>
#include <string>
#include <vector>

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

/// One kernel call. Steps run in order; the items of a step may be split among threads.
struct Step {
  Kernel kernel = nullptr;
  std::uint32_t firstBuffer = 0, lastBuffer = 0; ///< range [first, last) of ProgramParts::buffers
  std::int64_t items = 0;
  std::int64_t nanoseconds = 0; ///< estimate of the whole step on one core
  std::string name;
  std::uint32_t foreign = noForeign; ///< without a kernel: which of ProgramParts::foreign is called
};

/// An argument or result as the caller must bring it.
struct Port {
  std::string name;
  DType dtype = DType::f64;
  Shape shape;
};

/// What the compiler fills in.
struct ProgramParts {
  std::vector<Port> arguments, results;
  std::vector<BufferRef> buffers;
  std::vector<Step> steps;
  std::vector<Buffer> constants;
  std::vector<ForeignCall> foreign;
  std::int64_t arenaBytes = 0;
  std::shared_ptr<void> code; ///< keeps the machine code alive
};

/// Copies bytes: item i is byte i, buffers are source and target. For results that are arguments or constants
/// unchanged.
void copyBytesKernel(std::int64_t begin, std::int64_t end, void **buffers);

/// An immutable program; calls (runtime/Run.h) only read it, so any number may run at once.
class Program {
public:
  /// Errors: Internal when a reference leaves its buffer or a kernel is missing; Limit for an arena over 2^48
  /// bytes.
  static Result<Program> make(ProgramParts parts);

  const std::vector<Port> &arguments() const { return parts.arguments; }
  const std::vector<Port> &results() const { return parts.results; }
  const std::vector<Step> &steps() const { return parts.steps; }
  const std::vector<BufferRef> &buffers() const { return parts.buffers; }
  const std::vector<Buffer> &constants() const { return parts.constants; }
  const std::vector<ForeignCall> &foreign() const { return parts.foreign; }
  std::int64_t arenaBytes() const { return parts.arenaBytes; }

  /// What a Workspace must hold for calls with dense views: the arena and the call's pointers.
  std::int64_t workspaceBytes() const { return totalBytes; }
  /// What its tail must hold for calls whose every view is strided.
  std::int64_t packBytes() const { return tailBytes; }

  // For runtime/Run.cpp: references with the kind resolved to a slot of the call's base pointers.
  struct Slot {
    std::uint32_t base;
    std::uint64_t offsetBytes; ///< of a constant: its address, on the base that is null
  };
  const std::vector<Slot> &slots() const { return resolved; }
  /// Arguments, then results, then the arena, then null.
  std::size_t baseCount() const { return parts.arguments.size() + parts.results.size() + 2; }
  std::size_t mostBuffers() const { return widestStep; }
  /// Where argument or result `port` (results follow arguments) is packed, in bytes of the tail.
  std::int64_t packOffset(std::size_t port) const { return packOffsets[port]; }

private:
  Result<void> checkStep(const Step &step) const;
  Result<void> resolve(const BufferRef &ref);
  void layOut();

  ProgramParts parts;
  std::vector<Slot> resolved;
  std::vector<std::int64_t> packOffsets;
  std::int64_t totalBytes = 0, tailBytes = 0;
  std::size_t widestStep = 0;
};

} // namespace tgc
