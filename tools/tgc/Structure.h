// What `tgc explain` says of sparse and compressed derivatives: nonzeros, colours, unit factors.
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace tgc::tools {

/// A derivative whose form is not dense.
struct StructureRow {
  std::int64_t rows = 0, columns = 0, nonzeros = 0, colours = 0; ///< of a sparse one
  std::string coloured;                                          ///< what shares products; empty: compressed
  std::string units;                                             ///< "dense[abcd] = core[bd] unit[ac]"
};

/// Read before the module is compiled, which consumes it.
std::vector<StructureRow> structureOf(mlir::ModuleOp module);
std::string structureText(const std::vector<StructureRow> &rows);
std::string structureJson(const std::vector<StructureRow> &rows);

} // namespace tgc::tools
