// Transformations of functions that a module holds: the language resolves the expression, the C++ API applies
// it.
#pragma once
#include "frontend/language/Program.h"
#include "tools/tgc/Outcome.h"

namespace tgc::tools {

struct GraphFunction {
  std::string name;
  std::vector<language::Named> params, results;
};

struct Transformed {
  std::string text; ///< a module as MLIR's text, with places
  GraphFunction function;
};

/// `expression` as `--fn` states it, over `functions` of the module. `sizes` holds the extents that maps add
/// (batch, batch_2, ...). Errors: as the language and the C++ API say; Unsupported for functions with rules
/// and forms other than dense.
Result<Transformed> transformed(mlir::ModuleOp module, const std::vector<GraphFunction> &functions,
                                const std::string &expression,
                                const std::vector<std::pair<std::string, std::int64_t>> &sizes,
                                ExitCode &code);

} // namespace tgc::tools
