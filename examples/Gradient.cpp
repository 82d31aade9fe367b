// Ridge logistic regression by gradient descent: the whole step is one compiled function.
#include "Data.h"
#include <tgc/Tgc.h>

using namespace tgc;

int main(int argc, char **argv) {
  auto data = example::cancer(argc > 1 ? argv[1] : "examples/data");
  const std::int64_t n = data.rows, d = data.columns;
  std::vector<Param> params = {{"X", f64, {n, d}}, {"y", f64, {n}}, {"w", f64, {d}}};
  Function loss("loss", params,
                [](Expr X, Expr y, Expr w) { return mean(softplus(-y * matmul(X, w))) + 5e-3 * sum(w * w); });
  Function step("step", params, [&](Expr X, Expr y, Expr w) {
    auto results = value_and_grad(loss, "w")(std::vector<Arg>{X, y, w});
    return Results{{"value", results[0]}, {"w", w - 0.5 * results[1]}};
  });
  Executable code = example::need(compile(step));
  std::vector<double> w(d, 0.0), next(d);
  double value = 0;
  Workspace space(code);
  for (int k = 0; k < 300; ++k) {
    example::need(code.run({View(f64, data.X.data(), {n, d}), data.y, w}, {value, next}, space));
    std::swap(w, next);
  }
  std::printf("loss after 300 steps %.6f\n", value);
  return value < 0.11 ? 0 : 1;
}
