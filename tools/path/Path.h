// `tgc path`: the contraction order of one einsum network; nothing is run.
#pragma once
#include <span>
#include <string>

namespace tgc::tools {

/// The command with the arguments after `path`. Data to standard output, the rest to standard error; returns
/// the exit code of the language page: 0, 1 (network or equation), 2 (options), 4 (memory limit not met), 5
/// (file), 130.
int pathMain(std::span<const std::string> arguments);

} // namespace tgc::tools
