// tgc-bench: the project's figures, each beside its reference in the same run. See README.md.
#include "tools/bench/Figure.h"
#include "tools/bench/Graphs.h"
#include "tools/bench/Hand.h"
#include "tools/bench/Machine.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstring>
#include <dnnl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
extern "C" void omp_set_num_threads(int);

namespace tgc::bench {
namespace {

/// Shared by all figures that measure calls and not compilations.
struct Bench {
  Settings settings;
  Workshop shop;
  OpenBlas blas;
  std::string folder; ///< of the programs
  std::vector<Figure> figures;

  explicit Bench(const Settings &settings) : settings(settings), blas(settings.threads) {}

  std::shared_ptr<Call> call(const Graph &graph) {
    return std::make_shared<Call>(shop.compile(graph, {}), settings.threads);
  }
};

/// Times mean nothing if the two sides compute different things.
template <typename T>
void mustAgree(const std::string &what, std::span<const T> a, std::span<const T> b, double tolerance) {
  double most = 1e-30, off = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    most = std::max(most, std::abs(double(b[k])));
    off = std::max(off, std::abs(double(a[k]) - double(b[k])));
  }
  if (!(off <= tolerance * most))
    stop(what + ": results differ by " + std::to_string(off / most) + " of the largest");
}

/// What tgc must compute, as the side of the comparison that is called with (input, output).
void addRows(Bench &bench, const std::string &name, const std::string &expression, double bytes,
             std::function<void(const float *, float *, bool)> byHand) {
  auto make = [&bench, name, expression, byHand] {
    auto call = bench.call({"fn f(x: f32[4096, 4096]) {\n  return " + expression + "\n}\n"});
    std::vector<Side> sides{{"tgc", [call] { (*call)(); }}};
    if (!hand::available()) return sides;
    auto out =
        std::make_shared<Buffer>(std::move(Buffer::zeros(DType::f32, call->results[0].shape())).value());
    const float *from = call->arguments[0].as<float>().data();
    float *to = out->as<float>().data();
    byHand(from, to, false);
    mustAgree<float>(name, call->results[0].as<float>(), out->as<float>(), 1e-5);
    sides.push_back({"hand-written", [=] { byHand(from, to, false); }});
    if (out->elements() > 4096) sides.push_back({"hand-written, streaming", [=] { byHand(from, to, true); }});
    sides.back().call = [out, last = sides.back().call] { last(); };
    return sides;
  };
  bench.figures.push_back(
      {.name = "rows/" + name, .make = make, .work = bytes, .unit = "GB/s", .aimRatio = 0.8});
}

void addPointwise(Bench &bench, const std::string &extents, double elements, double aim) {
  auto make = [&bench, extents] {
    auto call = bench.call({"fn f(x: f32[" + extents + "]) {\n  return sin(x) + cos(x)**2\n}\n"});
    std::vector<Side> sides{{"tgc", [call] { (*call)(); }}};
    auto to =
        std::make_shared<Buffer>(std::move(Buffer::zeros(DType::f32, call->results[0].shape())).value());
    float *out = to->as<float>().data();
    const float *from = call->arguments[0].as<float>().data();
    std::int64_t count = to->elements();
    for (std::int64_t k = 0; k < std::min<std::int64_t>(count, 4096); ++k)
      out[k] = static_cast<float>(std::sin(double(from[k])) + std::pow(std::cos(double(from[k])), 2));
    std::size_t checked = std::min<std::size_t>(4096, static_cast<std::size_t>(count));
    mustAgree<float>("sin+cos^2", call->results[0].as<float>().first(checked), to->as<float>().first(checked),
                     1e-6);
    sides.push_back({"memcpy", [=] { std::memcpy(to->data(), from, static_cast<std::size_t>(count) * 4); }});
    if (hand::available()) {
      sides.push_back({"copy loop", [=] { hand::copy(from, out, count, false); }});
      sides.push_back({"copy loop, streaming", [=] { hand::copy(from, out, count, true); }});
    }
    return sides;
  };
  bench.figures.push_back(
      {.name = "pointwise/" + extents, .make = make, .work = elements * 8, .unit = "GB/s", .aimRatio = aim});
}

/// A copy that permutes the axes, beside one that does not.
void addPermute(Bench &bench, const std::string &extents, const std::string &axes, double elements) {
  auto make = [&bench, extents, axes] {
    auto call =
        bench.call({"fn f(x: f32[" + extents + "]) {\n  return permute_dims(x, [" + axes + "])\n}\n"});
    auto to =
        std::make_shared<Buffer>(std::move(Buffer::zeros(DType::f32, call->results[0].shape())).value());
    return std::vector<Side>{{"tgc", [call] { (*call)(); }},
                             {"memcpy", [call, to] {
                                std::memcpy(to->data(), call->arguments[0].data(),
                                            static_cast<std::size_t>(to->sizeBytes()));
                              }}};
  };
  bench.figures.push_back({.name = "permute/" + extents + " by " + axes,
                           .make = make,
                           .work = elements * 8,
                           .unit = "GB/s",
                           .aimRatio = 0.4});
}

template <typename T>
void gemmSides(const Bench &bench, const std::shared_ptr<Call> &call, int n, std::vector<Side> &sides) {
  auto out = std::make_shared<Buffer>(std::move(Buffer::zeros(dtypeOf<T>(), {n, n})).value());
  const T *a = call->arguments[0].as<T>().data(), *b = call->arguments[1].as<T>().data();
  T *c = out->template as<T>().data();
  if constexpr (sizeof(T) == 4)
    sides.push_back({"oneDNN", [=] { dnnl_sgemm('N', 'N', n, n, n, 1.f, a, n, b, n, 0.f, c, n); }});
  if constexpr (sizeof(T) == 4) {
    if (auto f = bench.blas.single)
      sides.push_back({"OpenBLAS", [=] { f(101, 111, 111, n, n, n, 1.f, a, n, b, n, 0.f, c, n); }});
  } else if (auto f = bench.blas.twice) {
    sides.push_back({"OpenBLAS", [=] { f(101, 111, 111, n, n, n, 1.0, a, n, b, n, 0.0, c, n); }});
  }
  if (sides.size() < 2) return;
  sides.back().call = [out, last = sides.back().call] { last(); };
  sides.back().call();
  mustAgree<T>("matmul", call->results[0].as<T>(), out->template as<T>(), 1e-5);
}

void addMatmul(Bench &bench, const std::string &dtype, int n) {
  auto make = [&bench, dtype, n] {
    std::string type = dtype + "[" + std::to_string(n) + ", " + std::to_string(n) + "]";
    auto call = bench.call({"fn f(a: " + type + ", b: " + type + ") {\n  return a @ b\n}\n"});
    std::vector<Side> sides{{"tgc", [call] { (*call)(); }}};
    if (dtype == "f32")
      gemmSides<float>(bench, call, n, sides);
    else
      gemmSides<double>(bench, call, n, sides);
    return sides;
  };
  bench.figures.push_back({.name = "matmul/" + dtype + "/" + std::to_string(n),
                           .make = make,
                           .work = 2.0 * n * n * n,
                           .unit = "GFLOP/s",
                           .aimRatio = n >= 64 ? 0.9 : 1});
}

/// Cold makes a context and a compiler; warm keeps both; again also takes the kernels from memory.
void addCompile(Bench &bench, const std::string &name, const Graph &graph, double aimSeconds) {
  using Noted = std::map<std::string, std::vector<double>>;
  auto notes = std::make_shared<std::map<std::string, Noted>>();
  Options options;
  options.compileThreads = bench.settings.threads;
  auto timed = [notes, graph](Workshop &shop, const std::string &side, const Options &options) {
    std::map<std::string, double> stages;
    shop.compile(graph, options, &stages);
    for (auto [stage, seconds] : stages)
      (*notes)[side][stage].push_back(seconds);
  };
  auto make = [=]() -> std::vector<Side> {
    auto warm = std::make_shared<Workshop>();
    warm->compile(graph, options);
    Options fresh = options;
    fresh.reuseKernels = false;
    return {{"warm context", [=] { timed(*warm, "warm context", fresh); }},
            {"cold context",
             [=] {
               Workshop cold;
               timed(cold, "cold context", fresh);
             },
             false},
            {"kernels in memory", [=] { timed(*warm, "kernels in memory", options); }, false}};
  };
  auto after = [notes] {
    for (const auto &[side, stages] : *notes) {
      std::printf("  %-22s", side.c_str());
      for (const char *stage :
           {"build", "algebra", "autodiff", "batch", "contract", "fuse", "lower", "schedule", "target",
            "total", "to llvm dialect", "to llvm ir", "light passes", "code generation", "link"})
        if (auto found = stages.find(stage); found != stages.end())
          std::printf(" %s %.2f", stage, spreadOf(found->second).median * 1e3);
      std::printf(" ms (wall), %.0f kernels\n", stages.at("kernels").front());
    }
    notes->clear();
  };
  bench.figures.push_back(
      {.name = "compile/" + name, .make = make, .aimSeconds = aimSeconds, .once = true, .after = after});
}

void addCompiles(Bench &bench) {
  Graph logistic{"fn loss(X: f64[569, 30], y: f64[569], w: f64[30], strength: f64) {\n"
                 "  margin = y * (X @ w)\n"
                 "  return mean(softplus(-margin)) + 0.5 * strength * sum(w * w)\n}\n"};
  addCompile(bench, "10 ops", generated(10), 15e-3);
  addCompile(bench, "logistic loss", logistic, 25e-3);
  addCompile(bench, "logistic gradient", {logistic.text, "grad(loss, wrt=w)"}, 30e-3);
  addCompile(bench, "logistic hvp", {logistic.text, "hvp(loss, wrt=w)"}, 40e-3);
  addCompile(bench, "200 ops", generated(200), 100e-3);
  addCompile(bench, "2000 ops", generated(2000), 500e-3);
  addCompile(bench, "2000 ops, unrolled loop", generated(2000, 48), 500e-3);
}

void addSmallCall(Bench &bench) {
  auto make = [&bench]() -> std::vector<Side> {
    auto call = bench.call({"fn f(x: f32[16]) {\n  return 2 * x + 1\n}\n"});
    auto to = std::make_shared<Buffer>(std::move(Buffer::zeros(DType::f32, {16})).value());
    auto loop = [call, to] {
      const float *in = call->arguments[0].as<float>().data();
      float *out = to->as<float>().data();
      for (int k = 0; k < 16; ++k)
        out[k] = 2 * in[k] + 1;
      asm volatile("" : : "r"(out) : "memory");
    };
    return {{"tgc", [call] { (*call)(); }}, {"C++ loop", loop, false}};
  };
  bench.figures.push_back({.name = "call/16 elements", .make = make, .aimSeconds = 200e-9});
}

void spawnAndWait(const std::vector<std::string> &words) {
  std::vector<char *> arguments;
  for (const std::string &word : words)
    arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1 /* O_WRONLY */, 0);
  pid_t child = 0;
  int status = 1;
  if (posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0)
    stop(words[0] + " did not run");
  posix_spawn_file_actions_destroy(&actions);
}

void addStart(Bench &bench) {
  auto make = [&bench]() -> std::vector<Side> {
    std::string file =
        (std::filesystem::temp_directory_path() / ("tgc-bench-" + std::to_string(getpid()) + ".tg")).string();
    std::ofstream(file) << "fn f(x: f64[4]) {\n  return sin(x) + 1\n}\n";
    std::shared_ptr<void> keeper(nullptr, [file](void *) { std::filesystem::remove(file); });
    std::string tgc = bench.folder + "/tgc";
    return {{"tgc run",
             [=] {
               (void)keeper;
               spawnAndWait({tgc, "run", file, "--in", "x=ones:f64[4]"});
             }},
            {"tgc --version", [=] { spawnAndWait({tgc, "--version"}); }, false},
            {"true", [] { spawnAndWait({"/bin/true"}); }, false}};
  };
  bench.figures.push_back(
      {.name = "start/first result", .make = make, .aimSeconds = 80e-3, .wall = true, .once = true});
}

void addAll(Bench &bench) {
  addCompiles(bench);
  addSmallCall(bench);
  addPointwise(bench, "10, 100, 100", 1e5, 0);
  addPointwise(bench, "67108864", 67108864, 0.9);
  addPermute(bench, "4096, 4096", "1, 0", 16777216);
  addPermute(bench, "1000, 1000", "1, 0", 1e6);
  addPermute(bench, "64, 512, 512", "0, 2, 1", 16777216);
  addPermute(bench, "256, 256, 256", "2, 0, 1", 16777216);
  addPermute(bench, "64, 64, 64, 64", "3, 2, 1, 0", 16777216);
  addPermute(bench, "64, 64, 64, 64", "2, 1, 0, 3", 16777216);
  constexpr std::int64_t n = 4096;
  addRows(bench, "softmax", "softmax(x)", 8.0 * n * n,
          [](const float *in, float *out, bool past) { hand::softmax(in, out, n, n, past); });
  addRows(bench, "layer_norm", "layer_norm(x)", 8.0 * n * n,
          [](const float *in, float *out, bool past) { hand::layerNorm(in, out, n, n, past); });
  addRows(bench, "logsumexp", "logsumexp(x, axis=1)", 4.0 * n * n,
          [](const float *in, float *out, bool) { hand::logsumexp(in, out, n, n); });
  for (const char *dtype : {"f32", "f64"})
    for (int size = 8; size <= 2048; size *= 2)
      addMatmul(bench, dtype, size);
  addStart(bench);
}

/// The value of `--name=N`, taken out of the words; `fallback` without it.
int takeNumber(std::vector<char *> &words, const std::string &name, int fallback) {
  for (auto word = words.begin(); word != words.end(); ++word)
    if (std::string_view(*word).starts_with("--" + name + "=")) {
      int value = std::atoi(*word + name.size() + 3);
      words.erase(word);
      return value > 0 ? value : fallback;
    }
  return fallback;
}

} // namespace
} // namespace tgc::bench

int main(int count, char **arguments) {
  using namespace tgc::bench;
  std::vector<char *> words(arguments, arguments + count);
  Settings settings;
  settings.threads = takeNumber(words, "threads", 1);
  settings.samples = takeNumber(words, "samples", 9);
  std::string interleave = "--benchmark_enable_random_interleaving=true";
  words.insert(words.begin() + 1, interleave.data());
  int left = static_cast<int>(words.size());
  benchmark::Initialize(&left, words.data());
  if (benchmark::ReportUnrecognizedArguments(left, words.data())) return 2;
  omp_set_num_threads(settings.threads);
  std::printf(
      "%s\nmultiply-add peak of one core: f32 %.1f, f64 %.1f GFLOP/s; copy %.1f GB/s (read plus written)\n"
      "%d thread(s), medians of %d samples in random order (10 %% .. 90 %%)%s\n\n",
      machineText().c_str(), peakGflops(false), peakGflops(true), copyGbytes(), settings.threads,
      settings.samples, settings.threads == 1 ? ", processor time of the thread" : "");
  std::fflush(stdout);
  Bench bench(settings);
  std::error_code ignored;
  bench.folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
  addAll(bench);
  runFigures(std::move(bench.figures), settings);
}
