// NumPy's indexing, x[...], for both frontends: what an index reads, and what a functional write at it gives.
#pragma once
#include "dialects/graph/Call.h"

namespace tgc::graph {

/// One entry of an index.
struct Subscript {
  struct Range { ///< start:stop:step; an end left out is the axis's own
    std::optional<int64_t> start, stop;
    int64_t step = 1;
  };
  struct NewAxis {};
  struct Ellipsis {};
  /// A position (negative from the end), a range, a new axis, all axes not named, or a tensor of integers or
  /// bool.
  std::variant<int64_t, Range, NewAxis, Ellipsis, Sym> held;
};

/// x[items]: ranges and positions are one slice; integer tensors broadcast together and read by `mode` (as
/// gather) where they stand, or in front where they are apart. Errors: more entries than axes, positions out
/// of range, a step of 0, tensors that do not broadcast or are neither integer nor bool; a bool tensor, whose
/// number of results no type can say.
Sym readAt(Ink &ink, Sym x, llvm::ArrayRef<Subscript> items, llvm::StringRef mode = "clamp");

/// The rows of x at which a bool tensor holds that has the extents of its first axes: at most `size` of them,
/// in row-major order, zeros behind them; and how many there are. Errors: other extents, a negative size.
Syms readMasked(Ink &ink, Sym x, Sym mask, int64_t size);

/// The mask of an index, where it is the only entry; absent otherwise.
Sym onlyMask(llvm::ArrayRef<Subscript> items);

/// x with `value` written at x[items], which it broadcasts to; `how` and `mode` as for scatter. A bool tensor
/// may be the only entry: it has the extents of the first axes of x, and value broadcasts to x where it
/// holds.
Sym writeAt(Ink &ink, Sym x, llvm::ArrayRef<Subscript> items, const Argument &value, llvm::StringRef how,
            llvm::StringRef mode = "clamp");

} // namespace tgc::graph
