// Strided tensors in one memory: which share an element, and which results a call therefore takes.
#include "runtime/Interleave.h"
#include "runtime/Run.h"
#include <doctest/doctest.h>
#include <random>
#include <set>

using namespace tgc;

namespace {

using Strides = std::vector<std::int64_t>;

/// The bytes of a view's elements, one by one.
std::set<std::uintptr_t> bytesOf(const View &view) {
  std::set<std::uintptr_t> bytes;
  const auto size = std::int64_t(sizeBytes(view.dtype()));
  for (std::int64_t k = 0; k < view.elements(); ++k) {
    std::int64_t rest = k, place = 0;
    for (int axis = view.rank() - 1; axis >= 0; --axis) {
      place += rest % view.extent(axis) * view.strideElements(axis) * size;
      rest /= view.extent(axis);
    }
    for (std::int64_t byte = 0; byte < size; ++byte)
      bytes.insert(reinterpret_cast<std::uintptr_t>(view.data()) + std::uintptr_t(place + byte));
  }
  return bytes;
}

View randomView(std::mt19937 &random, std::byte *middle) {
  auto upTo = [&](int most) { return std::int64_t(random() % std::uint32_t(most + 1)); };
  const DType dtypes[] = {u8, i16, f32, f64};
  Strides extents, strides;
  for (std::int64_t rank = upTo(3); rank > 0; --rank) {
    extents.push_back(upTo(20) == 0 ? 0 : 1 + upTo(5));
    strides.push_back(upTo(24) - 12);
  }
  return View(dtypes[upTo(3)], middle + upTo(60), Shape(extents), strides);
}

Program twoResults() {
  ProgramParts parts;
  parts.results = {{"a", f32, {4}}, {"b", f32, {4}}};
  return Program::make(std::move(parts)).value();
}

std::string tell(const Program &program, const std::vector<MutableView> &results) {
  Workspace space(program);
  auto ok = run(program, {}, results, space);
  return ok ? "none" : ok.error().message;
}

} // namespace

TEST_CASE("interleave: what is said is so, for random strides") {
  std::vector<std::byte> memory(4096);
  std::mt19937 random(7);
  int apart = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const View a = randomView(random, memory.data() + 2048), b = randomView(random, memory.data() + 2048);
    const auto left = bytesOf(a), right = bytesOf(b);
    bool shared = false;
    for (std::uintptr_t byte : left)
      shared |= right.count(byte) > 0;
    apart += !shared;
    REQUIRE(shareElements(a, b) == shared);
    REQUIRE(shareElements(b, a) == shared);
  }
  CHECK(apart > 2000);
}

TEST_CASE("interleave: columns, tiles, planes and reversed ones of large tensors") {
  const auto *start = reinterpret_cast<const std::byte *>(std::uintptr_t(4096)); // nobody reads there
  auto view = [&](std::int64_t at, const Strides &extents, const Strides &strides) {
    return View(f64, start + at * 8, Shape(extents), strides);
  };
  const std::int64_t n = 1 << 20;
  CHECK_FALSE(shareElements(view(0, {n}, {2}), view(1, {n}, {2})));
  CHECK(shareElements(view(0, {n}, {2}), view(2, {n}, {2})));
  CHECK_FALSE(shareElements(view(0, {n, 64}, {128, 1}), view(64, {n, 64}, {128, 1})));
  CHECK(shareElements(view(0, {n, 65}, {128, 1}), view(64, {n, 64}, {128, 1})));
  CHECK_FALSE(shareElements(view(0, {64, 64, n}, {3, 192, 12288}), view(2, {n, 64, 64}, {12288, 192, 3})));
  CHECK_FALSE(shareElements(view(2 * n, {n}, {-2}), view(1, {n}, {2})));
  CHECK(shareElements(view(2 * n, {n}, {-2}), view(2, {n}, {2})));
  // Halves of one element, and strides that leave the address space.
  CHECK(shareElements(View(f64, start, {4}, Strides{2}), View(f64, start + 4, {4}, Strides{2})));
  CHECK(shareElements(view(0, {n, n}, {maxElements, 1}), view(n, {n}, {3})));
}

TEST_CASE("interleave: results between each other are taken, results on each other are not") {
  const Program program = twoResults();
  std::vector<float> memory(16);
  auto column = [&](int at, std::int64_t stride) {
    return MutableView(memory.data() + at, {4}, Strides{stride});
  };
  CHECK(tell(program, {column(0, 2), column(1, 2)}) == "none");
  CHECK(tell(program, {column(0, 4), column(3, 4)}) == "none");
  CHECK(tell(program, {column(0, 2), column(0, 3)}) ==
        "result 1 (b) shares memory with result 0 (a); results need memory of their own");
}

TEST_CASE("interleave: many columns of one matrix, and one that is there twice") {
  const int count = 300;
  ProgramParts parts;
  for (int k = 0; k < count; ++k)
    parts.results.push_back({"r" + std::to_string(k), f32, {5}});
  const Program program = Program::make(std::move(parts)).value();
  std::vector<float> memory(std::size_t(count) * 5);
  std::vector<MutableView> results;
  for (int k = 0; k < count; ++k)
    results.emplace_back(memory.data() + k * 77 % count, Shape{5}, Strides{count});
  CHECK(tell(program, results) == "none");
  results[200] = results[100];
  CHECK(tell(program, results) ==
        "result 200 (r200) shares memory with result 100 (r100); results need memory of their own");
}
