// Contraction trees drawn as SVG: operands below, what is made of them above, the dearest steps in the
// strongest colour.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tgc::tools {

/// A value: an operand (no children) or a step. Children stand before their parents; nobody's children are
/// roots.
struct TreeBox {
  std::string title, detail; ///< two lines of text
  std::vector<std::size_t> children;
  double weight = 0; ///< what share of the colour it gets; any unit
};

/// Over 2,000 boxes only the last of them are drawn, and the picture says so. Cost: linear.
std::string treeSvg(const std::string &title, const std::vector<TreeBox> &boxes);

} // namespace tgc::tools
