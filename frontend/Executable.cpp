// From a Function to code, and calls of it.
#include "tgc/Executable.h"
#include "frontend/Graph.h"
#include "runtime/Run.h"
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

Result<Executable> compile(const Function &function, const CompileOptions &options) {
  const detail::FunctionState &f = *function.state;
  if (f.error) return *f.error;
  auto start = std::chrono::steady_clock::now();
  std::lock_guard lock(f.graph->mutex);
  if (!f.graph->compiler) f.graph->compiler = std::make_unique<Compiler>(f.graph->context);
  mlir::OwningOpRef<mlir::ModuleOp> copy = f.graph->module->clone();
  // Only the entry is public: what it does not reach is dropped.
  for (auto one : copy->getOps<mlir::func::FuncOp>())
    if (one.getName() == f.symbol)
      one.setPublic();
    else
      one.setPrivate();
  CompileInput input{*copy, f.symbol};
  for (const Param &param : f.params)
    input.argumentNames.push_back(param.name);
  for (const Param &result : f.results)
    input.resultNames.push_back(result.name);
  Options inner;
  inner.level = options.level;
  inner.contractionBytes = options.contractionBytes;
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
  state->summary = {report.arenaBytes, report.constantBytes, report.launches,
                    static_cast<std::int64_t>(report.kernels.size()), seconds.count()};
  return Executable(std::move(state));
}

} // namespace tgc
