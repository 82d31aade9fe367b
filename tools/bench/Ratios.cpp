// tgc-bench-ratios: what a gradient costs beside the value, and a Hessian times a vector beside the gradient,
// f64.
//   tgc-bench-ratios [--threads 1] [--samples 7] [--folder tools/bench/ratios] [NAME]...
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
#include <fstream>
#include <iostream>
#include <sstream>

namespace tgc::bench {
namespace {

/// The last function of tools/bench/ratios/NAME.tg is `f`; the first line says what to differentiate by.
/// Elements of every argument lie in [-1, 1). The same functions stand in ratio_peers.py.
struct Case {
  std::string name, wrt, text;
};

const std::array<const char *, 7> suite = {"logistic", "digits",  "attention", "rbf",
                                           "heat",     "factors", "logsumexp"};

Case read(const std::string &folder, const std::string &name) {
  std::ifstream file(folder + "/" + name + ".tg");
  std::stringstream text;
  text << file.rdbuf();
  const std::string head = "# wrt=";
  Case one{name, "", text.str()};
  if (!one.text.starts_with(head)) stop("there is no case " + name + " in " + folder);
  one.wrt = one.text.substr(head.size(), one.text.find('\n') - head.size());
  return one;
}

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

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void table(const std::string &folder, const std::vector<std::string> &names, int threads, int samples) {
  std::printf("f64, %d thread(s), %s\n%-10s %12s %12s %12s   grad/value  hvp/grad\n", threads,
              machineText().c_str(), "", "value us", "gradient us", "hvp us");
  double gradients = 0, products = 0;
  for (const std::string &name : names) {
    Loaded loaded(read(folder, name), threads);
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

void serve(const std::string &folder) {
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
      for (const char *one : suite)
        std::printf("%s ", one);
      std::printf("\n");
    } else if (command == "load" && words >> name >> threads) {
      loaded.reset();
      loaded = std::make_unique<Loaded>(read(folder, name), threads);
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
  bool serves = false;
  std::string folder = "tools/bench/ratios";
  std::vector<std::string> names;
  for (int at = 1; at < count; ++at) {
    const std::string text = arguments[at];
    if (text == "--serve")
      serves = true;
    else if (text == "--folder" && at + 1 < count)
      folder = arguments[++at];
    else if (text == "--threads" && at + 1 < count)
      threads = std::max(1, std::atoi(arguments[++at]));
    else if (text == "--samples" && at + 1 < count)
      samples = std::max(1, std::atoi(arguments[++at]));
    else
      names.push_back(text);
  }
  if (serves) return serve(folder), 0;
  if (names.empty()) names.assign(suite.begin(), suite.end());
  table(folder, names, threads, samples);
}
