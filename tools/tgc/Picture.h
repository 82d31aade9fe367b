// The graph of a function as a picture: DOT for graphviz, or SVG drawn here, layer by layer from the
// arguments down.
#pragma once
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace tgc::tools {

std::string dotOf(mlir::ModuleOp module, const std::string &function);
/// Cost: linear in ops and uses. Over 2,000 ops the picture says so and shows the first 2,000.
std::string svgOf(mlir::ModuleOp module, const std::string &function);

} // namespace tgc::tools
