#include "frontend/language/Program.h"
#include "frontend/language/Messages.h"
#include "mlir/IR/Verifier.h"
#include <doctest/doctest.h>

using namespace tgc::language;

namespace {

/// The graph of the last function as text, or the message of the error.
std::string built(const std::string &text, const std::string &fn = "", const Bindings &bindings = {}) {
  auto source = std::make_shared<Source>("t.tg", text);
  auto expression = std::make_shared<Source>("--fn", fn);
  const Source *sources[] = {source.get(), expression.get()};
  auto program = parse(text, "t.tg");
  if (!program) return render(program.error(), sources, false);
  auto choice = choose(*program, fn);
  if (!choice) return render(choice.error(), sources, false);
  auto instance = instantiate(*program, *choice, bindings);
  if (!instance) return render(instance.error(), sources, false);
  REQUIRE(mlir::succeeded(mlir::verify(*instance->module)));
  std::string out;
  llvm::raw_string_ostream stream(out);
  instance->module->print(stream);
  return out;
}

std::string body(const std::string &statements) {
  return built("fn f(x: f64[4, 3], y: f64[3], s: f64, k: i32[3], b: bool[3]) {\n" + statements + "\n}\n");
}

/// Whether the parts stand in the text in this order.
void inOrder(const std::string &text, std::initializer_list<const char *> parts) {
  std::size_t at = 0;
  for (const char *part : parts) {
    std::size_t found = text.find(part, at);
    CAPTURE(text);
    CAPTURE(part);
    CHECK(found != std::string::npos);
    if (found == std::string::npos) return;
    at = found + 1;
  }
}

} // namespace

TEST_CASE("program: arithmetic broadcasts and literals take the tensor's dtype") {
  inOrder(body("  return x * y + 1"),
          {"graph.broadcast_to %arg1 {shape = array<i64: 4, 3>}", "graph.multiply",
           "dense<1.000000e+00> : tensor<4x3xf64>", "graph.add", "return"});
  inOrder(body("  return k * (2 ** 3 - 9 // 2)"), {"dense<4> : tensor<3xi32>", "graph.multiply"});
  inOrder(body("  return 1 / 4, true, 3, inf"),
          {"dense<2.500000e-01> : tensor<f64>", "dense<true> : tensor<i1>", "dense<3> : tensor<i64>"});
  inOrder(body("  return ~b & (y < 1 / 3)"), {"graph.bitwise_invert", "graph.less", "graph.bitwise_and"});
}

TEST_CASE("program: extents are constants, hidden by locals") {
  Bindings size{{{"x", {tgc::f64, {5, 2}}}}, {}};
  inOrder(built("fn f(x: f64[n, d]) {\n  return sum(x) / n\n}", "", size),
          {"graph.sum", "dense<5.000000e+00> : tensor<f64>", "graph.divide"});
  inOrder(built("fn f(x: f64[n, d]) {\n  n = sum(x)\n  return x * n\n}", "", size),
          {"graph.sum", "graph.broadcast_to", "graph.multiply"});
  inOrder(built("fn f(x: f64[n, d]) {\n  return x\n}", "", {{}, {{"n", 7}, {"d", 0}}}),
          {"tensor<7x0xf64> {graph.name = \"x\"}"});
}

TEST_CASE("program: index notation becomes pointwise operations and one einsum for each term") {
  inOrder(body("  C[i] = x[i, j] * y[j]\n  return C"),
          {"graph.einsum %arg0, %arg1 {equation = \"ij,j->i\"}", "return"});
  inOrder(body("  C[j, i] = exp(-x[i, j] * s) * y[j] + 2 * x[i, j]\n  return C"),
          {"graph.negative", "graph.permute_dims", "graph.exp", "equation = \"ji,j->ji\"",
           "dense<2.000000e+00>", "graph.add"});
  inOrder(body("  t[] = x[i, j] * x[i, j]\n  return t"), {"equation = \"ij,ij->\"", "tensor<f64>"});
  inOrder(body("  row[i] = x[i, j] - y[j]\n  return row"),
          {"equation = \"ij->i\"", "equation = \"j->\"", "graph.subtract"});
  inOrder(body("  G[a, c] = x[row, a] * x[row, c]\n  return G"),
          {"(tensor<4x3xf64>, tensor<4x3xf64>) -> tensor<3x3xf64>"});
}

TEST_CASE("program: calls are inlined, transformations are requests on private functions") {
  std::string text =
      "fn loss(x: f64[n], w: f64[n], c: f64) {\n  return sum(x * w) * c, x\n}\n"
      "fn step(x: f64[n], w: f64[n]) {\n  value, rest, slope = value_and_grad(loss, wrt=w)(x, w, 0.5)\n"
      "  again, same = loss(x, w, c=2)\n  return value, w - slope, again\n}\n";
  std::string module = built(text, "", {{{"x", {tgc::f64, {3}}}}, {}});
  inOrder(module,
          {"func.func @step(%arg0: tensor<3xf64> {graph.name = \"x\"}", "graph.name = \"value\"",
           "graph.name = \"out1\"", "dense<5.000000e-01> : tensor<f64>", "dense<1.000000e+00> : tensor<f64>",
           "dense<0.000000e+00> : tensor<3xf64>", "graph.vjp @loss_0(", "wrt = array<i64: 1>",
           "dense<2.000000e+00>", "func.func private @loss_0("});
}

TEST_CASE("program: towers of transformations") {
  std::string text = "fn loss(x: f64[n], w: f64[n]) {\n  return sum(exp(x * w))\n}\n";
  Bindings size{{}, {{"n", 3}, {"batch", 5}}};
  inOrder(built(text, "hvp(loss, wrt=w)", size),
          {"func.func @hvp_loss", "\"d_w\"", "\"out0\"", "graph.jvp @grad_loss_",
           "func.func private @grad_loss_", "graph.vjp @loss_", "func.func private @loss_"});
  inOrder(built(text, "vmap(hvp(loss, wrt=w), axes=(0, none, -1))", size),
          {"@vmap_hvp_loss(%arg0: tensor<5x3xf64>", "%arg1: tensor<3xf64>", "%arg2: tensor<3x5xf64>",
           "tensor<5x3xf64> {graph.name = \"out0\"}", "axes = array<i64: 0, -1, 1>", "extent = 5"});
  inOrder(built(text, "vjp(vmap(loss), wrt=x)", size), {"tensor<5xf64> {graph.name = \"ct_out0\"}"});
  inOrder(built(text, "vmap(vjp(vmap(loss), wrt=x))", {{}, {{"n", 3}, {"batch", 5}, {"batch_2", 2}}}),
          {"tensor<2x5xf64> {graph.name = \"ct_out0\"}"});
}

TEST_CASE("program: functions may be bound to names") {
  std::string text =
      "fn loss(w: f64[3]) {\n  return sum(w * w)\n}\nfn f(w: f64[3]) {\n  slope = grad(loss, wrt=w)\n"
      "  curve = jvp(slope, wrt=w)\n  g, h = curve(w, w)\n  return g, h, slope(w)\n}\n";
  inOrder(built(text), {"graph.jvp @grad_loss_", "graph.vjp @loss_"});
}

TEST_CASE("program: every operation carries its place") {
  auto program = parse("fn f(x: f64[3]) {\n  y = exp(x) * 2\n  return y\n}\n", "t.tg");
  REQUIRE(program);
  auto choice = choose(*program, "");
  REQUIRE(choice);
  auto instance = instantiate(*program, *choice, {});
  REQUIRE(instance);
  int count = 0;
  instance->module->walk([&](mlir::Operation *op) {
    auto range = op->getLoc()->findInstanceOf<mlir::FileLineColRange>();
    REQUIRE(range);
    CHECK(range.getFilename() == "t.tg");
    if (op->getName().getStringRef() == "graph.exp")
      CHECK((range.getStartLine() == 2 && range.getStartColumn() == 7 && range.getEndColumn() == 10));
    ++count;
  });
  CHECK(count == 6);
  CHECK(instance->parameters[0].name == "x");
  CHECK(instance->results[0].name == "y");
  CHECK(textOf(instance->results[0].type) == "f64[3]");
}

TEST_CASE("program: a chain of a hundred thousand operators needs no stack") {
  std::string text = "fn f(x: f64[3]) {\n  return x";
  for (int i = 0; i < 100000; ++i)
    text += i % 2 ? " + x" : " * x";
  auto program = parse(text + "\n}", "t.tg");
  REQUIRE(program);
  auto choice = choose(*program, "");
  REQUIRE(choice);
  CHECK(instantiate(*program, *choice, {}));
}

TEST_CASE("program: deep towers of calls end in a limit, not in the stack") {
  std::string text = "fn step0(x: f64) {\n  return x\n}\n";
  for (int i = 1; i < 5000; ++i)
    text += "fn step" + std::to_string(i) + "(x: f64) {\n  return ((((step" + std::to_string(i - 1) +
            "(x)))))\n}\n";
  auto program = parse(text, "t.tg");
  REQUIRE(program);
  auto choice = choose(*program, "");
  REQUIRE(choice);
  auto instance = instantiate(*program, *choice, {});
  REQUIRE_FALSE(instance);
  CHECK(instance.error().kind == tgc::ErrorKind::Limit);
}
