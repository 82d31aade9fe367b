// Coordinate transforms: polar and spherical to Cartesian, with the Jacobian's columns by jvp and its
// determinant r^2 sin(theta) as the check.
#include "Data.h"
#include <tgc/Tgc.h>

using namespace tgc;

int main() {
  Function spherical("spherical", {{"p", f64, {3}}}, [](Expr p) {
    Expr r = index(p, {0}), theta = index(p, {1}), phi = index(p, {2});
    return stack({r * sin(theta) * cos(phi), r * sin(theta) * sin(phi), r * cos(theta)});
  });
  Function columns = vmap(jvp(spherical, "p"), 3, {std::nullopt, 0});
  Executable code = example::need(compile(columns));
  std::vector<double> p{2.0, 0.7, 1.1}, units{1, 0, 0, 0, 1, 0, 0, 0, 1}, values(9), J(9);
  Workspace space(code);
  example::need(code.run({p, View(f64, units.data(), {3, 3})},
                         {MutableView(f64, values.data(), {3, 3}), MutableView(f64, J.data(), {3, 3})},
                         space));
  double determinant = J[0] * (J[4] * J[8] - J[5] * J[7]) - J[1] * (J[3] * J[8] - J[5] * J[6]) +
                       J[2] * (J[3] * J[7] - J[4] * J[6]);
  double expected = p[0] * p[0] * std::sin(p[1]);
  std::printf("(%g, %g, %g) is at (%.6f, %.6f, %.6f); volume factor %.12f, expected %.12f\n", p[0], p[1],
              p[2], values[0], values[1], values[2], determinant, expected);
  return std::abs(determinant - expected) < 1e-12 ? 0 : 1;
}
