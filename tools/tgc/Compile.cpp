// `tgc compile`: any stage of a program as text.
#include "compiler/Resume.h"
#include "compiler/Trace.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/Load.h"
#include "tools/tgc/Picture.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace tgc::tools {
namespace {

Result<void> writeFile(const std::string &file, const std::string &text) {
  std::FILE *stream = file == "-" ? stdout : std::fopen(file.c_str(), "wb");
  if (!stream) return fileError(file, "cannot write", errno);
  bool ok = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  ok &= stream == stdout ? std::fflush(stream) == 0 : std::fclose(stream) == 0;
  if (!ok) return fileError(file == "-" ? "<stdout>" : file, "cannot write", errno);
  return {};
}

/// The stages in order.
const std::vector<std::string> &stagesInOrder() {
  static const std::vector<std::string> names = {"ast",  "graph", "algebra",  "autodiff", "batch", "contract",
                                                 "fuse", "lower", "schedule", "target",   "llvm",  "asm"};
  return names;
}

std::size_t orderOf(const std::string &stage) {
  return static_cast<std::size_t>(std::ranges::find(stagesInOrder(), stage) - stagesInOrder().begin());
}

/// A stage that `option` does not know: the nearest one, or all of them.
Error unknownStage(const std::string &option, const std::string &wrong,
                   const std::vector<std::string> &known) {
  Error error{ErrorKind::Invalid, "--" + option + " knows no stage " + wrong, {}, 1, {}};
  std::string all, near = didYouMean(wrong, known);
  for (const std::string &name : known)
    all += " " + name;
  if (!near.empty()) error.notes.push_back({near, {}, Note::Kind::Help});
  error.notes.push_back({"stages are" + all, {}, Note::Kind::Help});
  return error;
}

const std::vector<std::string> &emits() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = stagesInOrder();
    all.insert(all.end(), {"dot", "svg"});
    return all;
  }();
  return names;
}

/// Kernels without a program around them.
bool isOfKernels(const std::string &from) { return from == "target" || from == "llvm"; }

/// Whether `from` is a stage to go on from, and `what`, where it is given, not before it. Pictures are of
/// graphs.
Result<void> checkOrder(const std::string &from, const std::string &what) {
  const auto &names = stagesInOrder();
  if (from.empty()) return {};
  if (from == "asm") return Error{ErrorKind::Invalid, "--from=asm: nothing comes after it", {}, 1, {}};
  if (orderOf(from) == names.size()) return unknownStage("from", from, {names.begin(), names.end() - 1});
  const bool isPicture = what == "dot" || what == "svg";
  if (what.empty() || (isPicture ? orderOf(from) <= orderOf("contract") : orderOf(what) >= orderOf(from)))
    return {};
  std::string later;
  for (std::size_t k = orderOf(from); k < names.size(); ++k)
    later += " " + names[k];
  Error error{ErrorKind::Invalid,
              isPicture ? "--emit=" + what + " draws a graph, and a file of stage " + from + " holds none"
                        : "--emit=" + what + " is before " + from + ", the stage of FILE",
              {},
              1,
              {}};
  error.notes.push_back({"from " + from + " on there are" + later, {}, Note::Kind::Help});
  return error;
}

/// Code of a file that holds kernels alone.
Result<Report> machineCode(Loaded &loaded, const CommandLine &line, const Options &options) {
  auto report =
      loaded.module ? resumeTarget(*loaded.module, options) : resumeLlvm(loaded.llvmText, line.file, options);
  if (report || report.error().place.known()) return report;
  Error error = report.error();
  error.place = {line.file, 1, 1};
  return error;
}

std::string kernelText(Loaded &loaded) { return loaded.module ? textOf(*loaded.module) : loaded.llvmText; }

/// What the stage's text is: from the frontend, from the trace, or from code generation.
Result<std::string> emitted(Loaded &loaded, const CommandLine &line, const std::string &what,
                            Options options) {
  if (what == "ast" && loaded.astText.empty())
    return Error{ErrorKind::Invalid, "an .mlir file has no ast", {}, 1, {}};
  if (what == "ast") return loaded.astText;
  if (what == "graph") return textOf(*loaded.module);
  if (what == "dot") return dotOf(*loaded.module, loaded.function);
  if (what == "svg") return svgOf(*loaded.module, loaded.function);
  options.keepLlvm = what == "llvm" || what == "target";
  options.keepAssembly = what == "asm";
  Report report;
  if (const std::string from = line.value("from"); isOfKernels(from)) {
    auto code = machineCode(loaded, line, options);
    if (!code) return code.error();
    if (what == from) return kernelText(loaded);
    report = std::move(*code);
  } else {
    if (auto stage = stageNamed(what)) options.upTo = *stage;
    Compiler compiler(*loaded.context);
    auto compiled = compiler.compile(loaded.input(), options);
    if (!compiled) return compiled.error();
    report = std::move(compiled->report);
  }
  if (what == "asm") return report.assembly;
  if (what == "target") return report.dialectText;
  if (what == "llvm") return report.llvmText;
  return textOf(*loaded.module);
}

/// The file of a folder of stages that holds one of them.
std::string fileOf(const std::string &folder, const std::string &stage) {
  if (stage == "llvm") return folder + "/llvm.ll";
  if (stage == "asm") return folder + "/asm.s";
  return folder + "/" + std::to_string(orderOf(stage)) + "-" + stage + (stage == "ast" ? ".tg" : ".mlir");
}

using Texts = std::vector<std::pair<std::string, std::string>>;

/// Every stage from that of FILE on; `texts` keeps those that were reached. Works on a copy, since compiling
/// consumes a module.
Result<void> allStages(Loaded &loaded, const CommandLine &line, Options keep, Texts &texts) {
  const std::string from = line.value("from", "graph");
  keep.keepLlvm = keep.keepAssembly = true;
  if (isOfKernels(from)) {
    auto report = machineCode(loaded, line, keep);
    if (!report) return report.error();
    texts.emplace_back(from, kernelText(loaded));
    if (from == "target") texts.emplace_back("llvm", report->llvmText);
    texts.emplace_back("asm", report->assembly);
    return {};
  }
  Trace trace;
  trace.keepTexts = true;
  Compiler compiler(*loaded.context);
  mlir::OwningOpRef<mlir::ModuleOp> copy = loaded.module->clone();
  CompileInput input = loaded.input();
  input.module = *copy;
  auto compiled = compiler.compile(input, keep, &trace);
  if (!loaded.astText.empty()) texts.emplace_back("ast", loaded.astText);
  texts.emplace_back(from == "ast" ? "graph" : from, trace.input);
  for (const StageRecord &record : trace.stages)
    if (record.stage != Stage::Target) texts.emplace_back(nameOf(record.stage), record.text);
  if (!compiled) return compiled.error();
  texts.emplace_back("target", compiled->report.dialectText);
  texts.emplace_back("llvm", compiled->report.llvmText);
  texts.emplace_back("asm", compiled->report.assembly);
  return {};
}

Result<void> dump(Loaded &loaded, const CommandLine &line, const std::string &folder,
                  const Options &options) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fileError(folder, "cannot make the folder", failed.value());
  Texts texts;
  auto reached = allStages(loaded, line, options, texts);
  for (const auto &[stage, text] : texts)
    if (auto ok = writeFile(fileOf(folder, stage), text); !ok) return ok;
  return reached;
}

/// The options of the compiler that the command line gives.
Result<Options> optionsOf(const CommandLine &line) {
  auto level = levelOption(line);
  if (!level) return level.error();
  auto memory = numberOption(line, "memory", 0, 1);
  if (!memory) return memory.error();
  Options options;
  options.level = *level;
  options.memoryBudget = *memory;
  // A file from a stage goes on with the next one.
  if (auto stage = stageNamed(line.value("from")); stage && *stage != Stage::Target)
    options.from = static_cast<Stage>(static_cast<int>(*stage) + 1);
  return options;
}

} // namespace

int compileCommand(const CommandLine &line, Console &console) {
  ExitCode code = Done;
  std::string what = line.value("emit"), folder = line.value("dump-stages");
  for (const char *later : {"obj", "header", "ptx", "html"})
    if (what == later)
      return report(console, {ErrorKind::Unsupported, "--emit=" + what + " is not built yet", {}, 1, {}});
  if (what.empty() && folder.empty())
    return report(console,
                  {ErrorKind::Invalid, "tgc compile needs --emit=STAGE or --dump-stages=DIR", {}, 1, {}},
                  Usage);
  if (!what.empty() && std::ranges::find(emits(), what) == emits().end())
    return report(console, unknownStage("emit", what, emits()), Usage);
  if (auto ok = checkOrder(line.value("from"), what); !ok) return report(console, ok.error(), Usage);
  auto options = optionsOf(line);
  if (!options) return report(console, options.error(), Usage);
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  if (!folder.empty())
    if (auto ok = dump(*loaded, line, folder, *options); !ok) return report(console, ok.error());
  if (what.empty()) return Done;
  auto text = emitted(*loaded, line, what, *options);
  if (!text) return report(console, text.error());
  if (auto ok = writeFile(line.value("output", "-"), *text); !ok) return report(console, ok.error());
  return Done;
}

} // namespace tgc::tools
