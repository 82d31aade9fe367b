// Each form refuses what it must.
#include "compiler/Forms.h"
#include "Programs.h"
#include "compiler/Diagnostics.h"

using namespace tgc;

namespace {

/// Empty when the text is in the form, else what the check said.
std::string complaint(llvm::StringRef text, Stage stage) {
  test::Bench bench;
  auto module = bench.parse(text);
  REQUIRE(module);
  DiagnosticCollector said(&bench.context);
  if (succeeded(checkForm(*module, stage))) return "";
  return said.take(stage).message;
}

const std::string kernelHead =
    "func.func private @k(%b: index, %e: index, %x: memref<4xf32>) attributes {exec.kernel";
const std::string scheduled = kernelHead + ", exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {";

} // namespace

TEST_CASE("forms: kernels in loop form carry their schedule and no tensors") {
  CHECK(complaint(scheduled + " return }", Stage::Schedule) == "");
  CHECK(complaint(kernelHead + "} { return }", Stage::Schedule) == "func.func: carries no exec.items");
  CHECK(complaint(scheduled + " %t = tensor.empty() : tensor<4xf32> return }", Stage::Schedule) ==
        "tensor.empty stands in a kernel after stage schedule, which leaves form loops");
  CHECK(complaint(scheduled + " %t = memref.alloc() : memref<4xf32> return }", Stage::Schedule) ==
        "memref.alloc stands in a kernel after stage schedule, which leaves form loops");
}

TEST_CASE("forms: the outer program of kernels only runs them") {
  const char *text = "func.func @main(%x: tensor<f32>) -> tensor<f32> { %y = math.exp %x : tensor<f32> "
                     "return %y : tensor<f32> }";
  CHECK(complaint(text, Stage::Fuse) ==
        "math.exp stands in an outer function after stage fuse, which leaves form kernels");
  CHECK(complaint("func.func @main(%x: tensor<f32>) -> tensor<f32> { return %x : tensor<f32> }",
                  Stage::Fuse) == "");
}

TEST_CASE("forms: linalg bodies hold scalar arithmetic, kernels around them only linalg") {
  const std::string head =
      "func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {exec.kernel} {\n"
      "%e = tensor.empty() : tensor<4xf32>\n";
  const std::string generic = head + R"(
    %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
    ^bb0(%a: f32, %o: f32):
      BODY
      linalg.yield %y : f32
    } -> tensor<4xf32>
    return %r : tensor<4xf32> })";
  const auto with = [&](const char *body) {
    std::string text = generic;
    return text.replace(text.find("BODY"), 4, body);
  };
  CHECK(complaint(with("%y = math.exp %a : f32"), Stage::Lower) == "");
  CHECK(complaint(with("%y = func.call @g(%a) : (f32) -> f32") + "\nfunc.func private @g(f32) -> f32",
                  Stage::Lower) ==
        "func.call stands in a linalg body after stage lower, which leaves form linalg");
  CHECK(complaint(head + "%y = math.exp %x : tensor<4xf32> return %y : tensor<4xf32> }", Stage::Lower) ==
        "math.exp stands in a kernel after stage lower, which leaves form linalg");
}
