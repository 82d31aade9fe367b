// Views and the strided copy behind every place where a caller's layout differs from the kernels' row-major
// one.
#include "tgc/View.h"
#include <algorithm>
#include <cstring>

namespace tgc {

View::View(DType dtype, const void *data, const Shape &shape, std::span<const std::int64_t> strides,
           bool rowMajor)
    : start(data), count(shape.elements()), type(dtype), axes(std::uint8_t(shape.rank())) {
  std::copy(shape.extents().begin(), shape.extents().end(), extentOf.begin());
  isValid = shape.valid() && (rowMajor || strides.size() == std::size_t(axes));
  const auto dense = shape.strides();
  std::copy(dense.begin(), dense.begin() + axes, strideOf.begin());
  if (rowMajor || !isValid) return;
  for (int axis = 0; axis < axes; ++axis) {
    // Strides between single elements mean nothing, and nothing is read of an empty tensor.
    if (count == 0 || extentOf[axis] == 1) continue;
    if (strides[axis] != dense[axis]) isDense = false;
    // A stride that could leave the address space is a mistake; the limit keeps all arithmetic on it exact.
    if (strides[axis] > maxElements || strides[axis] < -maxElements) isValid = false;
    strideOf[axis] = strides[axis];
  }
}

Result<void> View::check() const {
  if (isValid) return {};
  if (auto checked = shape().check(); !checked) return checked.error();
  return Error{ErrorKind::Invalid,
               "the strides of " + typeText() + " are not one for each axis, within 2^48 elements"};
}

Result<void> View::checkMemory() const {
  if (auto checked = check(); !checked) return checked.error();
  if (start || count == 0) return {};
  return Error{ErrorKind::Invalid, typeText() + " has a null pointer"};
}

View::Span View::addresses() const {
  const auto base = reinterpret_cast<std::uintptr_t>(start);
  if (count == 0) return {base, base};
  const auto bytes = std::int64_t(tgc::sizeBytes(type));
  if (isDense) return {base, base + std::uintptr_t(count * bytes)};
  std::uintptr_t low = base,
                 high = base + std::uintptr_t(bytes); // wraps like an address; a wild view is the caller's
  for (int axis = 0; axis < axes; ++axis) {
    const auto reach = std::uintptr_t(extentOf[axis] - 1) * std::uintptr_t(strideOf[axis] * bytes);
    (strideOf[axis] < 0 ? low : high) += reach;
  }
  return {low, high};
}

namespace {

/// Copies `count` elements of `Size` bytes with strides in bytes.
template <std::size_t Size>
void copyRun(const std::byte *from, std::int64_t fromStep, std::byte *to, std::int64_t toStep,
             std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(to + i * toStep, from + i * fromStep, Size);
}

void copyInner(const std::byte *from, std::int64_t fromStep, std::byte *to, std::int64_t toStep,
               std::int64_t count, std::int64_t bytes) {
  if (fromStep == bytes && toStep == bytes) {
    std::memcpy(to, from, std::size_t(count * bytes));
    return;
  }
  switch (bytes) {
  case 1:
    return copyRun<1>(from, fromStep, to, toStep, count);
  case 2:
    return copyRun<2>(from, fromStep, to, toStep, count);
  case 4:
    return copyRun<4>(from, fromStep, to, toStep, count);
  case 16:
    return copyRun<16>(from, fromStep, to, toStep, count);
  default:
    return copyRun<8>(from, fromStep, to, toStep, count);
  }
}

} // namespace

void copyElements(const View &from, const MutableView &to) {
  const auto bytes = std::int64_t(tgc::sizeBytes(from.dtype()));
  if (from.elements() == 0) return;
  const auto *source = static_cast<const std::byte *>(from.data());
  auto *target = static_cast<std::byte *>(to.data());
  const int inner = from.rank() - 1;
  if (from.dense() && to.dense()) {
    std::memcpy(target, source, std::size_t(from.sizeBytes()));
    return;
  }
  // An odometer over the outer axes; positions are byte offsets so that strides may have any sign.
  std::array<std::int64_t, maxRank> at{};
  std::int64_t readAt = 0, writeAt = 0;
  while (true) {
    copyInner(source + readAt, from.strideElements(inner) * bytes, target + writeAt,
              to.strideElements(inner) * bytes, from.extent(inner), bytes);
    int axis = inner - 1;
    for (; axis >= 0; --axis) {
      readAt += from.strideElements(axis) * bytes;
      writeAt += to.strideElements(axis) * bytes;
      if (++at[axis] < from.extent(axis)) break;
      readAt -= from.extent(axis) * from.strideElements(axis) * bytes;
      writeAt -= to.extent(axis) * to.strideElements(axis) * bytes;
      at[axis] = 0;
    }
    if (axis < 0) return;
  }
}

} // namespace tgc
