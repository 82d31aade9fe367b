// Reading of the command line.
#include "tools/tgc/CommandLine.h"
#include "frontend/language/Nearest.h"
#include <algorithm>

namespace tgc::tools {

std::string CommandLine::value(const std::string &name, std::string fallback) const {
  for (const auto &[key, value] : values)
    if (key == name) fallback = value;
  return fallback;
}

std::vector<std::string> CommandLine::all(const std::string &name) const {
  std::vector<std::string> out;
  for (const auto &[key, value] : values)
    if (key == name) out.push_back(value);
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> CommandLine::pairs(const std::string &name) const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string &text : all(name)) {
    std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return Error{ErrorKind::Invalid, "--" + name + " takes NAME=VALUE, got " + text, {}, 1, {}};
    std::string key = text.substr(0, equals);
    for (const auto &[earlier, value] : out)
      if (earlier == key)
        return Error{ErrorKind::Invalid,
                     "--" + name + " names " + key + " twice: " + value + " and " + text.substr(equals + 1),
                     {},
                     1,
                     {}};
    out.emplace_back(std::move(key), text.substr(equals + 1));
  }
  return out;
}

std::string didYouMean(const std::string &wrong, const std::vector<std::string> &known) {
  std::vector<std::string_view> views(known.begin(), known.end());
  auto near = language::nearest(wrong, views);
  return near.empty() ? "" : "did you mean " + std::string(near) + "?";
}

static Error unknownOption(const CommandSpec &spec, const std::string &name) {
  Error error{ErrorKind::Invalid, std::string("tgc ") + spec.name + " has no option --" + name, {}, 1, {}};
  std::vector<std::string> known = spec.options;
  known.insert(known.end(), spec.flags.begin(), spec.flags.end());
  for (std::string &option : known)
    option.insert(0, "--");
  std::string near = didYouMean("--" + name, known);
  if (!near.empty()) error.notes.push_back({near, {}, Note::Kind::Help});
  return error;
}

Result<CommandLine> parseCommandLine(const CommandSpec &spec, std::span<const std::string> arguments) {
  CommandLine line;
  bool onlyFiles = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string &word = arguments[at];
    if (onlyFiles || word == "-" || !word.starts_with("-")) {
      if (!line.file.empty())
        return Error{ErrorKind::Invalid, "one file is enough: got " + line.file + " and " + word, {}, 1, {}};
      line.file = word;
      continue;
    }
    if (word == "--") {
      onlyFiles = true;
      continue;
    }
    std::string name = word.substr(word.starts_with("--") ? 2 : 1), value;
    if (name == "o") name = "output";
    std::size_t equals = name.find('=');
    bool inlined = equals != std::string::npos;
    if (inlined) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    if (std::ranges::find(spec.flags, name) != spec.flags.end()) {
      if (inlined) return Error{ErrorKind::Invalid, "--" + name + " takes no value", {}, 1, {}};
      line.flags[name] = true;
    } else if (std::ranges::find(spec.options, name) != spec.options.end()) {
      if (!inlined && at + 1 == arguments.size())
        return Error{ErrorKind::Invalid, "--" + name + " needs a value", {}, 1, {}};
      line.values.emplace_back(name, inlined ? value : arguments[++at]);
    } else {
      return unknownOption(spec, name);
    }
  }
  if (spec.needsFile && line.file.empty() && !line.has("help"))
    return Error{ErrorKind::Invalid,
                 std::string("tgc ") + spec.name + " needs a file",
                 {},
                 1,
                 {{std::string("usage: ") + spec.usage, {}, Note::Kind::Help}}};
  return line;
}

} // namespace tgc::tools
