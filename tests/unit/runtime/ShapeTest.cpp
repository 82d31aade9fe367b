#include "tgc/Shape.h"
#include <doctest/doctest.h>

using namespace tgc;

TEST_CASE("shape: extents, elements, strides and text") {
  const Shape shape{4, 8, 3};
  CHECK(shape.elements() == 96);
  CHECK(shape.strides()[0] == 24);
  CHECK(shape.strides()[1] == 3);
  CHECK(shape.strides()[2] == 1);
  CHECK(typeText(f32, shape) == "f32[4, 8, 3]");
  CHECK(typeText(boolean, Shape{}) == "bool");
  CHECK(Shape{}.elements() == 1);
  CHECK(Shape{3, 0, 2}.elements() == 0);
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
}

TEST_CASE("shape: limits are refused with their numbers") {
  CHECK(Shape(std::vector<std::int64_t>(9, 1)).check().error().message == "rank 9 is over the limit of 8");
  CHECK(Shape({4, -2}).check().error().message == "extent -2 in [4, -2] is below 0");
  const Shape wide{std::int64_t(1) << 32, std::int64_t(1) << 32};
  CHECK(wide.check().error().message ==
        "the extents [4294967296, 4294967296] have a product over the limit of 2^48 elements");
  CHECK(wide.check().error().kind == ErrorKind::Limit);
  CHECK(wide.elements() == 0);
  CHECK_FALSE(wide == wide);
  CHECK(Shape{maxElements}.valid());
  CHECK_FALSE(Shape{maxElements, 2}.valid());
  CHECK_FALSE(Shape({maxElements, 2, 0}).valid()); // its strides would overflow although it is empty
  CHECK_FALSE(Shape::of(std::vector<std::int64_t>{INT64_MAX, INT64_MAX}));
}
