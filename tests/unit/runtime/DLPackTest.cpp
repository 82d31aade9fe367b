#include "tgc/DLPack.h"
#include <doctest/doctest.h>

using namespace tgc;

namespace {

int deleted = 0;

/// A tensor as another library would hand it out.
struct Foreign {
  float values[6] = {0, 1, 2, 3, 4, 5};
  std::int64_t shape[2] = {2, 3}, strides[2] = {3, 1};
  dlpack::ManagedTensorVersioned managed{};
  Foreign() {
    managed.version = {1, 3};
    managed.deleter = [](dlpack::ManagedTensorVersioned *) { ++deleted; };
    managed.dl_tensor = {values, {dlpack::kCPU, 0}, 2, {dlpack::kFloat, 32, 1}, shape, strides, 0};
    deleted = 0;
  }
  std::string refusal() {
    auto imported = importTensor(&managed);
    return imported ? "accepted" : imported.error().message;
  }
};

} // namespace

TEST_CASE("dlpack: an imported tensor is a view of the other library's memory until it goes") {
  Foreign foreign;
  {
    auto imported = importTensor(&foreign.managed);
    REQUIRE(imported);
    CHECK(imported->view().typeText() == "f32[2, 3]");
    CHECK(imported->view().data() == foreign.values);
    CHECK(imported->view().dense());
    ImportedTensor moved = std::move(*imported);
    CHECK(deleted == 0);
    REQUIRE(moved.mutableView());
    static_cast<float *>(moved.mutableView()->data())[0] = 9;
    CHECK(foreign.values[0] == 9);
  }
  CHECK(deleted == 1);
}

TEST_CASE("dlpack: strides, byte offsets and null strides") {
  Foreign foreign;
  foreign.shape[0] = 3, foreign.shape[1] = 2;
  foreign.strides[0] = 1, foreign.strides[1] = 3;
  CHECK_FALSE(importTensor(&foreign.managed)->view().dense());
  foreign.managed.dl_tensor.strides = nullptr;
  CHECK(importTensor(&foreign.managed)->view().strideElements(0) == 2);
  foreign.managed.dl_tensor.byte_offset = 8;
  foreign.managed.dl_tensor.ndim = 1;
  CHECK(importTensor(&foreign.managed)->view().data() == foreign.values + 2);
}

TEST_CASE("dlpack: what cannot be taken is refused and stays with its owner") {
  using dlpack::DataType;
  const auto after = [](auto change) {
    Foreign foreign;
    change(foreign.managed);
    const std::string text = foreign.refusal();
    CHECK(deleted == 0);
    return text;
  };
  CHECK(after([](auto &m) { m.version = {2, 0}; }) ==
        "DLPack tensor: it has version 2.0 but major version 1 is needed");
  CHECK(after([](auto &m) { m.dl_tensor.device = {dlpack::kCUDA, 0}; }) ==
        "DLPack tensor: it lies on device type 2 (CUDA) but the CPU (1) is needed");
  CHECK(after([](auto &m) { m.dl_tensor.dtype.lanes = 4; }) ==
        "DLPack tensor: elements have 4 lanes but tgc's have 1");
  CHECK(after([](auto &m) { m.dl_tensor.dtype = {dlpack::kComplex, 32, 1}; }) ==
        "DLPack tensor: elements of complex with 32 bits are no element type of tgc");
  CHECK(after([](auto &m) { m.dl_tensor.dtype = {99, 8, 1}; }) ==
        "DLPack tensor: elements of code 99 with 8 bits are no element type of tgc");
  CHECK(after([](auto &m) { m.dl_tensor.ndim = -1; }) == "DLPack tensor: rank -1 is below 0");
  CHECK(after([](auto &m) { m.dl_tensor.ndim = 9; }) == "DLPack tensor: rank 9 is over the limit of 8");
  CHECK(after([](auto &m) { m.dl_tensor.shape = nullptr; }) == "DLPack tensor: rank 2 without extents");
  CHECK(after([](auto &m) { m.dl_tensor.data = nullptr; }) == "DLPack tensor: f32[2, 3] has a null pointer");
  CHECK(after([](auto &m) { m.dl_tensor.shape[1] = -3; }) ==
        "DLPack tensor: extent -3 in [2, -3] is below 0");
  CHECK(after([](auto &m) { m.dl_tensor.strides[0] = INT64_MIN; }) ==
        "DLPack tensor: the strides of f32[2, 3] are not one for each axis, within 2^48 elements");
  CHECK(importTensor(static_cast<dlpack::ManagedTensor *>(nullptr)).error().message ==
        "DLPack tensor: the pointer is null");
}

TEST_CASE("dlpack: a read-only tensor is no output") {
  Foreign foreign;
  foreign.managed.flags = dlpack::flagReadOnly;
  auto imported = importTensor(&foreign.managed);
  REQUIRE(imported);
  CHECK(imported->readOnly());
  CHECK(imported->mutableView().error().message ==
        "DLPack tensor: f32[2, 3] was handed out as read-only and cannot be a result");
}

TEST_CASE("dlpack: every dtype goes out and comes back, in both protocols, and is freed once") {
  for (int d = 0; d < dtypeCount; ++d)
    for (const Shape &shape : {Shape{}, Shape{0}, Shape{2, 3}}) {
      int freed = 0;
      auto memory = Buffer::zeros(DType(d), shape).value();
      void *data = memory.data();
      const auto lend = [&] {
        return Buffer::borrow(DType(d), shape, data, std::shared_ptr<void>(data, [&](void *) { ++freed; }));
      };
      {
        auto back = importTensor(exportTensor(lend(), true));
        REQUIRE(back);
        CHECK(back->view().typeText() == typeText(DType(d), shape));
        CHECK(back->view().data() == data);
        CHECK(back->readOnly());
        CHECK(freed == 0);
      }
      CHECK(freed == 1);
      {
        auto back = importTensor(exportLegacyTensor(lend()));
        REQUIRE(back);
        CHECK(back->view().dtype() == DType(d));
        CHECK(freed == 1);
      }
      CHECK(freed == 2);
    }
}
