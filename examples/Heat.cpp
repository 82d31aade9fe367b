// Heat conduction in a rod: 100 explicit steps unrolled into one graph, and the gradient of the final state's
// distance from a target with respect to the initial temperatures, checked against a difference.
#include "Data.h"
#include <tgc/Tgc.h>

using namespace tgc;

int main() {
  const std::int64_t n = 64;
  Function distance("distance", {{"u", f64, {n}}, {"target", f64, {n}}}, [=](Expr u, Expr target) {
    for (int step = 0; step < 100; ++step) {
      Expr inner = index(u, {Slice{0, n - 2}}) - 2.0 * index(u, {Slice{1, n - 1}}) + index(u, {Slice{2, n}});
      u = u + 0.25 * pad(inner, Pairs{{1, 1}}); // the ends keep their temperature
    }
    Expr miss = u - target;
    return sum(miss * miss);
  });
  Executable code = example::need(compile(value_and_grad(distance, "u")));
  std::vector<double> u(n), target(n), slope(n), none(n);
  for (std::int64_t k = 0; k < n; ++k) {
    u[k] = std::sin(0.3 * double(k));
    target[k] = double(k) / double(n);
  }
  Workspace space(code);
  double value = 0, up = 0, down = 0;
  example::need(code.run({u, target}, {value, slope}, space));
  const double h = 1e-6;
  u[20] += h;
  example::need(code.run({u, target}, {up, none}, space));
  u[20] -= 2 * h;
  example::need(code.run({u, target}, {down, none}, space));
  double difference = (up - down) / (2 * h), error = std::abs(difference - slope[20]) / std::abs(slope[20]);
  std::printf("distance %.6f, slope %.9f, by difference %.9f; compiled in %.0f ms, %lld launches\n", value,
              slope[20], difference, code.summary().compileSeconds * 1e3,
              static_cast<long long>(code.summary().launches));
  return error < 1e-6 ? 0 : 1;
}
