#include "tgc/Buffer.h"
#include <doctest/doctest.h>
#include <numeric>

using namespace tgc;

TEST_CASE("view: spans, vectors, pointers and scalars") {
  std::vector<float> values(6);
  double scalar = 2.5;
  CHECK(View(values).typeText() == "f32[6]");
  CHECK(View(std::span<const float>(values)).elements() == 6);
  CHECK(View(values.data(), {2, 3}).typeText() == "f32[2, 3]");
  CHECK(View(scalar).typeText() == "f64");
  CHECK(View(scalar).data() == &scalar);
  const MutableView written(values.data(), {3, 2});
  CHECK(written.data() == values.data());
  CHECK(View(bf16, values.data(), {4}).typeText() == "bf16[4]");
}

TEST_CASE("view: density ignores strides nobody steps along") {
  std::vector<int> values(24);
  using Strides = std::vector<std::int64_t>;
  CHECK(View(values.data(), {2, 3}, Strides{3, 1}).dense());
  CHECK(View(values.data(), {1, 3}, Strides{99, 1}).dense());
  CHECK(View(values.data(), {0, 3}, Strides{99, 7}).dense());
  CHECK_FALSE(View(values.data(), {2, 3}, Strides{1, 2}).dense());
  CHECK_FALSE(View(values.data(), {2, 3}, Strides{3, 0}).dense());
}

TEST_CASE("view: broken strides and extents make it invalid, with a message") {
  std::vector<int> values(24);
  const View fewer(values.data(), {2, 3}, std::vector<std::int64_t>{1});
  CHECK_FALSE(fewer.valid());
  CHECK(fewer.check().error().message ==
        "the strides of i32[2, 3] are not one for each axis, within 2^48 elements");
  CHECK_FALSE(View(values.data(), {2, 3}, std::vector<std::int64_t>{INT64_MIN, 1}).valid());
  CHECK_FALSE(View(values.data(), {-1}).valid());
  CHECK(View(values.data(), {-1}).check().error().message == "extent -1 in [-1] is below 0");
}

TEST_CASE("view: addresses cover negative and zero strides") {
  std::vector<std::int32_t> values(12);
  const auto base = reinterpret_cast<std::uintptr_t>(values.data());
  const View reversed(values.data() + 11, {12}, std::vector<std::int64_t>{-1});
  CHECK(reversed.addresses().begin == base);
  CHECK(reversed.addresses().end == base + 48);
  const View same(values.data(), {5}, std::vector<std::int64_t>{0});
  CHECK(same.addresses().end == base + 4);
  const View column(values.data() + 1, {3}, std::vector<std::int64_t>{4});
  CHECK(column.addresses().begin == base + 4);
  CHECK(column.addresses().end == base + 4 + 2 * 16 + 4);
  CHECK(View(values.data(), {0}).addresses().begin == View(values.data(), {0}).addresses().end);
}

template <typename T> void copiesTransposed() {
  std::vector<T> from(2 * 3 * 4), to(from.size());
  std::iota(from.begin(), from.end(), T(1));
  // to[k, i, j] = from[i, j, k], with axis 0 of the result reversed
  const View source(from.data() + 3, {4, 2, 3}, std::vector<std::int64_t>{-1, 12, 4});
  copyElements(source, MutableView(to.data(), {4, 2, 3}));
  for (int k = 0; k < 4; ++k)
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 3; ++j)
        CHECK(to[k * 6 + i * 3 + j] == from[i * 12 + j * 4 + 3 - k]);
  std::vector<T> back(from.size());
  copyElements(View(to.data(), {4, 2, 3}), MutableView(back.data() + 3, {4, 2, 3}, source.strides()));
  CHECK(back == from);
}

TEST_CASE("view: strided copies of every element size") {
  copiesTransposed<std::uint8_t>();
  copiesTransposed<std::int16_t>();
  copiesTransposed<float>();
  copiesTransposed<double>();
}

TEST_CASE("buffer: owned memory is aligned, borrowed memory is not copied") {
  auto owned = Buffer::zeros(f32, {4, 8});
  REQUIRE(owned);
  CHECK(reinterpret_cast<std::uintptr_t>(owned->data()) % 64 == 0);
  CHECK(owned->as<float>().size() == 32);
  CHECK(owned->as<double>().empty());
  CHECK(owned->as<float>()[31] == 0.0f);
  int released = 0;
  double value[2] = {1, 2};
  {
    Buffer borrowed =
        Buffer::borrow(f64, {2}, value, std::shared_ptr<void>(value, [&](void *) { ++released; }));
    CHECK(borrowed.data() == value);
    auto copy = borrowed.clone();
    REQUIRE(copy);
    CHECK(copy->data() != value);
    CHECK(copy->as<double>()[1] == 2.0);
  }
  CHECK(released == 1);
  CHECK(Buffer::make(f64, {maxElements, 4}).error().kind == ErrorKind::Limit);
  CHECK(Buffer::make(f64, {maxElements}).error().kind == ErrorKind::Limit);
  CHECK(Buffer::make(f64, {0})->elements() == 0);
  CHECK(Buffer::zeros(boolean, {3})->as<bool>().size() == 3);
}

TEST_CASE("buffer: one that was moved from is empty, and so is one assigned from it") {
  Buffer from = Buffer::zeros(f32, {2, 3}).value();
  Buffer to = std::move(from);
  CHECK(to.typeText() == "f32[2, 3]");
  CHECK(from.typeText() == "f64[0]");
  CHECK(from.data() == nullptr);
  CHECK(from.as<double>().empty());
  CHECK(from.clone().value().elements() == 0);
  to = std::move(from);
  CHECK(to.elements() == 0);
  Buffer &same = to = Buffer::zeros(i64, {4}).value();
  to = std::move(same);
  CHECK(to.elements() == 4);
}

TEST_CASE("buffer: a null pointer to elements is refused, one to none is not") {
  auto message = [](const View &view) {
    auto copy = Buffer::copyOf(view);
    return copy ? "none" : copy.error().message;
  };
  CHECK(message(View()) == "f64 has a null pointer");
  CHECK(message(View(f32, nullptr, {2, 3})) == "f32[2, 3] has a null pointer");
  CHECK(message(View(f32, nullptr, {2, 0})) == "none");
  CHECK(message(Buffer::borrow(f32, {4}, nullptr)) == "f32[4] has a null pointer");
}
