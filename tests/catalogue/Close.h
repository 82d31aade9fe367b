// When two tensors count as equal: one table, each entry with its reason.
#pragma once
#include "dialects/graph/HostTensor.h"
#include <optional>
#include <string>

namespace tgc::catalogue {

struct Tolerance {
  double ulps;     ///< of the reference element, in its dtype
  double relative; ///< of the largest element of the tensor and of the inputs
};

/// Functions of one element are one body of arithmetic: math functions are owed within 4 ULP in f32 and 2 in
/// f64, and a body of several of them adds up; halves are computed in f32 and rounded once. A function of
/// `several` numbers may cancel: a few roundings of the numbers that went in.
Tolerance elementTolerance(mlir::Type element, bool several);
/// Formulas and sums round after every op (halves included) and may cancel: an absolute part that scales with
/// the numbers that went in.
Tolerance formulaTolerance(mlir::Type element);
inline constexpr Tolerance exact = {0, 0};

/// Nothing where equal within the tolerance, else the first place and both numbers. NaN equals NaN, 0 equals
/// -0. `scale` is the size of the numbers that went in.
std::optional<std::string> difference(const graph::HostTensor &got, const graph::HostTensor &expected,
                                      Tolerance tolerance, double scale = 0);
/// What rounding errors of a block's ops are relative to where ops say so (GraphOp::roundingScale); else 0.
double roundingScaleOf(mlir::Block &body, graph::HostTensorsRef inputs);
/// The largest finite size among elements; 0 for integers.
double sizeOf(graph::HostTensorsRef tensors);

} // namespace tgc::catalogue
