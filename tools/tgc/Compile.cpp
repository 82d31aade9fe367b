// `tgc compile`: any stage of a program as text.
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

/// The stages whose text `--from` reads.
const std::vector<std::string> &resumable() {
  static const std::vector<std::string> names = {"graph", "algebra", "autodiff", "batch", "contract",
                                                 "fuse",  "lower",   "schedule", "target"};
  return names;
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
  static const std::vector<std::string> names = {"ast",      "graph", "algebra", "autodiff", "batch",
                                                 "contract", "fuse",  "lower",   "schedule", "target",
                                                 "llvm",     "asm",   "dot",     "svg"};
  return names;
}

/// What the stage's text is: from the frontend, from the trace, or from code generation.
Result<std::string> emitted(Loaded &loaded, const std::string &what, Options options) {
  if (what == "ast") {
    if (loaded.astText.empty()) return Error{ErrorKind::Invalid, "an .mlir file has no ast", {}, 1, {}};
    return loaded.astText;
  }
  if (what == "graph") return textOf(*loaded.module);
  if (what == "dot") return dotOf(*loaded.module, loaded.function);
  if (what == "svg") return svgOf(*loaded.module, loaded.function);
  options.keepLlvm = what == "llvm" || what == "target";
  options.keepAssembly = what == "asm";
  if (auto stage = stageNamed(what)) options.upTo = *stage;
  Compiler compiler(*loaded.context);
  auto compiled = compiler.compile(loaded.input(), options);
  if (!compiled) return compiled.error();
  if (what == "asm") return compiled->report.assembly;
  if (what == "target") return compiled->report.dialectText;
  if (what == "llvm") return compiled->report.llvmText;
  return textOf(*loaded.module);
}

/// Writes every stage of a copy, since compiling consumes a module.
Result<void> dump(Loaded &loaded, const std::string &folder, const Options &options) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fileError(folder, "cannot make the folder", failed.value());
  Trace trace;
  trace.keepTexts = true;
  Options keep = options;
  keep.keepLlvm = keep.keepAssembly = true;
  Compiler compiler(*loaded.context);
  mlir::OwningOpRef<mlir::ModuleOp> copy = loaded.module->clone();
  CompileInput input = loaded.input();
  input.module = *copy;
  auto compiled = compiler.compile(input, keep, &trace);
  auto put = [&](const std::string &name, const std::string &text) {
    return writeFile(folder + "/" + name, text);
  };
  if (!loaded.astText.empty())
    if (auto ok = put("0-ast.tg", loaded.astText); !ok) return ok;
  if (auto ok = put("1-graph.mlir", trace.input); !ok) return ok;
  for (std::size_t k = 0; k < trace.stages.size(); ++k) {
    const bool last = trace.stages[k].stage == Stage::Target && compiled;
    if (auto ok = put(std::to_string(k + 2) + "-" + std::string(nameOf(trace.stages[k].stage)) + ".mlir",
                      last ? compiled->report.dialectText : trace.stages[k].text);
        !ok)
      return ok;
  }
  if (!compiled) return compiled.error();
  if (auto ok = put("llvm.ll", compiled->report.llvmText); !ok) return ok;
  return put("asm.s", compiled->report.assembly);
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
  auto level = numberOption(line, "level", 2, 0);
  if (!level) return report(console, level.error(), Usage);
  auto memory = numberOption(line, "memory", 0, 1);
  if (!memory) return report(console, memory.error(), Usage);
  Options options;
  options.level = static_cast<int>(*level);
  options.memoryBudget = *memory;
  if (std::string from = line.value("from"); !from.empty()) {
    auto stage = stageNamed(from);
    if (!stage && from != "graph") return report(console, unknownStage("from", from, resumable()), Usage);
    // A file from a stage goes on with the next one.
    if (stage && *stage != Stage::Target) options.from = static_cast<Stage>(static_cast<int>(*stage) + 1);
  }
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  if (!folder.empty())
    if (auto ok = dump(*loaded, folder, options); !ok) return report(console, ok.error());
  if (what.empty()) return Done;
  auto text = emitted(*loaded, what, options);
  if (!text) return report(console, text.error());
  if (auto ok = writeFile(line.value("output", "-"), *text); !ok) return report(console, ok.error());
  return Done;
}

} // namespace tgc::tools
