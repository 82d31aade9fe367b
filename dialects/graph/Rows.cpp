// Look-ups in the generated table.
#include "dialects/graph/Rows.h"
#include "dialects/graph/Complex.h"
#include "dialects/graph/Foreign.h"
#include "llvm/ADT/STLExtras.h"

namespace tgc::graph {

#include "dialects/graph/Rows.inc"

llvm::ArrayRef<Row> rows() { return table; }
llvm::ArrayRef<FormRow> forms() { return formTable; }

const Row *rowNamed(llvm::StringRef name) {
  const Row *at = std::lower_bound(std::begin(table), std::end(table), name,
                                   [](const Row &row, llvm::StringRef wanted) { return row.name < wanted; });
  return at != std::end(table) && name == at->name ? at : nullptr;
}

std::string nearestRow(llvm::StringRef name) {
  if (std::string_view known = nameHere(name); !known.empty()) return std::string(known);
  const Row *best = nullptr;
  unsigned distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const Row &row : rows()) {
    if (row.internal) continue;
    unsigned d = name.edit_distance(row.name, true, distance);
    if (d < distance) {
      distance = d;
      best = &row;
    }
  }
  return best ? best->name : "";
}

} // namespace tgc::graph
