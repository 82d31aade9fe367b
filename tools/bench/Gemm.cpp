// Contraction kernels alone, beside oneDNN and OpenBLAS called directly, in one run and interleaved:
//   tgc-bench-gemm [--threads N | --cpu-time] [--best] [--text] [--samples N] [--dtype f32] [SIZE |
//   EQUATION:i=64,j=64,k=64] ...
// Prints GFLOP/s (medians), the ratio to the better of the two libraries, the fraction of the multiply-add
// peak measured in the same run, and the time to compile. OpenBLAS is looked for at run time; without it the
// column is empty.
#include "runtime/cpu/Parallel.h"
#include "tools/bench/ContractRunner.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <dnnl.h>
#include <functional>
#include <immintrin.h>
extern "C" void omp_set_num_threads(int);

namespace {

using tgc::test::CompiledContract;
using tgc::test::ContractCase;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Time this thread had the processor: what one-thread timings need on a machine that others use too.
double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Multiply-adds of independent chains in registers, for a fraction of a millisecond: the ceiling of one
/// core.
__attribute__((target("avx512f"))) double peakSingle(int rounds) {
  __m512 x = _mm512_set1_ps(0.999f), y = _mm512_set1_ps(1e-3f);
  __m512 a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y;
  double start = seconds();
  for (int round = 0; round < rounds; ++round) {
    a = _mm512_fmadd_ps(a, x, y), b = _mm512_fmadd_ps(b, x, y), c = _mm512_fmadd_ps(c, x, y);
    d = _mm512_fmadd_ps(d, x, y), e = _mm512_fmadd_ps(e, x, y), f = _mm512_fmadd_ps(f, x, y);
    g = _mm512_fmadd_ps(g, x, y), h = _mm512_fmadd_ps(h, x, y), i = _mm512_fmadd_ps(i, x, y);
    j = _mm512_fmadd_ps(j, x, y);
    asm volatile(""
                 : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e), "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));
  }
  return rounds * 10 * 32.0 / (seconds() - start) * 1e-9;
}

double peakGflops(bool isDouble) {
  if (!__builtin_cpu_supports("avx512f")) return 0;
  double best = 0;
  for (int sample = 0; sample < 9; ++sample)
    best = std::max(best, peakSingle(40000));
  return isDouble ? best / 2 : best; // half the lanes at the same rate
}

/// OpenBLAS through its C interface, if the machine has it.
struct OpenBlas {
  using Single = void (*)(int, int, int, int, int, int, float, const float *, int, const float *, int, float,
                          float *, int);
  using Double = void (*)(int, int, int, int, int, int, double, const double *, int, const double *, int,
                          double, double *, int);
  Single single = nullptr;
  Double twice = nullptr;

  explicit OpenBlas(int threads) {
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    single = reinterpret_cast<Single>(dlsym(library, "cblas_sgemm"));
    twice = reinterpret_cast<Double>(dlsym(library, "cblas_dgemm"));
    if (auto *set = reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"))) set(threads);
  }
};

struct Settings {
  int threads = 1, samples = 15;
  std::string dtype = "f32";
  bool keepText = false, best = false, cpuTime = false;
};

ContractCase parseCase(const std::string &text, const std::string &dtype) {
  if (text.find(':') == std::string::npos) {
    int64_t size = std::atoll(text.c_str());
    return {"ik,kj->ij", dtype, {{'i', size}, {'j', size}, {'k', size}}, "", false};
  }
  ContractCase parsed{text.substr(0, text.find(':')), dtype, {}, "", false};
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

void measure(const std::string &text, const Settings &settings, const OpenBlas &blas, double peak) {
  ContractCase test = parseCase(text, settings.dtype);
  CompiledContract code = tgc::test::compileContract(test, tgc::schedule::Machine::host(), settings.keepText);
  if (!code.error.empty()) {
    std::fprintf(stderr, "%s: %s\n", text.c_str(), code.error.c_str());
    return;
  }
  if (settings.keepText) std::printf("%s\n%s\n", code.loops.c_str(), code.assembly.c_str());
  bool isDouble = settings.dtype == "f64", isSingle = settings.dtype == "f32";
  double flops = 2;
  for (auto [letter, extent] : test.extents)
    flops *= static_cast<double>(extent);
  std::vector<std::vector<char>> memory;
  std::vector<void *> at;
  for (int operand = 0; operand < 3; ++operand) {
    memory.emplace_back(test.elements(operand) * 8 + 128);
    at.push_back(
        reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(memory.back().data()) + 63) / 64 * 64));
    for (int64_t element = 0; element < test.elements(operand); ++element)
      if (isDouble)
        static_cast<double *>(at[operand])[element] = std::rand() % 7;
      else if (isSingle)
        static_cast<float *>(at[operand])[element] = static_cast<float>(std::rand() % 7);
  }
  bool plain = test.equation == "ik,kj->ij";
  int m = static_cast<int>(test.extents['i']), n = static_cast<int>(test.extents['j']),
      k = static_cast<int>(test.extents['k']);
  std::vector<std::function<void()>> contenders;
  contenders.push_back([&] { runThreaded(code, at, settings.threads); });
  if (plain && isSingle) {
    contenders.push_back([&] {
      dnnl_sgemm('N', 'N', m, n, k, 1.f, static_cast<float *>(at[0]), k, static_cast<float *>(at[1]), n, 0.f,
                 static_cast<float *>(at[2]), n);
    });
    if (blas.single)
      contenders.push_back([&] {
        blas.single(101, 111, 111, m, n, k, 1.f, static_cast<float *>(at[0]), k, static_cast<float *>(at[1]),
                    n, 0.f, static_cast<float *>(at[2]), n);
      });
  } else if (plain && isDouble && blas.twice) {
    contenders.push_back([] {});
    contenders.push_back([&] {
      blas.twice(101, 111, 111, m, n, k, 1.0, static_cast<double *>(at[0]), k, static_cast<double *>(at[1]),
                 n, 0.0, static_cast<double *>(at[2]), n);
    });
  }
  int64_t repeats = std::clamp<int64_t>(static_cast<int64_t>(3e7 / flops), 1, 20000);
  std::vector<std::vector<double>> times(3);
  for (int sample = -1; sample < settings.samples; ++sample)
    for (size_t who = 0; who < contenders.size(); ++who) {
      auto clock = settings.cpuTime ? threadSeconds : seconds;
      double start = clock();
      for (int64_t repeat = 0; repeat < repeats; ++repeat)
        contenders[who]();
      if (sample >= 0) times[who].push_back((clock() - start) / repeats);
    }
  double rate[3] = {0, 0, 0};
  for (size_t who = 0; who < contenders.size(); ++who)
    rate[who] = flops / median(times[who], settings.best) * 1e-9;
  if (isDouble) rate[1] = 0;
  double rival = std::max(rate[1], rate[2]);
  std::printf("%-34s %s %8.1f  oneDNN %7.1f  OpenBLAS %7.1f  ratio %5.2f  peak %4.0f%%  %9.2f us (model "
              "%8.2f)  items %4ld  "
              "compile %.1f ms (emit %.1f)  %s\n",
              text.c_str(), settings.dtype.c_str(), rate[0], rate[1], rate[2],
              rival > 0 ? rate[0] / rival : 0.0, peak > 0 ? rate[0] / peak / settings.threads * 100 : 0.0,
              median(times[0], settings.best) * 1e6, code.nanoseconds() * 1e-3,
              static_cast<long>(code.steps.back().items), code.compileSeconds * 1e3, code.emitSeconds * 1e3,
              code.tile.c_str());
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
    else if (text == "--best")
      settings.best = true; // the fastest sample instead of the median: for tuning on a busy machine
    else if (text == "--cpu-time")
      settings.cpuTime = true; // one thread only
    else if (text == "--text")
      settings.keepText = true;
    else
      cases.push_back(text);
  }
  if (cases.empty()) cases = {"8", "16", "32", "64", "100", "128", "256", "512", "1024"};
  omp_set_num_threads(settings.threads);
  OpenBlas blas(settings.threads);
  double peak = peakGflops(settings.dtype == "f64");
  std::printf("multiply-add peak of one core %.1f GFLOP/s, %d thread(s), median of %d\n", peak,
              settings.threads, settings.samples);
  for (const std::string &text : cases)
    measure(text, settings, blas, peak);
}
