// Loops that stay loops: a rod's temperatures for 10,000 steps with the gradient by the start, at four prices
// in memory; a root by Newton's method, differentiated through the iteration and compared with the implicit
// gradient.
#include "Data.h"
#include <chrono>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

constexpr std::int64_t n = 64, count = 10000;

Function distance(LoopMemory memory) {
  return Function("distance", {{"u", f64, {n}}, {"target", f64, {n}}}, [=](Expr u, Expr target) {
    Expr last = fori_loop(
        0, count,
        [&](Expr, Expr now) {
          Expr inner =
              index(now, {Slice{0, n - 2}}) - 2.0 * index(now, {Slice{1, n - 1}}) + index(now, {Slice{2, n}});
          return now + 0.25 * pad(inner, Pairs{{1, 1}}) +
                 1e-4 * sin(now); // the ends keep their temperature, nearly
        },
        u, memory);
    Expr miss = last - target;
    return sum(miss * miss);
  });
}

struct Outcome {
  double value = 0;
  std::vector<double> slope = std::vector<double>(n);
};

Outcome run(const char *name, LoopMemory memory) {
  Executable code = example::need(compile(value_and_grad(distance(memory), "u"), {.threads = 1}));
  std::vector<double> u(n), target(n);
  for (std::int64_t k = 0; k < n; ++k) {
    u[std::size_t(k)] = std::sin(0.3 * double(k));
    target[std::size_t(k)] = double(k) / double(n);
  }
  Outcome out;
  Workspace space(code);
  double milliseconds = 0;
  for (int round = 0; round < 2; ++round) { // the first touches the memory
    auto begin = std::chrono::steady_clock::now();
    example::need(code.run({u, target}, {out.value, out.slope}, space));
    milliseconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() * 1e3;
  }
  std::printf("%-8s %8.1f KiB of scratch, %7.1f ms, compiled in %.0f ms; distance %.9f\n", name,
              double(code.workspaceBytes()) / 1024, milliseconds, code.summary().compileSeconds * 1e3,
              out.value);
  return out;
}

bool rootIsRight() {
  Function root("root", {{"a", f64, {}}}, [](Expr a) {
    return while_loop([&](Expr x) { return abs(x * x - a) > 1e-14 * a; },
                      [&](Expr x) { return (x + a / x) * 0.5; }, a);
  });
  Executable code = example::need(compile(value_and_grad(root, "a"), {.threads = 1}));
  Workspace space(code);
  double a = 7, value = 0, slope = 0;
  example::need(code.run({a}, {value, slope}, space));
  std::printf("root of 7: %.15f, slope %.15f, implicit gradient %.15f\n", value, slope, 0.5 / value);
  return std::abs(value * value - a) < 1e-13 && std::abs(slope - 0.5 / value) < 1e-14;
}

} // namespace

int main() {
  const Outcome all = run("all", LoopMemory::All);
  bool same = true;
  for (auto [name, memory] : {std::pair("carries", LoopMemory::Carries), std::pair("sqrt", LoopMemory::Sqrt),
                              std::pair("log", LoopMemory::Log)}) {
    const Outcome other = run(name, memory);
    same &= other.value == all.value;
    for (std::size_t k = 0; k < other.slope.size(); ++k)
      same &= std::abs(other.slope[k] - all.slope[k]) <= 1e-12 * std::abs(all.slope[k]) + 1e-300;
  }
  return same && rootIsRight() ? 0 : 1;
}
