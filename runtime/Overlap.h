// Refuses calls whose results share memory with another port: the kernels' order of reads and writes is
// nobody's business.
#pragma once
#include "runtime/Program.h"

namespace tgc {

/// The addresses of one port of a call; results follow arguments.
struct Interval {
  std::uintptr_t begin, end;
  std::size_t port;
};

/// Errors: Invalid, naming both ports, when a result shares an element with another result or an argument, or
/// names one element twice. Interleaved columns share none; strides too entangled to tell (shareElements)
/// count as sharing. A result in exactly the memory of the argument donated to it is accepted. `scratch` has
/// room for every port. Cost: all pairs when there are few, else a sort; where address ranges meet, a search
/// for each such pair besides.
Result<void> checkOverlap(const Program &program, std::span<const View> arguments,
                          std::span<const MutableView> results, Interval *scratch);

} // namespace tgc
