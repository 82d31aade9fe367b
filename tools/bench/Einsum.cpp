// tgc-bench-einsum: contractions through the whole pipeline, from lists in tools/bench/networks or by
// command.
//   tgc-bench-einsum [--dtype f32] [--threads 1] [--samples 5] [--scale 1] FILE...
// prints for each contraction of two operands the fraction of the multiply-add peak measured in the same run,
// for others the time; sampled elements of the result are compared with plain sums first.
//   tgc-bench-einsum --serve
// answers commands on standard input, one line each, for peers.py, which times other libraries in turns with
// it:
//   peak DTYPE | load DTYPE THREADS EQUATION EXTENTS | run | sums | quit
#include "tools/bench/Graphs.h"
#include "tools/bench/Machine.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <sys/mman.h>

namespace tgc::bench {
namespace {

using Extents = std::map<char, std::int64_t>;

struct Case {
  std::string name, equation;
  Extents extents;

  std::vector<std::string> operands() const { // the result last
    std::vector<std::string> parts(1);
    for (std::size_t at = 0; at < equation.size(); ++at)
      if (equation[at] == ',')
        parts.emplace_back();
      else if (equation[at] == '-')
        parts.emplace_back(), ++at;
      else
        parts.back() += equation[at];
    return parts;
  }
  std::int64_t elements(const std::string &letters) const {
    std::int64_t count = 1;
    for (char letter : letters)
      count *= extents.at(letter);
    return count;
  }
  /// Of a contraction of two operands.
  double flops() const {
    double product = 2;
    for (auto [letter, extent] : extents)
      product *= static_cast<double>(extent);
    return product;
  }
};

Extents parseExtents(const std::string &text) {
  Extents extents;
  for (std::size_t at = 0; (at = text.find('=', at)) != std::string::npos; ++at)
    extents[text[at - 1]] = std::atoll(text.c_str() + at + 1);
  return extents;
}

/// Element k of operand `operand`, a small integer: the same formula as in peers.py.
int elementAt(std::int64_t k, int operand) {
  std::uint32_t mixed =
      static_cast<std::uint32_t>(k) * 2654435761u + static_cast<std::uint32_t>(operand) * 97u;
  return static_cast<int>((mixed >> 16) % 7) - 3;
}

/// Memory in huge pages, as NumPy asks for them.
Buffer hugeBuffer(DType dtype, const Shape &shape) {
  std::size_t bytes = std::max<std::size_t>(std::size_t(shape.sizeBytes(dtype)), 1), page = std::size_t(2)
                                                                                            << 20;
  std::size_t size = bytes + 2 * page;
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) stop("no memory for " + std::to_string(bytes) + " bytes");
  madvise(memory, size, MADV_HUGEPAGE);
  std::shared_ptr<void> owner(memory, [size](void *start) { munmap(start, size); });
  auto start = (reinterpret_cast<std::uintptr_t>(memory) + page - 1) / page * page;
  return Buffer::borrow(dtype, shape, reinterpret_cast<void *>(start), owner);
}

std::string programText(const Case &one, const std::string &dtype) {
  std::vector<std::string> parts = one.operands();
  std::string text = "fn f(", list;
  for (std::size_t at = 0; at + 1 < parts.size(); ++at) {
    std::string name = "x" + std::to_string(at), shape;
    for (char letter : parts[at])
      shape += (shape.empty() ? "" : ", ") + std::to_string(one.extents.at(letter));
    text += (at ? ", " : "") + name + ": " + dtype + "[" + shape + "]";
    list += ", " + name;
  }
  return text + ") {\n  return einsum(\"" + one.equation + "\"" + list + ")\n}\n";
}

/// A compiled contraction on memory of its own.
class Loaded {
public:
  Loaded(const Case &given, const std::string &dtype, int threads) : one(given), options{threads, {}} {
    double start = seconds();
    program = shop.compile({programText(one, dtype)}, {});
    compileSeconds = seconds() - start;
    workspace = Workspace(program->workspaceBytes());
    for (const Port &port : program->arguments()) {
      arguments.push_back(hugeBuffer(port.dtype, port.shape));
      int number = static_cast<int>(arguments.size()) - 1;
      for (std::int64_t k = 0; auto &element : arguments.back().as<float>())
        element = static_cast<float>(elementAt(k++, number));
      for (std::int64_t k = 0; auto &element : arguments.back().as<double>())
        element = elementAt(k++, number);
    }
    result = hugeBuffer(program->results()[0].dtype, program->results()[0].shape);
    in.assign(arguments.begin(), arguments.end());
    out = {result.view()};
    call();
  }

  void call() {
    if (auto done = run(*program, in, out, workspace, options); !done) stop(done.error().text());
  }

  double at(std::int64_t k) const {
    return result.dtype() == DType::f32 ? double(result.as<float>()[k]) : result.as<double>()[k];
  }

  /// Sums of the result's elements: all, and with weights 1, 2, 3, 1, 2, 3, ...
  std::pair<double, double> sums() const {
    double plain = 0, weighted = 0;
    for (std::int64_t k = 0; k < result.elements(); ++k)
      plain += at(k), weighted += at(k) * double(k % 3 + 1);
    return {plain, weighted};
  }

  /// Some elements of a contraction of two operands by plain sums; the largest difference.
  double difference() const {
    std::vector<std::string> parts = one.operands();
    std::int64_t count = result.elements();
    double most = 0;
    for (int sample = 0; sample < 8; ++sample) {
      std::int64_t place = count * sample / 8 + count / 17 % std::max<std::int64_t>(count / 8, 1),
                   left = place;
      Extents where;
      for (auto letter = parts[2].rbegin(); letter != parts[2].rend(); ++letter)
        where[*letter] = left % one.extents.at(*letter), left /= one.extents.at(*letter);
      most = std::max(most, std::abs(at(place) - plainSum(parts, where)));
    }
    return most;
  }

  Case one;
  double compileSeconds = 0;

private:
  double plainSum(const std::vector<std::string> &parts, Extents where) const {
    std::string summed;
    for (auto [letter, extent] : one.extents)
      if (!where.count(letter)) summed += letter, where[letter] = 0;
    double sum = 0;
    for (bool more = true; more;) {
      std::int64_t offset[2] = {0, 0};
      for (int operand = 0; operand < 2; ++operand)
        for (char letter : parts[operand])
          offset[operand] = offset[operand] * one.extents.at(letter) + where[letter];
      sum += double(elementAt(offset[0], 0)) * elementAt(offset[1], 1);
      more = false;
      for (char letter : summed) {
        if (++where[letter] < one.extents.at(letter)) {
          more = true;
          break;
        }
        where[letter] = 0;
      }
    }
    return sum;
  }

  Workshop shop;
  std::shared_ptr<const Program> program;
  Workspace workspace;
  RunOptions options;
  std::vector<Buffer> arguments;
  Buffer result;
  std::vector<View> in;
  std::vector<MutableView> out;
};

double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// One thread: the processor time it had, which other work on the machine disturbs least.
double timeOf(Loaded &loaded, int threads) {
  auto clock = threads == 1 ? threadSeconds : seconds;
  double start = clock(), end = start;
  int calls = 0;
  for (; end - start < 5e-3 || calls == 0; ++calls)
    loaded.call(), end = clock();
  return (end - start) / calls;
}

struct Settings {
  std::string dtype = "f32";
  int threads = 1, samples = 5;
  double scale = 1;
};

void permuted(const Case &one, std::vector<Case> &cases) {
  std::vector<std::string> parts = one.operands(), order = parts;
  for (std::string &part : order)
    std::sort(part.begin(), part.end());
  std::size_t at = 0;
  for (;;) {
    std::string equation;
    for (at = 0; at < order.size(); ++at)
      equation += (at == 0 ? "" : at + 1 == order.size() ? "->" : ",") + order[at];
    cases.push_back({equation, equation, one.extents});
    for (at = 0; at < order.size(); ++at)
      if (std::next_permutation(order[at].begin(), order[at].end())) break; // else it starts again, and carry
    if (at == order.size()) return;
  }
}

std::vector<Case> readCases(const std::string &file, double scale) {
  std::ifstream in(file);
  if (!in) stop("cannot read " + file);
  std::vector<Case> cases;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    Case one;
    std::string extents;
    if (!(words >> one.name >> one.equation >> extents) || one.name[0] == '#') continue;
    one.extents = parseExtents(extents);
    for (auto &[letter, extent] : one.extents)
      extent = std::max<std::int64_t>(1, std::llround(double(extent) * scale));
    if (one.name == "permute")
      permuted(one, cases);
    else
      cases.push_back(one);
  }
  return cases;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void table(const std::string &file, const Settings &settings) {
  double logs = 0, least = 1e9, most = 0, peak = peakGflops(settings.dtype == "f64") * settings.threads;
  int count = 0;
  std::printf("%s, %s, %d thread(s), peak %.0f GFLOP/s, %s\n", file.c_str(), settings.dtype.c_str(),
              settings.threads, peak, machineText().c_str());
  for (const Case &one : readCases(file, settings.scale)) {
    Loaded loaded(one, settings.dtype, settings.threads);
    bool pair = one.operands().size() == 3;
    std::vector<double> times;
    for (int sample = 0; sample < settings.samples; ++sample)
      times.push_back(timeOf(loaded, settings.threads));
    double time = median(times);
    std::printf("%-20s %-42s %10.3f ms  compile %6.1f ms", one.name.c_str(), one.equation.c_str(), time * 1e3,
                loaded.compileSeconds * 1e3);
    if (pair) {
      peak = std::max(peak, peakGflops(settings.dtype == "f64") * settings.threads);
      double rate = one.flops() / time * 1e-9, off = loaded.difference();
      logs += std::log(rate / peak), ++count;
      least = std::min(least, rate / peak), most = std::max(most, rate / peak);
      std::printf("  %7.1f GFLOP/s  %5.1f%% of peak%s", rate, rate / peak * 100, off > 0 ? "  WRONG" : "");
    }
    std::printf("\n"), std::fflush(stdout);
  }
  if (count)
    std::printf("geometric mean %.1f%% of peak, least %.1f%%, most %.1f%% (most/least %.2f)\n\n",
                std::exp(logs / count) * 100, least * 100, most * 100, most / least);
}

void serve() {
  std::unique_ptr<Loaded> loaded;
  int threads = 1;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command, dtype, extents;
    Case one;
    words >> command;
    if (command == "quit") return;
    if (command == "peak" && words >> dtype) {
      std::printf("%.3f\n", peakGflops(dtype == "f64"));
    } else if (command == "load" && words >> dtype >> threads >> one.equation >> extents) {
      one.extents = parseExtents(extents);
      loaded.reset();
      loaded = std::make_unique<Loaded>(one, dtype, threads);
      std::printf("%.6f\n", loaded->compileSeconds);
    } else if (command == "run" && loaded) {
      std::printf("%.9f\n", timeOf(*loaded, threads));
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
  std::vector<std::string> files;
  for (int at = 1; at < count; ++at) {
    std::string text = arguments[at];
    if (text == "--serve") return tgc::bench::serve(), 0;
    if (text == "--dtype" && at + 1 < count)
      settings.dtype = arguments[++at];
    else if (text == "--threads" && at + 1 < count)
      settings.threads = std::atoi(arguments[++at]);
    else if (text == "--samples" && at + 1 < count)
      settings.samples = std::max(1, std::atoi(arguments[++at]));
    else if (text == "--scale" && at + 1 < count)
      settings.scale = std::atof(arguments[++at]);
    else
      files.push_back(text);
  }
  if (files.empty()) tgc::bench::stop("give a list, such as tools/bench/networks/tccg.txt");
  for (const std::string &file : files)
    tgc::bench::table(file, settings);
}
