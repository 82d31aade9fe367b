// Contraction kernels alone, beside oneDNN and OpenBLAS called directly, in one run and interleaved:
//   tgc-bench-gemm [--threads N | --cpu-time] [--best] [--text] [--panels-from VOLUME] [--samples N] [--dtype
//   f32] [SIZE | EQUATION:i=64,j=64,k=64] ...
// With --square both operands are one array, and so they are with a scale between them: "ki,k,kj->ij:...".
// Rates count the flops of the whole result. Prints GFLOP/s (medians), the ratio to the better of the two
// libraries, the fraction of the multiply-add peak measured in the same run, and the time to compile.
// OpenBLAS is looked for at run time; without it the column is empty.
#include "runtime/cpu/Parallel.h"
#include "tools/bench/ContractRunner.h"
#include "tools/bench/Machine.h"
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dnnl.h>
#include <functional>
extern "C" void omp_set_num_threads(int);

namespace {

using tgc::bench::OpenBlas;
using tgc::test::CompiledContract;
using tgc::test::ContractCase;

/// Time this thread had the processor: what one-thread timings need on a machine that others use too.
double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Settings {
  int threads = 1, samples = 15;
  std::string dtype = "f32";
  bool keepText = false, square = false, best = false, cpuTime = false;
  tgc::schedule::Machine machine = tgc::schedule::Machine::host();
};

ContractCase parseCase(const std::string &text, const std::string &dtype, bool square) {
  if (text.find(':') == std::string::npos) {
    int64_t size = std::atoll(text.c_str());
    return {"ik,kj->ij", dtype, {{'i', size}, {'j', size}, {'k', size}}, "", false};
  }
  ContractCase parsed{text.substr(0, text.find(':')), dtype, {}, "", false};
  if (size_t comma = text.find(','); text.find(',', comma + 1) < text.find(':')) {
    parsed.scale = text.substr(comma + 1, text.find(',', comma + 1) - comma - 1);
    parsed.equation.erase(comma, parsed.scale.size() + 1);
  }
  parsed.twice = square || !parsed.scale.empty();
  for (size_t at = text.find(':'); at < text.size(); ++at)
    if (text[at] == '=') parsed.extents[text[at - 1]] = std::atoll(text.c_str() + at + 1);
  return parsed;
}

double median(std::vector<double> values, bool best) {
  std::sort(values.begin(), values.end());
  if (best && !values.empty()) return values[0];
  return values.empty() ? 0 : values[values.size() / 2];
}

void runThreaded(const CompiledContract &code, const std::vector<void *> &buffers, int threads) {
  if (threads == 1) return code.run(buffers);
  code.runWith(buffers, [&](const tgc::test::ContractStep &step, void **own) {
    auto call = std::pair(step.call, own);
    tgc::parallelFor(
        step.items, step.nanoseconds < 3000 ? 1 : threads, 1,
        [](std::int64_t begin, std::int64_t end, void *context) {
          auto &inner = *static_cast<std::pair<tgc::Kernel, void **> *>(context);
          inner.first(begin, end, inner.second);
        },
        &call);
  });
}

/// The operands of one case, at multiples of 64 bytes, filled with small integers.
struct Operands {
  std::vector<std::vector<char>> memory;
  std::vector<void *> at;

  Operands(const ContractCase &test, const std::string &dtype) {
    for (int operand = 0; operand < 3; ++operand) {
      memory.emplace_back(test.elements(operand) * 8 + 128);
      at.push_back(
          reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(memory.back().data()) + 63) / 64 * 64));
      for (int64_t element = 0; element < test.elements(operand); ++element)
        if (dtype == "f64")
          static_cast<double *>(at[operand])[element] = std::rand() % 7;
        else if (dtype == "f32")
          static_cast<float *>(at[operand])[element] = static_cast<float>(std::rand() % 7);
    }
  }
  template <typename T> T *of(int operand) const { return static_cast<T *>(at[operand]); }
};

/// The kernel, then oneDNN, then OpenBLAS; a function that is empty is not measured.
using Contenders = std::array<std::function<void()>, 3>;

/// The libraries multiply plain matrices only.
void addLibraries(Contenders &contenders, const ContractCase &test, const Operands &operands,
                  const OpenBlas &blas) {
  if (test.equation != "ik,kj->ij") return;
  int m = static_cast<int>(test.extents.at('i')), n = static_cast<int>(test.extents.at('j')),
      k = static_cast<int>(test.extents.at('k'));
  if (test.element == "f32") {
    contenders[1] = [=, &operands] {
      dnnl_sgemm('N', 'N', m, n, k, 1.f, operands.of<float>(0), k, operands.of<float>(1), n, 0.f,
                 operands.of<float>(2), n);
    };
    if (auto *multiply = blas.single)
      contenders[2] = [=, &operands] {
        multiply(101, 111, 111, m, n, k, 1.f, operands.of<float>(0), k, operands.of<float>(1), n, 0.f,
                 operands.of<float>(2), n);
      };
  } else if (auto *multiply = blas.twice; multiply && test.element == "f64") {
    contenders[2] = [=, &operands] {
      multiply(101, 111, 111, m, n, k, 1.0, operands.of<double>(0), k, operands.of<double>(1), n, 0.0,
               operands.of<double>(2), n);
    };
  }
}

/// Seconds of one call of each, in turns; the first turn is not counted.
std::array<double, 3> timesOf(const Contenders &contenders, double flops, const Settings &settings) {
  int64_t repeats = std::clamp<int64_t>(static_cast<int64_t>(3e7 / flops), 1, 20000);
  std::array<std::vector<double>, 3> times;
  for (int sample = -1; sample < settings.samples; ++sample)
    for (size_t who = 0; who < contenders.size(); ++who) {
      if (!contenders[who]) continue;
      auto clock = settings.cpuTime ? threadSeconds : tgc::bench::seconds;
      double start = clock();
      for (int64_t repeat = 0; repeat < repeats; ++repeat)
        contenders[who]();
      if (sample >= 0) times[who].push_back((clock() - start) / repeats);
    }
  return {median(times[0], settings.best), median(times[1], settings.best), median(times[2], settings.best)};
}

void measure(const std::string &text, const Settings &settings, const OpenBlas &blas, double peak) {
  ContractCase test = parseCase(text, settings.dtype, settings.square);
  CompiledContract code = tgc::test::compileContract(test, settings.machine, settings.keepText);
  if (!code.error.empty()) {
    std::fprintf(stderr, "%s: %s\n", text.c_str(), code.error.c_str());
    return;
  }
  if (settings.keepText) std::printf("%s\n%s\n", code.loops.c_str(), code.assembly.c_str());
  double flops = 2;
  for (auto [letter, extent] : test.extents)
    flops *= static_cast<double>(extent);
  Operands operands(test, settings.dtype);
  std::vector<void *> buffers = operands.at;
  if (test.twice) buffers.erase(buffers.begin() + 1);
  std::vector<double> scale(8 * 4096, 1);
  if (!test.scale.empty()) buffers.insert(buffers.begin() + 1, scale.data());
  Contenders contenders;
  contenders[0] = [&] { runThreaded(code, buffers, settings.threads); };
  addLibraries(contenders, test, operands, blas);
  std::array<double, 3> times = timesOf(contenders, flops, settings), rate{};
  for (size_t who = 0; who < times.size(); ++who)
    rate[who] = times[who] > 0 ? flops / times[who] * 1e-9 : 0;
  double rival = std::max(rate[1], rate[2]);
  std::printf("%-34s %s %8.1f  oneDNN %7.1f  OpenBLAS %7.1f  ratio %5.2f  peak %4.0f%%  %9.2f us (model "
              "%8.2f)  items %4ld  "
              "compile %.1f ms (emit %.1f)  %s\n",
              text.c_str(), settings.dtype.c_str(), rate[0], rate[1], rate[2],
              rival > 0 ? rate[0] / rival : 0.0, peak > 0 ? rate[0] / peak / settings.threads * 100 : 0.0,
              times[0] * 1e6, code.nanoseconds() * 1e-3, static_cast<long>(code.steps.back().items),
              code.compileSeconds * 1e3, code.emitSeconds * 1e3, code.tile.c_str());
  std::fflush(stdout);
}

} // namespace

int main(int count, char **arguments) {
  Settings settings;
  std::vector<std::string> cases;
  for (int at = 1; at < count; ++at) {
    std::string text = arguments[at];
    if (text == "--threads" && at + 1 < count)
      settings.threads = std::atoi(arguments[++at]);
    else if (text == "--samples" && at + 1 < count)
      settings.samples = std::atoi(arguments[++at]);
    else if (text == "--dtype" && at + 1 < count)
      settings.dtype = arguments[++at];
    else if (text == "--panels-from" && at + 1 < count)
      settings.machine.panelVolume =
          std::atoll(arguments[++at]); // multiply-adds; for finding Machine's value
    else if (text == "--best")
      settings.best = true; // the fastest sample instead of the median: for tuning on a busy machine
    else if (text == "--cpu-time")
      settings.cpuTime = true; // one thread only
    else if (text == "--square")
      settings.square = true;
    else if (text == "--text")
      settings.keepText = true;
    else
      cases.push_back(text);
  }
  if (cases.empty()) cases = {"8", "16", "32", "64", "100", "128", "256", "512", "1024"};
  omp_set_num_threads(settings.threads);
  OpenBlas blas(settings.threads);
  double peak = tgc::bench::peakGflops(settings.dtype == "f64");
  std::printf("multiply-add peak of one core %.1f GFLOP/s, %d thread(s), median of %d\n", peak,
              settings.threads, settings.samples);
  for (const std::string &text : cases)
    measure(text, settings, blas, peak);
}
