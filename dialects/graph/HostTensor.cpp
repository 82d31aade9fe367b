// Rounding, wrapping and attribute conversion of host tensors.
#include "dialects/graph/HostTensor.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;

namespace tgc::graph {

double roundTo(Type element, double value) {
  if (element.isF64()) return value;
  float single = static_cast<float>(value);
  if (element.isF32()) return single;
  llvm::APFloat half(single);
  bool lost = false;
  half.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
  half.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  return half.convertToDouble();
}

int64_t wrapTo(Type element, int64_t bits) {
  unsigned width = bitsOf(element);
  if (width == 64) return bits;
  uint64_t mask = (uint64_t(1) << width) - 1;
  uint64_t low = static_cast<uint64_t>(bits) & mask;
  if (kindOf(element) == 'i' && (low >> (width - 1)) & 1) low |= ~mask;
  return static_cast<int64_t>(low);
}

int64_t saturate(Type element, double value) {
  unsigned width = bitsOf(element);
  if (std::isnan(value)) return 0;
  value = std::trunc(value);
  if (kindOf(element) == 'u') {
    if (value <= 0) return 0;
    if (value >= std::ldexp(1.0, width))
      return static_cast<int64_t>(width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1);
    return static_cast<int64_t>(static_cast<uint64_t>(value));
  }
  double limit = std::ldexp(1.0, width - 1);
  if (value >= limit) return wrapTo(element, static_cast<int64_t>((uint64_t(1) << (width - 1)) - 1));
  if (value <= -limit) return wrapTo(element, static_cast<int64_t>(uint64_t(1) << (width - 1)));
  return static_cast<int64_t>(value);
}

HostTensor::HostTensor(RankedTensorType type) : type_(type), count_(type.getNumElements()) {
  kind_ = kindOf(type.getElementType());
  if (kind_ == 'f' || kind_ == 'c')
    reals_.assign(kind_ == 'c' ? 2 * count_ : count_, 0.0);
  else
    integers_.assign(count_, 0);
}

HostTensor HostTensor::fromAttr(DenseElementsAttr attr) {
  HostTensor tensor(cast<RankedTensorType>(attr.getType()));
  int64_t at = 0;
  bool lost = false;
  if (tensor.isComplex()) {
    auto real = [&](llvm::APFloat value) {
      value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
      return value.convertToDouble();
    };
    for (const std::complex<llvm::APFloat> &value : attr.getValues<std::complex<llvm::APFloat>>())
      tensor.setComplex(at++, {real(value.real()), real(value.imag())});
  } else if (tensor.isFloat()) {
    for (llvm::APFloat value : attr.getValues<llvm::APFloat>()) {
      value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
      tensor.reals_[at++] = value.convertToDouble();
    }
  } else {
    for (const llvm::APInt &value : attr.getValues<llvm::APInt>())
      tensor.integers_[at++] =
          tensor.kind_ == 'i' ? value.getSExtValue() : static_cast<int64_t>(value.getZExtValue());
  }
  return tensor;
}

DenseElementsAttr HostTensor::toAttr() const {
  if (kind_ == 'c') {
    auto part = [&](double real) {
      llvm::APFloat value(real);
      bool lost = false;
      value.convert(cast<FloatType>(realOf(element())).getFloatSemantics(),
                    llvm::APFloat::rmNearestTiesToEven, &lost);
      return value;
    };
    SmallVector<std::complex<llvm::APFloat>> values;
    for (int64_t at = 0; at < count_; ++at)
      values.emplace_back(part(reals_[2 * at]), part(reals_[2 * at + 1]));
    return DenseElementsAttr::get(type_, values);
  }
  if (kind_ == 'f') {
    SmallVector<llvm::APFloat> values;
    values.reserve(count_);
    for (double real : reals_) {
      llvm::APFloat value(real);
      bool lost = false;
      value.convert(cast<FloatType>(element()).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                    &lost);
      values.push_back(value);
    }
    return DenseElementsAttr::get(type_, values);
  }
  SmallVector<llvm::APInt> values;
  values.reserve(count_);
  for (int64_t integer : integers_)
    values.emplace_back(bitsOf(element()), static_cast<uint64_t>(integer), false, /*implicitTrunc=*/true);
  return DenseElementsAttr::get(type_, values);
}

int64_t positionOf(ArrayRef<int64_t> shape, ArrayRef<int64_t> index) {
  int64_t position = 0;
  for (auto [extent, i] : llvm::zip_equal(shape, index))
    position = position * extent + i;
  return position;
}

SmallVector<int64_t, 8> indexOf(ArrayRef<int64_t> shape, int64_t position) {
  SmallVector<int64_t, 8> index(shape.size());
  for (int64_t axis = shape.size(); axis-- > 0;) {
    index[axis] = position % shape[axis];
    position /= shape[axis];
  }
  return index;
}

void forEachIndex(ArrayRef<int64_t> shape, llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  int64_t count = countOf(shape);
  SmallVector<int64_t, 8> index(shape.size(), 0);
  for (int64_t at = 0; at < count; ++at) {
    visit(index);
    for (int64_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

} // namespace tgc::graph
