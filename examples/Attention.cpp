// Multi-head attention with a causal mask, written out in einsum, beside the catalogue's composite; and its
// gradient.
#include "Data.h"
#include <algorithm>
#include <limits>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

int main() {
  const std::int64_t batch = 2, heads = 4, length = 16, width = 8;
  Ints extents = {batch, heads, length, width};
  std::vector<Param> params = {{"q", f64, extents}, {"k", f64, extents}, {"v", f64, extents}};
  Function byHand("byHand", params, [=](Expr q, Expr k, Expr v) {
    Expr scores = einsum("bhid,bhjd->bhij", q, k) / std::sqrt(double(width));
    Expr row = iota({length, length}, 0), column = iota({length, length}, 1);
    Expr masked = where(column <= row, scores, -std::numeric_limits<double>::infinity());
    return einsum("bhij,bhjd->bhid", softmax(masked), v);
  });
  Function composite("composite", params,
                     [](Expr q, Expr k, Expr v) { return attention(q, k, v, {}, {}, true); });
  auto energy = [&](const Function &f) {
    return Function("energy", params, [&](Expr q, Expr k, Expr v) {
      Expr y = f(q, k, v);
      return sum(y * y);
    });
  };

  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> q(batch * heads * length * width), k = q, v = q;
  for (auto *values : {&q, &k, &v})
    for (double &value : *values)
      value = normal(random);
  std::vector<double> results[2], slopes[2];
  const Function functions[] = {byHand, composite};
  for (int which = 0; which < 2; ++which) {
    for (auto [f, out] : {std::pair(functions[which], &results[which]),
                          std::pair(grad(energy(functions[which]), "q"), &slopes[which])}) {
      Executable code = example::need(compile(f));
      Workspace space(code);
      out->resize(q.size());
      example::need(
          code.run({View(f64, q.data(), extents), View(f64, k.data(), extents), View(f64, v.data(), extents)},
                   {MutableView(f64, out->data(), extents)}, space));
    }
  }
  double worst = 0;
  for (std::size_t at = 0; at < q.size(); ++at)
    worst =
        std::max({worst, std::abs(results[0][at] - results[1][at]), std::abs(slopes[0][at] - slopes[1][at])});
  std::printf("attention by hand and composite, values and gradients: largest difference %.2e\n", worst);
  return worst < 1e-12 ? 0 : 1;
}
