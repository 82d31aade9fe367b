#include "tools/tgc/Outcome.h"
#include "frontend/language/Messages.h"
#include <cstdio>

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

int report(const Console &console, const Error &error, ExitCode code) {
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
