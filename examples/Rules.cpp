// Rules of one's own: a log-softmax that is stable at every order, a ReLU that reports how many of its units
// are active and how large the cotangents are that come back, a table of the host's as an operation; each
// checked.
#include "Data.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

/// The rule reads the result alone: d y = d x - sum(softmax(x) d x), and softmax(x) is exp(y).
Function logSoftmax(std::int64_t n) {
  Function body("log_softmax", {{"x", f64, {n}}}, [](Expr x) {
    Expr shifted = x - max(x);
    return shifted - log(sum(exp(shifted)));
  });
  return custom_derivative(body, {.jvp = [](Expr, Expr y, Expr d_x) { return d_x - sum(exp(y) * d_x); }});
}

/// Results: max(x, 0) and the share of x above 0. The argument `probe` is ignored; its cotangent is the
/// largest cotangent that came back, so that differentiating by it reads a number off the reverse part.
Function countingRelu(std::int64_t n) {
  Function body("relu", {{"x", f64, {n}}, {"probe", f64}}, [](Expr x, Expr) {
    return Results{{"y", maximum(x, 0)}, {"rate", mean(astype(x > 0, f64))}};
  });
  return custom_derivative(body, {.vjp = [](Expr x, Expr, Expr, Expr, Expr ct_y, Expr) {
                             return std::vector<Expr>{where(x > 0, ct_y, 0), max(abs(ct_y))};
                           }});
}

/// Air pressure by height, as somebody's library would give it: linear between the entries of a table.
struct Table {
  std::vector<double> pressure = {1013, 899, 795, 701, 616, 540, 472, 411, 356, 307};
  std::string words = "the table ends at 9 km";
};

const char *lookUp(void *user, const void *const *arguments, void *const *results) {
  const Table &table = *static_cast<const Table *>(user);
  double height, answer[2];
  std::memcpy(&height, arguments[0], sizeof height);
  if (!(height >= 0 && height <= 9)) return table.words.c_str();
  const auto below = std::min<std::size_t>(8, static_cast<std::size_t>(height));
  const double rise = table.pressure[below + 1] - table.pressure[below];
  answer[0] = table.pressure[below] + rise * (height - double(below));
  answer[1] = rise;
  std::memcpy(results[0], &answer[0], sizeof(double));
  std::memcpy(results[1], &answer[1], sizeof(double));
  return nullptr;
}

/// The slope comes with the value; it is kept for the rule and shown to nobody.
Function pressure(Table &table) {
  return foreign(
      "pressure", {{"height", f64}}, {{"pressure", f64}, {"slope", f64}}, {lookUp, &table, true},
      {.jvp = [](Expr, Expr, Expr slope, Expr d_height) { return slope * d_height; }, .residuals = 1});
}

/// Prints what was checked; gives whether all of it holds.
bool checked(const char *what, const Function &f, std::initializer_list<View> at,
             const CheckOptions &options = {}) {
  CheckReport report = example::need(check_derivatives(f, at, options));
  std::printf("%s\n%s", what, report.text().c_str());
  return report.holds();
}

} // namespace

int main() {
  bool good = true;
  // Where exp(1000) is infinite, gradient and curvature of -log p(class 1) are still exact.
  Function stable = logSoftmax(3);
  Function loss("loss", {{"x", f64, {3}}}, [&](Expr x) { return -stable(x).at({1}).get(); });
  const std::vector<double> far{1000, 0, -1000}, v{1, 2, 3}, near{0.3, -0.2, 0.9};
  std::vector<double> slope(3), curve(3);
  Executable first = example::need(compile(grad(loss, "x"))), second = example::need(compile(hvp(loss, "x")));
  Workspace space(std::max(first.workspaceBytes(), second.workspaceBytes()));
  example::need(first.run({far}, {slope}, space));
  example::need(second.run({far, v}, {curve}, space));
  std::printf("log-softmax at (1000, 0, -1000): gradient (%g, %g, %g), curvature times v (%g, %g, %g)\n",
              slope[0], slope[1], slope[2], curve[0], curve[1], curve[2]);
  good &= slope == std::vector<double>{1, -1, 0} && curve == std::vector<double>(3, 0.0);
  good &= checked("log-softmax", stable, {near});

  Function relu = countingRelu(4);
  Function layer("layer", {{"x", f64, {4}}, {"probe", f64}}, [&](Expr x, Expr probe) {
    auto out = relu({x, probe});
    return Results{{"loss", sum(out[0] * out[0])}, {"rate", out[1]}};
  });
  Executable step = example::need(compile(value_and_grad(layer, {"x", "probe"})));
  const std::vector<double> x{1, -2, 3, 0.5};
  std::vector<double> back(4);
  double value = 0, rate = 0, largest = 0;
  Workspace other(step);
  example::need(step.run({x, 0.0}, {value, rate, back, largest}, other));
  std::printf("relu: loss %g, %g %% of the units active, largest cotangent %g\n", value, 100 * rate, largest);
  good &= value == 10.25 && rate == 0.75 && largest == 6;

  Table table;
  Function air = pressure(table);
  Function climb = vmap(value_and_grad(air, "height"), 3);
  Executable profile = example::need(compile(climb));
  const std::vector<double> heights{0.5, 4.25, 8}, beyond{1, 2, 11};
  std::vector<double> pressures(3), slopes(3);
  Workspace third(profile);
  example::need(profile.run({heights}, {pressures, slopes}, third));
  std::printf("pressure at 0.5, 4.25, 8 km: %g, %g, %g hPa; slopes %g, %g, %g hPa/km\n", pressures[0],
              pressures[1], pressures[2], slopes[0], slopes[1], slopes[2]);
  good &= pressures[1] == 597 && slopes[1] == -76;
  auto refused = profile.run({beyond}, {pressures, slopes}, third);
  std::printf("at 11 km: %s\n", refused ? "?" : refused.error().text().c_str());
  good &= !refused && checked("pressure", air, {4.3}, {.order = 1});
  return good ? 0 : 1;
}
