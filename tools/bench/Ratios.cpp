// tgc-bench-ratios: what a gradient costs beside the value, and a Hessian times a vector beside the gradient,
// f64.
//   tgc-bench-ratios [--threads 1] [--samples 7] [NAME]...
// prints the time of one call of each and both ratios; the last line has the geometric means.
//   tgc-bench-ratios --serve
// answers commands on standard input for ratio_peers.py, which times another library in turns with it:
//   names | load NAME THREADS | run | sums | quit
#include "tools/bench/Graphs.h"
#include "tools/bench/Machine.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>

namespace tgc::bench {
namespace {

struct Case {
  std::string name;
  std::string wrt;
  std::string text; ///< the last function, `f`, is the one measured
};

// Elements of every argument lie in [-1, 1): scaled here where a model wants them smaller. The same functions
// stand in ratio_peers.py.
const std::vector<Case> cases = {
    {"logistic", "w", R"(
fn f(X: f64[4000, 100], y: f64[4000], w: f64[100]) {
  return mean(softplus(-y * (X @ w))) + 0.05 * sum(w * w)
}
)"},
    {"digits", "(A, a, B, b)", R"(
fn f(X: f64[1797, 64], T: f64[1797, 10], A: f64[64, 64], a: f64[64], B: f64[64, 10], b: f64[10]) {
  return -mean(sum(T * log_softmax(relu(X @ A + a) @ B + b, axis=-1), axis=1))
}
)"},
    {"attention", "(Q, K, V)", R"(
fn f(x: f64[4, 128, 64], Q: f64[8, 64, 16], K: f64[8, 64, 16], V: f64[8, 64, 16]) {
  q = einsum("bij,hje->bhie", x, Q)
  k = einsum("bij,hje->bhie", x, K)
  v = einsum("bij,hje->bhie", x, V)
  share = softmax(einsum("bhie,bhje->bhij", q, k) / 4, axis=-1)
  out = einsum("bhij,bhje->bhie", share, v)
  return 0.5 * sum(out * out)
}
)"},
    {"rbf", "(C, a)", R"(
fn f(X: f64[2000, 8], C: f64[50, 8], a: f64[50], y: f64[2000]) {
  far = sum((X[:, None] - C[None]) ** 2, axis=2)
  error = exp(-0.5 * far) @ a - y
  return mean(error * error)
}
)"},
    {"heat", "u", R"(
fn step(u: f64[n]) {
  return concat([u[:1], u[1:-1] + 0.25 * (u[2:] - 2 * u[1:-1] + u[:-2]), u[-1:]])
}
fn ten(u: f64[n]) {
  five = step(step(step(step(step(u)))))
  return step(step(step(step(step(five)))))
}
fn f(u: f64[4096], goal: f64[4096]) {
  error = ten(ten(u)) ** 2 - goal
  return 0.5 * sum(error * error)
}
)"},
    {"factors", "(U, V)", R"(
fn f(M: f64[500, 400], U: f64[500, 10], V: f64[400, 10]) {
  R = M - U @ permute_dims(V, (1, 0))
  return sum(R * R) + 0.1 * (sum(U * U) + sum(V * V))
}
)"},
    {"logsumexp", "x", R"(
fn f(x: f64[200000]) {
  return logsumexp(x)
}
)"},
};

/// Element k of argument `argument`, in [-1, 1): the same formula as in ratio_peers.py.
double elementAt(std::int64_t k, int argument) {
  const std::uint32_t mixed =
      static_cast<std::uint32_t>(k) * 2654435761u + static_cast<std::uint32_t>(argument) * 40503u;
  return double((mixed >> 12) % 4096) / 2048 - 1;
}

/// Value, value and gradient, Hessian times vector of one case.
class Loaded {
public:
  Loaded(const Case &one, int threads) : name(one.name) {
    const std::string functions[] = {"f", "value_and_grad(f, wrt=" + one.wrt + ")",
                                     "hvp(f, wrt=" + one.wrt + ")"};
    for (std::size_t k = 0; k < calls.size(); ++k) {
      calls[k] = std::make_unique<Call>(shop.compile({one.text, functions[k]}, {}), threads);
      for (std::size_t argument = 0; argument < calls[k]->arguments.size(); ++argument)
        for (std::int64_t at = 0; double &element : calls[k]->arguments[argument].as<double>())
          element = elementAt(at++, int(argument));
      (*calls[k])();
    }
  }

  std::array<double, 3> time() {
    std::array<double, 3> times{};
    for (std::size_t k = 0; k < calls.size(); ++k) {
      const double start = seconds();
      double end = start;
      int count = 0;
      for (; end - start < 1e-2 || count == 0; ++count)
        (*calls[k])(), end = seconds();
      times[k] = (end - start) / count;
    }
    return times;
  }

  /// Of all results of each, for comparison.
  std::array<double, 3> sums() const {
    std::array<double, 3> sums{};
    for (std::size_t k = 0; k < calls.size(); ++k)
      for (const Buffer &result : calls[k]->results)
        for (double element : result.as<double>())
          sums[k] += element;
    return sums;
  }

  std::string name;

private:
  Workshop shop;
  std::array<std::unique_ptr<Call>, 3> calls;
};

const Case &named(const std::string &name) {
  for (const Case &one : cases)
    if (one.name == name) return one;
  stop("there is no case " + name);
}

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void table(const std::vector<std::string> &names, int threads, int samples) {
  std::printf("f64, %d thread(s), %s\n%-10s %12s %12s %12s   grad/value  hvp/grad\n", threads,
              machineText().c_str(), "", "value us", "gradient us", "hvp us");
  double gradients = 0, products = 0;
  for (const std::string &name : names) {
    Loaded loaded(named(name), threads);
    std::array<std::vector<double>, 3> times;
    for (int sample = 0; sample < samples; ++sample)
      for (std::size_t k = 0; double time : loaded.time())
        times[k++].push_back(time);
    const double value = middle(times[0]), gradient = middle(times[1]), product = middle(times[2]);
    std::printf("%-10s %12.1f %12.1f %12.1f   %10.2f %9.2f\n", name.c_str(), value * 1e6, gradient * 1e6,
                product * 1e6, gradient / value, product / gradient);
    std::fflush(stdout);
    gradients += std::log(gradient / value), products += std::log(product / gradient);
  }
  std::printf("%-10s %38s   %10.2f %9.2f\n", "mean", "", std::exp(gradients / double(names.size())),
              std::exp(products / double(names.size())));
}

void serve() {
  std::unique_ptr<Loaded> loaded;
  const auto tell = [](std::array<double, 3> numbers) {
    std::printf("%.17g %.17g %.17g\n", numbers[0], numbers[1], numbers[2]);
  };
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, name;
    int threads = 1;
    words >> command;
    if (command == "quit") return;
    if (command == "names") {
      for (const Case &one : cases)
        std::printf("%s ", one.name.c_str());
      std::printf("\n");
    } else if (command == "load" && words >> name >> threads) {
      loaded.reset();
      loaded = std::make_unique<Loaded>(named(name), threads);
      std::printf("0\n");
    } else if (command == "run" && loaded) {
      tell(loaded->time());
    } else if (command == "sums" && loaded) {
      tell(loaded->sums());
    } else {
      stop("unknown command: " + line);
    }
    std::fflush(stdout);
  }
}

} // namespace
} // namespace tgc::bench

int main(int count, char **arguments) {
  using namespace tgc::bench;
  int threads = 1, samples = 7;
  std::vector<std::string> names;
  for (int at = 1; at < count; ++at) {
    const std::string text = arguments[at];
    if (text == "--serve") return serve(), 0;
    if (text == "--threads" && at + 1 < count)
      threads = std::max(1, std::atoi(arguments[++at]));
    else if (text == "--samples" && at + 1 < count)
      samples = std::max(1, std::atoi(arguments[++at]));
    else
      names.push_back(text);
  }
  if (names.empty())
    for (const Case &one : cases)
      names.push_back(one.name);
  table(names, threads, samples);
}
