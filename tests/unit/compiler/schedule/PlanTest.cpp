// What the plan decides for outer programs.
#include "../Programs.h"
#include "compiler/Pipeline.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace tgc;

namespace {

std::string kernel(const std::string &name, int inputs, const std::string &notes = "") {
  std::string text = "func.func private @" + name + "(%b: index, %e: index";
  for (int i = 0; i <= inputs; ++i)
    text += ", %m" + std::to_string(i) + ": memref<100xf32>";
  return text + ") attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64" + notes +
         "} { return }\n";
}

const std::string kernels =
    kernel("one", 1) + kernel("two", 2) + kernel("over", 1, ", exec.inplace = array<i64: 0, 0>");

/// The plan's text for the body of main, tensors of 100 f32 (448 bytes rounded up) throughout.
std::string plan(const std::string &body) {
  test::Bench bench;
  auto module = bench.parse(kernels + body);
  REQUIRE(module);
  Options options;
  options.from = options.upTo = Stage::Schedule;
  auto done = bench.compiler.compile({*module}, options);
  if (!done) return done.error().text();
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  std::string text;
  llvm::raw_string_ostream(text) << main;
  return text;
}

int count(const std::string &text, const std::string &part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

} // namespace

#define RUN(out, name, ...) "%" #out " = exec.run @" name "(" __VA_ARGS__ ") : "
#define ONE "(tensor<100xf32>) -> tensor<100xf32>\n"
#define TWO "(tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>\n"
#define HEAD "func.func @main(%x: tensor<100xf32>) -> tensor<100xf32> {\n"

TEST_CASE("plan: a result is computed in the caller's buffer, a dying input gives its bytes back") {
  const std::string text = plan(HEAD RUN(a, "one", "%x") ONE RUN(b, "one", "%a") ONE RUN(c, "one", "%b")
                                    ONE RUN(d, "one", "%c") ONE "return %d : tensor<100xf32> }");
  CHECK(count(text, "memref<896xi8>") >= 1);
  CHECK(count(text, "exec.slot") == 3);
  CHECK(count(text, "[448]") == 1);
  CHECK(count(text, "to(%arg1 : memref<100xf32>)") == 1);
}

TEST_CASE("plan: a kernel that may write in place does, when its input dies there") {
  const std::string text = plan(HEAD RUN(a, "one", "%x") ONE RUN(b, "over", "%a") ONE RUN(c, "over", "%b")
                                    ONE RUN(d, "one", "%c") ONE "return %d : tensor<100xf32> }");
  CHECK(count(text, "memref<448xi8>") >= 1);
  CHECK(count(text, "[448]") == 0);
}

TEST_CASE("plan: an input still needed, an argument and a result are not written over") {
  const std::string needed = plan(HEAD RUN(a, "one", "%x") ONE RUN(b, "over", "%a") ONE RUN(
      c, "two", "%a, %b") TWO RUN(d, "one", "%c") ONE "return %d : tensor<100xf32> }");
  CHECK(count(needed, "memref<1344xi8>") >= 1);
  const std::string argument =
      plan(HEAD RUN(a, "over", "%x") ONE RUN(b, "one", "%a") ONE "return %b : tensor<100xf32> }");
  CHECK(count(argument, "exec.launch @over(%arg0 : memref<100xf32>) to(%slot") == 1);
  const std::string result = plan(
      "func.func @main(%x: tensor<100xf32>) -> (tensor<100xf32>, tensor<100xf32>) {\n" RUN(a, "one", "%x")
          ONE RUN(b, "over", "%a") ONE RUN(c, "one", "%b") ONE
      "return %a, %c : tensor<100xf32>, tensor<100xf32> }");
  CHECK(count(result, "exec.launch @over(%arg1 : memref<100xf32>) to(%slot") == 1);
}

TEST_CASE("plan: reshapes are free, of arena, result and argument alike") {
  const std::string text =
      plan("func.func @main(%x: tensor<10x10xf32>) -> tensor<10x10xf32> {\n"
           "%v = exec.reshape %x : tensor<10x10xf32> to tensor<100xf32>\n" RUN(a, "one", "%v") ONE
           "%w = exec.reshape %a : tensor<100xf32> to tensor<10x10xf32>\n"
           "return %w : tensor<10x10xf32> }");
  CHECK(count(text, "exec.reshape") == 2);
  CHECK(count(text, "exec.copy") == 0);
  CHECK(count(text, "memref<0xi8>") >= 1);
}

TEST_CASE("plan: a value returned twice is computed once and copied") {
  const std::string text = plan(
      "func.func @main(%x: tensor<100xf32>) -> (tensor<100xf32>, tensor<100xf32>) {\n" RUN(a, "one", "%x") ONE
      "return %a, %a : tensor<100xf32>, tensor<100xf32> }");
  CHECK(count(text, "exec.launch") == 1);
  CHECK(count(text, "exec.copy %arg1 to %arg2") == 1);
}
