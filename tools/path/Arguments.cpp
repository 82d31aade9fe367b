#include "tools/path/Arguments.h"
#include "frontend/language/Nearest.h"
#include "frontend/language/Source.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

namespace tgc::tools {
namespace {

using contract::SearchOptions;

/// What follows "takes" in the message about a malformed value.
struct Option {
  std::string_view name, takes;
};
constexpr Option options[] = {
    {"--size", "LETTER=N with one letter of the equation and a whole number"},
    {"--max-time", "seconds above 0 and below 1e9"},
    {"--rounds", "a whole number above 0"},
    {"--seed", "a whole number of at least 0"},
    {"--memory", "a number of bytes above 0"},
    {"--threads", "a whole number from 1 to 1024"},
    {"--dtype", "a dtype, as f64, bf16 or c128"},
    {"--effort", "greedy, auto or optimal"},
    {"--objective", "flops, largest, written or seconds"},
    {"--color", "always, never or auto"},
};
constexpr std::string_view flags[] = {"--json", "--help"};

Error wrong(std::string message, std::string advice = {}) {
  Error error{ErrorKind::Invalid, std::move(message), {}, 1, {}};
  if (!advice.empty()) error.notes.push_back(language::help(std::move(advice)));
  return error;
}

template <typename T> bool number(const std::string &text, T &value) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size();
}

template <std::size_t N, typename T>
bool choose(const std::array<const char *, N> &names, const std::string &value, T &choice) {
  auto found = std::find(names.begin(), names.end(), value);
  if (found != names.end()) choice = T(found - names.begin());
  return found != names.end();
}

bool dtype(const std::string &value, SearchOptions &search) {
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
      search.roofline.bytesPerElement = bytes;
      return true;
    }
  return false;
}

/// Reads one option's value; false if it is malformed.
bool readValue(const std::string &name, const std::string &value, PathArguments &out) {
  SearchOptions &search = out.search;
  if (name == "--max-time")
    return number(value, search.maxSeconds) && search.maxSeconds > 0 && search.maxSeconds < 1e9;
  if (name == "--rounds") return number(value, search.rounds) && search.rounds > 0;
  if (name == "--seed") return number(value, search.seed);
  if (name == "--memory") return number(value, search.memoryBytes) && search.memoryBytes > 0;
  if (name == "--threads")
    return number(value, search.threads) && search.threads > 0 && search.threads <= 1024;
  if (name == "--dtype") return dtype(value, search);
  if (name == "--effort") {
    constexpr std::array names = {"greedy", "auto", "optimal"};
    return choose(names, value, search.effort);
  }
  if (name == "--color") {
    out.colour = value;
    return value == "always" || value == "never" || value == "auto";
  }
  constexpr std::array names = {"flops", "largest", "written", "seconds"};
  return choose(names, value, search.objective);
}

Error malformed(const Option &option, const std::string &value) {
  return wrong(std::string(option.name) + " takes " + std::string(option.takes) + ", got " + value);
}

Result<void> readSize(const Option &option, const std::string &value, PathArguments &out) {
  const std::size_t equals = value.find('=');
  const std::string letter = value.substr(0, equals);
  std::int64_t extent = 0;
  if (equals == std::string::npos || letter.empty() || language::sequenceLength(letter) != letter.size() ||
      !number(value.substr(equals + 1), extent) || extent < 0)
    return malformed(option, value);
  auto [known, isNew] = out.sizes.try_emplace(letter, extent);
  if (isNew) return {};
  return wrong("--size names " + letter + " twice: " + std::to_string(known->second) + " and " +
               std::to_string(extent));
}

Error unknown(const std::string &name) {
  std::vector<std::string_view> known(std::begin(flags), std::end(flags));
  for (const Option &option : options)
    known.push_back(option.name);
  std::string near = language::suggestion(name, known);
  return wrong("tgc path has no option " + name, near.empty() ? "tgc help path lists the options" : near);
}

/// A letter that the equation has not, or any where the network states the sizes itself.
Result<void> checkSizes(const PathArguments &arguments) {
  for (const auto &[letter, extent] : arguments.sizes) {
    if (arguments.isFile())
      return wrong("--size names " + letter + ", but a network states its sizes itself",
                   "the sizes of " + arguments.source + " are in its size_dict");
    const bool isSign = letter.find_first_of(",->. ") != std::string::npos;
    if (isSign || arguments.source.find(letter) == std::string::npos)
      return wrong("--size names " + letter + ", which is no index of " + arguments.source);
  }
  return {};
}

/// Whether a word is an option; "->" begins an equation.
bool isOption(const std::string &word) {
  return word.size() > 1 && word.starts_with("-") && !word.starts_with("->");
}

} // namespace

Result<void> readPathArguments(std::span<const std::string> arguments, PathArguments &out) {
  out.search.threads = std::max(1U, std::thread::hardware_concurrency());
  out.json = std::ranges::find(arguments, "--json") != arguments.end();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--json") continue;
    if (name == "--help") {
      out.help = true;
      continue;
    }
    if (!isOption(name)) {
      if (!out.source.empty()) return wrong("one network at a time: " + out.source + " and " + name);
      out.source = name;
      continue;
    }
    const std::size_t equals = name.find('=');
    const bool inlined = equals != std::string::npos;
    std::string value = inlined ? name.substr(equals + 1) : "";
    name.resize(std::min(equals, name.size()));
    auto option = std::ranges::find(options, name, &Option::name);
    if (inlined && std::ranges::find(flags, name) != std::end(flags)) return wrong(name + " takes no value");
    if (option == std::end(options)) return unknown(name);
    if (!inlined && i + 1 == arguments.size()) return wrong(name + " needs a value");
    if (!inlined) value = arguments[++i];
    if (name == "--size") {
      if (auto ok = readSize(*option, value, out); !ok) return ok;
    } else if (!readValue(name, value, out)) {
      return malformed(*option, value);
    }
  }
  if (out.help) return {};
  if (out.source.empty())
    return wrong("a network or an equation is missing", "tgc help path says how it is used");
  return checkSizes(out);
}

} // namespace tgc::tools
