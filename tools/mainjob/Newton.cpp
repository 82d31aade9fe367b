// Newton's method on a .tg program: the function `newton` gives value, accuracy, gradient and Hessian; this
// loop solves for the step. What tools/quickstart ends with.
#include "compiler/Compiler.h"
#include "frontend/language/Program.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/Run.h"
#include "tgc/Npy.h"
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace tgc;

namespace {

template <typename T> T need(Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().text().c_str());
  std::exit(1);
}

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Solves A x = b in place for a symmetric positive definite A, n x n.
void solve(std::span<double> A, std::vector<double> &b) {
  const std::size_t n = b.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i)
      for (std::size_t k = 0; k < j; ++k)
        A[i * n + j] -= A[i * n + k] * A[j * n + k];
    A[j * n + j] = std::sqrt(A[j * n + j]);
    for (std::size_t i = j + 1; i < n; ++i)
      A[i * n + j] /= A[j * n + j];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k)
      b[i] -= A[i * n + k] * b[k];
    b[i] /= A[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k)
      b[i] -= A[k * n + i] * b[k];
    b[i] /= A[i * n + i];
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: tgc-newton PROGRAM.tg X.npy LABEL.npy\n"), 2;
  std::ifstream file(argv[1]);
  std::ostringstream text;
  text << file.rdbuf();
  auto X = need(readNpyFile(argv[2])), label = need(readNpyFile(argv[3]));
  const std::int64_t n = X.shape()[0], d = X.shape()[1];

  double start = seconds();
  auto program = need(language::parse(text.str(), argv[1]));
  auto choice = need(language::choose(program, "newton"));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  language::Bindings bindings;
  bindings.inputs = {{"X", {f64, {n, d}}}, {"label", {f64, {n}}}, {"w", {f64, {d}}}, {"strength", {f64, {}}}};
  auto instance = need(language::instantiate(program, choice, bindings, context));
  Compiler compiler(context);
  auto compiled = need(compiler.compile({*instance.module, instance.function}));
  std::printf(
      "compiled loss, gradient and Hessian in %.1f ms: %zu kernels, %lld launches, arena of %lld bytes\n",
      (seconds() - start) * 1e3, compiled.report.kernels.size(),
      static_cast<long long>(compiled.report.launches), static_cast<long long>(compiled.report.arenaBytes));

  std::vector<double> w(d, 0.0), gradient(d), H(d * d);
  double strength = 1e-2, value = 0, share = 0, norm = 1, spent = 0;
  Workspace space(compiled.program->workspaceBytes());
  int steps = 0;
  for (; steps <= 10; ++steps) {
    double before = seconds();
    auto ok =
        run(*compiled.program, std::vector<View>{X, label, w, strength},
            std::vector<MutableView>{value, share, gradient, MutableView(f64, H.data(), {d, d})}, space);
    if (!ok) return std::fprintf(stderr, "%s\n", ok.error().text().c_str()), 1;
    spent += seconds() - before;
    norm = 0;
    for (double g : gradient)
      norm += g * g;
    norm = std::sqrt(norm);
    std::printf("  iteration %2d  loss %.10f  gradient norm %.2e  accuracy %.2f %%\n", steps, value, norm,
                share * 100);
    if (norm < 1e-8) break;
    solve(H, gradient);
    for (std::int64_t k = 0; k < d; ++k)
      w[k] -= gradient[k];
  }
  std::printf("%.0f us a call of value, gradient and Hessian\n", spent / (steps + 1) * 1e6);
  return norm < 1e-8 && steps <= 10 && share >= 0.98 ? 0 : 1;
}
