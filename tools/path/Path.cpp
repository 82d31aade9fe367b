// See Path.h.
#include "tools/path/Path.h"
#include "compiler/contract/NetworkText.h"
#include "compiler/contract/Report.h"
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace tgc::tools {
namespace {

using namespace contract;

constexpr const char *usage =
    "usage: tgc path NETWORK.json|EQUATION|- [--size i=4]... [--max-time SECONDS] [--rounds N] [--seed N]\n"
    "                [--memory BYTES] [--dtype f64] [--effort greedy|auto|optimal]\n"
    "                [--objective flops|largest|written|seconds] [--threads N] [--json]\n";

// A signal handler can reach nothing but a global; this one belongs to the program, not to a library.
std::atomic<bool> interrupted = false;

struct Arguments {
  std::string source;
  std::map<std::string, std::int64_t> sizes;
  SearchOptions search;
  bool json = false, help = false;
  std::string error;
};

template <typename T> bool number(const std::string &text, T &value) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

/// Reads one option's value; false if it is malformed.
class OptionReader {
public:
  explicit OptionReader(Arguments &result) : result(result) {}

  bool read(const std::string &name, const std::string &value) {
    SearchOptions &search = result.search;
    if (name == "--size") return size(value);
    if (name == "--max-time")
      return number(value, search.maxSeconds) && search.maxSeconds > 0 && search.maxSeconds < 1e9;
    if (name == "--rounds") return number(value, search.rounds) && search.rounds > 0;
    if (name == "--seed") return number(value, search.seed);
    if (name == "--memory") return number(value, search.memoryBytes) && search.memoryBytes > 0;
    if (name == "--threads")
      return number(value, search.threads) && search.threads > 0 && search.threads <= 1024;
    if (name == "--dtype") return dtype(value);
    if (name == "--effort") {
      constexpr std::array names = {"greedy", "auto", "optimal"};
      return choose(names, value, search.effort);
    }
    constexpr std::array names = {"flops", "largest", "written", "seconds"};
    return choose(names, value, search.objective);
  }
  static bool known(const std::string &name) {
    constexpr std::array names = {"--size",    "--max-time", "--rounds", "--seed",     "--memory",
                                  "--threads", "--dtype",    "--effort", "--objective"};
    return std::find(names.begin(), names.end(), name) != names.end();
  }

private:
  template <std::size_t N, typename T>
  static bool choose(const std::array<const char *, N> &names, const std::string &value, T &choice) {
    for (std::size_t i = 0; i < N; ++i)
      if (value == names[i]) {
        choice = T(i);
        return true;
      }
    return false;
  }
  bool size(const std::string &value) {
    std::size_t equals = value.rfind('=');
    std::int64_t extent = 0;
    if (equals == std::string::npos || equals == 0) return false;
    if (!number(value.substr(equals + 1), extent) || extent < 0) return false;
    result.sizes[value.substr(0, equals)] = extent;
    return true;
  }
  bool dtype(const std::string &value) {
    constexpr std::array<std::pair<const char *, int>, 15> widths = {{{"f64", 8},
                                                                      {"f32", 4},
                                                                      {"bf16", 2},
                                                                      {"f16", 2},
                                                                      {"i64", 8},
                                                                      {"i32", 4},
                                                                      {"i16", 2},
                                                                      {"i8", 1},
                                                                      {"u64", 8},
                                                                      {"u32", 4},
                                                                      {"u16", 2},
                                                                      {"u8", 1},
                                                                      {"bool", 1},
                                                                      {"c64", 8},
                                                                      {"c128", 16}}};
    for (auto [name, bytes] : widths)
      if (value == name) {
        result.search.roofline.bytesPerElement = bytes;
        return true;
      }
    return false;
  }
  Arguments &result;
};

Arguments readArguments(std::span<const std::string> arguments) {
  Arguments result;
  result.search.threads = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < arguments.size() && result.error.empty(); ++i) {
    std::string name = arguments[i], value;
    if (name == "--json") {
      result.json = true;
    } else if (name == "--help") {
      result.help = true;
    } else if (name.size() > 2 && name.starts_with("--")) {
      bool inlined = name.find('=') != std::string::npos;
      if (inlined) {
        value = name.substr(name.find('=') + 1);
        name.resize(name.find('='));
      }
      if (!OptionReader::known(name))
        result.error = "unknown option " + name;
      else if (!inlined && i + 1 == arguments.size())
        result.error = name + " needs a value";
      else if (!OptionReader(result).read(name, inlined ? value : arguments[++i]))
        result.error = name + " has the malformed value \"" + (inlined ? value : arguments[i]) + "\"";
    } else if (!result.source.empty()) {
      result.error = "one network at a time: " + result.source + " and " + name;
    } else {
      result.source = name;
    }
  }
  if (result.error.empty() && result.source.empty() && !result.help)
    result.error = "a network or an equation is missing";
  return result;
}

std::optional<std::string> readFile(const std::string &name) {
  std::FILE *file = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 65536> block;
  while (std::size_t count = std::fread(block.data(), 1, block.size(), file))
    text.append(block.data(), count);
  bool failed = std::ferror(file) != 0;
  if (file != stdin) std::fclose(file);
  return failed ? std::nullopt : std::optional(std::move(text));
}

int fail(const Arguments &arguments, int code, const char *kind, const std::string &message,
         std::int64_t column = -1) {
  if (arguments.json) {
    std::string text;
    for (char c : message) {
      if (c == '"' || c == '\\') text.push_back('\\');
      text.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    std::fprintf(stderr, "{\"error\": {\"kind\": \"%s\", \"message\": \"%s\", \"column\": %lld}}\n", kind,
                 text.c_str(), static_cast<long long>(column + 1));
    return code;
  }
  std::fprintf(stderr, "error: %s\n", message.c_str());
  if (column >= 0)
    std::fprintf(stderr, "  %s\n  %*s^\n", arguments.source.c_str(),
                 int(std::min<std::int64_t>(column, 10000)), "");
  return code;
}

/// Interrupts the search for as long as it lives.
class InterruptGuard {
public:
  InterruptGuard() : before(std::signal(SIGINT, [](int) { interrupted = true; })) { interrupted = false; }
  ~InterruptGuard() { std::signal(SIGINT, before); }

private:
  void (*before)(int);
};

int search(const Arguments &arguments, const Network &network) {
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
  if (auto error = findPath(network, options, result)) return fail(arguments, 1, "invalid", *error);
  if (terminal) std::fputc('\n', stderr);
  std::string report = arguments.json ? pathReportJson(network, result) + "\n"
                                      : pathReportText(network, result, options.roofline);
  std::fwrite(report.data(), 1, report.size(), stdout);
  if (interrupted) return 130;
  if (!result.withinMemory) return fail(arguments, 4, "limit", "no slicing found that fits in --memory");
  return 0;
}

} // namespace

int pathMain(std::span<const std::string> list) {
  Arguments arguments = readArguments(list);
  if (!arguments.error.empty()) {
    int code = fail(arguments, 2, "invalid", arguments.error);
    if (!arguments.json) std::fputs(usage, stderr);
    return code;
  }
  if (arguments.help) {
    std::fputs(usage, stdout);
    return 0;
  }
  bool isFile = arguments.source == "-" || arguments.source.ends_with(".json");
  std::variant<Network, NetworkError> network;
  if (isFile) {
    auto text = readFile(arguments.source);
    if (!text) return fail(arguments, 5, "unavailable", "cannot read " + arguments.source);
    network = networkFromJson(*text);
    if (auto *error = std::get_if<NetworkError>(&network)) {
      std::string place = error->offset >= 0 ? " at byte " + std::to_string(error->offset) : "";
      return fail(arguments, 1, "invalid", arguments.source + ": " + error->message + place);
    }
  } else {
    network = networkFromEquation(arguments.source, arguments.sizes);
    if (auto *error = std::get_if<NetworkError>(&network))
      return fail(arguments, 1, "invalid", error->message, error->offset);
  }
  return search(arguments, std::get<Network>(network));
}

} // namespace tgc::tools
