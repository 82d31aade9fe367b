// Reference values of composites that are not elementwise: plain loops over host tensors, written from the
// standards.
#pragma once
#include "dialects/graph/HostTensor.h"
#include "mlir/IR/Attributes.h"

namespace tgc::graph {
struct WindowOptions; // Composite.h
}

namespace tgc::graph::reference {

using Ints = llvm::ArrayRef<int64_t>;
using OptionalInts = std::optional<llvm::ArrayRef<int64_t>>;
using Numbers = llvm::SmallVector<int64_t, 8>;

// ---- what the references share ----
/// An empty tensor of a shape and dtype.
HostTensor blank(Ints shape, mlir::Type element);
/// out[index] = x[source(index)].
HostTensor gathered(const HostTensor &x, Ints shape, llvm::function_ref<Numbers(Ints)> source);
/// Positions in `x` of the elements reduced into each element of the result, in row-major order.
std::vector<std::vector<int64_t>> groupsOf(const HostTensor &x, Ints axes);
/// `rule` of the reals of each group.
HostTensor reduced(const HostTensor &x, Ints axes, bool keepdims,
                   llvm::function_ref<double(const std::vector<double> &)> rule);
/// `rule` changes the reals along one axis in place.
HostTensor alongAxis(const HostTensor &x, int64_t axis, llvm::function_ref<void(std::vector<double> &)> rule);
/// The shape NumPy broadcasts two shapes to, and an index of it in an operand.
Numbers broadcast(Ints a, Ints b);
int64_t broadcastPosition(const HostTensor &x, Ints index);

/// Sums of products for each element of a result: reals, wrapping integers, or of ands.
class Sums {
public:
  explicit Sums(mlir::RankedTensorType type);
  void add(int64_t to, const HostTensor &a, int64_t i);
  void add(int64_t to, const HostTensor &a, int64_t i, const HostTensor &b, int64_t j);
  HostTensor done();

private:
  HostTensor out;
  std::vector<double> reals;
  std::vector<uint64_t> integers;
};

// ---- ProductReference.cpp ----
HostTensor matmul(const HostTensor &a, const HostTensor &b);
HostTensor tensordot(const HostTensor &a, const HostTensor &b, Ints axes);
HostTensor vecdot(const HostTensor &a, const HostTensor &b, int64_t axis);
HostTensor outer(const HostTensor &a, const HostTensor &b);
HostTensor kron(const HostTensor &a, const HostTensor &b);
HostTensor diagonal(const HostTensor &x, int64_t offset);
HostTensor trace(const HostTensor &x, int64_t offset);
HostTensor diag(const HostTensor &x, int64_t offset);
HostTensor bilinear(const HostTensor &a, const HostTensor &b, const HostTensor &weight,
                    const HostTensor &bias);

// ---- StatisticsReference.cpp ----
HostTensor mean(const HostTensor &x, Ints axes, bool keepdims);
HostTensor var(const HostTensor &x, Ints axes, double correction, bool keepdims);
HostTensor deviation(const HostTensor &x, Ints axes, double correction, bool keepdims);
HostTensor argument(const HostTensor &x, Ints axes, bool keepdims, bool largest);
HostTensor countNonzero(const HostTensor &x, Ints axes, bool keepdims);
HostTensor logsumexp(const HostTensor &x, Ints axes, bool keepdims);
HostTensor norm(const HostTensor &x, double ord, Ints axes, bool keepdims);
HostTensor softmax(const HostTensor &x, int64_t axis);
HostTensor logSoftmax(const HostTensor &x, int64_t axis);
HostTensor layerNorm(const HostTensor &x, const HostTensor &scale, const HostTensor &bias, int64_t axis,
                     double eps);
HostTensor rmsNorm(const HostTensor &x, const HostTensor &scale, int64_t axis, double eps);
HostTensor attention(const HostTensor &query, const HostTensor &key, const HostTensor &values,
                     const HostTensor &mask, const HostTensor &bias, bool causal,
                     std::optional<double> scale);

// ---- ShapeReference.cpp ----
HostTensor flatten(const HostTensor &x);
HostTensor swapaxes(const HostTensor &x, int64_t first, int64_t second);
HostTensor moveaxis(const HostTensor &x, Ints source, Ints destination);
HostTensor expandDims(const HostTensor &x, Ints places);
HostTensor squeeze(const HostTensor &x, OptionalInts places);
HostTensor tile(const HostTensor &x, Ints times);
HostTensor repeat(const HostTensor &x, int64_t times, OptionalInts place);
HostTensor stack(HostTensorsRef tensors, int64_t place);
HostTensors split(const HostTensor &x, mlir::Attribute cuts, int64_t axis);
HostTensors unstack(const HostTensor &x, int64_t axis);
HostTensor roll(const HostTensor &x, Ints shift, OptionalInts places);
HostTensor pad(const HostTensor &x, Ints widths, llvm::StringRef mode, mlir::Attribute fill);
HostTensor triangle(const HostTensor &x, int64_t offset, bool lower);
HostTensor oneHot(const HostTensor &x, int64_t classes, mlir::Type element, int64_t place);
HostTensor full(Ints shape, mlir::Type element, int64_t number);
HostTensor full(Ints shape, mlir::Attribute number, std::optional<mlir::Type> element);
HostTensor eye(int64_t rows, std::optional<int64_t> columns, int64_t offset, mlir::Type element);
HostTensor arange(mlir::Attribute first, std::optional<mlir::Attribute> last, mlir::Attribute step,
                  std::optional<mlir::Type> element);
HostTensor linspace(double first, double last, int64_t count, bool endpoint, mlir::Type element);

// ---- IndexReference.cpp ----
HostTensor take(const HostTensor &x, const HostTensor &indices, int64_t axis, llvm::StringRef mode);
HostTensor takeAlongAxis(const HostTensor &x, const HostTensor &indices, int64_t axis, llvm::StringRef mode);
HostTensor putAlongAxis(const HostTensor &x, const HostTensor &indices, const HostTensor &values,
                        int64_t axis, llvm::StringRef how, llvm::StringRef mode);
HostTensor indexAdd(const HostTensor &x, const HostTensor &indices, const HostTensor &values, int64_t axis,
                    llvm::StringRef mode);
HostTensor lengthMask(const HostTensor &lengths, int64_t size);
HostTensor causalMask(mlir::MLIRContext *context, int64_t rows, std::optional<int64_t> columns,
                      int64_t offset);
HostTensors meshgrid(HostTensorsRef tensors, llvm::StringRef indexing);
HostTensor sort(const HostTensor &x, int64_t axis, bool descending);
HostTensors topk(const HostTensor &x, int64_t count, int64_t axis, bool largest);
HostTensor quantile(const HostTensor &x, const HostTensor &q, Ints axes, llvm::StringRef method,
                    bool keepdims);
HostTensor median(const HostTensor &x, Ints axes, bool keepdims);

// ---- RandomReference.cpp ----
HostTensor randomKey(mlir::MLIRContext *context, int64_t seed);
HostTensor splitKey(const HostTensor &key, int64_t count);
HostTensor foldIn(const HostTensor &key, const HostTensor &data);
HostTensor randomBits(const HostTensor &key, Ints shape, mlir::Type dtype);
HostTensor uniform(const HostTensor &key, Ints shape, double least, double most, mlir::Type dtype);
HostTensor normal(const HostTensor &key, Ints shape, mlir::Type dtype);
HostTensor truncatedNormal(const HostTensor &key, double lower, double upper, Ints shape, mlir::Type dtype);
HostTensor bernoulli(const HostTensor &key, const HostTensor &p, Ints shape);
HostTensor categorical(const HostTensor &key, const HostTensor &logits, int64_t axis, Ints shape);
HostTensor multinomial(const HostTensor &key, const HostTensor &p, int64_t count);
HostTensor permutation(const HostTensor &key, const HostTensor &x, int64_t axis);
HostTensor dropout(const HostTensor &key, const HostTensor &x, double rate);
HostTensor gamma(const HostTensor &key, const HostTensor &a, Ints shape, mlir::Type dtype);

// ---- WindowReference.cpp ----
HostTensor conv(const HostTensor &x, const HostTensor &kernel, const WindowOptions &options, int64_t groups);
HostTensor convTranspose(const HostTensor &x, const HostTensor &kernel, const WindowOptions &options,
                         Ints extra, int64_t groups);
HostTensor pool(const HostTensor &x, Ints size, const WindowOptions &options, bool largest,
                bool countsPadding);
HostTensor batchNorm(const HostTensor &x, const HostTensor &mean, const HostTensor &variance,
                     const HostTensor &scale, const HostTensor &bias, int64_t axis, double eps);
HostTensor groupNorm(const HostTensor &x, int64_t groups, const HostTensor &scale, const HostTensor &bias,
                     double eps);

// ---- LinearAlgebraReference.cpp ----
HostTensor cholesky(const HostTensor &x, bool upper);
HostTensor solve(const HostTensor &a, const HostTensor &b);
HostTensor inverse(const HostTensor &x);
HostTensors slogdet(const HostTensor &x);
HostTensor matrixPower(const HostTensor &x, int64_t exponent);
// What rounding errors are relative to (GraphOp::roundingScale); infinite where the matrix is as good as
// singular in the precision it is computed in.
double detScale(const HostTensor &x);                        ///< Hadamard's bound, for each row
double logDetScale(const HostTensor &x);                     ///< the same over the determinant
double solveScale(const HostTensor &a, const HostTensor &b); ///< condition number times solution
double inverseScale(const HostTensor &x, int64_t times);     ///< of `times` factors
double powerScale(const HostTensor &x, int64_t exponent);
double choleskyScale(const HostTensor &x, bool lower); ///< of the lower triangle or of the symmetric part
double triangularScale(const HostTensor &a, const HostTensor &b, bool lower, bool transposed, bool unit);

// ---- ComplexReference.cpp ----
HostTensor complex(const HostTensor &re, const HostTensor &im);
/// A part of a complex tensor; of a real one itself, or zeros.
HostTensor part(const HostTensor &z, bool imaginary);
HostTensor angle(const HostTensor &x);
/// Of matrices whose parts lie along the last axis; results as the ops of these names pack them.
HostTensor complexDeterminant(const HostTensor &x, mlir::RankedTensorType type);
HostTensor complexEigh(const HostTensor &x, mlir::RankedTensorType type);
HostTensor complexSvd(const HostTensor &x, mlir::RankedTensorType type);
/// What their rounding errors are relative to, in this order.
double complexScale(const HostTensor &x, int64_t which);

// ---- DecompositionReference.cpp ----
/// The factors of each matrix one after the other.
HostTensor packed(HostTensorsRef tensors, mlir::RankedTensorType type);
HostTensors qr(const HostTensor &x);
HostTensors eigh(const HostTensor &x, bool lower); ///< of the lower triangle, or of the symmetric part
HostTensors svd(const HostTensor &x);
HostTensor eigvalsh(const HostTensor &x);
HostTensor svdvals(const HostTensor &x);
HostTensor matrixNorm(const HostTensor &x, mlir::Attribute ord, bool keepdims);
double qrScale(const HostTensor &x);
double eighScale(const HostTensor &x, bool lower, bool vectors, size_t times = 1);
double svdScale(const HostTensor &x, bool vectors, size_t times = 1);

// ---- CumulativeReference.cpp ----
HostTensor cumulative(const HostTensor &x, int64_t axis, bool initial, bool reverse, bool product);
HostTensor cumulativeExtremum(const HostTensor &x, int64_t axis, bool reverse, bool largest);
HostTensor logcumsumexp(const HostTensor &x, int64_t axis, bool reverse);

// ---- SelectionReference.cpp ----
HostTensors nonzero(const HostTensor &x, int64_t size, int64_t fill);
HostTensors maskedSelect(const HostTensor &x, const HostTensor &mask, int64_t size, mlir::Attribute fill);
HostTensors unique(const HostTensor &x, int64_t size, mlir::Attribute fill);
HostTensors uniqueCounts(const HostTensor &x, int64_t size, mlir::Attribute fill);
HostTensors uniqueInverse(const HostTensor &x, int64_t size, mlir::Attribute fill);

// ---- SparseReference.cpp ----
HostTensor csr(const HostTensor &offsets, const HostTensor &columns, const HostTensor &values, Ints shape);
HostTensors toCoo(const HostTensor &x, int64_t size);
HostTensors toCsr(const HostTensor &x, int64_t size);
HostTensors cooToCsr(const HostTensor &rows, const HostTensor &columns, const HostTensor &values,
                     int64_t size);
HostTensors csrTranspose(const HostTensor &offsets, const HostTensor &columns, const HostTensor &values,
                         int64_t size);

// ---- LossReference.cpp ----
HostTensor mseLoss(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction);
HostTensor huberLoss(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction,
                     double delta);
HostTensor binaryCrossEntropy(const HostTensor &prediction, const HostTensor &target,
                              llvm::StringRef reduction);
HostTensor crossEntropy(const HostTensor &scores, const HostTensor &target, llvm::StringRef reduction,
                        double smoothing);
HostTensor klDivergence(const HostTensor &prediction, const HostTensor &target, llvm::StringRef reduction,
                        bool logs);

} // namespace tgc::graph::reference
