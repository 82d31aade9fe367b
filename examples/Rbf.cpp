// A Gaussian radial-basis layer: y_i = sum_j exp(-|x_i - c_j|^2 / (2 s^2)) a_j, and its gradient by the
// centres.
#include "Data.h"
#include <algorithm>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

int main() {
  const std::int64_t n = 200, m = 50, d = 3;
  Function layer("layer", {{"x", f64, {n, d}}, {"c", f64, {m, d}}, {"a", f64, {m}}, {"s", f64}},
                 [](Expr x, Expr c, Expr a, Expr s) {
                   Expr apart = index(x, {whole, newaxis}) - c;
                   Expr weight = exp(-0.5 * sum(apart * apart, 2) / (s * s));
                   return einsum("ij,j->i", weight, a);
                 });
  Function energy("energy", layer.params(),
                  [&](Expr x, Expr c, Expr a, Expr s) { return sum(square(layer(x, c, a, s))); });
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<double> x(n * d), c(m * d), a(m), y(n), slope(m * d);
  for (auto *values : {&x, &c, &a})
    for (double &value : *values)
      value = normal(random);
  double s = 1.5, worst = 0;
  Executable forward = example::need(compile(layer)), backward = example::need(compile(grad(energy, "c")));
  Workspace space(std::max(forward.workspaceBytes(), backward.workspaceBytes()));
  View X(f64, x.data(), {n, d}), C(f64, c.data(), {m, d});
  example::need(forward.run({X, C, a, s}, {y}, space));
  example::need(backward.run({X, C, a, s}, {MutableView(f64, slope.data(), {m, d})}, space));
  // The same by plain loops.
  std::vector<double> expected(m * d, 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0;
    for (int pass = 0; pass < 2; ++pass)
      for (std::int64_t j = 0; j < m; ++j) {
        double squared = 0;
        for (std::int64_t k = 0; k < d; ++k)
          squared += (x[i * d + k] - c[j * d + k]) * (x[i * d + k] - c[j * d + k]);
        double weight = std::exp(-0.5 * squared / (s * s)) * a[j];
        if (pass == 0)
          sum += weight;
        else
          for (std::int64_t k = 0; k < d; ++k)
            expected[j * d + k] += 2 * sum * weight * (x[i * d + k] - c[j * d + k]) / (s * s);
      }
    worst = std::max(worst, std::abs(sum - y[i]));
  }
  for (std::size_t at = 0; at < expected.size(); ++at)
    worst = std::max(worst, std::abs(expected[at] - slope[at]) / 10);
  std::printf("Gaussian layer and its gradient against plain loops: largest difference %.2e\n", worst);
  return worst < 1e-11 ? 0 : 1;
}
