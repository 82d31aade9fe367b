#include "compiler/schedule/Emit.h"
#include "tests/unit/compiler/schedule/Samples.h"
#include <doctest/doctest.h>

using namespace tgc::testing;

static void compareMaps(const Sample &sample) {
  for (int64_t bytes : {64, 32, 16})
    compareWithLoops(sample, [=](mlir::func::FuncOp kernel) {
      return tgc::schedule::emitMap(kernel, tgc::schedule::Machine::withVectorBytes(bytes));
    });
}

TEST_CASE("map: element by element over every rank, shape and element type equals plain loops") {
  for (const char *type : {"f64", "f32", "i64", "i32", "i8", "bf16", "f16"})
    for (auto shape :
         std::vector<std::vector<int64_t>>{{}, {3}, {1000}, {0}, {5, 7}, {40, 1}, {2, 3, 4, 1, 2, 1, 3, 2}})
      compareMaps(pointwise(type, shape));
  for (auto shape : std::vector<std::vector<int64_t>>{{1}, {17}, {64}, {1, 33}, {20000}})
    compareMaps(pointwise("f32", shape));
}

TEST_CASE("map: broadcasts, transposes, slices and reversals equal plain loops") {
  auto check = [](const char *type) {
    compareMaps(access(type, {9, 33}, {9}, "(d0, d1) -> (d0)"));
    compareMaps(access(type, {9, 33}, {33, 9}, "(d0, d1) -> (d1, d0)"));
    compareMaps(access(type, {77}, {77}, "(d0) -> (76 - d0)"));
    compareMaps(access(type, {100}, {7}, "(d0) -> (d0 mod 7)"));
  };
  for (const char *type : {"f64", "i32", "i8"})
    check(type);
  compareMaps(access("f32", {9, 33}, {33}, "(d0, d1) -> (d1)"));
  compareMaps(access("f32", {4096, 3}, {3}, "(d0, d1) -> (d1)"));
  compareMaps(access("f32", {3, 4, 50}, {50, 3, 4}, "(d0, d1, d2) -> (d2, d0, d1)"));
  compareMaps(access("f32", {40}, {100}, "(d0) -> (d0 * 2 + 5)"));
  compareMaps(access("f32", {7, 40}, {10, 100}, "(d0, d1) -> (d0 + 3, d1 * 2)"));
  compareMaps(access("f32", {12, 10}, {120}, "(d0, d1) -> (d0 * 10 + d1)"));
  compareMaps(access("f32", {120}, {12, 10}, "(d0) -> (d0 floordiv 10, d0 mod 10)"));
  compareMaps(
      access("f32", {60, 2}, {12, 10}, "(d0, d1) -> ((d0 * 2 + d1) floordiv 10, (d0 * 2 + d1) mod 10)"));
  compareMaps(access("f32", {50000, 2}, {2}, "(d0, d1) -> (d1)"));
  compareMaps(access("f32", {2, 40000}, {40000}, "(d0, d1) -> (d1)"));
  compareMaps(access("f32", {30}, {5}, "(d0) -> (2)"));
}

TEST_CASE("map: results that leave the cache are written in several streams and equal plain loops") {
  for (int64_t bytes : {64, 32, 16}) {
    auto machine = tgc::schedule::Machine::withVectorBytes(bytes);
    machine.lastLevelBytes = 1 << 12;
    // Whole chunks of four streams, a rest, less than a chunk; large bodies are written fewer times.
    for (const Sample &sample :
         {pointwise("f32", {131072}), pointwise("f64", {3, 33335}), pointwise("f32", {2053}),
          access("f32", {70001}, {70001}, "(d0) -> (70000 - d0)"), chain("f32", {200003}, 20),
          chain("f64", {66000}, 60)})
      compareWithLoops(sample,
                       [=](mlir::func::FuncOp kernel) { return tgc::schedule::emitMap(kernel, machine); });
  }
}

TEST_CASE("map: reads kept within bounds, beyond either one and across registers, equal plain loops") {
  for (const char *type : {"f64", "f32", "i32", "i8", "bf16"})
    for (int64_t shift : {0, 1, 5, 70, -1, -40, -300}) {
      compareMaps(nearest(type, {200}, {190}, shift));
      compareMaps(nearest(type, {7, 100}, {5, 90}, shift));
    }
  compareMaps(nearest("f32", {100}, {1}, 3));
  compareMaps(nearest("f32", {33, 5}, {30, 3}, 1));
  compareMaps(nearest("f32", {40000}, {39990}, 4));
}

TEST_CASE("map: joined arrays, long and short, equal plain loops") {
  for (const char *type : {"f64", "f32", "i32", "i8", "bf16"})
    for (int64_t rows : {1, 5}) {
      compareMaps(joined(type, rows, {100, 1, 300}));
      compareMaps(joined(type, rows, {1, 777, 2}));
      compareMaps(joined(type, rows, {64, 64, 64, 64, 64, 64}));
      compareMaps(joined(type, rows, {3, 5}));
    }
  compareMaps(joined("f32", 1, {20000, 1, 33000, 17, 40000})); // several chunks, bounds in the middle of one
  compareMaps(joined("f64", 2, {1, 50000, 1}));
}

TEST_CASE("map: joined results that leave the cache equal plain loops") {
  for (int64_t bytes : {64, 32, 16}) {
    auto machine = tgc::schedule::Machine::withVectorBytes(bytes);
    machine.lastLevelBytes = 1 << 12;
    for (const Sample &sample : {joined("f32", 1, {3, 250001}), joined("f64", 1, {70000, 140000, 5})})
      compareWithLoops(sample,
                       [=](mlir::func::FuncOp kernel) { return tgc::schedule::emitMap(kernel, machine); });
  }
}

TEST_CASE("map: permuted reads go through tiles, with edges on both sides, and equal plain loops") {
  for (const char *type : {"f64", "f32", "i64", "i32", "i8", "bf16"}) {
    compareMaps(access(type, {64, 48}, {48, 64}, "(d0, d1) -> (d1, d0)"));
    compareMaps(access(type, {37, 300}, {300, 37}, "(d0, d1) -> (d1, d0)"));
  }
  compareMaps(access("f32", {300, 8}, {8, 300}, "(d0, d1) -> (d1, d0)"));
  compareMaps(access("f32", {8, 300}, {300, 8}, "(d0, d1) -> (d1, d0)"));
  compareMaps(access("f32", {3, 33, 270}, {3, 270, 33}, "(d0, d1, d2) -> (d0, d2, d1)"));
  compareMaps(access("f32", {20, 30, 40}, {30, 40, 20}, "(d0, d1, d2) -> (d1, d2, d0)"));
  compareMaps(access("f32", {20, 30, 40}, {40, 20, 30}, "(d0, d1, d2) -> (d2, d0, d1)"));
  compareMaps(access("f32", {9, 10, 11, 12}, {12, 11, 10, 9}, "(d0, d1, d2, d3) -> (d3, d2, d1, d0)"));
  compareMaps(access("f32", {40, 50}, {100, 90}, "(d0, d1) -> (d1 * 2 + 1, d0 + 3)"));
}

TEST_CASE("map: permuted results that leave the cache equal plain loops") {
  for (int64_t bytes : {64, 32, 16}) {
    auto machine = tgc::schedule::Machine::withVectorBytes(bytes);
    machine.lastLevelBytes = 1 << 12;
    for (const Sample &sample : {access("f32", {100, 64}, {64, 100}, "(d0, d1) -> (d1, d0)"),
                                 access("f64", {48, 80}, {80, 48}, "(d0, d1) -> (d1, d0)"),
                                 access("f32", {40, 72}, {72, 40}, "(d0, d1) -> (d1, d0)"),
                                 access("f32", {30, 20, 64}, {20, 30, 64}, "(d0, d1, d2) -> (d1, d0, d2)"),
                                 access("f32", {5, 33, 64}, {5, 64, 33}, "(d0, d1, d2) -> (d0, d2, d1)")})
      compareWithLoops(sample,
                       [=](mlir::func::FuncOp kernel) { return tgc::schedule::emitMap(kernel, machine); });
  }
}
