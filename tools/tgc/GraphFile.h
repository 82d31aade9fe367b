// FILE.mlir: functions in the graph dialect, and transformations of them; what later stages made of them.
#pragma once
#include "tools/tgc/Load.h"

namespace tgc::tools {

/// `text` is that of `line.file`. Without --fn the last public function. A transformation (`grad(f, wrt=x)`)
/// names parameters as the file does, with _ for signs that no name of the language has; the axis that vmap
/// adds takes its extent from --size batch=N. With --from=STAGE the text is that of the stage, whose form is
/// checked; what has no function any more (target) gives a module alone.
Result<Loaded> loadGraphFile(const CommandLine &line, Console &console, std::string text, ExitCode &code);

/// `text` is LLVM IR that --emit=llvm wrote.
Result<Loaded> loadKernels(const CommandLine &line, Console &console, std::string text, ExitCode &code);

} // namespace tgc::tools
