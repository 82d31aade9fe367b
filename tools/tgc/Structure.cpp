#include "tools/tgc/Structure.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "frontend/language/Messages.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tgc/Pattern.h"

namespace tgc::tools {

std::vector<StructureRow> structureOf(mlir::ModuleOp module) {
  std::vector<StructureRow> out;
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    for (auto request : function.getOps<graph::SparseDerivativeOp>()) {
      auto pattern = Pattern::decoded(request.getPattern());
      if (!pattern) continue;
      using Of = PatternColours::Of;
      const char *words = pattern->colours.of == Of::Rows      ? "rows"
                          : pattern->colours.of == Of::Columns ? "columns"
                                                               : "columns, mirrored where they meet";
      out.push_back(
          {pattern->rows, pattern->columns, pattern->nonzeros(), pattern->colours.count, words, ""});
    }
    auto units = function->getAttrOfType<mlir::ArrayAttr>("graph.structure");
    for (mlir::Attribute one : units ? units.getValue() : llvm::ArrayRef<mlir::Attribute>())
      if (auto text = mlir::dyn_cast<mlir::StringAttr>(one)) out.push_back({0, 0, 0, 0, "", text.str()});
  }
  return out;
}

std::string structureText(const std::vector<StructureRow> &rows) {
  std::string out = rows.empty() ? "" : "structure of derivatives\n";
  for (const StructureRow &row : rows)
    out += row.coloured.empty()
               ? "      compressed: " + row.units + "\n"
               : "      sparse: " + std::to_string(row.nonzeros) + " nonzeros of " +
                     std::to_string(row.rows) + " x " + std::to_string(row.columns) + ", " +
                     std::to_string(row.colours) + (row.colours == 1 ? " colour of " : " colours of ") +
                     row.coloured + "\n";
  return out;
}

std::string structureJson(const std::vector<StructureRow> &rows) {
  using language::quoteJson;
  std::string out = "[";
  for (const StructureRow &row : rows)
    out += std::string(out.size() > 1 ? ", " : "") +
           (row.coloured.empty() ? "{\"form\": \"compressed\", \"units\": " + quoteJson(row.units) + "}"
                                 : "{\"form\": \"sparse\", \"rows\": " + std::to_string(row.rows) +
                                       ", \"columns\": " + std::to_string(row.columns) +
                                       ", \"nonzeros\": " + std::to_string(row.nonzeros) +
                                       ", \"colours\": " + std::to_string(row.colours) + "}");
  return out + "]";
}

} // namespace tgc::tools
