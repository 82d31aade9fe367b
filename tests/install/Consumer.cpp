#include <cstdio>
#include <tgc/Tgc.h>
int main() {
  tgc::Function f("f", {{"x", tgc::f64, {3}}}, [](tgc::Expr x) { return tgc::sum(tgc::sin(x) * x); });
  auto compiled = tgc::compile(tgc::grad(f, "x"));
  if (!compiled) return std::puts(compiled.error().text().c_str()), 1;
  std::vector<double> x = {0, 1, 2}, slope(3); // the gradient is sin x + x cos x
  tgc::Workspace space(*compiled);
  if (auto done = compiled->run({x}, {slope}, space); !done) return std::puts(done.error().text().c_str()), 1;
  std::printf("%.4f %.4f %.4f\n", slope[0], slope[1], slope[2]);
  return slope[0] == 0 && slope[1] > 1.3817 && slope[1] < 1.3818 ? 0 : 1;
}
