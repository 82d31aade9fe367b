// `tgc bench`: seconds a call, with the work and the bytes it must at least move.
#include "dialects/graph/Control.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/Run.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/Load.h"
#include "tools/tgc/Room.h"
#include <algorithm>
#include <chrono>
#include <cstdio>

namespace tgc::tools {
namespace {

double productFlops(graph::ContractOp contract) {
  auto equation = std::get<graph::Equation>(graph::parseEquation(std::string_view(contract.getEquation())));
  double product = contract.getTensors().size() > 1 ? 2 : 1;
  std::vector<bool> seen(equation.indexCount());
  for (std::size_t k = 0; k < equation.operands.size(); ++k)
    for (std::size_t axis = 0; axis < equation.operands[k].size(); ++axis)
      if (!seen[equation.operands[k][axis]]) {
        seen[equation.operands[k][axis]] = true;
        product *= static_cast<double>(graph::shapeOf(contract.getTensors()[k])[axis]);
      }
  return product;
}

/// Multiply-adds count two, any other element of an op one; after the contraction order was chosen. Of a
/// branch the larger one counts; of loops of unknown length, and of loops taken backward, nothing.
double flopsOf(mlir::ModuleOp module, llvm::StringRef function) {
  double total = 0;
  for (mlir::Operation &op : module.lookupSymbol<mlir::func::FuncOp>(function).front().without_terminator()) {
    auto row = mlir::dyn_cast<graph::GraphOp>(op);
    if (auto contract = mlir::dyn_cast<graph::ContractOp>(op))
      total += productFlops(contract);
    else if (auto loop = mlir::dyn_cast<graph::ScanOp>(op))
      total += static_cast<double>(loop.getLength()) * flopsOf(module, loop.getBody());
    else if (auto branch = mlir::dyn_cast<graph::CondOp>(op))
      total += std::max(flopsOf(module, branch.getThen()), flopsOf(module, branch.getOtherwise()));
    else if (row && row.kind() == graph::Kind::Pointwise)
      total += static_cast<double>(graph::tensorOf(op.getResult(0)).getNumElements());
    else if (row && op.hasAttr("keepdims"))
      total += static_cast<double>(graph::tensorOf(op.getOperand(0)).getNumElements());
  }
  return total;
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Timing {
  std::vector<double> seconds; ///< of one call, sorted
  double at(double share) const {
    return seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
  }
};

/// Calls for `budget` seconds, in batches of 20 us at least so that the clock is not what is measured.
Result<Timing> timed(const Program &program, const std::vector<Buffer> &arguments, Room &room,
                     const RunOptions &options, double budget) {
  std::vector<View> in(arguments.begin(), arguments.end());
  std::vector<MutableView> out(room.results.begin(), room.results.end());
  Timing timing;
  std::int64_t batch = 1;
  for (double end = now() + std::max(0.01, budget); now() < end || timing.seconds.size() < 3;) {
    double start = now();
    for (std::int64_t k = 0; k < batch; ++k)
      if (auto ok = tgc::run(program, in, out, room.space, options); !ok) return ok.error();
    double spent = now() - start;
    if (spent < 2e-5) {
      batch *= 4;
      timing.seconds.clear();
    } else {
      timing.seconds.push_back(spent / static_cast<double>(batch));
    }
  }
  std::sort(timing.seconds.begin(), timing.seconds.end());
  return timing;
}

/// The highest byte of the arena that a call writes, counted from one: what differs from either of two
/// patterns.
Result<std::int64_t> touched(const Program &program, const std::vector<Buffer> &arguments, Room &room,
                             const RunOptions &options) {
  std::vector<View> in(arguments.begin(), arguments.end());
  std::vector<MutableView> out(room.results.begin(), room.results.end());
  std::int64_t highest = 0, bytes = program.arenaBytes();
  for (unsigned char pattern : {0x5a, 0xa5}) {
    std::fill_n(room.space.data(), bytes, std::byte(pattern));
    if (auto ok = tgc::run(program, in, out, room.space, options); !ok) return ok.error();
    std::int64_t at = bytes;
    while (at > highest && room.space.data()[at - 1] == std::byte(pattern))
      --at;
    highest = at;
  }
  return highest;
}

/// The work of the function after its contraction order was chosen.
Result<double> workOf(Loaded &loaded, Compiler &compiler) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = loaded.module->clone();
  CompileInput half = loaded.input();
  half.module = *copy;
  Options upTo;
  upTo.upTo = Stage::Contract;
  if (auto planned = compiler.compile(half, upTo); !planned) return planned.error();
  return flopsOf(*copy, loaded.function);
}

} // namespace

int benchCommand(const CommandLine &line, Console &console) {
  ExitCode code = Done;
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  auto arguments = argumentsOf(*loaded, true, code);
  if (!arguments) return report(console, arguments.error(), code);
  auto threads = numberOption(line, "threads", 0, 0);
  auto level = levelOption(line);
  auto seconds = realOption(line, "seconds", 1);
  auto memory = numberOption(line, "memory", 0, 1);
  if (!threads) return report(console, threads.error(), Usage);
  if (!memory) return report(console, memory.error(), Usage);
  if (!level) return report(console, level.error(), Usage);
  if (!seconds) return report(console, seconds.error(), Usage);
  Compiler compiler(*loaded->context);
  auto flops = workOf(*loaded, compiler);
  if (!flops) return report(console, flops.error());
  Options options;
  options.level = static_cast<int>(*level);
  options.memoryBudget = *memory;
  double before = now();
  auto compiled = compiler.compile(loaded->input(), options);
  double compileSeconds = now() - before;
  if (!compiled) return report(console, compiled.error());
  auto room = roomFor(*compiled->program);
  if (!room) return report(console, room.error());
  double bytes = 0;
  for (const auto *tensors : {&*arguments, &room->results})
    for (const Buffer &tensor : *tensors)
      bytes += static_cast<double>(tensor.sizeBytes());
  auto timing = timed(*compiled->program, *arguments, *room, {static_cast<int>(*threads), {}}, *seconds);
  if (!timing) return report(console, timing.error());
  auto highest = touched(*compiled->program, *arguments, *room, {static_cast<int>(*threads), {}});
  if (!highest) return report(console, highest.error());
  double median = timing->at(0.5);
  const char *form =
      console.json
          ? "{\"seconds\": %.9g, \"p10\": %.9g, \"p90\": %.9g, \"samples\": %zu, \"gflops\": %.6g, "
            "\"gbytes\": %.6g, \"compile_seconds\": %.6g, \"arena_bytes\": %lld, \"touched_bytes\": %lld}\n"
          : "%.4g s a call (median; 10%% %.4g, 90%% %.4g; %zu samples)\n%.4g GFLOP/s, %.4g GB/s "
            "(arguments and results)\ncompiled in %.4g s, arena of %lld bytes, %lld of them written\n";
  std::printf(form, median, timing->at(0.1), timing->at(0.9), timing->seconds.size(), *flops / median * 1e-9,
              bytes / median * 1e-9, compileSeconds, static_cast<long long>(compiled->program->arenaBytes()),
              static_cast<long long>(*highest));
  return Done;
}

} // namespace tgc::tools
