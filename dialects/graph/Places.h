// What an index means, once for all ops that read or write at computed places, and how the axes of a tensor,
// of its indices and of the window between them correspond.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Lowering.h"
#include "dialects/graph/Sym.h"

namespace tgc::graph {

/// What an index beyond an axis means. In all three, negative indices count from the end first.
enum class Outside {
  Clamp, ///< the nearest place
  Fill,  ///< none: zero is read, nothing is written
  Wrap,  ///< the remainder by the extent
};

struct HostPlace {
  int64_t at = 0;
  bool inside = true;
};
HostPlace placeOf(const HostTensor &indices, int64_t at, int64_t extent, Outside outside);

/// The place as an index value within the axis; `inside` is absent where every index is.
struct ScalarPlace {
  Scalar at, inside;
};
ScalarPlace placeOf(Scalar index, int64_t extent, Outside outside);

/// The axes of x are batch axes (shared with the indices, in front), indexed axes (one for each index tensor)
/// and the rest. The window, which gather gives and scatter takes, has the batch axes, the first `place` of
/// the rest, the indices' own axes, and the rest of the rest.
struct Layout {
  llvm::SmallVector<int64_t> x, index, axes, rest; ///< extents of x and the indices; axes of x
  int64_t batch = 0, place = 0;
  Outside outside = Outside::Clamp;

  int64_t indexRank() const { return static_cast<int64_t>(index.size()) - batch; }
  /// The window's axis of the rest axis number `k`, and of the indices' own axis number `k`.
  int64_t restAxis(int64_t k) const { return batch + k + (k >= place ? indexRank() : 0); }
  int64_t indexAxis(int64_t k) const { return k < batch ? k : k + place; }
  llvm::SmallVector<int64_t> window() const;
  /// Positions in a row-major tensor: of the indices at a place of the window; of x there, `places` being
  /// those of the indexed axes.
  int64_t indexPosition(llvm::ArrayRef<int64_t> window) const;
  int64_t position(llvm::ArrayRef<int64_t> window, llvm::ArrayRef<int64_t> places) const;
};

/// The layout of an op with attributes `axes batch place mode`. Errors: index tensors that are missing or
/// differ in extents, axes out of range or given twice, batch axes that differ, an unknown mode, an axis
/// without an element.
llvm::FailureOr<Layout> layoutOf(std::optional<mlir::Location> loc, llvm::StringRef name, mlir::Value x,
                                 mlir::ValueRange indices, llvm::ArrayRef<int64_t> axes, int64_t batch,
                                 int64_t place, llvm::StringRef mode);
template <typename Op> Layout layoutOf(Op op) {
  return *layoutOf(std::nullopt, "", op.getX(), op.getIndices(), op.getAxes(),
                   static_cast<int64_t>(op.getBatchAxes()), static_cast<int64_t>(op.getPlace()),
                   op.getMode());
}

} // namespace tgc::graph
