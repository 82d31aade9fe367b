// FILE.mlir: functions in the graph dialect, and transformations of them.
#pragma once
#include "tools/tgc/Load.h"

namespace tgc::tools {

/// `text` is that of `line.file`. Without --fn the last public function. A transformation (`grad(f, wrt=x)`)
/// names parameters as the file does, with _ for signs that no name of the language has; the axis that vmap
/// adds takes its extent from --size batch=N.
Result<Loaded> loadGraphFile(const CommandLine &line, Console &console, std::string text, ExitCode &code);

} // namespace tgc::tools
