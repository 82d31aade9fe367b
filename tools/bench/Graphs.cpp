#include "tools/bench/Graphs.h"
#include "frontend/language/Program.h"
#include "tools/bench/Machine.h"
#include <random>

namespace tgc::bench {

void stop(const std::string &message) {
  std::fprintf(stderr, "tgc-bench: %s\n", message.c_str());
  std::exit(1);
}

namespace {

/// One operation or a few on `here`, some of them with `other`.
std::string stepText(int choice, const std::string &here, const std::string &other, int &used) {
  used = 1;
  switch (choice) {
  case 0:
    return here + " + " + other;
  case 1:
    return here + " * " + other;
  case 2:
    return "tanh(" + here + ")";
  case 3:
    return "sin(" + here + ")";
  case 4:
    return "maximum(" + here + ", " + other + ")";
  case 5:
    used = 3;
    return "exp(-abs(" + here + "))";
  case 6:
    used = 2;
    return here + " - mean(" + here + ", axis=1, keepdims=true)";
  case 7:
    used = 2;
    return "where(" + here + " > " + other + ", " + here + ", 0.5)";
  default:
    return here + " @ y";
  }
}

} // namespace

Graph generated(int ops, int period) {
  std::minstd_rand random(7);
  std::string text = "fn f(x: f32[64, 64], y: f32[64, 64]) {\n  v0 = x + y\n";
  int last = 0;
  for (int count = 1, used = 0; count < ops; count += used, ++last) {
    if (period > 0 && last % period == 0) random.seed(7);
    auto name = [](int k) { return k < 0 ? std::string("y") : "v" + std::to_string(k); };
    // Within a period only its own values are used, so that the periods are equal programs.
    int reach = std::min(period > 0 ? last % period : last, 8);
    int back = 1 + static_cast<int>(random()) % std::max(reach, 1);
    int choice = last % 16 == 15 ? 8 : static_cast<int>(random() % 8);
    std::string value = stepText(choice, name(last), reach == 0 ? "y" : name(last - back), used);
    text += "  " + name(last + 1) + " = " + value + "\n";
  }
  return {text + "  return v" + std::to_string(last) + "\n}\n"};
}

Workshop::Workshop()
    : context(std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED)),
      compiler(std::make_unique<Compiler>(*context)) {}

std::shared_ptr<const Program> Workshop::compile(const Graph &graph, const Options &options,
                                                 std::map<std::string, double> *stages) {
  double start = seconds();
  auto parsed = language::parse(graph.text, "bench.tg");
  if (!parsed) stop(parsed.error().text());
  auto choice = language::choose(*parsed, graph.function);
  if (!choice) stop(choice.error().text());
  auto instance = language::instantiate(*parsed, *choice, {}, *context);
  if (!instance) stop(instance.error().text());
  double built = seconds();
  CompileInput input{*instance->module, instance->function};
  for (const language::Named &one : instance->parameters)
    input.argumentNames.push_back(one.name);
  for (const language::Named &one : instance->results)
    input.resultNames.push_back(one.name);
  Trace trace;
  auto compiled = compiler->compile(input, options, stages ? &trace : nullptr);
  if (!compiled) stop(compiled.error().text());
  if (stages) {
    (*stages)["total"] = seconds() - start;
    (*stages)["build"] = built - start;
    (*stages)["kernels"] = static_cast<double>(compiled->report.kernels.size());
    for (const StageRecord &stage : trace.stages)
      (*stages)[std::string(nameOf(stage.stage))] += stage.seconds;
    for (const PartRecord &part : trace.parts)
      (*stages)[part.name] += part.seconds;
  }
  return compiled->program;
}

Call::Call(std::shared_ptr<const Program> given, int threads)
    : program(std::move(given)), workspace(program->workspaceBytes()), options{threads, {}} {
  std::minstd_rand random(1);
  auto next = [&] { return static_cast<double>(random() % 65536) / 32768 - 1; };
  for (const Port &port : program->arguments()) {
    auto buffer = Buffer::zeros(port.dtype, port.shape);
    if (!buffer) stop(buffer.error().text());
    for (float &element : buffer->as<float>())
      element = static_cast<float>(next());
    for (double &element : buffer->as<double>())
      element = next();
    arguments.push_back(std::move(*buffer));
  }
  for (const Port &port : program->results()) {
    auto buffer = Buffer::zeros(port.dtype, port.shape);
    if (!buffer) stop(buffer.error().text());
    results.push_back(std::move(*buffer));
  }
  in.assign(arguments.begin(), arguments.end());
  for (Buffer &result : results)
    out.push_back(result.view());
  (*this)();
}

void Call::operator()() {
  if (auto done = run(*program, in, out, workspace, options); !done) stop(done.error().text());
}

} // namespace tgc::bench
