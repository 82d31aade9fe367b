#include "tools/tgc/Outcome.h"
#include "frontend/language/Messages.h"
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <unistd.h>

namespace tgc::tools {

ExitCode codeOf(const Error &error) {
  switch (error.kind) {
  case ErrorKind::Invalid:
  case ErrorKind::Unsupported:
    return Wrong;
  case ErrorKind::Mismatch:
    return Mismatched;
  case ErrorKind::Limit:
    return LimitHit;
  case ErrorKind::Unavailable:
    return FileTrouble;
  case ErrorKind::Internal:
    return Bug;
  }
  return Bug;
}

Error fileError(const std::string &file, const char *what, int code) {
  const std::string reason = code ? ": " + std::generic_category().message(code) : "";
  return {ErrorKind::Unavailable, what + reason, {file, 0, 0}, 1, {}};
}

namespace {

/// A word as a shell reads it back.
std::string shellWord(const std::string &word) {
  if (!word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                              "_-+=:,./@%") == std::string::npos)
    return word;
  std::string out = "'";
  for (char c : word)
    out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

/// The program as it was read, below comments with the command line and the message.
std::string reproducer(const Console &console, const Error &error, const char *comment) {
  std::string command = "tgc", out, text;
  for (const std::string &word : console.words)
    command += " " + shellWord(word);
  std::string head = std::string("tgc ") + TGC_VERSION + " failed here, and should not have\n" + command +
                     "\n" + error.text();
  for (std::size_t at = 0; at < head.size();) {
    std::size_t end = std::min(head.find('\n', at), head.size());
    out += std::string(comment) + " " + head.substr(at, end - at) + "\n";
    at = end + 1;
  }
  for (const auto &source : console.sources)
    if (source && source->name() != "--fn") out += source->text();
  return out;
}

/// A new file in the current folder, else in TMPDIR, else in /tmp; empty where none can be written.
std::string writeReproducer(const Console &console, const Error &error) {
  bool isGraph = false;
  for (const auto &source : console.sources)
    isGraph |= source && source->name().ends_with(".mlir");
  const std::string name = "tgc-bug-" + std::to_string(getpid()) + (isGraph ? ".mlir" : ".tg");
  const std::string text = reproducer(console, error, isGraph ? "//" : "#");
  const char *scratch = std::getenv("TMPDIR"); // the driver, not a library, reads it
  for (const std::string &path : {name, std::string(scratch && *scratch ? scratch : "/tmp") + "/" + name}) {
    std::FILE *file = std::fopen(path.c_str(), "wbx"); // a file of another bug stays
    if (!file) continue;
    bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) == 0 && whole) return path;
  }
  return {};
}

} // namespace

int report(const Console &console, const Error &asked, ExitCode code) {
  Error error = asked;
  if (error.kind == ErrorKind::Internal && code == Done) {
    std::string file = writeReproducer(console, error);
    error.notes.push_back(language::help("this is a bug of tgc; please report it" +
                                         (file.empty() ? "" : " with " + file + ", which reproduces it")));
  }
  std::vector<const language::Source *> sources;
  for (const auto &source : console.sources)
    if (source) sources.push_back(source.get());
  std::string text =
      console.json ? language::renderJson(error) : language::render(error, sources, console.colour);
  if (!text.ends_with('\n')) text += '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
  return code == Done ? codeOf(error) : code;
}

} // namespace tgc::tools
