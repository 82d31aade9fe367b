// Chains too long for recursion, with time and memory.
#include "runtime/Run.h"
#include "tests/catalogue/Compiled.h"
#include <cstdio>
#include <ctime>
#include <doctest/doctest.h>
#include <fstream>

using namespace tgc;
using namespace tgc::graph;

namespace {

/// The process's largest resident memory since it was last reset, in MiB.
double peakMiB() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  return 0;
}

constexpr int64_t length = 100'000;

/// x + 1 - y + 1 - y ...: exact in f64 for the values of the test.
catalogue::Written chain(mlir::MLIRContext *context) {
  auto type = mlir::RankedTensorType::get({4}, mlir::Float64Type::get(context));
  return catalogue::write(context, {type, type}, [](Ink &ink, SymsRef in) {
    Sym last = in[0];
    for (int64_t k = 0; k < length; ++k)
      last = k % 2 ? last - in[1] : last + in[0];
    return Syms{last};
  });
}

} // namespace

TEST_CASE("random: a chain of 100,000 ops compiles and runs in 30 s and 2 GiB") {
  std::ofstream("/proc/self/clear_refs") << "5"; // forgets the peak of the tests before
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  Compiler compiler(context);
  catalogue::Written written = chain(&context);
  CHECK(std::distance(written.body().begin(), written.body().end()) == length + 1);
  auto type = mlir::RankedTensorType::get({4}, mlir::Float64Type::get(&context));
  HostTensors inputs = {HostTensor(type), HostTensor(type)};
  for (int64_t at = 0; at < 4; ++at) {
    inputs[0].set(at, at + 1.0);
    inputs[1].set(at, 0.5 * static_cast<double>(at));
  }
  const std::clock_t start = std::clock(); // processor time: other programs do not count
  auto compiled = compiler.compile({.module = *written.module}, {});
  const std::clock_t built = std::clock();
  REQUIRE_MESSAGE(bool(compiled), compiled.error().text());
  auto got = catalogue::runProgram(*compiled->program, inputs, {type}, 1);
  const std::clock_t end = std::clock();
  REQUIRE(bool(got));
  const double compileSeconds = static_cast<double>(built - start) / CLOCKS_PER_SEC;
  const double seconds = static_cast<double>(end - start) / CLOCKS_PER_SEC;
  std::printf(
      "chain: %lld ops compile in %.2f s, run in %.4f s, peak %.0f MiB, %lld launches of %zu kernels\n",
      (long long)length, compileSeconds, seconds - compileSeconds, peakMiB(),
      (long long)compiled->report.launches, compiled->report.kernels.size());
  for (int64_t at = 0; at < 4; ++at) {
    const double x = at + 1.0, y = 0.5 * static_cast<double>(at);
    CHECK((*got)[0].get<double>(at) == x + (length / 2) * (x - y));
  }
  CHECK(seconds < 30);
  CHECK(peakMiB() < 2048);
}
