// Ridge logistic regression on the breast-cancer data by Newton's method: the Hessian is vmap of hvp over the
// unit vectors, the linear system is solved here by Cholesky.
#include "Data.h"
#include <algorithm>
#include <chrono>
#include <tgc/Tgc.h>

using namespace tgc;

static void solveCholesky(std::vector<double> &A, std::vector<double> &b, std::int64_t n) {
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t k = 0; k < j; ++k)
      A[j * n + j] -= A[j * n + k] * A[j * n + k];
    A[j * n + j] = std::sqrt(A[j * n + j]);
    for (std::int64_t i = j + 1; i < n; ++i) {
      for (std::int64_t k = 0; k < j; ++k)
        A[i * n + j] -= A[i * n + k] * A[j * n + k];
      A[i * n + j] /= A[j * n + j];
    }
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < i; ++k)
      b[i] -= A[i * n + k] * b[k];
    b[i] /= A[i * n + i];
  }
  for (std::int64_t i = n; i-- > 0;) {
    for (std::int64_t k = i + 1; k < n; ++k)
      b[i] -= A[k * n + i] * b[k];
    b[i] /= A[i * n + i];
  }
}

int main(int argc, char **argv) {
  auto data = example::cancer(argc > 1 ? argv[1] : "examples/data");
  const std::int64_t n = data.rows, d = data.columns;
  const double strength = 1e-2;

  Function loss("loss", {{"X", f64, {n, d}}, {"y", f64, {n}}, {"w", f64, {d}}, {"strength", f64}},
                [](Expr X, Expr y, Expr w, Expr strength) {
                  Expr margin = y * matmul(X, w);
                  return mean(softplus(-margin)) + 0.5 * strength * sum(w * w);
                });
  Function slope = value_and_grad(loss, "w");
  Function hessian = vmap(hvp(loss, "w"), d, {std::nullopt, std::nullopt, std::nullopt, std::nullopt, 0});
  Executable first = example::need(compile(slope)), second = example::need(compile(hessian));
  std::printf("compiled value and gradient in %.1f ms, Hessian in %.1f ms\n",
              first.summary().compileSeconds * 1e3, second.summary().compileSeconds * 1e3);

  std::vector<double> w(d, 0.0), gradient(d), H(d * d), units(d * d, 0.0);
  for (std::int64_t k = 0; k < d; ++k)
    units[k * d + k] = 1;
  Workspace space(std::max(first.workspaceBytes(), second.workspaceBytes()));
  View X(f64, data.X.data(), {n, d}), E(f64, units.data(), {d, d});
  double value = 0, norm = 1;
  for (int step = 0; step < 10 && norm >= 1e-8; ++step) {
    auto start = std::chrono::steady_clock::now();
    example::need(first.run({X, data.y, w, strength}, {value, gradient}, space));
    example::need(second.run({X, data.y, w, strength, E}, {MutableView(f64, H.data(), {d, d})}, space));
    std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    norm = 0;
    for (double g : gradient)
      norm += g * g;
    norm = std::sqrt(norm);
    std::printf("step %d: loss %.12f, gradient norm %.3e, %.0f us for value, gradient and Hessian\n", step,
                value, norm, took.count());
    if (norm < 1e-8) break;
    solveCholesky(H, gradient, d);
    for (std::int64_t k = 0; k < d; ++k)
      w[k] -= gradient[k];
  }
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < n; ++row) {
    double score = 0;
    for (std::int64_t k = 0; k < d; ++k)
      score += data.X[row * d + k] * w[k];
    right += (score > 0) == (data.y[row] > 0);
  }
  double accuracy = 100.0 * double(right) / double(n);
  std::printf("gradient norm %.3e, training accuracy %.2f %%\n", norm, accuracy);
  return norm < 1e-8 && accuracy >= 98 ? 0 : 1;
}
