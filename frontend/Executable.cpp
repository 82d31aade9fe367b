// From a Function to code, and calls of it.
#include "tgc/Executable.h"
#include "frontend/Graph.h"
#include "frontend/Layouts.h"
#include "runtime/Run.h"
#include <algorithm>
#include <chrono>

namespace tgc {

struct Executable::State {
  std::shared_ptr<const Program> program;
  std::vector<Param> params, results;
  Summary summary;
  RunOptions run;
};

const std::vector<Param> &Executable::params() const { return state->params; }
const std::vector<Param> &Executable::results() const { return state->results; }
std::int64_t Executable::workspaceBytes() const { return state->program->workspaceBytes(); }
const Summary &Executable::summary() const { return state->summary; }

Result<void> Executable::run(std::span<const View> arguments, std::span<const MutableView> results,
                             Workspace &workspace) const {
  return tgc::run(*state->program, arguments, results, workspace, state->run);
}

/// The positions of a donation's argument and result.
static Result<Donation> donationOf(const detail::FunctionState &f, const Donated &donated) {
  auto position = [](const std::vector<Param> &params, const std::string &name) {
    return std::find_if(params.begin(), params.end(), [&](const Param &param) { return param.name == name; });
  };
  auto refuse = [](std::string message) {
    return Error{ErrorKind::Invalid, "donated: " + std::move(message)};
  };
  const auto argument = position(f.params, donated.argument), result = position(f.results, donated.result);
  if (argument == f.params.end()) return refuse(f.name + " has no parameter " + donated.argument);
  if (result == f.results.end()) return refuse(f.name + " has no result " + donated.result);
  if (argument->dtype != result->dtype || argument->extents != result->extents)
    return refuse("parameter " + donated.argument + " is " +
                  typeText(argument->dtype, Shape(argument->extents)) + ", result " + donated.result +
                  " is " + typeText(result->dtype, Shape(result->extents)));
  return Donation{std::uint32_t(argument - f.params.begin()), std::uint32_t(result - f.results.begin())};
}

/// All donations of a call; an argument or a result named twice is refused.
static Result<std::vector<Donation>> donationsOf(const detail::FunctionState &f,
                                                 const std::vector<Donated> &donated) {
  std::vector<Donation> out;
  for (const Donated &one : donated) {
    auto next = donationOf(f, one);
    if (!next) return next.error();
    for (const Donation &before : out)
      if (before.argument == next->argument || before.result == next->result)
        return Error{ErrorKind::Invalid, "donated: " +
                                             (before.argument == next->argument ? "parameter " + one.argument
                                                                                : "result " + one.result) +
                                             " is named twice"};
    out.push_back(*next);
  }
  return out;
}

/// Numbers that are no choice.
static Result<void> checkOptions(const CompileOptions &options) {
  auto refuse = [](const char *name, std::int64_t value, const char *wanted) {
    return Error{ErrorKind::Invalid,
                 std::string(name) + " is " + std::to_string(value) + " but must be " + wanted};
  };
  if (options.threads < 0) return refuse("threads", options.threads, "0 (all cores) or more");
  if (options.level < 0 || options.level > 2) return refuse("level", options.level, "0, 1 or 2");
  if (options.contractionBytes < 0)
    return refuse("contractionBytes", options.contractionBytes, "0 (unlimited) or more");
  if (options.memoryBudget < 0) return refuse("memoryBudget", options.memoryBudget, "0 (unlimited) or more");
  return {};
}

static Error placed(Error error, Arg::Here here) {
  if (!error.place.known()) error.place = {here.file_name(), here.line(), here.column()};
  return error;
}

Result<Executable> compile(const Function &function, const CompileOptions &options, Arg::Here here) {
  const detail::FunctionState &f = *function.state;
  if (f.error) return *f.error;
  if (auto checked = checkOptions(options); !checked) return placed(checked.error(), here);
  auto donated = donationsOf(f, options.donated);
  if (!donated) return placed(donated.error(), here);
  auto start = std::chrono::steady_clock::now();
  std::lock_guard lock(f.graph->mutex);
  if (!f.graph->compiler) f.graph->compiler = std::make_unique<Compiler>(f.graph->context);
  mlir::OwningOpRef<mlir::ModuleOp> copy = detail::reachableFrom(*f.graph->module, f.symbol);
  // Only the entry is public.
  for (auto one : copy->getOps<mlir::func::FuncOp>())
    if (one.getName() == f.symbol)
      one.setPublic();
    else
      one.setPrivate();
  CompileInput input{*copy, f.symbol};
  input.donated = std::move(*donated);
  for (const Param &param : f.params)
    input.argumentNames.push_back(param.name);
  for (const Param &result : f.results)
    input.resultNames.push_back(result.name);
  if (auto stored = detail::storeAs(f, options.layouts, input); !stored) return placed(stored.error(), here);
  Options inner;
  inner.level = options.level;
  inner.contractionBytes = options.contractionBytes;
  inner.memoryBudget = options.memoryBudget;
  inner.compileThreads =
      options.executor.parallelFor ? 1 : options.threads; // a host's executor: no threads of ours
  auto compiled = f.graph->compiler->compile(input, inner);
  if (!compiled) return compiled.error();
  auto state = std::make_shared<Executable::State>();
  state->program = compiled->program;
  state->params = f.params;
  state->results = f.results;
  state->run.threads = options.threads;
  state->run.executor = options.executor;
  const Report &report = compiled->report;
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  state->summary = {report.arenaBytes,
                    report.constantBytes,
                    report.launches,
                    static_cast<std::int64_t>(report.kernels.size()),
                    seconds.count(),
                    report.again,
                    static_cast<double>(report.againNanoseconds) * 1e-9,
                    {}};
  for (const CopyReport &copy : report.copies)
    state->summary.copies.push_back({copy.result, copy.bytes, copy.why});
  return Executable(std::move(state));
}

} // namespace tgc
