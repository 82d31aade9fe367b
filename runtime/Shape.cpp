// Extents with their limits checked once, where they enter; everything after may multiply them without
// overflow.
#include "tgc/Shape.h"
#include <algorithm>

namespace tgc {

Shape::Shape(std::span<const std::int64_t> extents) : givenRank(std::int64_t(extents.size())) {
  if (extents.size() > std::size_t(maxRank)) {
    fault = Fault::Rank;
    product = 0;
    return;
  }
  count = int(extents.size());
  std::copy(extents.begin(), extents.end(), held.begin());
  if (std::any_of(extents.begin(), extents.end(), [](std::int64_t extent) { return extent < 0; })) {
    fault = Fault::Negative;
    product = 0;
    return;
  }
  // Zero extents are left out of the limit's product: [2^40, 2^40, 0] has no elements, but its strides would
  // overflow.
  std::int64_t nonZero = 1;
  for (std::int64_t extent : extents) {
    product *= extent == 0 ? 0 : 1;
    if (extent == 0) continue;
    if (extent > maxElements / nonZero) {
      fault = Fault::Elements;
      product = 0;
      return;
    }
    nonZero *= extent;
  }
  if (product != 0) product = nonZero;
}

Result<Shape> Shape::of(std::span<const std::int64_t> extents) {
  Shape shape(extents);
  if (auto checked = shape.check(); !checked) return checked.error();
  return shape;
}

Result<void> Shape::check() const {
  switch (fault) {
  case Fault::None:
    return {};
  case Fault::Rank:
    return Error{ErrorKind::Limit,
                 "rank " + std::to_string(givenRank) + " is over the limit of " + std::to_string(maxRank)};
  case Fault::Negative:
    return Error{ErrorKind::Invalid,
                 "extent " + std::to_string(*std::min_element(held.begin(), held.begin() + count)) + " in " +
                     text() + " is below 0"};
  case Fault::Elements:
    return Error{ErrorKind::Limit,
                 "the extents " + text() + " have a product over the limit of 2^48 elements"};
  }
  return {};
}

std::array<std::int64_t, maxRank> Shape::strides() const {
  std::array<std::int64_t, maxRank> strides{};
  std::int64_t step = 1;
  for (int axis = count; axis-- > 0;) {
    strides[axis] = step;
    step *= std::max<std::int64_t>(held[axis], 1);
  }
  return strides;
}

std::string Shape::text() const {
  std::string out = "[";
  for (int axis = 0; axis < count; ++axis)
    out += (axis ? ", " : "") + std::to_string(held[axis]);
  return out + "]";
}

bool Shape::operator==(const Shape &other) const {
  return valid() && other.valid() && std::ranges::equal(extents(), other.extents());
}

std::string typeText(DType dtype, const Shape &shape) {
  return std::string(nameOf(dtype)) + (shape.rank() ? shape.text() : "");
}

std::string typeText(DType dtype, std::span<const std::int64_t> extents) {
  return typeText(dtype, Shape(extents));
}

} // namespace tgc
