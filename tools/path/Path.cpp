// See Path.h.
#include "tools/path/Path.h"
#include "compiler/contract/NetworkText.h"
#include "compiler/contract/Report.h"
#include "frontend/language/Messages.h"
#include "tools/path/Arguments.h"
#include "tools/path/Colour.h"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <unistd.h>

namespace tgc::tools {
namespace {

using namespace contract;

constexpr const char *usage =
    "tgc path NETWORK.json|EQUATION|- [--size i=4]... [--max-time SECONDS] [--rounds N] [--seed N]\n"
    "         [--memory BYTES] [--dtype f64] [--effort greedy|auto|optimal]\n"
    "         [--objective flops|largest|written|seconds] [--threads N] [--color=always|never|auto] "
    "[--json]\n"
    "  contraction order of one einsum network, nothing is run\n";

// A signal handler can reach nothing but a global; this one belongs to the program, not to a library.
std::atomic<bool> interrupted = false;

Result<std::string> readFile(const std::string &name) {
  const std::string shown = name == "-" ? "<stdin>" : name;
  auto failed = [&](const char *what) {
    return Error{ErrorKind::Unavailable, what + std::generic_category().message(errno), {shown, 0, 0}, 1, {}};
  };
  std::FILE *file = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (!file) return failed("cannot open: ");
  std::string text;
  std::array<char, 65536> block;
  while (std::size_t count = std::fread(block.data(), 1, block.size(), file))
    text.append(block.data(), count);
  const bool bad = std::ferror(file) != 0;
  Error error = failed("cannot read: ");
  if (file != stdin) std::fclose(file);
  if (bad) return error;
  return text;
}

/// Shows an error as the other commands do; `source` has the text it points into.
int fail(const PathArguments &arguments, int code, const Error &error,
         const language::Source *source = nullptr) {
  std::string text =
      arguments.json ? language::renderJson(error) + "\n"
                     : language::render(error, {&source, source ? 1U : 0U}, wantsColour(arguments.colour));
  std::fwrite(text.data(), 1, text.size(), stderr);
  return code;
}

/// A network, or the error with its exit code.
struct Read {
  Network network;
  int code = 0;
};

/// Shows the error where there is one.
Read readNetwork(const PathArguments &arguments) {
  std::string text = arguments.source, name = "equation";
  if (arguments.isFile()) {
    auto file = readFile(arguments.source);
    if (!file) return {{}, fail(arguments, 5, file.error())};
    text = std::move(*file);
    name = arguments.source == "-" ? "<stdin>" : arguments.source;
  }
  auto network = arguments.isFile() ? networkFromJson(text) : networkFromEquation(text, arguments.sizes);
  if (auto *read = std::get_if<Network>(&network)) return {std::move(*read), 0};
  const auto &wrong = std::get<NetworkError>(network);
  const language::Source source(name, std::move(text));
  Error error{ErrorKind::Invalid, wrong.message, {name, 0, 0}, 1, {}};
  const auto at = static_cast<std::uint32_t>(std::max<std::int64_t>(wrong.offset, 0));
  if (wrong.offset >= 0 && arguments.isFile()) error.place = source.place(at);
  if (wrong.offset >= 0 && !arguments.isFile()) error.place = {name, 1, at + 1}; // already a column
  return {{}, fail(arguments, 1, error, &source)};
}

/// Interrupts the search for as long as it lives.
class InterruptGuard {
public:
  InterruptGuard() : before(std::signal(SIGINT, [](int) { interrupted = true; })) { interrupted = false; }
  ~InterruptGuard() { std::signal(SIGINT, before); }

private:
  void (*before)(int);
};

int search(const PathArguments &arguments, const Network &network) {
  InterruptGuard guard;
  SearchOptions options = arguments.search;
  options.cancel = &interrupted;
  bool terminal = isatty(STDERR_FILENO);
  if (terminal)
    options.progress = [](const Progress &progress) {
      std::fprintf(stderr, "\r%8.3f s  round %-6u  log10 flops %-10.4f  log2 largest %-8.2f",
                   progress.seconds, progress.round, progress.log10Flops, progress.log2Largest);
    };
  SearchResult result;
  if (auto error = findPath(network, options, result))
    return fail(arguments, 1, {ErrorKind::Invalid, *error, {}, 1, {}});
  if (terminal) std::fputc('\n', stderr);
  std::string report = arguments.json ? pathReportJson(network, result) + "\n"
                                      : pathReportText(network, result, options.roofline);
  std::fwrite(report.data(), 1, report.size(), stdout);
  if (interrupted) return 130;
  if (!result.withinMemory)
    return fail(arguments, 4, {ErrorKind::Limit, "no slicing found that fits in --memory", {}, 1, {}});
  return 0;
}

} // namespace

int pathMain(std::span<const std::string> list) {
  PathArguments arguments;
  if (auto ok = readPathArguments(list, arguments); !ok) return fail(arguments, 2, ok.error());
  if (arguments.help) {
    std::fputs(usage, stdout);
    return 0;
  }
  Read read = readNetwork(arguments);
  return read.code ? read.code : search(arguments, read.network);
}

} // namespace tgc::tools
