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

namespace {

Error wrong(std::string message, std::string advice = {}) {
  Error error{ErrorKind::Invalid, std::move(message), {}, 1, {}};
  if (!advice.empty()) error.notes.push_back({std::move(advice), {}, Note::Kind::Help});
  return error;
}

/// An option as written: `--name`, `--name=value`, `-o`.
struct Word {
  std::string shown, name, value; ///< shown: with its dashes, for messages
  bool inlined = false;
};

Word wordOf(const std::string &text) {
  Word word;
  const std::size_t equals = text.find('=');
  word.inlined = equals != std::string::npos;
  word.shown = text.substr(0, equals);
  if (word.inlined) word.value = text.substr(equals + 1);
  word.name = word.shown.substr(word.shown.starts_with("--") ? 2 : 1);
  if (word.shown == "-o") word.name = "output";
  return word;
}

Result<void> takeFile(const CommandSpec &spec, const std::string &word, CommandLine &line) {
  if (!spec.takesFile) return wrong(std::string("tgc ") + spec.name + " takes no file, got " + word);
  if (word.empty()) return wrong("the name of the file is empty");
  if (!line.file.empty()) return wrong("one file is enough: got " + line.file + " and " + word);
  line.file = word;
  return {};
}

} // namespace

Result<CommandLine> parseCommandLine(const CommandSpec &spec, std::span<const std::string> arguments) {
  CommandLine line;
  bool onlyFiles = false;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string &text = arguments[at];
    if (onlyFiles || text == "-" || !text.starts_with("-")) {
      if (auto ok = takeFile(spec, text, line); !ok) return ok.error();
      continue;
    }
    if (text == "--") {
      onlyFiles = true;
      continue;
    }
    Word word = wordOf(text);
    if (std::ranges::find(spec.flags, word.name) != spec.flags.end()) {
      if (word.inlined) return wrong(word.shown + " takes no value");
      line.flags[word.name] = true;
    } else if (std::ranges::find(spec.options, word.name) != spec.options.end()) {
      if (!word.inlined && at + 1 < arguments.size()) word.value = arguments[++at];
      if (word.value.empty()) return wrong(word.shown + " needs a value");
      line.values.emplace_back(word.name, word.value);
    } else {
      return unknownOption(spec, word.name);
    }
  }
  if (spec.needsFile && line.file.empty() && !line.has("help"))
    return wrong(std::string("tgc ") + spec.name + " needs a file", std::string("usage: ") + spec.usage);
  return line;
}

} // namespace tgc::tools
