// The driver: which command, help, version, completion.
#include "tools/path/Colour.h"
#include "tools/path/Path.h"
#include "tools/tgc/Commands.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace tgc::tools {

const std::vector<Command> &commands() {
  static const std::vector<std::string> common = {"fn", "in", "size", "shape", "color"};
  auto with = [](std::vector<std::string> more) {
    more.insert(more.begin(), common.begin(), common.end());
    return more;
  };
  static const std::vector<Command> all = {
      {{"run",
        "tgc run FILE [--fn EXPR] [--in NAME=SOURCE]... [--size NAME=N]... [--out NAME=FILE.npy]... "
        "[--expect NAME=FILE.npy] [--memory BYTES]",
        "compile and run once",
        with({"out", "expect", "rtol", "atol", "level", "threads", "memory"}),
        {"json", "full", "help"}},
       runCommand},
      {{"compile",
        "tgc compile FILE [--fn EXPR] [--shape NAME=DTYPE[4,3]]... --emit=STAGE [-o OUT] [--from=STAGE] "
        "[--dump-stages=DIR] [--memory BYTES]",
        "print any stage of the way",
        with({"emit", "output", "from", "dump-stages", "level", "memory"}),
        {"json", "help"}},
       compileCommand},
      {{"explain",
        "tgc explain FILE [--fn EXPR] [--shape ...] [--measure] [--memory BYTES] "
        "[--donate ARGUMENT=RESULT]... [--json|--svg]",
        "contraction order, fusion groups, memory plan, cost",
        with({"memory", "donate"}),
        {"json", "svg", "measure", "help"}},
       explainCommand},
      {{"check",
        "tgc check FILE [--fn EXPR] [--in ...]",
        "derivatives against finite differences and against each other",
        with({"rtol", "seed"}),
        {"json", "help"}},
       checkCommand},
      {{"bench",
        "tgc bench FILE [--fn EXPR] [--in ...]",
        "seconds, GFLOP/s, GB/s, spread",
        with({"threads", "level", "seconds", "memory"}),
        {"json", "help"}},
       benchCommand},
      {{"ops", "tgc ops [NAME]", "the catalogue", {"color"}, {"json", "help"}, false}, opsCommand},
      {{"doctor", "tgc doctor", "what this machine offers", {"color"}, {"json", "help"}, false, false},
       doctorCommand},
  };
  return all;
}

Result<std::int64_t> numberOption(const CommandLine &line, const std::string &name, std::int64_t fallback,
                                  std::int64_t least) {
  std::string text = line.value(name);
  if (text.empty()) return fallback;
  std::int64_t number = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < least)
    return Error{ErrorKind::Invalid,
                 "--" + name + " takes a whole number of at least " + std::to_string(least) + ", got " + text,
                 {},
                 1,
                 {}};
  return number;
}

Result<int> levelOption(const CommandLine &line) {
  auto level = numberOption(line, "level", 2, 0);
  if (!level) return level.error();
  if (*level > 2)
    return Error{ErrorKind::Invalid, "--level takes 0, 1 or 2, got " + std::to_string(*level), {}, 1, {}};
  return static_cast<int>(*level);
}

Result<double> realOption(const CommandLine &line, const std::string &name, double fallback) {
  std::string text = line.value(name);
  if (text.empty()) return fallback;
  double number = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || !(number >= 0) ||
      !std::isfinite(number))
    return Error{ErrorKind::Invalid, "--" + name + " takes a number of at least 0, got " + text, {}, 1, {}};
  return number;
}

namespace {

/// What an option takes, and what it is for.
struct OptionHelp {
  const char *name, *takes, *meaning;
};
constexpr OptionHelp optionHelp[] = {
    {"fn", "EXPR", "the function, or a transformation of one; the last function without it"},
    {"in", "NAME=SOURCE", "an input: FILE.npy, - for one on standard input, [1,2,3], randn:f32[4,3]:seed=1"},
    {"size", "NAME=N", "an extent that a name stands for"},
    {"shape", "NAME=DTYPE[4,3]", "the type of an input"},
    {"color", "always|never|auto", "colour of messages; auto: on a terminal"},
    {"out", "NAME=FILE.npy", "write a result; - is standard output"},
    {"expect", "NAME=FILE.npy", "compare a result, exit code 3 where it differs"},
    {"rtol", "NUMBER", "relative tolerance of comparisons"},
    {"atol", "NUMBER", "absolute tolerance of comparisons"},
    {"level", "N", "0 compiles fast, 2 (the default) makes fast code"},
    {"threads", "N", "threads of a call; 0: all cores"},
    {"memory", "BYTES", "the most scratch memory that a call may take"},
    {"emit", "STAGE", "what to print: ast, graph, a stage, llvm, asm, dot, svg"},
    {"output", "FILE", "where to print it, also -o; - is standard output"},
    {"from", "STAGE", "FILE is the text of this stage; go on behind it"},
    {"dump-stages", "DIR", "write the text of every stage"},
    {"donate", "ARGUMENT=RESULT", "the result may take the argument's memory"},
    {"seed", "N", "seed of the directions that derivatives are taken in"},
    {"seconds", "NUMBER", "how long to measure"},
    {"json", "", "the report, and errors, as JSON"},
    {"full", "", "print all elements"},
    {"svg", "", "the trees of the contractions as a picture"},
    {"measure", "", "run it and say the seconds of each step"},
    {"help", "", "this text"},
};

void helpOf(const CommandSpec &spec) {
  std::printf("%s\n  %s\n\n", spec.usage, spec.summary);
  for (const auto *names : {&spec.options, &spec.flags})
    for (const std::string &name : *names)
      for (const OptionHelp &option : optionHelp)
        if (name == option.name)
          std::printf("  %-28s %s\n", ("--" + name + (*option.takes ? "=" : "") + option.takes).c_str(),
                      option.meaning);
}

} // namespace

static void help() {
  std::printf("tgc: tensor expressions and their derivatives, compiled\n\n");
  for (const Command &command : commands())
    std::printf("  %-8s %s\n", command.spec.name, command.spec.summary);
  std::printf("  %-8s %s\n", "path", "contraction order of one einsum network, nothing is run");
  std::printf("\n  tgc help COMMAND, tgc --version, tgc completion bash|zsh|fish\n");
}

static int usageError(Console &console, std::string message, std::string helpText) {
  return report(
      console, {ErrorKind::Invalid, std::move(message), {}, 1, {{std::move(helpText), {}, Note::Kind::Help}}},
      Usage);
}

/// Ctrl-C ends a command with the code that the language page states; a search for a contraction order has a
/// handler of its own. A program that was started to ignore it goes on.
static void endWhenInterrupted() {
  if (std::signal(SIGINT, [](int) { _exit(Interrupted); }) == SIG_IGN) std::signal(SIGINT, SIG_IGN);
}

static int dispatch(std::vector<std::string> words) {
  Console console;
  console.words = words;
  console.json = std::ranges::find(words, "--json") != words.end();
  console.colour = wantsColour("");
  if (words.empty() || words[0] == "--help" || words[0] == "-h") return help(), words.empty() ? Usage : Done;
  if (words[0] == "--version") return std::printf("tgc %s\n", TGC_VERSION), Done;
  if (words[0] == "path") return pathMain(std::span(words).subspan(1));
  if (words[0] == "completion") {
    std::string script = completionScript(words.size() > 1 ? words[1] : "");
    if (script.empty())
      return usageError(console, "tgc completion knows bash, zsh and fish",
                        "for example: source <(tgc completion bash)");
    return std::fputs(script.c_str(), stdout), Done;
  }
  bool wantsHelp = words[0] == "help";
  if (wantsHelp && words.size() == 1) return help(), Done;
  const std::string &name = words[wantsHelp ? 1 : 0];
  if (wantsHelp && name == "path") return pathMain(std::vector<std::string>{"--help"});
  auto found =
      std::ranges::find_if(commands(), [&](const Command &command) { return command.spec.name == name; });
  if (found == commands().end()) {
    std::vector<std::string> known = {"path", "help", "completion"};
    for (const Command &command : commands())
      known.emplace_back(command.spec.name);
    std::string near = didYouMean(name, known);
    return usageError(console, "tgc has no command " + name, near.empty() ? "see tgc --help" : near);
  }
  auto line = parseCommandLine(found->spec, std::span(words).subspan(1));
  if (wantsHelp || (line && line->has("help"))) {
    helpOf(found->spec);
    return Done;
  }
  if (!line) return report(console, line.error(), Usage);
  if (std::string choice = line->value("color"); !choice.empty()) {
    if (choice != "always" && choice != "never" && choice != "auto")
      return usageError(console, "--color takes always, never or auto, got " + choice, "the default is auto");
    console.colour = wantsColour(choice);
  }
  return found->run(*line, console);
}

} // namespace tgc::tools

int main(int argc, char **argv) {
  using namespace tgc::tools;
  endWhenInterrupted();
  const int code = dispatch(std::vector<std::string>(argv + 1, argv + argc));
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!lost || code != Done) return code;
  return report({}, fileError("<stdout>", "cannot write", errno));
}
