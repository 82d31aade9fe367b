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

[[maybe_unused]] bool has(const std::string &text, const std::string &part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("program: dump") {
  MESSAGE(body("  return x * y + 1"));
  MESSAGE(body("  C[i] = x[i, j] * y[j]\n return C"));
  MESSAGE(body("  C[j, i] = exp(-x[i, j] * s) * y[j] + 2 * x[i, j]\n return C"));
  MESSAGE(body("  return x[1:3, None, -1]"));
  MESSAGE(body("  return x / k"));
  MESSAGE(body("  return k / 2"));
  MESSAGE(body("  return einsum(\"ij,kl->ijq\", x, x)"));
  MESSAGE(body("  return x @ x"));
  MESSAGE(body("  return x + y[:2]"));
  MESSAGE(built("fn loss(X: f64[n, d], y: f64[n], w: f64[d], strength: f64) {\n  margin = y * (X @ w)\n  "
                "return sum(margin * margin) / n + 0.5 * strength * sum(w * w)\n}\n"
                "fn step(X: f64[n, d], y: f64[n], w: f64[d], strength: f64, rate: f64) {\n  value, slope = "
                "value_and_grad(loss, wrt=w)(X, y, w, strength)\n  w_next = w - rate * slope\n  return "
                "value, w_next\n}\n",
                "", {{{"X", {tgc::f64, {5, 2}}}}, {}}));
}
