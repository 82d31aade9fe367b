// The door: from loop form and outer programs on tensors to results in the caller's memory.
#include "Programs.h"
#include <cmath>
#include <thread>

using namespace tgc;

namespace {

// y = x * 2 in vectors of 8 with a masked tail; z = sum of y.
constexpr const char *twoKernels = R"(
func.func private @double(%begin: index, %end: index, %x: memref<4x5xf32>, %y: memref<4x5xf32>)
    attributes {exec.kernel, exec.items = 3 : i64, exec.nanoseconds = 10 : i64, exec.inplace = array<i64: 0, 0>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c20 = arith.constant 20 : index
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %two = arith.constant dense<2.0> : vector<8xf32>
  %from = memref.collapse_shape %x [[0, 1]] : memref<4x5xf32> into memref<20xf32>
  %to = memref.collapse_shape %y [[0, 1]] : memref<4x5xf32> into memref<20xf32>
  scf.for %i = %begin to %end step %c1 {
    %at = arith.muli %i, %c8 : index
    %left = arith.subi %c20, %at : index
    %mask = vector.create_mask %left : vector<8xi1>
    %v = vector.maskedload %from[%at], %mask, %zero : memref<20xf32>, vector<8xi1>, vector<8xf32> into vector<8xf32>
    %w = arith.mulf %v, %two : vector<8xf32>
    vector.maskedstore %to[%at], %mask, %w : memref<20xf32>, vector<8xi1>, vector<8xf32>
  }
  return
}
func.func private @sum(%begin: index, %end: index, %x: memref<20xf32>, %y: memref<f32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 10 : i64} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c20 = arith.constant 20 : index
  %zero = arith.constant 0.0 : f32
  %s = scf.for %i = %c0 to %c20 step %c1 iter_args(%acc = %zero) -> f32 {
    %v = memref.load %x[%i] : memref<20xf32>
    %n = arith.addf %acc, %v : f32
    scf.yield %n : f32
  }
  memref.store %s, %y[] : memref<f32>
  return
}
func.func @main(%x: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<f32>) {
  %y = exec.run @double(%x) : (tensor<4x5xf32>) -> tensor<4x5xf32>
  %f = exec.reshape %y : tensor<4x5xf32> to tensor<20xf32>
  %z = exec.run @sum(%f) : (tensor<20xf32>) -> tensor<f32>
  %q = exec.run @double(%y) : (tensor<4x5xf32>) -> tensor<4x5xf32>
  return %q, %z : tensor<4x5xf32>, tensor<f32>
}
)";

std::vector<float> ramp() {
  std::vector<float> x(20);
  for (int i = 0; i < 20; ++i)
    x[i] = float(i) - 3;
  return x;
}

} // namespace

TEST_CASE("compiler: a program of two kernels gives exact results, with one and two threads") {
  test::Bench bench;
  auto compiled = bench.compile(twoKernels);
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  CHECK(compiled->report.launches == 3);
  CHECK(compiled->report.kernels.size() == 2);
  CHECK(compiled->report.kernels[0].launches == 2);
  CHECK(compiled->report.arenaBytes == 128);
  const std::vector<float> x = ramp();
  for (int threads : {1, 2}) {
    std::vector<float> y(20);
    float z = 0;
    test::runOn(*compiled->program, {View(x.data(), {4, 5})},
                {MutableView(y.data(), {4, 5}), MutableView(&z, {})}, threads);
    for (int i = 0; i < 20; ++i)
      CHECK(y[i] == 4 * x[i]);
    CHECK(z == 2 * (190 - 60));
  }
}

TEST_CASE("compiler: results that are arguments, constants or each other are copied") {
  test::Bench bench;
  auto compiled = bench.compile(R"(
func.func @main(%x: tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>, tensor<3xi1>, tensor<2x1xi64>) {
  %c = exec.constant dense<[true, false, true]> : tensor<3xi1> to tensor<3xi1>
  %r = exec.reshape %x : tensor<2xi64> to tensor<2x1xi64>
  return %x, %x, %c, %r : tensor<2xi64>, tensor<2xi64>, tensor<3xi1>, tensor<2x1xi64>
})");
  if (!compiled) MESSAGE(compiled.error().text());
  REQUIRE(compiled);
  const std::int64_t x[] = {7, -9};
  std::int64_t a[2], b[2], d[2];
  bool c[3] = {};
  test::runOn(*compiled->program, {View(x, {2})},
              {MutableView(a, {2}), MutableView(b, {2}), MutableView(c, {3}), MutableView(d, {2, 1})});
  CHECK((a[0] == 7 && a[1] == -9 && b[0] == 7 && b[1] == -9 && d[0] == 7 && d[1] == -9));
  CHECK((c[0] && !c[1] && c[2]));
  CHECK(compiled->report.arenaBytes == 0);
}

TEST_CASE("compiler: equal kernels are taken from memory by a warm compiler, and live on without it") {
  std::shared_ptr<const Program> program;
  {
    test::Bench bench;
    auto first = bench.compile(twoKernels), second = bench.compile(twoKernels);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(!first->report.kernels[0].reused);
    CHECK(second->report.kernels[0].reused);
    CHECK(second->report.kernels[1].reused);
    bench.compiler.forgetKernels();
    auto third = bench.compile(twoKernels);
    REQUIRE(third);
    CHECK(!third->report.kernels[0].reused);
    program = second->program;
  }
  const std::vector<float> x = ramp();
  std::vector<float> y(20);
  float z = 0;
  test::runOn(*program, {View(x.data(), {4, 5})}, {MutableView(y.data(), {4, 5}), MutableView(&z, {})});
  CHECK(y[19] == 64);
}

TEST_CASE("compiler: LLVM IR and assembly are there when asked for, and stages when traced") {
  test::Bench bench;
  Options options;
  options.keepLlvm = options.keepAssembly = true;
  Trace trace;
  trace.keepTexts = true;
  auto compiled = bench.compile(twoKernels, options, &trace);
  REQUIRE(compiled);
  CHECK(compiled->report.llvmText.find("define void @double(i64 %0, i64 %1, ptr") != std::string::npos);
  CHECK(compiled->report.llvmText.find("noalias") != std::string::npos);
  CHECK(compiled->report.assembly.find("double:") != std::string::npos);
  REQUIRE(trace.stages.size() == 2);
  CHECK(trace.stages[0].text.find("exec.launch @double") != std::string::npos);
  CHECK(trace.stages[0].seconds > 0);
  CHECK(trace.parts.size() == 4);
}

TEST_CASE("compiler: ports keep the user's types and names") {
  test::Bench bench;
  auto module = bench.parse(R"(
func.func @f(%a: tensor<2xui32>, %b: tensor<i1>) -> tensor<2xui32> { return %a : tensor<2xui32> })");
  REQUIRE(module);
  Options options;
  options.from = Stage::Schedule;
  auto compiled = bench.compiler.compile({*module, "f", {"left"}, {"out"}}, options);
  REQUIRE(compiled);
  CHECK(compiled->program->arguments()[0].name == "left");
  CHECK(compiled->program->arguments()[0].dtype == u32);
  CHECK(compiled->program->arguments()[1].name == "arg1");
  CHECK(compiled->program->arguments()[1].dtype == boolean);
  CHECK(compiled->program->results()[0].name == "out");
}

TEST_CASE("compiler: what cannot be compiled is said, not suffered") {
  test::Bench bench;
  auto module = bench.parse("func.func @f(%a: tensor<2xf32>) -> tensor<2xf32> { return %a : tensor<2xf32> }");
  auto noEntry = bench.compiler.compile({*module, "main"});
  REQUIRE(!noEntry);
  CHECK(noEntry.error().kind == ErrorKind::Invalid);
  auto strange = bench.parse("func.func @main(%a: tensor<2xcomplex<f16>>) { return }");
  auto refused = bench.compiler.compile({*strange});
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::Unsupported);

  auto unknown = bench.compile(R"(
func.func private @nobody_knows(f32) -> f32
func.func private @k(%b: index, %e: index, %x: memref<f32>, %y: memref<f32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {
  %v = memref.load %x[] : memref<f32>
  %w = func.call @nobody_knows(%v) : (f32) -> f32
  memref.store %w, %y[] : memref<f32>
  return
}
func.func @main(%x: tensor<f32>) -> tensor<f32> {
  %y = exec.run @k(%x) : (tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
})");
  REQUIRE(!unknown);
  CHECK(unknown.error().kind == ErrorKind::Internal);
  CHECK(unknown.error().message == "machine code calls names that runtime/Calls does not have: nobody_knows");
}

TEST_CASE("compiler: many kernels are generated by several threads, in the same order of steps") {
  std::string kernels, body;
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i), from = i ? "%v" + std::to_string(i - 1) : "%x";
    kernels += "func.func private @k" + n + R"((%b: index, %e: index, %x: memref<f64>, %y: memref<f64>)
      attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {
      %c = arith.constant )" +
               std::to_string(i + 1) + R"(.0 : f64
      %two = arith.constant 2.0 : f64
      %v = memref.load %x[] : memref<f64>
      %w = arith.mulf %v, %two : f64
      %r = arith.remf %w, %c : f64
      %s = arith.addf %r, %c : f64
      memref.store %s, %y[] : memref<f64>
      return
    }
)";
    body += "%v" + n + " = exec.run @k" + n + "(" + from + ") : (tensor<f64>) -> tensor<f64>\n";
  }
  const std::string text =
      kernels + "func.func @main(%x: tensor<f64>) -> tensor<f64> {\n" + body + "return %v49 : tensor<f64>\n}";
  for (int threads : {1, 2, 3}) {
    test::Bench bench;
    Options options;
    options.compileThreads = threads;
    auto compiled = bench.compile(text, options);
    if (!compiled) MESSAGE(compiled.error().text());
    REQUIRE(compiled);
    CHECK(compiled->report.kernels.size() == 50);
    const double x = 0.25;
    double y = 0, reference = x;
    for (int i = 1; i <= 50; ++i)
      reference = std::fmod(2 * reference, double(i)) + i;
    test::runOn(*compiled->program, {View(x)}, {MutableView(&y, {})});
    CHECK(y == reference);
  }
}

TEST_CASE("compiler: several threads compile at once, each with its own context") {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      test::Bench bench;
      if (auto compiled = bench.compile(twoKernels)) right += compiled->report.launches == 3;
    });
  for (std::thread &thread : threads)
    thread.join();
  CHECK(right == 4);
}
