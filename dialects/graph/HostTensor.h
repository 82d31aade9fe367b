// A dense host array in plain C++: paper for the reference evaluation. Floats are kept as doubles rounded to
// their own dtype (f32 exact for + - * / sqrt, since double has more than twice its precision), integers
// exactly. A complex number is two such doubles.
#pragma once
#include "dialects/graph/Types.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/SmallVector.h"
#include <cmath>
#include <complex>
#include <limits>
#include <type_traits>
#include <vector>

namespace tgc::graph {

/// The value rounded to a float element type (f16 and bf16 through f32, as they are computed).
double roundTo(mlir::Type element, double value);
/// The bits wrapped to an integer element type, sign- or zero-extended to 64.
int64_t wrapTo(mlir::Type element, int64_t bits);
/// A real number as an integer element type: truncated, saturated, NaN gives 0.
int64_t saturate(mlir::Type element, double value);

class HostTensor {
public:
  HostTensor() = default;
  explicit HostTensor(mlir::RankedTensorType type);
  static HostTensor fromAttr(mlir::DenseElementsAttr attr);
  mlir::DenseElementsAttr toAttr() const;

  mlir::RankedTensorType type() const { return type_; }
  mlir::Type element() const { return type_.getElementType(); }
  llvm::ArrayRef<int64_t> shape() const { return type_.getShape(); }
  int64_t rank() const { return type_.getRank(); }
  int64_t count() const { return count_; }
  bool isFloat() const { return kind_ == 'f'; }
  bool isComplex() const { return kind_ == 'c'; }
  char kind() const { return kind_; }

  /// Element `at` of the row-major order as T: double, int64_t, uint64_t or bool.
  template <typename T> T get(int64_t at) const {
    if constexpr (std::is_same_v<T, double>)
      return kind_ == 'f'   ? reals_[at]
             : kind_ == 'u' ? static_cast<double>(static_cast<uint64_t>(integers_[at]))
                            : static_cast<double>(integers_[at]);
    else if constexpr (std::is_same_v<T, bool>)
      return kind_ == 'f' ? reals_[at] != 0 : integers_[at] != 0;
    else
      return kind_ == 'f' ? static_cast<T>(reals_[at]) : static_cast<T>(integers_[at]);
  }
  /// Stores with rounding, wrapping, or (a real into an integer) saturation.
  template <typename T> void set(int64_t at, T value) {
    if constexpr (std::is_same_v<T, double>) {
      if (kind_ == 'f')
        reals_[at] = roundTo(element(), value);
      else
        integers_[at] = kind_ == 'b' ? value != 0 : saturate(element(), value);
    } else if (kind_ == 'f') {
      reals_[at] = roundTo(element(), static_cast<double>(value));
    } else {
      integers_[at] = kind_ == 'b' ? value != 0 : wrapTo(element(), static_cast<int64_t>(value));
    }
  }
  /// Element `at` of a complex tensor.
  std::complex<double> complexAt(int64_t at) const { return {reals_[2 * at], reals_[2 * at + 1]}; }
  void setComplex(int64_t at, std::complex<double> value) {
    reals_[2 * at] = roundTo(realOf(element()), value.real());
    reals_[2 * at + 1] = roundTo(realOf(element()), value.imag());
  }
  /// Copies one element of another tensor of the same dtype.
  void copy(int64_t at, const HostTensor &from, int64_t source) {
    if (kind_ == 'c')
      setComplex(at, from.complexAt(source));
    else if (kind_ == 'f')
      reals_[at] = from.reals_[source];
    else
      integers_[at] = from.integers_[source];
  }

private:
  mlir::RankedTensorType type_;
  int64_t count_ = 0;
  char kind_ = 'f';
  std::vector<double> reals_;
  std::vector<int64_t> integers_;
};

using HostTensors = llvm::SmallVector<HostTensor, 2>;
using HostTensorsRef = llvm::ArrayRef<HostTensor>;

/// Row-major position of an index, and back.
int64_t positionOf(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> index);
llvm::SmallVector<int64_t, 8> indexOf(llvm::ArrayRef<int64_t> shape, int64_t position);

/// Calls `visit` with every index of a shape in row-major order.
void forEachIndex(llvm::ArrayRef<int64_t> shape, llvm::function_ref<void(llvm::ArrayRef<int64_t>)> visit);

} // namespace tgc::graph
