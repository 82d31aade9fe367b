// Timings beside a plain copy, for people: test-schedule -tc="speed:*" -ns
#include "compiler/schedule/Emit.h"
#include "compiler/schedule/Math.h"
#include "tests/unit/compiler/schedule/Samples.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/mman.h>

using namespace tgc::testing;

namespace {

// Processor time of this thread: other programs on the machine do not count.
double now() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

struct Memory {
  explicit Memory(size_t bytes)
      : at(static_cast<float *>(aligned_alloc(2 << 20, (bytes + (2 << 20) - 1) >> 21 << 21))) {
    madvise(at, bytes, MADV_HUGEPAGE); // as the runtime's arena
    for (size_t i = 0; i < bytes / 4; ++i)
      at[i] = float(i % 1000) / 250.f - 2.f;
  }
  ~Memory() { free(at); }
  float *at;
};

Emitter full(bool reduces) {
  return [=](mlir::func::FuncOp kernel) {
    auto machine = tgc::schedule::Machine::host();
    if (failed(reduces ? tgc::schedule::emitReduce(kernel, machine)
                       : tgc::schedule::emitMap(kernel, machine)))
      return mlir::failure();
    return tgc::schedule::expandMath(kernel);
  };
}

void time(const Sample &sample, bool reduces) {
  std::string error;
  double start = now();
  auto compiled = Compiled::build(sample.text, full(reduces), &error, /*keepAssembly=*/true);
  REQUIRE_MESSAGE(compiled, error);
  double build = now() - start;
  if (const char *file = getenv("TGC_TEST_ASSEMBLY"))
    std::ofstream(file, std::ios::app) << compiled->loops << compiled->assembly;
  std::vector<std::unique_ptr<Memory>> arrays;
  std::vector<void *> buffers;
  for (auto *list : {&sample.inputs, &sample.results})
    for (const Array &array : *list) {
      arrays.push_back(std::make_unique<Memory>(array.bytes()));
      buffers.push_back(arrays.back()->at);
    }
  int64_t bytes = sample.inputs[0].bytes();
  Memory to(bytes);
  std::vector<double> copies, runs;
  for (int repeat = 0; repeat < 11; ++repeat) {
    double t0 = now();
    std::memcpy(to.at, buffers[0], bytes);
    asm volatile("" : : "r"(to.at) : "memory");
    double t1 = now();
    compiled->call(buffers);
    double t2 = now();
    copies.push_back(t1 - t0), runs.push_back(t2 - t1);
  }
  std::sort(copies.begin(), copies.end()), std::sort(runs.begin(), runs.end());
  MESSAGE(sample.name << ": median " << runs[5] * 1e3 << " ms, best " << runs[0] * 1e3
                      << " ms; memcpy of the input " << copies[5] * 1e3 << " / " << copies[0] * 1e3
                      << " ms; build " << build * 1e3 << " ms");
}

Sample sinPlusCosSquared(int64_t count) {
  std::string t = "tensor<" + std::to_string(count) + "xf32>", id = "affine_map<(d0) -> (d0)>";
  return {"sin(x) + cos(x)^2 " + t,
          "func.func private @k(%x: " + t + ") -> " + t + " {\n%e = tensor.empty() : " + t +
              "\n%r = linalg.generic {indexing_maps = [" + id + ", " + id +
              "], iterator_types = [\"parallel\"]} ins(%x : " + t + ") outs(%e : " + t +
              ") {\n^bb0(%p: f32, %o: f32):\n%s = math.sin %p : f32\n%c = math.cos %p : f32\n%q = arith.mulf "
              "%c, %c "
              "fastmath<contract> : f32\n%y = arith.addf %s, %q fastmath<contract> : f32\nlinalg.yield %y : "
              "f32\n} -> " +
              t + "\nreturn %r : " + t + "\n}\n",
          {{"f32", {count}}},
          {{"f32", {count}}}};
}

} // namespace

TEST_CASE("speed: maps" * doctest::skip()) {
  time(access("f32", {1 << 26}, {1}, "(d0) -> (0)"), false); // a copy, but for one addition
  time(sinPlusCosSquared(100000), false);
  time(sinPlusCosSquared(1 << 26), false);
  time(pointwise("f32", {1 << 24}), false);
  time(access("f32", {4096, 4096}, {4096, 4096}, "(d0, d1) -> (d1, d0)"), false);
}

TEST_CASE("speed: rows" * doctest::skip()) {
  time(softmax("f32", {4096, 4096}, true), true);
  time(moments("f32", {4096, 4096}, true), true);
  time(softmax("f32", {4096, 4096}, false), true);
  time(reduction("f32", "addf", {4096, 4096}, {1}), true);
  time(reduction("f32", "addf", {4096, 4096}, {0}), true);
}
