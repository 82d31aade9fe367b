// The flat program: what the compiler leaves of a function, and all that a call needs to know.
#pragma once
#include "runtime/Control.h"
#include "runtime/Foreign.h"
#include "tgc/Buffer.h"
#include <memory>
#include <string>
#include <vector>

namespace tgc {

/// An argument or result as the caller must bring it.
struct Port {
  std::string name;
  DType dtype = DType::f64;
  Shape shape;
  /// How its elements lie where kernels read and write them: for each axis the stride in elements, 0 where
  /// they repeat. Empty: row-major.
  std::vector<std::int64_t> strides = {};

  /// Bytes of the elements that are there: repeated ones count once.
  std::int64_t storedBytes() const;
  /// Whether a view of this shape lies so.
  bool holds(const View &view) const { return strides.empty() ? view.dense() : holdsStrided(view); }

private:
  bool holdsStrided(const View &view) const;
};

/// A result that the program writes only where nothing reads the argument any more: a call may give both the
/// same memory.
struct Donation {
  std::uint32_t argument = 0, result = 0;
};

/// What the compiler fills in.
struct ProgramParts {
  std::vector<Port> arguments, results;
  std::vector<Donation> donated;
  std::vector<BufferRef> buffers;
  std::vector<Step> steps;
  std::vector<Body> bodies; ///< functions that loops and branches run, inner ones first
  std::vector<Control> controls;
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
  const std::vector<Donation> &donated() const { return parts.donated; }
  const std::vector<Step> &steps() const { return parts.steps; }
  const std::vector<Body> &bodies() const { return parts.bodies; }
  const std::vector<Control> &controls() const { return parts.controls; }
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
  /// The pointers that bodies and controls keep, behind those of the call; where each has its own.
  std::size_t nestedPointers() const { return nested; }
  std::size_t bodyTable(std::size_t body) const { return bodyTables[body]; }
  std::size_t controlTable(std::size_t control) const { return controlTables[control]; }
  const ControlScratch &controlScratch(std::size_t control) const { return scratches[control]; }
  /// Where argument or result `port` (results follow arguments) is packed, in bytes of the tail.
  std::int64_t packOffset(std::size_t port) const { return packOffsets[port]; }

private:
  struct Places; // the sizes that references are checked against
  Result<void> addList(const std::vector<Step> &steps, const Places &places);
  Result<void> checkStep(const Step &step) const;
  Result<void> checkDonation(const Donation &donation) const;
  Result<void> checkControl(const Step &step) const;
  Result<Slot> resolve(const BufferRef &ref, const Places &places) const;
  void layOut();

  ProgramParts parts;
  std::vector<Slot> resolved;
  std::vector<std::int64_t> packOffsets;
  std::vector<std::size_t> bodyTables, controlTables;
  std::vector<ControlScratch> scratches;
  std::size_t nested = 0;
  std::int64_t totalBytes = 0, tailBytes = 0;
  std::size_t widestStep = 0;
};

} // namespace tgc
