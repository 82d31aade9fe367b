// `tgc explain`: contraction order, fusion groups with their reasons, memory plan, cost. With --svg the trees
// of the contractions as a picture, with --measure the seconds of each step on this machine.
#include "compiler/Notes.h"
#include "compiler/Saved.h"
#include "compiler/Trace.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Ops.h"
#include "frontend/language/Messages.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/ContractionPlan.h"
#include "tools/tgc/Load.h"
#include "tools/tgc/Measure.h"
#include "tools/tgc/Runs.h"
#include "tools/tgc/Structure.h"
#include <cstdio>

namespace tgc::tools {
namespace {

std::string joined(const std::vector<std::string> &words) {
  std::string out;
  for (const std::string &word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// What reverse mode keeps, of the function as it is after the last transformation.
Result<std::vector<SavedValue>> savedOf(Compiler &compiler, Loaded &loaded, Options options) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = loaded.module->clone();
  CompileInput input = loaded.input();
  input.module = *copy;
  options.upTo = Stage::Batch;
  if (auto written = compiler.compile(input, options); !written) return written.error();
  return savedValues(copy->lookupSymbol<mlir::func::FuncOp>(loaded.function));
}

std::string placeText(const Place &place) {
  return place.known() ? place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column)
                       : "";
}

void printSaved(const std::vector<SavedValue> &saved) {
  if (saved.empty()) return;
  std::int64_t total = 0;
  for (const SavedValue &value : saved)
    total += value.bytes;
  std::printf("kept for the reverse part: %zu values, %lld bytes\n", saved.size(),
              static_cast<long long>(total));
  for (const SavedValue &value : saved)
    std::printf("      %-14s %-18s %10lld bytes  for %s  %s\n", value.op.c_str(), value.type.c_str(),
                static_cast<long long>(value.bytes), joined(value.readers).c_str(),
                placeText(value.place).c_str());
}

std::string savedJson(const std::vector<SavedValue> &saved) {
  using language::quoteJson;
  std::string out;
  for (const SavedValue &value : saved) {
    std::string readers;
    for (const std::string &reader : value.readers)
      readers += (readers.empty() ? "" : ", ") + quoteJson(reader);
    out += (out.empty() ? "" : ", ") + std::string("{\"op\": ") + quoteJson(value.op) +
           ", \"type\": " + quoteJson(value.type) + ", \"bytes\": " + std::to_string(value.bytes) +
           ", \"for\": [" + readers + "], \"place\": " + quoteJson(placeText(value.place)) + "}";
  }
  return "[" + out + "]";
}

void printText(const std::vector<Run> &runs, const ContractionPlan &plan, const Measured &measured,
               const Report &report, const Trace &trace) {
  std::fputs(plan.text().c_str(), stdout);
  std::printf("kernels, in the order %s (a new one starts for the reason given)\n",
              report.inOrder ? "they run" : "of the program, which memory changed");
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const std::string indent(std::size_t(runs[k].depth) * 2, ' ');
    std::printf("%4zu  %s%-24s %s\n", k, indent.c_str(), runs[k].kernel.c_str(), runs[k].ops.c_str());
    if (!runs[k].keeps.empty()) std::printf("      %skeeps %s\n", indent.c_str(), runs[k].keeps.c_str());
    if (!runs[k].contraction.empty()) std::printf("      contraction %s\n", runs[k].contraction.c_str());
    if (!runs[k].calls.empty()) std::printf("      of %s\n", joined(runs[k].calls).c_str());
    std::printf("      %sbecause %s\n", indent.c_str(), runs[k].why.c_str());
  }
  std::printf("code\n");
  for (const KernelReport &kernel : report.kernels)
    std::printf("      %-24s %lld items, about %.3g us on one core, run %d times%s; %s\n",
                kernel.name.c_str(), static_cast<long long>(kernel.items),
                static_cast<double>(kernel.nanoseconds) / 1000, kernel.launches,
                kernel.reused ? ", from memory" : "", kernel.form.c_str());
  std::printf("memory\n      arena %lld bytes, constants %lld bytes, %lld launches\n",
              static_cast<long long>(report.arenaBytes), static_cast<long long>(report.constantBytes),
              static_cast<long long>(report.launches));
  if (report.again)
    std::printf("      %lld launches compute values again to save memory, about %.3g us on one core\n",
                static_cast<long long>(report.again), static_cast<double>(report.againNanoseconds) / 1000);
  for (const CopyReport &copy : report.copies)
    std::printf("      result %s is copied, %lld bytes, because %s\n", copy.result.c_str(),
                static_cast<long long>(copy.bytes), copy.why.c_str());
  if (measured.peakBytes >= 0)
    std::printf("      a run grew the process by %lld bytes at most, beyond arguments and results\n",
                static_cast<long long>(measured.peakBytes));
  std::printf("compile time, ms\n");
  for (const StageRecord &stage : trace.stages)
    std::printf("      %-10s %8.2f   %lld ops after it\n", std::string(nameOf(stage.stage)).c_str(),
                stage.seconds * 1e3, static_cast<long long>(stage.ops));
  std::printf("      %-10s %8.2f\n", "all", trace.totalSeconds() * 1e3);
}

std::string json(const std::vector<Run> &runs, const ContractionPlan &plan, const Measured &measured,
                 const Report &report, const Trace &trace, const std::string &structure,
                 const std::vector<SavedValue> &saved) {
  using language::quoteJson;
  std::string out = "{\"kernels\": [";
  for (std::size_t k = 0; k < runs.size(); ++k)
    out += std::string(k ? ", " : "") + "{\"kernel\": " + quoteJson(runs[k].kernel) +
           ", \"ops\": " + quoteJson(runs[k].ops) +
           ", \"contraction\": " + (runs[k].contraction.empty() ? "null" : quoteJson(runs[k].contraction)) +
           ", \"depth\": " + std::to_string(runs[k].depth) +
           ", \"keeps\": " + (runs[k].keeps.empty() ? "null" : quoteJson(runs[k].keeps)) +
           ", \"of\": " + quoteJson(joined(runs[k].calls)) + ", \"why\": " + quoteJson(runs[k].why) + "}";
  out += "], \"saved\": " + savedJson(saved) + ", \"contractions\": " + plan.json() +
         ", \"arena_bytes\": " + std::to_string(report.arenaBytes) +
         ", \"constant_bytes\": " + std::to_string(report.constantBytes) +
         ", \"peak_bytes\": " + (measured.peakBytes < 0 ? "null" : std::to_string(measured.peakBytes)) +
         ", \"launches\": " + std::to_string(report.launches) + ", \"structure\": " + structure +
         ", \"launches_again\": " + std::to_string(report.again) + ", \"copies\": [";
  for (std::size_t k = 0; k < report.copies.size(); ++k)
    out += std::string(k ? ", " : "") + "{\"result\": " + quoteJson(report.copies[k].result) +
           ", \"bytes\": " + std::to_string(report.copies[k].bytes) +
           ", \"why\": " + quoteJson(report.copies[k].why) + "}";
  out += "], \"stages\": {";
  for (std::size_t k = 0; k < trace.stages.size(); ++k)
    out += (k ? ", " : "") + quoteJson(nameOf(trace.stages[k].stage)) + ": " +
           std::to_string(trace.stages[k].seconds);
  return out + "}}\n";
}

} // namespace

int explainCommand(const CommandLine &line, Console &console) {
  ExitCode code = Done;
  if (line.has("svg") && line.has("json"))
    return report(console, {ErrorKind::Invalid, "--svg and --json are two forms of one answer", {}, 1, {}},
                  Usage);
  Options options;
  auto memory = numberOption(line, "memory", 0, 1);
  if (!memory) return report(console, memory.error(), Usage);
  options.memoryBudget = *memory;
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  Compiler compiler(*loaded->context);
  auto structure = structureOf(*loaded->module);
  mlir::OwningOpRef<mlir::ModuleOp> copy = loaded->module->clone();
  auto saved = savedOf(compiler, *loaded, options);
  if (!saved) return report(console, saved.error());
  Trace trace;
  auto asked = loaded->input();
  auto donated = donationsOf(line, *loaded);
  if (!donated) return report(console, donated.error(), Usage);
  asked.donated = std::move(*donated);
  auto compiled = compiler.compile(asked, options, &trace);
  if (!compiled) return report(console, compiled.error());
  Options half = options; // the same program as far as kernels are graphs
  half.upTo = Stage::Fuse;
  half.memoryBudget = 0;
  half.contractionBytes = compiled->report.contractionBytes;
  CompileInput input = loaded->input();
  input.module = *copy;
  if (auto fused = compiler.compile(input, half); !fused) return report(console, fused.error());
  auto runs = runsOf(*copy, loaded->function);
  Measured measured;
  if (line.has("measure")) {
    auto arguments = argumentsOf(*loaded, true, code);
    if (!arguments) return report(console, arguments.error(), code);
    auto figures = measure(*compiled->program, *arguments, 0.5);
    if (!figures) return report(console, figures.error(), LimitHit);
    measured = std::move(*figures);
  }
  ContractionPlan plan =
      contractionPlanOf(*loaded->module, loaded->function, compiled->report, measured.stepSeconds);
  if (line.has("svg"))
    std::fputs(plan.svg(loaded->function).c_str(), stdout);
  else if (console.json)
    std::fputs(json(runs, plan, measured, compiled->report, trace, structureJson(structure), *saved).c_str(),
               stdout);
  else {
    std::fputs(structureText(structure).c_str(), stdout);
    printText(runs, plan, measured, compiled->report, trace);
    printSaved(*saved);
  }
  return Done;
}

} // namespace tgc::tools
