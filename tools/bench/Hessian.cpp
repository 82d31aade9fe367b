// tgc-bench-hessian: Hessians of whole functions, in f64.
//   tgc-bench-hessian [--threads 2] [--samples 7] [NAME:SIZE]...
// (sizes of sparse ones, rosenbrock luksan chain, are numbers of variables or masses)
// prints wall and processor time of one call and, where a bound is known, the fraction of the flops that a
// symmetric result needs at the multiply-add peak measured in the same run.
//   tgc-bench-hessian --serve
// answers commands on standard input for hessian_peers.py, which times other libraries in turns with it:
//   peak | load NAME SIZE THREADS | run | sums | quit
#include "tools/bench/Graphs.h"
#include "tools/bench/Machine.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>

namespace tgc::bench {
namespace {

struct Case {
  std::string name, text, function;
  double flops = 0;   // that a symmetric result needs; 0: no bound is known
  double weights = 1; // what elements of arguments from the third on are multiplied by
};

std::string number(std::int64_t value) { return std::to_string(value); }

/// y in -1..1 scales the margin; the strength is an argument.
Case logistic(std::int64_t n) {
  std::string rows = number(2 * n), columns = number(n);
  return {"logistic",
          "fn logistic(X: f64[" + rows + ", " + columns + "], y: f64[" + rows + "], w: f64[" + columns +
              "], strength: f64) {\n  margin = y * (X @ w)\n"
              "  return mean(softplus(-margin)) + 0.5 * strength * sum(w * w)\n}\n",
          "hessian(logistic, wrt=w)", 2.0 * double(2 * n) * double(n) * double(n + 1) / 2};
}

/// Ten square layers, one input vector; by the first layer.
Case network(std::int64_t n) {
  std::string square = "f64[" + number(n) + ", " + number(n) + "]", vector = "f64[" + number(n) + "]";
  std::string head = "fn network(x: " + vector + ", t: " + vector, body;
  for (int layer = 1; layer <= 10; ++layer) {
    std::string weight = "W" + std::to_string(layer),
                input = layer == 1 ? "x" : "h" + std::to_string(layer - 1);
    head += ", " + weight + ": " + square;
    std::string product = weight + " @ " + input;
    body += "  h" + std::to_string(layer) + " = " + (layer < 10 ? "relu(" + product + ")" : product) + "\n";
  }
  return {"network", head + ") {\n" + body + "  return -sum(t * log_softmax(h10))\n}\n",
          "hessian(network, wrt=W1)", 0, std::sqrt(6 / double(n))};
}

/// A full matrix by factors of rank ten; by the first factor.
Case factors(std::int64_t n) {
  std::string rows = number(n);
  return {"factors",
          "fn factors(M: f64[" + rows + ", " + rows + "], U: f64[" + rows + ", 10], V: f64[" + rows +
              ", 10]) {\n  R = M - U @ permute_dims(V, (1, 0))\n  return sum(R * R)\n}\n",
          "hessian(factors, wrt=U)"};
}

/// The negative log likelihood of a Gaussian process; by eight length scales, amplitude and noise.
Case gaussian(std::int64_t n) {
  std::string rows = number(n);
  return {"gaussian",
          "fn gaussian(X: f64[" + rows + ", 8], y: f64[" + rows +
              "], theta: f64[10]) {\n  Z = X * exp(theta[:8])\n  squares = sum(Z * Z, axis=1)\n"
              "  far = squares[:, none] + squares[none, :] - 2 * (Z @ permute_dims(Z, (1, 0)))\n"
              "  K = exp(2 * theta[8] - 0.5 * far) + (exp(2 * theta[9]) + 1e-6) * eye(" +
              rows +
              ")\n  L = cholesky(K)\n  a = solve_triangular(L, y[:, none], lower=true)\n"
              "  return 0.5 * sum(a * a) + sum(log(diagonal(L)))\n}\n",
          "hessian(gaussian, wrt=theta)"};
}

/// The nonzeros' values of a sparse Hessian by the first parameter; row offsets and columns are not asked
/// for.
Case sparse(const std::string &name, const std::string &params, const std::string &arguments,
            const std::string &body) {
  return {name,
          "fn " + name + "(" + params + ") {\n" + body + "}\nfn values(" + params +
              ") {\n  values, offsets, columns = hessian(" + name + ", wrt=x, form=\"sparse\")(" + arguments +
              ")\n  return values\n}\n",
          "values"};
}

Case rosenbrock(std::int64_t n) {
  return sparse("rosenbrock", "x: f64[" + number(n) + "]", "x",
                "  return sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)\n");
}

/// The Lagrangian of Luksan and Vlcek's first problem (Sparse and partially separable test problems, 1999).
Case luksan(std::int64_t n) {
  return sparse("luksan", "x: f64[" + number(n) + "], y: f64[" + number(n - 2) + "]", "x, y",
                "  a = x[:-2]\n  b = x[1:-1]\n  c = x[2:]\n"
                "  bound = 3 * b ** 3 + 2 * c - 5 + sin(b - c) * sin(b + c) + 4 * b - a * exp(a - b) - 3\n"
                "  return sum(100 * (x[:-1] ** 2 - x[1:]) ** 2 + (x[:-1] - 1) ** 2) + sum(y * bound)\n");
}

/// Masses on springs that hang between two points.
Case chain(std::int64_t n) {
  return sparse("chain", "x: f64[" + number(n) + ", 2]", "x",
                "  d = x[1:] - x[:-1]\n"
                "  return sum(50 * (sqrt(sum(d * d, axis=1)) - 0.3) ** 2) + 9.81 * sum(x[:, 1])\n");
}

/// Factors of rank ten, the Hessian without its unit matrix.
Case compressed(std::int64_t n) {
  std::string rows = number(n);
  return {"compressed",
          "fn factors(U: f64[" + rows + ", 10], V: f64[" + rows +
              ", 10]) {\n  R = 1 - U @ permute_dims(V, (1, 0))\n  return sum(R * R)\n}\n",
          "hessian(factors, wrt=U, form=\"compressed\")"};
}

Case make(const std::string &name, std::int64_t size) {
  if (name == "logistic") return logistic(size);
  if (name == "network") return network(size);
  if (name == "factors") return factors(size);
  if (name == "rosenbrock") return rosenbrock(size);
  if (name == "luksan") return luksan(size);
  if (name == "chain") return chain(size);
  if (name == "gaussian") return gaussian(size);
  if (name == "compressed") return compressed(size);
  stop("there is no case " + name +
       "; there are logistic, network, factors, gaussian, compressed, rosenbrock, luksan and chain");
}

/// Element k of argument `argument`, in [-1, 1): the same formula as in hessian_peers.py.
double elementAt(std::int64_t k, int argument) {
  std::uint32_t mixed =
      static_cast<std::uint32_t>(k) * 2654435761u + static_cast<std::uint32_t>(argument) * 40503u;
  return double((mixed >> 12) % 4096) / 2048 - 1;
}

double processSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

struct Times {
  double wall = 0, processor = 0;
};

class Loaded {
public:
  Loaded(const Case &given, int threads)
      : one(given), program(shop.compile({one.text, one.function}, {}, &stages)), call(program, threads) {
    for (std::size_t argument = 0; argument < call.arguments.size(); ++argument)
      for (std::int64_t k = 0; double &element : call.arguments[argument].as<double>())
        element = elementAt(k++, int(argument)) * (argument < 2 ? 1 : one.weights);
    call();
  }

  Times time() {
    double wall = seconds(), processor = processSeconds(), end = wall;
    int calls = 0;
    for (; end - wall < 2e-2 || calls == 0; ++calls)
      call(), end = seconds();
    return {(end - wall) / calls, (processSeconds() - processor) / calls};
  }

  /// Sums of the result's elements: all, and with weights 1, 2, 3, 1, 2, 3, ...
  std::pair<double, double> sums() const {
    double plain = 0, weighted = 0;
    for (std::int64_t k = 0; double element : call.results[0].as<double>())
      plain += element, weighted += element * double(k++ % 3 + 1);
    return {plain, weighted};
  }

  double compileSeconds() const { return stages.at("total"); }

  Case one;

private:
  Workshop shop;
  std::map<std::string, double> stages;
  std::shared_ptr<const Program> program;
  Call call;
};

struct Settings {
  int threads = 2, samples = 7;
  std::vector<std::pair<std::string, std::int64_t>> cases;
};

void table(const Settings &settings) {
  std::printf("f64, %d thread(s), %s\n", settings.threads, machineText().c_str());
  for (auto &[name, size] : settings.cases) {
    Loaded loaded(make(name, size), settings.threads);
    double peak = 0;
    std::vector<double> wall, processor;
    for (int sample = 0; sample < settings.samples; ++sample) {
      peak = std::max(peak, peakGflops(true) * settings.threads);
      Times times = loaded.time();
      wall.push_back(times.wall), processor.push_back(times.processor);
    }
    std::sort(wall.begin(), wall.end()), std::sort(processor.begin(), processor.end());
    std::size_t middle = wall.size() / 2;
    std::printf("%-10s %6lld  wall %10.4f ms  processor %10.4f ms  compile %6.0f ms", name.c_str(),
                static_cast<long long>(size), wall[middle] * 1e3, processor[middle] * 1e3,
                loaded.compileSeconds() * 1e3);
    // Processor time counts every thread, so its bound is the peak of one.
    if (loaded.one.flops > 0)
      std::printf("  of the symmetric bound: wall %5.1f%%, processor %5.1f%% (peak %.0f GFLOP/s)",
                  loaded.one.flops / peak / wall[middle] * 1e-7,
                  loaded.one.flops / (peak / settings.threads) / processor[middle] * 1e-7, peak);
    std::printf("\n"), std::fflush(stdout);
  }
}

void serve() {
  std::unique_ptr<Loaded> loaded;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, name;
    std::int64_t size = 0;
    int threads = 1;
    words >> command;
    if (command == "quit") return;
    if (command == "peak") {
      std::printf("%.3f\n", peakGflops(true));
    } else if (command == "load" && words >> name >> size >> threads) {
      loaded.reset();
      loaded = std::make_unique<Loaded>(make(name, size), threads);
      std::printf("%.6f %.17g\n", loaded->compileSeconds(), loaded->one.flops);
    } else if (command == "run" && loaded) {
      Times times = loaded->time();
      std::printf("%.9f %.9f\n", times.wall, times.processor);
    } else if (command == "sums" && loaded) {
      auto [plain, weighted] = loaded->sums();
      std::printf("%.17g %.17g\n", plain, weighted);
    } else {
      stop("unknown command: " + line);
    }
    std::fflush(stdout);
  }
}

} // namespace
} // namespace tgc::bench

int main(int count, char **arguments) {
  tgc::bench::Settings settings;
  for (int at = 1; at < count; ++at) {
    std::string text = arguments[at];
    std::size_t colon = text.find(':');
    if (text == "--serve") return tgc::bench::serve(), 0;
    if (text == "--threads" && at + 1 < count)
      settings.threads = std::max(1, std::atoi(arguments[++at]));
    else if (text == "--samples" && at + 1 < count)
      settings.samples = std::max(1, std::atoi(arguments[++at]));
    else if (colon != std::string::npos)
      settings.cases.emplace_back(text.substr(0, colon), std::atoll(text.c_str() + colon + 1));
    else
      tgc::bench::stop("a case is NAME:SIZE, such as logistic:300, not " + text);
  }
  if (settings.cases.empty())
    settings.cases = {{"logistic", 100}, {"logistic", 300}, {"logistic", 1000}, {"logistic", 2000},
                      {"network", 10},   {"network", 30},   {"factors", 300}};
  tgc::bench::table(settings);
}
