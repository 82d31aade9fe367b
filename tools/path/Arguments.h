// The arguments of `tgc path`.
#pragma once
#include "compiler/contract/Path.h"
#include "tgc/Result.h"
#include <map>
#include <span>
#include <string>

namespace tgc::tools {

struct PathArguments {
  std::string source; ///< NETWORK.json, an equation, or - for a network on standard input
  std::map<std::string, std::int64_t> sizes;
  contract::SearchOptions search;
  bool json = false, help = false;
  std::string colour;
  bool isFile() const { return source == "-" || source.ends_with(".json"); }
};

/// Fills `out` as far as the arguments are right; --json, wherever it stands, is seen in any case, since it
/// says how the error is shown. Errors are those of a command line.
Result<void> readPathArguments(std::span<const std::string> arguments, PathArguments &out);

} // namespace tgc::tools
