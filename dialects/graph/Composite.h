// Formulas longer than a line, over Sym; the rows of Composite.td name them.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Sym.h"

namespace tgc::graph {

/// `x` over the distinct indices of `operand`, written onto the diagonal where an index stands twice; zero
/// elsewhere.
Sym ontoDiagonal(Ink &ink, Sym x, llvm::ArrayRef<Index> operand, llvm::ArrayRef<Index> distinct,
                 llvm::ArrayRef<int64_t> extents);
/// The sum of products by plain loops over all indices.
HostTensor contractByLoops(const Equation &equation, llvm::ArrayRef<int64_t> extents, HostTensorsRef in,
                           mlir::RankedTensorType type);

/// What a call of a window op says. `stride` is empty where it is the size; `padding` is an array of numbers
/// or the text "same" or "valid"; `layout` is "NCHW" (channels first) or "NHWC" (last).
struct WindowOptions {
  llvm::ArrayRef<int64_t> stride;
  mlir::Attribute padding;
  llvm::ArrayRef<int64_t> dilation;
  llvm::StringRef layout;
};
/// The same with one number for each axis.
struct SpatialPlan {
  llvm::SmallVector<int64_t> sizes, strides, dilations, low, high;
};
/// Nothing where a list has neither one entry nor one for each axis, or a number is out of range.
std::optional<SpatialPlan> planWindows(llvm::ArrayRef<int64_t> extents, llvm::ArrayRef<int64_t> sizes,
                                       const WindowOptions &options);

namespace formulas {
using Ints = llvm::ArrayRef<int64_t>;
using OptionalInts = std::optional<llvm::ArrayRef<int64_t>>;

/// Reports at the ink's place and makes it fail; the result is absent.
Sym refuse(Ink &ink, const llvm::Twine &message);
/// Halves as f32 for the inside of a formula; `like` narrows the result back to the dtype of `x`.
Sym widened(Sym x);
Sym like(Sym x, Sym result);
/// `axis` of `rank` axes, negative from the end; nothing (reported) where it is out of range.
std::optional<int64_t> axisOf(Ink &ink, llvm::StringRef name, int64_t axis, int64_t rank);
Sym movedAxis(Sym x, int64_t from, int64_t to);
/// Each element `times` times in a row along an axis; the whole axis `times` times over.
Sym repeatAxis(Sym x, int64_t axis, int64_t times);
Sym tileAxis(Sym x, int64_t axis, int64_t times);
/// The part [from, to) of one axis.
Sym part(Sym x, int64_t axis, int64_t from, int64_t to);
/// Axes of extent 1 in front up to `rank` axes.
Sym padRank(Sym x, int64_t rank);

// Products.cpp
Sym einsum(Ink &ink, llvm::StringRef equation, const Syms &operands);
Sym matmul(Ink &ink, Sym a, Sym b);
Sym tensordot(Ink &ink, Sym a, Sym b, Ints axes);
Sym vecdot(Ink &ink, Sym a, Sym b, int64_t axis);
Sym outer(Ink &ink, Sym a, Sym b);
Sym kron(Ink &ink, Sym a, Sym b);
Sym diagonal(Ink &ink, Sym x, int64_t offset);
Sym diag(Ink &ink, Sym x, int64_t offset);
Sym bilinear(Ink &ink, Sym a, Sym b, Sym weight, Sym bias);

// Statistics.cpp
Sym mean(Ink &ink, Sym x, Ints axes, bool keepdims);
Sym var(Ink &ink, Sym x, Ints axes, double correction, bool keepdims);
Sym deviation(Ink &ink, Sym x, Ints axes, double correction, bool keepdims);
Sym argument(Ink &ink, Sym x, Ints axes, bool keepdims, bool largest);
Sym logsumexp(Ink &ink, Sym x, Ints axes, bool keepdims);
Sym norm(Ink &ink, Sym x, double ord, Ints axes, bool keepdims);
Sym softmax(Ink &ink, Sym x, int64_t axis);
Sym logSoftmax(Ink &ink, Sym x, int64_t axis);
Sym layerNorm(Ink &ink, Sym x, Sym scale, Sym bias, int64_t axis, double eps);
Sym rmsNorm(Ink &ink, Sym x, Sym scale, int64_t axis, double eps);
Sym batchNorm(Ink &ink, Sym x, Sym mean, Sym variance, Sym scale, Sym bias, int64_t axis, double eps);
Sym groupNorm(Ink &ink, Sym x, int64_t groups, Sym scale, Sym bias, double eps);
Sym attention(Ink &ink, Sym query, Sym key, Sym values, Sym mask, Sym bias, bool causal,
              std::optional<double> scale);

// Shapes.cpp
Sym swapaxes(Sym x, int64_t first, int64_t second);
Sym moveaxis(Ink &ink, Sym x, Ints source, Ints destination);
Sym expandDims(Ink &ink, Sym x, Ints places);
Sym squeeze(Ink &ink, Sym x, OptionalInts places);
Sym tile(Ink &ink, Sym x, Ints times);
Sym repeat(Ink &ink, Sym x, int64_t times, OptionalInts place);
Sym stack(Ink &ink, const Syms &tensors, int64_t place);
Syms split(Ink &ink, Sym x, mlir::Attribute cuts, int64_t axis);
Syms unstack(Ink &ink, Sym x, int64_t axis);
Sym roll(Ink &ink, Sym x, Ints shift, OptionalInts places);
Sym pad(Ink &ink, Sym x, Ints widths, llvm::StringRef mode, mlir::Attribute fill);
Sym triangle(Ink &ink, Sym x, int64_t offset, bool lower);

// Creation.cpp
Sym full(Ink &ink, Ints shape, mlir::Type element, double number);
Sym full(Ink &ink, Ints shape, mlir::Attribute number, std::optional<mlir::Type> element);
Sym eye(Ink &ink, int64_t rows, std::optional<int64_t> columns, int64_t offset, mlir::Type element);
Sym arange(Ink &ink, mlir::Attribute first, std::optional<mlir::Attribute> last, mlir::Attribute step,
           std::optional<mlir::Type> element);
Sym linspace(Ink &ink, double first, double last, int64_t count, bool endpoint, mlir::Type element);
Sym oneHot(Ink &ink, Sym x, int64_t classes, mlir::Type element, int64_t place);

// Indexing.cpp
Sym take(Ink &ink, Sym x, Sym indices, int64_t axis, llvm::StringRef mode);
Sym takeAlongAxis(Ink &ink, Sym x, Sym indices, int64_t axis, llvm::StringRef mode);
Sym putAlongAxis(Ink &ink, Sym x, Sym indices, Sym values, int64_t axis, llvm::StringRef how,
                 llvm::StringRef mode);
Sym lengthMask(Ink &ink, Sym lengths, int64_t size);
Sym causalMask(Ink &ink, int64_t rows, std::optional<int64_t> columns, int64_t offset);
Syms meshgrid(Ink &ink, const Syms &tensors, llvm::StringRef indexing);

// Ordering.cpp
Sym sort(Ink &ink, Sym x, int64_t axis, bool descending);
Syms topk(Ink &ink, Sym x, int64_t count, int64_t axis, bool largest);
Sym quantile(Ink &ink, Sym x, Sym q, Ints axes, llvm::StringRef method, bool keepdims);
Sym median(Ink &ink, Sym x, Ints axes, bool keepdims);

// Random.cpp
Sym randomKey(Ink &ink, int64_t seed);
Sym splitKey(Ink &ink, Sym key, int64_t count);
Sym foldIn(Ink &ink, Sym key, Sym data);
Sym randomBits(Ink &ink, Sym key, Ints shape, mlir::Type dtype);
Sym uniform(Ink &ink, Sym key, Ints shape, double least, double most, mlir::Type dtype);
Sym normal(Ink &ink, Sym key, Ints shape, mlir::Type dtype);
Sym truncatedNormal(Ink &ink, Sym key, double lower, double upper, Ints shape, mlir::Type dtype);
Sym bernoulli(Ink &ink, Sym key, Sym p, Ints shape);
Sym categorical(Ink &ink, Sym key, Sym logits, int64_t axis, Ints shape);
Sym multinomial(Ink &ink, Sym key, Sym p, int64_t count);
Sym permutation(Ink &ink, Sym key, Sym x, int64_t axis);
Sym dropout(Ink &ink, Sym key, Sym x, double rate);
Sym gamma(Ink &ink, Sym key, Sym a, Ints shape, mlir::Type dtype);

// Convolution.cpp
Sym conv(Ink &ink, Sym x, Sym kernel, const WindowOptions &options, int64_t groups);
Sym convTranspose(Ink &ink, Sym x, Sym kernel, const WindowOptions &options, Ints extra, int64_t groups);
Sym maxPool(Ink &ink, Sym x, Ints size, const WindowOptions &options);
Sym avgPool(Ink &ink, Sym x, Ints size, const WindowOptions &options, bool countsPadding);

// SparseForms.cpp
Sym csr(Ink &ink, Sym offsets, Sym columns, Sym values, Ints shape);
Syms toCoo(Ink &ink, Sym x, int64_t size);
Syms toCsr(Ink &ink, Sym x, int64_t size);
Syms cooToCsr(Ink &ink, Sym rows, Sym columns, Sym values, int64_t size);
Syms csrTranspose(Ink &ink, Sym offsets, Sym columns, Sym values, int64_t size);
/// The elements of matrices at places; zero for those that are not there.
Sym entriesAt(Ink &ink, Sym x, Sym rows, Sym columns);

// LinearAlgebra.cpp
Sym cholesky(Ink &ink, Sym x, bool upper);
Sym solve(Ink &ink, Sym a, Sym b);
Sym inverse(Ink &ink, Sym x);
Sym matrixPower(Ink &ink, Sym x, int64_t exponent);
Syms qr(Ink &ink, Sym x);
Syms eigh(Ink &ink, Sym x);
Syms svd(Ink &ink, Sym x);
Sym svdvals(Ink &ink, Sym x);
Sym matrixNorm(Ink &ink, Sym x, mlir::Attribute ord, bool keepdims);

// Special.cpp
Sym lgamma(Ink &ink, Sym x);
Sym digamma(Ink &ink, Sym x);
Sym i0e(Ink &ink, Sym x);

// ComplexParts.cpp
Sym complex(Ink &ink, Sym re, Sym im);

// Accumulation.cpp
Sym cumulative(Ink &ink, Sym x, int64_t axis, bool initial, bool reverse, bool product);
Sym cumulativeExtremum(Ink &ink, Sym x, int64_t axis, bool reverse, bool largest);
Sym logcumsumexp(Ink &ink, Sym x, int64_t axis, bool reverse);

// Selections.cpp
Syms nonzero(Ink &ink, Sym x, int64_t size, int64_t fill);
Syms maskedSelect(Ink &ink, Sym x, Sym mask, int64_t size, mlir::Attribute fill);
Syms unique(Ink &ink, Sym x, int64_t size, mlir::Attribute fill);
Syms uniqueCounts(Ink &ink, Sym x, int64_t size, mlir::Attribute fill);
Syms uniqueInverse(Ink &ink, Sym x, int64_t size, mlir::Attribute fill);

// Losses.cpp
Sym mseLoss(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction);
Sym huberLoss(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction, double delta);
Sym binaryCrossEntropy(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction);
Sym crossEntropy(Ink &ink, Sym scores, Sym target, llvm::StringRef reduction, double smoothing);
Sym klDivergence(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction, bool logs);
} // namespace formulas

/// Positions to cut an axis at, first 0 and last its extent; nothing where the cuts do not fit.
std::optional<llvm::SmallVector<int64_t>> cutPositions(mlir::Attribute cuts, int64_t extent);
/// [before, after] for every axis from a pair for each, one pair or one number; nothing where they do not
/// fit.
std::optional<llvm::SmallVector<int64_t>> padWidths(llvm::ArrayRef<int64_t> widths, int64_t rank);
/// An I64Attr, F64Attr or BoolAttr as a real.
double realOf(mlir::Attribute number);
/// The dtype a number alone has: bool, i64 or f64.
mlir::Type dtypeOf(mlir::Attribute number);
/// How many numbers `arange` gives; nothing where the step is 0 or the count is no extent.
std::optional<int64_t> rangeLength(double first, double last, double step);
} // namespace tgc::graph
